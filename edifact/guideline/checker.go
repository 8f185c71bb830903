package guideline

import (
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// Checker checks messages of one guideline, one after another. Messages of other types it passes over. It is not safe for
// use by several goroutines at once.
type Checker struct {
	g      *Guideline
	active bool
	wide   bool // characters are not bytes
	syntax int  // index of spots: 0 for syntax 1 to 3, 1 for 4

	frames []frame
	counts []int // by use, within the open occurrences
	strays []int // by use: occurrences with a qualifier that is not used, each of which may stand for a missing one
	states []state
	unsure bool            // a segment could not be placed, and no group has begun since
	agreed []finding.Place // codes that the directory does not have and the guideline does
	found  finding.List
	more   int
}

// frame is an open occurrence of a group; the first is the message.
type frame struct {
	group *group // nil where nothing is checked
	node  *directory.Node
	at    int // index of the row that was there last, -1 before the first
	value []byte
	place finding.Place // of the trigger
	blind bool          // a segment within could not be placed: nobody knows what is missing
}

// mostFindings is how many findings of a message are kept; further ones are counted.
const mostFindings = 1000

// NewChecker makes a checker.
func (g *Guideline) NewChecker() *Checker {
	c := &Checker{g: g, counts: make([]int, g.uses), strays: make([]int, g.uses), states: make([]state, len(g.rules))}
	for i, r := range g.rules {
		c.states[i] = state{met: make([]bool, len(r.ifs)+len(r.thens)), spoilt: make([]bool, len(r.ifs)+len(r.thens)), where: make([]finding.Place, len(r.ifs)+len(r.thens)), value: make([]string, len(r.ifs)+len(r.thens))}
	}
	return c
}

// Event takes an event of a file, the row at which a validator stands with its segment, and what the validator has found.
// It gives the findings of both, a fault of which both speak once.
func (c *Checker) Event(ev *edifact.Event, row *directory.Node, found finding.List) finding.List {
	switch ev.Kind {
	case edifact.MessageStart:
		c.start(ev, row)
	case edifact.SegmentRead:
		if c.active && (row != nil || !isSecurity(ev.Segment.Tag())) {
			c.segment(row, ev.Segment)
		}
	case edifact.MessageEnd:
		return c.end(ev, found)
	}
	return found
}

// isSecurity tells whether a segment is one of those of security, which stand behind UNH and before UNT of any message and in
// no segment table.
func isSecurity(tag string) bool {
	if !strings.HasPrefix(tag, "US") {
		return false
	}
	r, err := directory.OpenService(4)
	if err != nil {
		return false
	}
	_, ok := r.Segment(tag)
	return ok
}

func (c *Checker) start(ev *edifact.Event, row *directory.Node) {
	h := ev.Message
	c.active = h.Type == c.g.Message.Type && !h.Interactive
	c.found, c.more, c.unsure, c.frames, c.agreed = nil, 0, false, c.frames[:0], c.agreed[:0]
	if !c.active {
		return
	}
	c.syntax = 0
	if ev.Interchange != nil && ev.Interchange.Syntax.Number >= 4 {
		c.syntax = 1
	}
	c.wide = ev.Segment.Charset().Name() == "utf-8"
	if row == nil || row.Parent != c.g.Message.Root {
		c.active = false
		c.report(RuleMessage, ev.Segment.Place(1, -1, -1), h.String(), "the message is one of %s, the guideline %s is for %s", h.Directory(), c.g.Name, c.g.Message.Release.Name())
		return
	}
	if a := c.g.Associations; len(a) > 0 && !slices.Contains(a, h.Association) {
		c.report(RuleAssociation, ev.Segment.Place(1, 0, 4), h.Association, "the message names the subset %q, the guideline %s is for %s", h.Association, c.g.Name, orList(a))
	}
	c.open(c.g.root, c.g.Message.Root, ev.Segment)
	c.segment(row, ev.Segment)
}

// open begins an occurrence of a group.
func (c *Checker) open(g *group, node *directory.Node, s *edifact.Segment) {
	if len(c.frames) < cap(c.frames) {
		c.frames = c.frames[:len(c.frames)+1]
	} else {
		c.frames = append(c.frames, frame{})
	}
	f := &c.frames[len(c.frames)-1]
	f.group, f.node, f.at, f.value, f.blind = g, node, -1, f.value[:0], false
	f.place = s.Place(-1, -1, -1)
	if g != nil {
		for _, r := range g.rows {
			r.each(func(u *use) { c.counts[u.id], c.strays[u.id] = 0, 0 })
		}
	}
	for i, r := range c.g.rules {
		if r.group == node {
			c.states[i].reset()
		}
	}
}

func (r *row) each(do func(*use)) {
	if r.total != nil {
		do(r.total)
	}
	for _, u := range r.variants {
		do(u)
	}
}

// segment takes a segment that stands at a row.
func (c *Checker) segment(row *directory.Node, s *edifact.Segment) {
	if row == nil {
		c.lose()
		return
	}
	isTrigger := row.Parent.ID != "" && row.Parent.Trigger() == row
	around := row.Parent
	if isTrigger {
		around = around.Parent
	}
	if c.unsure && !c.begins(row, isTrigger) || !c.reach(around, s) {
		return
	}
	c.unsure = false
	if isTrigger {
		outer := &c.frames[len(c.frames)-1]
		u := c.occurrence(outer, row.Parent, s)
		var inside *group
		if u != nil {
			inside = u.inside
		}
		c.open(inside, row.Parent, s)
		f := &c.frames[len(c.frames)-1]
		f.value = append(f.value, first(s)...)
		if inside == nil {
			return
		}
	}
	f := &c.frames[len(c.frames)-1]
	if f.group != nil {
		if u := c.occurrence(f, row, s); u != nil {
			c.elements(u, s)
		}
	}
	c.judge(row, s)
}

// lose handles a segment that has no place in the table, which the directory's findings say. What is open may have lost
// anything, and where the next segments stand is a guess until something begins that the guideline knows.
func (c *Checker) lose() {
	c.unsure = true
	for i := range c.frames[1:] {
		c.frames[i+1].blind = true
	}
}

// begins tells whether a segment begins a group that is used, or a section of the message.
func (c *Checker) begins(row *directory.Node, isTrigger bool) bool {
	if !isTrigger {
		return row.ID == "UNS"
	}
	for i := len(c.frames) - 1; i >= 0; i-- {
		if f := &c.frames[i]; f.node == row.Parent.Parent {
			return f.group != nil && f.group.at[row.Parent] != nil
		}
	}
	return false
}

// reach closes what is open within a group. It tells whether the group itself is open.
func (c *Checker) reach(group *directory.Node, s *edifact.Segment) bool {
	for i := len(c.frames) - 1; i >= 0; i-- {
		if c.frames[i].node == group {
			for len(c.frames)-1 > i {
				c.close(s.Place(-1, -1, -1))
			}
			return true
		}
	}
	return false
}

// close ends the innermost open occurrence.
func (c *Checker) close(place finding.Place) {
	f := &c.frames[len(c.frames)-1]
	if !f.blind {
		if f.group != nil {
			c.passed(f, f.at, len(f.node.Children), place)
		}
		c.conclude(f)
	}
	c.frames = c.frames[:len(c.frames)-1]
}

func (c *Checker) end(ev *edifact.Event, found finding.List) finding.List {
	if c.active {
		place := ev.Message.Place
		if ev.Segment != nil {
			place = ev.Segment.Place(-1, -1, -1)
		}
		if !ev.Complete {
			c.frames = c.frames[:0] // it broke off: what it lacks is not missing
		}
		for len(c.frames) > 0 {
			c.close(place)
		}
	}
	c.active = false
	return c.merge(found)
}
