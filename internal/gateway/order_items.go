package gateway

import (
	"slices"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// What web orders hold of each article is booked when they are planned, before they are ready to go out: the shop has
// counted them down already. Stock is reckoned with it.

// How order items end.
const (
	endedShipped   = "shipped"
	endedClosed    = "closed"    // shipped in part, and nothing more will come
	endedCancelled = "cancelled" // the shop has put the goods back; or it was deleted there
	endedRemoved   = "removed"   // the order was edited
)

// forgottenAfter is when an order that nobody ships or cancels holds nothing any more.
const forgottenAfter = 366 * 24 * time.Hour

// bookOrder records what an order of a shop holds, in place of what was known of it.
func bookOrder(tx *ledger.Tx, f *profiles.Flow, a *ledger.Arrival, order *document.Document) error {
	if order.Kind != document.Order || f.From.Connection.IsFolder() || a.Replay > 0 {
		return nil
	}
	shop, number := f.From.Connection.ID(), order.Key()
	known, err := tx.OrderItems(shop, number)
	if err != nil {
		return err
	}
	placed := a.ModTime
	if m, ok := order.Get("ordered_at").Moment(); ok {
		placed = m.Time
	}
	cancelled := order.Get("state").Text() == "cancelled"
	items := map[string]*ledger.OrderItem{}
	var skus []string
	for _, i := range known {
		gone := i
		gone.Ended, gone.OpenUntil = endedRemoved, time.Time{}
		items[i.SKU], skus = &gone, append(skus, i.SKU)
	}
	for sku, quantity := range quantities(order) {
		i := &ledger.OrderItem{Target: shop, Order: number, SKU: sku, Quantity: quantity.String(), PlacedAt: placed, OpenUntil: placed.Add(forgottenAfter)}
		if before, ok := items[sku]; ok {
			i.Delivery = before.Delivery
		} else {
			skus = append(skus, sku)
		}
		if cancelled {
			i.Ended, i.OpenUntil = endedCancelled, time.Time{}
		}
		items[sku] = i
	}
	shipped, err := tx.ShippedByOrder(shop, number)
	if err != nil {
		return err
	}
	slices.Sort(skus)
	for _, sku := range skus {
		i := items[sku]
		i.Arrival = a.ID
		settleItem(i, shipped)
		if err := putChanged(tx, known, i); err != nil {
			return err
		}
	}
	return nil
}

// bookGone ends what an order holds that was deleted in the shop, as if it had been cancelled.
func bookGone(tx *ledger.Tx, shop, order string) error {
	known, err := tx.OrderItems(shop, order)
	for _, i := range known {
		if i.Ended != "" {
			continue
		}
		i.Ended, i.OpenUntil = endedCancelled, time.Time{}
		if err := tx.PutOrderItem(&i); err != nil {
			return err
		}
	}
	return err
}

// quantities adds up an order's lines by article.
func quantities(order *document.Document) map[string]document.Decimal {
	all := map[string]document.Decimal{}
	for _, l := range order.List("lines") {
		sku := l.Get("sku").Text()
		if q, ok := l.Get("quantity").Number(); ok && sku != "" {
			all[sku] = all[sku].Add(q)
		}
	}
	return all
}

// putChanged writes an item that differs from what was known, so that only real changes make a shop's figure doubtful.
func putChanged(tx *ledger.Tx, known []ledger.OrderItem, i *ledger.OrderItem) error {
	for _, k := range known {
		if k.SKU == i.SKU && (k.Arrival == 0) == (i.Arrival == 0) && k.Quantity == i.Quantity && k.Ended == i.Ended && k.OpenUntil.Equal(i.OpenUntil.Truncate(time.Microsecond)) {
			return nil
		}
	}
	return tx.PutOrderItem(i)
}

// settleItem ends an open item of which everything was shipped, or nothing more will come.
func settleItem(i *ledger.OrderItem, shipped []ledger.Shipped) {
	if i.Ended == endedCancelled || i.Ended == endedRemoved {
		return
	}
	i.Ended, i.OpenUntil = "", i.PlacedAt.Add(forgottenAfter)
	left, err := document.ParseDecimal(i.Quantity)
	if err != nil { // we wrote it
		return
	}
	for _, s := range shipped {
		if s.SKU != i.SKU {
			continue
		}
		if q, err := document.ParseDecimal(s.Quantity); err == nil {
			left = left.Sub(q)
		}
		switch {
		case left.Sign() <= 0:
			i.Ended = endedShipped
		case s.Closes:
			i.Ended = endedClosed
		default:
			continue
		}
		i.OpenUntil = s.At
		return
	}
}

// bookShipment records what a despatch advice has shipped of a shop's orders, in place of what the same advice said before.
func bookShipment(tx *ledger.Tx, f *profiles.Flow, a *ledger.Arrival, doc *document.Document) error {
	if doc.Kind != document.Shipment || f.To.Connection.IsFolder() {
		return nil
	}
	shop, advice := f.To.Connection.ID(), doc.Get("number").Text()
	at := shippedAt(a, doc)
	for _, number := range flow.OrdersOf(doc) {
		known, err := tx.OrderItems(shop, number)
		if err != nil {
			return err
		}
		shipped, err := tx.ShippedByOrder(shop, number)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(shipped, func(s ledger.Shipped) bool { return s.Advice == advice }) {
			if err := tx.UnshipAdvice(shop, number, advice); err != nil {
				return err
			}
		}
		for _, s := range shippedItems(f, doc, number, known) {
			s.Target, s.Order, s.Advice, s.At, s.Arrival = shop, number, advice, at, a.ID
			if err := tx.PutShipped(&s); err != nil {
				return err
			}
		}
		if err := settleOrder(tx, shop, number, known); err != nil {
			return err
		}
	}
	return nil
}

// bookDelivered records what the despatch advices of a delivery have shipped, where that was not known since they were
// planned: they were held.
func bookDelivered(tx *ledger.Tx, f *profiles.Flow, arrival int64, docs []*document.Document) error {
	for _, doc := range docs {
		for _, number := range flow.OrdersOf(doc) {
			shipped, err := tx.ShippedByOrder(f.To.Connection.ID(), number)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(shipped, func(s ledger.Shipped) bool { return s.Advice == doc.Get("number").Text() }) {
				continue
			}
			a, err := tx.Arrival(arrival)
			if err != nil {
				return err
			}
			if err := bookShipment(tx, f, &a, doc); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleOrder ends the items of an order by what was shipped of it.
func settleOrder(tx *ledger.Tx, shop, number string, known []ledger.OrderItem) error {
	if len(known) == 0 {
		return nil
	}
	shipped, err := tx.ShippedByOrder(shop, number)
	if err != nil {
		return err
	}
	for _, i := range known {
		settleItem(&i, shipped)
		if err := putChanged(tx, known, &i); err != nil {
			return err
		}
	}
	return nil
}

// shippedItems gives what an advice ships of an order, by article. One without lines ships all of it.
func shippedItems(f *profiles.Flow, doc *document.Document, order string, known []ledger.OrderItem) []ledger.Shipped {
	complete, _ := doc.Get("complete").Flag()
	complete = complete || f.Shipment.Close
	of := map[string]*ledger.Shipped{}
	total := map[string]document.Decimal{}
	whole := len(doc.List("lines")) == 0
	for _, i := range known {
		switch {
		case whole:
			of[i.SKU] = &ledger.Shipped{SKU: i.SKU, Quantity: i.Quantity}
		case complete: // what it does not name will not come
			of[i.SKU] = &ledger.Shipped{SKU: i.SKU, Quantity: "0", Closes: true}
		}
	}
	for _, l := range doc.List("lines") {
		sku := l.Get("sku").Text()
		q, ok := l.Get("quantity").Number()
		if flow.OrderOf(doc, l) != order || sku == "" || !ok || q.Sign() < 0 {
			continue // the shop's connector says what is wrong with it
		}
		if of[sku] == nil {
			of[sku] = &ledger.Shipped{SKU: sku}
		}
		total[sku] = total[sku].Add(q)
		closed, _ := l.Get("closed").Flag()
		of[sku].Quantity, of[sku].Closes = total[sku].String(), of[sku].Closes || closed
	}
	var all []ledger.Shipped
	for _, s := range of {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b ledger.Shipped) int {
		if a.SKU < b.SKU {
			return -1
		}
		return 1
	})
	return all
}

// shippedAt is when the goods had left at the latest: when the despatch advice was written, or earlier where it says a
// time of day.
func shippedAt(a *ledger.Arrival, doc *document.Document) time.Time {
	at := trueAt(a)
	if m, ok := doc.Get("shipped_at").Moment(); ok && m.Precision != document.Day && m.Time.Before(at) {
		return m.Time
	}
	return at
}

// trueAt is when a file's figures were true: when it was written, but never after it was first seen, in case the clock of
// its machine is ahead.
func trueAt(a *ledger.Arrival) time.Time {
	at := a.ModTime
	for _, limit := range []time.Time{a.FirstLook, a.CreatedAt} {
		if !limit.IsZero() && (at.IsZero() || limit.Before(at)) {
			at = limit
		}
	}
	return at
}

// unbook takes back what an arrival that takes no effect has shipped.
func unbook(tx *ledger.Tx, arrival int64) error {
	gone, err := tx.Unship(arrival)
	if err != nil {
		return err
	}
	for _, s := range gone {
		known, err := tx.OrderItems(s.Target, s.Order)
		if err != nil {
			return err
		}
		if err := settleOrder(tx, s.Target, s.Order, known); err != nil {
			return err
		}
	}
	return nil
}

// OpenOrders gives what web orders hold of an article of a shop now, and what they have held lately; the oldest first.
func OpenOrders(tx *ledger.Tx, shop, sku string, at, since time.Time) ([]flow.OpenOrder, error) {
	items, err := tx.OpenItems(shop, []string{sku}, at, since)
	var all []flow.OpenOrder
	for _, i := range items {
		all = append(all, openOrder(i))
	}
	return all, err
}
