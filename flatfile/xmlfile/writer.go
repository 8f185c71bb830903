package xmlfile

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"github.com/batchgate/batchgate/finding"
)

// Namespace is a namespace with the prefix under which it is written; "" is the one of names without prefix.
type Namespace struct{ Prefix, Name string }

// WriterOptions says how XML is written. The zero value is UTF-8 with a declaration and no line breaks.
type WriterOptions struct {
	// Charset is the character set, and what is declared: "" is UTF-8. Characters that it does not have are written as
	// references.
	Charset string
	// Namespaces are declared at the root element, in this order.
	Namespaces []Namespace
	// Indent is the number of blanks for each level; 0 breaks no lines.
	Indent int
	// LineEnd ends lines where Indent breaks them: "" is "\n".
	LineEnd string
	// BOM starts a file in UTF-8 with a byte order mark. UTF-16 always has one.
	BOM bool
	// Doctype is a document type declaration without its brackets: `cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd"`.
	Doctype string
}

// Attr is an attribute of an element that is written.
type Attr struct{ Name, Value string }

// Writer writes an XML file. Names are given as they are to stand there, "cbc:ID". What a Reader would not read back, it
// refuses with a *flatfile.ValueError: then nothing of the element is written.
type Writer struct {
	o       WriterOptions
	w       *bufio.Writer
	set     charset
	encoder *encoding.Encoder
	err     error
	started bool
	ended   bool
	open    []openElement
	last    []finding.Place // of the values of the last call
	offset  int64
	line    int
	column  int
}

// openElement is an element that is written.
type openElement struct {
	name     string
	children bool
	text     bool
	pending  bool // its start tag has no ">" yet
}

// Check tells whether the options make sense. Its error is a *flatfile.Error with the cause flatfile.ErrOptions.
func (o WriterOptions) Check() error {
	set, err := lookupCharset(o.Charset)
	switch {
	case o.Charset != "" && err != nil:
		return optionError("charset", err.Error(), "")
	case o.Charset != "" && set.encoding != nil && !asciiOrWide(set):
		return optionError("charset", o.Charset+" does not contain ASCII: XML is not written in it", "use utf-8 or iso-8859-1")
	case o.Indent < 0 || o.Indent > 8:
		return optionError("indent", fmt.Sprintf("%d blanks", o.Indent), "give 0 to 8")
	case strings.ContainsAny(o.Doctype, "<>[]") || o.Doctype != "" && !isName([]byte(strings.Fields(o.Doctype)[0])):
		return optionError("doctype", fmt.Sprintf("%q is no declaration without an internal subset", o.Doctype), `write cXML SYSTEM "http://..."`)
	}
	for i, n := range o.Namespaces {
		if n.Prefix != "" && (!isName([]byte(n.Prefix)) || strings.Contains(n.Prefix, ":")) || n.Prefix == "xml" || n.Prefix == "xmlns" || n.Name == "" && n.Prefix != "" {
			return optionError("namespaces", fmt.Sprintf("%q cannot be the prefix of %q", n.Prefix, n.Name), "")
		}
		for _, other := range o.Namespaces[:i] {
			if other.Prefix == n.Prefix {
				return optionError("namespaces", fmt.Sprintf("the prefix %q stands twice", n.Prefix), "")
			}
		}
	}
	return nil
}

// asciiOrWide tells whether a set begins with ASCII, or is UTF-16.
func asciiOrWide(c charset) bool {
	if strings.HasPrefix(c.name, "utf-16") {
		return true
	}
	b, err := c.encoding.NewEncoder().Bytes([]byte("<A&1"))
	return err == nil && string(b) == "<A&1"
}

// NewWriter gives a writer. Options that make no sense are the error of every call.
func NewWriter(w io.Writer, o WriterOptions) *Writer {
	out := &Writer{o: o, w: bufio.NewWriterSize(w, 64<<10), err: o.Check(), set: utf8Set, line: 1}
	if out.o.LineEnd == "" {
		out.o.LineEnd = "\n"
	}
	if o.Charset != "" && out.err == nil {
		out.set, _ = lookupCharset(o.Charset)
		if out.set.encoding != nil {
			out.encoder = out.set.encoding.NewEncoder()
		}
	}
	return out
}

// Open writes the start tag of an element.
func (w *Writer) Open(name string, attrs ...Attr) error {
	if w.err != nil {
		return w.err
	}
	if err := w.judgeOpen(name, attrs); err != nil {
		return err
	}
	w.begin()
	if n := len(w.open); n > 0 {
		parent := &w.open[n-1]
		w.closeTag(parent)
		if !parent.text && w.o.Indent > 0 {
			w.newLine(n)
		}
		parent.children = true
	}
	w.last = w.last[:0]
	e := openElement{name: name, pending: true}
	w.put("<" + name)
	if len(w.open) == 0 {
		for _, n := range w.o.Namespaces {
			attr := "xmlns"
			if n.Prefix != "" {
				attr += ":" + n.Prefix
			}
			w.put(" " + attr + `="`)
			w.put(escape(n.Name, true, w.has))
			w.put(`"`)
		}
	}
	for _, a := range attrs {
		w.put(" " + a.Name + `="`)
		w.value(escape(a.Value, true, w.has))
		w.put(`"`)
	}
	w.open = append(w.open, e)
	return w.err
}

// Text writes characters into the open element.
func (w *Writer) Text(text string) error {
	if w.err != nil {
		return w.err
	}
	if len(w.open) == 0 {
		return w.refuse("", text, "text stands in an element")
	}
	if err := w.judgeText(w.open[len(w.open)-1].name, text); err != nil {
		return err
	}
	if text == "" {
		return nil
	}
	e := &w.open[len(w.open)-1]
	w.closeTag(e)
	e.text = true
	w.last = w.last[:0]
	w.value(escape(text, false, w.has))
	return w.err
}

// Close ends the open element: with an end tag, or as an empty one.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	n := len(w.open) - 1
	if n < 0 {
		w.err = optionError("elements", "none is open", "")
		return w.err
	}
	e := w.open[n]
	w.open = w.open[:n]
	switch {
	case e.pending:
		w.put("/>")
	default:
		if e.children && !e.text && w.o.Indent > 0 {
			w.newLine(n)
		}
		w.put("</" + e.name + ">")
	}
	if n == 0 {
		w.ended = true
		w.put(w.o.LineEnd)
	}
	return w.err
}

// Flush hands what is buffered to the underlying writer. A file whose root is still open is not one.
func (w *Writer) Flush() error {
	if err := w.w.Flush(); err != nil && w.err == nil {
		w.err = err
	}
	return w.err
}

// Place gives the place of the i-th value that the last call wrote: the attributes of Open, or the text of Text.
func (w *Writer) Place(i int) finding.Place {
	if i < 0 || i >= len(w.last) {
		return finding.Place{}
	}
	return w.last[i]
}

// begin writes what stands before the root.
func (w *Writer) begin() {
	if w.started {
		return
	}
	w.started = true
	name := w.o.Charset
	if name == "" {
		name = "UTF-8"
	}
	if strings.HasPrefix(w.set.name, "utf-16") {
		w.put("\uFEFF")
		name = "UTF-16"
	} else if w.o.BOM && w.set.encoding == nil {
		w.put("\uFEFF")
	}
	w.put(`<?xml version="1.0" encoding="` + name + `"?>` + w.o.LineEnd)
	if w.o.Doctype != "" {
		w.put("<!DOCTYPE " + w.o.Doctype + ">" + w.o.LineEnd)
	}
}

func (w *Writer) closeTag(e *openElement) {
	if e.pending {
		w.put(">")
		e.pending = false
	}
}

func (w *Writer) newLine(depth int) {
	w.put(w.o.LineEnd + strings.Repeat(" ", depth*w.o.Indent))
}

// put writes text that needs nothing done to it.
func (w *Writer) put(s string) {
	if w.err != nil {
		return
	}
	b := []byte(s)
	if w.encoder != nil {
		out, err := w.encoder.Bytes(b)
		if err != nil {
			w.err = err
			return
		}
		b = out
	}
	if _, err := w.w.Write(b); err != nil {
		w.err = err
	}
	w.offset += int64(len(b))
	if n := strings.Count(s, "\n"); n > 0 {
		w.line += n
		w.column = 0
		s = s[strings.LastIndexByte(s, '\n')+1:]
	}
	w.column += int(w.set.size([]byte(s)))
}

// value writes a value and remembers its place.
func (w *Writer) value(s string) {
	p := finding.Place{Offset: w.offset, Line: w.line, Column: w.column + 1}
	w.put(s)
	p.Length = int(w.offset - p.Offset)
	w.last = append(w.last, p)
}

// has tells whether the character set has a character, so that it is read back.
func (w *Writer) has(r rune) bool {
	if w.set.name == "us-ascii" {
		return r < utf8.RuneSelf
	}
	if r < utf8.RuneSelf || w.encoder == nil || strings.HasPrefix(w.set.name, "utf-16") {
		return true
	}
	there, err := w.set.encoding.NewEncoder().String(string(r))
	if err != nil {
		return false
	}
	back, err := w.set.encoding.NewDecoder().String(there) // not all sets give their private characters back
	return err == nil && back == string(r)
}

// escape writes a text so that it is read back as it is.
func escape(s string, attribute bool, has func(rune) bool) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; classes[c]&special != 0 || c == '>' || attribute && (c == '"' || c == '\n' || c == '\t') {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>' && (attribute || strings.HasSuffix(s[:i], "]]")):
			b.WriteString("&gt;")
		case r == '"' && attribute:
			b.WriteString("&quot;")
		case r == '\r' || attribute && (r == '\n' || r == '\t') || !has(r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
