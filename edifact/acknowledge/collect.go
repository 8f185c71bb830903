package acknowledge

import (
	"slices"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// What CONTRL has room for.
const (
	mostSegments = 999
	mostElements = 99
)

// Collector turns the events of a file and the findings about it into one Contrl for each interchange. The zero value is
// ready for use.
type Collector struct {
	// ReceiptOnly answers that the interchange was received, or rejected, and says nothing about its messages.
	ReceiptOnly bool
	// EachMessage lists accepted messages too. Otherwise they are acknowledged by the interchange.
	EachMessage bool
	// Directories is where the messages' directories are looked up; nil has the embedded ones.
	Directories *directory.Set

	answer   *Contrl
	group    *Group
	found    finding.List // about the message that is read
	messages int
	contrls  int
}

// Event takes an event, its own findings and further ones about the same part of the file. At the end of an interchange it
// gives the answer; nil when there is none to give: for an interchange that holds nothing but CONTRL, for one without UNB
// or control reference, and for interactive ones.
func (c *Collector) Event(ev *edifact.Event, more finding.List) *Contrl {
	switch ev.Kind {
	case edifact.InterchangeStart:
		c.begin(ev.Interchange)
		c.envelope(ev, more)
	case edifact.GroupStart:
		g := ev.Group
		c.group = &Group{Reference: g.Reference, Sender: g.Sender, Recipient: g.Recipient, Action: Acknowledged}
		c.groupFault(ev, more)
	case edifact.GroupEnd:
		c.groupFault(ev, more)
		c.endGroup()
	case edifact.MessageStart:
		c.found = slices.Concat(c.found[:0], ev.Findings, more)
	case edifact.SegmentRead:
		c.found = append(append(c.found, ev.Findings...), more...)
	case edifact.MessageEnd:
		c.found = append(append(c.found, ev.Findings...), more...)
		c.endMessage(ev)
	case edifact.StraySegment:
		if c.answer != nil { // else it stands outside of interchanges
			c.envelope(ev, more)
		}
	case edifact.InterchangeEnd:
		c.envelope(ev, more)
		return c.end(ev)
	}
	return nil
}

func (c *Collector) begin(i *edifact.Interchange) {
	c.answer = &Contrl{
		Syntax: i.Syntax, Test: i.Test, Control: i.Control, Sender: i.Sender, Recipient: i.Recipient, Action: Acknowledged,
	}
	if c.ReceiptOnly {
		c.answer.Action = Received
	}
	c.group, c.found = nil, c.found[:0]
	c.messages, c.contrls = 0, 0
}

// envelope rejects the interchange for errors of its own; the first is told.
func (c *Collector) envelope(ev *edifact.Event, more finding.List) {
	if f, ok := firstError(ev.Findings, more); ok {
		c.reject(&c.answer.Action, &c.answer.Fault, f)
	}
}

func (c *Collector) groupFault(ev *edifact.Event, more finding.List) {
	if f, ok := firstError(ev.Findings, more); ok {
		c.reject(&c.group.Action, &c.group.Fault, f)
	}
}

func (c *Collector) reject(action *Action, fault *Fault, f finding.Finding) {
	if *action != Rejected {
		*action, *fault = Rejected, c.serviceFault(f)
	}
}

func firstError(lists ...finding.List) (finding.Finding, bool) {
	for _, list := range lists {
		for _, f := range list {
			if f.Severity == finding.Error {
				return f, true
			}
		}
	}
	return finding.Finding{}, false
}

func (c *Collector) endMessage(ev *edifact.Event) {
	h := ev.Message
	c.messages++
	if h.Type == "CONTRL" {
		c.contrls++
		return
	}
	m := Message{Reference: h.Reference, Type: h.Type, Version: h.Version, Release: h.Release, Agency: h.Agency, Association: h.Association, Action: Acknowledged}
	for _, f := range c.found {
		if f.Severity == finding.Error {
			m.Action = Rejected
			c.add(&m, h, f)
		}
	}
	if !ev.Complete && m.Action != Rejected {
		m.Action, m.Fault = Rejected, Fault{Code: "13", Segment: "UNT"}
	}
	if m.Action == Rejected && (m.Reference == "" || m.Type == "") {
		c.rejectAll(m.Fault)
		return
	}
	if c.ReceiptOnly || m.Action != Rejected && !c.EachMessage {
		return
	}
	if c.group != nil {
		c.group.Messages = append(c.group.Messages, m)
		return
	}
	c.answer.Messages = append(c.answer.Messages, m)
}

// rejectAll rejects the interchange for a message that cannot be named: UCM needs its reference and type.
func (c *Collector) rejectAll(f Fault) {
	if c.answer.Action == Rejected {
		return
	}
	if f.Code == "" {
		f = Fault{Code: "13", Segment: "UNH"}
	}
	c.answer.Action, c.answer.Fault = Rejected, f
}

// add puts a finding where CONTRL has a place for it: with the message when it is about UNH or UNT, else with a segment.
func (c *Collector) add(m *Message, h *edifact.MessageHeader, f finding.Finding) {
	if isService(f) {
		if m.Fault.Code == "" {
			m.Fault = c.serviceFault(f)
		}
		return
	}
	code := Code(f.Rule, c.answer.Syntax.Number)
	position := f.Place.Segment
	if f.Rule == validate.RuleSegmentMissing {
		position-- // the last one before the one that is missing
	}
	s := m.segment(max(position, 1))
	switch {
	case s == nil:
	case f.Place.Element == 0:
		if s.Code == "" {
			s.Code = code
		}
	case len(s.Elements) < mostElements:
		s.Elements = append(s.Elements, Fault{Code: code, Element: f.Place.Element, Component: c.component(h, f), Repeat: c.repeat(f)})
	}
}

// segment gives the entry of a segment, a new one if need be, or nil when there is no more room. Entries stay in order.
func (m *Message) segment(position int) *Segment {
	i, found := slices.BinarySearchFunc(m.Segments, position, func(s Segment, p int) int { return s.Position - p })
	if !found {
		if len(m.Segments) == mostSegments {
			return nil
		}
		m.Segments = slices.Insert(m.Segments, i, Segment{Position: position})
	}
	return &m.Segments[i]
}

// isService tells whether a finding is about the header or trailer of a message.
func isService(f finding.Finding) bool {
	if means[f.Rule] != "" {
		return true
	}
	missing := f.Rule == validate.RuleSegmentMissing // stands at UNT, but is about what comes before
	return (f.Place.Tag == "UNH" || f.Place.Tag == "UNT") && !missing || f.Place.Segment == 0
}

// serviceFault gives the fault in a service segment.
func (c *Collector) serviceFault(f finding.Finding) Fault {
	fault := Fault{Code: Code(f.Rule, c.answer.Syntax.Number), Segment: f.Place.Tag}
	if tag := means[f.Rule]; tag != "" {
		fault.Segment = tag
		return fault
	}
	if known, err := directory.OpenService(c.syntax()); err == nil {
		if _, ok := known.Segment(fault.Segment); !ok {
			fault.Segment = ""
			return fault
		}
	}
	fault.Element, fault.Component, fault.Repeat = f.Place.Element, c.component(nil, f), c.repeat(f)
	return fault
}

func (c *Collector) syntax() int { return min(max(c.answer.Syntax.Number, 1), 4) }

// component gives the component of a finding, 0 for an element that is none of a composite.
func (c *Collector) component(h *edifact.MessageHeader, f finding.Finding) int {
	if f.Place.Component != 1 {
		return f.Place.Component
	}
	releases := make([]*directory.Release, 0, 2)
	if h != nil {
		if r, err := c.Directories.Open(h.Version + ":" + h.Release); err == nil {
			releases = append(releases, r)
		}
	}
	if r, err := directory.OpenService(c.syntax()); err == nil {
		releases = append(releases, r)
	}
	for _, r := range releases {
		if s, ok := r.Segment(f.Place.Tag); ok {
			if field := s.At(f.Place.Element-1, c.syntax()); field != nil && field.Composite == nil {
				return 0
			}
			return 1
		}
	}
	return 1
}

// repeat gives the repetition of a finding, which only syntax 4 can tell.
func (c *Collector) repeat(f finding.Finding) int {
	if c.syntax() < 4 || f.Place.Repeat < 2 {
		return 0
	}
	return f.Place.Repeat
}

func (c *Collector) endGroup() {
	g := c.group
	c.group = nil
	if c.ReceiptOnly || g.Action != Rejected && len(g.Messages) == 0 {
		return
	}
	if g.Action == Rejected {
		g.Messages = nil
	}
	c.answer.Groups = append(c.answer.Groups, *g)
}

func (c *Collector) end(ev *edifact.Event) *Contrl {
	answer := c.answer
	c.answer = nil
	if !ev.Complete && answer.Action != Rejected {
		answer.Action, answer.Fault = Rejected, Fault{Code: "13", Segment: "UNZ"}
	}
	if answer.Action == Rejected {
		answer.Messages, answer.Groups = nil, nil
	}
	nobody := answer.Control == "" || answer.Sender.ID == "" || answer.Recipient.ID == ""
	if nobody || ev.Interchange.Interactive || c.messages > 0 && c.messages == c.contrls {
		return nil
	}
	return answer
}
