package mapping

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// fixedLayout reads how a fixed-width file looks.
func (c *compiler) fixedLayout(root *yaml.Node, top map[string]*yaml.Node) {
	l := &c.m.layout
	l.Charset, l.LineEnd = c.optionalText(top["charset"]), c.lineEnd(top["line_end"])
	l.Length, l.MaxRecord = c.optionalNumber(top["record"], 1<<20), c.optionalNumber(top["max_record"], 1<<28-1)
	l.Skip = c.optionalNumber(top["skip_bytes"], 1<<20)
	for key, to := range map[string]*bool{"characters": &l.Characters, "short_rows": &l.ShortRows, "trust_bom": &l.TrustBOM, "line_ends": &l.Ended, "trim": &l.Trim} {
		if n := top[key]; n != nil {
			*to = c.flag(n)
		}
	}
	if n := top["words"]; n != nil {
		c.words(n, l)
	}
	switch {
	case top["records"] != nil && top["layout"] != nil:
		c.fault(top["layout"], ruleKey, "put it into one of the records", "layout and records exclude each other")
	case top["records"] != nil:
		c.fixedRecords(top["records"])
	case top["layout"] != nil:
		t := flatfile.RecordType{}
		c.decl = map[string]*yaml.Node{}
		for _, f := range c.layoutFields(top["layout"]) {
			t.Fields = append(t.Fields, f)
			c.m.columns = append(c.m.columns, f.Name)
		}
		l.Types = []flatfile.RecordType{t}
	default:
		c.fault(root, ruleKey, "write layout: {Artikel: 1-18, Bestand: 19-27}", "layout is missing")
		return
	}
	c.checkDialect(root, top, l.Check())
}

// words reads `words: rdw`, or {kind: rdw, little: true, bare: true}.
func (c *compiler) words(n *yaml.Node, l *flatfile.Layout) {
	kind := n
	if n.Kind == yaml.MappingNode {
		s := c.settings(n, "kind", "little", "bare")
		if kind = s["kind"]; kind == nil {
			c.fault(n, ruleKey, "write kind: rdw", "kind is missing")
			return
		}
		if s["little"] != nil {
			l.WordsLittle = c.flag(s["little"])
		}
		if s["bare"] != nil {
			l.WordsBare = c.flag(s["bare"])
		}
	}
	if i, ok := c.choice(kind, []string{"rdw", "bdw"}); ok {
		l.Words = flatfile.RecordWords + flatfile.Words(i)
	}
}

// layoutFields reads `{Artikel: 1-18, Bestand: {at: 19-27, number: packed, decimals: 2, sign: yes}}`.
func (c *compiler) layoutFields(n *yaml.Node) []flatfile.FixedField {
	var fields []flatfile.FixedField
	for _, e := range c.entries(n) {
		if f, ok := c.layoutField(e); ok {
			fields = append(fields, f)
			if c.decl != nil {
				c.decl[f.Name] = e.key
			}
		}
	}
	return fields
}

func (c *compiler) layoutField(e entry) (flatfile.FixedField, bool) {
	f := flatfile.FixedField{Name: e.key.Value}
	at := e.value
	if at.Kind == yaml.MappingNode {
		s := c.settings(at, "at", "right", "pad", "number", "decimals", "sign")
		if s["right"] != nil {
			f.Right = c.flag(s["right"])
		}
		if p := s["pad"]; p != nil {
			if len(p.Value) != 1 {
				c.fault(p, ruleValue, "", "the filling is one byte")
				return f, false
			}
			f.Pad = p.Value[0]
		}
		if !c.numberField(s, &f) {
			return f, false
		}
		if at = s["at"]; at == nil {
			c.fault(e.value, ruleKey, "", "at is missing")
			return f, false
		}
	}
	from, to, ok := strings.Cut(at.Value, "-")
	if !ok {
		to = from
	}
	first, err1 := strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	if err1 != nil || err2 != nil || first < 1 || last < first || last > 1<<20 {
		c.fault(at, ruleValue, "write the first and the last place, from 1: 19-27", "%q is no stretch of a record", finding.Cut(at.Value))
		return f, false
	}
	f.At, f.Length = first-1, last-first+1
	return f, true
}

// The forms and signs of numbers, in the order of flatfile's constants.
var (
	numberForms = []string{"display", "packed", "binary", "binary_little"}
	signPlaces  = []string{"none", "trailing", "leading", "overpunch", "overpunch_first"}
)

// numberField reads the form of a number.
func (c *compiler) numberField(s map[string]*yaml.Node, f *flatfile.FixedField) bool {
	ok := true
	if n := s["number"]; n != nil {
		i := 0
		if i, ok = c.choice(n, numberForms); ok {
			f.Number = flatfile.Display + flatfile.NumberForm(i)
		}
	}
	if n := s["decimals"]; n != nil {
		f.Decimals = c.optionalNumber(n, 38)
	}
	if n := s["sign"]; n != nil && ok {
		if f.Number > flatfile.Display {
			if c.flag(n) {
				f.Sign = flatfile.Signed
			}
			return ok
		}
		i := 0
		if i, ok = c.choice(n, signPlaces); ok {
			f.Sign = flatfile.SignPlace(i)
		}
	}
	return ok
}
