package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xlsx"
	"github.com/batchgate/batchgate/internal/mapping"
)

// rows writes a delimited or fixed-width file, or a workbook.
func (f *writeFlags) rows(w *lineWriting, out io.Writer) error {
	switch {
	case f.mapping != "":
		return f.layoutRows(w, out)
	case f.as == "xlsx":
		return f.workbookRows(w, out)
	case f.as == "" || f.as == "delimited":
		return f.delimitedRows(w, out)
	}
	return unknown("--as", f.as, []string{"delimited", "xlsx"})
}

// delimitedRows writes the file that the flags describe.
func (f *writeFlags) delimitedRows(w *lineWriting, out io.Writer) error {
	d, err := (&delimitedFlags{delimiter: f.delimiter, charset: f.charset, noHeader: f.noHeader}).options()
	if err != nil {
		return err
	}
	if d.LineEnd, err = f.lineEnd("\r\n"); err != nil {
		return err
	}
	return plainRows(w, out, d)
}

// plainRows writes each row as it is, long or short, below the names of the first.
func plainRows(w *lineWriting, out io.Writer, d flatfile.Delimited) error {
	header := d.Header
	d.Header, d.Columns = false, nil
	file := flatfile.NewWriter(out, d)
	err := eachLine(w, func(line *rowLine) error {
		if w.line == 1 && line.Names != nil && header {
			if err := file.Write(line.Names); err != nil {
				return err
			}
		}
		return file.Write(line.Values)
	})
	return w.end(errors.Join(err, file.Flush()))
}

// workbookRows writes a sheet of texts. Its columns are those of the first row; a row that has more is refused.
func (f *writeFlags) workbookRows(w *lineWriting, out io.Writer) error {
	var file *xlsx.Writer
	width := 0
	err := eachLine(w, func(line *rowLine) error {
		if file == nil {
			columns := slices.Clone(line.Names)
			for len(columns) < len(line.Values) {
				columns = append(columns, fmt.Sprint(len(columns)+1))
			}
			width = len(columns)
			file = xlsx.NewWriter(out, xlsx.WriterOptions{Columns: columns})
		}
		if len(line.Values) > width {
			return &flatfile.ValueError{Record: line.Record, Reason: fmt.Sprintf("%d values, but the first row has %d columns", len(line.Values), width), Err: flatfile.ErrFieldCount}
		}
		row := make([]xlsx.Cell, width)
		for i, v := range line.Values {
			row[i].Text = v
		}
		return file.Write(row)
	})
	if file != nil { // the first line may be none of a row
		err = errors.Join(err, file.Close())
	}
	return w.end(err)
}

// layoutRows writes the file that a mapping describes.
func (f *writeFlags) layoutRows(w *lineWriting, out io.Writer) error {
	m, err := (&mappingFlags{directories: &directoryFlags{}}).load(f.mapping, w.talk)
	if err != nil {
		return err
	}
	switch d, l := m.Dialect(), m.Layout(); {
	case m.Format() == mapping.Fixed:
		file := flatfile.NewFixedWriter(out, l)
		err := eachLine(w, func(line *rowLine) error { return file.Write(line.Type, line.Values) })
		return w.end(errors.Join(err, file.Flush()))
	case m.Format() == mapping.Delimited && d.Types != nil:
		file := flatfile.NewWriter(out, d)
		err := eachLine(w, func(line *rowLine) error { return file.WriteType(line.Type, line.Values) })
		return w.end(errors.Join(err, file.Flush()))
	case m.Format() == mapping.Delimited:
		return plainRows(w, out, d)
	}
	return &usageError{fmt.Errorf("--mapping %s is of the format %s, which write knows by itself: leave it out, or use convert", f.mapping, m.Format())}
}
