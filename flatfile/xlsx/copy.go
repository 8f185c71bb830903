package xlsx

import (
	"errors"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/batchgate/batchgate/flatfile"
)

// CopyFailed writes a workbook of the rows for which wanted says so, by their number in the sheet, below the rows up to the
// header, with cells of the same kinds: it can be mended and read again. Formulas come as the values that were stored. It
// gives the number of rows written.
func CopyFailed(w io.Writer, in io.Reader, o Options, wanted func(row int) bool) (int, error) {
	r, err := NewReader(in, o)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	c := &copier{r: r}
	if err := c.begin(); err != nil {
		return 0, err
	}
	defer c.book.Close()
	return c.copyTo(w, wanted)
}

// copier makes a workbook of rows of another.
type copier struct {
	r      *Reader
	book   *excelize.File
	styles *styles
	out    *excelize.StreamWriter
	at     int
}

func (c *copier) begin() error {
	o := WriterOptions{Sheet: c.r.sheet, Columns: []string{"x"}}
	if o.check() != nil {
		o.Sheet = "Data"
	}
	c.book = excelize.NewFile()
	err := c.book.SetSheetName("Sheet1", o.Sheet)
	if err == nil {
		c.styles, err = newStyles(c.book)
	}
	if err == nil {
		c.out, err = c.book.NewStreamWriter(o.Sheet)
	}
	return err
}

// copyTo copies what stands up to the header, and the rows wanted.
func (c *copier) copyTo(w io.Writer, wanted func(row int) bool) (int, error) {
	r := c.r
	if err := r.ReadHeader(); err != nil {
		if _, whole := errors.AsType[*flatfile.FileError](err); !whole {
			return 0, err
		}
	}
	for _, h := range r.above {
		if err := c.row(h); err != nil {
			return 0, err
		}
	}
	n := 0
	for {
		h, err := r.nextRow()
		if err == io.EOF {
			break
		}
		if err != nil {
			return n, err
		}
		if h.row <= r.headAt || !wanted(h.row) {
			continue
		}
		n++
		if err := c.row(h); err != nil {
			return n, err
		}
	}
	if err := c.out.Flush(); err != nil {
		return n, err
	}
	_, err := c.book.WriteTo(w)
	return n, err
}

// row writes a row with cells of the kinds that it has.
func (c *copier) row(h held) error {
	c.at++
	var values []any
	for i, raw := range h.values {
		one := cell{kind: 's'}
		if i < len(h.cells) {
			one = h.cells[i]
		}
		v, err := c.cell(raw, one)
		if err != nil {
			return err
		}
		values = append(values, v)
	}
	at, err := excelize.CoordinatesToCellName(1, c.at)
	if err != nil {
		return err
	}
	return c.out.SetRow(at, values)
}

func (c *copier) cell(raw string, one cell) (excelize.Cell, error) {
	if one.kind == 'b' {
		return c.styles.cell(Cell{Kind: Flag, Flag: raw == "1"})
	}
	text, ok := number(raw)
	if one.kind != 'n' || !ok {
		return c.styles.cell(Cell{Text: raw})
	}
	f := c.r.form(one.style)
	switch {
	case f.date:
		t, err := moment(raw, c.r.date1904())
		if err != nil || t.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) {
			break
		}
		kind := Day
		if isoLayout(f, t) != "2006-01-02" {
			kind = Time
		}
		return c.styles.cell(Cell{Kind: kind, At: t})
	case f.zeros > 0:
		return c.styles.cell(Cell{Text: padded(text, f.zeros)})
	}
	return c.styles.cell(Cell{Kind: Number, Text: text})
}
