package jsonfile

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/batchgate/batchgate/finding"
)

// Kind is what a value is.
type Kind uint8

// The kinds of values (RFC 8259 3).
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// String gives the kind's name.
func (k Kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// Tree holds a value with everything below it, in the file's order: value 0 is the value itself, and what is below value i
// are those up to End(i). A Tree that a Reader gives is valid until its next Read.
type Tree struct {
	raw    []byte
	nodes  []node
	file   string
	record int64
	offset int64
	line   int
	column int
	path   string // JSON pointer of value 0
}

type node struct {
	kind        Kind
	odd         bool // a string with escapes
	key         bool // has a name
	parent      int32
	end         int32
	index       int32 // in its array
	name        span
	oddName     bool
	start, stop uint32
}

type span struct{ start, end uint32 }

// Len gives the number of values.
func (t *Tree) Len() int { return len(t.nodes) }

// Kind gives what a value is.
func (t *Tree) Kind(i int) Kind { return t.nodes[i].kind }

// Parent gives the value around a value, -1 for value 0.
func (t *Tree) Parent(i int) int { return int(t.nodes[i].parent) }

// End gives the number behind the last value below a value: its members are i+1, then End of that, and so on.
func (t *Tree) End(i int) int { return int(t.nodes[i].end) }

// AppendName appends the name of a member, and tells whether it is one.
func (t *Tree) AppendName(dst []byte, i int) ([]byte, bool) {
	n := &t.nodes[i]
	if !n.key {
		return dst, false
	}
	b := t.raw[n.name.start:n.name.end]
	if n.oddName {
		return appendUnquoted(dst, b), true
	}
	return append(dst, b...), true
}

// Name gives the name of a member, or "".
func (t *Tree) Name(i int) string {
	b, _ := t.AppendName(nil, i)
	return string(b)
}

// Member gives the member of an object with a name, or -1.
func (t *Tree) Member(i int, name string) int {
	if i < 0 {
		return -1
	}
	for c := i + 1; c < t.End(i); c = t.End(c) {
		if t.nodes[c].key && t.Name(c) == name {
			return c
		}
	}
	return -1
}

// Text gives a value as text: a string without its quotes, numbers and booleans as they stand; null, objects and arrays
// give "", and so does -1.
func (t *Tree) Text(i int) string {
	if i < 0 {
		return ""
	}
	return string(t.AppendText(nil, i))
}

// AppendText appends what Text gives.
func (t *Tree) AppendText(dst []byte, i int) []byte {
	n := &t.nodes[i]
	b := t.raw[n.start:n.stop]
	switch {
	case n.kind == String && n.odd:
		return appendUnquoted(dst, b[1:len(b)-1])
	case n.kind == String:
		return append(dst, b[1:len(b)-1]...)
	case n.kind == Number || n.kind == Bool:
		return append(dst, b...)
	}
	return dst
}

// Raw gives a value as it stands in the file.
func (t *Tree) Raw(i int) []byte { return t.raw[t.nodes[i].start:t.nodes[i].stop] }

// Place gives the place of a value, with its JSON pointer as path.
func (t *Tree) Place(i int) finding.Place {
	n := &t.nodes[i]
	return t.placeOf(i, int(n.start), int(n.stop))
}

func (t *Tree) placeOf(i, start, end int) finding.Place {
	before := t.raw[:start]
	p := finding.Place{File: t.file, Record: t.record, Offset: t.offset + int64(start), Length: end - start, Line: t.line, Column: t.column + start + 1, Path: t.Pointer(i)}
	if lines := bytes.Count(before, []byte{'\n'}); lines > 0 {
		p.Line += lines
		p.Column = start - bytes.LastIndexByte(before, '\n')
	}
	return p
}

// Pointer gives the JSON pointer of a value in the whole file (RFC 6901).
func (t *Tree) Pointer(i int) string {
	if i <= 0 {
		return t.path
	}
	n := &t.nodes[i]
	step := strconv.Itoa(int(n.index))
	if n.key {
		step = pointerStep(t.Name(i))
	}
	return t.Pointer(int(n.parent)) + "/" + step
}

func pointerStep(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// appendUnquoted appends the characters of a string (RFC 8259 7). What is wrong was found before.
func appendUnquoted(dst, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' || i+1 >= len(b) {
			dst = append(dst, b[i])
			continue
		}
		i++
		switch c := b[i]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(b[i+1:])
			i += 4
			if utf16.IsSurrogate(r) && i+6 < len(b)+0 && b[i+1] == '\\' && b[i+2] == 'u' {
				if pair := utf16.DecodeRune(r, hex4(b[i+3:])); pair != utf8.RuneError {
					r = pair
					i += 6
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// hex4 reads four hexadecimal digits, -1 when they are none.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	r := rune(0)
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return -1
		}
	}
	return r
}
