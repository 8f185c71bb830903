package validate

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact/directory"
)

// depends is a dependency note of a segment, its positions as elements on the wire.
type depends struct {
	kind     int
	elements []int
	fields   []*directory.Field
}

// addDepends finds the elements of dependency notes. A note about a position that the segment does not have is left out.
func (l *layout) addDepends(s *directory.Segment) {
	for _, d := range s.Dependencies {
		one := depends{kind: d.Kind}
		for _, p := range d.Positions {
			for i := range l.fields {
				if l.fields[i].def.Position == p {
					one.elements = append(one.elements, i)
					one.fields = append(one.fields, l.fields[i].def)
					break
				}
			}
		}
		if len(one.elements) == len(d.Positions) && len(one.elements) > 1 {
			l.depends = append(l.depends, one)
		}
	}
}

// dependencies checks the dependency notes of a segment. Each makes at most one finding.
func (v *Validator) dependencies(l *layout) {
	for i := range l.depends {
		d := &l.depends[i]
		count, missing := 0, -1
		for j, e := range d.elements {
			if v.given(e) {
				count++
			} else if missing < 0 && j > 0 {
				missing = j
			}
		}
		all := len(d.elements)
		first := v.given(d.elements[0])
		switch {
		case d.kind == 1 && count == 0:
			v.reportDependency(l, d, 0, "one and only one of %s has to be there, and none is")
		case d.kind == 1 && count > 1, d.kind == 4 && count > 1:
			v.reportDependency(l, d, v.second(d), "only one of %s may be there, and more are")
		case d.kind == 2 && count > 0 && count < all:
			if !first {
				missing = 0
			}
			v.reportDependency(l, d, missing, "all or none of %s have to be there")
		case d.kind == 3 && count == 0:
			v.reportDependency(l, d, 0, "at least one of %s has to be there")
		case d.kind == 5 && first && count < all:
			v.reportDependency(l, d, missing, "if the first of %s is there, all others have to be")
		case d.kind == 6 && first && count == 1:
			v.reportDependency(l, d, 1, "if the first of %s is there, at least one other has to be")
		case d.kind == 7 && first && count > 1:
			v.reportDependency(l, d, v.second(d), "if the first of %s is there, none of the others may be")
		}
	}
}

// second gives the second of the elements that are there: the one too many.
func (v *Validator) second(d *depends) int {
	seen := false
	for j, e := range d.elements {
		if v.given(e) {
			if seen {
				return j
			}
			seen = true
		}
	}
	return 0
}

// given tells whether an element has any value.
func (v *Validator) given(e int) bool {
	for r := range v.seg.Repeats(e) {
		for c := range v.seg.Components(e, r) {
			if len(v.seg.Bytes(e, r, c)) > 0 {
				return true
			}
		}
	}
	return false
}

func (v *Validator) reportDependency(l *layout, d *depends, at int, format string) {
	var names []string
	for _, f := range d.fields {
		names = append(names, (&field{def: f}).title())
	}
	v.report(dependency, v.seg.Place(d.elements[at], -1, -1), "", fmt.Sprintf("%s: "+format, l.tag, strings.Join(names, ", ")))
}
