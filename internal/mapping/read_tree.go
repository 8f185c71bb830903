package mapping

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// treeNode is an element or attribute of the record that is read, in document order: what is below node i are those up to
// end. The elements around a record stand before it, with what is kept of them.
type treeNode struct {
	name   int32 // of the mapping; -1 for one that it does not know
	parent int32
	end    int32
	source int32 // in the format's own record
	part   int32 // which of the pieces that the format holds
	taken  bool
	null   bool // JSON's null
}

// treeSource is the record behind the nodes, in its own format.
type treeSource interface {
	appendText(dst []byte, n *treeNode) []byte
	place(n *treeNode) finding.Place
	raw(n *treeNode) string
	label(nodes []treeNode, n *treeNode) (key uint64, name func() string) // for what no line takes; key 0 is nothing to speak of
}

// treeReader is where a reader of trees stands.
type treeReader struct {
	nodes  []treeNode
	source treeSource
	start  finding.Place
	record int64
	wrong  bool // a constant differs
	missed map[uint64]*miss
	names  map[uint64]string
	order  []uint64
}

func newTreeReader() *treeReader {
	return &treeReader{missed: map[uint64]*miss{}, names: map[uint64]string{}}
}

// takeTree reads the document of a record whose nodes are there; at is the node of the document.
func (r *Reader) takeTree(at int) error {
	r.stated = r.stated[:0]
	t := r.tree
	for i, p := range r.m.tree.each {
		if !r.treeFits(t.chainNode(at, len(r.m.tree.each)-1-i), p.conditions) {
			return nil // a record of another kind
		}
	}
	r.doc.Reset()
	r.groups[0] = &r.doc.Group
	t.start, t.wrong = t.source.place(&t.nodes[at]), false
	r.drop[0] = false
	for _, f := range r.m.tree.fixed {
		r.treeFixed(f, at)
	}
	if err := r.treeScope(r.m.root, at); err != nil {
		return err
	}
	r.resolve(r.m.root, &r.doc.Group)
	r.dropped = r.dropped || r.drop[0]
	r.countUntaken(at)
	before := r.found.refused
	err := r.finish()
	if r.found.refused > before {
		r.refuseTree(t.record)
	}
	return err
}

// brokenTree counts a record that gives no document.
func (r *Reader) brokenTree(record int64) {
	r.found.refused++
	r.refuseTree(record)
}

// refuseTree tells which record was not emitted.
func (r *Reader) refuseTree(record int64) {
	if r.opt.Refused != nil {
		r.opt.Refused(recordToken(record))
	}
}

// chainNode goes up so many elements.
func (t *treeReader) chainNode(at, up int) int {
	for ; up > 0 && at >= 0; up-- {
		at = int(t.nodes[at].parent)
	}
	return at
}

// treeScope takes the values of the document, or of an item, and makes the items in it.
func (r *Reader) treeScope(s *scope, at int) error {
	for _, rule := range s.rules {
		for _, p := range rule.tree {
			r.hits[p.number].state = noHit
		}
	}
	for _, rule := range s.rules {
		for _, p := range rule.tree {
			r.treeTake(rule, p, at)
		}
	}
	for _, rule := range s.computed {
		r.treeStated(rule, at)
	}
	for _, l := range s.lists {
		err := r.treeWalk(at, l.tree, func(n int) error { return r.treeItem(l, n) })
		if err != nil {
			return err
		}
	}
	return nil
}

// treeItem makes an item of a list.
func (r *Reader) treeItem(s *scope, at int) error {
	g := document.NewGroup(s.shape)
	r.groups[s.number] = g
	r.paths[s.number]++
	r.drop[s.number] = false
	r.tree.nodes[at].taken = true
	if err := r.treeScope(s, at); err != nil {
		return err
	}
	r.resolve(s, g)
	r.attach(s, g)
	r.groups[s.number] = nil
	return nil
}

// anchorOf gives the node from which a place starts, or -1.
func (r *Reader) anchorOf(p *treePlace, at int) int {
	if p.absolute {
		return 0
	}
	return r.tree.chainNode(at, p.up)
}

// treeTake takes what stands at a place.
func (r *Reader) treeTake(rule *rule, p *treePlace, at int) {
	if at = r.anchorOf(p, at); at < 0 {
		return
	}
	h := &r.hits[p.number]
	_ = r.treeWalk(at, p.parts, func(n int) error {
		node := &r.tree.nodes[n]
		node.taken = true
		r.scratch = r.tree.source.appendText(r.scratch[:0], node)
		raw := r.scratch
		if !r.m.tree.keepBlanks {
			raw = bytes.Trim(raw, " \t\r\n")
		}
		if len(raw) == 0 {
			r.takeBlank(h, rule, node)
			return nil
		}
		r.take(h, rule, raw, nil, 0, standing{tree: r.tree, node: node})
		if r.opt.Trace && h.state == goodHit {
			h.origin.Raw = r.tree.source.raw(node)
		}
		return nil
	})
}

// takeBlank keeps that a place is there with nothing in it, which is not the same as missing. A value counts more.
func (r *Reader) takeBlank(h *hit, rule *rule, node *treeNode) {
	if h.state != noHit || !rule.fallback.IsMissing() {
		return
	}
	h.state, h.alt, h.raw, h.isText, h.coded = goodHit, math.MaxInt, h.raw[:0], rule.typ == document.Text && !node.null, false
	h.value = document.EmptyValue()
	if rule.codes != nil {
		h.code, h.coded = rule.codes.read(nil)
	}
	if r.opt.Trace {
		h.origin = document.Origin{Rule: rule.place, Place: r.tree.source.place(node)}
	}
}

// treeWalk visits the nodes at the end of a path.
func (r *Reader) treeWalk(at int, parts []treePart, visit func(n int) error) error {
	if len(parts) == 0 {
		return visit(at)
	}
	p := &parts[0]
	nth := 0
	nodes := r.tree.nodes
	for c := at + 1; c < int(nodes[at].end); c = int(nodes[c].end) {
		if nodes[c].name != p.name || !r.treeFits(c, p.conditions) {
			continue
		}
		if nth++; p.nth > 0 && nth != p.nth {
			continue
		}
		if err := r.treeWalk(c, parts[1:], visit); err != nil {
			return err
		}
	}
	return nil
}

// treeFits tells whether the conditions of a step hold at a node.
func (r *Reader) treeFits(at int, conditions []treeTest) bool {
	for i := range conditions {
		test := &conditions[i]
		fits := false
		_ = r.treeWalk(at, test.parts, func(n int) error {
			node := &r.tree.nodes[n]
			r.aux = r.tree.source.appendText(r.aux[:0], node)
			text := bytes.Trim(r.aux, " \t\r\n")
			for _, v := range test.values {
				if v == string(text) {
					fits, node.taken = true, true
				}
			}
			return nil
		})
		if fits == test.not {
			return false
		}
	}
	return true
}

// treeFixed compares a constant.
func (r *Reader) treeFixed(p *treePlace, at int) {
	r.eachText(p, at, func(node *treeNode, got string) {
		if got == p.fixed.text {
			return
		}
		r.found.add(finding.Finding{Rule: ruleFixed, Severity: finding.Error, Place: r.tree.source.place(node), Value: finding.Cut(got),
			Message: fmt.Sprintf("%s is %q, and the mapping is for %q", p.path, got, p.fixed.text), Related: &p.fixed.place,
			Hint: "the file may be of another kind: take it with another mapping"})
		r.tree.wrong = true
	})
}

// eachText takes what stands at a place and calls fn with it, for every node there.
func (r *Reader) eachText(p *treePlace, at int, fn func(node *treeNode, text string)) {
	if at = r.anchorOf(p, at); at < 0 {
		return
	}
	_ = r.treeWalk(at, p.parts, func(n int) error {
		node := &r.tree.nodes[n]
		node.taken = true
		r.scratch = r.tree.source.appendText(r.scratch[:0], node)
		fn(node, string(bytes.Trim(r.scratch, " \t\r\n")))
		return nil
	})
}

// countUntaken counts what of a record no line took.
func (r *Reader) countUntaken(at int) {
	t := r.tree
	for i := at; i < int(t.nodes[at].end); i++ {
		n := &t.nodes[i]
		if n.taken {
			continue
		}
		key, name := t.source.label(t.nodes, n)
		if key == 0 {
			continue
		}
		m := t.missed[key]
		if m == nil {
			if len(t.missed) >= maxMissed {
				continue
			}
			m = &miss{first: t.source.place(n)}
			t.missed[key], t.names[key] = m, name()
			t.order = append(t.order, key)
		}
		m.count++
	}
}

// endTrees says what was not mapped.
func (r *Reader) endTrees() {
	for _, key := range r.tree.order {
		r.unmapped(r.tree.names[key], *r.tree.missed[key])
	}
	r.tree.order = nil
}

// recordToken is what Refused gets of a record that is a tree, and Rest takes back: its number.
func recordToken(record int64) []byte { return strconv.AppendInt(nil, record, 10) }
