package directory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Segment is the definition of a segment.
type Segment struct {
	Tag, Name    string
	Fields       []Field
	Dependencies []Dependency
}

// Composite is the definition of a composite element.
type Composite struct {
	ID, Name   string
	Components []Field
}

// Field is one position of a segment or composite.
type Field struct {
	// ID is the number of the element or composite that stands there, "3035" or "C082".
	ID string
	// Position is the number printed in the directory, 10, 20 and so on.
	Position  int
	Mandatory bool
	// Repeat is how often the field may be given. More than 1 travels as repetitions in syntax 4, as that many
	// elements in a row before.
	Repeat int
	// Marked says that the release intends to delete the field in the next.
	Marked bool
	// Composite is set for a composite, Element for a simple element.
	Composite *Composite
	Element   *Element
}

// Element is the definition of a simple element.
type Element struct {
	ID, Name string
	Format   Format
	// HasCodes says that the directory has a code list for the element.
	HasCodes bool
}

// Class is the repertoire of an element's value.
type Class uint8

// The classes of values (ISO 9735-1, annex on data element representation).
const (
	Alphabetic Class = iota
	Numeric
	Alphanumeric
)

// Format is the representation of an element: class and length in characters. For numeric values neither sign nor
// decimal mark counts (ISO 9735-1 10). Min is 0 for a variable length.
type Format struct {
	Class    Class
	Min, Max int
}

// String gives the format as directories print it, "an..35" or "n3".
func (f Format) String() string {
	class := [...]string{"a", "n", "an"}[f.Class]
	if f.Min == f.Max {
		return fmt.Sprintf("%s%d", class, f.Max)
	}
	return fmt.Sprintf("%s..%d", class, f.Max)
}

// ParseFormat reads what String gives: "an..35", "n3", "a1".
func ParseFormat(s string) (f Format, ok bool) {
	class := strings.TrimRight(s, "0123456789.")
	i := slices.Index([]string{"a", "n", "an"}, class)
	length, variable := strings.CutPrefix(s[len(class):], "..")
	n, err := strconv.Atoi(length)
	if i < 0 || err != nil || n < 1 || length[0] == '0' {
		return Format{}, false
	}
	f = Format{Class: Class(i), Min: n, Max: n}
	if variable {
		f.Min = 0
	}
	return f, true
}

// Within tells whether each value of the format is one of another, wider one.
func (f Format) Within(wider Format) bool {
	return (f.Class == wider.Class || wider.Class == Alphanumeric) && f.Max <= wider.Max && f.Min >= wider.Min
}
