package flatfile

import (
	"bufio"
	"encoding/binary"
	"io"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

// Writer writes a delimited file that a Reader with the same options reads back with the same values.
type Writer struct {
	out     *bufio.Writer
	dialect *dialect
	err     error
	started bool
	offset  int64
	line    int
	number  int64
	buf     []byte
	spans   []span
	at      int64 // offset of the last record
	lines   int   // its first line
}

// NewWriter gives a writer of a delimited file. Options that make no sense are the error of the first Write.
func NewWriter(w io.Writer, d Delimited) *Writer {
	out := &Writer{out: bufio.NewWriter(w), line: 1}
	out.dialect, out.err = d.compile()
	return out
}

// Write writes a record, and the header before the first one. Without columns declared a record may have any number of
// fields. A *ValueError says that a value cannot stand in the file: nothing of the record is written then.
func (w *Writer) Write(values []string) error {
	if err := w.start(); err != nil {
		return err
	}
	if n := len(w.dialect.Columns); n > 0 && n != len(values) {
		return &ValueError{Record: w.number + 1, Reason: "the record has " + strconv.Itoa(len(values)) + " values, and " + strconv.Itoa(n) + " columns are declared", Err: ErrFieldCount}
	}
	w.number++
	if err := w.record(w.number, values); err != nil {
		w.number--
		return err
	}
	return nil
}

// Place gives where a value of the last record stands in the file.
func (w *Writer) Place(i int) finding.Place {
	if i < 0 || i >= len(w.spans) {
		return finding.Place{}
	}
	s := w.spans[i]
	p := finding.Place{Offset: w.at + int64(s.start), Length: int(s.end - s.start), Line: w.lines, Record: w.number, Field: strconv.Itoa(i + 1)}
	p.Column = int(s.start) + 1
	if i < len(w.dialect.Columns) && w.dialect.Columns[i].Name != "" {
		p.Field = w.dialect.Columns[i].Name
	}
	return p
}

// Flush writes what is buffered, and the header of a file without records.
func (w *Writer) Flush() error {
	if err := w.start(); err != nil {
		return err
	}
	return w.out.Flush()
}

// start writes byte order mark and header.
func (w *Writer) start() error {
	if w.err != nil || w.started {
		return w.err
	}
	w.started = true
	if cs := &w.dialect.charset; cs.wide == utf16bom {
		cs.order = binary.LittleEndian
		w.put([]byte(utf16Mark(cs.order)))
	} else if w.dialect.BOM && cs.unicode() {
		mark := []byte("\xEF\xBB\xBF")
		if cs.order != nil {
			mark = []byte(utf16Mark(cs.order))
		}
		w.put(mark)
	}
	if !w.dialect.Header {
		return nil
	}
	names := make([]string, len(w.dialect.Columns))
	for i, c := range w.dialect.Columns {
		names[i] = c.Name
	}
	w.err = w.record(0, names)
	return w.err
}

// record writes one record whole or not at all.
func (w *Writer) record(number int64, values []string) error {
	w.buf, w.spans = w.buf[:0], w.spans[:0]
	for i, v := range values {
		if i > 0 {
			w.buf = append(w.buf, w.dialect.delim)
		}
		from := len(w.buf)
		if err := w.value(v, len(values) == 1); err != nil {
			err.Record, err.Field, err.Value = number, w.column(i), finding.Cut(v)
			return err
		}
		w.spans = append(w.spans, span{uint32(from), uint32(len(w.buf))})
	}
	if w.dialect.TrailingDelimiter {
		w.buf = append(w.buf, w.dialect.delim)
	}
	if c := w.dialect.comment; len(c) > 0 && strings.HasPrefix(string(w.buf), string(c)) {
		return &ValueError{Record: number, Field: w.column(0), Reason: "the record would be read as a comment", Err: ErrUnquotable}
	}
	w.buf = append(w.buf, w.dialect.lineEnd...)
	if len(w.buf) > w.dialect.max {
		return &ValueError{Record: number, Reason: "the record is longer than the limit", Err: ErrTooLong}
	}
	w.at, w.lines = w.offset, w.line
	n, _ := countLines(w.buf)
	w.line += n
	out := w.buf
	if order := w.dialect.charset.order; order != nil {
		out = appendUTF16(nil, w.buf, order)
	}
	return w.put(out)
}

func (w *Writer) put(b []byte) error {
	n, err := w.out.Write(b)
	w.offset += int64(n)
	if err != nil {
		w.err = err
	}
	return err
}

// value appends one value, in quotes where that is needed.
func (w *Writer) value(v string, alone bool) *ValueError {
	d := w.dialect
	needs := d.Quoting == QuoteAlways || !d.noQuote && alone && v == "" || w.special(v)
	if needs && d.Quoting != QuoteAlways && (d.noQuote || d.Quoting == QuoteNever) || needs && d.noQuote {
		return &ValueError{Reason: "it holds a delimiter, quote or line end and may not be quoted", Err: ErrUnquotable}
	}
	if strings.ContainsAny(v, "\x00\x1a") {
		return &ValueError{Reason: "it holds a control character that ends files", Err: ErrCharset}
	}
	if d.OneLine && strings.ContainsAny(v, "\r\n") {
		return &ValueError{Reason: "it holds a line end, and records are declared to have one line", Err: ErrUnquotable}
	}
	if needs {
		quote := string(rune(d.Quote))
		if d.Quote == 0 {
			quote = `"`
		}
		v = quote + strings.ReplaceAll(v, quote, quote+quote) + quote
	}
	b, err := d.charset.appendEncoded(w.buf, v)
	if err != nil {
		return &ValueError{Reason: err.Error(), Err: ErrCharset}
	}
	w.buf = b
	return nil
}

// special tells whether a value would be read differently without quotes.
func (w *Writer) special(v string) bool {
	d := w.dialect
	delim, quote := d.Delimiter, d.Quote
	if delim == 0 {
		delim = ','
	}
	if quote == 0 {
		quote = '"'
	}
	return strings.ContainsRune(v, delim) || !d.noQuote && strings.ContainsRune(v, quote) || strings.ContainsAny(v, "\r\n") ||
		len(d.comment) > 0 && strings.HasPrefix(v, d.Comment)
}

func (w *Writer) column(i int) string {
	if i < len(w.dialect.Columns) && w.dialect.Columns[i].Name != "" {
		return w.dialect.Columns[i].Name
	}
	return strconv.Itoa(i + 1)
}
