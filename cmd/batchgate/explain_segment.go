package main

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// explained is one segment with its names: docs/json.md, "explain".
type explained struct {
	Tag        string             `json:"tag"`
	Name       string             `json:"name,omitempty"`
	Groups     []string           `json:"groups,omitempty"`     // around it, the outermost first
	Occurrence int                `json:"occurrence,omitempty"` // of its group, where it begins one
	Raw        string             `json:"raw"`
	Elements   []explainedElement `json:"elements,omitempty"`
	Findings   finding.List       `json:"findings,omitempty"` // about no element of it
	Place      finding.Place      `json:"place"`
}

// explainedElement is one element, or one repetition of it.
type explainedElement struct {
	ID         string               `json:"id,omitempty"`
	Name       string               `json:"name,omitempty"`
	Element    int                  `json:"element"`
	Repeat     int                  `json:"repeat,omitempty"`
	Composite  bool                 `json:"composite,omitempty"`
	Components []explainedComponent `json:"components,omitempty"`
	Findings   finding.List         `json:"findings,omitempty"` // about no component of it
}

// explainedComponent is one component, or the value of a simple element.
type explainedComponent struct {
	ID        string       `json:"id,omitempty"`
	Name      string       `json:"name,omitempty"`
	Component int          `json:"component"`
	Value     string       `json:"value"`
	Code      string       `json:"code,omitempty"` // name of the code that the value is
	Findings  finding.List `json:"findings,omitempty"`
}

// explainer names what stands in segments.
type explainer struct {
	found       finding.List // not yet shown, in the order of their places
	occurrences map[*directory.Node]int
}

// explain gives the segment of an event, behind the UNA that stands before it.
func (x *explainer) explain(ev *edifact.Event, v *validate.Validator) []*explained {
	seg := ev.Segment
	var all []*explained
	if ev.Kind == edifact.InterchangeStart && ev.Interchange.HasUNA {
		all = append(all, explainUNA(ev.Interchange.Separators))
	}
	s := &explained{Tag: seg.Tag(), Raw: rawText(seg), Place: seg.Place(-1, -1, -1)}
	x.groups(s, v.Row())
	syntax := 3
	if ev.Interchange != nil {
		syntax = min(max(ev.Interchange.Syntax.Number, 1), 4)
	}
	release, def := definition(v.Release(), seg.Tag(), syntax)
	if def != nil {
		s.Name = sentence(def.Name)
	}
	for e := range seg.Elements() {
		for r := range seg.Repeats(e) {
			if one, ok := explainElement(seg, release, def, syntax, e, r); ok {
				s.Elements = append(s.Elements, one)
			}
		}
	}
	x.mark(s, seg.Offset()+int64(len(seg.Raw())))
	return append(all, s)
}

// groups names the groups around a segment and counts those that it begins.
func (x *explainer) groups(s *explained, row *directory.Node) {
	if row == nil {
		return
	}
	for n := row.Parent; n != nil && n.ID != ""; n = n.Parent {
		s.Groups = slices.Insert(s.Groups, 0, n.ID)
	}
	switch {
	case row.Parent == nil || row.Parent.ID == "":
		if row.ID == "UNH" || x.occurrences == nil {
			x.occurrences = map[*directory.Node]int{}
		}
	case row.Parent.Trigger() == row:
		for n := range x.occurrences {
			if n != row.Parent && within(n, row.Parent) {
				delete(x.occurrences, n)
			}
		}
		x.occurrences[row.Parent]++
		s.Occurrence = x.occurrences[row.Parent]
	}
}

// within tells whether a row hangs below a group.
func within(n, group *directory.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == group {
			return true
		}
	}
	return false
}

// definition finds a segment in the message's directory, or else among the service segments.
func definition(release *directory.Release, tag string, syntax int) (*directory.Release, *directory.Segment) {
	releases := []*directory.Release{release}
	for _, n := range []int{syntax, 4} {
		if r, err := directory.OpenService(n); err == nil {
			releases = append(releases, r)
		}
	}
	for _, r := range releases {
		if r == nil {
			continue
		}
		if def, ok := r.Segment(tag); ok {
			return r, def
		}
	}
	return nil, nil
}

func explainElement(seg *edifact.Segment, release *directory.Release, def *directory.Segment, syntax, e, r int) (explainedElement, bool) {
	one := explainedElement{Element: e + 1, Repeat: r + 1}
	if syntax < 4 {
		one.Repeat = 0
	}
	var field *directory.Field
	if def != nil {
		field = def.At(e, syntax)
	}
	var leaves []*directory.Element
	if field != nil {
		one.ID = field.ID
		if field.Composite != nil {
			one.Composite, one.Name = true, sentence(field.Composite.Name)
			for _, c := range field.Composite.Components {
				leaves = append(leaves, slices.Repeat([]*directory.Element{c.Element}, max(c.Repeat, 1))...)
			}
		} else {
			one.Name = field.Element.Name
			leaves = []*directory.Element{field.Element}
		}
	}
	any := false
	for c := range seg.Components(e, r) {
		value := explainedComponent{Component: c + 1, Value: textOf(seg, e, r, c)}
		if c < len(leaves) {
			value.ID, value.Name = leaves[c].ID, leaves[c].Name
			value.Code, _ = release.Code(value.ID, value.Value)
		}
		any = any || value.Value != ""
		one.Components = append(one.Components, value)
	}
	return one, any
}

// textOf gives a component as text, byte for byte where its character set does not have it, which is a finding.
func textOf(seg *edifact.Segment, e, r, c int) string {
	text, err := seg.Text(e, r, c)
	if _, bad := errors.AsType[*edifact.CharsetError](err); bad {
		return latin1(seg.Bytes(e, r, c))
	}
	return text
}

// rawText gives the segment as it stands in the file, in UTF-8.
func rawText(seg *edifact.Segment) string {
	raw := seg.Raw()
	if !slices.ContainsFunc(raw, func(b byte) bool { return b >= utf8.RuneSelf }) || seg.Charset().Name() == "utf-8" && utf8.Valid(raw) {
		return string(raw)
	}
	var b strings.Builder
	sep := seg.Separators()
	b.WriteString(seg.Tag())
	for e := range seg.Elements() {
		b.WriteByte(sep.Element)
		for r := range seg.Repeats(e) {
			if r > 0 {
				b.WriteByte(sep.Repetition)
			}
			for c := range seg.Components(e, r) {
				if c > 0 {
					b.WriteByte(sep.Component)
				}
				for _, char := range textOf(seg, e, r, c) {
					if char < utf8.RuneSelf && sep.Release != 0 && slices.Contains([]byte{sep.Component, sep.Element, sep.Release, sep.Terminator, sep.Repetition}, byte(char)) {
						b.WriteByte(sep.Release)
					}
					b.WriteRune(char)
				}
			}
		}
	}
	b.WriteByte(sep.Terminator)
	return b.String()
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// sentence writes a name in capitals as people write.
func sentence(name string) string {
	if strings.ToUpper(name) != name || len(name) < 2 {
		return name
	}
	return name[:1] + strings.ToLower(name[1:])
}

// mark puts what was found up to the end of a segment at its places.
func (x *explainer) mark(s *explained, end int64) {
	n := 0
	for n < len(x.found) && x.found[n].Place.Offset < end {
		s.place(x.found[n])
		n++
	}
	x.found = x.found[n:]
}

func (s *explained) place(f finding.Finding) {
	p := f.Place
	if p.Offset >= s.Place.Offset && p.Element > 0 {
		for i := range s.Elements {
			e := &s.Elements[i]
			if e.Element != p.Element || p.Repeat > 1 && e.Repeat != p.Repeat {
				continue
			}
			if p.Component > 0 && p.Component <= len(e.Components) {
				c := &e.Components[p.Component-1]
				c.Findings = append(c.Findings, f)
				return
			}
			e.Findings = append(e.Findings, f)
			return
		}
	}
	s.Findings = append(s.Findings, f)
}

// explainUNA names the service characters.
func explainUNA(sep edifact.Separators) *explained {
	s := &explained{Tag: "UNA", Name: "Service string advice"}
	raw := "UNA"
	for i, c := range []struct {
		name string
		b    byte
	}{
		{"component data element separator", sep.Component}, {"data element separator", sep.Element}, {"decimal mark", sep.Decimal},
		{"release character", sep.Release}, {"repetition separator, or reserved", sep.Repetition}, {"segment terminator", sep.Terminator},
	} {
		if c.b == 0 {
			c.b = ' '
		}
		raw += string(rune(c.b))
		s.Elements = append(s.Elements, explainedElement{Element: i + 1, Name: c.name, Components: []explainedComponent{{Component: 1, Value: string(rune(c.b))}}})
	}
	s.Raw = raw
	return s
}
