package xlsx

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/internal/records"
)

// Reader reads the rows of a sheet.
type Reader struct {
	o       Options
	file    string
	temp    string // to be removed
	open    *os.File
	book    *excelize.File
	sheet   string
	rows    *excelize.Rows
	beside  *beside
	styles  map[int]form
	merged  []mergedRange
	spans   []openRange // merged ranges that reach the row that is read
	row     int         // that was read
	number  int64
	headed  bool
	headAt  int
	waiting []held // rows read in search of the header
	above   []held // those up to it
	header  []string
	columns map[string]int
	layouts []string
	known   []string // values of the row, for the record
	rec     *flatfile.Record
	found   finding.Collector
	faults  finding.List
	err     error
}

// held is a row that was read before it is known whether it is the header.
type held struct {
	row    int
	values []string
	cells  []cell
	hidden bool
}

// NewReader gives a reader of a workbook that comes as a stream: it goes through a temporary file, because the list of an
// archive's parts stands at its end. Close removes it.
func NewReader(r io.Reader, o Options) (*Reader, error) {
	o, err := o.compile()
	if err != nil {
		return nil, err
	}
	name, err := spool(r, o)
	if err != nil {
		return nil, err
	}
	rd, err := Open(name, o)
	if err != nil {
		_ = os.Remove(name)
		return nil, err
	}
	rd.temp = name
	return rd, nil
}

// Open gives a reader of a workbook on disk. Its errors are *flatfile.Error, but for those of the system.
func Open(name string, o Options) (*Reader, error) {
	o, err := o.compile()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r := &Reader{o: o, open: f, styles: map[int]form{}}
	if err := r.start(name); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Reader) start(name string) error {
	z, err := judgeFile(r.open, r.o)
	if err != nil {
		return err
	}
	r.book, err = excelize.OpenFile(name, excelize.Options{RawCellValue: true, UnzipSizeLimit: r.o.MaxUnpacked, UnzipXMLSizeLimit: maxPart})
	if err != nil {
		return workbookError(ruleFile, "the workbook cannot be read: "+err.Error(), "save it again with Excel", ErrWorkbook)
	}
	relation, err := r.choose()
	if err != nil {
		return err
	}
	part, err := sheetPart(z, relation)
	if err != nil {
		return err
	}
	return r.openSheet(part)
}

func (r *Reader) openSheet(part *zip.File) error {
	var err error
	if r.merged, err = mergedRanges(part); err != nil {
		return workbookError(ruleFile, "the sheet cannot be unpacked: "+err.Error(), "", flatfile.ErrTruncated)
	}
	if r.beside, err = openBeside(part); err != nil {
		return err
	}
	if r.rows, err = r.book.Rows(r.sheet); err != nil {
		return workbookError(ruleFile, "the sheet cannot be read: "+err.Error(), "", ErrWorkbook)
	}
	r.rec = flatfile.NewCells(func(field int) finding.Place { return r.place(r.row, field) })
	return nil
}

// choose finds the sheet, and gives the identifier of its relation.
func (r *Reader) choose() (string, error) {
	var names []string
	visible := 0
	for _, s := range r.book.WorkBook.Sheets.Sheet {
		names = append(names, s.Name)
		hidden := s.State == "hidden" || s.State == "veryHidden"
		if !hidden {
			visible++
		}
		if r.o.Sheet == s.Name || r.o.Sheet == "" && !hidden {
			if hidden {
				r.found.Add(finding.Finding{Rule: ruleHidden, Severity: finding.Note, Place: finding.Place{File: r.file, Path: s.Name}, Message: "the sheet " + s.Name + " is hidden"})
			}
			r.sheet = s.Name
			if r.o.Sheet == "" {
				r.otherSheets(s.Name)
			}
			return s.ID, nil
		}
	}
	if r.o.Sheet == "" {
		return "", workbookError(ruleSheet, "all sheets of the workbook are hidden", "name the one that is meant: "+strings.Join(names, ", "), ErrWorkbook)
	}
	hint := "its sheets are " + strings.Join(names, ", ")
	if near := finding.Nearest(r.o.Sheet, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return "", workbookError(ruleSheet, fmt.Sprintf("the workbook has no sheet %q", r.o.Sheet), hint, ErrWorkbook)
}

// otherSheets says which sheets are not read where nobody said which one is.
func (r *Reader) otherSheets(chosen string) {
	var others []string
	for _, s := range r.book.WorkBook.Sheets.Sheet {
		if s.Name != chosen && s.State == "" {
			others = append(others, s.Name)
		}
	}
	if len(others) > 0 {
		r.found.Add(finding.Finding{Rule: ruleSheet, Severity: finding.Note, Place: finding.Place{File: r.file, Path: chosen},
			Message: fmt.Sprintf("the first sheet, %s, is read; not read: %s", chosen, strings.Join(others, ", ")), Hint: "say `sheet:` with the one that is meant"})
	}
}

// Close ends the reading and removes what lies in temporary files.
func (r *Reader) Close() error {
	var errs []error
	if r.rows != nil {
		errs = append(errs, r.rows.Close())
	}
	if r.beside != nil {
		r.beside.close()
	}
	if r.book != nil {
		errs = append(errs, r.book.Close())
	}
	if r.open != nil {
		errs = append(errs, r.open.Close())
	}
	if r.temp != "" {
		errs = append(errs, os.Remove(r.temp))
	}
	return errors.Join(errs...)
}

// SetFile gives the name that places name as their file. It is to be set before the first Read.
func (r *Reader) SetFile(name string) { r.file = name }

// Sheet gives the name of the sheet that is read.
func (r *Reader) Sheet() string { return r.sheet }

// Charset gives "utf-8": the texts of a workbook come so.
func (r *Reader) Charset() string { return "utf-8" }

// ASCII tells that bytes below 0x80 are ASCII.
func (r *Reader) ASCII() bool { return true }

// Findings gives everything that was found so far.
func (r *Reader) Findings() finding.List {
	all := r.found.List()
	for i := range all {
		all[i].Place.File = r.file
	}
	return all
}

// Records ranges over the rows. It yields what Read returns and stops behind an error that ends the reading.
func (r *Reader) Records() iter.Seq2[*flatfile.Record, error] {
	return records.All(r.Read, func() bool { return r.err != nil })
}

// Read gives the next row that has any value, and io.EOF when there is none. With a *flatfile.RowError comes the broken
// row, and the next Read goes on; so it does after a *flatfile.FileError. Any other error ends the reading.
func (r *Reader) Read() (*flatfile.Record, error) {
	if r.err != nil {
		return nil, r.err
	}
	if !r.headed {
		if err := r.ReadHeader(); err != nil {
			return nil, err
		}
	}
	for {
		h, err := r.nextRow()
		if err != nil {
			r.err = err
			return nil, err
		}
		if h.row <= r.headAt || len(h.values) == 0 || h.hidden && r.o.SkipHidden {
			continue
		}
		return r.record(h)
	}
}

// nextRow gives a row: one of those held, or the next of the sheet.
func (r *Reader) nextRow() (held, error) {
	if len(r.waiting) > 0 {
		h := r.waiting[0]
		r.waiting = r.waiting[1:]
		return h, nil
	}
	return r.pull()
}

// pull reads the next row of the sheet.
func (r *Reader) pull() (held, error) {
	if !r.rows.Next() {
		if err := errors.Join(r.rows.Error(), r.beside.err); err != nil {
			e := workbookError(ruleFile, "the sheet cannot be read on: "+err.Error(), "save the workbook again with Excel", ErrWorkbook)
			e.Finding.Place = r.place(r.row+1, 0)
			r.found.Add(e.Finding)
			return held{}, e
		}
		return held{}, io.EOF
	}
	r.row++
	values, err := r.rows.Columns()
	if err != nil {
		e := workbookError(ruleFile, "the row cannot be read: "+err.Error(), "save the workbook again with Excel", ErrWorkbook)
		e.Finding.Place = r.place(r.row, 0)
		r.found.Add(e.Finding)
		return held{}, e
	}
	cells, hidden := r.beside.at(r.row)
	return held{r.row, values, cells, hidden}, nil
}

// place names a cell; field -1 is the row.
func (r *Reader) place(row, field int) finding.Place {
	p := finding.Place{File: r.file, Line: row}
	name, err := excelize.CoordinatesToCellName(max(field, 0)+1, max(row, 1))
	if err != nil {
		return p
	}
	p.Path = r.sheet + "!" + name
	if field >= 0 && field < len(r.header) {
		p.Field = r.header[field]
	}
	return p
}
