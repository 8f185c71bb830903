package acknowledge

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/batchgate/batchgate/edifact"
)

// ErrNoUCI says that a message is no CONTRL: it does not tell which interchange it answers.
var ErrNoUCI = errors.New("CONTRL without UCI: it does not tell which interchange it answers")

// ErrTooMany says that a CONTRL names more messages, segments and elements than anybody sends.
var ErrTooMany = errors.New("more than 1,000,000 entries")

const mostEntries = 1_000_000

// Parser reads a CONTRL message from its segments. Start begins a message, Contrl ends it.
type Parser struct {
	answer *Contrl
	syntax int
	count  int
	err    error
}

// Start begins a message in an interchange.
func (p *Parser) Start(i *edifact.Interchange) {
	*p = Parser{syntax: i.Syntax.Number}
}

// Segment takes a segment of the message. Segments that CONTRL does not have are passed over.
func (p *Parser) Segment(s *edifact.Segment) {
	if s.Tag() == "UCI" {
		p.uci(s)
		return
	}
	if p.answer == nil {
		return
	}
	if p.count++; p.count > mostEntries {
		p.err = ErrTooMany
		return
	}
	switch s.Tag() {
	case "UCF":
		g := Group{Reference: p.text(s, 0, 0), Sender: p.party(s, 1), Recipient: p.party(s, 2), Action: Action(p.text(s, 3, 0)), Fault: p.fault(s, 4)}
		p.answer.Groups = append(p.answer.Groups, g)
	case "UCM":
		m := Message{
			Reference: p.text(s, 0, 0), Type: p.text(s, 1, 0), Version: p.text(s, 1, 1), Release: p.text(s, 1, 2), Agency: p.text(s, 1, 3),
			Association: p.text(s, 1, 4), Action: Action(p.text(s, 2, 0)), Fault: p.fault(s, 3),
		}
		list := p.messages()
		*list = append(*list, m)
	case "UCS":
		if m := last(*p.messages()); m != nil {
			m.Segments = append(m.Segments, Segment{Position: p.number(s, 0, 0), Code: p.text(s, 1, 0)})
		}
	case "UCD":
		if m := last(*p.messages()); m != nil {
			if u := last(m.Segments); u != nil {
				f := p.element(s, 1)
				f.Code = p.text(s, 0, 0)
				u.Elements = append(u.Elements, f)
			}
		}
	}
}

// Contrl gives what the message says. An error is ErrNoUCI, a *edifact.CharsetError, or names a position that is no number.
func (p *Parser) Contrl() (*Contrl, error) {
	switch {
	case p.answer == nil:
		return nil, ErrNoUCI
	case p.err != nil:
		return nil, fmt.Errorf("CONTRL for interchange %s: %w", p.answer.Control, p.err)
	}
	return p.answer, nil
}

func (p *Parser) uci(s *edifact.Segment) {
	p.answer = &Contrl{
		Syntax:  edifact.Syntax{Number: p.syntax},
		Control: p.text(s, 0, 0), Sender: p.party(s, 1), Recipient: p.party(s, 2), Action: Action(p.text(s, 3, 0)), Fault: p.fault(s, 4),
	}
}

// messages gives the list to which UCM adds: that of the last group, if there is one.
func (p *Parser) messages() *[]Message {
	if g := last(p.answer.Groups); g != nil {
		return &g.Messages
	}
	return &p.answer.Messages
}

func last[T any](list []T) *T {
	if len(list) == 0 {
		return nil
	}
	return &list[len(list)-1]
}

func (p *Parser) text(s *edifact.Segment, element, component int) string {
	text, err := s.Text(element, 0, component)
	if err != nil && p.err == nil {
		p.err = err
	}
	return text
}

func (p *Parser) party(s *edifact.Segment, element int) edifact.Party {
	return edifact.Party{ID: p.text(s, element, 0), Qualifier: p.text(s, element, 1), Internal: p.text(s, element, 2), Sub: p.text(s, element, 3)}
}

// fault reads code, service segment and position, which stand one behind the other.
func (p *Parser) fault(s *edifact.Segment, element int) Fault {
	f := p.element(s, element+2)
	f.Code, f.Segment = p.text(s, element, 0), p.text(s, element+1, 0)
	return f
}

// element reads S011, which counts the tag as the first element.
func (p *Parser) element(s *edifact.Segment, element int) Fault {
	f := Fault{Element: p.number(s, element, 0), Component: p.number(s, element, 1), Repeat: p.number(s, element, 2)}
	f.Element = max(f.Element-1, 0)
	return f
}

func (p *Parser) number(s *edifact.Segment, element, component int) int {
	text := p.text(s, element, component)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if (err != nil || n < 0) && p.err == nil {
		p.err = fmt.Errorf("%v: %q is no position", s.Place(element, 0, component), text)
	}
	return max(n, 0)
}

// Read gives all CONTRL messages of a file. Other messages are passed over.
func Read(r io.Reader) ([]*Contrl, error) {
	var all []*Contrl
	var p Parser
	for ev, err := range edifact.NewReader(r).Events() {
		if err != nil {
			return all, err
		}
		if ev.Message == nil || ev.Message.Type != "CONTRL" {
			continue
		}
		switch ev.Kind {
		case edifact.MessageStart:
			p.Start(ev.Interchange)
		case edifact.SegmentRead:
			p.Segment(ev.Segment)
		case edifact.MessageEnd:
			answer, err := p.Contrl()
			if err != nil {
				return all, err
			}
			all = append(all, answer)
		}
	}
	return all, nil
}
