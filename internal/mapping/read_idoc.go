package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/idoc"
)

// idocReader is where a reader stands in a file of IDocs.
type idocReader struct {
	open    []idocOpen // the segments around the one read last, and it
	began   bool       // an IDoc is open
	alien   bool       // and it is of another kind
	start   finding.Place
	control finding.Place
	raw     []byte // of the IDoc, where somebody asked for refused ones
	refused int    // before the IDoc
	missed  map[string]*miss
}

// idocOpen is a segment that is open.
type idocOpen struct {
	name  string
	holds []bool // by condition
}

// readIDocs reads a whole file of IDocs.
func (m *Mapping) readIDocs(in io.Reader, file string, opt ReadOptions) (finding.List, error) {
	fr := idoc.NewReader(in, m.idoc.read)
	fr.SetFile(file)
	r := m.NewReader(opt)
	err := eachRecord(fr.Read, func(seg *idoc.Segment, broken bool) error {
		err := r.pushIDoc(seg, broken)
		if fr.IsXML() && opt.Refused != nil {
			r.idoc.raw = append(r.idoc.raw[:0], fr.Whole()...)
		}
		return err
	})
	if err != nil && r.idoc.began {
		r.bad = true // its end is not known
	}
	return r.endFile(fr.Findings(), err)
}

// pushIDoc takes a segment. A broken one spoils the documents that it belongs to.
func (r *Reader) pushIDoc(seg *idoc.Segment, broken bool) error {
	if seg.IsControl() {
		if err := r.endIDoc(); err != nil {
			return err
		}
		r.beginIDoc(seg)
	}
	r.idoc.keep(r, seg)
	if broken {
		r.bad = true
	}
	if seg.IsControl() || r.idoc.alien || !r.idoc.began {
		return nil
	}
	return r.takeIDoc(seg)
}

// keep keeps the bytes of the IDoc for who wants those refused.
func (e *idocReader) keep(r *Reader, seg *idoc.Segment) {
	if r.opt.Refused != nil && (e.began || !seg.IsControl()) {
		e.raw = append(e.raw, seg.Raw()...)
	}
}

// beginIDoc begins an IDoc.
func (r *Reader) beginIDoc(seg *idoc.Segment) {
	e := r.idoc
	e.began, e.alien, e.start, e.control, e.refused = true, false, seg.Where(), seg.Where(), r.found.refused
	e.open, e.raw = e.open[:0], e.raw[:0]
	for i := range r.hits {
		r.hits[i].state = noHit
	}
	clear(r.groups)
	if !r.m.perGroup {
		r.doc.Reset()
		r.groups[0], r.drop[0] = &r.doc.Group, false
	}
	for _, k := range []struct{ field, want string }{{"IDOCTYP", r.m.idoc.basic}, {"MESTYP", r.m.idoc.message}} {
		got := seg.Value(k.field)
		if k.want == "" || got == k.want || k.field == "IDOCTYP" && family(got) == family(k.want) {
			continue
		}
		e.alien, r.bad = true, true
		place := seg.Where()
		if i := seg.Index(k.field); i >= 0 {
			place = seg.Place(i)
		}
		r.problem(ruleFixed, place, "", nil, fmt.Sprintf("%s is %q, and the mapping is for %q", k.field, got, k.want), "the IDoc is of another kind: take it with another mapping")
	}
}

// takesIDoc tells whether a file begins with an IDoc that the mapping is for.
func (m *Mapping) takesIDoc(head []byte) bool {
	seg, _ := idoc.NewReader(bytes.NewReader(head), m.idoc.read).Read() // of a file cut off, the control record is there
	return seg != nil && seg.IsControl() && family(seg.Value("IDOCTYP")) == family(m.idoc.basic) && (m.idoc.message == "" || seg.Value("MESTYP") == m.idoc.message)
}

// family gives a basic type without its version: ORDERS05 has all that ORDERS04 has.
func family(basic string) string { return strings.TrimRight(basic, "0123456789") }

// takeIDoc takes a data record.
func (r *Reader) takeIDoc(seg *idoc.Segment) error {
	e, m := r.idoc, r.m.idoc
	level := min(seg.Level(), len(e.open)+1)
	if err := r.closeSegments(level); err != nil {
		return err
	}
	for _, cand := range r.m.candidates {
		if cand.idoc.anchor >= level {
			r.hits[cand.number].state = noHit
		}
	}
	r.openSegment(level, seg)
	for _, s := range m.scopes[seg.Name()] {
		r.beginScope(s, seg)
	}
	for _, f := range m.fixed[seg.Name()] {
		if e.at(f.at.idoc.path) {
			r.checkIDocConstant(f, seg)
		}
	}
	taken := len(m.scopes[seg.Name()]) > 0
	for _, cand := range m.bySegment[seg.Name()] {
		taken = r.takeIDocPlace(cand, seg) || taken
	}
	if !taken {
		r.missIDoc(seg)
	}
	return nil
}

// openSegment remembers a segment, and which conditions hold in it.
func (r *Reader) openSegment(level int, seg *idoc.Segment) {
	e, m := r.idoc, r.m.idoc
	e.open = e.open[:min(level-1, len(e.open))]
	var o idocOpen
	if cap(e.open) > len(e.open) {
		o = e.open[:len(e.open)+1][len(e.open)]
	}
	o.name = seg.Name()
	o.holds = slices.Grow(o.holds[:0], len(m.conditions))[:len(m.conditions)]
	for i, list := range m.conditions {
		o.holds[i] = m.holders[i] == o.name && holdAll(list, seg)
	}
	e.open = append(e.open, o)
}

// holdAll tells whether conditions hold in a segment.
func holdAll(list []idocCondition, seg *idoc.Segment) bool {
	for _, c := range list {
		if !contains(c.values, seg.Value(c.field)) {
			return false
		}
	}
	return true
}

// at tells whether the segment read last stands at a path.
func (e *idocReader) at(path []idocStep) bool {
	if len(path) != len(e.open) {
		return false
	}
	for i, st := range path {
		if e.open[i].name != st.name || st.number >= 0 && !e.open[i].holds[st.number] {
			return false
		}
	}
	return true
}

// beginScope begins an item, or a document.
func (r *Reader) beginScope(s *scope, seg *idoc.Segment) {
	if !r.idoc.at(s.idocPath) || s.parent != nil && r.groups[s.parent.number] == nil {
		return
	}
	r.drop[s.number] = false
	if s.parent == nil {
		r.doc.Reset()
		r.groups[0], r.idoc.start = &r.doc.Group, seg.Where()
		return
	}
	r.groups[s.number] = newGroup(s)
	r.paths[s.number]++
}

// closeSegments ends the segments of a level and below, and the items and documents that stand for them.
func (r *Reader) closeSegments(level int) error {
	for i := len(r.m.scopes) - 1; i >= 0; i-- {
		s := r.m.scopes[i]
		group := r.groups[i]
		if group == nil || len(s.idocPath) < level || len(s.idocPath) == 0 {
			continue
		}
		r.resolve(s, group)
		r.groups[i] = nil
		if s.parent != nil {
			r.attach(s, group)
			continue
		}
		r.dropped = r.dropped || r.drop[0]
		if err := r.finish(); err != nil {
			return err
		}
	}
	return nil
}

// takeIDocPlace takes the value at a place; false when the segment is not that of the place.
func (r *Reader) takeIDocPlace(cand *candidate, seg *idoc.Segment) bool {
	if !r.idoc.at(cand.idoc.path) || !cand.inherited && r.groups[cand.rule.scope.number] == nil {
		return false
	}
	i := seg.Index(cand.idoc.field.Name)
	if i < 0 {
		return true
	}
	out, err := seg.AppendText(r.scratch[:0], i)
	h := &r.hits[cand.number]
	if err != nil {
		f := finding.Finding{Rule: ruleCharset, Severity: finding.Error, Place: seg.Place(i), Message: err.Error(), Related: &cand.rule.place}
		if e, ok := errors.AsType[*flatfile.CharsetError](err); ok {
			own := e.Finding()
			f.Place, f.Hint, f.Message = own.Place, own.Hint, own.Message
		}
		r.found.add(f)
		h.state, h.alt = badHit, 0
		return true
	}
	r.scratch = out
	if len(out) == 0 || cand.idoc.field.Kind == idoc.Date && strings.Trim(string(out), "0") == "" {
		return true // 00000000 is no date
	}
	r.take(h, cand.rule, out, nil, 0, standing{idoc: seg, column: i})
	if r.opt.Trace && h.state == goodHit {
		h.origin.Raw = string(out)
	}
	return true
}

// checkIDocConstant compares a constant.
func (r *Reader) checkIDocConstant(f *fixedRule, seg *idoc.Segment) {
	got := seg.Value(f.at.idoc.field.Name)
	if got == f.text {
		return
	}
	place := seg.Where()
	if i := seg.Index(f.at.idoc.field.Name); i >= 0 {
		place = seg.Place(i)
	}
	r.found.add(finding.Finding{Rule: ruleFixed, Severity: finding.Error, Place: place, Value: finding.Cut(got), Related: &f.place,
		Message: fmt.Sprintf("%s is %q, and the mapping is for %q", f.at.path, got, f.text), Hint: "the IDoc may be of another kind: take it with another mapping"})
	r.bad = true
}

// missIDoc counts a segment with values that no line takes.
func (r *Reader) missIDoc(seg *idoc.Segment) {
	value := ""
	for i := range seg.Fields() {
		if text, _ := seg.Text(i); text != "" {
			value = text
			break
		}
	}
	if value == "" {
		return
	}
	name := seg.Name()
	if len(r.m.idoc.bySegment[name]) > 0 {
		name += " " + value
	}
	if len(r.idoc.missed) >= maxMissed {
		name = "…"
	}
	m := r.idoc.missed[name]
	if m == nil {
		m = &miss{first: seg.Where()}
		r.idoc.missed[name] = m
	}
	m.count++
}

// endIDoc ends the IDoc that is open.
func (r *Reader) endIDoc() error {
	e := r.idoc
	if !e.began {
		return nil
	}
	e.began = false
	if err := r.closeSegments(1); err != nil {
		return err
	}
	switch {
	case !r.m.perGroup && !e.alien:
		r.resolve(r.m.root, &r.doc.Group)
		r.dropped = r.dropped || r.drop[0]
		if err := r.finish(); err != nil {
			return err
		}
	case r.bad: // no document was open to bear it
		r.found.refused++
	}
	r.bad, r.dropped = false, false
	if r.found.refused > e.refused && r.opt.Refused != nil {
		r.opt.Refused(e.raw)
	}
	return nil
}

// endIDocs ends the file.
func (r *Reader) endIDocs() error {
	err := r.endIDoc()
	for _, name := range sortedKeys(r.idoc.missed) {
		r.unmapped(name, *r.idoc.missed[name])
	}
	return err
}
