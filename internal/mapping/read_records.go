package mapping

import (
	"fmt"
	"slices"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/document"
)

// takeRecord takes a row of a file with records of several types. A document begins with a record of its type and goes on
// to the next one.
func (r *Reader) takeRecord(rec *flatfile.Record) error {
	t := r.m.recordNamed(rec.Type())
	if s := t.scope; s != nil && s.parent == nil {
		if err := r.beginRecord(rec); err != nil {
			return err
		}
	} else if !r.row.open {
		r.early(t, rec)
		return nil
	} else {
		r.keepRow(rec)
		if s != nil && !r.beginItem(s, rec) {
			return nil
		}
	}
	if len(t.rules) == 0 && t.scope == nil {
		r.strangeRecord(t, rec)
	}
	r.takeColumns(t, rec)
	return nil
}

// recordNamed finds a type of records; flatfile gives no other than those declared.
func (m *Mapping) recordNamed(name string) *recordType {
	for _, t := range m.records {
		if t.name == name {
			return t
		}
	}
	return &recordType{name: name}
}

// beginRecord ends the document that is open and begins the next.
func (r *Reader) beginRecord(rec *flatfile.Record) error {
	row := r.row
	if row.open {
		if err := r.closeRecords(); err != nil {
			return err
		}
	}
	row.open, row.first = true, rec.Where()
	r.doc.Reset()
	clear(r.groups)
	r.groups[0] = &r.doc.Group
	r.drop[0] = false
	r.keepRow(rec)
	for _, before := range row.before {
		r.takeColumns(r.m.recordNamed(before.Type()), before)
	}
	return nil
}

// beginItem ends what is open at the level of a list and below, and begins an item.
func (r *Reader) beginItem(s *scope, rec *flatfile.Record) bool {
	r.closeItems(s.depth)
	if s.parent.parent != nil && r.groups[s.parent.number] == nil {
		r.problem(ruleMisplaced, rec.Where(), rowText(rec), nil, fmt.Sprintf("a record %s stands here without the %s that it belongs to", s.record.name, s.parent.record.name), "")
		r.bad = true
		return false
	}
	r.groups[s.number] = newGroup(s)
	r.paths[s.number]++
	r.drop[s.number] = false
	return true
}

// newGroup makes an empty item of a list.
func newGroup(s *scope) *document.Group { return document.NewGroup(s.shape) }

// closeItems ends the items that are open at a depth and below, the deepest first.
func (r *Reader) closeItems(depth int) {
	for i := len(r.m.scopes) - 1; i > 0; i-- {
		s := r.m.scopes[i]
		g := r.groups[i]
		if g == nil || s.depth < depth {
			continue
		}
		for _, rule := range s.rules {
			r.needItem(rule, g)
			if rule.read != nil {
				r.reckon(rule)
			}
		}
		r.attach(s, g)
		r.groups[i] = nil
	}
}

// takeColumns takes the values of a record.
func (r *Reader) takeColumns(t *recordType, rec *flatfile.Record) {
	for _, rule := range t.rules {
		g := r.groups[rule.scope.number]
		if g == nil {
			r.problem(ruleMisplaced, rec.Where(), rowText(rec), rule, fmt.Sprintf("a record %s stands here without the %s that it belongs to", t.name, rule.scope.record.name), "")
			r.bad = true
			return
		}
		if had := g.At(rule.slot); !had.IsMissing() && rule.read == nil {
			if v, state := r.cell(rec, rule); state == goodHit && v.Text() != had.Text() {
				at := r.row.columns[rule.number]
				r.problem(ruleTwice, rec.Place(at), rowText(rec), rule, fmt.Sprintf("%s has a second value %q, the first was %q", r.pathOf(rule), v.Text(), had.Text()), "")
				r.bad = true
			}
			continue
		}
		r.store(g, rec, rule)
	}
	for _, k := range r.m.constants {
		if k.record != nil && k.record != t {
			continue
		}
		r.checkConstant(k, k.record.index(k.column), rec)
	}
}

// checkConstant compares a constant of a column.
func (r *Reader) checkConstant(k *rowConstant, at int, rec *flatfile.Record) {
	got, err := rec.Text(at)
	if err == nil && got == k.text {
		return
	}
	r.found.add(finding.Finding{Rule: ruleFixed, Severity: finding.Error, Place: rec.Place(at), Value: finding.Cut(got), Related: &k.place, Source: finding.Cut(rowText(rec)),
		Message: fmt.Sprintf("%s is %q, and the mapping is for %q", k.column, got, k.text), Hint: "the file may be of another kind: take it with another mapping"})
	r.bad = true
}

// early keeps a record that stands before the first document, for all of them.
func (r *Reader) early(t *recordType, rec *flatfile.Record) {
	inside := func(rule *rule) bool { return rule.scope.parent != nil }
	switch {
	case t.scope != nil || slices.ContainsFunc(t.rules, inside):
		r.problem(ruleMisplaced, rec.Where(), rowText(rec), nil, fmt.Sprintf("a record %s stands before the first %s", t.name, r.m.root.record.name), "")
		r.refuseRow(rec)
	case len(t.rules) == 0:
		r.strangeRecord(t, rec)
	default:
		same := func(other *flatfile.Record) bool { return other.Type() == t.name }
		r.row.before = append(slices.DeleteFunc(r.row.before, same), rec.Clone())
	}
}

// refuseRow hands over a row that belongs to no document.
func (r *Reader) refuseRow(rec *flatfile.Record) {
	r.found.refused++
	if r.opt.Refused != nil {
		r.opt.Refused(rec.Raw())
	}
}

// strangeRecord counts a record that no line takes.
func (r *Reader) strangeRecord(t *recordType, rec *flatfile.Record) {
	if r.row.strange == nil {
		r.row.strange = map[string]*miss{}
	}
	m := r.row.strange[t.name]
	if m == nil {
		m = &miss{first: rec.Where()}
		r.row.strange[t.name] = m
	}
	m.count++
}

// brokenRecord takes a row that flatfile found broken: the document it belongs to is not emitted.
func (r *Reader) brokenRecord(rec *flatfile.Record) error {
	t := r.m.recordNamed(rec.Type())
	if t.scope != nil && t.scope.parent == nil {
		if err := r.beginRecord(rec); err != nil {
			return err
		}
		r.bad = true
		return nil
	}
	if !r.row.open {
		r.refuseRow(rec)
		return nil
	}
	r.bad = true
	r.keepRow(rec)
	return nil
}

// closeRecords ends the items that are open and emits the document.
func (r *Reader) closeRecords() error {
	r.closeItems(0)
	return r.closeRows()
}

// endRecords ends the file.
func (r *Reader) endRecords() error {
	for _, name := range sortedKeys(r.row.strange) {
		r.unmapped("records "+name, *r.row.strange[name])
	}
	if r.row.open {
		return r.closeRecords()
	}
	return nil
}
