package ledger_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
)

// What changes as an arrival or delivery goes on is written, and the rest of the row stays.
func progress(t *testing.T, l db) {
	a := ledger.Arrival{Partner: "p", Source: "progress", Name: "a.edi", State: ledger.ArrivalClaimed, Hash: "h", Looks: 2, Size: 5}
	d := []ledger.Delivery{
		{Flow: "p/f", Target: "progress", Kind: "order", Key: "order 1", Effect: "progress/1", State: ledger.DeliveryReady, Docs: []byte("{}\n"), Count: 1, Name: "n"},
		{Flow: "p/f", Target: "progress", Kind: "order", Key: "order 2", Effect: "progress/2", State: ledger.DeliveryDropped},
	}
	l.do(t, func(tx *ledger.Tx) error {
		return errors.Join(tx.InsertArrival(&a), tx.InsertDelivery(&d[0]), tx.InsertDelivery(&d[1]),
			tx.PutAttempt(&ledger.Attempt{Owner: "delivery", ID: d[0].ID, Step: "put", N: 2, StartedAt: start.Add(time.Second)}),
			tx.PutAttempt(&ledger.Attempt{Owner: "delivery", ID: d[0].ID, Step: "put", N: 1, StartedAt: start}))
	})
	l.do(t, func(tx *ledger.Tx) error {
		advanced := a
		advanced.State, advanced.Hash, advanced.Looks, advanced.Size = ledger.ArrivalHeld, "other", 7, 9
		if err := tx.AdvanceArrival(&advanced); err != nil {
			return err
		}
		got, err := tx.Arrival(a.ID)
		if got.State != ledger.ArrivalHeld || got.Hash != "h" || got.Looks != 2 || got.Size != 5 {
			t.Errorf("advanced: %+v", got)
		}
		return err
	})
	l.do(t, func(tx *ledger.Tx) error {
		for i, want := range []bool{true, false} {
			was := d[i].State
			d[i].State, d[i].Reason = ledger.DeliveryDone, "why"
			ok, err := tx.UpdateReady(&d[i])
			if ok != want || err != nil {
				t.Errorf("delivery in state %s is updated as ready: %v, %v", was, ok, err)
			}
		}
		if got, err := tx.Delivery(d[1].ID); got.State != ledger.DeliveryDropped || got.Reason != "" || err != nil {
			t.Errorf("a dropped delivery became %s %q, %v", got.State, got.Reason, err)
		}
		return nil
	})
	l.do(t, func(tx *ledger.Tx) error {
		all, err := tx.DeliveriesByID([]int64{d[1].ID, 1 << 60, d[0].ID})
		if err != nil {
			return err
		}
		if len(all) != 2 {
			t.Fatalf("%d deliveries, want those two that there are", len(all))
		}
		for i := range all {
			alone, err := tx.Delivery(d[i].ID)
			if !reflect.DeepEqual(all[i], alone) || err != nil {
				t.Errorf("read with others %+v, alone %+v, %v", all[i], alone, err)
			}
		}
		tries, err := tx.AttemptsOf("delivery", []int64{d[0].ID, d[1].ID})
		alone, errAlone := tx.Attempts("delivery", d[0].ID)
		if len(tries) != 1 || !reflect.DeepEqual(tries[d[0].ID], alone) || len(alone) != 2 {
			t.Errorf("attempts %+v, alone %+v", tries, alone)
		}
		return errors.Join(err, errAlone)
	})
}
