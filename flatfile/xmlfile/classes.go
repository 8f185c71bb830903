package xmlfile

import (
	"unicode/utf8"
)

// What a byte may be.
const (
	nameStart uint8 = 1 << iota // begins a name; bytes from 0x80 on are looked at as characters
	namePart                    // goes on with one
	blank                       // white space
	special                     // in text: needs a second look
)

var classes = makeClasses()

func makeClasses() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':':
			t[c] = nameStart | namePart
		case c >= '0' && c <= '9' || c == '-' || c == '.':
			t[c] = namePart
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			t[c] = blank
		case c >= 0x80:
			t[c] = nameStart | namePart
		}
		if c < 0x20 && c != '\t' && c != '\n' || c >= 0x80 || c == '&' || c == '<' || c == ']' {
			t[c] |= special
		}
	}
	return t
}

// nameEnd gives the place behind a name that begins at p, p itself where none does.
func nameEnd(d []byte, p int) int {
	if p >= len(d) || classes[d[p]]&nameStart == 0 {
		return p
	}
	for p++; p < len(d) && classes[d[p]]&namePart != 0; p++ {
	}
	return p
}

func skipBlanks(d []byte, p int) int {
	for p < len(d) && classes[d[p]]&blank != 0 {
		p++
	}
	return p
}

// isName tells whether b is a name (XML 1.0, production 5) with at most one colon within (Namespaces in XML, 7).
func isName(b []byte) bool {
	if len(b) == 0 || nameEnd(b, 0) != len(b) {
		return false
	}
	ascii := true
	colons := 0
	for i, c := range b {
		ascii = ascii && c < utf8.RuneSelf
		if c == ':' {
			if colons++; i == 0 || i == len(b)-1 || colons > 1 || classes[b[i+1]]&nameStart == 0 {
				return false
			}
		}
	}
	return ascii || isWideName(b)
}

// isWideName looks at the characters of a name that is not all ASCII.
func isWideName(b []byte) bool {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 || r >= utf8.RuneSelf && !nameRune(r, i == 0 || b[i-1] == ':') {
			return false
		}
		i += n
	}
	return true
}

// nameRune tells whether a character from 0x80 on may begin a name, or stand within (XML 1.0, productions 4 and 4a).
func nameRune(r rune, first bool) bool {
	switch {
	case r >= 0xC0 && r <= 0x2FF:
		return r != 0xD7 && r != 0xF7
	case r >= 0x370 && r <= 0x1FFF:
		return r != 0x37E
	case r == 0x200C || r == 0x200D, r >= 0x2070 && r <= 0x218F, r >= 0x2C00 && r <= 0x2FEF, r >= 0x3001 && r <= 0xD7FF,
		r >= 0xF900 && r <= 0xFDCF, r >= 0xFDF0 && r <= 0xFFFD, r >= 0x10000 && r <= 0xEFFFF:
		return true
	}
	return !first && (r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040)
}

// isChar tells whether a character may stand in XML 1.0 at all (production 2).
func isChar(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
