package mapping

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/document"
)

// rowReader is what a reader of rows keeps.
type rowReader struct {
	columns []int            // by rule: the column, or -1
	ascii   bool             // bytes below 0x80 are ASCII
	open    bool             // a document of several rows is open
	rec     *flatfile.Record // the row that is read
	first   finding.Place    // of the document of several rows that is open
	key     *rule            // of a document of several rows: the rule of its key
	rows    [][]byte         // raw rows of the document, where somebody asked for refused ones
	bound   bool
	cells   []cell // of documents of one row, in the order of the rules
	direct  bool   // nothing but cells: no traces and no expressions
	simple  bool   // direct, and in a character set that contains ASCII
}

// cell is a rule made ready for a file.
type cell struct {
	rule   *rule
	column int
	slot   int
	form   formKind // of a rule without codes; else formCodes
	mark   byte
	group  byte
	codes  map[string]string
	few    []codePair // the same, where they are few: comparing is faster than hashing
	key    bool       // of the document's key
}

type codePair struct{ theirs, ours string }

// fewCodes is how many codes are found faster by comparing.
const fewCodes = 8

// formCodes marks a cell whose text is a code of a list.
const formCodes formKind = 100

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

// Dialect describes the delimited files of the mapping, for who copies rows; Layout the fixed-width ones.
func (m *Mapping) Dialect() flatfile.Delimited { return m.dialect }

// Layout describes the fixed-width files of the mapping.
func (m *Mapping) Layout() flatfile.Layout { return m.layout }

// Bind finds the columns of the mapping in a file that OpenRows opened. Its error is that of the file's header.
func (r *Reader) Bind(fr *flatfile.Reader) error {
	if err := fr.ReadHeader(); err != nil {
		return err
	}
	row := r.row
	row.columns = make([]int, len(r.m.rules))
	for i, rule := range r.m.rules {
		row.columns[i] = r.m.columnOf(fr, rule)
		if rule.scope.parent == nil && rule.field == keyField(r.m.kind) {
			row.key = rule
		}
	}
	row.ascii = !strings.HasPrefix(fr.Charset(), "ibm0") && !strings.HasPrefix(fr.Charset(), "ibm1")
	row.bound = true
	r.readyCells()
	row.simple = row.direct && row.ascii
	return nil
}

// readyCells prepares what is done for each row that is a document.
func (r *Reader) readyCells() {
	row := r.row
	row.direct = !r.opt.Trace
	for _, rule := range r.m.root.rules {
		c := cell{rule: rule, column: row.columns[rule.number], slot: rule.slot, form: rule.form.kind, mark: rule.form.mark, group: rule.form.group}
		if rule.codes != nil {
			c.form, c.codes = formCodes, rule.codes.ours
			if len(c.codes) <= fewCodes {
				for _, theirs := range sortedKeys(c.codes) {
					c.few = append(c.few, codePair{theirs, c.codes[theirs]})
				}
			}
		}
		c.key = rule.slot == r.key && c.form == formText
		row.cells = append(row.cells, c)
		row.direct = row.direct && rule.read == nil
	}
}

// columnOf finds the column of a rule in a file.
func (m *Mapping) columnOf(fr *flatfile.Reader, rule *rule) int {
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

// ReadRows reads a whole delimited or fixed-width file. The findings are those of the file and of the mapping; the error
// says why the rest of the file could not be read: a *flatfile.FileError or *flatfile.Error, or that of Emit.
func (m *Mapping) ReadRows(in io.Reader, file string, opt ReadOptions) (finding.List, error) {
	fr := m.OpenRows(in, file)
	r := m.NewReader(opt)
	err := r.Bind(fr)
	for err == nil {
		var rec *flatfile.Record
		rec, err = fr.Read()
		if err == nil {
			err = r.PushRow(rec)
			continue
		}
		if _, ok := errors.AsType[*flatfile.RowError](err); ok {
			err = r.Broken(rec)
		}
	}
	if err == io.EOF {
		err = nil
	}
	found, endErr := r.End()
	if err == nil {
		err = endErr
	}
	all := append(fr.Findings(), found...)
	all.Sort()
	return all, err
}

// Broken takes a row that flatfile found broken: its document is not emitted. The finding is flatfile's.
func (r *Reader) Broken(rec *flatfile.Record) error {
	if r.m.perGroup {
		r.found.refused++
		if r.opt.Refused != nil {
			r.opt.Refused(rec.Raw())
		}
		return nil
	}
	// The row may belong to the document that is open; nobody can know.
	r.bad = true
	r.keepRow(rec)
	return nil
}

func (r *Reader) keepRow(rec *flatfile.Record) {
	if r.opt.Refused != nil {
		r.row.rows = append(r.row.rows, bytes.Clone(rec.Raw()))
	}
}

func (r *Reader) takeRow(rec *flatfile.Record) error {
	if !r.row.bound {
		return errors.New("mapping: PushRow before Bind")
	}
	if !r.m.perGroup {
		return r.joinRow(rec)
	}
	r.row.rec = rec
	if r.row.direct {
		r.doc.Rewind()
	} else {
		r.doc.Reset()
	}
	keyed := false
	for i := range r.row.cells {
		c := &r.row.cells[i]
		if r.row.simple && r.plainCell(rec, c) {
			keyed = keyed || c.key
			continue
		}
		r.oddCell(rec, c)
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

// plainCell takes a value that needs no second look, as nearly all: ASCII, not blank, of a plain form, nobody tracing.
func (r *Reader) plainCell(rec *flatfile.Record, c *cell) bool {
	b := rec.Bytes(c.column)
	if len(b) == 0 || !plainASCII(b) {
		return false
	}
	switch c.form {
	case formText:
		r.doc.PutText(c.slot, b)
		return true
	case formDecimal:
		d, err := document.ParseDecimalBytes(b, c.mark, c.group)
		if err == nil {
			r.doc.Put(c.slot, document.NumberValue(d))
		}
		return err == nil
	case formCodes:
		code, ok := c.find(b)
		if ok {
			r.doc.Put(c.slot, document.TextValue(code))
		}
		return ok
	}
	return false
}

// find gives our code for the partner's.
func (c *cell) find(b []byte) (string, bool) {
	if c.few == nil {
		code, ok := c.codes[string(b)]
		return code, ok
	}
	for i := range c.few {
		if c.few[i].theirs == string(b) {
			return c.few[i].ours, true
		}
	}
	return "", false
}

// oddCell takes any other value.
func (r *Reader) oddCell(rec *flatfile.Record, c *cell) {
	v, state := r.cell(rec, c.rule)
	switch state {
	case badHit:
		r.bad = true
	case dropHit:
		r.dropped = true
	}
	r.doc.Put(c.slot, v)
}

// cell reads the value of a rule from a row.
func (r *Reader) cell(rec *flatfile.Record, rule *rule) (document.Value, hitState) {
	at := r.row.columns[rule.number]
	if at < 0 || !rec.Has(at) {
		return r.absent(rule)
	}
	b := rec.Bytes(at)
	if !r.row.ascii || !plainASCII(b) {
		out, err := rec.AppendText(r.scratch[:0], at)
		if err != nil {
			r.wrongRow(rec, at, rule, err)
			return document.Value{}, badHit
		}
		r.scratch, b = out, out
	}
	if len(b) == 0 {
		return r.blank(rec, at, rule)
	}
	v, state := r.cellValue(rec, at, rule, b)
	if r.opt.Trace && state == goodHit {
		r.traceCell(rec, at, rule)
	}
	return v, state
}

// absent gives the value of a rule whose column is not there.
func (r *Reader) absent(rule *rule) (document.Value, hitState) {
	if rule.fallback.IsMissing() {
		return document.Value{}, noHit
	}
	r.traceDefault(rule)
	return rule.fallback, goodHit
}

// blank gives the value of a rule whose column stands there with nothing in it.
func (r *Reader) blank(rec *flatfile.Record, at int, rule *rule) (document.Value, hitState) {
	if !rule.fallback.IsMissing() {
		r.traceDefault(rule)
		return rule.fallback, goodHit
	}
	if r.opt.Trace {
		r.traceCell(rec, at, rule)
	}
	if rule.codes != nil {
		if code, ok := rule.codes.read(nil); ok {
			return document.TextValue(code), goodHit
		}
	}
	if rule.typ == document.Text {
		return document.TextValue(""), goodHit
	}
	return document.EmptyValue(), goodHit
}

// cellValue converts the text of a cell.
func (r *Reader) cellValue(rec *flatfile.Record, at int, rule *rule, b []byte) (document.Value, hitState) {
	if rule.codes == nil {
		switch rule.form.kind {
		case formText:
			return r.doc.TextOf(b), goodHit
		case formDecimal:
			if d, err := document.ParseDecimalBytes(trimBlanks(b), rule.form.mark, rule.form.group); err == nil {
				return document.NumberValue(d), goodHit
			}
		}
	} else if code, ok := rule.codes.read(b); ok {
		return document.TextValue(code), goodHit
	}
	// What is not plain: other forms, unknown codes, faults.
	var h hit
	h.state = goodHit
	r.convert(&h, rule, b, nil, standing{rec: rec, column: at})
	if h.isText {
		h.raw = b
	}
	return r.valueOf(&h), h.state
}

func trimBlanks(b []byte) []byte {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

func rowText(rec *flatfile.Record) string { return text(bytes.TrimRight(rec.Raw(), "\r\n")) }

// plainASCII tells whether all bytes are below 0x80.
func plainASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func (r *Reader) wrongRow(rec *flatfile.Record, at int, rule *rule, err error) {
	f := finding.Finding{Rule: ruleCharset, Severity: finding.Error, Place: rec.Place(at), Message: err.Error(), Source: finding.Cut(rowText(rec)), Related: &rule.place}
	if e, ok := errors.AsType[*flatfile.CharsetError](err); ok {
		own := e.Finding()
		f.Place, f.Hint, f.Message = own.Place, own.Hint, own.Message
	}
	r.found.add(f)
}

// traceCell records where the value of a cell came from.
func (r *Reader) traceCell(rec *flatfile.Record, at int, rule *rule) {
	p := rec.Place(at)
	o := document.Origin{Rule: rule.place, Place: p}
	from := p.Offset - rec.Where().Offset
	if raw := rec.Raw(); from >= 0 && from+int64(p.Length) <= int64(len(raw)) {
		o.Raw = text(raw[from : from+int64(p.Length)])
	}
	r.target(rule).Trace(rule.slot, o)
}

func (r *Reader) traceDefault(rule *rule) {
	if r.opt.Trace {
		r.target(rule).Trace(rule.slot, document.Origin{Rule: rule.place})
	}
}

// target gives the item that a rule's value goes to.
func (r *Reader) target(rule *rule) *document.Group {
	if rule.scope.parent == nil {
		return &r.doc.Group
	}
	return r.groups[rule.scope.number]
}

// joinRow takes a row of a document that may have several. A new value of the key begins the next document.
func (r *Reader) joinRow(rec *flatfile.Record) error {
	row := r.row
	if row.open && row.key != nil {
		h := &r.hits[row.key.number]
		if r.cellText(rec, row.key); string(r.scratch) != string(h.raw) {
			if err := r.closeRows(); err != nil {
				return err
			}
		}
	}
	first := !row.open
	if first {
		row.open, row.first = true, rec.Where()
		r.doc.Reset()
		r.groups[0] = &r.doc.Group
	}
	r.keepRow(rec)
	for _, rule := range r.m.root.rules {
		r.header(rec, rule, first)
	}
	for _, s := range r.m.root.lists {
		if s.perRow {
			r.rowItem(rec, s)
		}
	}
	return nil
}

// cellText reads the text of a rule's cell into the scratch memory.
func (r *Reader) cellText(rec *flatfile.Record, rule *rule) {
	r.scratch = r.scratch[:0]
	if at := r.row.columns[rule.number]; at >= 0 && rec.Has(at) {
		if out, err := rec.AppendText(r.scratch, at); err == nil {
			r.scratch = out
		}
	}
}

// header takes a value of the document from its first row, and compares it on the others.
func (r *Reader) header(rec *flatfile.Record, rule *rule, first bool) {
	h := &r.hits[rule.number]
	r.cellText(rec, rule)
	if first {
		h.raw = append(h.raw[:0], r.scratch...)
		r.store(&r.doc.Group, rec, rule)
		return
	}
	if at := r.row.columns[rule.number]; at >= 0 && string(h.raw) != string(r.scratch) {
		r.problem(ruleDiffers, rec.Place(at), rowText(rec), rule,
			fmt.Sprintf("%s is %q here and %q in the first row of the %s", rule.field, r.scratch, h.raw, r.m.kind), "all rows of one "+string(r.m.kind)+" say the same")
		r.bad = true
	}
}

func (r *Reader) store(g *document.Group, rec *flatfile.Record, rule *rule) {
	switch v, state := r.cell(rec, rule); state {
	case goodHit:
		g.Put(rule.slot, v)
	case badHit:
		r.bad = true
	case dropHit:
		r.drop[rule.scope.number] = true
	}
}

// rowItem makes an item of a row.
func (r *Reader) rowItem(rec *flatfile.Record, s *scope) {
	g := document.NewGroup(s.shape)
	r.groups[s.number] = g
	r.paths[s.number]++
	r.drop[s.number] = false
	for _, rule := range s.rules {
		r.store(g, rec, rule)
	}
	for _, rule := range s.rules {
		if rule.read != nil {
			r.reckon(rule)
		}
	}
	r.attach(s, g)
	r.groups[s.number] = nil
}

// closeRows emits the document whose rows are all there.
func (r *Reader) closeRows() error {
	row := r.row
	for _, rule := range r.m.root.rules {
		if rule.read != nil {
			r.reckon(rule)
		}
	}
	r.dropped, r.drop[0] = r.drop[0], false
	before := r.found.refused
	err := r.finish()
	row.open = false
	if r.found.refused > before {
		for _, raw := range row.rows {
			r.opt.Refused(raw)
		}
	}
	row.rows = row.rows[:0]
	return err
}

func (r *Reader) endRows() error {
	if r.row.open {
		return r.closeRows()
	}
	return nil
}
