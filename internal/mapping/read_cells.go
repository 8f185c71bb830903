package mapping

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/document"
)

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
	watch  watch
	key    bool // of the document's key
}

type codePair struct{ theirs, ours string }

// fewCodes is how many codes are found faster by comparing.
const fewCodes = 8

// formOther marks a cell that is none of the plain ones.
const formOther formKind = 101

// formCodes marks a cell whose text is a code of a list.
const formCodes formKind = 100

// formOdd marks a cell whose bytes are not its text.
const formOdd formKind = 101

// isNumber tells whether a rule's field holds a number in a form of its own, not as text.
func (m *Mapping) isNumber(rule *rule) bool {
	if m.format != Fixed || len(rule.columns) == 0 {
		return false
	}
	for _, t := range m.layout.Types {
		for _, f := range t.Fields {
			if f.Name == rule.columns[0] && f.Number != flatfile.NotNumber && (rule.record == nil || rule.record.name == t.Name) {
				return true
			}
		}
	}
	return false
}

// readyCells prepares what is done for each row that is a document.
func (r *Reader) readyCells() {
	row := r.row
	row.direct, row.origins = r.m.perGroup && r.m.records == nil, recordOrigins{row}
	for _, rule := range r.m.root.rules {
		c := cell{rule: rule, column: row.columns[rule.number], slot: rule.slot, form: rule.form.kind, mark: rule.form.mark, group: rule.form.group}
		switch {
		case rule.codes != nil && rule.typ == document.Number:
			c.form = formOther
		case rule.codes != nil:
			c.form, c.codes = formCodes, rule.codes.ours
			if len(c.codes) <= fewCodes && plainKeys(c.codes) {
				for _, theirs := range sortedKeys(c.codes) {
					c.few = append(c.few, codePair{theirs, c.codes[theirs]})
				}
			}
		}
		c.watch = watchOf(rule)
		c.key = rule.slot == r.key && c.form == formText
		if r.m.isNumber(rule) {
			c.form = formOdd
		}
		row.cells = append(row.cells, c)
		row.direct = row.direct && rule.read == nil
	}
}

// plainKeys tells whether all codes are plain text: then what equals one of them is too.
func plainKeys(codes map[string]string) bool {
	for theirs := range codes {
		if !plainText([]byte(theirs)) {
			return false
		}
	}
	return true
}

// plainCells takes the values that need no second look, as nearly all: ASCII, not blank, of a plain form. Where they are
// traced, traced knows where they stand. It stops at the first other one and gives its number; keyed tells whether the document's key was among those taken.
func plainCells(d *document.Document, rec *flatfile.Record, cells []cell, from int, traced document.Fields) (at int, keyed bool) {
	known := uint(rec.Plain())
	for i := from; i < len(cells); i++ {
		c := &cells[i]
		var b []byte
		plain := uint(c.column) < known
		if plain {
			b = rec.PlainBytes(c.column)
		} else {
			b = rec.Bytes(c.column)
		}
		if len(b) == 0 {
			return i, keyed
		}
		switch c.form {
		case formText:
			if !plain && !plainText(b) || c.watch != watchNothing && c.watch.suspicious(b) {
				return i, keyed
			}
			d.PutText(c.slot, b)
			keyed = keyed || c.key
		case formDecimal: // takes ASCII alone
			n, err := document.ParseDecimalBytes(b, c.mark, c.group)
			if err != nil {
				return i, keyed
			}
			d.PutNumber(c.slot, n)
		case formCodes:
			code, ok := c.find(b)
			if !ok {
				return i, keyed
			}
			d.PutString(c.slot, code)
		default:
			return i, keyed
		}
		if traced != nil {
			d.TraceField(c.slot, &c.rule.place, traced, c.column)
		}
	}
	return len(cells), keyed
}

// find gives our code for the partner's.
func (c *cell) find(b []byte) (string, bool) {
	if c.few == nil {
		if !plainText(b) {
			return "", false
		}
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
	if !r.row.ascii || r.row.numbers[rule.number] || !plainText(b) {
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
			return rule.codeOf(code), goodHit
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
			if rule.key && r.ruined(rule, b, standing{rec: rec, column: at}) {
				return document.Value{}, badHit
			}
			return r.doc.TextOf(b), goodHit
		case formDecimal:
			if d, err := document.ParseDecimalBytes(trimBlanks(b), rule.form.mark, rule.form.group); err == nil {
				return document.NumberValue(d), goodHit
			}
		}
	} else if code, ok := rule.codes.read(b); ok {
		return rule.codeOf(code), goodHit
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

// plainText tells whether all bytes are ASCII and none is a control character.
func plainText(b []byte) bool {
	const blanks, highs = 0x2020202020202020, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		if x := binary.LittleEndian.Uint64(b); (x-blanks|x)&highs != 0 { // a byte below the blank borrows
			return false
		}
	}
	for _, c := range b {
		if c-' ' >= 0x80-' ' {
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
	if e, ok := errors.AsType[*flatfile.RowError](err); ok && len(e.Findings) > 0 {
		own := e.Findings[0]
		f.Rule, f.Place, f.Hint, f.Message, f.Value = own.Rule, own.Place, own.Hint, own.Message, own.Value
	}
	r.found.add(f)
}

// traceCell records where the value of a cell came from.
func (r *Reader) traceCell(rec *flatfile.Record, at int, rule *rule) {
	if r.row.direct {
		r.doc.TraceField(rule.slot, &rule.place, r.row.origins, at)
		return
	}
	place, raw := originOf(rec, at)
	r.target(rule).Trace(rule.slot, document.Origin{Rule: rule.place, Place: place, Raw: raw})
}

// originOf gives where a field of a record stands, and the bytes there.
func originOf(rec *flatfile.Record, field int) (place finding.Place, bytes string) {
	place = rec.Place(field)
	from := place.Offset - rec.Where().Offset
	if raw := rec.Raw(); from >= 0 && from+int64(place.Length) <= int64(len(raw)) {
		bytes = text(raw[from : from+int64(place.Length)])
	}
	return place, bytes
}

// recordOrigins gives the origins of the fields of the row that is read, whose document is emitted before the next.
type recordOrigins struct{ row *rowReader }

// Origin gives the place of a field.
func (o recordOrigins) Origin(field int) (place finding.Place, raw string) {
	return originOf(o.row.rec, field)
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
