package edifact

import "fmt"

// Separators are the service characters of an interchange. 0 in Release and Repetition means that there is none.
type Separators struct {
	Component  byte // between components of a composite, ':'
	Element    byte // between the tag and the data elements, '+'
	Decimal    byte // the decimal mark, '.' or ','; in syntax 4 both are allowed whatever stands here
	Release    byte // takes away the meaning of the byte behind it, '?'
	Repetition byte // between repetitions of a data element, '*'; syntax 4 only
	Terminator byte // ends a segment, '\''
}

// The separators that hold without UNA.
var (
	// defaultSeparators hold in syntax 1 to 3; ISO 9735-1 5.
	defaultSeparators = Separators{Component: ':', Element: '+', Decimal: '.', Release: '?', Terminator: '\''}
	// levelB are the separators that syntax 1 to 3 give UNOB: IS1, IS3 and IS4 of ISO 646, without a release character.
	levelB = Separators{Component: 0x1F, Element: 0x1D, Decimal: '.', Terminator: 0x1C}
)

// DefaultSeparators gives the separators that hold without UNA in a syntax version, 1 to 4.
func DefaultSeparators(syntax int) Separators {
	s := defaultSeparators
	if syntax >= 4 {
		s.Repetition = '*'
	}
	return s
}

// LevelBSeparators gives the separators IS1, IS3 and IS4, which syntax 1 to 3 name for UNOB.
func LevelBSeparators() Separators { return levelB }

// UNA gives the service string advice, nine bytes.
func (s Separators) UNA() []byte {
	blank := func(b byte) byte {
		if b == 0 {
			return ' '
		}
		return b
	}
	return []byte{'U', 'N', 'A', s.Component, s.Element, blank(s.Decimal), blank(s.Release), blank(s.Repetition), s.Terminator}
}

// ParseUNA reads a service string advice, nine bytes from "UNA" on. Which of repetition separator and reserved blank the
// fifth character is depends on the syntax version: '*' and the like are taken as given.
func ParseUNA(b []byte) (Separators, error) {
	if len(b) != fullUNA || string(b[:3]) != "UNA" {
		return Separators{}, fmt.Errorf("%w: UNA has exactly six characters behind it", ErrSeparators)
	}
	s, n := readUNA(b)
	if n == 0 {
		return s, fmt.Errorf("%w: letters and digits cannot be service characters", ErrSeparators)
	}
	if wrong := s.check(); wrong != "" {
		return s, fmt.Errorf("%w: %s", ErrSeparators, wrong)
	}
	return s, nil
}

// check says what is wrong with separators, or "".
func (s Separators) check() string {
	named := []struct {
		name string
		b    byte
	}{{"component", s.Component}, {"element", s.Element}, {"terminator", s.Terminator}, {"release", s.Release}, {"repetition", s.Repetition}}
	for i, a := range named {
		optional := i > 2
		switch {
		case a.b == 0 && optional:
			continue
		case !separates(a.b):
			return fmt.Sprintf("%q cannot be the %s character", a.b, a.name)
		case a.b == '\r' || a.b == '\n':
			if a.name != "terminator" {
				return fmt.Sprintf("a line break cannot be the %s character", a.name)
			}
		}
		for _, b := range named[:i] {
			if a.b == b.b {
				return fmt.Sprintf("%q is both the %s and the %s character", a.b, b.name, a.name)
			}
		}
	}
	return ""
}

// separates tells whether a byte can be a service character at all.
func separates(b byte) bool {
	return b != 0 && b != ' ' && b < 0x80 && !isAlnum(b)
}

func isAlnum(b byte) bool { return isUpper(b) || isDigit(b) || b >= 'a' && b <= 'z' }
func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }
func isDigit(b byte) bool { return b >= '0' && b <= '9' }
