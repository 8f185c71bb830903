package guideline

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// Deriver learns from real files what a partner uses, and drafts a guideline. Messages of one type and directory are
// learnt from: those of the first that it meets, or of the one that is wanted.
type Deriver struct {
	// Wanted is the message type, "ORDERS"; empty takes the first.
	Wanted string
	// Options are those of the validator that finds the way in the messages.
	Options []validate.Option

	// Levels changes what rules count for: nothing is learnt from a message with an error.
	Levels finding.Levels
	// Left is told of each message with errors, from which nothing is learnt; nil is allowed.
	Left func(h *edifact.MessageHeader, first finding.Finding)

	// Messages counts those that were learnt from, Passed those of other types or directories, Faulty those with errors,
	// from which nothing is learnt.
	Messages, Passed, Faulty int

	message      *directory.Message
	associations []string          // of messages that were learnt from
	without      bool              // one of them has none
	paths        map[string]*usage // "SG2[BY]/NAD"
	order        map[*directory.Node]int

	now    []trail
	events []event // of the message, learnt from when it has proved right
	active bool
}

// usage is what was seen at a path.
type usage struct {
	path     string
	node     *directory.Node
	parent   *usage
	times    int // occurrences
	within   int // occurrences of what is around in which it was there
	most     int // in one of those
	elements map[string]*values
}

// values is what was seen of an element.
type values struct {
	times             int
	shortest, longest int
	seen              map[string]int // nil when there are too many
}

// mostValues is how many different values of an element are listed.
const mostValues = 24

// mostPaths bounds what is learnt from files that are not what they should be.
const mostPaths = 20_000

// trail is an open group while learning.
type trail struct {
	node   *directory.Node
	usage  *usage
	counts map[*usage]int
}

// event is a segment of the message that is read.
type event struct {
	row *directory.Node
	seg *edifact.Segment
}

// Read learns from all messages of a file. The error is that of reading; what was read before it stays learnt.
func (d *Deriver) Read(r io.Reader) error {
	v := validate.New(d.Options...)
	var bad finding.List // of the message
	for ev, err := range edifact.NewReader(r).Events() {
		if err != nil {
			return err
		}
		found := d.Levels.ApplyAll(slices.Concat(ev.Findings, v.Event(ev)))
		if ev.Kind == edifact.MessageStart {
			bad = nil
		}
		if bad == nil && ev.Message != nil && found.HasErrors() {
			bad = found
		}
		switch ev.Kind {
		case edifact.MessageStart:
			d.events = d.events[:0]
			d.active = d.begin(ev.Message, v)
			d.keep(v.Row(), ev.Segment)
		case edifact.SegmentRead:
			d.keep(v.Row(), ev.Segment)
		case edifact.MessageEnd:
			d.end(ev, bad)
		}
	}
	return nil
}

// mostSegments is how long a message may be to be learnt from; longer ones are learnt from up to there.
const mostSegments = 100_000

func (d *Deriver) keep(row *directory.Node, s *edifact.Segment) {
	if d.active && row != nil && len(d.events) < mostSegments {
		d.events = append(d.events, event{row, s.Clone()})
	}
}

// begin tells whether a message is one to learn from.
func (d *Deriver) begin(h *edifact.MessageHeader, v *validate.Validator) bool {
	release := v.Release()
	if release == nil || d.Wanted != "" && h.Type != d.Wanted || d.Wanted == "" && d.message == nil && h.Type == "CONTRL" {
		d.Passed++
		return false
	}
	m, err := release.Message(h.Type)
	if err != nil || d.message != nil && d.message != m {
		d.Passed++
		return false
	}
	if d.message == nil {
		d.message, d.paths, d.order = m, map[string]*usage{}, map[*directory.Node]int{}
		for i, n := range m.Nodes {
			d.order[n] = i
		}
		d.paths[""] = &usage{node: m.Root}
	}
	return true
}

func (d *Deriver) end(ev *edifact.Event, bad finding.List) {
	if !d.active {
		return
	}
	d.active = false
	if bad.HasErrors() || !ev.Complete {
		d.Faulty++
		for _, f := range bad {
			if f.Severity == finding.Error && d.Left != nil {
				d.Left(ev.Message, f)
				break
			}
		}
		return
	}
	d.Messages++
	switch a := ev.Message.Association; {
	case a == "":
		d.without = true
	case !slices.Contains(d.associations, a):
		d.associations = append(d.associations, a)
	}
	top := d.paths[""]
	top.times++
	d.now = []trail{{node: d.message.Root, usage: top, counts: map[*usage]int{}}}
	for _, e := range d.events {
		d.learn(e.row, e.seg)
	}
	for len(d.now) > 0 {
		d.close()
	}
}

// learn takes a segment.
func (d *Deriver) learn(row *directory.Node, s *edifact.Segment) {
	isTrigger := row.Parent.ID != "" && row.Parent.Trigger() == row
	around := row.Parent
	if isTrigger {
		around = around.Parent
	}
	for len(d.now) > 1 && d.now[len(d.now)-1].node != around {
		d.close()
	}
	if isTrigger {
		u := d.count(row.Parent, s)
		d.now = append(d.now, trail{node: row.Parent, usage: u, counts: map[*usage]int{}})
	}
	if u := d.count(row, s); u != nil {
		d.elements(u, s)
	}
}

// count notes an occurrence. A segment that begins a group needs no qualifier of its own: the group has it.
func (d *Deriver) count(n *directory.Node, s *edifact.Segment) *usage {
	t := &d.now[len(d.now)-1]
	if t.usage == nil {
		return nil
	}
	path := join(t.usage.path, n.ID)
	if n.Group || n.Parent.ID == "" || n.Parent.Trigger() != n {
		if q := d.qualifier(s); q != "" {
			path += "[" + q + "]"
		}
	}
	u := d.paths[path]
	if u == nil {
		if len(d.paths) >= mostPaths {
			return nil
		}
		u = &usage{path: path, node: n, parent: t.usage, elements: map[string]*values{}}
		d.paths[path] = u
	}
	u.times++
	if t.counts[u]++; t.counts[u] == 1 {
		u.within++
	}
	u.most = max(u.most, t.counts[u])
	return u
}

// qualifier gives the value that tells occurrences of a segment apart, "" when its first element has no codes.
func (d *Deriver) qualifier(s *edifact.Segment) string {
	def, ok := d.message.Release.Segment(s.Tag())
	if !ok || len(def.Fields) == 0 {
		return ""
	}
	spots := def.Find(qualifierOf(def), 3)
	if len(spots) == 0 || spots[0].Leaf == nil || !spots[0].Leaf.HasCodes || s.Tag() == "BGM" {
		return ""
	}
	value := string(first(s))
	if strings.ContainsAny(value, "[],/\"' \t\r\n") || !utf8.ValidString(value) {
		return ""
	}
	return value
}

func (d *Deriver) close() { d.now = d.now[:len(d.now)-1] }

// elements notes the values of a segment.
func (d *Deriver) elements(u *usage, s *edifact.Segment) {
	def, ok := d.message.Release.Segment(s.Tag())
	if !ok {
		return
	}
	syntax := 3
	if s.Separators().Repetition != 0 {
		syntax = 4
	}
	for _, path := range leaves(def) {
		present := false
		for _, spot := range def.Find(path, syntax) {
			for r := range s.Repeats(spot.Element) {
				text, err := s.Text(spot.Element, r, spot.Component)
				if err != nil || text == "" {
					continue
				}
				v := u.elements[path]
				if v == nil {
					v = &values{seen: map[string]int{}}
					u.elements[path] = v
				}
				if !present {
					v.times++
				}
				present = true
				v.note(text)
			}
		}
	}
}

func (v *values) note(text string) {
	n := utf8.RuneCountInString(text)
	if v.shortest == 0 || n < v.shortest {
		v.shortest = n
	}
	v.longest = max(v.longest, n)
	if v.seen == nil {
		return
	}
	if v.seen[text]++; len(v.seen) > mostValues {
		v.seen = nil
	}
}

// leaves gives the elements of a segment that have values.
func leaves(s *directory.Segment) []string {
	var all []string
	for _, path := range s.Elements() {
		if spots := s.Find(path, 3); len(spots) > 0 && spots[0].Leaf != nil {
			all = append(all, path)
		}
	}
	return all
}

// errNothing says that there was nothing to learn from.
func (d *Deriver) errNothing() error {
	return fmt.Errorf("no message to learn from: %d of other types or of directories that are not known, %d with errors", d.Passed, d.Faulty)
}
