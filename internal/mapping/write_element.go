package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/document"
)

// outNode is an element or attribute of a file that is built.
type outNode struct {
	name     int32
	list     bool // an item of a list
	array    bool // chosen by a condition or number, so that there may be others: in JSON an element of an array
	children []*outNode
	value    *outText
}

// outText is a value in the file with where it came from.
type outText struct {
	text string
	kind textKind
	doc  int
	path string
	rule finding.Place
	item *document.Group
}

// textKind says how JSON writes a value.
type textKind uint8

const (
	quotedText textKind = iota
	numberText
	flagText
)

// trees builds the documents as elements: a root for each, or one for all where a document is an element of it.
func (w *writer) trees(docs []*document.Document) []*outNode {
	t := w.m.tree
	var roots []*outNode
	var last []*outNode // the elements around the document before
	var before []string
	for i, d := range docs {
		w.begin(i, d)
		b := treeBuilder{w: w}
		if !w.m.perGroup || i == 0 {
			root := &outNode{name: t.root[0].name}
			roots = append(roots, root)
			w.treeMake(root, t.root[0].conditions)
			last = []*outNode{root}
		}
		b.chain = []*outNode{last[0]}
		around := w.aroundOf(d)
		fresh := before == nil
		for k, part := range t.each {
			fresh = fresh || around[k+1] != before[k+1] || k == len(t.each)-1
			if !fresh {
				b.chain = append(b.chain, last[k+1])
				continue
			}
			b.chain = append(b.chain, b.chain[k].find(w, part, true))
		}
		b.chain[len(t.each)].list = len(t.each) > 0
		last, before = b.chain, around
		b.document(d)
	}
	return roots
}

// aroundOf gives for each element around a document what the document says of it: documents that say the same share the
// element. Entry 0 is the root, which all share.
func (w *writer) aroundOf(d *document.Document) []string {
	t := w.m.tree
	said := make([]string, len(t.each)+1)
	probe := &writer{m: w.m, opt: WriteOptions{Outside: w.opt.Outside}, has: w.has, mark: w.mark}
	items := []item{{group: &d.Group}}
	for _, r := range w.m.root.rules {
		if len(r.tree) == 0 || r.tree[0].up == 0 || r.tree[0].up >= len(t.each) {
			continue
		}
		if out, ok := probe.value(r, items, 0, limits{}); ok {
			depth := len(t.each) - r.tree[0].up
			said[depth] += fmt.Sprintf("%d=%q ", r.number, out.parts[0])
		}
	}
	return said
}

// find gives the child of a step, made where there is none; the last step of a repeated path is always made.
func (n *outNode) find(w *writer, part treePart, fresh bool) *outNode {
	for _, c := range n.children {
		if !fresh && c.name == part.name {
			return c
		}
	}
	c := &outNode{name: part.name, array: part.chosen()}
	w.treeMake(c, part.conditions)
	n.children = append(n.children, c)
	return c
}

// treeBuilder puts the values of one document into elements.
type treeBuilder struct {
	w     *writer
	chain []*outNode // from the root to the item that is written
}

// document writes the fields of a document.
func (b *treeBuilder) document(d *document.Document) {
	items := []item{{group: &d.Group}}
	for _, f := range b.w.m.tree.fixed {
		if !b.put(f, outText{text: f.fixed.text, doc: b.w.doc, rule: f.fixed.place}, true) {
			b.w.found.add(finding.Finding{Rule: ruleTooMany, Severity: finding.Error, Place: b.w.place(""), Related: &f.fixed.place, Source: f.fixed.source,
				Message: "there is no room for the constant at " + f.path})
		}
	}
	b.fill(b.w.m.root, items, b.w.doc, b.w.numbers)
}

// fill writes the values of an item and of the lists in it.
func (b *treeBuilder) fill(s *scope, items []item, index int, seen map[string]int) {
	for _, r := range s.rules {
		if len(r.tree) > 0 {
			b.rule(r, items, index, seen)
		}
	}
	outer := b.chain
	for _, l := range s.lists {
		numbers := map[string]int{}
		for i, it := range b.w.itemsOf(l, items) {
			b.chain = slices.Clone(outer)
			at := outer[len(outer)-1]
			for k, part := range l.tree {
				at = at.find(b.w, part, k == len(l.tree)-1)
				b.chain = append(b.chain, at)
			}
			at.list = true
			b.fill(l, append(slices.Clip(items), it), i, numbers)
		}
	}
	b.chain = outer
	for _, r := range s.computed {
		b.rule(r, items, index, nil)
	}
}

// rule writes the value of one rule.
func (b *treeBuilder) rule(r *rule, items []item, index int, seen map[string]int) {
	w := b.w
	out, ok := w.value(r, items, index, limits{})
	if !ok {
		return
	}
	if seen != nil {
		w.sameNumbers(r.scope, seen, out, index)
	}
	text := out.parts[0]
	if trimmed := strings.Trim(text, " \t\r\n"); trimmed != text && !w.m.tree.keepBlanks {
		w.found.add(finding.Finding{Rule: ruleFit, Severity: finding.Warning, Place: w.place(out.path), Value: finding.Cut(text), Related: &r.place,
			Message: fmt.Sprintf("%q is written without the white space around it", finding.Cut(text)), Hint: "say trim: false in the mapping to keep it"})
		if text = trimmed; text == "" {
			return
		}
	}
	p := r.tree[0]
	v := outText{text: text, kind: kindOfText(r), doc: w.doc, path: out.path, rule: r.place, item: out.item}
	if !b.put(p, v, p.absolute || p.up > 0) {
		w.problem(ruleTooMany, r, out.path, "say by a condition which of several elements is meant", "something else stands at %s already", p.path)
	}
}

// kindOfText tells how JSON writes the values of a rule.
func kindOfText(r *rule) textKind {
	switch {
	case r.codes != nil:
	case r.form.kind == formDecimal && r.form.mark != ',' && !r.form.writeGroup && r.form.negative == nil:
		return numberText
	case r.form.kind == formFlag && r.form.yes == "true" && r.form.no == "false":
		return flagText
	}
	return quotedText
}

// put writes a value at a place. One that several documents share may stand there already.
func (b *treeBuilder) put(p *treePlace, v outText, shared bool) bool {
	at := b.chain[len(b.chain)-1-min(p.up, len(b.chain)-1)]
	if p.absolute {
		at = b.chain[0]
	}
	return b.w.treePut(at, p.parts, v, shared)
}

// treePut writes a value below an element: into the first elements that can take it, or into new ones.
func (w *writer) treePut(at *outNode, parts []treePart, v outText, shared bool) bool {
	if len(parts) == 0 {
		if at.value != nil {
			if shared && at.value.text == v.text {
				return true
			}
			if shared {
				w.found.add(finding.Finding{Rule: ruleDiffers, Severity: finding.Error, Place: w.place(v.path), Related: &v.rule, Hint: "write them into files of their own",
					Message: fmt.Sprintf("%q is to stand where another document of the same file has %q", v.text, at.value.text)})
				return true
			}
			return false
		}
		at.value = &v
		return true
	}
	part := parts[0]
	nth := 0
	for _, c := range at.children {
		if c.name != part.name || c.list {
			continue
		}
		if nth++; part.nth > 0 && nth != part.nth {
			continue
		}
		if !w.treeAgrees(c, part.conditions) {
			continue
		}
		kept := len(c.children)
		w.treeMake(c, part.conditions)
		if w.treePut(c, parts[1:], v, shared) {
			return true
		}
		c.children = c.children[:kept]
	}
	if part.nth > 0 && nth+1 < part.nth {
		for ; nth+1 < part.nth; nth++ {
			at.children = append(at.children, &outNode{name: part.name, array: true})
		}
	}
	if part.nth > 0 && nth >= part.nth || nth > 0 && w.m.tree.names[part.name].attribute {
		return false
	}
	c := &outNode{name: part.name, array: part.chosen()}
	w.treeMake(c, part.conditions)
	if !w.treePut(c, parts[1:], v, shared) {
		return false
	}
	at.children = append(at.children, c)
	return true
}

// treeAgrees tells whether conditions hold in an element, or can be made to.
func (w *writer) treeAgrees(n *outNode, conditions []treeTest) bool {
	for i := range conditions {
		test := &conditions[i]
		if found, held := n.lookup(test.parts, test.values); held && test.not || found && !held && !test.not {
			return false
		}
	}
	return true
}

// lookup tells whether something stands at a path, and whether one of some values does.
func (n *outNode) lookup(parts []treePart, values []string) (found, held bool) {
	if len(parts) == 0 {
		return n.value != nil, n.value != nil && slices.Contains(values, n.value.text)
	}
	for _, c := range n.children {
		if c.name == parts[0].name {
			f, h := c.lookup(parts[1:], values)
			found, held = found || f, held || h
		}
	}
	return found, held
}

// treeMake makes conditions hold in an element.
func (w *writer) treeMake(n *outNode, conditions []treeTest) {
	for i := range conditions {
		test := &conditions[i]
		if _, held := n.lookup(test.parts, test.values); !held && !test.not {
			w.treePut(n, test.parts, outText{text: test.values[0], doc: w.doc}, false)
		}
	}
}

// sorted gives the children of an element in the order in which they are written: attributes first.
func (t *treePlan) sorted(n *outNode) (attrs, elements []*outNode) {
	for _, c := range n.children {
		if t.names[c.name].attribute {
			attrs = append(attrs, c)
		} else {
			elements = append(elements, c)
		}
	}
	by := func(a, b *outNode) int { return t.rank(n.name, a.name) - t.rank(n.name, b.name) }
	slices.SortStableFunc(attrs, by)
	slices.SortStableFunc(elements, by)
	return attrs, elements
}

// treeFile writes the documents as a file of XML or JSON.
func (w *writer) treeFile(docs []*document.Document) ([]byte, error) {
	w.has = func(rune) bool { return true } // what the set lacks is written as a reference or escape
	roots := w.trees(docs)
	if w.found.list.HasErrors() {
		return nil, nil
	}
	var out bytes.Buffer
	var err error
	if w.m.tree.xml {
		if len(roots) > 1 {
			w.problem(ruleTooMany, nil, "", "write each into a file of its own", "a file of XML has one root element, and there are %d documents", len(roots))
			return nil, nil
		}
		for _, root := range roots {
			err = w.writeXML(&out, root)
		}
	} else {
		err = w.writeJSON(&out, roots)
	}
	if e, ok := errors.AsType[*flatfile.ValueError](err); ok {
		w.problem(ruleOutside, nil, e.Field, "", "%v", err)
		return nil, nil
	}
	return out.Bytes(), err
}

// wroteText records where a value stands.
func (w *writer) wroteText(v *outText, p finding.Place) {
	if v != nil && v.rule != (finding.Place{}) {
		w.wrote(Written{Doc: v.doc, Path: v.path, Rule: v.rule, Place: p, Value: v.text, Item: v.item})
	}
}
