package xlsx

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// Kind says what a cell holds.
type Kind uint8

// The kinds of cells.
const (
	Text Kind = iota
	Number
	Day  // a date without time
	Time // a date with time
	Flag
)

// Cell is a value to be written.
type Cell struct {
	Kind Kind
	Text string    // of a text, and the digits of a number with a decimal point
	At   time.Time // of a day or time, as it shows
	Flag bool
}

// WriterOptions says how a workbook is written.
type WriterOptions struct {
	// Sheet is the name of the sheet: "" is Data.
	Sheet string
	// Columns are the names in the header.
	Columns []string
}

// Limits of a sheet that Excel has.
const (
	maxRows = 1_048_576
	maxText = 32_767 // characters of a cell
)

// Writer writes a workbook of one sheet: a header that stays in sight, a filter on each column, widths that fit, numbers
// and dates as such. Rows are held until Close, because widths stand before them.
type Writer struct {
	o    WriterOptions
	out  io.Writer
	rows [][]Cell
	err  error
}

// NewWriter gives a writer. Options that make no sense are the error of every call.
func NewWriter(w io.Writer, o WriterOptions) *Writer {
	if o.Sheet == "" {
		o.Sheet = "Data"
	}
	return &Writer{o: o, out: w, err: o.check()}
}

func (o WriterOptions) check() error {
	if n := utf8.RuneCountInString(o.Sheet); n > 31 || strings.ContainsAny(o.Sheet, `:\/?*[]`) || strings.HasPrefix(o.Sheet, "'") || strings.HasSuffix(o.Sheet, "'") {
		return optionError("sheet", fmt.Sprintf("%q cannot be the name of a sheet", o.Sheet), `use up to 31 characters without : \ / ? * [ ]`)
	}
	if len(o.Columns) == 0 || len(o.Columns) > maxColumns {
		return optionError("columns", fmt.Sprintf("%d columns", len(o.Columns)), "give 1 to 16384")
	}
	for i, name := range o.Columns {
		if plainName(name) != name || name == "" {
			return optionError("columns", fmt.Sprintf("%q cannot be the name of a column", name), "leave out blanks around it and line breaks")
		}
		for _, other := range o.Columns[:i] {
			if strings.EqualFold(other, name) {
				return optionError("columns", fmt.Sprintf("the column %q stands twice", name), "Excel's tables want names that differ")
			}
		}
	}
	return nil
}

// Write takes a row, a cell for each column. What would not be read back is a *flatfile.ValueError: then the row is not
// taken.
func (w *Writer) Write(row []Cell) error {
	if w.err != nil {
		return w.err
	}
	if len(row) != len(w.o.Columns) {
		return &flatfile.ValueError{Record: int64(len(w.rows)) + 1, Reason: fmt.Sprintf("%d cells for %d columns", len(row), len(w.o.Columns)), Err: flatfile.ErrFieldCount}
	}
	if len(w.rows) >= maxRows-1 {
		return &flatfile.ValueError{Record: int64(len(w.rows)) + 1, Reason: fmt.Sprintf("a sheet has %d rows", maxRows), Err: flatfile.ErrTooLong}
	}
	for i, c := range row {
		if err := w.judge(c); err != nil {
			err.Record, err.Field = int64(len(w.rows))+1, w.o.Columns[i]
			return err
		}
	}
	w.rows = append(w.rows, append([]Cell(nil), row...))
	return nil
}

// judge refuses a value that Excel would change.
func (w *Writer) judge(c Cell) *flatfile.ValueError {
	switch c.Kind {
	case Text:
		if utf8.RuneCountInString(c.Text) > maxText {
			return &flatfile.ValueError{Value: finding.Cut(c.Text), Reason: fmt.Sprintf("a cell has %d characters", maxText), Err: flatfile.ErrTooLong}
		}
		for i, r := range c.Text {
			if r == utf8.RuneError && !strings.HasPrefix(c.Text[i:], "\uFFFD") || r < 0x20 && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
				return &flatfile.ValueError{Value: finding.Cut(strings.ToValidUTF8(c.Text, "�")), Reason: fmt.Sprintf("the character %U cannot stand in a cell", r), Err: flatfile.ErrCharset}
			}
		}
	case Number:
		text, ok := number(c.Text)
		if !ok || text != canonical(c.Text) {
			return &flatfile.ValueError{Value: c.Text, Reason: "Excel holds fifteen digits of a number", Err: flatfile.ErrTooLong}
		}
	case Day, Time:
		if y := c.At.Year(); c.At.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) || y > 9999 {
			return &flatfile.ValueError{Value: c.At.Format("2006-01-02"), Reason: "Excel has the days from March 1900 to 9999", Err: flatfile.ErrTooLong}
		}
	}
	return nil
}

// canonical gives the digits of a number without zeros that say nothing.
func canonical(s string) string {
	s, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(s, ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative && whole != "0" {
		whole = "-" + whole
	}
	return whole
}

// Place gives the place of a cell: row 1 is the first below the header, column 1 the first.
func (w *Writer) Place(row, column int) finding.Place {
	name, err := excelize.CoordinatesToCellName(column, row+1)
	if err != nil {
		return finding.Place{}
	}
	return finding.Place{Record: int64(row), Field: w.o.Columns[column-1], Path: w.o.Sheet + "!" + name}
}

// Close writes the workbook.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", w.o.Sheet); err != nil {
		return err
	}
	styles, err := newStyles(book)
	if err != nil {
		return err
	}
	s, err := book.NewStreamWriter(w.o.Sheet)
	if err != nil {
		return err
	}
	if err := w.layout(s); err != nil {
		return err
	}
	if err := w.fill(s, styles); err != nil {
		return err
	}
	if err := s.Flush(); err != nil {
		return err
	}
	_, err = book.WriteTo(w.out)
	return err
}

// layout sets widths, and freezes the header.
func (w *Writer) layout(s *excelize.StreamWriter) error {
	for i, name := range w.o.Columns {
		width := utf8.RuneCountInString(name) + 4 // room for the filter's button
		for _, row := range w.rows {
			width = max(width, row[i].width()+2)
		}
		if err := s.SetColWidth(i+1, i+1, float64(min(width, 60))); err != nil {
			return err
		}
	}
	return s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (c Cell) width() int {
	switch c.Kind {
	case Day:
		return len("2006-01-02")
	case Time:
		return len("2006-01-02 15:04:05")
	case Flag:
		return len("FALSE")
	}
	longest := 0
	for line := range strings.SplitSeq(c.Text, "\n") {
		longest = max(longest, utf8.RuneCountInString(line))
	}
	return longest
}

// fill writes header and rows, and makes a table of them, which has a filter on each column.
func (w *Writer) fill(s *excelize.StreamWriter, styles *styles) error {
	var header []any
	for _, name := range w.o.Columns {
		header = append(header, excelize.Cell{StyleID: styles.header, Value: name})
	}
	if err := s.SetRow("A1", header); err != nil {
		return err
	}
	values := make([]any, len(w.o.Columns))
	for i, row := range w.rows {
		for k, c := range row {
			v, err := styles.cell(c)
			if err != nil {
				return err
			}
			values[k] = v
		}
		at, _ := excelize.CoordinatesToCellName(1, i+2)
		if err := s.SetRow(at, values); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(len(w.o.Columns), len(w.rows)+1)
	if err != nil || len(w.rows) == 0 { // a table has a row
		return err
	}
	return s.AddTable(&excelize.Table{Range: "A1:" + last, Name: "Data", StyleName: "TableStyleLight1"})
}

// styles are those of a workbook.
type styles struct {
	book                    *excelize.File
	header, text, day, time int
	numbers                 map[int]int // by digits after the point
}

func newStyles(book *excelize.File) (*styles, error) {
	s := &styles{book: book, numbers: map[int]int{}}
	day, clock := "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	for _, one := range []struct {
		id    *int
		style excelize.Style
	}{
		{&s.header, excelize.Style{Font: &excelize.Font{Bold: true}}},
		{&s.text, excelize.Style{NumFmt: 49}}, // @
		{&s.day, excelize.Style{CustomNumFmt: &day}},
		{&s.time, excelize.Style{CustomNumFmt: &clock}},
	} {
		var err error
		if *one.id, err = book.NewStyle(&one.style); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// number gives the style of numbers with so many digits after the point.
func (s *styles) number(digits int) (int, error) {
	if id, ok := s.numbers[digits]; ok {
		return id, nil
	}
	format := "0"
	if digits > 0 {
		format += "." + strings.Repeat("0", min(digits, 15))
	}
	id, err := s.book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	s.numbers[digits] = id
	return id, err
}

// cell gives what excelize writes.
func (s *styles) cell(c Cell) (excelize.Cell, error) {
	switch c.Kind {
	case Number:
		_, fraction, _ := strings.Cut(c.Text, ".")
		style, err := s.number(len(fraction))
		return excelize.Cell{StyleID: style, Value: exactNumber(canonical(c.Text))}, err
	case Day, Time:
		style := s.day
		if c.Kind == Time {
			style = s.time
		}
		return excelize.Cell{StyleID: style, Value: wall(c.At)}, nil
	case Flag:
		return excelize.Cell{Value: c.Flag}, nil
	}
	if c.Text == "" {
		return excelize.Cell{}, nil
	}
	return excelize.Cell{StyleID: s.text, Value: c.Text}, nil
}

// wall gives a time as a clock shows it, without its zone.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
