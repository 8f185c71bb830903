package mapping

import (
	"bytes"
	"slices"

	"github.com/batchgate/batchgate/internal/document"
)

// typedRow is a row of one type with its values.
type typedRow struct {
	record *recordType
	values []output
}

// records writes the documents as records of several types: what begins an item first, what belongs to it in the order in
// which the mapping declares the types.
func (w *writer) records(docs []*document.Document) ([]byte, error) {
	var b bytes.Buffer
	t := w.m.rowTarget(&b)
	w.has = w.m.encodable()
	for i, d := range docs {
		w.begin(i, d)
		rows := w.recordsOf(nil, w.m.root, []item{{group: &d.Group}}, 0, nil)
		if w.found.list.HasErrors() {
			continue
		}
		for _, row := range rows {
			if err := w.writeRecord(&t, row); err != nil {
				return nil, err
			}
		}
	}
	err := t.flush()
	return b.Bytes(), err
}

// recordsOf appends the rows of an item.
func (w *writer) recordsOf(rows []typedRow, s *scope, items []item, index int, seen map[string]int) []typedRow {
	for _, t := range w.m.records {
		row := typedRow{record: t}
		for _, r := range t.rules {
			if r.scope != s {
				continue
			}
			if out, ok := w.value(r, items, index, limits{}); ok {
				if seen != nil {
					w.sameNumbers(s, seen, out, index)
				}
				row.values = append(row.values, out)
			}
		}
		if t == s.record || t.scope == nil && len(row.values) > 0 {
			rows = append(rows, row)
		}
		for _, l := range s.lists {
			if l.record != t {
				continue
			}
			numbers := map[string]int{}
			for i, it := range w.itemsOf(l, items) {
				rows = w.recordsOf(rows, l, append(slices.Clip(items), it), i, numbers)
			}
		}
	}
	return rows
}

// writeRecord writes one row.
func (w *writer) writeRecord(t *rowTarget, row typedRow) error {
	values := make([]string, len(row.record.names))
	for _, k := range w.m.constants {
		if k.record == row.record {
			values[row.record.index(k.column)] = k.text
		}
	}
	for _, out := range row.values {
		values[row.record.index(out.rule.columns[0])] = out.parts[0]
	}
	if err := t.write(row.record.name, values); err != nil {
		return w.refused(err)
	}
	for _, out := range row.values {
		w.wrote(Written{Doc: w.doc, Path: out.path, Rule: out.rule.place, Place: t.place(row.record.index(out.rule.columns[0])), Value: out.parts[0], Item: out.item})
	}
	return nil
}
