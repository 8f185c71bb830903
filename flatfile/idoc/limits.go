package idoc

import (
	"fmt"

	"github.com/batchgate/batchgate/finding"
)

// Limits says what becomes of an IDoc in which a segment stands more often, or less often, than its basic type has it.
type Limits uint8

const (
	// WarnLimits makes it a warning.
	WarnLimits Limits = iota
	// RefuseLimits makes a segment that stands too often an error. One that is missing stays a warning, because it is known
	// only when the segments around it have been read.
	RefuseLimits
	// IgnoreLimits says nothing.
	IgnoreLimits
)

// counts gives how often the segments stand that are counted in an open segment, or at the top for -1.
func (r *Reader) counts(at int) []int32 {
	if at < 0 {
		return r.top
	}
	return r.open[at].counts
}

// counters gives memory for what stands in a place.
func counters(old []int32, p *place) []int32 {
	if p == nil {
		return old[:0]
	}
	n := len(p.children)
	if cap(old) < n {
		return make([]int32, n)
	}
	clear(old[:n])
	return old[:n]
}

// full tells whether no more segments of a place are to stand where it is.
func (r *Reader) full(p *place, counts []int32) bool {
	return p.max > 0 && int(counts[p.index]) >= p.max && r.o.Limits != IgnoreLimits
}

// count counts a segment, and says when it is the first of too many.
func (r *Reader) count(s *Segment, at int) finding.List {
	p := s.place
	if p == nil {
		return nil
	}
	counts := r.counts(at)
	tooMany := r.full(p, counts) && int(counts[p.index]) == p.max
	counts[p.index]++
	if !tooMany {
		return nil
	}
	f := s.fault(ruleLimit, "%s stands %s for the %s time, and %s has it there at most %s", s.name, p.parent.where(), ordinal(p.max+1), r.named, times(p.max))
	f.Hint = "say so to the sender; a mapping may take it with limits: ignore"
	if r.o.Limits == WarnLimits {
		f.Severity = finding.Warning
		r.warn(limit{p, true}, f)
		return nil
	}
	return finding.List{f}
}

// limit is one of a basic type that was not kept: that of the most, or of the least segments in a place.
type limit struct {
	place *place
	most  bool
}

// keepExamples is how many places a warning about a limit names.
const keepExamples = 5

// warn keeps a warning, one for each limit, with how often it was not kept.
func (r *Reader) warn(l limit, f finding.Finding) {
	at, met := r.limits[l]
	if !met {
		if r.limits == nil {
			r.limits = map[limit]int{}
		}
		at = len(r.limited)
		r.limits[l] = at
		r.limited = append(r.limited, f)
		return
	}
	g := &r.limited[at]
	if g.Count = max(g.Count, 1) + 1; g.Count == 2 {
		g.Examples = append(g.Examples, g.Place.String())
	}
	if len(g.Examples) < keepExamples {
		g.Examples = append(g.Examples, f.Place.String())
	}
}

// lacks tells whether a segment that is open lacks others that its place must have.
func (o *open) lacks() bool {
	return o.place != nil && o.place.needs && o.place.lacking(o.counts) != nil
}

// lacking gives the first place that must have more segments than stand there.
func (p *place) lacking(counts []int32) *place {
	for i, child := range p.children {
		if int(counts[i]) < child.min {
			return child
		}
	}
	return nil
}

// close says what is missing in the open segments behind one, which end.
func (r *Reader) close(at int) {
	for i := len(r.open) - 1; i > at; i-- {
		if o := &r.open[i]; o.lacks() {
			r.missing(o.place, o.counts, finding.Place{File: r.file, Record: int64(r.idoc), Segment: o.number, Tag: o.known.name})
		}
	}
	r.open = r.open[:at+1]
}

// end says what is missing in the IDoc that was read.
func (r *Reader) end() {
	r.close(-1)
	if r.basic != nil && r.headed && r.basic.lacking(r.top) != nil {
		r.missing(r.basic, r.top, r.began)
	}
}

// missing says which segment a place must have more often.
func (r *Reader) missing(p *place, counts []int32, where finding.Place) {
	if r.o.Limits == IgnoreLimits {
		return
	}
	lacks := p.lacking(counts)
	r.warn(limit{lacks, false}, finding.Finding{Rule: ruleLimit, Severity: finding.Warning, Place: where,
		Message: fmt.Sprintf("%s stands %s %s, and %s has it there at least %s", lacks.name, p.where(), times(int(counts[lacks.index])), r.named, times(lacks.min)),
		Hint:    "a record may be missing"})
}

// where names a place.
func (p *place) where() string {
	if p.name == "" {
		return "at the top"
	}
	return "in " + p.name
}

// times names a number of times.
func times(n int) string {
	switch n {
	case 0:
		return "not at all"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// ordinal names the place of a number in a row.
func ordinal(n int) string {
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		return fmt.Sprintf("%dst", n)
	case n%10 == 2:
		return fmt.Sprintf("%dnd", n)
	case n%10 == 3:
		return fmt.Sprintf("%drd", n)
	}
	return fmt.Sprintf("%dth", n)
}
