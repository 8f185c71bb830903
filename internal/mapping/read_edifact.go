package mapping

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// ediReader is where a reader stands in a message.
type ediReader struct {
	at     int                // node of the last segment; 0 before the first
	active []bool             // conditions of groups that hold
	counts []*miss            // by node: segments that nobody maps; nil where none came
	missed []map[string]*miss // by node: segments that no line took, by the value of their first element
	kinds  int                // how many of these are told apart
	start  finding.Place      // of the document: its message or its group
	began  bool
	wrong  bool // a constant differs: no document of the message is emitted
}

func newEDIReader(m *Mapping) *ediReader {
	return &ediReader{active: make([]bool, m.conditions), counts: make([]*miss, len(m.nodes)), missed: make([]map[string]*miss, len(m.nodes))}
}

// segment takes the next segment of the message.
func (r *Reader) segment(seg *edifact.Segment) error {
	e, nodes := r.edi, r.m.nodes
	if !e.began {
		e.began, e.start = true, seg.Place(-1, -1, -1)
	}
	to, top, ok := r.next(seg.Tag())
	if !ok {
		r.misplaced(seg)
		return nil
	}
	for g := nodes[e.at].parent; e.at != 0 && g != top; g = nodes[g].parent {
		if err := r.closeGroup(g); err != nil {
			return err
		}
	}
	n := &nodes[to]
	if n.parent != top {
		r.openGroup(n.parent, seg)
	}
	e.at = to
	switch {
	case len(n.takes) > 0 || len(n.fixed) > 0:
		r.takeSegment(n, to, seg)
	case !n.silent:
		if e.counts[to] == nil {
			e.counts[to] = &miss{first: seg.Place(-1, -1, -1)}
		}
		e.counts[to].count++
	}
	return nil
}

// next finds the node of a segment, greedily from where the reader stands: behind it in its group, as the next instance
// of the group, behind the group, and so on outwards. top is the group in which the node, or its group, stands.
func (r *Reader) next(tag string) (to, top int, ok bool) {
	nodes := r.m.nodes
	at := r.edi.at
	from, g := 0, 0
	if at != 0 {
		g = nodes[at].parent
		from = nodes[at].ordinal
		if nodes[at].max == 1 || g != 0 && from == 0 {
			from++
		}
	}
	for {
		children := nodes[g].children
		for j := from; j < len(children); j++ {
			n := &nodes[children[j]]
			if n.tag != tag {
				continue
			}
			if n.group {
				return n.children[0], g, true
			}
			return children[j], g, true
		}
		if g == 0 {
			break
		}
		from, g = nodes[g].ordinal, nodes[g].parent
	}
	// More than the directory allows: that is for a validator to say, the place is clear all the same.
	if at != 0 && nodes[at].tag == tag && nodes[at].ordinal > 0 {
		return at, nodes[at].parent, true
	}
	return 0, 0, false
}

// misplaced reports a segment that cannot stand where it stands. What is open cannot be trusted any more.
func (r *Reader) misplaced(seg *edifact.Segment) {
	after := "the beginning"
	if r.edi.at != 0 {
		after = r.m.nodes[r.edi.at].name
	}
	r.problem(ruleMisplaced, seg.Place(-1, -1, -1), text(seg.Raw()), nil,
		fmt.Sprintf("%s cannot stand behind %s in %s %s", seg.Tag(), after, r.m.Message(), r.m.Directory()), "")
	if !r.m.perGroup || r.groups[0] != nil {
		r.bad = true
	}
}

// text makes readable text of bytes in any character set.
func text(b []byte) string { return strings.ToValidUTF8(string(b), "?") }

// openGroup begins an instance of a group; seg is its trigger.
func (r *Reader) openGroup(g int, seg *edifact.Segment) {
	n := &r.m.nodes[g]
	if !n.live {
		return
	}
	for _, c := range n.clears {
		r.hits[c].state = noHit
	}
	for _, c := range n.conditions {
		_, r.edi.active[c.number] = matches(c.conditions, seg)
	}
	for _, s := range n.scopes {
		if !r.active(s.needs) || s.parent != nil && r.groups[s.parent.number] == nil {
			continue
		}
		r.drop[s.number] = false
		if s.parent == nil {
			r.doc.Reset()
			r.groups[0] = &r.doc.Group
			r.edi.start = seg.Place(-1, -1, -1)
			continue
		}
		r.groups[s.number] = document.NewGroup(s.shape)
		r.paths[s.number]++
	}
}

func (r *Reader) active(needs []int) bool {
	for _, i := range needs {
		if !r.edi.active[i] {
			return false
		}
	}
	return true
}

// closeGroup ends an instance of a group: the items that stand for it are complete.
func (r *Reader) closeGroup(g int) error {
	n := &r.m.nodes[g]
	if !n.live {
		return nil
	}
	for i := len(n.scopes) - 1; i >= 0; i-- {
		s := n.scopes[i]
		group := r.groups[s.number]
		if group == nil {
			continue
		}
		r.resolve(s, group)
		r.groups[s.number] = nil
		if s.parent == nil {
			r.dropped = r.dropped || r.drop[0]
			if err := r.finish(); err != nil {
				return err
			}
			continue
		}
		r.attach(s, group)
	}
	for _, c := range n.conditions {
		r.edi.active[c.number] = false
	}
	return nil
}

// attach puts a complete item into its list.
func (r *Reader) attach(s *scope, group *document.Group) {
	parent := r.groups[s.parent.number]
	if s.parent.parent == nil {
		parent = &r.doc.Group
	}
	switch {
	case r.drop[s.number] || parent == nil:
	case s.of != nil:
		s.route.put(parent, group)
	default:
		parent.AddItem(s.name, group)
	}
}

// takeSegment takes the values of a segment.
func (r *Reader) takeSegment(n *node, number int, seg *edifact.Segment) {
	taken := len(n.fixed) > 0
	for _, f := range n.fixed {
		r.checkFixed(f, seg)
	}
	for _, cand := range n.takes {
		if !r.active(cand.needs) || !cand.inherited && r.groups[cand.rule.scope.number] == nil {
			continue
		}
		alt, ok := matches(cand.conditions, seg)
		if !ok {
			taken = taken || !identified(cand.conditions)
			continue
		}
		for i := range cand.spots {
			sp := &cand.spots[i]
			more, ok := matches(sp.conditions, seg)
			if ok {
				r.takeSpot(cand, sp, seg, alt+more)
			}
			taken = taken || ok || !identified(sp.conditions)
		}
	}
	if !taken {
		r.miss(number, seg)
	}
}

// matches tells whether conditions hold in a segment, and how far down the alternatives stand.
func matches(conditions []fieldCondition, seg *edifact.Segment) (alt int, ok bool) {
	for i := range conditions {
		c := &conditions[i]
		found := -1
		for _, f := range c.fields {
			b := seg.Bytes(f.element, f.repeat, f.component)
			for k, v := range c.values {
				if string(b) == v && (found < 0 || k < found) {
					found = k
				}
			}
		}
		if found < 0 {
			return 0, false
		}
		alt += found
	}
	return alt, true
}

// takeSpot takes the value at one place of a segment.
func (r *Reader) takeSpot(cand *candidate, sp *spot, seg *edifact.Segment, alt int) {
	r.scratch = r.scratch[:0]
	for _, f := range sp.fields {
		before := len(r.scratch)
		if before > 0 {
			r.scratch = append(r.scratch, ' ')
		}
		out, err := seg.AppendText(r.scratch, f.element, f.repeat, f.component)
		if err != nil {
			r.wrongBytes(&r.hits[cand.number], cand.rule, err, seg.Raw())
			return
		}
		if len(out) == len(r.scratch) {
			out = out[:before]
		}
		r.scratch = out
	}
	if len(r.scratch) == 0 {
		return
	}
	var aux []byte
	if sp.hasFormat {
		f := sp.format
		r.aux = append(r.aux[:0], seg.Bytes(f.element, f.repeat, f.component)...)
		aux = r.aux
	}
	h := &r.hits[cand.number]
	r.take(h, cand.rule, r.scratch, aux, alt, standing{seg: seg, pos: sp.fields[0]})
	if r.opt.Trace && h.state == goodHit {
		h.origin.Place = spread(seg, sp, h.origin.Place)
		h.origin.Raw = rawOf(seg, h.origin.Place)
	}
}

// wrongBytes reports bytes that are no characters of the declared set.
func (r *Reader) wrongBytes(h *hit, rule *rule, err error, raw []byte) {
	f := finding.Finding{Rule: ruleCharset, Severity: finding.Error, Message: err.Error(), Source: finding.Cut(text(raw)), Related: &rule.place}
	if e, ok := err.(*edifact.CharsetError); ok {
		own := e.Finding()
		f.Place, f.Hint, f.Message = own.Place, own.Hint, own.Message
	}
	r.found.add(f)
	h.state, h.alt = badHit, 0
}

// spread gives the place of a text that stands in several parts: from the first part to the end of the last.
func spread(seg *edifact.Segment, sp *spot, p finding.Place) finding.Place {
	for _, f := range sp.fields[1:] {
		if part := seg.Place(f.element, f.repeat, f.component); part.Length > 0 {
			p.Length = int(part.Offset-p.Offset) + part.Length
		}
	}
	return p
}

// rawOf gives the bytes of a place as they stand in the segment.
func rawOf(seg *edifact.Segment, p finding.Place) string {
	raw := seg.Raw()
	from := p.Offset - seg.Offset()
	if from < 0 || from+int64(p.Length) > int64(len(raw)) {
		return ""
	}
	return text(raw[from : from+int64(p.Length)])
}

// checkFixed compares a constant.
func (r *Reader) checkFixed(f *fixedRule, seg *edifact.Segment) {
	if !r.active(f.at.needs) {
		return
	}
	if _, ok := matches(f.at.conditions, seg); !ok {
		return
	}
	for i := range f.at.spots {
		sp := &f.at.spots[i]
		if _, ok := matches(sp.conditions, seg); !ok {
			continue
		}
		p := sp.fields[0]
		if got := seg.Bytes(p.element, p.repeat, p.component); string(got) != f.text {
			r.found.add(finding.Finding{Rule: ruleFixed, Severity: finding.Error, Place: seg.Place(p.element, p.repeat, p.component), Value: finding.Cut(text(got)),
				Message: fmt.Sprintf("%s is %q, and the mapping is for %q", f.at.path, got, f.text), Source: finding.Cut(text(seg.Raw())), Related: &f.place,
				Hint: "the message may be of another kind: take it with another mapping"})
			r.edi.wrong = true
		}
		return
	}
}
