package mapping

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// startRows reads what a delimited or fixed-width file looks like.
func (c *compiler) startRows(root *yaml.Node, top map[string]*yaml.Node, each *yaml.Node) {
	if n := top["decimal"]; n != nil {
		if c.m.mark = c.oneMark(n); c.m.mark == ',' {
			c.m.group = '.'
		}
	}
	switch c.m.format {
	case Fixed:
		c.fixedLayout(root, top)
	case XLSX:
		c.xlsxLayout(top)
	default:
		c.delimitedLayout(root, top)
	}
	switch {
	case each != nil:
		c.eachRow(each, each.Value, c.m.root)
	case c.m.records != nil:
		c.fault(root, ruleKey, "write document: {kind: order, each: head}, with the record that begins it", "records of several types need to know which one begins a document")
	}
}

// delimitedLayout reads the options of a delimited file.
func (c *compiler) delimitedLayout(root *yaml.Node, top map[string]*yaml.Node) {
	d := &c.m.dialect
	d.Header = true
	d.Delimiter, d.Quote, d.Escape = c.oneRune(top["delimiter"]), c.oneRune(top["quote"]), c.oneRune(top["escape"])
	if n := top["quote"]; n != nil && n.Value == "none" {
		d.Quote = flatfile.NoQuote
	}
	d.Charset, d.LineEnd = c.optionalText(top["charset"]), c.lineEnd(top["line_end"])
	d.Comment = c.optionalText(top["comment"])
	d.Skip, d.MaxRecord = c.optionalNumber(top["skip"], 1000), c.optionalNumber(top["max_record"], 1<<28-1)
	for key, to := range map[string]*bool{
		"bom": &d.BOM, "one_line": &d.OneLine, "stray_quotes": &d.StrayQuotes, "short_rows": &d.ShortRows, "long_rows": &d.LongRows,
		"trailing_delimiter": &d.TrailingDelimiter, "trust_bom": &d.TrustBOM, "sep_line": &d.SepLine,
	} {
		if n := top[key]; n != nil {
			*to = c.flag(n)
		}
	}
	if n := top["quoting"]; n != nil {
		if i, ok := c.choice(n, []string{"needed", "always", "never"}); ok {
			d.Quoting = flatfile.Quoting(i)
		}
	}
	if n := top["formulas"]; n != nil {
		if i, ok := c.choice(n, []string{"keep", "escape", "refuse"}); ok {
			d.Formulas = flatfile.Formulas(i)
		}
	}
	if n := top["records"]; n != nil {
		c.delimitedRecords(n, top)
		c.checkDialect(root, top, d.Check())
		return
	}
	if n := top["mark_column"]; n != nil {
		c.fault(n, ruleKey, "", "mark_column is for files with records of several types")
	}
	required := c.header(top["header"])
	c.declareColumns(top["columns"])
	for _, name := range required {
		c.requireColumn(name)
	}
	c.checkDialect(root, top, d.Check())
}

// checkDialect reports options that contradict themselves.
func (c *compiler) checkDialect(root *yaml.Node, top map[string]*yaml.Node, err error) {
	if err == nil {
		return
	}
	n := root
	for _, key := range []string{"charset", "delimiter", "quote", "escape", "line_end", "layout", "records", "trim"} {
		if top[key] != nil && strings.Contains(err.Error(), strings.ReplaceAll(key, "_", " ")) {
			n = top[key]
			break
		}
	}
	hint := ""
	message := err.Error()
	if e, ok := errors.AsType[*flatfile.Error](err); ok {
		message, hint = e.Finding.Message, e.Finding.Hint
	}
	c.fault(n, ruleValue, hint, "%s", message)
}

func (c *compiler) optionalText(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	s, _ := c.text(n)
	return s
}

func (c *compiler) optionalNumber(n *yaml.Node, most int) int {
	if n == nil {
		return 0
	}
	i, _ := c.number(n, 0, most)
	return i
}

func (c *compiler) oneRune(n *yaml.Node) rune {
	if n == nil || n.Value == "none" {
		return 0
	}
	text, ok := c.text(n)
	if !ok {
		return 0
	}
	if text == "tab" || text == `\t` {
		return '\t'
	}
	r, size := utf8.DecodeRuneInString(text)
	if size != len(text) {
		c.fault(n, ruleValue, "", "one character is wanted here")
	}
	return r
}

func (c *compiler) lineEnd(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if i, ok := c.choice(n, []string{"crlf", "lf", "cr"}); ok {
		return []string{"\r\n", "\n", "\r"}[i]
	}
	return ""
}

// header reads `header: false` or `header: {required: [...]}` and gives the required names.
func (c *compiler) header(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		c.m.dialect.Header = c.flag(n)
		return nil
	}
	if req := c.settings(n, "required")["required"]; req != nil {
		return c.texts(req)
	}
	return nil
}

// declareColumns reads `columns:`, the columns in the file's order.
func (c *compiler) declareColumns(n *yaml.Node) {
	if n == nil {
		return
	}
	c.decl = map[string]*yaml.Node{}
	for _, name := range c.texts(n) {
		if c.decl[name.Value] != nil {
			c.fault(name, ruleKey, "", "column %q stands twice", name.Value)
			continue
		}
		c.decl[name.Value] = name
		c.m.columns = append(c.m.columns, name.Value)
		c.m.dialect.Columns = append(c.m.dialect.Columns, flatfile.Column{Name: name.Value})
	}
}

// requireColumn marks a column that a file must have; nobody need map it.
func (c *compiler) requireColumn(n *yaml.Node) {
	for i := range c.m.dialect.Columns {
		if c.m.dialect.Columns[i].Name == n.Value {
			c.m.dialect.Columns[i].Required = true
			return
		}
	}
	if c.decl != nil {
		c.fault(n, rulePlace, didYouMean(n.Value, c.m.columns), "%q is none of the columns", finding.Cut(n.Value))
		return
	}
	c.m.dialect.Columns = append(c.m.dialect.Columns, flatfile.Column{Name: n.Value, Required: true})
}

// eachRow reads `each: row`, or the name of a type of records.
func (c *compiler) eachRow(n *yaml.Node, each string, s *scope) bool {
	if c.m.records != nil {
		return c.eachRecord(n, each, s)
	}
	if each != "row" {
		c.fault(n, ruleValue, "", "%q is not what a file of rows repeats: write row", finding.Cut(each))
		return false
	}
	for _, other := range c.m.scopes {
		if other.perRow {
			c.fault(n, ruleValue, "", "only one list can be the rows; the other is in line %d", other.place.Line)
			return false
		}
	}
	if s.parent != nil && s.parent != c.m.root {
		c.fault(n, ruleValue, "", "the rows are a list of the document itself")
		return false
	}
	s.perRow = true
	return true
}

// column reads where a field stands in a row: a column's name, names it may have, or its number.
func (c *compiler) column(n *yaml.Node, r *rule) bool {
	if c.m.records != nil {
		return c.recordColumn(n, r)
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!int" {
		i, ok := c.number(n, 1, 10_000)
		r.column = i
		if ok && c.m.format == Fixed {
			c.fault(n, rulePlace, "name a field of the layout", "a fixed-width file has no column numbers")
			return false
		}
		if ok && i <= len(c.m.columns) {
			r.columns, r.column = []string{c.m.columns[i-1]}, 0
		} else if ok && c.m.columns != nil {
			c.fault(n, rulePlace, "", "there are %d columns", len(c.m.columns))
			return false
		}
		return ok
	}
	for _, name := range c.texts(n) {
		r.columns = append(r.columns, name.Value)
	}
	if len(r.columns) == 0 {
		return false
	}
	return c.knowColumn(n, r)
}

// knowColumn adds the column of a rule to those of the file.
func (c *compiler) knowColumn(n *yaml.Node, r *rule) bool {
	name := r.columns[0]
	if c.m.format == Fixed {
		if _, ok := c.decl[name]; !ok || len(r.columns) > 1 {
			c.fault(n, rulePlace, didYouMean(name, c.m.columns), "the layout has no field %q", finding.Cut(name))
			return false
		}
		return true
	}
	if c.decl != nil {
		if c.decl[name] == nil {
			c.fault(n, rulePlace, didYouMean(name, c.m.columns), "%q is none of the columns", finding.Cut(name))
			return false
		}
	} else if !c.m.dialect.Header {
		c.fault(n, rulePlace, "name the columns in `columns:`, or give its number", "a file without header has no column names")
		return false
	}
	for _, other := range c.m.rules {
		if other.write != nil || r.write != nil || len(other.columns) == 0 || other.columns[0] != name {
			continue
		}
		if other.scope == r.scope {
			c.warn(n, 0, ruleNever, "", "column %q is also that of %s: what one writes the other would overwrite", name, other.field)
		}
	}
	for i := range c.m.dialect.Columns {
		if col := &c.m.dialect.Columns[i]; col.Name == name {
			for _, alias := range r.columns[1:] {
				if !contains(col.Aliases, alias) {
					col.Aliases = append(col.Aliases, alias)
				}
			}
			return true
		}
	}
	c.m.dialect.Columns = append(c.m.dialect.Columns, flatfile.Column{Name: name, Aliases: r.columns[1:]})
	return true
}

// finishRows settles how rows become documents.
func (c *compiler) finishRows(top map[string]*yaml.Node) {
	m := c.m
	defer c.rowConstants(top["fixed"])
	if m.records != nil {
		c.finishRecords()
		return
	}
	m.perGroup = m.root.perRow
	if !m.root.perRow && len(m.root.lists) == 0 {
		m.perGroup, m.root.perRow = true, true
	}
	if m.root.perRow && len(m.root.lists) > 0 {
		for _, l := range m.root.lists {
			c.found = append(c.found, finding.Finding{Rule: ruleNever, Severity: finding.Error, Place: l.place, Source: c.lines.Source(l.place.Line),
				Message: fmt.Sprintf("each row is a document, so that %s can have no items", l.name), Hint: "write document: " + string(m.kind)})
		}
	}
	if !m.perGroup && !c.hasKeyColumn() {
		c.found = append(c.found, finding.Finding{Rule: ruleKey, Severity: finding.Error, Place: m.root.place, Source: c.lines.Source(m.root.place.Line),
			Message: fmt.Sprintf("the rows of one %s are those with the same %s, and no column is mapped to it", m.kind, keyField(m.kind))})
	}
	if m.format == XLSX {
		c.finishXLSX()
	}
	if m.format == Delimited {
		c.keyColumn()
		c.checkDialect(&yaml.Node{Line: 1, Column: 1}, nil, m.dialect.Check())
	}
}

// hasKeyColumn tells whether a column holds the key.
func (c *compiler) hasKeyColumn() bool {
	for _, r := range c.m.root.rules {
		if r.field == keyField(c.m.kind) && r.hasPlace() {
			return true
		}
	}
	return false
}

// keyColumn makes a file without the column of the key wrong as a whole, not in each of its rows.
func (c *compiler) keyColumn() {
	key := keyField(c.m.kind)
	for _, r := range c.m.root.rules {
		if r.field != key || len(r.columns) == 0 || r.read != nil || !r.fallback.IsMissing() {
			continue
		}
		for i := range c.m.dialect.Columns {
			if col := &c.m.dialect.Columns[i]; col.Name == r.columns[0] {
				col.Required = true
			}
		}
	}
}
