package flatfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/batchgate/batchgate/finding"
)

// Writer writes a delimited file that a Reader with the same options reads back with the same values.
type Writer struct {
	output
	dialect *dialect
	names   []string
	written int64      // records
	kinds   [256]uint8 // of bytes
	lines   int        // of the record being made
}

// Kinds of bytes that make a value be looked at closely.
const (
	needsQuotes  = 1 << iota // delimiter, quote, line end
	needsRefusal             // what ends files
	needsCharset             // not ASCII
)

// NewWriter gives a writer of a delimited file. Options that make no sense are the error of the first Write.
func NewWriter(w io.Writer, d Delimited) *Writer {
	c, err := d.compile()
	if err == nil && d.Header && len(d.Columns) == 0 {
		err = optionError("columns", "a header is to be written, and no columns are declared", "declare the columns in their order")
	}
	out := &Writer{output: newOutput(w, err), dialect: c}
	if err != nil {
		return out
	}
	for _, column := range d.Columns {
		out.names = append(out.names, column.Name)
	}
	for b := range out.kinds {
		if b >= 0x80 {
			out.kinds[b] = needsCharset
		}
	}
	for _, b := range []byte{c.delim, c.quote, '\r', '\n'} {
		out.kinds[b] |= needsQuotes
	}
	if c.escapes {
		out.kinds[c.escape] |= needsQuotes
	}
	out.kinds[0], out.kinds[endMark] = needsRefusal, needsRefusal
	return out
}

// Write writes a record, and the header before the first one. Without columns declared a record may have any number of
// fields but none. A *ValueError says that a value cannot stand in the file: nothing of the record is written then, and
// the next may be.
func (w *Writer) Write(values []string) error {
	if err := w.start(); err != nil {
		return err
	}
	if len(w.dialect.Types) > 0 {
		return &ValueError{Record: w.written + 1, Reason: "the file has several types of rows: say which one it is", Err: ErrOptions}
	}
	if n := len(w.names); len(values) == 0 || n > 0 && n != len(values) {
		return &ValueError{Record: w.written + 1, Reason: fmt.Sprintf("the record has %d values, and %d columns are declared", len(values), n), Err: ErrFieldCount}
	}
	if err := w.record(w.written+1, values); err != nil {
		return err
	}
	w.written++
	return nil
}

// WriteType writes a record of one of the types of a file that has several, its mark put in.
func (w *Writer) WriteType(recordType string, values []string) error {
	if err := w.start(); err != nil {
		return err
	}
	w.at = w.offset
	for i, t := range w.dialect.Types {
		if t.Name != recordType {
			continue
		}
		w.names = w.dialect.kinds[i].names
		if n := len(w.names); n != len(values) {
			return &ValueError{Record: w.written + 1, Reason: fmt.Sprintf("the record has %d values, and %d columns are declared", len(values), n), Err: ErrFieldCount}
		}
		marked := slices.Clone(values)
		marked[w.dialect.TypeColumn] = t.Value
		if err := w.record(w.written+1, marked); err != nil {
			return err
		}
		w.written++
		return nil
	}
	return &ValueError{Record: w.written + 1, Value: recordType, Reason: "there is no such type of rows", Err: ErrOptions}
}

// Place gives where a value of the last record stands in the file, with its quotes.
func (w *Writer) Place(i int) finding.Place {
	if w.dialect == nil {
		return finding.Place{}
	}
	return w.place(i, &w.dialect.charset, w.names, true)
}

// Flush writes what is buffered, and the header of a file without records. It is to be called at the end.
func (w *Writer) Flush() error {
	if err := w.start(); err != nil {
		return err
	}
	return w.flush()
}

// start writes byte order mark and header.
func (w *Writer) start() error {
	if w.err != nil || w.started {
		return w.err
	}
	w.started = true
	w.mark(&w.dialect.charset, w.dialect.BOM)
	if w.dialect.SepLine && w.err == nil {
		w.buf = append(w.buf[:0], "sep="+w.dialect.separator()+w.dialect.lineEnd...)
		w.err = w.put(&w.dialect.charset, 0, 1)
	}
	if w.dialect.Header && w.err == nil {
		w.err = w.record(0, w.names)
	}
	return w.err
}

// record writes one record whole or not at all.
func (w *Writer) record(number int64, values []string) error {
	d := w.dialect
	w.at = w.offset // no record to ask for the places of, until this one is written
	w.buf, w.spans, w.lines = w.buf[:0], w.spans[:0], 1
	for i, v := range values {
		if i > 0 {
			w.buf = append(append(w.buf, d.lead...), d.delim)
		}
		from := len(w.buf)
		if err := w.value(v, i == 0, len(values) == 1); err != nil {
			return &ValueError{Record: number, Field: w.column(i), Value: finding.Cut(v), Reason: err.Error(), Err: errors.Unwrap(err)}
		}
		w.spans = append(w.spans, span{uint32(from), uint32(len(w.buf))})
	}
	if d.TrailingDelimiter {
		w.buf = append(append(w.buf, d.lead...), d.delim)
	}
	if len(d.comment) > 0 && bytes.HasPrefix(w.buf, d.comment) {
		return &ValueError{Record: number, Field: w.column(0), Reason: "the record would be read as a comment", Err: ErrUnquotable}
	}
	w.buf = append(w.buf, d.lineEnd...)
	if len(w.buf) > d.max {
		return &ValueError{Record: number, Reason: fmt.Sprintf("the record is longer than %d bytes", d.max), Err: ErrTooLong}
	}
	return w.put(&d.charset, number, w.lines)
}

// refusal is why a value cannot be written.
type refusal struct {
	reason string
	cause  error
}

// Error gives the reason.
func (r *refusal) Error() string { return r.reason }

// Unwrap gives the cause.
func (r *refusal) Unwrap() error { return r.cause }

// value appends one value, in quotes where it needs them. first and alone say what it is in its record.
func (w *Writer) value(v string, first, alone bool) error {
	d := w.dialect
	from := len(w.buf)
	if d.Formulas != FormulaKeep && formulaStartsIn(v) {
		if d.Formulas == FormulaRefuse {
			if formula(v) {
				return &refusal{"a spreadsheet would take it for a formula", ErrFormula}
			}
		} else if formula(v) || v[0] == '\'' {
			v = "'" + v
		}
	}
	if w.plain(v, alone) && !(first && (len(d.comment) > 0 || w.beginsSep([]byte(v)))) {
		w.buf = append(w.buf, v...)
		return nil
	}
	b, err := d.charset.appendEncoded(w.buf, v)
	if err != nil {
		return &refusal{err.Error(), ErrCharset}
	}
	w.buf = b
	reason, quotes := w.judge(b[from:], first, alone)
	if reason == "" && d.Quoting != QuoteAlways {
		return nil
	}
	if reason != "" && (d.noQuote || d.Quoting == QuoteNever) && !w.escapable(b[from:]) {
		return &refusal{reason + ", and quotes are not allowed", ErrUnquotable}
	}
	if bytes.ContainsAny(b[from:], "\x00\x1a") {
		return &refusal{"it holds a control character that ends files", ErrCharset}
	}
	if d.OneLine && bytes.ContainsAny(b[from:], "\r\n") {
		return &refusal{"it holds a line end, and records are declared to have one line", ErrUnquotable}
	}
	switch {
	case d.escapes:
		w.escapeFrom(from)
	case !d.noQuote:
		w.quote(from, quotes)
	}
	n, _ := countLines(w.buf[from:])
	w.lines += n
	return nil
}

// plain tells whether a value may stand as it is.
func (w *Writer) plain(v string, alone bool) bool {
	var all uint8
	for i := range len(v) {
		all |= w.kinds[v[i]]
	}
	return all == 0 && w.dialect.Quoting != QuoteAlways && !(alone && v == "")
}

// judge says why a value needs quotes, or "", and how many quotes it holds.
func (w *Writer) judge(b []byte, first, alone bool) (reason string, quotes int) {
	d := w.dialect
	for _, c := range b {
		if w.kinds[c]&needsRefusal != 0 {
			reason = "it holds a control character that ends files"
		}
		if w.kinds[c]&needsQuotes == 0 || c == d.delim && len(d.lead) > 0 && !bytes.Contains(b, []byte(d.separator())) {
			continue
		}
		reason = "it holds a delimiter, quote or line end"
		if c == d.quote && !d.noQuote {
			quotes++
		}
	}
	switch {
	case reason != "":
	case len(b) == 0 && alone:
		reason = "a record that is empty would be skipped"
	case first && len(d.comment) > 0 && bytes.HasPrefix(b, d.comment):
		reason = "it begins as a comment does"
	case first && w.beginsSep(b):
		reason = "it begins the file as a line sep= does"
	case first && w.offset == 0 && w.beginsWithMark(b):
		reason = "it begins the file as a byte order mark does"
	}
	return reason, quotes
}

// formulaStartsIn tells whether a value begins as a formula does, or as one that was kept from being one.
func formulaStartsIn(v string) bool {
	return v != "" && formulaStart(v[0]) || len(v) > 1 && v[0] == '\'' && (v[1] == '\'' || formulaStart(v[1]))
}

// escapable tells whether a value may stand without quotes, by escapes: all but an empty record.
func (w *Writer) escapable(b []byte) bool {
	return w.dialect.escapes && len(b) > 0 && !w.beginsSep(b) && !w.beginsWithMark(b) && !(len(w.dialect.comment) > 0 && bytes.HasPrefix(b, w.dialect.comment)) && len(w.dialect.lead) == 0
}

// escapeFrom escapes what stands at the end of the buffer, within quotes where there are any.
func (w *Writer) escapeFrom(from int) {
	d := w.dialect
	v := bytes.Clone(w.buf[from:])
	bare := d.noQuote || d.Quoting == QuoteNever
	w.buf = w.buf[:from]
	if !bare {
		w.buf = append(w.buf, d.quote)
	}
	for _, c := range v {
		if c == d.escape || !d.noQuote && c == d.quote || bare && (c == d.delim || c == '\r' || c == '\n') {
			w.buf = append(w.buf, d.escape)
		}
		w.buf = append(w.buf, c)
	}
	if !bare {
		w.buf = append(w.buf, d.quote)
	}
}

// beginsSep tells whether the first value of a file would be taken for the line that says the delimiter.
func (w *Writer) beginsSep(b []byte) bool {
	return w.line == 1 && len(b) >= 4 && bytes.EqualFold(b[:4], []byte("sep="))
}

// beginsWithMark tells whether the first value of a file would be taken for a byte order mark.
func (w *Writer) beginsWithMark(b []byte) bool {
	if order := w.dialect.charset.order; order != nil {
		b = appendUTF16(nil, b, order)
	}
	for _, m := range byteOrderMarks {
		if bytes.HasPrefix(b, []byte(m.mark)) {
			return true
		}
	}
	return false
}

// quote puts the value at the end of the buffer into quotes, and doubles those that it holds.
func (w *Writer) quote(from, held int) {
	q := w.dialect.quote
	n := len(w.buf)
	for range held + 2 {
		w.buf = append(w.buf, q)
	}
	to := len(w.buf) - 1
	for i := n - 1; i >= from; i-- { // from behind, as the value grows in its place
		to--
		w.buf[to] = w.buf[i]
		if w.buf[i] == q {
			to--
			w.buf[to] = q
		}
	}
	w.buf[from] = q
}

// column names a column in errors.
func (w *Writer) column(i int) string {
	if i < len(w.names) && w.names[i] != "" {
		return w.names[i]
	}
	return strconv.Itoa(i + 1)
}
