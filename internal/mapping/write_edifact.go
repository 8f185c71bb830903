package mapping

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// interchange writes the documents as one interchange: a message for each, or one for all where a document is a group.
func (w *writer) interchange(docs []*document.Document) ([]byte, error) {
	env := w.opt.Envelope
	head, err := w.header(env)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	iw := edifact.NewInterchangeWriter(&b, w.encoding(env, head.Syntax.Number)...)
	if err := iw.Begin(head); err != nil {
		return nil, err
	}
	for i, tree := range w.messages(docs) {
		if w.found.list.HasErrors() {
			continue
		}
		if err := w.message(iw, tree, nextReference(env.MessageReference, i)); err != nil {
			return nil, err
		}
	}
	if w.found.list.HasErrors() {
		return nil, nil
	}
	err = iw.End()
	return b.Bytes(), err
}

// header makes UNB, and readies characters and decimal mark.
func (w *writer) header(env Envelope) (edifact.Interchange, error) {
	level := env.Charset
	if level == "" {
		level = "UNOC"
	}
	set, ok := edifact.LookupCharset(level)
	if !ok {
		return edifact.Interchange{}, fmt.Errorf("there is no character set %q: use UNOA to UNOY", level)
	}
	w.has = set.Has
	if env.Decimal == ',' {
		w.mark = ','
	}
	syntax := w.m.syntax
	if env.Syntax != "" {
		n, err := strconv.Atoi(env.Syntax)
		if err != nil || n < 1 || n > 4 {
			return edifact.Interchange{}, fmt.Errorf("there is no syntax version %q: use 1 to 4", env.Syntax)
		}
		if w.m.syntaxSaid && n != w.m.syntax {
			return edifact.Interchange{}, fmt.Errorf("the mapping is for syntax %d, and the envelope for %d", w.m.syntax, n)
		}
		syntax = n
	}
	head := edifact.Interchange{
		Syntax: edifact.Syntax{Identifier: level, Version: strconv.Itoa(syntax), Number: syntax},
		Sender: edifact.Party{ID: env.Sender, Qualifier: env.SenderQualifier}, Recipient: edifact.Party{ID: env.Recipient, Qualifier: env.RecipientQualifier},
		Control: env.Control,
	}
	if env.AskAcknowledgement {
		head.Acknowledgement = "1"
	}
	if env.Test {
		head.Test = "1"
	}
	head.SetPrepared(env.Time)
	return head, nil
}

func (w *writer) encoding(env Envelope, syntax int) []edifact.EncodeOption {
	var opts []edifact.EncodeOption
	if env.Decimal == ',' {
		s := edifact.DefaultSeparators(syntax)
		s.Decimal = ','
		opts = append(opts, edifact.WithSeparators(s))
	}
	if env.WithoutUNA {
		opts = append(opts, edifact.WithoutUNA())
	}
	if env.Newline != "" {
		opts = append(opts, edifact.WithNewlines(env.Newline))
	}
	return opts
}

// nextReference counts a message reference on, keeping its width.
func nextReference(first string, i int) string {
	if first == "" {
		return strconv.Itoa(i + 1)
	}
	if i == 0 {
		return first
	}
	digits := len(first)
	for digits > 0 && first[digits-1] >= '0' && first[digits-1] <= '9' {
		digits--
	}
	n, _ := strconv.ParseInt(first[digits:], 10, 64)
	return first[:digits] + fmt.Sprintf("%0*d", len(first)-digits, n+int64(i))
}

// messages builds the segments of each message.
func (w *writer) messages(docs []*document.Document) []*outGroup {
	var trees []*outGroup
	if w.m.perGroup {
		root := &outGroup{node: w.m.message.Root}
		for i, d := range docs {
			w.begin(i, d)
			w.groupDocument(root, d)
		}
		w.constants(root)
		return []*outGroup{root}
	}
	for i, d := range docs {
		w.begin(i, d)
		root := &outGroup{node: w.m.message.Root}
		b := builder{w: w, open: map[*directory.Node]*outGroup{root.node: root}}
		items := []item{{group: &d.Group}}
		b.fill(w.m.root, items, 0, nil)
		w.constants(root)
		trees = append(trees, root)
	}
	return trees
}

// groupDocument writes a document that is a group of the message. It shares the outer groups with the document before
// where these are equal.
func (w *writer) groupDocument(root *outGroup, d *document.Document) {
	b := builder{w: w, open: map[*directory.Node]*outGroup{root.node: root}}
	at := root
	var made []*outGroup
	for _, st := range w.m.root.steps {
		g := b.begin(at, st, w.m.root.place)
		if g == nil {
			return
		}
		made, at = append(made, g), g
	}
	items := []item{{group: &d.Group}}
	b.fill(w.m.root, items, w.doc, w.numbers)
	if len(made) > 1 {
		root.mergeLast(made)
	}
}

// builder puts the values of one document into the message.
type builder struct {
	w    *writer
	open map[*directory.Node]*outGroup // the groups around the item that is written
}

// fill writes the values of an item and of the lists in it.
func (b *builder) fill(s *scope, items []item, index int, seen map[string]int) {
	for _, r := range s.rules {
		if len(r.places) > 0 {
			b.rule(r, items, index, seen)
		}
	}
	for _, l := range s.lists {
		numbers := map[string]int{}
		for i, it := range b.w.itemsOf(l, items) {
			at := b.open[s.group]
			for _, st := range l.steps[:len(l.steps)-1] {
				if at = b.enter(at, st, l.place); at == nil {
					return
				}
				b.open[st.group] = at
			}
			last := l.steps[len(l.steps)-1]
			g := b.begin(at, last, l.place)
			if g == nil {
				return
			}
			b.fill(l, append(slices.Clip(items), it), i, numbers)
		}
	}
	for _, r := range s.computed {
		b.rule(r, items, index, nil)
	}
}

// begin makes a new instance of a group, with what tells it apart.
func (b *builder) begin(parent *outGroup, st step, rule finding.Place) *outGroup {
	number := b.w.number(st.group)
	if n := len(parent.instances(number)); n >= st.group.Max {
		b.w.problem(ruleTooMany, nil, "", "", "%s %s has room for %d %s, and there are more", b.w.m.Message(), b.w.m.Directory(), st.group.Max, st.group.Path())
		return nil
	}
	g := &outGroup{node: st.group}
	parent.insert(outEntry{at: number, group: g})
	b.w.setTrigger(g, st.conditions, rule)
	b.open[st.group] = g
	return g
}

// enter finds an instance of a group, or makes one.
func (b *builder) enter(parent *outGroup, st step, rule finding.Place) *outGroup {
	for _, e := range parent.instances(b.w.number(st.group)) {
		if sets, ok := b.w.compatible(e.group, st.conditions, rule); ok {
			b.w.set(e.group, sets)
			return e.group
		}
	}
	return b.begin(parent, st, rule)
}

// rule writes the value of one rule.
func (b *builder) rule(r *rule, items []item, index int, seen map[string]int) {
	cand := r.places[0]
	leaf := cand.spots[0].leaf
	lim := limits{width: leaf.Format.Max, what: leaf.Format.String()}
	if leaf.Format.Class == directory.Numeric {
		lim.width, lim.accepts = 0, func(s string) bool { return fits(leaf.Format, s) }
	}
	out, ok := b.w.value(r, items, index, lim)
	if !ok {
		return
	}
	if seen != nil {
		b.w.sameNumbers(r.scope, seen, out, index)
	}
	anchor := b.open[cand.anchor]
	if cand.inherited && b.w.standsThere(anchor, cand, 0, out) {
		return
	}
	if !b.w.put(anchor, cand, 0, out) {
		b.w.problem(ruleTooMany, r, out.path, "", "%s %s has no room for another %s", b.w.m.Message(), b.w.m.Directory(), cand.segment.Path())
	}
}

// number gives the ordinal of a row of the segment table.
func (w *writer) number(n *directory.Node) int { return w.m.numbers[n] }

// message writes one message.
func (w *writer) message(iw *edifact.InterchangeWriter, root *outGroup, reference string) error {
	version, release, _ := strings.Cut(w.m.Directory(), ".")
	if err := iw.BeginMessage(edifact.MessageHeader{Reference: reference, Type: w.m.Message(), Version: version, Release: release, Agency: w.m.agency, Association: w.m.association}); err != nil {
		return err
	}
	if err := w.segments(iw, root); err != nil {
		return err
	}
	return iw.EndMessage()
}

// segments writes the segments of a group in the directory's order.
func (w *writer) segments(iw *edifact.InterchangeWriter, g *outGroup) error {
	if g.node.Parent != nil && !w.begins(g) {
		trigger := g.node.Trigger()
		w.problem(ruleTrigger, nil, "", fmt.Sprintf("give %s a value, or a constant in fixed", trigger.ID), "%s begins with %s, and no line of the mapping writes it", g.node.Path(), trigger.ID)
		return nil
	}
	for _, e := range g.entries {
		var err error
		if e.group != nil {
			err = w.segments(iw, e.group)
		} else {
			err = w.segment(iw, e.segment)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begins tells whether a group has its first segment. One that needs no values is added as a bare tag.
func (w *writer) begins(g *outGroup) bool {
	if s := w.trigger(g); s != nil && len(s.values) > 0 {
		return true
	}
	trigger := g.node.Trigger()
	definition, ok := w.m.message.Release.Segment(trigger.ID)
	if !ok || slices.ContainsFunc(definition.Fields, func(f directory.Field) bool { return f.Mandatory }) {
		return false
	}
	if w.trigger(g) == nil {
		g.insert(outEntry{at: w.number(trigger), segment: &outSegment{node: trigger}})
	}
	return true
}

// segment writes one segment.
func (w *writer) segment(iw *edifact.InterchangeWriter, s *outSegment) error {
	slices.SortStableFunc(s.values, func(a, b outValue) int { return a.pos.compare(b.pos) })
	var b edifact.Builder
	b.Reset(s.node.ID)
	element, repeat, component := -1, 0, 0
	for _, v := range s.values {
		if v.pos.element != element {
			for element++; element < v.pos.element; element++ {
				b.Element("")
			}
			b.Element()
			repeat, component = 0, -1
		}
		if v.pos.repeat != repeat {
			for repeat++; repeat < v.pos.repeat; repeat++ {
				b.Repeat("")
			}
			b.Repeat()
			component = -1
		}
		for component++; component < v.pos.component; component++ {
			b.Component("")
		}
		b.Component(v.text)
	}
	if err := iw.WriteSegment(&b); err != nil {
		return err
	}
	if w.opt.Trace != nil {
		last := iw.Encoder().Last()
		for _, v := range s.values {
			w.wrote(Written{Doc: v.doc, Path: v.path, Rule: v.rule, Place: last.Place(v.pos.element, v.pos.repeat, v.pos.component), Value: v.text, Item: v.item})
		}
	}
	return nil
}

func (a fieldPos) compare(b fieldPos) int {
	switch {
	case a.element != b.element:
		return a.element - b.element
	case a.repeat != b.repeat:
		return a.repeat - b.repeat
	}
	return a.component - b.component
}
