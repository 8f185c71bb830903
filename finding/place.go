package finding

import (
	"cmp"
	"fmt"
	"strings"
)

// Place is where in a file something stands. Bytes are counted from 0, everything else from 1; zero means that the
// coordinate does not apply. The group of coordinates that applies depends on the format.
type Place struct {
	File string `json:"file,omitempty"`
	// Offset is the first byte and Length the number of bytes of what is meant. Offset counts in the whole file.
	Offset int64 `json:"offset"`
	Length int   `json:"length,omitempty"`
	// Line and Column count lines and bytes within the line, both from 1. A format without lines leaves them 0.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`

	// EDIFACT: the ordinal of the segment in its message (UNH is 1; outside messages: among those there, UNB is 1), its tag,
	// and the position of element, repetition and component in it.
	Segment   int    `json:"segment,omitempty"`
	Tag       string `json:"tag,omitempty"`
	Element   int    `json:"element,omitempty"`
	Repeat    int    `json:"repeat,omitempty"`
	Component int    `json:"component,omitempty"`
	// Message is the reference number (0062) of the message around the place.
	Message string `json:"message,omitempty"`

	// Records of flat files: the ordinal of the record and the name or number of the field.
	Record int64  `json:"record,omitempty"`
	Field  string `json:"field,omitempty"`

	// Path is the place in a tree: an XML path, a JSON pointer, a YAML path.
	Path string `json:"path,omitempty"`
}

// String gives "file:line:column (segment 8 NAD, element 2, component 1)", leaving out what is not known.
func (p Place) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		if b.Len() > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	}
	if detail := p.detail(); detail != "" {
		if b.Len() == 0 {
			return detail
		}
		b.WriteString(" (")
		b.WriteString(detail)
		b.WriteByte(')')
	}
	return b.String()
}

// detail gives the coordinates of the place's own format.
func (p Place) detail() string {
	var parts []string
	if p.Message != "" {
		parts = append(parts, "message "+p.Message)
	}
	if p.Segment > 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("segment %d %s", p.Segment, p.Tag)))
	}
	for _, c := range []struct {
		name string
		n    int
	}{{"element", p.Element}, {"repetition", p.Repeat}, {"component", p.Component}} {
		if c.n > 0 && !(c.name == "repetition" && c.n == 1) {
			parts = append(parts, fmt.Sprintf("%s %d", c.name, c.n))
		}
	}
	if p.Record > 0 {
		parts = append(parts, fmt.Sprintf("record %d", p.Record))
	}
	if p.Field != "" {
		parts = append(parts, "field "+p.Field)
	}
	if p.Path != "" {
		parts = append(parts, p.Path)
	}
	return strings.Join(parts, ", ")
}

// Compare orders places by file, offset and line.
func (p Place) Compare(q Place) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Offset, q.Offset), cmp.Compare(p.Column, q.Column))
}
