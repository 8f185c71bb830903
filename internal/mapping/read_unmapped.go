package mapping

import (
	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

// miss counts segments that no line takes.
type miss struct {
	count int
	first finding.Place
}

// maxMissed is how many kinds of segments that no line took are told apart.
const maxMissed = 200

// identified tells whether conditions say what kind of segment it is, as the qualifier in its first element does.
func identified(conditions []fieldCondition) bool {
	for i := range conditions {
		if conditions[i].fields[0].element == 0 {
			return true
		}
	}
	return false
}

// miss counts a segment that no line takes, though lines take others like it.
func (r *Reader) miss(number int, seg *edifact.Segment) {
	e := r.edi
	value := seg.Bytes(0, 0, 0)
	m := e.missed[number][string(value)]
	if m == nil {
		m = r.newMiss(number, text(value), seg)
	}
	m.count++
}

func (r *Reader) newMiss(number int, value string, seg *edifact.Segment) *miss {
	e := r.edi
	if e.missed[number] == nil {
		e.missed[number] = map[string]*miss{}
	}
	if len(value) > 35 || e.kinds >= maxMissed {
		value = "…"
	}
	m := e.missed[number][value]
	if m == nil {
		m = &miss{first: seg.Place(-1, -1, -1)}
		e.missed[number][value] = m
		e.kinds++
	}
	return m
}

// endMessage closes what is open, emits the last document and says what was not mapped.
func (r *Reader) endMessage() error {
	e := r.edi
	for g := r.m.nodes[e.at].parent; e.at != 0 && g > 0; g = r.m.nodes[g].parent {
		if err := r.closeGroup(g); err != nil {
			return err
		}
	}
	if e.began && !r.m.perGroup {
		r.resolve(r.m.root, &r.doc.Group)
		r.dropped = r.dropped || r.drop[0]
		if err := r.finish(); err != nil {
			return err
		}
	}
	for i, c := range e.counts {
		if c != nil {
			r.unmapped(r.m.nodes[i].name, *c)
		}
	}
	for i, kinds := range e.missed {
		for _, value := range sortedKeys(kinds) {
			r.unmapped(r.m.nodes[i].name+"+"+value, *kinds[value])
		}
	}
	clear(e.counts)
	clear(e.missed)
	return nil
}

func (r *Reader) unmapped(what string, c miss) {
	r.found.list = append(r.found.list, finding.Finding{Rule: ruleUnmapped, Severity: finding.Note, Place: c.first, Count: c.count,
		Message: "no line of the mapping takes " + what})
}
