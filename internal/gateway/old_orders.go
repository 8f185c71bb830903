package gateway

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// Orders from before the cut-over were exported by other means and are never taken. As long as they are open they hold
// goods all the same: what lies on the shelves is theirs, and the shop has counted it down.

// bookOldOrders records, once for each shop, what is open of the orders that were placed before the flows that take its
// orders begin. It does so before the first stock is planned.
func (g *Gateway) bookOldOrders(ctx context.Context, f *profiles.Flow) error {
	if f.Stock == nil {
		return nil
	}
	shop := f.To.Connection.ID()
	cursor := "orders before>" + shop
	done := ""
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		done, err = tx.Cursor(cursor)
		return err
	})
	if err != nil || done != "" {
		return err
	}
	p, err := g.shop(f.To.Connection)
	if err != nil {
		return err
	}
	lister, ok := p.Target(f).(flow.OpenLister)
	if !ok {
		return nil
	}
	now := g.Now()
	var some []flow.HeldOrder
	book := func() error {
		orders := some
		some = nil
		return g.Ledger.Do(ctx, func(tx *ledger.Tx) error { return bookHeld(tx, shop, orders) })
	}
	for o, err := range lister.OpenOrders(ctx, now.Add(-forgottenAfter), g.ordersBegin(shop, now)) {
		if err != nil {
			return err
		}
		if some = append(some, o); len(some) == writeAfter {
			if err := book(); err != nil {
				return err
			}
		}
	}
	if err := book(); err != nil {
		return err
	}
	return g.Ledger.Do(ctx, func(tx *ledger.Tx) error { return tx.SetCursor(cursor, now.UTC().Format(time.RFC3339)) })
}

// ordersBegin tells from when on flows take the orders of a shop; now where none does.
func (g *Gateway) ordersBegin(shop string, now time.Time) time.Time {
	begin := time.Time{}
	for _, f := range g.Home.Flows() {
		if f.From.Kind == document.Order && f.From.Connection.ID() == shop && f.From.StartAt.After(begin) {
			begin = f.From.StartAt
		}
	}
	if begin.IsZero() || begin.After(now) {
		return now
	}
	return begin
}

func bookHeld(tx *ledger.Tx, shop string, orders []flow.HeldOrder) error {
	for _, o := range orders {
		known, err := tx.OrderItems(shop, o.Order)
		if err != nil {
			return err
		}
		if len(known) > 0 {
			continue
		}
		shipped, err := tx.ShippedByOrder(shop, o.Order)
		if err != nil {
			return err
		}
		for _, sku := range slices.Sorted(maps.Keys(o.Items)) {
			i := ledger.OrderItem{Target: shop, Order: o.Order, SKU: sku, Quantity: o.Items[sku].String(), PlacedAt: o.Placed, OpenUntil: o.Placed.Add(forgottenAfter)}
			settleItem(&i, shipped)
			if err := tx.PutOrderItem(&i); err != nil {
				return err
			}
		}
	}
	return nil
}
