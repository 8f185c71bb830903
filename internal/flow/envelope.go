package flow

import (
	"strconv"
	"time"

	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// HasControl tells whether files of a mapping carry a control reference of ours.
func HasControl(write *mapping.Mapping) bool {
	format := write.Format()
	return format == mapping.EDIFACT || format == mapping.IDoc
}

// Envelope is what stands around the messages that a flow writes; formats without one leave it out.
func Envelope(f *profiles.Flow, now time.Time, control int64) mapping.Envelope {
	e := mapping.Envelope{Syntax: f.Envelope.Syntax, Charset: f.Charset.Level, Sender: f.Profile.Us.ID, SenderQualifier: f.Profile.Us.Qualifier,
		Time: now.In(f.Zone), Control: strconv.FormatInt(control, 10), Test: f.Envelope.Test, AskAcknowledgement: f.Envelope.AskAcknowledgement,
		WithoutUNA: f.Envelope.UNA == "needed"}
	if len(f.Profile.Identities) > 0 {
		e.Recipient, e.RecipientQualifier = f.Profile.Identities[0].ID, f.Profile.Identities[0].Qualifier
	}
	us, them := f.Profile.UsIDoc, f.Profile.IDoc
	e.IDoc = map[string]string{"MANDT": them.Client, "SNDPOR": us.Port, "SNDPRT": us.Type, "SNDPFC": us.Function, "SNDPRN": us.Number,
		"RCVPOR": them.Port, "RCVPRT": them.Type, "RCVPFC": them.Function, "RCVPRN": them.Number}
	if len(f.Envelope.Separators) == 6 {
		e.Decimal = f.Envelope.Separators[2]
	}
	return e
}
