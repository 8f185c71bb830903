package gateway

import (
	"fmt"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// sameNumber decides about an order or invoice of a file whose number came before with other content.
func (p *planner) sameNumber(tx *ledger.Tx, f *profiles.Flow, d *document.Document, row *ledger.Document, last ledger.Document) (state, reason string, err error) {
	said := d.Get("function").Text()
	do := f.SameNumber
	switch {
	case said == flow.FunctionReplace: // the sender says it, and the profile lets such messages through
		do = profiles.Replace
	case said == flow.FunctionChange:
		do = profiles.Amend
	}
	var before ledger.Delivery
	if last.Delivery != 0 {
		if before, err = tx.Delivery(last.Delivery); err != nil {
			return "", "", err
		}
	}
	switch do {
	case profiles.Replace:
		return p.replace(tx, d, row, before)
	case profiles.Amend:
		if before.State != "" && said != flow.FunctionChange {
			d.Set("function", document.TextValue(flow.FunctionChange))
		}
		return ledger.DeliveryPlanned, "", nil
	}
	return ledger.DeliveryHeld, fmt.Sprintf("%s %s came before, in arrival a%d, with other content", row.Kind, d.Label(), last.Arrival), nil
}

// replace lets a document take the place of the one before: one that did not leave yet never does, and of one that left the
// partner learns that it is replaced.
func (p *planner) replace(tx *ledger.Tx, d *document.Document, row *ledger.Document, before ledger.Delivery) (state, reason string, err error) {
	attempts, err := tx.Attempts("delivery", before.ID)
	if err != nil {
		return "", "", err
	}
	open := before.State == ledger.DeliveryReady || before.State == ledger.DeliveryHeld || before.State == ledger.DeliveryPlanned
	begun := (&job{tries: attempts}).begun()
	switch {
	case open && !begun && before.Arrival != p.arrival.ID:
		before.State, before.Reason, before.DoneAt = ledger.DeliverySuperseded, fmt.Sprintf("%s %s came again in arrival a%d and takes its place", row.Kind, d.Label(), p.arrival.ID), p.g.Now()
		if err := tx.UpdateDelivery(&before); err != nil {
			return "", "", err
		}
		if d.Get("function").Text() == flow.FunctionReplace {
			d.Set("function", document.Value{}) // nothing left that it could replace
		}
	case before.State != "" && before.State != ledger.DeliveryDropped:
		d.Set("function", document.TextValue(flow.FunctionReplace))
	}
	return ledger.DeliveryPlanned, "", nil
}
