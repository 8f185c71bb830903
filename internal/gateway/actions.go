package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// What a person decides is recorded with who decided it; the next pass acts on it.

// messageReleased is the state of a message that a person wants to be read again by today's profile.
const messageReleased = "released"

// ReleaseArrival lets a held arrival go on: what a guard held starts, and messages that no flow took are read again.
func ReleaseArrival(ctx context.Context, l *ledger.Ledger, id int64, actor string) error {
	return l.Do(ctx, func(tx *ledger.Tx) error {
		a, err := held(tx, id)
		if err != nil {
			return err
		}
		messages, err := tx.Messages(id)
		if err != nil {
			return err
		}
		if err := newer(tx, a); err != nil {
			return err
		}
		again := false
		for _, m := range messages {
			if m.State == "held" {
				again = true
				m.State = messageReleased
				if err := tx.PutMessage(&m); err != nil {
					return err
				}
			}
		}
		a.State, a.RunAt = ledger.ArrivalReleased, time.Time{}
		if again {
			a.State = ledger.ArrivalArchived
		}
		if _, err := tx.Release(id); err != nil {
			return err
		}
		reason := a.Reason
		a.Reason = ""
		if err := tx.UpdateArrival(&a); err != nil {
			return err
		}
		return tx.AddEvent(&ledger.Event{At: tx.Now(), Actor: actor, What: "released", Arrival: id, Detail: reason})
	})
}

// newer refuses to let an older snapshot overwrite a newer one.
func newer(tx *ledger.Tx, a ledger.Arrival) error {
	planned, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: a.ID, Kind: string(document.Stock), States: []string{ledger.DeliveryPlanned}, Limit: 1})
	if err != nil || len(planned) == 0 {
		return err
	}
	later, err := tx.Arrivals(ledger.ArrivalFilter{Source: a.Source, After: a.ID, States: []ledger.ArrivalState{ledger.ArrivalReleased, ledger.ArrivalSettled}})
	if err != nil {
		return err
	}
	for _, l := range later {
		took, err := takes(tx, l.ID, planned[0].Flow)
		if err != nil {
			return err
		}
		if took {
			return fmt.Errorf("arrival a%d is older than a%d (%s), which was taken since: reject it", a.ID, l.ID, l.Name)
		}
	}
	return nil
}

// RejectArrival gives up what is held of an arrival.
func RejectArrival(ctx context.Context, l *ledger.Ledger, id int64, actor string) error {
	return l.Do(ctx, func(tx *ledger.Tx) error {
		a, err := held(tx, id)
		if err != nil {
			return err
		}
		planned, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: id, States: []string{ledger.DeliveryPlanned, ledger.DeliveryHeld}})
		if err != nil {
			return err
		}
		for _, d := range planned {
			if flow.IsAcknowledgement(d.Kind) { // what it says of the interchange is as true as before
				continue
			}
			d.State, d.Reason = ledger.DeliveryDropped, "rejected by "+actor
			if err := tx.UpdateDelivery(&d); err != nil {
				return err
			}
		}
		if _, err := tx.Release(id); err != nil {
			return err
		}
		if err := unbook(tx, id); err != nil {
			return err
		}
		messages, err := tx.Messages(id)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if m.State == "held" {
				m.State = "rejected"
				a.Failed++
				if err := tx.PutMessage(&m); err != nil {
					return err
				}
			}
		}
		if err := rejectDocuments(tx, id); err != nil {
			return err
		}
		done, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: id, States: []string{ledger.DeliveryDone}, Limit: 1})
		if err != nil {
			return err
		}
		if len(done) == 0 {
			a.Outcome = string(flow.Rejected)
		}
		a.State, a.RunAt = ledger.ArrivalReleased, time.Time{}
		if err := tx.UpdateArrival(&a); err != nil {
			return err
		}
		return tx.AddEvent(&ledger.Event{At: tx.Now(), Actor: actor, What: "rejected", Arrival: id, Detail: a.Reason})
	})
}

// rejectDocuments records that a person does not want what was held: it is not asked about again.
func rejectDocuments(tx *ledger.Tx, arrival int64) error {
	all, err := tx.Documents(ledger.DocumentFilter{Arrival: arrival, States: []string{documentHeld}})
	for _, d := range all {
		d.State = documentRejected
		if err := tx.UpdateDocument(&d); err != nil {
			return err
		}
	}
	return err
}

func held(tx *ledger.Tx, id int64) (ledger.Arrival, error) {
	a, err := tx.Arrival(id)
	if err == nil && a.State != ledger.ArrivalHeld {
		err = fmt.Errorf("arrival a%d is not held, it is %s", id, a.State)
	}
	return a, err
}

// RetryDelivery lets a dead or waiting delivery run again at once, with all its tries.
func RetryDelivery(ctx context.Context, l *ledger.Ledger, id int64, actor string) error {
	return decide(ctx, l, id, actor, "retried", ledger.DeliveryReady, ledger.DeliveryDead, ledger.DeliveryReady)
}

// ReleaseDelivery lets a held delivery run: its order, or what nobody could know, was looked at.
func ReleaseDelivery(ctx context.Context, l *ledger.Ledger, id int64, actor string) error {
	return decide(ctx, l, id, actor, "released", ledger.DeliveryReady, ledger.DeliveryHeld)
}

// DropDelivery gives a delivery up.
func DropDelivery(ctx context.Context, l *ledger.Ledger, id int64, actor string) error {
	return decide(ctx, l, id, actor, "dropped", ledger.DeliveryDropped, ledger.DeliveryDead, ledger.DeliveryHeld, ledger.DeliveryReady, ledger.DeliveryPlanned)
}

// decide moves a delivery and, where its arrival was settled already, lets that be settled anew.
func decide(ctx context.Context, l *ledger.Ledger, id int64, actor, what, to string, from ...string) error {
	return l.Do(ctx, func(tx *ledger.Tx) error {
		d, err := tx.Delivery(id)
		if err != nil {
			return err
		}
		fits := false
		for _, s := range from {
			fits = fits || d.State == s
		}
		if !fits {
			return fmt.Errorf("delivery d%d is %s and cannot be %s", id, d.State, what)
		}
		reason := d.Reason
		d.State, d.RunAt = to, time.Time{}
		if to == ledger.DeliveryReady {
			d.Tries, d.Reason = 0, ""
		} else {
			d.Reason = what + " by " + actor
		}
		if err := tx.UpdateDelivery(&d); err != nil {
			return err
		}
		return tx.AddEvent(&ledger.Event{At: tx.Now(), Actor: actor, What: what, Arrival: d.Arrival, Delivery: id, Detail: reason})
	})
}
