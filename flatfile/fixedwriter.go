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
	if err == nil && l.Trim && (!l.ShortRows || l.Length > 0) {
		err = optionError("trim", "lines without their blanks at the end are short", "declare short rows too, and no record length")
	}
	out := &FixedWriter{output: newOutput(w, err), layout: c}
	if err == nil {
		out.blank = c.blank
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
	if w.hasLines() {
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
	return w.place(i, &w.layout.charset, w.names, w.hasLines())
}

// hasLines tells whether records end with line ends.
func (w *FixedWriter) hasLines() bool { return w.layout.lines() || w.layout.Ended }

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
	if l.Trim {
		w.buf = bytes.TrimRight(w.buf, string([]byte{l.blank}))
	}
	if got := l.kindOf(w.buf); got != k {
		return &ValueError{Record: number, Reason: fmt.Sprintf("the record would be read as one of type %s, not %s", got.named(), k.name), Err: ErrOptions}
	}
	switch {
	case l.Words != NoWords:
		w.inWords(k)
		return nil
	case l.Ended:
		w.buf = append(w.buf, l.lineEnd...)
		return nil
	case l.Length > 0 || l.ByType:
		return nil
	}
	if l.charset.ascii && len(bytes.Trim(w.buf, "\x1a")) == 0 || len(w.buf) == 0 {
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
	if f.number != NotNumber {
		var no *refusal
		if b, no = f.encode(v, &w.layout.charset); no != nil {
			return no
		}
		if w.layout.lines() && f.number != Display && bytes.ContainsAny(b, "\r\n\x00\x1a\x15\x25") {
			return &refusal{"its bytes would be read as a line end or another control character", ErrCharset}
		}
	} else if !f.binary {
		var err error
		if b, err = w.layout.charset.appendEncoded(nil, v); err != nil {
			return &refusal{err.Error(), ErrCharset}
		}
		if w.layout.lines() && bytes.ContainsAny(b, w.layout.enders()) {
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
	if f.number != NotNumber {
		n = f.length
	}
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

// enders gives the bytes that no text of a line may hold.
func (l *layout) enders() string {
	if l.charset.ascii {
		return "\r\n\x00\x1a"
	}
	return "\r\x15\x25"
}

// named gives the name of a type that may be none.
func (k *kind) named() string {
	if k == nil {
		return "none"
	}
	return k.name
}

// inWords puts length words before the record.
func (w *FixedWriter) inWords(k *kind) {
	l := w.layout
	record := append(l.appendWord(nil, len(w.buf)), w.buf...)
	head := wordSize
	if l.Words == BlockWords {
		record = append(l.appendWord(nil, len(record)), record...)
		head += wordSize
	}
	w.buf = append(w.buf[:0], record...)
	for i := range w.spans {
		w.spans[i].start += uint32(head)
		w.spans[i].end += uint32(head)
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
	w.layout.seen = spot{}
	for _, f := range k.fields {
		w.spans = append(w.spans, span{uint32(w.layout.place(f.at, w.buf)), uint32(w.layout.place(f.at+f.length, w.buf))})
	}
}
