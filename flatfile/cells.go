package flatfile

import (
	"strconv"

	"github.com/batchgate/batchgate/finding"
)

// NewCells makes a record of texts that stand elsewhere than in lines, as the cells of a sheet do. place gives the place of
// a field, or of the whole record for -1.
func NewCells(place func(field int) finding.Place) *Record {
	cs := newCharset("utf-8")
	return &Record{charset: &cs, cells: place}
}

// SetCells makes the record that of a row: its ordinal in the file, its number where it stands, which begins what Raw
// gives, the names of its fields and their texts in UTF-8.
func (rec *Record) SetCells(number int64, row int, names, values []string) {
	rec.raw = append(strconv.AppendInt(rec.raw[:0], int64(row), 10), '\t')
	rec.spans, rec.scratch = rec.spans[:0], rec.scratch[:0]
	for i, v := range values {
		if i > 0 {
			rec.raw = append(rec.raw, '\t')
		}
		start := uint32(len(rec.raw))
		rec.raw = append(rec.raw, v...)
		rec.spans = append(rec.spans, span{start, uint32(len(rec.raw))})
	}
	rec.body, rec.names, rec.number = len(rec.raw), names, number
}

// cellPlace gives the place of a field of a record that stands in cells.
func (rec *Record) cellPlace(i int) finding.Place {
	p := rec.cells(i)
	p.Record = rec.number
	return p
}
