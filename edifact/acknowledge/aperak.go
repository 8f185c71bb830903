package acknowledge

import (
	"fmt"
	"slices"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

// Unclear is the action of an APERAK that tells of errors and says neither that what it answers is accepted nor that it is
// rejected.
const Unclear Action = ""

// Aperak is what an APERAK message says about one message: whether the application behind took it, and what was wrong.
type Aperak struct {
	// Syntax is that of the interchange that is answered, Test its test indicator (0035).
	Syntax edifact.Syntax
	Test   string
	// Sender and Recipient are those of the interchange that is answered: the answer goes the other way.
	Sender, Recipient edifact.Party
	// Number is the number of the answer itself (BGM 1004).
	Number string
	// Action is Acknowledged, Rejected or Unclear.
	Action Action
	// References name what is answered (RFF): by the message's reference, the order's number, as the partners agree.
	References []Reference
	Errors     []ApplicationError
}

// Reference is one reference (C506).
type Reference struct {
	Qualifier string // 1153: "ACW" the message before, "DM" a document, "ON" an order, "LI" a line
	Number    string // 1154
}

// ApplicationError is one error: its code and words.
type ApplicationError struct {
	Code string // 9321, up to 8 characters
	Text string
	// References tell what the error is about.
	References []Reference
}

// String gives code and text, "13 QTY lacks 6060 (Quantity)".
func (e ApplicationError) String() string {
	switch {
	case e.Text == "":
		return "error " + e.Code
	case e.Code == "":
		return e.Text
	}
	return e.Code + " " + e.Text
}

// mostErrors is how many errors an APERAK has room for.
const mostErrors = 999

// NewAperak makes the answer to a message out of what was found in it. A finding of severity error rejects it; warnings
// and notes are not told. document is the number of the document in the message, which is named beside the message's
// reference where it is not empty.
func NewAperak(i *edifact.Interchange, h *edifact.MessageHeader, document string, found finding.List) *Aperak {
	a := &Aperak{Syntax: i.Syntax, Test: i.Test, Sender: i.Sender, Recipient: i.Recipient, Action: Acknowledged}
	a.References = append(a.References, Reference{"ACW", h.Reference})
	if document != "" {
		a.References = append(a.References, Reference{"DM", document})
	}
	for _, f := range found {
		if f.Severity != finding.Error {
			continue
		}
		a.Action = Rejected
		if len(a.Errors) == mostErrors {
			break
		}
		a.Errors = append(a.Errors, applicationError(f, i.Syntax.Number))
	}
	return a
}

func applicationError(f finding.Finding, syntax int) ApplicationError {
	e := ApplicationError{Code: Code(f.Rule, syntax), Text: f.Message}
	if p := f.Place; p.Segment > 0 {
		e.Text = fmt.Sprintf("segment %d %s", p.Segment, p.Tag)
		if p.Element > 0 {
			e.Text += fmt.Sprintf(", element %d", p.Element)
		}
		if p.Component > 0 {
			e.Text += fmt.Sprintf(", component %d", p.Component)
		}
		e.Text += ": " + f.Message
	}
	return e
}

// Names tells whether the answer names a number among its references.
func (a *Aperak) Names(number string) bool {
	return number != "" && slices.ContainsFunc(a.References, func(r Reference) bool { return r.Number == number })
}
