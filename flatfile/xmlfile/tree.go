package xmlfile

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/internal/window"
)

// Tree is an element with everything below it, in document order: element 0 is the element itself, and what is below
// element i are those up to End(i). A Tree that a Reader gives is valid until its next Read.
type Tree struct {
	raw   []byte // of the element, as UTF-8
	nodes []node
	attrs []treeAttr
	names *names

	file   string
	record int64
	offset int64 // in the file, of raw
	line   int
	column int
	size   func([]byte) int64
	path   string // of the elements around it
}

// node is one element.
type node struct {
	name       Name
	parent     int32
	end        int32 // of the elements below it
	attrs      int32 // the first of its attributes; the last stands before those of the next element
	start      uint32
	inner      uint32 // behind the start tag
	innerEnd   uint32
	stop       uint32 // behind the end tag
	text       span32 // of its only text
	form       nodeText
	rawNameEnd uint32
}

type span32 struct{ start, end uint32 }

type nodeText uint8

const (
	noText    nodeText = iota
	oneText            // as it stands
	mixedText          // in pieces, or with references
)

type treeAttr struct {
	name  Name
	at    uint32 // where its name begins
	value span32
	odd   bool
}

// Len gives the number of elements.
func (t *Tree) Len() int { return len(t.nodes) }

// Name gives the name of an element as a number of its reader, NoName where it could not be resolved.
func (t *Tree) Name(i int) Name { return t.nodes[i].name }

// Local gives the local name of an element, Space its namespace.
func (t *Tree) Local(i int) string { return t.names.get(t.nodes[i].name).local }

// Space gives the namespace of an element.
func (t *Tree) Space(i int) string { return t.names.get(t.nodes[i].name).space }

func (n *names) get(id Name) qualified {
	if id < 0 || int(id) >= len(n.known) {
		return qualified{}
	}
	return n.known[id]
}

// Parent gives the element around an element, -1 for element 0.
func (t *Tree) Parent(i int) int { return int(t.nodes[i].parent) }

// End gives the number behind the last element below an element: its children are i+1, then End of that, and so on.
func (t *Tree) End(i int) int { return int(t.nodes[i].end) }

// Child gives the first child with a local name, in any namespace, or -1.
func (t *Tree) Child(i int, local string) int {
	if i < 0 {
		return -1
	}
	for c := i + 1; c < t.End(i); c = t.End(c) {
		if t.Local(c) == local {
			return c
		}
	}
	return -1
}

// Children gives the children of an element.
func (t *Tree) Children(i int) func(yield func(child int) bool) {
	return func(yield func(int) bool) {
		for c := i + 1; c < t.End(i); c = t.End(c) {
			if !yield(c) {
				return
			}
		}
	}
}

// Text gives the characters that stand directly in an element, those in its children left out. "" for -1.
func (t *Tree) Text(i int) string {
	if i < 0 {
		return ""
	}
	return string(t.AppendText(nil, i))
}

// AppendText appends what Text gives.
func (t *Tree) AppendText(dst []byte, i int) []byte {
	n := &t.nodes[i]
	switch n.form {
	case noText:
		return dst
	case oneText:
		return append(dst, t.raw[n.text.start:n.text.end]...)
	}
	return t.appendMixed(dst, i, false)
}

// AppendContent appends all characters in an element, those in the elements below it too, in their order.
func (t *Tree) AppendContent(dst []byte, i int) []byte { return t.appendMixed(dst, i, true) }

// appendMixed goes through the content of an element again.
func (t *Tree) appendMixed(dst []byte, i int, deep bool) []byte {
	n := &t.nodes[i]
	s := scanner{w: window.Of(t.raw[n.inner:n.innerEnd])}
	depth := 0
	for s.next() == nil && s.tok.kind != tokenEnd {
		b := s.w.Data()[s.tok.start:s.tok.end]
		switch {
		case s.tok.kind == tokenOpen && !s.tok.empty:
			depth++
		case s.tok.kind == tokenClose:
			depth--
		case depth > 0 && !deep:
		case s.tok.kind == tokenText:
			dst = appendText(dst, b, false)
		case s.tok.kind == tokenCDATA:
			dst = appendCDATA(dst, b)
		}
	}
	return dst
}

// appendCDATA appends the characters of a CDATA section.
func appendCDATA(dst, b []byte) []byte {
	b = b[len("<![CDATA[") : len(b)-len("]]>")]
	if bytes.IndexByte(b, '\r') < 0 {
		return append(dst, b...)
	}
	return append(dst, bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))...)
}

// Attrs gives the numbers of an element's attributes: from, and behind the last. Declarations of namespaces are none.
func (t *Tree) Attrs(i int) (from, to int) {
	from, to = int(t.nodes[i].attrs), len(t.attrs)
	if i+1 < len(t.nodes) {
		to = int(t.nodes[i+1].attrs)
	}
	return from, to
}

// AttrName gives the name of an attribute; one without a prefix has no namespace.
func (t *Tree) AttrName(k int) Name { return t.attrs[k].name }

// AttrLocal gives the local name of an attribute.
func (t *Tree) AttrLocal(k int) string { return t.names.get(t.attrs[k].name).local }

// AttrText gives the value of an attribute.
func (t *Tree) AttrText(k int) string { return string(t.AppendAttr(nil, k)) }

// AppendAttr appends the value of an attribute.
func (t *Tree) AppendAttr(dst []byte, k int) []byte {
	a := &t.attrs[k]
	b := t.raw[a.value.start:a.value.end]
	if !a.odd {
		return append(dst, b...)
	}
	return appendText(dst, b, true)
}

// Attr gives the value of an element's attribute with a local name, and whether it stands there.
func (t *Tree) Attr(i int, local string) (string, bool) {
	if i < 0 {
		return "", false
	}
	from, to := t.Attrs(i)
	for k := from; k < to; k++ {
		if t.AttrLocal(k) == local {
			return t.AttrText(k), true
		}
	}
	return "", false
}

// Raw gives an element as it stands in the file, as UTF-8.
func (t *Tree) Raw(i int) []byte { return t.raw[t.nodes[i].start:t.nodes[i].stop] }

// Place gives the place of an element as a whole, TextPlace that of its content.
func (t *Tree) Place(i int) finding.Place {
	return t.placeOf(i, int(t.nodes[i].start), int(t.nodes[i].stop), "")
}

// TextPlace gives the place of what stands in an element; that of the whole element where nothing does.
func (t *Tree) TextPlace(i int) finding.Place {
	n := &t.nodes[i]
	if n.form == oneText {
		return t.placeOf(i, int(n.text.start), int(n.text.end), "")
	}
	if n.inner >= n.innerEnd {
		return t.Place(i)
	}
	return t.placeOf(i, int(n.inner), int(n.innerEnd), "")
}

// AttrPlace gives the place of an attribute's value, without its quotes.
func (t *Tree) AttrPlace(i, k int) finding.Place {
	a := &t.attrs[k]
	return t.placeOf(i, int(a.value.start), int(a.value.end), "/@"+t.attrName(k))
}

// AttrPath gives the XML path of an attribute of an element, from the root.
func (t *Tree) AttrPath(i, k int) string { return t.pathOf(i) + "/@" + t.attrName(k) }

// attrName gives the name of an attribute as it stands, with its prefix.
func (t *Tree) attrName(k int) string {
	a := &t.attrs[k]
	name := t.raw[a.at:a.value.start]
	return string(name[:bytes.IndexAny(name, "= \t\r\n")])
}

// placeOf gives the place of some bytes in an element.
func (t *Tree) placeOf(i, start, end int, behind string) finding.Place {
	p := finding.Place{File: t.file, Record: t.record, Line: t.line, Column: t.column + 1, Path: t.pathOf(i) + behind}
	before := t.raw[:start]
	p.Offset, p.Length = t.offset+t.size(before), int(t.size(t.raw[start:end]))
	if lines := bytes.Count(before, []byte{'\n'}); lines > 0 {
		p.Line += lines
		p.Column = 1
		before = before[bytes.LastIndexByte(before, '\n')+1:]
	}
	p.Column += int(t.size(before))
	return p
}

// pathOf gives the XML path of an element, by the names as they stand: "/Stock/Item[2]/SKU". The number of an element
// among those of its name is given where there are several; a record has none, places say its number.
func (t *Tree) pathOf(i int) string {
	var steps []string
	for ; i >= 0; i = t.Parent(i) {
		n := &t.nodes[i]
		step := string(t.raw[n.start+1 : n.rawNameEnd])
		if n.parent >= 0 {
			if nth, several := t.nth(i); several {
				step += "[" + strconv.Itoa(nth) + "]"
			}
		}
		steps = append(steps, step)
	}
	var b strings.Builder
	b.WriteString(t.path)
	for k := len(steps) - 1; k >= 0; k-- {
		b.WriteByte('/')
		b.WriteString(steps[k])
	}
	return b.String()
}

// nth gives the number of an element among those of its name in its parent, and whether there are others.
func (t *Tree) nth(i int) (nth int, several bool) {
	all := 0
	for c := range t.Children(t.Parent(i)) {
		if t.nodes[c].name != t.nodes[i].name {
			continue
		}
		if all++; c == i {
			nth = all
		}
	}
	return nth, all > 1
}

// HasText tells whether characters other than white space stand directly in an element.
func (t *Tree) HasText(i int) bool {
	n := &t.nodes[i]
	switch n.form {
	case noText:
		return false
	case oneText:
		return skipBlanks(t.raw[:n.text.end], int(n.text.start)) < int(n.text.end)
	}
	text := t.appendMixed(nil, i, false)
	return skipBlanks(text, 0) < len(text)
}

// RawText gives what stands in an element as it stands in the file, as UTF-8; RawAttr what stands in an attribute.
func (t *Tree) RawText(i int) []byte {
	n := &t.nodes[i]
	if n.form == oneText {
		return t.raw[n.text.start:n.text.end]
	}
	return t.raw[n.inner:n.innerEnd]
}

// RawAttr gives the value of an attribute as it stands in the file, without its quotes.
func (t *Tree) RawAttr(k int) []byte { return t.raw[t.attrs[k].value.start:t.attrs[k].value.end] }

// PathOf gives the XML path of an element from the root.
func (t *Tree) PathOf(i int) string { return t.pathOf(i) }

// Declared gives the prefixes that the element declares, with their namespaces; "" is the default one.
func (t *Tree) Declared() map[string]string {
	all := map[string]string{}
	s := scanner{w: window.Of(t.raw[:t.nodes[0].inner])}
	if s.next() != nil {
		return all
	}
	d := s.w.Data()
	for _, a := range s.attrs {
		if raw := d[a.name.start:a.name.end]; isDeclaration(raw) {
			_, prefix, _ := strings.Cut(string(raw), ":")
			all[prefix] = string(appendText(nil, d[a.value.start:a.value.end], true))
		}
	}
	return all
}

// AttrSpace gives the namespace of an attribute; "" for one without a prefix.
func (t *Tree) AttrSpace(k int) string { return t.names.get(t.attrs[k].name).space }
