package ledger_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/internal/ledger"
)

func orderItems(t *testing.T, l db) {
	const shop = "order items"
	far := start.AddDate(1, 0, 0)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	l.do(t, func(tx *ledger.Tx) error {
		d := ledger.Delivery{Effect: "order items", Name: "ORD1.EDI", State: ledger.DeliveryDone, DoneAt: hour(1), FetchedAt: hour(2), AckedAt: hour(3), Acked: "accepted"}
		if err := tx.InsertDelivery(&d); err != nil {
			return err
		}
		for i, one := range []ledger.OrderItem{
			{Order: "2", SKU: "A", Quantity: "3", PlacedAt: hour(0), OpenUntil: far},
			{Order: "1", SKU: "A", Quantity: "1", PlacedAt: hour(-1), OpenUntil: hour(2), Ended: "shipped"},
			{Order: "3", SKU: "A", Quantity: "9", PlacedAt: hour(-1), Ended: "cancelled"},
			{Order: "4", SKU: "A", Quantity: "9", PlacedAt: hour(-100), OpenUntil: far},
			{Order: "2", SKU: "B", Quantity: "0.5", PlacedAt: hour(0), OpenUntil: far},
			{Order: "2", SKU: "C", Quantity: "1", PlacedAt: hour(0), OpenUntil: far},
		} {
			one.Target, one.Arrival = shop, int64(i+1)
			if err := tx.PutOrderItem(&one); err != nil {
				return err
			}
		}
		if err := tx.CarryOrderItems(shop, "2", d.ID); err != nil {
			return err
		}
		shipped := ledger.Shipped{Target: shop, Order: "2", SKU: "A", Advice: "LS1", Quantity: "1", At: hour(4), Arrival: 77}
		for _, quantity := range []string{"1", "2"} { // told again with another quantity
			shipped.Quantity = quantity
			if err := tx.PutShipped(&shipped); err != nil {
				return err
			}
		}
		return tx.PutShipped(&ledger.Shipped{Target: shop, Order: "2", SKU: "A", Advice: "LS2", Quantity: "1", At: hour(5), Closes: true, Arrival: 78})
	})
	open := func(tx *ledger.Tx, at time.Time, skus ...string) string {
		all, err := tx.OpenItems(shop, skus, at, hour(-50))
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, i := range all {
			text += i.Order + i.SKU + i.Quantity + " "
		}
		return text
	}
	l.do(t, func(tx *ledger.Tx) error {
		for want, got := range map[string]string{"1A1 2A3 ": open(tx, hour(1), "A"), "2A3 ": open(tx, hour(2), "A"), "2A3 2B0.5 ": open(tx, hour(2), "A", "B", "X"), "": open(tx, far, "A")} {
			if got != want {
				t.Errorf("open: %q, want %q", got, want)
			}
		}
		all, err := tx.OpenItems(shop, []string{"A"}, hour(2), hour(-50))
		if err != nil || len(all) != 1 || all[0].Name != "ORD1.EDI" || !all[0].ExportedAt.Equal(hour(1)) || !all[0].FetchedAt.Equal(hour(2)) || all[0].Acked != "accepted" {
			t.Fatalf("%+v %v", all, err)
		}
		want := []ledger.Shipped{{Target: shop, Order: "2", SKU: "A", Advice: "LS1", Quantity: "2", At: hour(4), Arrival: 77},
			{Target: shop, Order: "2", SKU: "A", Advice: "LS2", Quantity: "1", At: hour(5), Closes: true, Arrival: 78}}
		if diff := cmp.Diff(want, all[0].Shipped); diff != "" {
			t.Error(diff)
		}
		skus, last, err := tx.ChangedItems(shop, 0)
		if err != nil || len(skus) != 3 || last != 6 {
			t.Errorf("changed: %v up to %d, %v", skus, last, err)
		}
		items, err := tx.OrderItems(shop, "2")
		if err != nil || len(items) != 3 || items[1].Quantity != "0.5" {
			t.Errorf("%+v %v", items, err)
		}
		if err := tx.PutOrderItem(&items[1]); err != nil {
			return err
		}
		if skus, again, err := tx.ChangedItems(shop, last); err != nil || !cmp.Equal(skus, []string{"B"}) || again != last+1 {
			t.Errorf("changed since: %v up to %d, %v", skus, again, err)
		}
		if gone, err := tx.Unship(77); err != nil || len(gone) != 1 || gone[0].Advice != "LS1" {
			t.Errorf("taken back: %+v %v", gone, err)
		}
		if err := tx.UnshipAdvice(shop, "2", "LS2"); err != nil {
			return err
		}
		left, err := tx.ShippedByOrder(shop, "2")
		if len(left) != 0 {
			t.Errorf("left: %+v", left)
		}
		return err
	})
}
