package directory

import "strings"

// Spot is where a value stands in a segment, counted from 0 as on the wire.
type Spot struct {
	// Element is the index of the element after the tag.
	Element int
	// Component is the index in the composite; 0 for a simple element, Whole when a composite itself was asked for.
	Component int
	// Repeats is how many repetitions the element may have at this index: 1 in syntax 1 to 3.
	Repeats int
	// Field is the definition of the element, Leaf that of the component, nil for a whole composite.
	Field *Field
	Leaf  *Element
}

// Whole is the component of a Spot that means all components.
const Whole = -1

// Find gives the spots of an element in a segment, in order, for a syntax version (0002). The path is an element
// "1004", a composite "C507", or an element in a composite "C082.3039"; an element is found both standing alone and
// inside of composites. A field that may be repeated gives one spot with Repeats above 1 in syntax 4, and one spot for
// each of its places before. No spot means that the segment has no such element.
func (s *Segment) Find(path string, syntax int) []Spot {
	outer, inner, nested := strings.Cut(path, ".")
	var spots []Spot
	at := 0
	for i := range s.Fields {
		f := &s.Fields[i]
		places, repeats := f.Repeat, 1
		if syntax >= 4 {
			places, repeats = 1, f.Repeat
		}
		for _, spot := range f.spots(outer, inner, nested) {
			spot.Field, spot.Repeats = f, repeats
			for p := range places {
				spot.Element = at + p
				spots = append(spots, spot)
			}
		}
		at += places
	}
	return spots
}

// spots gives the components of a field that a path means, places not yet filled in.
func (f *Field) spots(outer, inner string, nested bool) []Spot {
	if f.Composite == nil {
		if f.ID == outer && !nested {
			return []Spot{{Leaf: f.Element}}
		}
		return nil
	}
	if f.ID == outer && !nested {
		return []Spot{{Component: Whole}}
	}
	wanted := outer
	if nested {
		wanted = inner
	}
	if nested && f.ID != outer {
		return nil
	}
	var spots []Spot
	at := 0
	for _, c := range f.Composite.Components {
		for range c.Repeat {
			if c.ID == wanted {
				spots = append(spots, Spot{Component: at, Leaf: c.Element})
			}
			at++
		}
	}
	return spots
}

// At gives the field that stands at an element index (from 0) on the wire, and nil after the last.
func (s *Segment) At(element, syntax int) *Field {
	at := 0
	for i := range s.Fields {
		if syntax >= 4 {
			at++
		} else {
			at += s.Fields[i].Repeat
		}
		if element < at {
			return &s.Fields[i]
		}
	}
	return nil
}

// Elements gives all element and composite numbers of a segment, composites with their components as "C082.3039", each
// once and in order: the names that Find knows.
func (s *Segment) Elements() []string {
	var names []string
	seen := map[string]bool{}
	note := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, f := range s.Fields {
		note(f.ID)
		if f.Composite == nil {
			continue
		}
		for _, c := range f.Composite.Components {
			note(f.ID + "." + c.ID)
		}
	}
	return names
}
