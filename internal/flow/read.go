package flow

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// Message is one message of a file as one flow reads it: a message of EDIFACT, or all rows of another file. A message
// that several flows take comes once for each.
type Message struct {
	N         int            // ordinal in the file, from 1
	Flow      *profiles.Flow // nil when no flow takes it
	Reference string
	Type      string
	Version   string // "D.96A"
	Sender    string
	Recipient string
	Control   string // the interchange's reference
	Offset    int64
	End       int64
	Documents int64
	Refused   int64 // documents that have an error
	Findings  finding.List
	Broken    bool // an error of the message itself: none of its documents may take effect
}

// Sink takes what reading a file gives, in the file's order.
type Sink struct {
	// Document takes a document; it is valid until Document returns. Whether its message is broken is known at End.
	Document func(m *Message, d *document.Document) error
	// End takes a message that was read to its end.
	End func(m *Message) error
	// Row takes the raw bytes of a row whose document has an error; nil is allowed.
	Row func(m *Message, raw []byte)
	// Answer takes a message that says what became of something we sent, CONTRL, or APERAK where no flow takes it as what it
	// is; nil is allowed.
	Answer func(m *Message, a Answer)
	// Interchange takes what is to be told to the sender of an interchange; nil is allowed.
	Interchange func(i *edifact.Interchange, c *acknowledge.Contrl, flows []*profiles.Flow) error
}

// ReadOptions say how a file is read.
type ReadOptions struct {
	Name  string // the file's name, for places
	Trace bool   // give each value its origin
	Tools *Tools // nil: new ones
}

// Read reads a file for the flows that its name fits. Messages are routed by what they are; rows are read once for each
// flow that takes them. The findings are those of the file as a whole; an error is one of the sink or of reading the bytes.
func Read(open func() (io.ReadCloser, error), flows []*profiles.Flow, opt ReadOptions, sink Sink) (finding.List, error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	tools := opt.Tools
	if tools == nil {
		tools = NewTools()
	}
	in := tools.in
	in.Reset(r)
	defer in.Reset(nil)
	var messages, rows []*profiles.Flow
	for _, f := range flows {
		if f.Read == nil {
			continue
		}
		if f.Read.Format() == mapping.EDIFACT {
			messages = append(messages, f)
		} else {
			rows = append(rows, f)
		}
	}
	switch {
	case len(messages) > 0 && (len(rows) == 0 || startsInterchange(in)):
		known := messages[0].Profile.Directories // all are of one home, or one bundle
		rd := &interchangeReader{flows: messages, opt: opt, sink: sink, check: tools.checker(known), answer: acknowledge.Collector{Directories: known}}
		return rd.read(in)
	case len(rows) == 0:
		return finding.List{{Rule: "flow.none", Severity: finding.Error, Place: finding.Place{File: opt.Name}, Message: "no flow takes this file", Hint: "add a flow whose match fits its name, or reject it"}}, nil
	}
	rows, none := claimants(in, rows, opt.Name)
	if none != nil {
		return none, nil
	}
	for i, f := range rows {
		if err := readRows(in, i+1, f, opt, sink); err != nil || i == len(rows)-1 {
			return nil, err
		}
		again, err := open()
		if err != nil {
			return nil, err
		}
		defer again.Close()
		in.Reset(again)
	}
	return nil, nil
}

// startsInterchange tells by its first bytes whether a file holds interchanges.
func startsInterchange(r *bufio.Reader) bool {
	first, _ := r.Peek(512) // a shorter file gives what it has
	return edifact.Recognise(first)
}

// interchangeReader reads interchanges and hands each message to the flows that take it.
type interchangeReader struct {
	flows  []*profiles.Flow
	opt    ReadOptions
	sink   Sink
	check  *validate.Validator
	answer acknowledge.Collector

	guides  map[*profiles.Flow]*guideline.Checker
	n       int
	now     []reading        // the readers of the message that is read
	took    []*profiles.Flow // that took a message of the interchange
	service *answering       // reads the message that is read, where it is an answer
	about   Message          // that message
	found   finding.List     // of the message, or of the file
	file    finding.List
}

// reading is one flow's reading of one message.
type reading struct {
	message *Message
	reader  *mapping.Reader    // nil when no flow takes it
	guide   *guideline.Checker // nil when the flow has no guideline
}

func (rd *interchangeReader) read(in io.Reader) (finding.List, error) {
	options, unclear := receiving(rd.flows, rd.opt.Name)
	if unclear != nil {
		return unclear, nil
	}
	for ev, err := range edifact.NewReader(in, options...).Events() {
		if err != nil {
			if e, ok := errors.AsType[*edifact.Error](err); ok {
				rd.file = append(rd.file, e.Finding)
				return rd.file, nil
			}
			return rd.file, err
		}
		if err := rd.event(ev); err != nil {
			return rd.file, err
		}
	}
	return rd.file, nil
}

// receiving gives how to read interchanges, as the profiles say that may take the file.
func receiving(flows []*profiles.Flow, name string) ([]edifact.Option, finding.List) {
	first := flows[0].Profile
	for _, f := range flows[1:] {
		if f.Profile.Received != first.Received {
			return nil, finding.List{{Rule: "flow.interchanges", Severity: finding.Error, Place: finding.Place{File: name},
				Message: fmt.Sprintf("the profiles %s and %s may both take this file and say different things of its characters", first.Partner, f.Partner),
				Hint:    "write the same interchanges in both, or give each its folder or match"}}
		}
	}
	all := []edifact.Option{edifact.FileName(name), edifact.WithLineBreaks(first.Received.LineBreaks)}
	if set, ok := edifact.LookupCharset(first.Received.Charset); ok {
		all = append(all, edifact.WithCharset(set))
	}
	return all, nil
}

func (rd *interchangeReader) event(ev *edifact.Event) error {
	more := rd.check.Event(ev)
	switch ev.Kind {
	case edifact.InterchangeStart:
		rd.took = nil
	case edifact.MessageStart:
		rd.begin(ev)
	}
	answer := rd.acknowledge(ev, more)
	if ev.Message != nil {
		rd.found = append(append(rd.found, ev.Findings...), more...)
	} else {
		rd.file = append(append(rd.file, rd.agreed(ev, ev.Findings)...), rd.agreed(ev, more)...)
	}
	switch ev.Kind {
	case edifact.MessageStart, edifact.SegmentRead:
		rd.guide(ev)
	case edifact.MessageEnd:
		if err := rd.push(ev.Segment); err != nil {
			return err
		}
		return rd.end(ev)
	case edifact.InterchangeEnd:
		if answer != nil && rd.sink.Interchange != nil {
			return rd.sink.Interchange(ev.Interchange, answer, rd.flowsOf(ev.Interchange))
		}
		return nil
	default:
		return nil
	}
	return rd.push(ev.Segment)
}

func (rd *interchangeReader) begin(ev *edifact.Event) {
	rd.n++
	rd.now, rd.service = rd.now[:0], nil
	h := ev.Message
	m := Message{N: rd.n, Reference: h.Reference, Type: h.Type, Version: h.Directory()}
	if ev.Segment != nil {
		m.Offset = ev.Segment.Offset()
	}
	if i := ev.Interchange; i != nil {
		m.Sender, m.Recipient, m.Control = i.Sender.ID, i.Recipient.ID, i.Control
	}
	if h.Type == "CONTRL" {
		rd.service, rd.about = newAnswering(h.Type, ev.Interchange), m
		return
	}
	for _, f := range rd.flows {
		if ev.Interchange == nil || !TakesInterchange(f, ev.Interchange) || !takesMessage(f, h) {
			continue
		}
		own := m
		own.Flow = f
		one := reading{message: &own}
		one.reader = f.Read.NewReader(mapping.ReadOptions{Trace: rd.opt.Trace, Emit: func(d *document.Document) error {
			one.message.Documents++
			return rd.sink.Document(one.message, d)
		}})
		one.guide = rd.checker(f)
		if !slices.Contains(rd.took, f) {
			rd.took = append(rd.took, f)
		}
		rd.now = append(rd.now, one)
	}
	switch {
	case len(rd.now) > 0:
	case h.Type == "APERAK" && ev.Interchange != nil:
		rd.service, rd.about = newAnswering(h.Type, ev.Interchange), m
	default:
		rd.now = append(rd.now, reading{message: &m})
	}
}

// checker gives the checker of a flow's guideline.
func (rd *interchangeReader) checker(f *profiles.Flow) *guideline.Checker {
	if f.Guideline == nil {
		return nil
	}
	c := rd.guides[f]
	if c == nil {
		c = f.Guideline.NewChecker()
		if rd.guides == nil {
			rd.guides = map[*profiles.Flow]*guideline.Checker{}
		}
		rd.guides[f] = c
	}
	return c
}

// guide lets the guidelines see a segment, and where it stands in the message.
func (rd *interchangeReader) guide(ev *edifact.Event) {
	for _, one := range rd.now {
		if one.guide != nil {
			one.guide.Event(ev, rd.check.Row(), nil)
		}
	}
}

func (rd *interchangeReader) push(s *edifact.Segment) error {
	if s == nil {
		return nil
	}
	if rd.service != nil {
		rd.service.push(s)
		return nil
	}
	for _, one := range rd.now {
		if one.reader != nil {
			if err := one.reader.Push(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (rd *interchangeReader) end(ev *edifact.Event) error {
	found := rd.found
	rd.found = nil
	if rd.service != nil {
		a, err := rd.service.end()
		found = rd.agreed(ev, found)
		rd.service = nil
		if err != nil {
			rd.file = append(rd.file, unreadable(ev.Message, err))
		} else if rd.sink.Answer != nil {
			rd.about.End = ev.End
			rd.sink.Answer(&rd.about, a)
		}
		rd.file = append(rd.file, found...)
		return nil
	}
	for _, one := range rd.now {
		m := one.message
		m.End = ev.End
		own := found
		if one.guide != nil {
			own = one.guide.Event(ev, nil, found)
		}
		own = levels(m.Flow, own)
		m.Broken = own.HasErrors() || !ev.Complete
		if one.reader != nil {
			more, err := one.reader.End()
			if err != nil {
				return err
			}
			refused, _ := one.reader.Refusals()
			m.Refused = int64(refused)
			own = append(own, levels(m.Flow, more)...)
		}
		m.Findings = own
		if err := rd.sink.End(m); err != nil {
			return err
		}
	}
	rd.now = rd.now[:0]
	return nil
}

// readRows reads a file of rows for one flow.
func readRows(in *bufio.Reader, n int, f *profiles.Flow, opt ReadOptions, sink Sink) error {
	m := &Message{N: n, Flow: f}
	read := mapping.ReadOptions{Trace: opt.Trace,
		Emit: func(d *document.Document) error {
			m.Documents++
			return sink.Document(m, d)
		},
		Refused: func(raw []byte) {
			m.Refused++
			if sink.Row != nil {
				sink.Row(m, raw)
			}
		}}
	found, err := m.Flow.Read.ReadRows(in, opt.Name, read)
	m.Findings = levels(m.Flow, found)
	_, whole := errors.AsType[*flatfile.FileError](err)
	_, lost := errors.AsType[*flatfile.Error](err)
	if err != nil && !whole && !lost {
		return err
	}
	// The file's own faults are among the findings; a file whose header or end is wrong takes no effect at all.
	m.Broken = err != nil
	if err != nil && !m.Findings.HasErrors() {
		m.Findings = append(m.Findings, finding.Finding{Rule: "flow.file", Severity: finding.Error, Place: finding.Place{File: opt.Name}, Message: err.Error()})
	}
	return sink.End(m)
}
