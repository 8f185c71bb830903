package mapping

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// codesFit looks whether our codes of a list are values of the field.
func (c *compiler) codesFit(n *yaml.Node, r *rule) {
	switch {
	case r.typ == document.Text || r.codes == nil && r.typ == document.Number:
	case r.typ != document.Number:
		c.fault(n, ruleType, "", "codes are texts or numbers, and %s is a %s", r.field, r.typ)
	default:
		for _, ours := range r.codes.knownOurs() {
			d, err := document.ParseDecimal(ours)
			if err != nil || d.Reduce().String() != ours {
				c.fault(n, ruleType, "write the number as 19 or 5.5", "%s is a number, and the code list has %q as one of ours", r.field, ours)
			}
		}
	}
}

// conversion reads how a field's values are converted.
func (c *compiler) conversion(e entry, v map[string]*yaml.Node, r *rule) bool {
	before := len(c.found)
	zone := c.zone
	if v["zone"] != nil {
		zone = c.zoneOf(v["zone"])
	}
	c.form(e, v["as"], r, zone)
	if n := v["codes"]; n != nil {
		r.codes = c.findCodes(n)
		c.codesFit(n, r)
	}
	if n := v["unknown"]; n != nil {
		i, ok := c.choice(n, unknownCodes)
		if v["codes"] == nil {
			c.fault(n, ruleKey, "", "unknown says what happens to codes, and there is no code list")
		}
		if ok {
			r.unknown = unknownCode(i)
		}
	}
	if n := v["default"]; n != nil {
		c.fallback(n, r)
	}
	if n := v["read"]; n != nil {
		t := r.typ
		r.read = c.expression(n, r, exprScope{shapes: r.scope.shapes(), value: &t})
	}
	if n := v["write"]; n != nil {
		r.write = c.expression(n, r, exprScope{shapes: r.scope.shapes()})
	}
	if n := v["fit"]; n != nil {
		c.fit(n, r)
	}
	c.numbering(v, r)
	if n := v["ref"]; n != nil {
		c.reference(n, r)
	}
	if n := v["join"]; n != nil {
		c.join(n, r)
	}
	if n := v["required"]; n != nil {
		r.required = c.flag(n)
	}
	return !finding.List(c.found[before:]).HasErrors()
}

// join reads `join: " "`: a text that stands in several places one after the other, as notes do.
func (c *compiler) join(n *yaml.Node, r *rule) {
	text, ok := c.text(n)
	switch {
	case !ok:
	case r.typ != document.Text || r.codes != nil || r.key:
		c.fault(n, ruleType, "", "only free texts are joined, and %s is none", r.field)
	case c.m.format != EDIFACT && c.m.format != IDoc && !c.isTree():
		c.fault(n, ruleKey, "", "a row has one value in a column: there is nothing to join")
	case text == "":
		c.fault(n, ruleValue, `write join: " "`, "join is what stands between the texts")
	default:
		r.join = text
	}
}

// fallback reads `default:`, in the form that the document has it.
func (c *compiler) fallback(n *yaml.Node, r *rule) {
	if n.Kind != yaml.ScalarNode {
		c.fault(n, ruleValue, "", "default is a value")
		return
	}
	switch r.typ {
	case document.Text:
		r.fallback = document.TextValue(n.Value)
	case document.Number:
		d, err := document.ParseDecimal(n.Value)
		if err != nil {
			c.fault(n, ruleType, "", "%v", err)
			return
		}
		r.fallback = document.NumberValue(d)
	case document.Flag:
		r.fallback = document.FlagValue(c.flag(n))
	case document.Time:
		m, err := document.ParseMoment(n.Value)
		if err != nil {
			c.fault(n, ruleType, "", "%v", err)
			return
		}
		r.fallback = document.TimeValue(m)
	}
}

// expression compiles an expression that gives a value of the field's type.
func (c *compiler) expression(n *yaml.Node, r *rule, sc exprScope) *expression {
	if n.Kind != yaml.ScalarNode {
		c.fault(n, ruleExpression, "", "an expression is a text")
		return nil
	}
	e, err := compileExpression(n.Value, sc)
	if err == nil {
		switch {
		case e.kind == exprNil:
			e.typ = r.typ
		case e.kind != exprValue || e.typ != r.typ:
			err = &exprError{message: fmt.Sprintf("%s is a %s, and this is %s", r.field, r.typ, e)}
		}
	}
	if err != nil {
		c.expressionFault(n, err)
		return nil
	}
	e.place = c.placeOf(n)
	return e
}

// numbering reads `sequence: 10, remember: true`.
func (c *compiler) numbering(v map[string]*yaml.Node, r *rule) {
	if n := v["sequence"]; n != nil {
		if r.scope.parent == nil && !(c.m.perGroup && (c.m.format == EDIFACT || c.isTree())) || r.typ != document.Text {
			c.fault(n, ruleKey, "", "sequence numbers the items of a list, or documents that are groups or elements, in a text field")
			return
		}
		if step, ok := c.number(n, 1, 1_000_000); ok {
			r.sequence = step
		}
	}
	if n := v["remember"]; n != nil {
		r.remember = c.flag(n)
	}
}

// form reads `as:`; without it the field's type says the form.
func (c *compiler) form(e entry, n *yaml.Node, r *rule, zone *time.Location) {
	r.form = form{kind: formText, digits: -1, zone: zone}
	if n == nil {
		switch r.typ {
		case document.Number:
			r.form.kind = formDecimal
			c.marks(&r.form)
		case document.Time:
			if c.m.format == IDoc && idocForm(&r.form, r.typ) {
				return
			}
			c.fault(e.value, ruleType, timeHint(c.m.format), "%s is a time: say how it is written", r.field)
		case document.Flag:
			c.fault(e.value, ruleType, "write as: {flag: [J, N]}", "%s is a flag: say how it is written", r.field)
		}
		return
	}
	name, arg := n, (*yaml.Node)(nil)
	extra := map[string]*yaml.Node{}
	if n.Kind == yaml.MappingNode {
		for _, pair := range c.entries(n) {
			if arg == nil {
				name, arg = pair.key, pair.value
				continue
			}
			extra[pair.key.Value] = pair.key
			extra[pair.key.Value+"="] = pair.value
		}
	}
	if _, ok := c.text(name); !ok {
		return
	}
	kinds := []string{"text", "decimal", "dtm", "date", "flag"}
	kind, ok := c.choice(name, kinds)
	if !ok {
		return
	}
	r.form.kind = formKind(kind)
	want := []document.Type{document.Text, document.Number, document.Time, document.Time, document.Flag}[kind]
	if want != r.typ {
		c.fault(name, ruleType, "", "%s is a %s, and %s gives a %s", r.field, r.typ, kinds[kind], want)
		return
	}
	c.formDetail(name, arg, extra, r)
}

func timeHint(format string) string {
	if format == EDIFACT {
		return "write as: dtm, zone: Europe/Berlin"
	}
	return `write as: {date: "02.01.2006"}, the way 2 January 2006 would be written`
}

// marks gives a decimal the marks of the format.
func (c *compiler) marks(f *form) {
	if c.m.format != EDIFACT {
		f.mark, f.group = c.m.mark, c.m.group
	}
}

func (c *compiler) formDetail(name, arg *yaml.Node, extra map[string]*yaml.Node, r *rule) {
	var known []string
	switch r.form.kind {
	case formDecimal:
		known = []string{"group", "digits", "negative"}
		c.decimalForm(arg, extra, &r.form)
	case formDTM:
		c.dtmForm(name, arg, r)
	case formDate:
		c.dateForm(name, arg, r)
	case formFlag:
		c.flagForm(name, arg, &r.form)
	default:
		if arg != nil {
			c.fault(arg, ruleValue, "", "text has no form")
		}
	}
	for _, key := range sortedKeys(extra) {
		if !strings.HasSuffix(key, "=") && !contains(known, key) {
			c.fault(extra[key], ruleKey, didYouMean(key, known), "unknown key %q", finding.Cut(key))
		}
	}
}

// decimalForm reads decimal: ",", with group: "." and digits: 2. A decimal comma lets points group digits when reading.
func (c *compiler) decimalForm(arg *yaml.Node, extra map[string]*yaml.Node, f *form) {
	c.marks(f)
	if arg != nil {
		f.group = 0
		if f.mark = c.oneMark(arg); f.mark == ',' {
			f.group = '.'
		}
	}
	if g := extra["group="]; g != nil {
		if f.group = c.oneMark(g); f.group != 0 && f.group == f.mark {
			c.fault(g, ruleValue, "", "decimal and grouping mark are both %q", f.mark)
		}
		f.writeGroup = true
	}
	if n := extra["negative="]; n != nil {
		f.negative = c.negativeForm(n)
	}
	if d := extra["digits="]; d != nil {
		if n, ok := c.number(d, 0, 18); ok {
			f.digits = n
		}
	}
}

// negativeForm reads negative: "(1)", the way one below zero is written.
func (c *compiler) negativeForm(n *yaml.Node) *signs {
	text, _ := c.text(n)
	before, behind, ok := strings.Cut(text, "1")
	if c.m.format == EDIFACT || !ok || before+behind == "" || strings.ContainsAny(before+behind, "0123456789.,") {
		c.fault(n, ruleValue, `write "(1)", "1 CR" or "1-"; in EDIFACT a minus stands before the number (ISO 9735-1 10.3)`, "this is no way to write one below zero")
		return nil
	}
	return &signs{before, behind}
}

// oneMark reads a decimal or grouping mark.
func (c *compiler) oneMark(n *yaml.Node) byte {
	if n.Kind == yaml.ScalarNode && len(n.Value) == 1 && strings.Contains(".,' ", n.Value) {
		return n.Value[0]
	}
	c.fault(n, ruleValue, `write "," or "."`, "this is no mark of numbers")
	return '.'
}

func (c *compiler) dtmForm(name, arg *yaml.Node, r *rule) {
	if c.m.format != EDIFACT {
		c.fault(name, ruleType, timeHint(c.m.format), "dtm is a form of EDIFACT")
		return
	}
	if arg != nil {
		f, ok := dtmByCode(arg.Value)
		if !ok {
			c.fault(arg, ruleValue, "102 is CCYYMMDD, 203 CCYYMMDDHHMM, 204 CCYYMMDDHHMMSS", "format %q (2379) is no date or time", finding.Cut(arg.Value))
			return
		}
		r.form.code = f.code
		if f.precision == document.Day || f.zoned {
			return
		}
	}
	if r.form.zone == nil {
		c.fault(name, ruleType, "add zone: Europe/Berlin, here or at the top", "a time needs the zone it is written in")
	}
}

func (c *compiler) dateForm(name, arg *yaml.Node, r *rule) {
	if arg == nil {
		c.fault(name, ruleValue, `write {date: "02.01.2006"}, the way 2 January 2006 would be written`, "date needs its form")
		return
	}
	for _, n := range c.texts(arg) {
		c.dateLayout(n, r)
	}
}

// dateLayout reads one way to write a date.
func (c *compiler) dateLayout(arg *yaml.Node, r *rule) {
	layout, century := arg.Value, false
	if rest, ok := strings.CutPrefix(layout, "106"); ok { // CYYMMDD, as AS/400 writes it
		layout, century = "2006"+rest, true
	}
	probe := time.Date(2031, 11, 23, 14, 56, 47, 0, time.UTC)
	back, err := time.Parse(layout, probe.Format(layout))
	if err != nil || back.Year() != 2031 || back.Month() != 11 || back.Day() != 23 {
		c.fault(arg, ruleValue, `write it as 2 January 2006, 15:04:05 would be written: "02.01.2006 15:04"`, "%q does not say day, month and year", finding.Cut(arg.Value))
		return
	}
	l := dateLayout{layout, precisionOf(layout), century}
	r.form.layouts = append(r.form.layouts, l)
	if l.precision != document.Day && r.form.zone == nil && !strings.Contains(layout, "Z07") && !strings.Contains(layout, "-07") {
		c.fault(arg, ruleType, "add zone: Europe/Berlin, here or at the top", "a time needs the zone it is written in")
	}
}

func (c *compiler) flagForm(name, arg *yaml.Node, f *form) {
	if arg == nil || arg.Kind != yaml.SequenceNode || len(arg.Content) != 2 || arg.Content[0].Value == arg.Content[1].Value ||
		arg.Content[0].Kind != yaml.ScalarNode || arg.Content[1].Kind != yaml.ScalarNode {
		c.fault(name, ruleValue, "write as: {flag: [J, N]}, what stands for true and then for false", "a flag needs its two texts")
		return
	}
	f.yes, f.no = arg.Content[0].Value, arg.Content[1].Value
}

// fit reads `fit: {width: 35, parts: 5, outside: transliterate, long: cut}`.
func (c *compiler) fit(n *yaml.Node, r *rule) {
	if r.typ != document.Text {
		c.fault(n, ruleType, "", "only texts are made to fit, and %s is a %s", r.field, r.typ)
		return
	}
	s := c.settings(n, "width", "parts", "outside", "long")
	r.fit.given = true
	if w := s["width"]; w != nil {
		r.fit.width, _ = c.number(w, 1, 10_000)
	}
	if p := s["parts"]; p != nil {
		r.fit.parts, _ = c.number(p, 1, 99)
		if c.m.format != EDIFACT && r.fit.parts > 1 {
			c.fault(p, ruleKey, "", "a column has one part")
		}
	}
	if o := s["outside"]; o != nil {
		if i, ok := c.choice(o, outsides); ok {
			r.fit.outside = outsides[i]
		}
	}
	if l := s["long"]; l != nil {
		if i, ok := c.choice(l, []string{"refuse", "cut"}); ok {
			r.fit.cut = i == 1
		}
	} else {
		r.fit.cut = r.fit.outside == Transliterate
	}
	if r.key && (r.fit.outside == Transliterate || r.fit.cut) {
		c.fault(n, ruleValue, "write outside: refuse", "%s is a key: a changed one would be another", r.field)
	}
}
