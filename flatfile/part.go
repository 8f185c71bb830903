package flatfile

import (
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/internal/text"
)

// Part gives the bytes of a stretch of a fixed-width record that is no field of the layout, from a place on, as far as the
// record has them. Places count as the layout counts. It is for formats whose layout stands in the record itself.
func (rec *Record) Part(at, length int) []byte {
	from, to := rec.stretch(at, length)
	return rec.raw[from:to]
}

// Body gives the bytes of a fixed-width record without its length word or line end.
func (rec *Record) Body() []byte { return rec.raw[rec.layout.head():rec.body] }

// AppendTrimmed appends a stretch of a record as UTF-8, without blanks around it. Its error is that of AppendText.
func (rec *Record) AppendTrimmed(dst []byte, at, length int, field string) ([]byte, error) {
	from, to := rec.stretch(at, length)
	blank := rec.layout.blank
	for to > from && rec.raw[to-1] == blank {
		to--
	}
	for from < to && rec.raw[from] == blank {
		from++
	}
	return rec.appendText(dst, from, to, field)
}

// AppendPart appends a stretch of a record as UTF-8. Its error is that of AppendText.
func (rec *Record) AppendPart(dst []byte, at, length int, field string) ([]byte, error) {
	from, to := rec.stretch(at, length)
	return rec.appendText(dst, from, to, field)
}

// appendText appends some bytes of the record as UTF-8.
func (rec *Record) appendText(dst []byte, from, to int, field string) ([]byte, error) {
	b := rec.raw[from:to]
	if rec.charset.ascii && text.Printable(b) {
		return append(dst, b...), nil
	}
	out, bad := rec.decode(dst, b)
	if bad < 0 {
		return out, nil
	}
	return dst, rec.charsetError(from+bad, to, field)
}

// PartPlace gives the place of a stretch of a record.
func (rec *Record) PartPlace(at, length int, field string) finding.Place {
	from, to := rec.stretch(at, length)
	p := rec.placeOf(from, to)
	p.Field = field
	return p
}

// Length gives how long a fixed-width record is without its line end, in what the layout counts.
func (rec *Record) Length() int {
	l := rec.layout
	return l.length(rec.raw[l.head():rec.body])
}

// stretch gives the bytes of a stretch.
func (rec *Record) stretch(at, length int) (from, to int) {
	l := rec.layout
	head := l.head()
	body := rec.raw[head:rec.body]
	return head + l.place(at, body), head + l.place(at+length, body)
}

// PlaceWithin gives where a stretch of the last record stands in the file.
func (w *FixedWriter) PlaceWithin(at, length int) finding.Place {
	if w.layout == nil || w.at == w.offset {
		return finding.Place{}
	}
	l, head := w.layout, w.layout.head()
	rec := Record{raw: w.buf, body: len(w.buf), charset: &l.charset, number: w.number, offset: w.output.at}
	if w.hasLines() {
		rec.line = w.first
	}
	return rec.placeOf(head+l.place(at, w.buf[head:]), head+l.place(at+length, w.buf[head:]))
}
