package flow

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
)

// Answer is what a partner says about something that we sent: a CONTRL about an interchange, an APERAK about a message.
type Answer struct {
	Message    string        // "CONTRL" or "APERAK"
	Sender     edifact.Party // of what is answered: we
	Recipient  edifact.Party // of what is answered: who answers
	Control    string        // CONTRL: control reference of the interchange (0020)
	References []string      // APERAK: numbers that it names
	Action     acknowledge.Action
	Words      string // what the partner says is wrong
}

// answering reads an answer from its segments.
type answering struct {
	contrl *acknowledge.Parser
	aperak *acknowledge.AperakParser
}

func newAnswering(messageType string, i *edifact.Interchange) *answering {
	a := &answering{}
	if messageType == "CONTRL" {
		a.contrl = &acknowledge.Parser{}
		a.contrl.Start(i)
	} else {
		a.aperak = &acknowledge.AperakParser{}
		a.aperak.Start(i)
	}
	return a
}

func (a *answering) push(s *edifact.Segment) {
	if a.contrl != nil {
		a.contrl.Segment(s)
	} else {
		a.aperak.Segment(s)
	}
}

func (a *answering) end() (Answer, error) {
	if a.contrl != nil {
		c, err := a.contrl.Contrl()
		if err != nil {
			return Answer{}, err
		}
		return ofContrl(c), nil
	}
	said, err := a.aperak.Aperak()
	if err != nil {
		return Answer{}, err
	}
	return ofAperak(said), nil
}

// ofContrl rejects when a part of the interchange is rejected: what we send in one interchange belongs together.
func ofContrl(c *acknowledge.Contrl) Answer {
	a := Answer{Message: "CONTRL", Sender: c.Sender, Recipient: c.Recipient, Control: c.Control, Action: c.Action}
	words := []string{c.Fault.String()}
	messages := c.Messages
	for _, g := range c.Groups {
		if g.Action == acknowledge.Rejected {
			a.Action = acknowledge.Rejected
			words = append(words, g.Fault.String())
		}
		messages = append(messages, g.Messages...)
	}
	for _, m := range messages {
		if m.Action != acknowledge.Rejected {
			continue
		}
		a.Action = acknowledge.Rejected
		words = append(words, m.Fault.String())
		for _, s := range m.Segments {
			if s.Code != "" {
				words = append(words, fmt.Sprintf("segment %d: %s", s.Position, acknowledge.Fault{Code: s.Code}))
			}
			for _, e := range s.Elements {
				words = append(words, fmt.Sprintf("segment %d: %s", s.Position, e))
			}
		}
	}
	a.Words = joinWords(words)
	return a
}

func ofAperak(said *acknowledge.Aperak) Answer {
	a := Answer{Message: "APERAK", Sender: said.Sender, Recipient: said.Recipient, Action: said.Action}
	references := said.References
	var words []string
	for _, e := range said.Errors {
		references = append(references, e.References...)
		words = append(words, e.String())
	}
	for _, r := range references {
		if r.Number != "" {
			a.References = append(a.References, r.Number)
		}
	}
	a.Words = joinWords(words)
	return a
}

// mostWords is how many faults are told.
const mostWords = 5

func joinWords(words []string) string {
	var said []string
	for _, w := range words {
		if w == "" {
			continue
		}
		if len(said) == mostWords {
			said = append(said, "and more")
			break
		}
		said = append(said, w)
	}
	return strings.Join(said, "; ")
}

// unreadable says that an answer does not tell what it answers.
func unreadable(h *edifact.MessageHeader, err error) finding.Finding {
	return finding.Finding{Rule: "answer.unreadable", Severity: finding.Warning, Place: h.Place, Message: err.Error(), Hint: "ask the partner what the " + h.Type + " is about"}
}
