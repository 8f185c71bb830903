package mapping

import (
	"errors"
	"io"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/document"
)

// rowReader is what a reader of rows keeps.
type rowReader struct {
	columns   []int              // by rule: the column, or -1
	numbers   []bool             // by rule: the bytes are no text, but a number in a form of its own
	before    []*flatfile.Record // that stood before the first document, and count for all
	handed    bool               // these were handed over as refused rows
	constants []int              // by constant: its column
	strange   map[string]*miss   // types of records that no line takes
	ascii     bool               // bytes below 0x80 are ASCII
	open      bool               // a document of several rows is open
	headless  bool               // and its header was not read yet
	poison    bool               // the next document may lack a row that could not be read
	rec       *flatfile.Record   // the row that is read
	first     finding.Place      // of the document of several rows that is open
	key       *rule              // of a document of several rows: the rule of its key
	rows      [][]byte           // raw rows of the document, where somebody asked for refused ones
	bound     bool
	cells     []cell // of documents of one row, in the order of the rules
	direct    bool   // documents of one row with nothing but cells: no expressions
	origins   document.Fields
	simple    bool // direct, and in a character set that contains ASCII
}

// start gives the place at which the document begins.
func (row *rowReader) start() finding.Place {
	if row.open {
		return row.first
	}
	return row.rec.Where()
}

// OpenRows gives a reader of the records of a delimited or fixed-width file, as the mapping describes it.
func (m *Mapping) OpenRows(r io.Reader, file string) *flatfile.Reader {
	var fr *flatfile.Reader
	if m.format == Fixed {
		fr = flatfile.NewFixedReader(r, m.layout)
	} else {
		fr = flatfile.NewReader(r, m.dialect)
	}
	fr.SetFile(file)
	return fr
}

// Dialect gives how the delimited files of the mapping look, Layout how those of fixed width do.
func (m *Mapping) Dialect() flatfile.Delimited { return m.dialect }

// Layout gives how the files of fixed width look.
func (m *Mapping) Layout() flatfile.Layout { return m.layout }

// Bind finds the columns of the mapping in a file that OpenRows opened. Its error is that of the file's header.
func (r *Reader) Bind(fr rowFile) error {
	if err := fr.ReadHeader(); err != nil {
		return err
	}
	row := r.row
	row.columns = make([]int, len(r.m.rules))
	for i, rule := range r.m.rules {
		row.columns[i] = r.m.columnOf(fr, rule)
		row.numbers = append(row.numbers, r.m.isNumber(rule))
		if rule.scope.parent == nil && rule.field == keyField(r.m.kind) {
			row.key = rule
		}
	}
	row.ascii = fr.ASCII()
	for _, k := range r.m.constants {
		if k.record == nil {
			row.constants = append(row.constants, r.m.columnOf(fr, &rule{columns: []string{k.column}}))
		}
	}
	row.bound = true
	r.readyCells()
	row.simple = row.direct && row.ascii
	return nil
}

// columnOf finds the column of a rule in a file.
func (m *Mapping) columnOf(fr rowFile, rule *rule) int {
	if rule.record != nil {
		return rule.record.index(rule.columns[0])
	}
	if rule.column > 0 {
		return rule.column - 1
	}
	for i, name := range rule.columns {
		if m.format == Fixed {
			for k, f := range m.layout.Types[0].Fields {
				if f.Name == name {
					return k
				}
			}
		}
		if at := fr.Column(name); at >= 0 || i == len(rule.columns)-1 {
			return at
		}
	}
	return -1
}

// ReadRows reads a whole file of records: rows, elements of XML, values of JSON, IDocs. The findings are those of the file
// and of the mapping; the error says why the rest of the file could not be read: a *flatfile.FileError or *flatfile.Error, or that of Emit.
func (m *Mapping) ReadRows(in io.Reader, file string, opt ReadOptions) (finding.List, error) {
	switch m.format {
	case XML:
		return m.readXML(in, file, opt)
	case JSON:
		return m.readJSON(in, file, opt)
	case IDoc:
		return m.readIDocs(in, file, opt)
	case XLSX:
		return m.readXLSX(in, file, opt)
	}
	return m.readRecords(m.OpenRows(in, file), opt)
}

// rowFile is a file of rows that is read.
type rowFile interface {
	ReadHeader() error
	Column(name string) int
	ASCII() bool
	Read() (*flatfile.Record, error)
	Findings() finding.List
}

// readRecords reads all rows of a file.
func (m *Mapping) readRecords(fr rowFile, opt ReadOptions) (finding.List, error) {
	r := m.NewReader(opt)
	err := r.Bind(fr)
	if err == nil {
		err = eachRecord(fr.Read, func(rec *flatfile.Record, broken bool) error {
			if broken {
				return r.Broken(rec)
			}
			return r.PushRow(rec)
		})
	}
	return r.endFile(fr.Findings(), err)
}

// Broken takes a row that flatfile found broken: its document is not emitted. The finding is flatfile's.
func (r *Reader) Broken(rec *flatfile.Record) error {
	if r.m.records != nil {
		return r.brokenRecord(rec)
	}
	if r.m.perGroup {
		r.refuseRow(rec)
		return nil
	}
	return r.brokenPart(rec)
}

func (r *Reader) takeRow(rec *flatfile.Record) error {
	if !r.row.bound {
		return errors.New("mapping: PushRow before Bind")
	}
	r.row.rec = rec
	if r.m.records != nil {
		return r.takeRecord(rec)
	}
	for i, at := range r.row.constants {
		r.checkConstant(r.m.constants[i], at, rec)
	}
	if !r.m.perGroup {
		return r.joinRow(rec)
	}
	if r.row.direct {
		r.doc.Rewind()
	} else {
		r.doc.Reset()
	}
	cells, keyed := r.row.cells, false
	var traced document.Fields
	if r.opt.Trace {
		traced = r.row.origins
	}
	for i := 0; i < len(cells); i++ {
		if r.row.simple {
			var more bool
			if i, more = plainCells(r.doc, rec, cells, i, traced); more {
				keyed = true
			}
			if i == len(cells) {
				break
			}
		}
		r.oddCell(rec, &cells[i])
	}
	if keyed && r.plain && r.row.direct && !r.bad && !r.dropped {
		if r.opt.Emit == nil {
			return nil
		}
		return r.opt.Emit(r.doc)
	}
	if !r.row.direct {
		r.reckonRow()
	}
	before := r.found.refused
	err := r.finish()
	if r.found.refused > before && r.opt.Refused != nil {
		r.opt.Refused(rec.Raw())
	}
	return err
}

func (r *Reader) reckonRow() {
	r.groups[0] = &r.doc.Group
	for _, rule := range r.m.root.rules {
		if rule.read != nil {
			r.reckon(rule)
		}
	}
}
