package gateway

import (
	"context"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

func firstError(l finding.List) string {
	for _, f := range l {
		if f.Severity == finding.Error {
			return f.String()
		}
	}
	return "the message is not complete"
}

// release lets everything that was planned start, in one commit. A guard that fired leaves it planned.
func (p *planner) release(ctx context.Context) error {
	rows := p.rows
	p.rows = nil
	var a ledger.Arrival
	err := p.commit(ctx, func(tx *ledger.Tx) error {
		for _, row := range rows {
			if err := row(tx); err != nil {
				return err
			}
		}
		a = p.released()
		if err := p.save(tx, &a); err != nil || a.State != ledger.ArrivalReleased {
			return err
		}
		_, err := tx.Release(a.ID)
		return err
	})
	if err == nil {
		*p.arrival = a
	}
	return err
}

// released gives the arrival as its plan leaves it.
func (p *planner) released() ledger.Arrival {
	a := *p.arrival
	if p.only == nil {
		a.Rows, a.Documents, a.Failed = 0, 0, 0
	}
	if !p.counted {
		a.Rows, a.Documents, a.Failed = a.Rows+p.good+p.failed, a.Documents+p.good, a.Failed+p.failed
	}
	a.Tries, a.RunAt, a.Reason = 0, time.Time{}, p.holds
	a.State = ledger.ArrivalReleased
	if len(p.flows) > 0 {
		a.Profile = p.flows[0].Profile.Version
	}
	for _, s := range p.stocks {
		a.Reason += s.guard
	}
	switch {
	case a.Reason != "":
		a.State = ledger.ArrivalHeld
	case len(p.waits) > 0:
		a.State, a.Reason, a.RunAt = ledger.ArrivalWaiting, p.waits[0], p.waitsUntil
	case p.ended != "":
		a.Outcome, a.Reason = string(p.ended), p.why
	}
	return a
}

// fail gives up an arrival that is not trusted as a whole: nothing of it takes effect but its rejection.
func (p *planner) fail(ctx context.Context, found finding.List) error {
	a := *p.arrival
	a.State, a.Outcome, a.Failed, a.Documents, a.Tries, a.RunAt = ledger.ArrivalReleased, string(flow.Failed), max(p.failed+p.good, 1), 0, 0, time.Time{}
	a.Reason = firstError(found)
	if !found.HasErrors() {
		a.Reason = "the interchange is rejected as a whole"
	}
	rows := p.rows
	err := p.commit(ctx, func(tx *ledger.Tx) error {
		for _, row := range rows {
			if err := row(tx); err != nil {
				return err
			}
		}
		planned, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: a.ID, States: []string{ledger.DeliveryPlanned, ledger.DeliveryHeld}})
		if err != nil {
			return err
		}
		for _, d := range planned {
			if flow.IsAcknowledgement(d.Kind) {
				continue
			}
			d.State, d.Reason = ledger.DeliveryDropped, "its file failed as a whole"
			if err := tx.UpdateDelivery(&d); err != nil {
				return err
			}
		}
		if err := failDocuments(tx, a.ID); err != nil {
			return err
		}
		if err := unbook(tx, a.ID); err != nil {
			return err
		}
		if err := tx.AddFindings(a.ID, 0, "", found); err != nil {
			return err
		}
		if _, err := tx.Release(a.ID); err != nil {
			return err
		}
		return p.save(tx, &a)
	})
	if err == nil {
		*p.arrival = a
	}
	return err
}

// failDocuments records that documents took no effect, so that they are none of a repetition when their file comes again.
func failDocuments(tx *ledger.Tx, arrival int64) error {
	planned, err := tx.Documents(ledger.DocumentFilter{Arrival: arrival, States: []string{"planned"}})
	for _, d := range planned {
		d.State = "failed"
		if err := tx.UpdateDocument(&d); err != nil {
			return err
		}
	}
	return err
}
