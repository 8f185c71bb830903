package guideline

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// elements checks a segment by what is said about its elements.
func (c *Checker) elements(u *use, s *edifact.Segment) {
	for _, e := range u.elements {
		c.element(u, e, s)
	}
	if u.refuse {
		c.others(u, s)
	}
}

func (c *Checker) element(u *use, e *elementRule, s *edifact.Segment) {
	spots := e.spots[c.syntax]
	there := false
	for _, spot := range spots {
		for r := range s.Repeats(spot.Element) {
			if spot.Component == directory.Whole {
				there = there || c.whole(u, e, spot, r, s)
				continue
			}
			b := s.Bytes(spot.Element, r, spot.Component)
			if len(b) == 0 {
				continue
			}
			there = true
			if e.unused {
				c.report(RuleElementUnused, s.Place(spot.Element, r, spot.Component), string(b), "%s in %s is not used by the guideline %s", e.title(), s.Tag(), c.g.Name)
				return
			}
			c.value(e, spot, r, b, s)
		}
	}
	if !there && e.required && len(spots) > 0 {
		c.report(RuleElementMissing, s.Place(spots[0].Element, 0, max(spots[0].Component, 0)), "", "%s lacks %s, which the guideline %s requires", s.Tag(), e.title(), c.g.Name)
	}
}

// whole tells whether a composite has any value, and reports one that is not used.
func (c *Checker) whole(u *use, e *elementRule, spot directory.Spot, r int, s *edifact.Segment) bool {
	for i := range s.Components(spot.Element, r) {
		if b := s.Bytes(spot.Element, r, i); len(b) > 0 {
			if e.unused {
				c.report(RuleElementUnused, s.Place(spot.Element, r, -1), string(b), "%s in %s is not used by the guideline %s", e.title(), s.Tag(), c.g.Name)
			}
			return true
		}
	}
	return false
}

// value checks one value; it makes at most one finding.
func (c *Checker) value(e *elementRule, spot directory.Spot, r int, b []byte, s *edifact.Segment) {
	if e.codes != nil && !e.known[string(b)] {
		known := e.codes[:min(len(e.codes), 10):min(len(e.codes), 10)]
		if len(e.codes) > 10 {
			known = append(known, "...")
		}
		c.report(RuleCode, s.Place(spot.Element, r, spot.Component), string(b), "%s is not among the values of %s that the guideline %s has: %s", b, e.title(), c.g.Name, orList(known))
		return
	}
	if e.codes != nil && e.element.HasCodes && !c.g.Message.Release.CodeList(e.element.ID).Has(b) {
		c.agreed = append(c.agreed, s.Place(spot.Element, r, spot.Component))
	}
	if e.format != nil && !c.fits(e.format, b) {
		c.report(RuleElementFormat, s.Place(spot.Element, r, spot.Component), string(b), "%s does not fit the format %s that the guideline %s has for %s", b, e.format, c.g.Name, e.title())
	}
}

// fits tells whether a value has a format. Neither sign nor decimal mark counts (ISO 9735-1 10).
func (c *Checker) fits(f *directory.Format, b []byte) bool {
	n := len(b)
	switch f.Class {
	case directory.Numeric:
		n = 0
		for i, x := range b {
			switch {
			case x >= '0' && x <= '9':
				n++
			case x == '-' && i == 0, x == '.', x == ',':
			default:
				return false
			}
		}
	case directory.Alphabetic:
		if slices.ContainsFunc(b, func(x byte) bool { return x >= '0' && x <= '9' }) {
			return false
		}
	}
	if c.wide && f.Class != directory.Numeric {
		n = utf8.RuneCount(b)
	}
	return n >= f.Min && n <= f.Max
}

// others reports the first element that the guideline does not name.
func (c *Checker) others(u *use, s *edifact.Segment) {
	def := c.g.segment(s.Tag())
	syntax := 3 + c.syntax
	for e := range s.Elements() {
		field := def.At(e, syntax)
		if field == nil {
			return // too many elements, which the directory's findings say
		}
		for r := range s.Repeats(e) {
			for i := range s.Components(e, r) {
				if b := s.Bytes(e, r, i); len(b) > 0 && !u.names(c.syntax, e, i, field) {
					c.report(RuleElementUnused, s.Place(e, r, i), string(b), "element %d in %s is not used by the guideline %s", e+1, s.Tag(), c.g.Name)
					return
				}
			}
		}
	}
}

// names tells whether a place is one of those that the guideline names, or has to be filled anyway.
func (u *use) names(syntax, element, component int, field *directory.Field) bool {
	if mandatory(directory.Spot{Field: field, Component: component, Leaf: &directory.Element{}}) {
		return true
	}
	named := func(s directory.Spot) bool {
		return s.Element == element && (s.Component == component || s.Component == directory.Whole)
	}
	if slices.ContainsFunc(u.spots[syntax], named) {
		return true
	}
	return slices.ContainsFunc(u.elements, func(e *elementRule) bool {
		return slices.ContainsFunc(e.spots[syntax], named)
	})
}

// title gives an element's number and name.
func (e *elementRule) title() string {
	if e.name == "" {
		return e.path
	}
	return e.path + " (" + e.name + ")"
}

// state is how far a rule has been met in the open occurrence of its group.
type state struct {
	met    []bool          // the term was there, with one of its values
	spoilt []bool          // it was there with another value
	where  []finding.Place // first place of that, by term
	value  []string
}

func (st *state) reset() {
	for i := range st.met {
		st.met[i], st.spoilt[i] = false, false
		st.where[i], st.value[i] = finding.Place{}, ""
	}
}

// judge notes what a segment says about the terms of rules.
func (c *Checker) judge(row *directory.Node, s *edifact.Segment) {
	for _, ref := range c.g.terms[row] {
		if !c.onPath(ref.term.steps, s) {
			continue
		}
		st := &c.states[ref.index]
		if len(ref.term.spots[0]) == 0 {
			st.note(ref.at, true, s.Place(-1, -1, -1), s.Tag())
			continue
		}
		for _, spot := range ref.term.spots[c.syntax] {
			for r := range s.Repeats(spot.Element) {
				b := s.Bytes(spot.Element, r, max(spot.Component, 0))
				if len(b) == 0 {
					continue
				}
				good := len(ref.term.values) == 0 || slices.Contains(ref.term.values, string(b)) != ref.term.not
				st.note(ref.at, good, s.Place(spot.Element, r, spot.Component), string(b))
			}
		}
	}
}

func (st *state) note(at int, good bool, place finding.Place, value string) {
	before := st.met[at] || st.spoilt[at]
	if good {
		st.met[at] = true
	}
	if !before || !good && !st.spoilt[at] {
		st.where[at], st.value[at] = place, value
	}
	st.spoilt[at] = st.spoilt[at] || !good
}

// onPath tells whether the open groups, and the segment at the end, have the qualifiers of a path.
func (c *Checker) onPath(steps []step, s *edifact.Segment) bool {
	for _, step := range steps {
		if len(step.values) == 0 {
			continue
		}
		var value []byte
		if !step.node.Group {
			value = first(s)
		} else {
			i := slices.IndexFunc(c.frames, func(f frame) bool { return f.node == step.node })
			if i < 0 {
				return false
			}
			value = c.frames[i].value
		}
		if !slices.Contains(step.values, string(value)) {
			return false
		}
	}
	return true
}

// conclude judges the rules of an occurrence that ends.
func (c *Checker) conclude(f *frame) {
	for i, r := range c.g.rules {
		if r.group == f.node && c.onPath(r.steps, nil) {
			c.verdict(r, &c.states[i], f.place)
		}
	}
}

// verdict makes at most one finding.
func (c *Checker) verdict(r *conditional, st *state, place finding.Place) {
	for i, t := range r.ifs {
		holds := st.met[i]
		if t.want == "absent" {
			holds = !st.met[i]
		}
		if !holds {
			return
		}
		if st.where[i].Tag != "" {
			place = st.where[i]
		}
	}
	for j, t := range r.thens {
		i := len(r.ifs) + j
		problem, at := "", place
		switch {
		case t.want == "required" && !st.met[i]:
			problem = t.path + " is missing"
		case t.want == "unused" && st.met[i]:
			problem, at = t.path+" is not used then", st.where[i]
		case t.want == "" && st.spoilt[i]:
			at = st.where[i]
			problem = t.path + " is " + st.value[i] + ", not " + orList(t.values)
			if t.not {
				problem = t.path + " is " + st.value[i]
			}
		default:
			continue
		}
		what := r.message
		if what == "" {
			what = problem
		} else {
			what += ": " + problem
		}
		before := len(c.found)
		c.report(RuleCondition, at, st.value[i], "%s (rule %s of the guideline %s)", strings.TrimSpace(what), r.name, c.g.Name)
		if len(c.found) > before && c.found[before].Rule == RuleCondition {
			c.found[before].Severity = r.level
		}
		return
	}
}
