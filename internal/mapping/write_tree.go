package mapping

import (
	"slices"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// outGroup is an instance of a group in a message that is built. Its entries stand in the directory's order, equal ones
// in the order in which they were made.
type outGroup struct {
	node    *directory.Node
	entries []outEntry
}

// outEntry is a segment or a group.
type outEntry struct {
	at      int // number of its row in the segment table
	segment *outSegment
	group   *outGroup
}

type outSegment struct {
	node   *directory.Node
	values []outValue
}

// outValue is one value in a segment.
type outValue struct {
	pos  fieldPos
	text string
	doc  int
	path string
	rule finding.Place
	item *document.Group
}

func (g *outGroup) insert(e outEntry) {
	i := len(g.entries)
	for i > 0 && g.entries[i-1].at > e.at {
		i--
	}
	g.entries = slices.Insert(g.entries, i, e)
}

// instances gives the entries of one row of the segment table.
func (g *outGroup) instances(at int) []outEntry {
	from, _ := slices.BinarySearchFunc(g.entries, at, func(e outEntry, at int) int { return e.at - at })
	to := from
	for to < len(g.entries) && g.entries[to].at == at {
		to++
	}
	return g.entries[from:to]
}

func (s *outSegment) get(pos fieldPos) (string, bool) {
	for i := range s.values {
		if s.values[i].pos == pos {
			return s.values[i].text, true
		}
	}
	return "", false
}

// agree tells whether conditions hold in a segment, or can be made to; sets is what has to be set for that.
func (s *outSegment) agree(conditions []fieldCondition, doc int, rule finding.Place) (sets []outValue, ok bool) {
	for _, c := range conditions {
		free, held := -1, false
		for i, f := range c.fields {
			text, set := s.get(f)
			switch {
			case set && slices.Contains(c.values, text):
				held = true
			case !set && free < 0:
				free = i
			}
		}
		switch {
		case held:
		case free < 0:
			return nil, false
		default:
			sets = append(sets, outValue{pos: c.fields[free], text: c.values[0], doc: doc, rule: rule})
		}
	}
	return sets, true
}

// trigger gives the first segment of a group, nil when it has no values yet.
func (w *writer) trigger(g *outGroup) *outSegment {
	if t := g.node.Trigger(); t != nil {
		if found := g.instances(w.number(t)); len(found) > 0 {
			return found[0].segment
		}
	}
	return nil
}

// compatible tells whether a group can be the one that conditions choose.
func (w *writer) compatible(g *outGroup, conditions []fieldCondition, rule finding.Place) ([]outValue, bool) {
	s := w.trigger(g)
	if s == nil {
		s = &outSegment{}
	}
	return s.agree(conditions, w.doc, rule)
}

// set puts values into the first segment of a group.
func (w *writer) set(g *outGroup, sets []outValue) {
	if len(sets) == 0 {
		return
	}
	s := w.trigger(g)
	if s == nil {
		t := g.node.Trigger()
		s = &outSegment{node: t}
		g.insert(outEntry{at: w.number(t), segment: s})
	}
	s.values = append(s.values, sets...)
}

// setTrigger gives a new group what its conditions say.
func (w *writer) setTrigger(g *outGroup, conditions []fieldCondition, rule finding.Place) {
	sets, _ := (&outSegment{}).agree(conditions, w.doc, rule)
	w.set(g, sets)
}

// put writes a value below a group: into the first instances of groups and segment that can take it, or into new ones.
func (w *writer) put(g *outGroup, cand *candidate, k int, out output) bool {
	if k == len(cand.steps) {
		return w.putSegment(g, cand, out)
	}
	st := cand.steps[k]
	number := w.number(st.group)
	found := g.instances(number)
	for _, e := range found {
		sets, ok := w.compatible(e.group, st.conditions, out.rule.place)
		if !ok {
			continue
		}
		w.set(e.group, sets)
		if w.put(e.group, cand, k+1, out) {
			return true
		}
		if s := w.trigger(e.group); len(sets) > 0 {
			s.values = s.values[:len(s.values)-len(sets)]
		}
	}
	if len(found) >= st.group.Max {
		return false
	}
	made := &outGroup{node: st.group}
	w.setTrigger(made, st.conditions, out.rule.place)
	if !w.put(made, cand, k+1, out) {
		return false
	}
	g.insert(outEntry{at: number, group: made})
	return true
}

// putSegment writes a value into a segment of a group.
func (w *writer) putSegment(g *outGroup, cand *candidate, out output) bool {
	number := w.number(cand.segment)
	found := g.instances(number)
	for _, e := range found {
		if w.putValue(e.segment, cand, out) {
			return true
		}
	}
	if len(found) >= cand.segment.Max {
		return false
	}
	s := &outSegment{node: cand.segment}
	if !w.putValue(s, cand, out) {
		return false
	}
	g.insert(outEntry{at: number, segment: s})
	return true
}

// putValue writes a value into a segment, at the first of its places that is free.
func (w *writer) putValue(s *outSegment, cand *candidate, out output) bool {
	rule := out.rule.place
	outer, ok := s.agree(cand.conditions, w.doc, rule)
	if !ok {
		return false
	}
	for i := range cand.spots {
		sp := &cand.spots[i]
		inner, ok := s.agree(sp.conditions, w.doc, rule)
		if !ok || !s.free(sp) || len(out.parts) > len(sp.fields) {
			continue
		}
		s.values = append(s.values, outer...)
		s.values = append(s.values, without(inner, outer)...)
		for k, part := range out.parts {
			s.values = append(s.values, outValue{sp.fields[k], part, w.doc, out.path, rule, out.item})
		}
		if sp.hasFormat {
			s.values = append(s.values, outValue{sp.format, out.format, w.doc, out.path, rule, out.item})
		}
		return true
	}
	return false
}

// free tells whether nothing stands at a spot yet.
func (s *outSegment) free(sp *spot) bool {
	for _, f := range sp.fields {
		if _, set := s.get(f); set {
			return false
		}
	}
	return true
}

// without drops the values whose places are in another list.
func without(list, other []outValue) []outValue {
	return slices.DeleteFunc(list, func(v outValue) bool {
		return slices.ContainsFunc(other, func(o outValue) bool { return o.pos == v.pos })
	})
}

// standsThere tells whether a value that several items share is written already. Another value there is a fault.
func (w *writer) standsThere(g *outGroup, cand *candidate, k int, out output) bool {
	if k < len(cand.steps) {
		st := cand.steps[k]
		for _, e := range g.instances(w.number(st.group)) {
			if sets, ok := w.compatible(e.group, st.conditions, finding.Place{}); ok && len(sets) == 0 && w.standsThere(e.group, cand, k+1, out) {
				return true
			}
		}
		return false
	}
	for _, e := range g.instances(w.number(cand.segment)) {
		if sets, ok := e.segment.agree(cand.conditions, 0, finding.Place{}); !ok || len(sets) > 0 {
			continue
		}
		for i := range cand.spots {
			sp := &cand.spots[i]
			if sets, ok := e.segment.agree(sp.conditions, 0, finding.Place{}); !ok || len(sets) > 0 {
				continue
			}
			there, set := e.segment.get(sp.fields[0])
			if !set {
				continue
			}
			if there != out.parts[0] {
				w.problem(ruleDiffers, out.rule, out.path, "write them into files of their own", "%s is %q, and another document of the same message has %q in %s", out.path, out.parts[0], there, cand.path)
			}
			return true
		}
	}
	return false
}

// constants writes the values of `fixed:`: those of the message always, those in a group where the group is.
func (w *writer) constants(root *outGroup) {
	for _, f := range w.m.fixed {
		if !w.constant(root, f, 0) {
			w.found.add(finding.Finding{Rule: ruleTooMany, Severity: finding.Error, Place: w.place(""), Related: &f.place, Source: f.source,
				Message: "there is no room for the constant at " + f.at.path})
		}
	}
}

func (w *writer) constant(g *outGroup, f *fixedRule, k int) bool {
	if k < len(f.at.steps) {
		st := f.at.steps[k]
		ok := true
		for _, e := range g.instances(w.number(st.group)) {
			if sets, fits := w.compatible(e.group, st.conditions, f.place); fits && len(sets) == 0 {
				ok = w.constant(e.group, f, k+1) && ok
			}
		}
		return ok
	}
	return w.putSegment(g, f.at, output{parts: []string{f.text}, rule: &rule{place: f.place}})
}

// mergeLast joins the groups of the last document with those of the one before, as far as these hold the same.
func (g *outGroup) mergeLast(made []*outGroup) {
	at := -1
	for i := range g.entries {
		if g.entries[i].group == made[0] {
			at = i
		}
	}
	if at < 1 || g.entries[at-1].group == nil || g.entries[at-1].at != g.entries[at].at || len(made) < 2 {
		return
	}
	before := g.entries[at-1].group
	number := -1
	for _, e := range made[0].entries {
		if e.group == made[1] {
			number = e.at
		}
	}
	if !before.sameBut(made[0], number) {
		return
	}
	for _, e := range made[0].instances(number) {
		before.insert(e)
	}
	g.entries = slices.Delete(g.entries, at, at+1)
	before.mergeLast(made[1:])
}

// sameBut compares two groups without the entries of one row.
func (g *outGroup) sameBut(o *outGroup, number int) bool {
	rest := func(x *outGroup) []outEntry {
		return slices.DeleteFunc(slices.Clone(x.entries), func(e outEntry) bool { return e.at == number })
	}
	return slices.EqualFunc(rest(g), rest(o), func(a, b outEntry) bool {
		switch {
		case a.at != b.at || (a.group == nil) != (b.group == nil):
			return false
		case a.group != nil:
			return a.group.sameBut(b.group, -1)
		}
		return slices.EqualFunc(a.segment.values, b.segment.values, func(v, w outValue) bool { return v.pos == w.pos && v.text == w.text })
	})
}
