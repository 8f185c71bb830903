package mapping

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// recordType is one type of records of a file that has several: heads, lines, texts.
type recordType struct {
	name  string
	names []string // of its columns
	scope *scope   // what begins with it; nil where nothing does
	rules []*rule  // that take a value from it
	place finding.Place
}

// index gives the place of a column, or -1.
func (t *recordType) index(name string) int {
	for i, n := range t.names {
		if n == name {
			return i
		}
	}
	return -1
}

// rowConstant is a constant of a column.
type rowConstant struct {
	place  finding.Place
	source string
	record *recordType // nil where there is one type
	column string
	text   string
}

// delimitedRecords reads `records: {head: {mark: H, columns: [...]}, ...}`.
func (c *compiler) delimitedRecords(n *yaml.Node, top map[string]*yaml.Node) {
	d := &c.m.dialect
	d.Header = false
	if h := top["header"]; h != nil {
		c.fault(h, ruleKey, "leave it out", "a file with records of several types has no header")
	}
	if h := top["columns"]; h != nil {
		c.fault(h, ruleKey, "give each type of records its columns", "columns and records exclude each other")
	}
	if m := top["mark_column"]; m != nil {
		if at, ok := c.number(m, 1, 1000); ok {
			d.TypeColumn = at - 1
		}
	}
	for _, e := range c.entries(n) {
		s := c.settings(e.value, "mark", "columns")
		t := flatfile.RowType{Name: e.key.Value, Value: c.mark(e, s["mark"])}
		r := &recordType{name: t.Name, place: c.placeOf(e.key)}
		if s["columns"] == nil {
			c.fault(e.value, ruleKey, "write columns: [mark, number, ...]", "columns is missing")
			continue
		}
		for _, name := range c.texts(s["columns"]) {
			t.Columns = append(t.Columns, flatfile.Column{Name: name.Value})
			r.names = append(r.names, name.Value)
		}
		d.Types = append(d.Types, t)
		c.m.records = append(c.m.records, r)
	}
}

// fixedRecords reads `records: {head: {mark: H, at: 1, layout: {...}}, ...}`.
func (c *compiler) fixedRecords(n *yaml.Node) {
	for _, e := range c.entries(n) {
		s := c.settings(e.value, "mark", "at", "length", "layout")
		t := flatfile.RecordType{Name: e.key.Value, Value: c.mark(e, s["mark"])}
		if s["at"] != nil {
			if at, ok := c.number(s["at"], 1, 1<<20); ok {
				t.At = at - 1
			}
		}
		t.Length = c.optionalNumber(s["length"], 1<<20)
		r := &recordType{name: t.Name, place: c.placeOf(e.key)}
		if s["layout"] != nil {
			t.Fields = c.layoutFields(s["layout"])
		}
		for _, f := range t.Fields {
			r.names = append(r.names, f.Name)
		}
		c.m.layout.Types = append(c.m.layout.Types, t)
		c.m.records = append(c.m.records, r)
	}
}

// mark reads what tells a type of records apart.
func (c *compiler) mark(e entry, n *yaml.Node) string {
	if n == nil {
		c.fault(e.value, ruleKey, "write mark: H", "mark is missing: what tells the records of this type apart")
		return ""
	}
	mark, _ := c.text(n)
	return mark
}

// recordNamed finds a type of records.
func (c *compiler) recordNamed(n *yaml.Node, at int, name string) *recordType {
	var known []string
	for _, t := range c.m.records {
		if t.name == name {
			return t
		}
		known = append(known, t.name)
	}
	c.faultAt(n, at, rulePlace, didYouMean(name, known), "there are no records %q", finding.Cut(name))
	return nil
}

// eachRecord reads `each: line`.
func (c *compiler) eachRecord(n *yaml.Node, each string, s *scope) bool {
	t := c.recordNamed(n, whole, each)
	if t == nil {
		return false
	}
	if t.scope != nil {
		c.fault(n, ruleValue, "", "%s begins something else already, in line %d", t.name, t.scope.place.Line)
		return false
	}
	t.scope, s.record = s, t
	return true
}

// recordColumn reads where a field stands: head.number.
func (c *compiler) recordColumn(n *yaml.Node, r *rule) bool {
	text, ok := c.text(n)
	if !ok {
		return false
	}
	record, column, dotted := strings.Cut(text, ".")
	if !dotted {
		c.fault(n, rulePlace, "write head.number", "%q names no column of a record", finding.Cut(text))
		return false
	}
	t := c.recordNamed(n, 0, record)
	if t == nil {
		return false
	}
	if t.index(column) < 0 {
		c.faultAt(n, len(record)+1, rulePlace, didYouMean(column, t.names), "%s has no column %q", t.name, finding.Cut(column))
		return false
	}
	r.record, r.columns = t, []string{column}
	t.rules = append(t.rules, r)
	return true
}

// finishRecords checks that each value can be read: its record belongs to the item that it stands in.
func (c *compiler) finishRecords() {
	c.m.perGroup = true
	for _, t := range c.m.records {
		owner := t.scope
		for _, r := range t.rules {
			if owner == nil {
				owner = r.scope
			}
			if r.scope != owner {
				c.found = append(c.found, finding.Finding{Rule: rulePlace, Severity: finding.Error, Place: r.place, Source: r.source,
					Message: t.name + " belongs to " + named(owner) + ", and not to " + named(r.scope), Hint: "put the field there"})
			}
		}
	}
}

// named names a scope for messages.
func named(s *scope) string {
	if s.parent == nil {
		return "the document"
	}
	return s.name
}

// rowConstants reads `fixed: {head.version: "1"}`.
func (c *compiler) rowConstants(n *yaml.Node) {
	if n == nil {
		return
	}
	for _, e := range c.entries(n) {
		text, ok := c.text(e.value)
		if !ok {
			continue
		}
		r := &rule{scope: &scope{parent: &scope{}}, field: e.key.Value, write: &expression{}}
		if before := len(c.found); !c.column(e.key, r) || len(c.found) > before {
			continue
		}
		if r.record != nil {
			r.record.rules = r.record.rules[:len(r.record.rules)-1]
		}
		c.m.constants = append(c.m.constants, &rowConstant{place: c.placeOf(e.key), source: c.lines.Source(e.key.Line), record: r.record, column: r.columns[0], text: text})
	}
}
