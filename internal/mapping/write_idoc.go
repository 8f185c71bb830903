package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/idoc"
	"github.com/batchgate/batchgate/internal/document"
)

// idocNode is a segment that is built.
type idocNode struct {
	path     []string // names from the top
	values   map[string]string
	written  []idocValue
	children []*idocNode
}

// idocValue is a value of a segment with what it is of.
type idocValue struct {
	field string
	out   output
	doc   int
}

// idocs writes each document as an IDoc.
func (w *writer) idocs(docs []*document.Document) ([]byte, error) {
	var b bytes.Buffer
	iw := idoc.NewWriter(&b, w.m.idoc.write)
	w.has = w.m.encodable()
	var roots []*idocNode
	for i, d := range docs {
		w.begin(i, d)
		root := &idocNode{}
		w.idoc(root, d)
		w.idocConstants(root)
		roots = append(roots, root)
	}
	for i, root := range roots {
		if w.found.list.HasErrors() {
			continue
		}
		control, err := w.control(i)
		if err != nil {
			return nil, err
		}
		if err := iw.Begin(control); err != nil {
			return nil, w.refusedIDoc(err)
		}
		if err := w.writeNode(iw, root, 0); err != nil {
			return nil, err
		}
	}
	if w.found.list.HasErrors() {
		return nil, nil
	}
	err := iw.Flush()
	return b.Bytes(), err
}

// control makes the control record of an IDoc: from the mapping, the profile, and the facts of the delivery.
func (w *writer) control(i int) (map[string]string, error) {
	m, env := w.m.idoc, w.opt.Envelope
	number, err := strconv.ParseInt(env.Control, 10, 64)
	if err != nil || number < 1 {
		return nil, fmt.Errorf("the number of the IDoc is %q, and a number from 1 on is wanted", env.Control)
	}
	c := map[string]string{"DIRECT": "2", "IDOCTYP": m.basic, "CIMTYP": m.extension, "MESTYP": m.message, "DOCNUM": fmt.Sprintf("%016d", number+int64(i)),
		"CREDAT": env.Time.Format("20060102"), "CRETIM": env.Time.Format("150405"), "SERIAL": env.Time.Format("20060102150405")}
	if env.Test {
		c["TEST"] = "X"
	}
	for _, more := range []map[string]string{m.control, env.IDoc} {
		for name, value := range more {
			if value != "" {
				c[name] = value
			}
		}
	}
	return c, nil
}

// idoc builds the segments of a document.
func (w *writer) idoc(root *idocNode, d *document.Document) {
	if chain := w.chain([]*idocNode{root}, w.m.root.idocPath); chain != nil {
		w.fillIDoc(chain, w.m.root, []item{{group: &d.Group}}, 0, nil)
	}
}

// chain makes the segments of an item below those around it, the last of them anew; nil where there is no room.
func (w *writer) chain(around []*idocNode, steps []idocStep) []*idocNode {
	chain := slices.Clone(around)
	for i, st := range steps {
		node := w.enter(chain[len(chain)-1], st, i == len(steps)-1)
		if node == nil {
			return nil
		}
		chain = append(chain, node)
	}
	return chain
}

// start gives the segment of a chain from which the rest of a path goes on.
func start(chain []*idocNode, path []idocStep) (*idocNode, []idocStep) {
	at := 0
	for at < len(path) && at+1 < len(chain) && chain[at+1].name() == path[at].name && chain[at+1].agree(path[at].conditions) {
		at++
	}
	return chain[at], path[at:]
}

// fillIDoc puts the values of an item and of the lists in it into their segments. chain are the segments from the top to
// that of the item.
func (w *writer) fillIDoc(chain []*idocNode, s *scope, items []item, index int, seen map[string]int) {
	for _, r := range s.rules {
		if len(r.places) == 0 {
			continue
		}
		cand := r.places[0]
		out, ok := w.value(r, items, index, limits{width: cand.idoc.field.Length, what: fmt.Sprintf("%d characters", cand.idoc.field.Length), accepts: idocFits(r, cand.idoc.field.Length)})
		if !ok {
			continue
		}
		if seen != nil {
			w.sameNumbers(s, seen, out, index)
		}
		if r.typ == document.Number && strings.HasPrefix(out.parts[0], "-") {
			out.parts[0] = out.parts[0][1:] + "-" // as SAP writes it
		}
		if from, path := start(chain, cand.idoc.path); !w.putIDoc(from, path, cand, out) {
			w.problem(ruleTooMany, r, out.path, "", "%s has no room for another %s", w.m.idoc.basic, cand.path)
		}
	}
	for _, l := range s.lists {
		numbers := map[string]int{}
		for i, it := range w.itemsOf(l, items) {
			below := w.chain(chain, l.idocPath[len(s.idocPath):])
			if below == nil {
				return
			}
			w.fillIDoc(below, l, append(slices.Clip(items), it), i, numbers)
		}
	}
}

// idocFits tells which numbers a field takes.
func idocFits(r *rule, length int) func(string) bool {
	if r.typ != document.Number {
		return nil
	}
	return func(s string) bool { return len(s) <= length }
}

// enter gives a child that conditions allow, or a new one.
func (w *writer) enter(at *idocNode, st idocStep, fresh bool) *idocNode {
	if !fresh {
		for _, c := range at.children {
			if c.name() == st.name && c.agree(st.conditions) {
				return c
			}
		}
	}
	c := w.newChild(at, st)
	if c == nil {
		w.problem(ruleTooMany, nil, "", "", "%s has no room for another %s", w.m.idoc.basic, strings.Join(append(slices.Clone(at.path), st.name), "/"))
	}
	return c
}

// newChild adds a segment in the order of the basic type, with what its conditions say; nil where there is no room.
func (w *writer) newChild(at *idocNode, st idocStep) *idocNode {
	d, basic := w.m.idoc.definitions, w.m.idoc.basic
	c := &idocNode{path: append(slices.Clone(at.path), st.name), values: map[string]string{}}
	order, _ := d.Children(basic, at.path...)
	_, most := d.Limits(basic, c.path...)
	same, to := 0, 0
	for i, other := range at.children {
		if other.name() == st.name {
			same++
		}
		if slices.Index(order, other.name()) <= slices.Index(order, st.name) {
			to = i + 1
		}
	}
	if most > 0 && same >= most {
		return nil
	}
	c.agree(st.conditions)
	at.children = slices.Insert(at.children, to, c)
	return c
}

func (n *idocNode) name() string { return n.path[len(n.path)-1] }

// agree tells whether conditions hold in a segment, or makes them hold.
func (n *idocNode) agree(conditions []idocCondition) bool {
	for _, c := range conditions {
		if v, set := n.values[c.field]; set && !contains(c.values, v) {
			return false
		}
	}
	for _, c := range conditions {
		if _, set := n.values[c.field]; !set {
			n.values[c.field] = c.values[0]
		}
	}
	return true
}

// putIDoc writes a value into the first segments that can take it, or into new ones.
func (w *writer) putIDoc(at *idocNode, path []idocStep, cand *candidate, out output) bool {
	if len(path) == 0 {
		if there, set := at.values[cand.idoc.field.Name]; set {
			return cand.inherited && there == out.parts[0] // what several items share
		}
		at.values[cand.idoc.field.Name] = out.parts[0]
		at.written = append(at.written, idocValue{cand.idoc.field.Name, out, w.doc})
		return true
	}
	for _, c := range at.children {
		if c.name() == path[0].name && c.agree(path[0].conditions) && w.putIDoc(c, path[1:], cand, out) {
			return true
		}
	}
	c := w.newChild(at, path[0])
	return c != nil && w.putIDoc(c, path[1:], cand, out)
}

// idocConstants writes the values of `fixed:`: those of the IDoc always, those in a segment that repeats where it is.
func (w *writer) idocConstants(root *idocNode) {
	for _, f := range w.m.fixed {
		out := output{parts: []string{f.text}, rule: &rule{place: f.place}}
		if !w.constantIn(root, f.at.idoc.path, f.at, out) && !w.putIDoc(root, f.at.idoc.path, f.at, out) {
			w.problem(ruleTooMany, nil, "", "", "there is no room for the constant at %s", f.at.path)
		}
	}
}

// constantIn writes a constant into all segments at its path that are there; false when there are none.
func (w *writer) constantIn(at *idocNode, path []idocStep, cand *candidate, out output) bool {
	if len(path) == 0 {
		if _, set := at.values[cand.idoc.field.Name]; !set {
			at.values[cand.idoc.field.Name] = out.parts[0]
			at.written = append(at.written, idocValue{cand.idoc.field.Name, out, w.doc})
		}
		return true
	}
	found := false
	for _, c := range at.children {
		if c.name() == path[0].name && c.agree(path[0].conditions) {
			found = w.constantIn(c, path[1:], cand, out) || found
		}
	}
	return found
}

// writeNode writes a segment and those below it.
func (w *writer) writeNode(iw *idoc.Writer, n *idocNode, level int) error {
	if level > 0 {
		if err := iw.Segment(n.name(), level, n.values); err != nil {
			return w.refusedIDoc(err)
		}
		for _, v := range n.written {
			w.wrote(Written{Doc: v.doc, Path: v.out.path, Rule: v.out.rule.place, Place: iw.Place(v.field), Value: v.out.parts[0], Item: v.out.item})
		}
	}
	for _, c := range n.children {
		if err := w.writeNode(iw, c, level+1); err != nil {
			return err
		}
	}
	return nil
}

// refusedIDoc turns a value that IDocs do not take into a finding.
func (w *writer) refusedIDoc(err error) error {
	if e, ok := errors.AsType[*flatfile.ValueError](err); ok {
		w.problem(ruleTooLong, nil, e.Field, "", "%v", err)
		return nil
	}
	return err
}

// idocCharacter tells whether IDocs of the mapping can hold a character.
func (m *Mapping) idocCharacter(r rune) bool {
	if r < ' ' || r == utf8.RuneError {
		return false
	}
	if m.idoc.write.Form == idoc.XML {
		return true
	}
	var b bytes.Buffer
	l := flatfile.Layout{Charset: m.idoc.write.Charset, Characters: true, Types: []flatfile.RecordType{{Name: "x", Fields: []flatfile.FixedField{{Name: "x", Length: 1}}}}}
	return flatfile.NewFixedWriter(&b, l).Write("x", []string{string(r)}) == nil
}
