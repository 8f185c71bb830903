package flow

import (
	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/profiles"
)

// flowsOf gives the flows that may take messages of an interchange.
func (rd *interchangeReader) flowsOf(i *edifact.Interchange) []*profiles.Flow {
	var out []*profiles.Flow
	for _, f := range rd.flows {
		if i != nil && TakesInterchange(f, i) {
			out = append(out, f)
		}
	}
	return out
}

// TakesInterchange tells whether a flow may take messages of an interchange, by who sends it to whom.
func TakesInterchange(f *profiles.Flow, i *edifact.Interchange) bool {
	if f.Take.Sender != "" && f.Take.Sender != i.Sender.ID || f.Take.Recipient != "" && f.Take.Recipient != i.Recipient.ID {
		return false
	}
	return (f.Take.Sender != "" || f.Profile.Knows(i.Sender.ID, i.Sender.Qualifier)) && f.TakesTest(i.IsTest())
}

// takesMessage tells whether a flow takes a message by its header. Directories are told apart as names are looked up, so that
// "D: 96A" is taken for D.96A.
func takesMessage(f *profiles.Flow, h *edifact.MessageHeader) bool {
	t := &f.Take
	if t.Message != "" && t.Message != h.Type {
		return false
	}
	if (t.Version == "" || t.Version == h.Version) && (t.Release == "" || t.Release == h.Release) {
		return true
	}
	return t.Version != "" && t.Release != "" && directory.SameName(t.Version+":"+t.Release, h.Version+":"+h.Release)
}
