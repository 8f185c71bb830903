package acknowledge

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
)

// Action says what became of an interchange, a group or a message (0083).
type Action string

// The actions.
const (
	Rejected     Action = "4" // with everything below
	Acknowledged Action = "7" // with everything below that is not rejected by itself
	Received     Action = "8" // the interchange has arrived; nothing is said about what is in it
)

// String gives "rejected", "acknowledged", "received" or "unclear", and another code as it is.
func (a Action) String() string {
	switch a {
	case Rejected:
		return "rejected"
	case Acknowledged:
		return "acknowledged"
	case Received:
		return "received"
	case Unclear:
		return "unclear"
	}
	return "action " + string(a)
}

// Fault is one syntax error: its code and the element at fault.
type Fault struct {
	Code string // 0085, empty when there is none
	// Segment is the service segment at fault (0013, in syntax 4 0135): "UNB", "UNH". It is empty in UCS and UCD, where
	// the position tells the segment.
	Segment string
	// Element and Component count from 1, the tag not counted; 0 means the segment or the whole element. Repeat is the
	// repetition in syntax 4, 0 when not told.
	Element, Component, Repeat int
}

// String gives "13 Missing in UNB, element 2".
func (f Fault) String() string {
	if f.Code == "" {
		return ""
	}
	parts := []string{f.Code}
	for _, syntax := range []int{4, 3} {
		if d, err := directory.OpenService(syntax); err == nil {
			if name, ok := d.Code("0085", f.Code); ok {
				parts = append(parts, name)
				break
			}
		}
	}
	if f.Segment != "" {
		parts = append(parts, "in", f.Segment)
	}
	text := strings.Join(parts, " ")
	if f.Element > 0 {
		text += fmt.Sprintf(", element %d", f.Element)
	}
	if f.Component > 0 {
		text += fmt.Sprintf(", component %d", f.Component)
	}
	return text
}

// Contrl is what a CONTRL message says about one interchange.
type Contrl struct {
	// Syntax is that of the interchange; the answer has the same. Test is its test indicator (0035).
	Syntax edifact.Syntax
	Test   string
	// Control, Sender and Recipient are those of the interchange that is answered: the answer goes the other way.
	Control           string
	Sender, Recipient edifact.Party
	Action            Action
	Fault             Fault
	Messages          []Message // that stand in no group
	Groups            []Group
}

// Group is what is said about a functional group.
type Group struct {
	Reference         string // 0048
	Sender, Recipient edifact.Party
	Action            Action
	Fault             Fault
	Messages          []Message
}

// Message is what is said about a message.
type Message struct {
	Reference                                   string // 0062
	Type, Version, Release, Agency, Association string // S009
	Action                                      Action
	Fault                                       Fault // in UNH or UNT
	Segments                                    []Segment
}

// Segment is a segment at fault.
type Segment struct {
	// Position counts from UNH, which is 1. Where a segment is missing it is that of the last one before it.
	Position int
	Code     string // 0085 of the segment itself, empty when only elements are at fault
	Elements []Fault
}

// Outcome gives what became of a message of the interchange: what is said about itself, or else about its group or the
// interchange.
func (c *Contrl) Outcome(reference string) Action {
	if c.Action == Rejected {
		return Rejected
	}
	for _, m := range c.Messages {
		if m.Reference == reference {
			return m.Action
		}
	}
	for _, g := range c.Groups {
		for _, m := range g.Messages {
			if m.Reference == reference {
				return m.Action
			}
		}
	}
	return c.Action
}
