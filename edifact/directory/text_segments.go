package directory

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	compositeHeading = regexp.MustCompile(`^[\s+*#|X-]{0,8}([CE]\d{3})\s+(\S.*)$`)
	segmentHeading   = regexp.MustCompile(`^[\s+*#|X-]{0,8}([A-Z]{3})\s+(\S.*)$`)
	occurs           = regexp.MustCompile(`(?i)\b(?:composite|component)\s+([CE]\d{3}|\d{4})\b[^.]*?\boccurs\s+(\d[\d,]*)\s+times in the (?:segment|composite)`)
	fieldLine        = regexp.MustCompile(`^(\d{3})([\s+*#|X-]{1,5})([CE]\d{3}|\d{4})\s+(.*)$`)
	bareLine         = regexp.MustCompile(`^([\s+*#|X-]{1,4})([CE]\d{3}|\d{4})(\s+)(.*)$`)
	fieldEnd         = regexp.MustCompile(`^(.*?)\s([MC])\s*(\d+)?\s*(?:(?:an|a|n)\s*(?:\.\.)?\s*\d+)?$`)
	dependencyLine   = regexp.MustCompile(`\b(D[1-7])\s*\(\s*(\d{3}(?:\s*,\s*\d{3})*)\s*\)`)
)

// composites reads the directory of composites.
func (t *textReader) composites() {
	for _, b := range t.blocks() {
		line, m := t.heading(b, compositeHeading)
		if m == nil || m[1][0] == 'E' {
			continue
		}
		c := &Composite{ID: m[1], Name: t.wrapped(line, b[1], m[2])}
		c.Components = slices.DeleteFunc(t.fields(c.ID, line+1, b[1]), func(f Field) bool { return f.Element == nil })
		if len(c.Components) == 0 {
			t.fault(RuleTextLine, line, "a composite has at least one component", "composite %s is empty", c.ID)
			continue
		}
		t.r.composites[c.ID] = c
	}
}

// segments reads the directory of segments.
func (t *textReader) segments() {
	for _, b := range t.blocks() {
		line, m := t.heading(b, segmentHeading)
		if m == nil {
			continue
		}
		s := &Segment{Tag: m[1], Name: t.wrapped(line, b[1], m[2])}
		s.Fields = t.fields(s.Tag, line+1, b[1])
		for i := line; i < b[1]; i++ {
			for _, d := range dependencyLine.FindAllStringSubmatch(t.lines[i], -1) {
				s.Dependencies = append(s.Dependencies, newDependency(d[1], d[2]))
			}
		}
		if len(s.Fields) > 0 {
			t.r.segments[s.Tag] = s
		}
	}
}

// newDependency reads positions as "040,030".
func newDependency(kind, positions string) Dependency {
	d := Dependency{Kind: int(kind[1] - '0')}
	for p := range strings.SplitSeq(positions, ",") {
		n, _ := strconv.Atoi(strings.TrimSpace(p)) // three digits
		d.Positions = append(d.Positions, n)
	}
	return d
}

// noted gives how often components and composites may stand of which a note says so: "occurs 100 times in the segment".
func (t *textReader) noted(from, to int, fields []Field) {
	text := strings.Join(strings.Fields(strings.Join(t.lines[from:to], " ")), " ")
	for _, m := range occurs.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(strings.ReplaceAll(m[2], ",", ""))
		for i := range fields {
			if err == nil && n <= mostRepeats && fields[i].ID == m[1] && fields[i].Repeat == 1 {
				fields[i].Repeat = n
			}
		}
	}
}

// mostWrapped is how many lines one field may take.
const mostWrapped = 4

// fields reads the positions of a segment or composite. A long name goes on in the next lines, and what the line says
// about the field stands behind its end. What is struck out is left out.
func (t *textReader) fields(of string, from, to int) []Field {
	var all []Field
	place := t.numbered
	if !t.hasNumbers {
		place = t.unnumbered
	}
	for i := from; i < to; i++ {
		m := place(t.lines[i])
		if m == nil || strings.Contains(m[2], "-") {
			continue
		}
		text := m[4]
		end := fieldEnd.FindStringSubmatch(text)
		for n := 1; end == nil && n < mostWrapped && i+n < to && place(t.lines[i+n]) == nil; n++ {
			text += " " + strings.TrimSpace(t.lines[i+n])
			end = fieldEnd.FindStringSubmatch(text)
		}
		if end == nil {
			t.fault(RuleTextLine, i, "a position ends with M or C, how often, and a format", "a position of %s is not understood", of)
			continue
		}
		position, _ := strconv.Atoi(m[1])
		if position == 0 { // D.93A prints none
			position = 10 * (len(all) + 1)
		}
		repeat, _ := strconv.Atoi(end[3])
		f := Field{ID: m[3], Position: position, Mandatory: end[2] == "M", Repeat: max(repeat, 1), Marked: strings.Contains(m[2], "X")}
		f.Composite, f.Element = t.r.composites[f.ID], t.r.elements[f.ID]
		if f.Composite == nil && f.Element == nil {
			t.fault(RuleTextName, i, "is a file of the release missing?", "%s names %s, which is defined nowhere", of, f.ID)
			continue
		}
		all = append(all, f)
	}
	t.noted(from, to, all)
	return all
}

func (t *textReader) numbered(line string) []string { return fieldLine.FindStringSubmatch(line) }

// unnumbered reads a line of a directory without positions. In a segment the components of a composite stand further to the
// right than the composite; they are those of the directory of composites.
func (t *textReader) unnumbered(line string) []string {
	m := bareLine.FindStringSubmatch(line)
	if m == nil || len(m[3]) > 2 {
		return nil
	}
	return []string{m[0], "", m[1], m[2], m[4]}
}
