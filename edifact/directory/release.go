package directory

import (
	"slices"
	"strings"
	"sync"

	"github.com/batchgate/batchgate/finding"
)

// Release is one directory, or the service segments of one syntax version.
type Release struct {
	name       string
	index      int
	shelf      *shelf
	types      []string
	segments   map[string]*Segment
	composites map[string]*Composite
	elements   map[string]*Element
	messages   map[string]func() *Message
	lists      func() map[string]*CodeList
}

// load builds a release out of the shared tables.
func (s *shelf) load(index int) *Release {
	r := &Release{
		name: s.names[index], index: index, shelf: s,
		segments: map[string]*Segment{}, composites: map[string]*Composite{}, elements: map[string]*Element{},
		messages: map[string]func() *Message{},
	}
	u := &unpacker{s.tables}
	u.catalogue(index, func(id string, p *unpacker) { r.elements[id] = p.element(id) })
	u.catalogue(index, func(id string, p *unpacker) {
		r.composites[id] = &Composite{ID: id, Name: p.text(), Components: r.fields(p)}
	})
	u.catalogue(index, func(tag string, p *unpacker) {
		r.segments[tag] = &Segment{Tag: tag, Name: p.text(), Fields: r.fields(p), Dependencies: r.dependencies(tag)}
	})
	u.catalogue(index, func(message string, p *unpacker) {
		name := p.text()
		r.types = append(r.types, message)
		r.messages[message] = sync.OnceValue(func() *Message { return r.loadMessage(message, name) })
	})
	r.lists = sync.OnceValue(r.loadCodes)
	if r.Service() {
		r.nameService()
	}
	return r
}

func (u *unpacker) element(id string) *Element {
	e := &Element{ID: id, Name: u.text()}
	e.Format = Format{Class: Class(u.number()), Min: u.number(), Max: u.number()}
	e.HasCodes = u.number() == 1
	return e
}

func (r *Release) fields(u *unpacker) []Field {
	fields := make([]Field, u.number())
	for i := range fields {
		id := u.text()
		flags := u.number()
		fields[i] = Field{ID: id, Mandatory: flags&1 != 0, Marked: flags&2 != 0, Position: u.number(), Repeat: u.number(),
			Composite: r.composites[id], Element: r.elements[id]}
		if fields[i].Composite == nil && fields[i].Element == nil {
			panic("directory: embedded data lacks element " + id + " of " + r.name)
		}
	}
	return fields
}

// Name gives "D.96A", or "service 3" for service segments.
func (r *Release) Name() string { return r.name }

// Service tells whether the release is the service segments of a syntax version.
func (r *Release) Service() bool { return strings.HasPrefix(r.name, "service") }

// Messages gives the message types of the release in order.
func (r *Release) Messages() []string { return slices.Clone(r.types) }

// Message gives a message by its type, "ORDERS", or an [UnknownError] with the nearest type.
func (r *Release) Message(messageType string) (*Message, error) {
	if load, ok := r.messages[messageType]; ok {
		return load(), nil
	}
	return nil, &UnknownError{Kind: "message", Name: messageType, Where: r.name, Nearest: finding.Nearest(messageType, r.types)}
}

// Segment gives a segment by its tag.
func (r *Release) Segment(tag string) (*Segment, bool) {
	s, ok := r.segments[tag]
	return s, ok
}

// Segments gives the tags of all segments in order.
func (r *Release) Segments() []string { return sortedKeys(r.segments) }

// Composite gives a composite element by its number, "C082".
func (r *Release) Composite(id string) (*Composite, bool) {
	c, ok := r.composites[id]
	return c, ok
}

// Element gives an element by its number, "3035".
func (r *Release) Element(id string) (*Element, bool) {
	e, ok := r.elements[id]
	return e, ok
}

// Code gives the name of a code of an element.
func (r *Release) Code(element, value string) (name string, ok bool) {
	return r.CodeList(element).Name(value)
}

// CodeList gives the codes of an element, nil when it has none.
func (r *Release) CodeList(element string) *CodeList { return r.lists()[element] }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
