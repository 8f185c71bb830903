package acknowledge

import (
	"errors"
	"io"
	"strings"

	"github.com/batchgate/batchgate/edifact"
)

// ErrNoReference says that an APERAK does not tell what it answers.
var ErrNoReference = errors.New("APERAK without RFF: it does not tell what it answers")

// AperakParser reads an APERAK message of any release from its segments. Start begins a message, Aperak ends it.
type AperakParser struct {
	answer   *Aperak
	document string // 1001
	function string // 1225
	response string // 4343
	count    int
	err      error
}

// Start begins a message in an interchange.
func (p *AperakParser) Start(i *edifact.Interchange) {
	*p = AperakParser{answer: &Aperak{}}
	if i != nil {
		p.answer.Syntax.Number, p.answer.Test = i.Syntax.Number, i.Test
		p.answer.Sender, p.answer.Recipient = i.Recipient, i.Sender
	}
}

// Segment takes a segment of the message. Segments that say nothing about the outcome are passed over.
func (p *AperakParser) Segment(s *edifact.Segment) {
	if p.answer == nil {
		return
	}
	if p.count++; p.count > mostEntries {
		p.err = ErrTooMany
		return
	}
	a := p.answer
	switch s.Tag() {
	case "BGM":
		p.document, a.Number = p.text(s, 0, 0), p.text(s, 1, 0)
		p.function, p.response = p.text(s, 2, 0), p.text(s, 3, 0)
	case "RFF":
		r := Reference{p.text(s, 0, 0), p.text(s, 0, 1)}
		if e := last(a.Errors); e != nil {
			e.References = append(e.References, r)
			return
		}
		a.References = append(a.References, r)
	case "ERC":
		a.Errors = append(a.Errors, ApplicationError{Code: p.text(s, 0, 0)})
	case "FTX":
		e := last(a.Errors)
		if e == nil {
			return
		}
		var parts []string
		for c := range s.Components(3, 0) {
			if text := p.text(s, 3, c); text != "" {
				parts = append(parts, text)
			}
		}
		e.Text = strings.TrimSpace(e.Text + " " + strings.Join(parts, " "))
	}
}

func (p *AperakParser) text(s *edifact.Segment, element, component int) string {
	text, err := s.Text(element, 0, component)
	if err != nil && p.err == nil {
		p.err = err
	}
	return text
}

// Aperak gives what the message says. An error is ErrNoReference or a *edifact.CharsetError.
func (p *AperakParser) Aperak() (*Aperak, error) {
	switch {
	case p.err != nil:
		return nil, p.err
	case p.answer == nil || len(p.answer.References) == 0 && !p.refersInErrors():
		return nil, ErrNoReference
	}
	p.answer.Action = p.action()
	return p.answer, nil
}

func (p *AperakParser) refersInErrors() bool {
	for _, e := range p.answer.Errors {
		if len(e.References) > 0 {
			return true
		}
	}
	return false
}

// action tells the outcome: by the response type, else by the function, else by the kind of document, else by whether
// there are errors.
func (p *AperakParser) action() Action {
	switch p.response {
	case "AP", "AB", "AD":
		return Acknowledged
	case "RE":
		return Rejected
	}
	switch p.function {
	case "27": // not accepted
		return Rejected
	case "29", "44": // accepted without amendment; accepted without reserves
		return Acknowledged
	}
	switch p.document {
	case "312": // acknowledgement message
		return Acknowledged
	case "313": // application error message
		return Rejected
	}
	if len(p.answer.Errors) == 0 {
		return Acknowledged
	}
	return Unclear
}

// ReadAperak gives all APERAK messages of a file. Other messages are passed over.
func ReadAperak(r io.Reader) ([]*Aperak, error) {
	var all []*Aperak
	var p AperakParser
	for ev, err := range edifact.NewReader(r).Events() {
		if err != nil {
			return all, err
		}
		if ev.Message == nil || ev.Message.Type != "APERAK" {
			continue
		}
		switch ev.Kind {
		case edifact.MessageStart:
			p.Start(ev.Interchange)
		case edifact.SegmentRead:
			p.Segment(ev.Segment)
		case edifact.MessageEnd:
			answer, err := p.Aperak()
			if err != nil {
				return all, err
			}
			all = append(all, answer)
		}
	}
	return all, nil
}
