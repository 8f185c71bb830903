package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/ledger"
)

// endings: an arrival is due once its last delivery has ended, and its ending counts what is out of the ordinary.
func endings(t *testing.T, l db) {
	var a ledger.Arrival
	var d [3]ledger.Delivery
	l.do(t, func(tx *ledger.Tx) error {
		a = ledger.Arrival{Partner: "p", Source: "endings", Name: "endings", State: ledger.ArrivalReleased}
		if err := tx.InsertArrival(&a); err != nil {
			return err
		}
		for i := range d {
			d[i] = ledger.Delivery{Arrival: a.ID, Flow: "p/f", Target: "endings", Effect: "endings/" + string(rune('a'+i)), State: ledger.DeliveryReady}
			if err := tx.InsertDelivery(&d[i]); err != nil {
				return err
			}
		}
		return nil
	})
	due := func(tx *ledger.Tx, at time.Time) int {
		all, err := tx.Due("endings", at, 0)
		if err != nil {
			t.Error(err)
		}
		return len(all)
	}
	l.do(t, func(tx *ledger.Tx) error {
		if all, err := tx.Endings([]int64{a.ID}); len(all) != 0 || err != nil {
			t.Errorf("%+v, %v", all, err)
		}
		if n := due(tx, start); n != 0 {
			t.Errorf("%d due with open deliveries", n)
		}
		d[0].State, d[1].State, d[2].State = ledger.DeliveryDone, ledger.DeliveryDead, ledger.DeliveryDropped
		for i := range d {
			if err := tx.UpdateDelivery(&d[i]); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutMessage(&ledger.Message{Arrival: a.ID, N: 1, State: "held"}), tx.AddFindings(a.ID, 0, "", finding.List{{Rule: "x"}}),
			tx.AddFindings(a.ID, 0, "", finding.List{{Rule: "y"}, {Rule: "z", Severity: finding.Error}}),
			tx.InsertDocument(&ledger.Document{Arrival: a.ID, N: 1, State: "planned"}), tx.InsertDocument(&ledger.Document{Arrival: a.ID, N: 2, State: "repeated"}),
			tx.PutAttempt(&ledger.Attempt{Owner: "arrival", ID: a.ID, Step: "move", N: 1}))
	})
	l.do(t, func(tx *ledger.Tx) error {
		if all, err := tx.Endings([]int64{a.ID, 1 << 40}); all[a.ID] != (ledger.Ending{Given: 2, Documents: 2, Repeated: 1, Held: 1, Errors: 1, Attempts: 1}) || err != nil {
			t.Errorf("%+v, %v", all, err)
		}
		if n := due(tx, start); n != 1 {
			t.Errorf("%d due, want 1", n)
		}
		a.RunAt = start.Add(time.Minute)
		if err := tx.UpdateArrival(&a); err != nil {
			return err
		}
		if n := due(tx, start); n != 0 {
			t.Errorf("%d due before their time", n)
		}
		a.State, a.RunAt = ledger.ArrivalSettled, time.Time{}
		return tx.UpdateArrival(&a)
	})
	l.do(t, func(tx *ledger.Tx) error {
		if n := due(tx, start); n != 0 {
			t.Errorf("%d due, though settled", n)
		}
		if _, ok, err := tx.FirstLook("endings"); ok || err != nil {
			t.Errorf("a first look of nothing, %v", err)
		}
		if err := tx.Look("endings", "p", []ledger.Look{{Name: "x"}, {Name: "y"}}, start); err != nil {
			return err
		}
		if at, ok, err := tx.FirstLook("endings"); !ok || !at.Equal(start) || err != nil {
			t.Errorf("first look %v, %v, %v", at, ok, err)
		}
		return nil
	})
}
