package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// beside reads from a sheet what excelize's streaming does not tell of its rows.
type beside struct {
	in     io.ReadCloser
	r      *xmlfile.Reader
	ahead  *xmlfile.Record
	row    int // of ahead
	err    error
	cells  []cell // of the row asked for, by column
	hidden bool
}

// cell is what a cell is, beside its value.
type cell struct {
	style   int
	kind    byte // 'n' number, 's' text, 'b' flag, 'e' error, 0 nothing there
	formula bool
	valued  bool
}

// sheetSpaces are the namespaces of sheets: transitional and strict.
var sheetSpaces = []string{"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"}

// openBeside opens a sheet.
func openBeside(part *zip.File) (*beside, error) {
	space, err := sheetSpace(part)
	if err != nil {
		return nil, err
	}
	in, err := part.Open()
	if err != nil {
		return nil, err
	}
	b := &beside{in: in, r: xmlfile.NewReader(in, xmlfile.Options{Record: "worksheet/sheetData/row", Namespaces: map[string]string{"": space}, MaxRecord: 32 << 20})}
	b.next()
	return b, nil
}

// sheetSpace finds out in which namespace a sheet is written.
func sheetSpace(part *zip.File) (string, error) {
	in, err := part.Open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	head := make([]byte, 4096)
	n, _ := io.ReadFull(in, head)
	if tree, _ := xmlfile.Head(head[:n], xmlfile.Options{}); tree != nil {
		return tree.Space(0), nil
	}
	return sheetSpaces[0], nil
}

func (b *beside) close() { _ = b.in.Close() }

// next reads the next row that stands in the sheet.
func (b *beside) next() {
	rec, err := b.r.Read()
	if err != nil {
		b.ahead = nil
		if err != io.EOF {
			b.err = err
		}
		return
	}
	b.ahead = rec
	b.row++
	if text, ok := rec.Attr(0, "r"); ok {
		if n, err := strconv.Atoi(text); err == nil && n > 0 {
			b.row = n
		}
	}
}

// at gives what the cells of a row are; rows come in order.
func (b *beside) at(row int) ([]cell, bool) {
	b.cells, b.hidden = b.cells[:0], false
	for b.ahead != nil && b.row < row {
		b.next()
	}
	if b.ahead == nil || b.row != row {
		return b.cells, false
	}
	hidden, _ := b.ahead.Attr(0, "hidden")
	b.hidden = hidden == "1" || hidden == "true"
	column := 0
	for c := range b.ahead.Children(0) {
		if b.ahead.Local(c) != "c" {
			continue
		}
		column++
		b.cell(c, &column)
	}
	b.next()
	return b.cells, b.hidden
}

// cell takes in one cell.
func (b *beside) cell(c int, column *int) {
	rec := b.ahead
	one := cell{kind: 'n'}
	from, to := rec.Attrs(c)
	for k := from; k < to; k++ {
		switch rec.AttrLocal(k) {
		case "r":
			if n, _, err := excelize.CellNameToCoordinates(rec.AttrText(k)); err == nil {
				*column = n
			}
		case "s":
			one.style, _ = strconv.Atoi(rec.AttrText(k))
		case "t":
			one.kind = kindOf(rec.AttrText(k))
		}
	}
	for v := range rec.Children(c) {
		switch rec.Local(v) {
		case "f":
			one.formula = true
		case "v", "is":
			one.valued = one.valued || rec.HasText(v) || rec.Local(v) == "is"
		}
	}
	if !one.valued && !one.formula {
		one.kind = 0
	}
	if *column > maxColumns || *column < 1 {
		return
	}
	for len(b.cells) < *column {
		b.cells = append(b.cells, cell{})
	}
	b.cells[*column-1] = one
}

// kindOf reads the type of a cell (ECMA-376 18.18.11).
func kindOf(t string) byte {
	switch t {
	case "s", "str", "inlineStr":
		return 's'
	case "b", "e", "d":
		return t[0]
	}
	return 'n'
}

// mergedRange is a range of merged cells, from 1.
type mergedRange struct{ row1, column1, row2, column2 int }

// mergedRanges reads the ranges of merged cells, which stand behind the rows of a sheet.
func mergedRanges(part *zip.File) ([]mergedRange, error) {
	in, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	tail := &tailReader{in: in}
	var all []mergedRange
	buf := make([]byte, 64<<10)
	if err := tail.seek(buf); err != nil || tail.rest == nil {
		return nil, err
	}
	rest, err := io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(tail.rest), in), 64<<20))
	if err != nil {
		return nil, err
	}
	for len(all) < maxMerged {
		at := bytes.Index(rest, []byte("mergeCell "))
		if at < 0 {
			break
		}
		rest = rest[at+len("mergeCell "):]
		tag, _, _ := bytes.Cut(rest, []byte{'>'})
		_, ref, _ := bytes.Cut(tag, []byte(`ref="`))
		ref, _, _ = bytes.Cut(ref, []byte{'"'})
		from, to, ok := bytes.Cut(ref, []byte{':'})
		if !ok {
			continue
		}
		m := mergedRange{}
		var err1, err2 error
		m.column1, m.row1, err1 = excelize.CellNameToCoordinates(string(from))
		m.column2, m.row2, err2 = excelize.CellNameToCoordinates(string(to))
		if err1 == nil && err2 == nil {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b mergedRange) int { return a.row1 - b.row1 })
	return all, nil
}

// tailReader finds the end of a sheet's rows.
type tailReader struct {
	in   io.Reader
	rest []byte // what was read behind it
}

func (t *tailReader) seek(buf []byte) error {
	mark := []byte("sheetData>")
	held := 0
	for {
		n, err := t.in.Read(buf[held:])
		data := buf[:held+n]
		for at := 0; ; {
			i := bytes.Index(data[at:], mark)
			if i < 0 {
				break
			}
			at += i
			if tag := bytes.LastIndexByte(data[:at], '<'); tag >= 0 && data[tag+1] == '/' {
				t.rest = bytes.Clone(data[at+len(mark):])
				return nil
			}
			at += len(mark)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		held = min(len(data), 64)
		copy(buf, data[len(data)-held:])
	}
}
