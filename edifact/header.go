package edifact

import (
	"bytes"
	"strings"
)

const (
	fullUNA  = 9
	shortUNA = 8 // the reserved blank is missing
)

// readUNA reads a service string advice and gives its length, or 0 when the bytes cannot be one; ISO 9735-1 5.
func readUNA(b []byte) (Separators, int) {
	if len(b) < fullUNA || isAlnum(b[3]) || isAlnum(b[4]) {
		return Separators{}, 0
	}
	none := func(c byte) byte {
		if c == ' ' {
			return 0
		}
		return c
	}
	s := Separators{Component: b[3], Element: b[4], Decimal: b[5], Release: none(b[6]), Repetition: none(b[7]), Terminator: b[8]}
	if lineEnd := b[8] == '\r' || b[8] == '\n'; (lineEnd && b[7] == '\'') || bytes.HasPrefix(b[8:], []byte("UNB")) || bytes.HasPrefix(b[8:], []byte("UIB")) {
		s.Repetition, s.Terminator = 0, b[7]
		return s, shortUNA
	}
	return s, fullUNA
}

// header is the beginning of UNB or UIB, as far as it decides how the rest is read.
type header struct {
	tag                string // "" when no UNB introduces what follows
	element, component byte
	identifier         string // 0001
	version            string // 0002
}

// readHeader reads the beginning of UNB. The byte behind the tag is the element separator, the one behind the identifier
// the component separator; what is expected is taken where they are missing.
func readHeader(b []byte, expected Separators, dropBreaks bool) header {
	if dropBreaks {
		b = unbroken(b)
	}
	h := header{element: expected.Element, component: expected.Component}
	if !isHeader(b) {
		return h
	}
	h.tag = string(b[:3])
	if b[3] == expected.Terminator {
		return h
	}
	h.element = b[3]
	h.identifier = identifierOf(b)
	rest := b[4+len(h.identifier):]
	if len(rest) == 0 || rest[0] == h.element {
		return h
	}
	h.component = rest[0]
	n := 1
	for n < len(rest) && isAlnum(rest[n]) {
		n++
	}
	h.version = string(rest[1:n])
	return h
}

// number gives the version by which to read: 1 to 4. Version X is the profile of version 4 that is compatible with 3.
func (h header) number() int {
	if len(h.version) == 1 && h.version[0] >= '1' && h.version[0] <= '9' {
		return min(int(h.version[0]-'0'), 4)
	}
	return 3
}

// odd tells whether the version is none that the standard knows.
func (h header) odd() bool {
	switch h.version {
	case "1", "2", "3", "4", "X":
		return false
	}
	return true
}

// repeats tells whether the fifth character of UNA is a repetition separator. Other agencies than UNO number their
// versions on their own, and use it when UNA has it.
func (h header) repeats() bool {
	return h.number() >= 4 || h.identifier != "" && !strings.HasPrefix(h.identifier, "UNO")
}
