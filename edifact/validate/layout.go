package validate

import (
	"github.com/batchgate/batchgate/edifact/directory"
)

// layout is a segment's definition as it stands on the wire in one syntax version.
type layout struct {
	tag    string
	fields []field
	leaves []leaf
	last   int32 // the last mandatory element, or -1

	depends []depends // dependency notes; none in nearly all segments
}

// field is one data element of a segment.
type field struct {
	def       *directory.Field
	leaf, end int32 // its components among the leaves
	repeats   int32 // how often it may be repeated; 1 in syntax 1 to 3
	mandatory bool
	composite bool
	list      int32 // component that names another code list (1131), or -1
	agency    int32 // component that names whose code list it is (3055), or -1

	mandatoryMask uint64 // bits of the mandatory components; of those behind the 64th nobody has any
}

// leaf is one component, or a simple element.
type leaf struct {
	def       *directory.Element
	codes     *directory.CodeList // nil when any value will do
	extra     map[string]bool     // codes beyond the list
	min, max  int32
	class     directory.Class
	mandatory bool
}

// newLayout lays a segment out. What may be repeated stands as that many elements in a row before syntax 4.
func newLayout(r *directory.Release, s *directory.Segment, syntax int, extra map[string]map[string]bool) *layout {
	l := &layout{tag: s.Tag, last: -1}
	for i := range s.Fields {
		def := &s.Fields[i]
		f := field{def: def, leaf: int32(len(l.leaves)), repeats: 1, mandatory: def.Mandatory, list: -1, agency: -1}
		if def.Composite != nil {
			f.composite = true
			for j := range def.Composite.Components {
				l.addComponent(r, &f, &def.Composite.Components[j], extra)
			}
		} else {
			l.leaves = append(l.leaves, newLeaf(r, def, extra))
		}
		f.end = int32(len(l.leaves))
		places := def.Repeat
		if syntax >= 4 {
			places, f.repeats = 1, int32(def.Repeat)
		}
		for range places {
			if f.mandatory {
				l.last = int32(len(l.fields))
			}
			l.fields = append(l.fields, f)
			f.mandatory = false
		}
	}
	l.addDepends(s)
	return l
}

func (l *layout) addComponent(r *directory.Release, f *field, c *directory.Field, extra map[string]map[string]bool) {
	at := int32(len(l.leaves)) - f.leaf
	switch c.ID {
	case "1131":
		f.list = at
	case "3055":
		f.agency = at
	}
	if c.Mandatory {
		f.mandatoryMask |= 1 << at
	}
	one := newLeaf(r, c, extra)
	for range c.Repeat {
		l.leaves = append(l.leaves, one)
		one.mandatory = false
	}
}

func newLeaf(r *directory.Release, f *directory.Field, extra map[string]map[string]bool) leaf {
	e := f.Element
	l := leaf{def: e, min: int32(e.Format.Min), max: int32(e.Format.Max), class: e.Format.Class, mandatory: f.Mandatory, extra: extra[e.ID]}
	// In service segments the lists are those of the standard's own development; what a version of a message or a
	// syntax is, is judged elsewhere.
	if e.HasCodes && !r.Service() {
		l.codes = r.CodeList(e.ID)
	}
	return l
}
