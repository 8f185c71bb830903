package ledger_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
)

func restores(t *testing.T, l db) {
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	at, now := hour(10), hour(20)
	var numbers []int64
	l.do(t, func(tx *ledger.Tx) error {
		for i, d := range []ledger.Delivery{
			{Flow: "müller/orders", DoneAt: hour(1), FetchedAt: hour(2)},
			{Flow: "müller/orders", DoneAt: hour(9), FetchedAt: hour(11)},
			{Flow: "müller/orders", DoneAt: hour(11), FetchedAt: hour(12)},
			{Flow: "müller/orders", DoneAt: hour(13)},
			{Flow: "müller/orders", DoneAt: hour(21), FetchedAt: hour(22)},
			{Flow: "müller-two/orders", DoneAt: hour(11), FetchedAt: hour(12)},
			{Flow: "müller/orders", DoneAt: hour(12), State: ledger.DeliveryDead},
		} {
			d.Effect, d.Name = fmt.Sprintf("restores %d", i), "ORD.EDI"
			if d.State == "" {
				d.State = ledger.DeliveryDone
			}
			if err := tx.InsertDelivery(&d); err != nil {
				return err
			}
			numbers = append(numbers, d.ID)
		}
		for _, when := range []time.Time{hour(5), at} {
			if err := tx.AddRestore(&ledger.Restore{Partner: "müller", At: when, RecordedAt: now, Actor: "Eva"}); err != nil {
				return err
			}
		}
		return tx.ControlUse("us", "müller", 7, numbers[2])
	})
	l.do(t, func(tx *ledger.Tx) error {
		got, err := tx.Got("müller", at, now)
		if err != nil {
			return err
		}
		var ids []int64
		for _, d := range got {
			ids = append(ids, d.ID)
		}
		if want := []int64{numbers[1], numbers[2], numbers[3]}; !slices.Equal(ids, want) {
			t.Errorf("got %v, want %v", ids, want)
		}
		all, err := tx.Restores("müller")
		if err != nil || len(all) != 2 || !all[1].At.Equal(at) || !all[1].RecordedAt.Equal(now) || all[1].Actor != "Eva" {
			t.Errorf("restores: %+v, %v", all, err)
		}
		if err := tx.MoveControl("us", "müller", 7, numbers[3]); err != nil {
			return err
		}
		found, err := tx.FindControl("7")
		if err != nil || len(found) != 1 || found[0].Delivery != numbers[3] {
			t.Errorf("control number: %+v, %v", found, err)
		}
		return err
	})
}
