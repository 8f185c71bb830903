package flatfile

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/batchgate/batchgate/finding"
)

// FixedWriter writes a fixed-width file that a Reader with the same layout reads back with the same values, but for
// filling at their ends.
type FixedWriter struct {
	output
	layout  *layout
	written int64 // records
	names   []string
	blank   byte
	cells   []rune // the record being made: its characters where the layout counts those, else its bytes
}

// NewFixedWriter gives a writer of a fixed-width file. A layout that makes no sense is the error of the first Write.
func NewFixedWriter(w io.Writer, l Layout) *FixedWriter {
	c, err := l.compile()
	out := &FixedWriter{output: newOutput(w, err), layout: c}
	if err == nil {
		blank, _ := c.charset.appendEncoded(nil, " ")
		out.blank = blank[0]
	}
	return out
}

// Write writes a record of a type by its name: a value for each of its fields, the rest filled, the mark of the type put
// in. Nothing is cut: a value longer than its field is a *ValueError with the cause ErrTooLong, and nothing of the record
// is written. The values of binary fields are the bytes themselves.
func (w *FixedWriter) Write(recordType string, values []string) error {
	if w.err != nil {
		return w.err
	}
	if !w.started {
		w.started = true
		if w.mark(&w.layout.charset, false); w.err != nil {
			return w.err
		}
	}
	number := w.written + 1
	w.at = w.offset // no record to ask for the places of, until this one is written
	k := w.kind(recordType)
	if k == nil {
		return &ValueError{Record: number, Value: recordType, Reason: "the layout has no such record type", Err: ErrOptions}
	}
	if len(values) != len(k.fields) {
		return &ValueError{Record: number, Reason: fmt.Sprintf("the record has %d values, and %d fields are declared", len(values), len(k.fields)), Err: ErrFieldCount}
	}
	if err := w.fill(k, number, values); err != nil {
		return err
	}
	lines := 0
	if w.layout.Length == 0 {
		lines = 1
	}
	w.written, w.names = number, k.names
	return w.put(&w.layout.charset, number, lines)
}

// Place gives where a value of the last record stands in the file, with its filling.
func (w *FixedWriter) Place(i int) finding.Place {
	if w.layout == nil {
		return finding.Place{}
	}
	return w.place(i, &w.layout.charset, w.names, w.layout.Length == 0)
}

// Flush writes what is buffered. It is to be called at the end.
func (w *FixedWriter) Flush() error {
	if w.err != nil {
		return w.err
	}
	return w.flush()
}

// kind finds a record type by its name.
func (w *FixedWriter) kind(name string) *kind {
	for _, k := range w.layout.kinds {
		if k.name == name {
			return k
		}
	}
	return nil
}

// fill makes the record in the buffer: blanks first, then the mark of its type, then the fields.
func (w *FixedWriter) fill(k *kind, number int64, values []string) error {
	l := w.layout
	width := max(k.width, k.length)
	if l.Length > 0 {
		width = l.Length
	}
	w.cells = slices.Grow(w.cells[:0], width)[:width]
	for i := range w.cells {
		w.cells[i] = rune(w.blank)
	}
	w.set(k.at, k.value)
	for i, f := range k.fields {
		if err := w.field(f, values[i]); err != nil {
			return &ValueError{Record: number, Field: k.names[i], Value: finding.Cut(values[i]), Reason: err.Error(), Err: err.cause}
		}
	}
	w.join(k)
	if at := w.layout.place(k.at, len(w.buf)); !bytes.HasPrefix(w.buf[at:], k.value) {
		return &ValueError{Record: number, Reason: fmt.Sprintf("its fields overwrite the mark %q of type %s", k.value, k.name), Err: ErrOptions}
	}
	if l.Length > 0 {
		return nil
	}
	if len(bytes.Trim(w.buf, "\x1a")) == 0 {
		return &ValueError{Record: number, Reason: "the record would be read as an empty line", Err: ErrOptions}
	}
	w.buf = append(w.buf, l.lineEnd...)
	if len(w.buf) > l.max {
		return &ValueError{Record: number, Reason: fmt.Sprintf("the record is longer than %d bytes", l.max), Err: ErrTooLong}
	}
	return nil
}

// field puts a value into its place.
func (w *FixedWriter) field(f fixedField, v string) *refusal {
	b := []byte(v)
	if !f.binary {
		var err error
		if b, err = w.layout.charset.appendEncoded(nil, v); err != nil {
			return &refusal{err.Error(), ErrCharset}
		}
		if w.layout.Length == 0 && bytes.ContainsAny(b, "\r\n\x00\x1a") {
			return &refusal{"it holds a line end or another control character", ErrCharset}
		}
	}
	n := len(b)
	if w.layout.chars {
		n = utf8.RuneCount(b)
	}
	if n > f.length {
		return &refusal{fmt.Sprintf("it is %d long, and the field is %d", n, f.length), ErrTooLong}
	}
	if f.binary && n < f.length {
		return &refusal{fmt.Sprintf("it has %d bytes, and the binary field is %d", n, f.length), ErrTooLong}
	}
	at := f.at
	filling := bytes.Repeat([]byte{f.pad}, f.length-n)
	if f.right {
		w.set(at, filling)
		w.set(at+len(filling), b)
	} else {
		w.set(at, b)
		w.set(at+n, filling)
	}
	return nil
}

// set puts bytes, or the characters that they are, into the record.
func (w *FixedWriter) set(at int, b []byte) {
	if !w.layout.chars {
		for i, c := range b {
			w.cells[at+i] = rune(c)
		}
		return
	}
	for _, r := range string(b) {
		w.cells[at] = r
		at++
	}
}

// join makes the record in the buffer of its cells, and finds the places of its fields.
func (w *FixedWriter) join(k *kind) {
	w.buf, w.spans = w.buf[:0], w.spans[:0]
	for _, c := range w.cells {
		if w.layout.chars {
			w.buf = utf8.AppendRune(w.buf, c)
		} else {
			w.buf = append(w.buf, byte(c))
		}
	}
	w.layout.findCharacters(w.buf)
	for _, f := range k.fields {
		w.spans = append(w.spans, span{uint32(w.layout.place(f.at, len(w.buf))), uint32(w.layout.place(f.at+f.length, len(w.buf)))})
	}
}
