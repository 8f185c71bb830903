package jsonfile

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// WriterOptions says how JSON is written.
type WriterOptions struct {
	// Lines writes each value of the top level on a line of its own; else there is one.
	Lines bool
	// Indent is the number of blanks for each level; 0 breaks no lines. Lines breaks none either.
	Indent int
	// LineEnd ends lines: "" is "\n".
	LineEnd string
}

// Writer writes JSON. What a Reader would not read back it refuses with a *flatfile.ValueError: text that is not UTF-8, a
// number that is none, a name that stands twice in its object.
type Writer struct {
	o      WriterOptions
	w      *bufio.Writer
	err    error
	open   []container
	named  bool // a name stands there and waits for its value
	top    int  // values of the top level
	offset int64
	line   int
	column int
	last   finding.Place
}

type container struct {
	array bool
	count int
	names map[string]struct{}
}

// NewWriter gives a writer.
func NewWriter(w io.Writer, o WriterOptions) *Writer {
	if o.LineEnd == "" {
		o.LineEnd = "\n"
	}
	if o.Lines {
		o.Indent = 0
	}
	return &Writer{o: o, w: bufio.NewWriterSize(w, 64<<10), line: 1}
}

// Object opens an object, Array an array; Close ends the innermost.
func (w *Writer) Object() error { return w.begin("{", false) }

// Array opens an array.
func (w *Writer) Array() error { return w.begin("[", true) }

func (w *Writer) begin(bracket string, array bool) error {
	if err := w.before(); err != nil {
		return err
	}
	w.put(bracket)
	c := container{array: array}
	if !array {
		c.names = map[string]struct{}{}
	}
	w.open = append(w.open, c)
	return w.err
}

// Close ends the innermost object or array.
func (w *Writer) Close() error {
	n := len(w.open) - 1
	if w.err != nil {
		return w.err
	}
	if n < 0 || w.named {
		w.err = optionError("values", "nothing can end here", "")
		return w.err
	}
	c := w.open[n]
	w.open = w.open[:n]
	if c.count > 0 {
		w.newLine(n)
	}
	if c.array {
		w.put("]")
	} else {
		w.put("}")
	}
	w.after()
	return w.err
}

// Name writes the name of the next value, in an object.
func (w *Writer) Name(name string) error {
	if w.err != nil {
		return w.err
	}
	n := len(w.open) - 1
	if n < 0 || w.open[n].array || w.named {
		w.err = optionError("name", "a name stands before each value of an object", "")
		return w.err
	}
	c := &w.open[n]
	if _, twice := c.names[name]; twice {
		return &flatfile.ValueError{Field: name, Reason: "the name stands twice in the object", Err: flatfile.ErrOptions}
	}
	if !utf8.ValidString(name) {
		return &flatfile.ValueError{Field: name, Reason: "the name is not UTF-8", Err: flatfile.ErrCharset}
	}
	c.names[name] = struct{}{}
	if c.count > 0 {
		w.put(",")
	}
	c.count++
	w.newLine(n + 1)
	w.put(quote(name) + ":")
	if w.o.Indent > 0 {
		w.put(" ")
	}
	w.named = true
	return w.err
}

// String writes a string.
func (w *Writer) String(s string) error {
	if !utf8.ValidString(s) {
		return &flatfile.ValueError{Value: finding.Cut(strings.ToValidUTF8(s, "�")), Reason: "the text is not UTF-8", Err: flatfile.ErrCharset}
	}
	return w.scalar(quote(s))
}

// Number writes a number by its digits.
func (w *Writer) Number(digits string) error {
	t := Tree{raw: []byte(digits)}
	if fault := (&parser{t: &t, max: 1}).parse(); fault != nil || t.nodes[0].kind != Number {
		return &flatfile.ValueError{Value: finding.Cut(digits), Reason: "this is not a number of JSON", Err: flatfile.ErrOptions}
	}
	return w.scalar(digits)
}

// Bool writes true or false, Null writes null.
func (w *Writer) Bool(b bool) error { return w.scalar(fmt.Sprint(b)) }

// Null writes null.
func (w *Writer) Null() error { return w.scalar("null") }

func (w *Writer) scalar(text string) error {
	if err := w.before(); err != nil {
		return err
	}
	w.last = finding.Place{Offset: w.offset, Length: len(text), Line: w.line, Column: w.column + 1}
	w.put(text)
	w.after()
	return w.err
}

// Place gives the place of the string, number or word that was written last.
func (w *Writer) Place() finding.Place { return w.last }

// Flush hands what is buffered to the underlying writer.
func (w *Writer) Flush() error {
	if err := w.w.Flush(); err != nil && w.err == nil {
		w.err = err
	}
	return w.err
}

// before writes what stands before a value.
func (w *Writer) before() error {
	n := len(w.open) - 1
	switch {
	case w.err != nil:
	case w.named:
		w.named = false
	case n < 0 && w.top > 0 && !w.o.Lines:
		w.err = optionError("values", "the file has its value", "write lines, or an array")
	case n < 0:
	case !w.open[n].array:
		w.err = optionError("name", "a name stands before each value of an object", "")
	case len(w.open) >= DefaultMaxDepth:
		w.err = optionError("depth", fmt.Sprintf("objects and arrays nest deeper than %d", DefaultMaxDepth), "")
	default:
		if w.open[n].count > 0 {
			w.put(",")
		}
		w.open[n].count++
		w.newLine(n + 1)
	}
	return w.err
}

// after ends a value of the top level.
func (w *Writer) after() {
	if len(w.open) == 0 {
		w.top++
		w.put(w.o.LineEnd)
	}
}

func (w *Writer) newLine(depth int) {
	if w.o.Indent > 0 {
		w.put(w.o.LineEnd + strings.Repeat(" ", depth*w.o.Indent))
	}
}

func (w *Writer) put(s string) {
	if w.err != nil {
		return
	}
	if _, err := w.w.WriteString(s); err != nil {
		w.err = err
	}
	w.offset += int64(len(s))
	if n := strings.Count(s, "\n"); n > 0 {
		w.line += n
		w.column = len(s) - strings.LastIndexByte(s, '\n') - 1
		return
	}
	w.column += len(s)
}

// quote writes a string with the escapes that it needs.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
