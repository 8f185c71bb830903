package mapping

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/idoc"
	"github.com/batchgate/batchgate/internal/document"
)

// idocMapping is what a mapping says about IDocs.
type idocMapping struct {
	basic       string // basic type, "ORDERS05"
	message     string // message type, "ORDERS"; "" is any
	extension   string
	definitions *idoc.Definitions
	read        idoc.Options
	write       idoc.WriteOptions
	control     map[string]string // constants of the control record

	conditions [][]idocCondition // by number
	holders    []string          // by number: the segment that they are of
	bySegment  map[string][]*candidate
	scopes     map[string][]*scope
	fixed      map[string][]*fixedRule
}

// idocPlace is a place in an IDoc made ready.
type idocPlace struct {
	anchor int        // level of the segment from which the path starts: 0 is the IDoc
	path   []idocStep // from the top
	field  idoc.Field
}

// idocKeys are the keys of a mapping of IDocs.
var idocKeys = []string{"basic", "message", "extension", "segments", "releases", "control", "form", "charset", "line_end", "trust_bom", "fixed", "limits"}

// idocLimits are what a mapping may say of segments that stand too often or are missing, in the order of package idoc.
var idocLimits = []string{"warn", "refuse", "ignore"}

// idocForms are the forms of files, in the order of package idoc.
var idocForms = []string{"padded", "exact", "trimmed", "endless", "xml"}

// startIDoc reads what the IDocs of a mapping look like.
func (c *compiler) startIDoc(root *yaml.Node, top map[string]*yaml.Node, each *yaml.Node) bool {
	m := &idocMapping{definitions: idoc.Standard(), control: map[string]string{}, bySegment: map[string][]*candidate{}, scopes: map[string][]*scope{}, fixed: map[string][]*fixedRule{}}
	c.m.idoc = m
	m.basic, m.message, m.extension = c.optionalText(top["basic"]), c.optionalText(top["message"]), c.optionalText(top["extension"])
	if m.basic == "" {
		c.fault(root, ruleKey, "write basic: ORDERS05", "basic is missing: the basic type of the IDocs")
		return false
	}
	if n := top["segments"]; n != nil {
		c.customSegments(n)
	}
	if _, ok := m.definitions.Children(m.basic); !ok {
		c.fault(top["basic"], ruleValue, didYouMean(m.basic, m.definitions.Types()), "the basic type %q is not known; describe its segments under segments", finding.Cut(m.basic))
		return false
	}
	m.read = idoc.Options{Charset: c.optionalText(top["charset"]), Definitions: m.definitions}
	m.write = idoc.WriteOptions{Charset: m.read.Charset, LineEnd: c.lineEnd(top["line_end"]), Definitions: m.definitions, Releases: map[string]string{}}
	if n := top["trust_bom"]; n != nil {
		m.read.TrustBOM = c.flag(n)
	}
	if n := top["limits"]; n != nil {
		if i, ok := c.choice(n, idocLimits); ok {
			m.read.Limits = idoc.Limits(i)
		}
	}
	if n := top["form"]; n != nil {
		if i, ok := c.choice(n, idocForms); ok {
			m.write.Form = idoc.Form(i)
		}
	}
	for key, set := range map[string]func(name, value string, n *yaml.Node){"releases": c.release, "control": c.controlField} {
		if n := top[key]; n != nil {
			for _, e := range c.entries(n) {
				if text, ok := c.text(e.value); ok {
					set(e.key.Value, text, e.key)
				}
			}
		}
	}
	probe := flatfile.Layout{Charset: m.read.Charset, Characters: true, Types: []flatfile.RecordType{{Name: "x"}}}
	c.checkDialect(root, top, probe.Check())
	if each != nil {
		c.m.perGroup = true
		return c.eachSegment(each, c.m.root)
	}
	return true
}

// release reads one of `releases: {E1EDP01: "009"}`.
func (c *compiler) release(name, value string, n *yaml.Node) {
	if c.m.idoc.definitions.Fields(name) == nil {
		c.fault(n, rulePlace, "", "there is no segment %q", finding.Cut(name))
	}
	if value != "" && (len(value) != 3 || strings.Trim(value, "0123456789") != "") {
		c.fault(n, ruleValue, `write "009"`, "a release is three digits, or nothing")
	}
	c.m.idoc.write.Releases[name] = value
}

// controlField reads one of `control: {MESCOD: WEB}`.
func (c *compiler) controlField(name, value string, n *yaml.Node) {
	for _, f := range c.m.idoc.definitions.Fields(idoc.ControlName) {
		if f.Name == name {
			if len([]rune(value)) > f.Length {
				c.fault(n, ruleNever, "", "%s has room for %d characters", name, f.Length)
			}
			c.m.idoc.control[name] = value
			return
		}
	}
	c.fault(n, rulePlace, didYouMean(name, fieldNames(c.m.idoc.definitions.Fields(idoc.ControlName))), "the control record has no field %q", finding.Cut(name))
}

// customSegments reads `segments: {Z1ITEM: {in: E1EDP01, fields: {COLOUR: 10}}}`.
func (c *compiler) customSegments(n *yaml.Node) {
	for _, e := range c.entries(n) {
		s := c.settings(e.value, "in", "fields")
		custom := idoc.Custom{Name: e.key.Value, Parent: c.optionalText(s["in"])}
		if s["fields"] != nil {
			for _, f := range c.entries(s["fields"]) {
				if length, ok := c.number(f.value, 1, 1000); ok {
					custom.Fields = append(custom.Fields, idoc.Field{Name: f.key.Value, Length: length, Kind: idoc.Text})
				}
			}
		}
		d, err := c.m.idoc.definitions.With(c.m.idoc.basic, custom)
		if err != nil {
			c.fault(e.key, ruleValue, "", "%v", err)
			continue
		}
		c.m.idoc.definitions = d
	}
}

// eachSegment reads the segment of a scope.
func (c *compiler) eachSegment(n *yaml.Node, s *scope) bool {
	text, ok := c.text(n)
	if !ok {
		return false
	}
	p, err := parseIDocPath(text)
	if err == nil && (p.field != "" || p.up > 0 || p.absolute) {
		err = &pathError{message: "each ends with a segment, as E1EDP01"}
	}
	if err != nil {
		c.pathFault(n, err)
		return false
	}
	s.idocPath, ok = c.idocSteps(n, s.parent, 0, p)
	if !ok {
		return false
	}
	last := s.idocPath[len(s.idocPath)-1].name
	c.m.idoc.scopes[last] = append(c.m.idoc.scopes[last], s)
	return true
}

// idocSteps gives the segments from the top to a place, counted from the segment of a scope, up so many.
func (c *compiler) idocSteps(n *yaml.Node, s *scope, up int, p idocPath) ([]idocStep, bool) {
	var all []idocStep
	if s != nil && !p.absolute {
		if up > len(s.idocPath) {
			c.fault(n, rulePlace, "", "../ goes beyond the IDoc")
			return nil, false
		}
		all = slices.Clone(s.idocPath[:len(s.idocPath)-up])
	}
	m := c.m.idoc
	var names []string
	for _, st := range all {
		names = append(names, st.name)
	}
	for _, st := range p.steps {
		children, _ := m.definitions.Children(m.basic, names...)
		if !contains(children, st.name) {
			c.faultAt(n, offsetOf(n, st.at), rulePlace, didYouMean(st.name, children), "%s has no segment %s", strings.Join(append([]string{m.basic}, names...), "/"), finding.Cut(st.name))
			return nil, false
		}
		fields := fieldNames(m.definitions.Fields(st.name))
		for _, k := range st.conditions {
			if !contains(fields, k.field) {
				c.faultAt(n, offsetOf(n, k.at), rulePlace, didYouMean(k.field, fields), "%s has no field %s", st.name, finding.Cut(k.field))
				return nil, false
			}
		}
		if len(st.conditions) > 0 {
			st.number = m.numberOf(st)
		}
		names, all = append(names, st.name), append(all, st)
	}
	return all, true
}

// offsetOf keeps an offset within the text of a node: the path of a block has another text.
func offsetOf(n *yaml.Node, at int) int {
	if at >= len(n.Value) {
		return 0
	}
	return at
}

// numberOf numbers the conditions of a segment; equal ones have the same number.
func (m *idocMapping) numberOf(st idocStep) int {
	key := func(list []idocCondition) string {
		text := ""
		for _, k := range list {
			text += fmt.Sprint(k.field, k.values)
		}
		return text
	}
	for i, list := range m.conditions {
		if m.holders[i] == st.name && key(list) == key(st.conditions) {
			return i
		}
	}
	m.conditions, m.holders = append(m.conditions, st.conditions), append(m.holders, st.name)
	return len(m.conditions) - 1
}

func fieldNames(fields []idoc.Field) []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	return names
}

// idocField reads the places of a field.
func (c *compiler) idocField(n *yaml.Node, r *rule, b *block) bool {
	for _, text := range c.texts(n) {
		at := ""
		if b != nil {
			at = b.segment
		}
		cand, ok := c.idocCandidate(text, inBlock(at, text.Value), r, r.scope)
		if !ok {
			return false
		}
		r.places = append(r.places, cand)
	}
	return len(r.places) > 0
}

// idocCandidate finds one place.
func (c *compiler) idocCandidate(n *yaml.Node, text string, r *rule, s *scope) (*candidate, bool) {
	m := c.m.idoc
	p, err := parseIDocPath(text)
	own := strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && s != nil && len(s.idocPath) > 0
	if own { // a field of the segment of the item itself
		p, err = idocPath{field: text}, nil
	}
	if err == nil && p.field == "" {
		err = &pathError{message: "this is a segment, and a field is wanted here", hint: "write it as " + text + ".BELNR"}
	}
	if err != nil {
		c.pathFault(n, err)
		return nil, false
	}
	steps, ok := c.idocSteps(n, s, p.up, p)
	if !ok {
		return nil, false
	}
	last := steps[len(steps)-1].name
	for _, f := range m.definitions.Fields(last) {
		if f.Name == p.field {
			cand := &candidate{rule: r, path: text, idoc: &idocPlace{anchor: len(steps) - len(p.steps), path: steps, field: f}}
			cand.inherited = s != nil && cand.idoc.anchor < len(s.idocPath)
			return cand, true
		}
	}
	fields := fieldNames(m.definitions.Fields(last))
	c.faultAt(n, offsetOf(n, p.fieldAt), rulePlace, didYouMean(p.field, fields), "%s has no field %s", last, finding.Cut(p.field))
	return nil, false
}

// finishIDoc numbers the places and reads the constants.
func (c *compiler) finishIDoc(top map[string]*yaml.Node) {
	m := c.m.idoc
	if n := top["fixed"]; n != nil {
		for _, e := range c.entries(n) {
			text, ok := c.text(e.value)
			if !ok {
				continue
			}
			cand, ok := c.idocCandidate(e.key, e.key.Value, nil, nil)
			if !ok {
				continue
			}
			if len([]rune(text)) > cand.idoc.field.Length {
				c.fault(e.value, ruleNever, "", "%s has room for %d characters", e.key.Value, cand.idoc.field.Length)
				continue
			}
			f := &fixedRule{place: c.placeOf(e.key), source: c.lines.Source(e.key.Line), text: text, at: cand}
			c.m.fixed = append(c.m.fixed, f)
			last := cand.idoc.path[len(cand.idoc.path)-1].name
			m.fixed[last] = append(m.fixed[last], f)
		}
	}
	seen := map[string]*rule{}
	for _, r := range c.m.rules {
		for i, cand := range r.places {
			cand.number = len(c.m.candidates)
			c.m.candidates = append(c.m.candidates, cand)
			last := cand.idoc.path[len(cand.idoc.path)-1].name
			m.bySegment[last] = append(m.bySegment[last], cand)
			if i > 0 {
				continue
			}
			key := fmt.Sprint(r.scope.number, cand.idoc.path, cand.idoc.field.Name)
			if other, twice := seen[key]; twice {
				node := &yaml.Node{Kind: yaml.ScalarNode, Line: r.place.Line, Column: r.place.Column, Value: r.field}
				c.fault(node, ruleNever, "", "%s and %s (line %d) have the same place, and only one can be written there", r.field, other.field, other.place.Line)
			}
			seen[key] = r
		}
	}
}

// idocForm is how a value stands in an IDoc where nothing else is said.
func idocForm(f *form, t document.Type) bool {
	if t != document.Time {
		return false
	}
	f.kind, f.layouts = formDate, []dateLayout{{layout: "20060102", precision: document.Day}}
	return true
}
