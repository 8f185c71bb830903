package mapping

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/document"
)

// rowTarget writes rows of either kind of flat file.
type rowTarget struct {
	write func(recordType string, values []string) error
	place func(i int) finding.Place
	flush func() error
}

func (m *Mapping) rowTarget(w io.Writer) rowTarget {
	if m.format == Fixed {
		fw := flatfile.NewFixedWriter(w, m.layout)
		return rowTarget{fw.Write, fw.Place, fw.Flush}
	}
	if m.format == XLSX {
		return m.workbookTarget(w)
	}
	fw := flatfile.NewWriter(w, m.dialect)
	if m.records != nil {
		return rowTarget{fw.WriteType, fw.Place, fw.Flush}
	}
	return rowTarget{func(_ string, v []string) error { return fw.Write(v) }, fw.Place, fw.Flush}
}

// width gives the number of columns of a row, and the index of a rule's.
func (m *Mapping) rowShape() (width int, index func(*rule) int) {
	names := map[string]int{}
	if m.format == Fixed {
		for i, f := range m.layout.Types[0].Fields {
			names[f.Name] = i
		}
	} else {
		for i, col := range m.dialect.Columns {
			names[col.Name] = i
		}
	}
	width = len(names)
	for _, r := range m.rules {
		width = max(width, r.column)
	}
	return width, func(r *rule) int {
		if r.column > 0 {
			return r.column - 1
		}
		if len(r.columns) > 0 {
			return names[r.columns[0]]
		}
		return -1
	}
}

// rows writes the documents as rows: one for each, or one for each item of the list that is the rows.
func (w *writer) rows(docs []*document.Document) ([]byte, error) {
	if w.m.records != nil {
		return w.records(docs)
	}
	var b bytes.Buffer
	t := w.m.rowTarget(&b)
	w.has = w.m.encodable()
	width, index := w.m.rowShape()
	for i, d := range docs {
		w.begin(i, d)
		for _, row := range w.rowsOf(d) {
			values := make([]string, width)
			for _, k := range w.m.constants {
				values[index(&rule{columns: []string{k.column}})] = k.text
			}
			for _, out := range row {
				values[index(out.rule)] = out.parts[0]
			}
			if w.found.list.HasErrors() {
				continue
			}
			if err := t.write("", values); err != nil {
				return nil, w.refused(err)
			}
			for _, out := range row {
				w.wrote(Written{Doc: i, Path: out.path, Rule: out.rule.place, Place: t.place(index(out.rule)), Value: out.parts[0], Item: out.item})
			}
		}
	}
	err := t.flush()
	return b.Bytes(), err
}

// refused turns a value that the format does not take into a finding.
func (w *writer) refused(err error) error {
	if e, ok := errors.AsType[*flatfile.ValueError](err); ok {
		w.problem(ruleTooLong, nil, e.Field, "", "%v", err)
		return nil
	}
	return err
}

// rowsOf gives the values of a document's rows.
func (w *writer) rowsOf(d *document.Document) [][]output {
	items := []item{{group: &d.Group}}
	head := w.rowOf(nil, w.m.root, items, 0, nil)
	for _, s := range w.m.root.lists {
		if !s.perRow {
			continue
		}
		var all [][]output
		seen := map[string]int{}
		for i, it := range w.itemsOf(s, items) {
			all = append(all, w.rowOf(slices.Clip(head), s, append(slices.Clip(items), it), i, seen))
		}
		if len(all) == 0 {
			w.problem(ruleMissing, nil, "", "", "the %s has no %s, and the file has one row for each", w.m.kind, s.name)
		}
		return all
	}
	return [][]output{head}
}

// rowOf appends the values of a scope's rules.
func (w *writer) rowOf(row []output, s *scope, items []item, index int, seen map[string]int) []output {
	for _, r := range s.rules {
		if !r.hasPlace() {
			continue
		}
		if out, ok := w.value(r, items, index, limits{}); ok {
			if seen != nil {
				w.sameNumbers(s, seen, out, index)
			}
			row = append(row, out)
		}
	}
	return row
}

// encodable tells which characters the files of the mapping have. flatfile decides, once for each character.
func (m *Mapping) encodable() func(rune) bool {
	known := map[rune]bool{}
	try := func(r rune) bool {
		if m.format == IDoc {
			return m.idocCharacter(r)
		}
		if m.format == Fixed {
			l := flatfile.Layout{Charset: m.layout.Charset, Characters: m.layout.Characters, Types: []flatfile.RecordType{{Name: "x", Fields: []flatfile.FixedField{{Name: "x", Length: 8}}}}}
			if m.layout.Length > 0 {
				l.Length = 8
			}
			fw := flatfile.NewFixedWriter(io.Discard, l)
			return fw.Write("x", []string{string(r)}) == nil
		}
		fw := flatfile.NewWriter(io.Discard, flatfile.Delimited{Charset: m.dialect.Charset})
		return fw.Write([]string{string(r)}) == nil
	}
	return func(r rune) bool {
		if r >= ' ' && r < 0x7F {
			return true
		}
		has, ok := known[r]
		if !ok {
			has = r != utf8.RuneError && try(r)
			known[r] = has
		}
		return has
	}
}
