package mapping

import (
	"bytes"
	"fmt"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/document"
)

// brokenPart takes a broken row of a document that may have several. Where its key can be read it belongs to the document
// of that key; else it may belong to the one before or the one behind, and neither is emitted.
func (r *Reader) brokenPart(rec *flatfile.Record) error {
	row := r.row
	if row.key != nil && row.columns[row.key.number] >= 0 {
		if r.cellText(rec, row.key); len(r.scratch) > 0 {
			if err := r.turn(rec); err != nil {
				return err
			}
			r.hits[row.key.number].raw = append(r.hits[row.key.number].raw[:0], r.scratch...)
			r.bad, row.headless = true, true
			r.keepRow(rec)
			return nil
		}
	}
	r.bad, row.poison = row.open, true
	if row.open {
		r.keepRow(rec)
	} else if r.opt.Refused != nil {
		r.opt.Refused(rec.Raw())
	}
	return nil
}

// turn ends the document that is open when a row of another key comes, and begins the next. The row's key stands in the
// scratch memory.
func (r *Reader) turn(rec *flatfile.Record) error {
	row := r.row
	if row.open && row.key != nil {
		key := string(r.scratch)
		if key != string(r.hits[row.key.number].raw) {
			if err := r.closeRows(); err != nil {
				return err
			}
		}
		r.scratch = append(r.scratch[:0], key...)
	}
	if !row.open {
		row.open, row.first, row.headless = true, rec.Where(), true
		r.doc.Reset()
		r.groups[0] = &r.doc.Group
		r.bad, row.poison = row.poison, false
	}
	return nil
}

func (r *Reader) keepRow(rec *flatfile.Record) {
	if r.opt.Refused != nil {
		r.row.rows = append(r.row.rows, bytes.Clone(rec.Raw()))
	}
}

// joinRow takes a row of a document that may have several. A new value of the key begins the next document.
func (r *Reader) joinRow(rec *flatfile.Record) error {
	row := r.row
	if row.key != nil {
		r.cellText(rec, row.key)
	}
	if err := r.turn(rec); err != nil {
		return err
	}
	first := row.headless
	row.headless = false
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
		r.needItem(rule, g)
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
	if r.found.refused > before && r.opt.Refused != nil {
		if !row.handed {
			for _, rec := range row.before {
				r.opt.Refused(rec.Raw()) // or the copy would lack what counts for all
			}
		}
		row.handed = true
		for _, raw := range row.rows {
			r.opt.Refused(raw)
		}
	}
	row.rows = row.rows[:0]
	return err
}

func (r *Reader) endRows() error {
	if r.m.records != nil {
		return r.endRecords()
	}
	if r.row.open {
		return r.closeRows()
	}
	return nil
}
