package idoc

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

//go:embed segments.txt
var standardText string

// ControlName is the name of the control record.
const ControlName = "EDI_DC40"

// Lengths of records, in characters.
const (
	controlLength = 524
	headLength    = 63 // of a data record before the fields of its segment
	dataLength    = 1000
)

// Places in the head of a data record, in characters.
const (
	nameLength   = 30
	clientAt     = 30 // MANDT
	clientLength = 3
	docAt        = 33 // DOCNUM
	docLength    = 16
	numberAt     = 49 // SEGNUM
	parentAt     = 55 // PSGNUM
	levelAt      = 61 // HLEVEL
)

// fieldDocument is DOCNUM among the fields of the control record, which ends at controlDocEnd with MANDT before it, and
// fieldType is IDOCTYP.
const (
	controlDocEnd = 29
	fieldDocument = 2
	fieldType     = 9
)

// Kind says what a field holds.
type Kind byte

const (
	// Text is any text.
	Text Kind = ' '
	// Digits are written with zeros before them.
	Digits Kind = 'n'
	// Date is YYYYMMDD; zeros are no date.
	Date Kind = 'd'
	// Time is hhmmss.
	Time Kind = 't'
	// Quantity is a number with a decimal point, a minus behind it.
	Quantity Kind = 'q'
)

// Field is a field of a segment.
type Field struct {
	Name   string
	Length int // in characters
	Kind   Kind
}

// definition is a segment with its fields.
type definition struct {
	name   string
	fields []Field
	starts []int // of the fields
	length int
	index  map[string]int
}

// place is a segment in the tree of a basic type.
type place struct {
	name     string
	min, max int  // max 0: any number
	level    int  // 1 at the top
	index    int  // among the children of its parent
	needs    bool // it has children that must stand in it
	parent   *place
	children []*place
	byName   map[string]*place
}

// adopt adds a child.
func (p *place) adopt(child *place) {
	child.index = len(p.children)
	p.children = append(p.children, child)
	p.needs = p.needs || child.min > 0
	if p.byName == nil {
		p.byName = map[string]*place{}
	}
	if p.byName[child.name] == nil {
		p.byName[child.name] = child
	}
}

// Definitions are the segments and basic types known. They never change; With gives others.
type Definitions struct {
	segments map[string]*definition
	types    map[string]*place // the root has no name
}

// Standard gives the definitions that batchgate has of its own.
func Standard() *Definitions {
	d := &Definitions{segments: map[string]*definition{}, types: map[string]*place{}}
	var at *place
	for line := range strings.Lines(standardText) {
		words := strings.Fields(line)
		switch words[0] {
		case "#":
		case "segment":
			s := &definition{name: words[1]}
			for _, w := range words[2:] {
				name, rest, _ := strings.Cut(w, ":")
				f := Field{Name: name, Kind: Text}
				if k := rest[len(rest)-1]; k > '9' {
					f.Kind, rest = Kind(k), rest[:len(rest)-1]
				}
				f.Length, _ = strconv.Atoi(rest) // a test reads the whole table
				s.add(f)
			}
			d.segments[s.name] = s
		case "type":
			at = &place{}
			d.types[words[1]] = at
		default:
			level, _ := strconv.Atoi(words[0])
			for at.level >= level {
				at = at.parent
			}
			p := &place{name: words[1], level: level, parent: at}
			p.min, _ = strconv.Atoi(words[2])
			p.max, _ = strconv.Atoi(words[3])
			at.adopt(p)
			at = p
		}
	}
	return d
}

// add appends a field.
func (d *definition) add(f Field) {
	if d.index == nil {
		d.index = map[string]int{}
	}
	d.index[f.Name] = len(d.fields)
	d.fields = append(d.fields, f)
	d.starts = append(d.starts, d.length)
	d.length += f.Length
}

// Custom is a segment of a customer's own, or a standard one that the tables do not have.
type Custom struct {
	Name   string // Z1ORDER
	Parent string // the segment that it stands in, "" at the top
	Fields []Field
}

// With gives the definitions with further segments, at the end of what their parents have in a basic type. A basic type
// that is not known begins empty.
func (d *Definitions) With(basic string, custom ...Custom) (*Definitions, error) {
	out := &Definitions{segments: maps.Clone(d.segments), types: maps.Clone(d.types)}
	root := &place{}
	if known := d.types[basic]; known != nil {
		root = known.clone(nil)
	}
	out.types[basic] = root
	for _, c := range custom {
		if !validName(c.Name) {
			return nil, fmt.Errorf("%q is no name of a segment; write it as Z1ORDER", c.Name)
		}
		at := root
		if c.Parent != "" {
			if at = root.find(c.Parent); at == nil {
				return nil, fmt.Errorf("segment %s: %s has no segment %s for it to stand in", c.Name, basic, c.Parent)
			}
		}
		if root.find(c.Name) == nil {
			at.adopt(&place{name: c.Name, level: at.level + 1, parent: at})
		}
		s := &definition{name: c.Name}
		for _, f := range c.Fields {
			if f.Length < 1 || f.Name == "" || s.index[f.Name] > 0 || len(s.fields) > 0 && s.fields[0].Name == f.Name {
				return nil, fmt.Errorf("segment %s: field %q has no length or stands there twice", c.Name, f.Name)
			}
			s.add(f)
		}
		if s.length > dataLength {
			return nil, fmt.Errorf("segment %s is %d long, more than %d", c.Name, s.length, dataLength)
		}
		if len(s.fields) > 0 || out.segments[c.Name] == nil {
			out.segments[c.Name] = s
		}
	}
	return out, nil
}

// validName tells whether a segment can have a name.
func validName(name string) bool {
	return len(name) > 2 && len(name) <= 27 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/") == "" && name != ControlName
}

// clone copies a tree.
func (p *place) clone(parent *place) *place {
	c := *p
	c.parent, c.children, c.byName, c.needs = parent, nil, nil, false
	for _, child := range p.children {
		c.adopt(child.clone(&c))
	}
	return &c
}

// find gives the first place of a segment, from the top down.
func (p *place) find(name string) *place {
	for _, child := range p.children {
		if child.name == name {
			return child
		}
	}
	for _, child := range p.children {
		if found := child.find(name); found != nil {
			return found
		}
	}
	return nil
}

// child gives a child by its name.
func (p *place) child(name string) *place { return p.byName[name] }

// Types lists the basic types known.
func (d *Definitions) Types() []string { return slices.Sorted(maps.Keys(d.types)) }

// Fields gives the fields of a segment, nil when it is not known.
func (d *Definitions) Fields(segment string) []Field {
	if s := d.segments[segment]; s != nil {
		return slices.Clone(s.fields)
	}
	return nil
}

// Children lists the segments that can stand in another one of a basic type, "" being the top; false when the type or the
// segment is not known.
func (d *Definitions) Children(basic string, path ...string) ([]string, bool) {
	at, ok := d.types[basic]
	for _, name := range path {
		if at == nil {
			break
		}
		at = at.child(name)
	}
	if !ok || at == nil {
		return nil, false
	}
	var names []string
	for _, c := range at.children {
		names = append(names, c.name)
	}
	return names, true
}

// Limits gives how often a segment must and may stand in its parent; most is 0 where there is no limit.
func (d *Definitions) Limits(basic string, path ...string) (least, most int) {
	at := d.types[basic]
	for _, name := range path {
		if at == nil {
			return 0, 0
		}
		at = at.child(name)
	}
	if at == nil {
		return 0, 0
	}
	return at.min, at.max
}

// fromFlat gives the name of a segment and its release for the name that a flat file has: E1EDP01 and 008 for E2EDP01008.
func (d *Definitions) fromFlat(flat []byte) (name, release string) {
	text := string(flat)
	if len(text) > 2 && text[1] == '2' && (text[0] == 'E' || text[0] == 'Z') {
		text = text[:1] + "1" + text[2:]
	}
	if d.segments[text] != nil {
		return text, ""
	}
	if n := len(text) - 3; n > 3 && strings.Trim(text[n:], "0123456789") == "" {
		return text[:n], text[n:]
	}
	return text, ""
}

// toFlat gives the name of a segment in a flat file.
func toFlat(name, release string) string {
	if len(name) > 2 && name[1] == '1' && (name[0] == 'E' || name[0] == 'Z') {
		name = name[:1] + "2" + name[2:]
	}
	return name + release
}
