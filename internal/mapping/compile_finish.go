package mapping

import (
	"fmt"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/internal/document"
)

// node is one row of the message's segment table with what has to be done there. Node 0 is the message.
type node struct {
	tag      string // of a segment, or of a group's trigger
	name     string // path, for findings
	group    bool
	parent   int
	ordinal  int // among the children of its parent
	children []int
	max      int

	takes  []*candidate // segment: values of rules
	fixed  []*fixedRule // segment: constants
	silent bool         // segment: nobody need map it

	conditions []numbered // group: to be looked at when an instance begins
	clears     []int      // group: candidates to forget when an instance begins
	scopes     []*scope   // group: items that begin with an instance
	live       bool       // group: any of these
}

type numbered struct {
	number     int
	conditions []fieldCondition
}

// finishEDIFACT reads the constants and computed values, and makes the program of each node.
func (c *compiler) finishEDIFACT(top map[string]*yaml.Node) {
	e := c.edi
	if n := top["fixed"]; n != nil {
		for _, f := range c.entries(n) {
			e.fixedValue(f)
		}
	}
	c.eachComputed(top["write"], e.computed)
	c.writtenTwice()
	c.m.conditions = len(e.numbered)
	c.m.nodes, c.m.numbers = e.program(), e.numbers
}

// fixedValue reads one constant of `fixed:`.
func (e *ediCompiler) fixedValue(f entry) {
	text, ok := e.c.text(f.value)
	if !ok {
		return
	}
	cand, ok := e.rootPlace(f.key)
	if !ok {
		return
	}
	if leaf := cand.spots[0].leaf; !fits(leaf.Format, text) {
		e.c.fault(f.value, ruleNever, "", "%s (%s) is never %q", leaf.ID, leaf.Format, text)
		return
	}
	e.c.m.fixed = append(e.c.m.fixed, &fixedRule{place: e.c.placeOf(f.key), source: e.c.lines.Source(f.key.Line), text: text, at: cand})
}

// eachComputed gives the lines of all `write:`, of the document and of its lists.
func (c *compiler) eachComputed(top *yaml.Node, take func(*scope, entry)) {
	c.m.root.leaves = top
	for _, s := range c.m.scopes {
		if s.leaves == nil {
			continue
		}
		for _, line := range c.entries(s.leaves) {
			take(s, line)
		}
	}
}

// rootPlace finds a place that is written from the top of the message.
func (e *ediCompiler) rootPlace(key *yaml.Node) (*candidate, bool) { return e.placeFrom(e.root, key) }

// placeFrom finds a place that is written from a group.
func (e *ediCompiler) placeFrom(at *directory.Node, key *yaml.Node) (*candidate, bool) {
	p, err := parsePath(key.Value)
	if err == nil && !p.hasPlace {
		err = &pathError{message: "this is a group, and an element is wanted here"}
	}
	if err != nil {
		e.c.pathFault(key, err)
		return nil, false
	}
	if p.up > 0 || p.absolute && at != e.root {
		e.c.pathFault(key, &pathError{message: "the place of a constant or of write: is in the message, or in the item of its list"})
		return nil, false
	}
	if !e.reaches(at, p) {
		e.missing(key, p, at)
		return nil, false
	}
	cand, ok := e.candidate(key, p, nil, at)
	return cand, ok && len(cand.spots) > 0
}

// computed reads one value of `write:`: a place and an expression over the document, or over an item of a list.
func (e *ediCompiler) computed(s *scope, f entry) {
	at := e.root
	if s.parent != nil {
		at = s.group
	}
	cand, ok := e.placeFrom(at, f.key)
	if !ok {
		return
	}
	if r := e.c.leaving(s, f); r != nil {
		r.places = []*candidate{cand}
	}
}

// leaving reads the expression of a line of `write:`; nil when it has a fault.
func (c *compiler) leaving(s *scope, line entry) *rule {
	if line.value.Kind != yaml.ScalarNode {
		c.fault(line.value, ruleExpression, "", "an expression is a text")
		return nil
	}
	x, err := compileExpression(line.value.Value, exprScope{shapes: s.shapes()})
	if err == nil && (x.kind != exprValue || x.typ == document.Time || x.typ == document.Flag) {
		err = &exprError{message: fmt.Sprintf("a text or a number is wanted here, and this is %s", x)}
	}
	if err != nil {
		c.expressionFault(line.value, err)
		return nil
	}
	x.place = c.placeOf(line.value)
	r := &rule{number: -1, slot: -1, typ: x.typ, scope: s, place: x.place, source: c.lines.Source(line.key.Line), write: x}
	r.form.digits = -1
	if x.typ == document.Number {
		r.form.kind = formDecimal
		c.marks(&r.form)
	}
	s.computed = append(s.computed, r)
	return r
}

// writtenTwice refuses two rules that write the same place.
func (c *compiler) writtenTwice() {
	seen := map[string]*rule{}
	for _, r := range c.m.rules {
		if len(r.places) == 0 {
			continue
		}
		p := r.places[0]
		key := fmt.Sprint(r.scope.number, p.segment.Path(), p.steps, p.conditions, p.spots[0].fields, p.spots[0].conditions)
		if other, twice := seen[key]; twice {
			n := &yaml.Node{Kind: yaml.ScalarNode, Line: r.place.Line, Column: r.place.Column, Value: r.field}
			c.fault(n, ruleNever, "", "%s and %s (line %d) have the same place, and only one can be written there", r.field, other.field, other.place.Line)
			continue
		}
		seen[key] = r
	}
}

// program puts what has to be done at each node together.
func (e *ediCompiler) program() []node {
	m := e.c.m
	nodes := make([]node, len(e.message.Nodes)+1)
	nodes[0] = node{group: true, parent: -1, max: 1}
	for i, n := range e.message.Nodes {
		nodes[i+1] = node{tag: n.ID, name: n.Path(), group: n.Group, parent: e.numbers[n.Parent], max: n.Max}
		if n.Group {
			nodes[i+1].tag = n.Trigger().ID
		}
	}
	for _, n := range append([]*directory.Node{e.root}, e.message.Nodes...) {
		for k, child := range n.Children {
			nodes[e.numbers[n]].children = append(nodes[e.numbers[n]].children, e.numbers[child])
			nodes[e.numbers[child]].ordinal = k
		}
	}
	for _, r := range m.rules {
		for _, cand := range r.places {
			cand.number = len(m.candidates)
			m.candidates = append(m.candidates, cand)
			at := &nodes[e.numbers[cand.segment]]
			at.takes = append(at.takes, cand)
			anchor := &nodes[e.numbers[cand.anchor]]
			anchor.clears = append(anchor.clears, cand.number)
		}
	}
	for _, f := range m.fixed {
		at := &nodes[e.numbers[f.at.segment]]
		at.fixed = append(at.fixed, f)
	}
	for i := range len(e.triggers) {
		at := &nodes[e.numbers[e.bearers[i]]]
		at.conditions = append(at.conditions, numbered{i, e.triggers[i]})
	}
	for _, s := range m.scopes {
		if s.parent != nil || m.perGroup {
			at := &nodes[e.numbers[s.group]]
			at.scopes = append(at.scopes, s)
		}
	}
	e.silence(nodes)
	return nodes
}

// silence marks the segments that nobody need map: those of the frame, and triggers of groups in which something is.
func (e *ediCompiler) silence(nodes []node) {
	inside := make([]bool, len(nodes))
	for i := len(nodes) - 1; i > 0; i-- {
		n := &nodes[i]
		n.live = len(n.conditions)+len(n.clears)+len(n.scopes) > 0
		if len(n.takes) > 0 || len(n.fixed) > 0 || inside[i] || n.live {
			inside[n.parent] = true
		}
	}
	for i := range nodes {
		n := &nodes[i]
		switch {
		case n.tag == "UNH" || n.tag == "UNT" || n.tag == "UNS" || n.tag == "CNT":
			n.silent = true
		case i > 0 && !n.group && n.ordinal == 0 && inside[n.parent]:
			n.silent = true
		}
	}
}
