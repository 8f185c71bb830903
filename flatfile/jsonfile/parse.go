package jsonfile

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// parser reads one value whose bytes are all there.
type parser struct {
	t     *Tree
	p     int
	depth int
	max   int
}

// syntax is what is wrong with a value.
type syntax struct {
	at      int
	rule    string
	message string
}

func (p *parser) wrong(at int, rule, format string, args ...any) *syntax {
	return &syntax{at, rule, fmt.Sprintf(format, args...)}
}

// parse reads the value in t.raw, with white space around it.
func (p *parser) parse() *syntax {
	p.t.nodes = p.t.nodes[:0]
	p.blanks()
	if w := p.value(-1, 0, node{}); w != nil {
		return w
	}
	p.blanks()
	if p.p < len(p.t.raw) {
		return p.wrong(p.p, ruleSyntax, "%q stands behind the value", p.t.raw[p.p])
	}
	return nil
}

func (p *parser) blanks() { p.p = skipBlanks(p.t.raw, p.p) }

func skipBlanks(b []byte, p int) int {
	for p < len(b) && (b[p] == ' ' || b[p] == '\t' || b[p] == '\n' || b[p] == '\r') {
		p++
	}
	return p
}

// value reads a value; n has its name already.
func (p *parser) value(parent, index int, n node) *syntax {
	b := p.t.raw
	if p.p >= len(b) {
		return p.wrong(p.p, ruleSyntax, "a value is missing")
	}
	n.parent, n.index, n.start = int32(parent), int32(index), uint32(p.p)
	me := len(p.t.nodes)
	p.t.nodes = append(p.t.nodes, n)
	var w *syntax
	kind := Null
	switch c := b[p.p]; {
	case c == '{':
		kind = Object
		w = p.inside(me, '}')
	case c == '[':
		kind = Array
		w = p.inside(me, ']')
	case c == '"':
		kind = String
		_, p.t.nodes[me].odd, w = p.text()
	case c == '-' || c >= '0' && c <= '9':
		kind = Number
		w = p.number()
	default:
		kind, w = p.word()
	}
	if w != nil {
		return w
	}
	done := &p.t.nodes[me]
	done.kind, done.stop, done.end = kind, uint32(p.p), int32(len(p.t.nodes))
	return nil
}

func (p *parser) word() (Kind, *syntax) {
	for _, w := range []struct {
		text string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if bytes.HasPrefix(p.t.raw[p.p:], []byte(w.text)) {
			p.p += len(w.text)
			return w.kind, nil
		}
	}
	return Null, p.wrong(p.p, ruleSyntax, "%q begins no value", p.t.raw[p.p])
}

// inside reads the members of an object, or the elements of an array.
func (p *parser) inside(me int, closing byte) *syntax {
	b := p.t.raw
	if p.depth++; p.depth > p.max {
		return p.wrong(p.p, ruleDepth, "objects and arrays nest deeper than %d", p.max)
	}
	p.p++
	p.blanks()
	if p.p < len(b) && b[p.p] == closing {
		p.p++
		p.depth--
		return nil
	}
	var seen names
	for i := 0; ; i++ {
		n := node{}
		if closing == '}' {
			if w := p.name(me, &n, &seen); w != nil {
				return w
			}
		}
		if w := p.value(me, i, n); w != nil {
			return w
		}
		p.blanks()
		switch {
		case p.p < len(b) && b[p.p] == closing:
			p.p++
			p.depth--
			return nil
		case p.p >= len(b) || b[p.p] != ',':
			return p.wrong(p.p, ruleSyntax, `"," or %q is missing`, closing)
		}
		p.p++
		p.blanks()
	}
}

// name reads the name of a member. One that stands twice in its object is a fault.
func (p *parser) name(me int, n *node, seen *names) *syntax {
	b := p.t.raw
	if p.p >= len(b) || b[p.p] != '"' {
		return p.wrong(p.p, ruleSyntax, "a name in quotes is missing")
	}
	at := p.p
	s, odd, w := p.text()
	if w != nil {
		return w
	}
	n.key, n.name, n.oddName = true, s, odd
	if p.twice(me, n, seen) {
		return p.wrong(at, ruleTwice, "the name %q stands twice in the object", p.t.raw[s.start:s.end])
	}
	p.blanks()
	if p.p >= len(b) || b[p.p] != ':' {
		return p.wrong(p.p, ruleSyntax, `":" is missing behind the name`)
	}
	p.p++
	p.blanks()
	return nil
}

// names are those of an object with many members.
type names struct {
	count int
	known map[string]struct{}
}

// fewNames is how many names are compared one by one.
const fewNames = 32

// twice tells whether a name stands in the object already.
func (p *parser) twice(me int, n *node, seen *names) bool {
	name, _ := (&Tree{raw: p.t.raw, nodes: []node{*n}}).AppendName(nil, 0)
	if seen.count++; seen.count > fewNames {
		if seen.known == nil {
			seen.known = map[string]struct{}{}
			for c := me + 1; c < len(p.t.nodes); c = int(p.t.nodes[c].end) {
				seen.known[p.t.Name(c)] = struct{}{}
			}
		}
		_, known := seen.known[string(name)]
		seen.known[string(name)] = struct{}{}
		return known
	}
	for c := me + 1; c < len(p.t.nodes); c = int(p.t.nodes[c].end) {
		other := &p.t.nodes[c]
		if !n.oddName && !other.oddName {
			if bytes.Equal(p.t.raw[other.name.start:other.name.end], name) {
				return true
			}
		} else if p.t.Name(c) == string(name) {
			return true
		}
	}
	return false
}

// text reads a string and gives the place of its characters.
func (p *parser) text() (span, bool, *syntax) {
	b := p.t.raw
	p.p++
	s, odd, wide := span{start: uint32(p.p)}, false, false
	for ; p.p < len(b); p.p++ {
		switch c := b[p.p]; {
		case c == '"':
			s.end = uint32(p.p)
			p.p++
			if wide && !utf8.Valid(b[s.start:s.end]) {
				return s, odd, p.wrong(int(s.start)+firstInvalid(b[s.start:s.end]), ruleCharset, "a byte here is not UTF-8")
			}
			return s, odd, nil
		case c < 0x20:
			return s, odd, p.wrong(p.p, ruleSyntax, "the control character 0x%02X stands in a string: write it as an escape", c)
		case c >= utf8.RuneSelf:
			wide = true
		case c == '\\':
			odd = true
			if w := p.escape(); w != nil {
				return s, odd, w
			}
		}
	}
	return s, odd, p.wrong(int(s.start)-1, ruleSyntax, "the string does not end")
}

// escape checks an escape and leaves p at its last character.
func (p *parser) escape() *syntax {
	b, at := p.t.raw, p.p
	p.p++
	if p.p >= len(b) || bytes.IndexByte([]byte(`"\/bfnrtu`), b[p.p]) < 0 {
		return p.wrong(at, ruleSyntax, "an escape that JSON does not know")
	}
	if b[p.p] != 'u' {
		return nil
	}
	r := hex4(b[p.p+1:])
	if r < 0 {
		return p.wrong(at, ruleSyntax, `\u wants four hexadecimal digits`)
	}
	p.p += 4
	if !utf16.IsSurrogate(r) {
		return nil
	}
	rest := b[p.p+1:]
	if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' || utf16.DecodeRune(r, hex4(rest[2:])) == utf8.RuneError {
		return p.wrong(at, ruleCharset, "half a surrogate pair is no character")
	}
	p.p += 6
	return nil
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return 0
}

// number reads a number (RFC 8259 6).
func (p *parser) number() *syntax {
	b, at := p.t.raw, p.p
	digits := func() bool {
		from := p.p
		for p.p < len(b) && b[p.p] >= '0' && b[p.p] <= '9' {
			p.p++
		}
		return p.p > from
	}
	if b[p.p] == '-' {
		p.p++
	}
	first := p.p
	ok := digits()
	if ok && b[first] == '0' && p.p > first+1 {
		return p.wrong(at, ruleSyntax, "a number has no zeros before it")
	}
	if ok && p.p < len(b) && b[p.p] == '.' {
		p.p++
		ok = digits()
	}
	if ok && p.p < len(b) && (b[p.p] == 'e' || b[p.p] == 'E') {
		p.p++
		if p.p < len(b) && (b[p.p] == '+' || b[p.p] == '-') {
			p.p++
		}
		ok = digits()
	}
	if !ok {
		return p.wrong(at, ruleSyntax, "a number has digits missing")
	}
	return nil
}
