package mapping

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xlsx"
	"github.com/batchgate/batchgate/internal/document"
)

// xlsxLayout reads what a workbook looks like. Its columns are those of a delimited file.
func (c *compiler) xlsxLayout(top map[string]*yaml.Node) {
	o := &c.m.workbook
	c.m.dialect.Header = true
	o.Sheet = c.optionalText(top["sheet"])
	o.HeaderRow = c.optionalNumber(top["header_row"], 1<<20)
	o.MaxFile, o.MaxUnpacked = int64(c.optionalNumber(top["max_file"], 1<<40)), int64(c.optionalNumber(top["max_unpacked"], 1<<40))
	o.Decimal = c.m.mark
	if n := top["merged"]; n != nil {
		if i, ok := c.choice(n, []string{"refuse", "fill", "first"}); ok {
			o.Merged = xlsx.Merged(i)
		}
	}
	if n := top["hidden_rows"]; n != nil {
		i, _ := c.choice(n, []string{"read", "skip"})
		o.SkipHidden = i == 1
	}
	required := c.header(top["header"])
	c.declareColumns(top["columns"])
	for _, name := range required {
		c.requireColumn(name)
	}
}

// finishXLSX gives the reader of workbooks the columns that the mapping knows, with the layouts of their dates.
func (c *compiler) finishXLSX() {
	c.keyColumn()
	o := &c.m.workbook
	o.Columns, o.NoHeader = c.m.dialect.Columns, !c.m.dialect.Header
	o.Layouts = map[string]string{}
	for _, r := range c.m.rules {
		if r.form.kind == formDate && len(r.columns) > 0 {
			o.Layouts[r.columns[0]] = r.form.layouts[0].layout
			if r.form.layouts[0].century {
				n := &yaml.Node{Kind: yaml.ScalarNode, Line: r.place.Line, Column: r.place.Column, Value: r.field}
				c.fault(n, ruleValue, `write "20060102"`, "a cell has its date with the whole year")
			}
			if strings.Contains(r.form.layouts[0].layout, "Z07") || strings.Contains(r.form.layouts[0].layout, "-07") {
				n := &yaml.Node{Kind: yaml.ScalarNode, Line: r.place.Line, Column: r.place.Column, Value: r.field}
				c.fault(n, ruleValue, "leave it out of the layout, and say `zone:`", "a time in a cell has no zone")
			}
		}
	}
	if _, err := xlsx.NewReader(strings.NewReader(""), *o); errors.Is(err, flatfile.ErrOptions) {
		c.checkDialect(&yaml.Node{Line: 1, Column: 1}, nil, err)
	}
}

// readXLSX reads a whole workbook.
func (m *Mapping) readXLSX(in io.Reader, file string, opt ReadOptions) (finding.List, error) {
	xr, err := xlsx.NewReader(in, m.workbook)
	if e, ok := errors.AsType[*flatfile.Error](err); ok {
		e.Finding.Place.File = file
		return finding.List{e.Finding}, err
	}
	if err != nil {
		return nil, err
	}
	xr.SetFile(file)
	found, err := m.readRecords(xr, opt)
	return found, errors.Join(err, xr.Close())
}

// restOfWorkbook copies the rows that were refused; each begins with its number in the sheet.
func (m *Mapping) restOfWorkbook(w io.Writer, in io.Reader, rows func(yield func([]byte) bool)) (int, error) {
	wanted := map[int]bool{}
	for row := range rows {
		digits, _, _ := strings.Cut(string(row), "\t")
		if n, err := strconv.Atoi(digits); err == nil {
			wanted[n] = true
		}
	}
	return xlsx.CopyFailed(w, in, m.workbook, func(row int) bool { return wanted[row] })
}

// workbookTarget writes rows into a workbook.
func (m *Mapping) workbookTarget(w io.Writer) rowTarget {
	o := xlsx.WriterOptions{Sheet: m.workbook.Sheet}
	for _, col := range m.dialect.Columns {
		o.Columns = append(o.Columns, col.Name)
	}
	xw := xlsx.NewWriter(w, o)
	rules := make([]*rule, len(o.Columns))
	for _, r := range m.rules {
		for i, name := range o.Columns {
			if len(r.columns) > 0 && r.columns[0] == name || r.column == i+1 {
				rules[i] = r
			}
		}
	}
	row := 0
	return rowTarget{
		write: func(_ string, values []string) error {
			cells := make([]xlsx.Cell, len(values))
			for i, v := range values {
				cells[i] = cellOf(rules[i], v)
			}
			row++
			return xw.Write(cells)
		},
		place: func(i int) finding.Place { return xw.Place(row, i+1) },
		flush: xw.Close,
	}
}

// cellOf makes a number or date of a text where its field is one.
func cellOf(r *rule, text string) xlsx.Cell {
	switch {
	case r == nil || text == "" || r.codes != nil:
	case r.typ == document.Number && r.form.kind == formDecimal && !r.form.writeGroup && r.form.negative == nil:
		return xlsx.Cell{Kind: xlsx.Number, Text: strings.Replace(text, ",", ".", 1)}
	case r.form.kind == formDate:
		for _, l := range r.form.layouts {
			t, err := time.Parse(l.layout, text)
			if err != nil || l.precision == document.Milli {
				continue
			}
			kind := xlsx.Time
			if l.precision == document.Day {
				kind = xlsx.Day
			}
			return xlsx.Cell{Kind: kind, At: t}
		}
	}
	return xlsx.Cell{Text: text}
}
