package edifact

// Builder is a segment to be written: a tag and values in UTF-8, added in their order. It can be used again and again,
// and then costs no memory. The zero value is a segment without a tag.
//
//	b.Reset("NAD").Element("BY").Element("4012345000009", "", "9")
type Builder struct {
	tag    string
	values []value // in their order
}

// value is one component.
type value struct {
	text  string
	lead  mark // the separator before it
	empty bool // an element or repetition without components: it has one empty value
}

// Reset begins a new segment.
func (b *Builder) Reset(tag string) *Builder {
	b.tag, b.values = tag, b.values[:0]
	return b
}

// Tag gives the segment's tag.
func (b *Builder) Tag() string { return b.tag }

// Nest adds the numbers of explicit nesting to the tag, "LIN:1:2", before any element. Only syntax 1 to 3 can write them.
func (b *Builder) Nest(numbers ...string) *Builder {
	for _, n := range numbers {
		b.values = append(b.values, value{text: n, lead: kindComponent})
	}
	return b
}

// Element adds a data element with its components; without any, an empty one. Trailing empty elements and components
// are left out when the segment is written.
func (b *Builder) Element(components ...string) *Builder { return b.add(kindElement, components) }

// Repeat adds a repetition of the last element. Only syntax 4 can write it; in syntax 1 to 3 repeats are successive
// elements.
func (b *Builder) Repeat(components ...string) *Builder { return b.add(kindRepetition, components) }

// Component adds a component to the last element or repetition. To one that was begun without components it is the first.
func (b *Builder) Component(text string) *Builder {
	if n := len(b.values); n > 0 && b.values[n-1].empty {
		b.values[n-1].text, b.values[n-1].empty = text, false
		return b
	}
	lead := kindElement
	for i := range b.values {
		if b.values[i].lead == kindElement {
			lead = kindComponent
			break
		}
	}
	b.values = append(b.values, value{text: text, lead: lead})
	return b
}

func (b *Builder) add(lead mark, components []string) *Builder {
	if len(components) == 0 {
		b.values = append(b.values, value{lead: lead, empty: true})
		return b
	}
	for _, text := range components {
		b.values = append(b.values, value{text: text, lead: lead})
		lead = kindComponent
	}
	return b
}

// at gives one component of the first repetition of an element, or "".
func (b *Builder) at(element, component int) string {
	e, c, first := -1, 0, true
	for i := range b.values {
		v := &b.values[i]
		switch v.lead {
		case kindElement:
			e, c, first = e+1, 0, true
		case kindRepetition:
			first = false
		default:
			c++
		}
		if e == element && c == component && first {
			return v.text
		}
	}
	return ""
}
