package flatfile

import (
	"github.com/batchgate/batchgate/finding"
)

// Part gives the bytes of a stretch of a fixed-width record that is no field of the layout, from a place on, as far as the
// record has them. Places count as the layout counts. It is for formats whose layout stands in the record itself.
func (rec *Record) Part(at, length int) []byte {
	from, to := rec.stretch(at, length)
	return rec.raw[from:to]
}

// AppendPart appends a stretch of a record as UTF-8. Its error is that of AppendText.
func (rec *Record) AppendPart(dst []byte, at, length int, field string) ([]byte, error) {
	from, to := rec.stretch(at, length)
	out, bad := rec.charset.appendDecoded(dst, rec.raw[from:to])
	if bad < 0 {
		return out, nil
	}
	p := rec.placeOf(from+bad, from+bad+1)
	p.Field = field
	return dst, &CharsetError{Charset: rec.charset.name, Byte: rec.raw[from+bad], Place: p, Hint: rec.charset.guess(rec.raw[from+bad : to])}
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
	return l.length(rec.body - l.head())
}

// stretch gives the bytes of a stretch.
func (rec *Record) stretch(at, length int) (from, to int) {
	l := rec.layout
	head := l.head()
	return head + l.place(at, rec.body-head), head + l.place(at+length, rec.body-head)
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
	return rec.placeOf(head+l.place(at, len(w.buf)-head), head+l.place(at+length, len(w.buf)-head))
}
