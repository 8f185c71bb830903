package shopware

import (
	"encoding/json"
	"strings"
)

// derive keeps up what the shop computes from a written row: order totals, stock, what the indexer owes.
func (w *writer) derive(rec *record) {
	switch rec.entity.name {
	case "order":
		w.deriveOrder(rec)
	case "order_line_item":
		w.moveStock(rec.old, -1)
		w.moveStock(rec.row, +1)
	case "product":
		w.reindex(rec)
	}
}

// deriveRemoval puts back what a line holds that is about to go, by itself or with its order.
func (w *writer) deriveRemoval(e *entity, r *row) {
	lines := w.shop.store.tables["order_line_item"]
	orderID := lines.entity.column("orderId")
	switch e.name {
	case "order_line_item":
		if w.shop.store.get("order", r.text(orderID)) != nil {
			w.moveStock(r, -1)
		}
	case "order":
		for _, line := range lines.childrenOf(orderID, r.id) {
			w.moveStock(line, -1)
		}
	}
}

// deriveOrder copies the totals out of the price, as the shop's generated columns do.
func (w *writer) deriveOrder(rec *record) {
	e, r := rec.entity, rec.row
	price, _ := r.get(e.column("price")).(jsonText)
	costs, _ := r.get(e.column("shippingCosts")).(jsonText)
	var p, c map[string]any
	p, _ = plain(price).(map[string]any)
	c, _ = plain(costs).(map[string]any)
	setNumber := func(name string, v any) {
		if n, ok := v.(json.Number); ok {
			r.set(e.column(name), number(n))
		}
	}
	setNumber("amountTotal", p["totalPrice"])
	setNumber("amountNet", p["netPrice"])
	setNumber("positionPrice", p["positionPrice"])
	setNumber("shippingTotal", c["totalPrice"])
	if s, ok := p["taxStatus"].(string); ok {
		r.set(e.column("taxStatus"), s)
	}
	if at, ok := r.get(e.column("orderDateTime")).(moment); ok {
		r.set(e.column("orderDate"), at.time().Format("2006-01-02"))
	}
}

// moveStock takes what an order line sells out of the product's stock (sign +1) or puts it back (-1). Lines of
// cancelled orders hold nothing.
func (w *writer) moveStock(line *row, sign int64) {
	if line == nil {
		return
	}
	e := w.shop.schema.entities["order_line_item"]
	if line.text(e.column("type")) != "product" {
		return
	}
	if order := w.shop.store.get("order", line.text(e.column("orderId"))); order != nil && w.shop.stateOf("order", order) == "cancelled" {
		return
	}
	w.sell(line.text(e.column("productId")), sign*line.whole(e.column("quantity")))
}

// sell lowers a product's stock and raises its sales by a quantity; a negative one does the opposite. Updates of
// stock by orders go past the entity layer in a shop, so that updatedAt stays.
func (w *writer) sell(productID string, quantity int64) {
	t := w.shop.store.tables["product"]
	old := t.rows[productID]
	if old == nil || quantity == 0 {
		return
	}
	stock, sales := t.entity.column("stock"), t.entity.column("sales")
	r := old.clone(2)
	r.set(stock, old.whole(stock)-quantity)
	r.set(sales, old.whole(sales)+quantity)
	setAvailable(t.entity, r)
	w.shop.store.put(t, r)
	w.effect(Effect{Kind: Changed, Entity: "product", ID: productID, Field: "stock", Old: old.whole(stock), New: r.whole(stock)})
}

// setAvailable says whether a product can be bought: always, or while there is enough of it where it is on close-out.
func setAvailable(e *entity, r *row) {
	closeout := r.get(e.column("isCloseout")) == true
	r.set(e.column("available"), !closeout || r.whole(e.column("stock")) >= r.whole(e.column("minPurchase")))
}

// Values of the header indexing-behavior. Without it, indexers run in the request.
const (
	indexByQueue = "use-queue-indexing"
	indexNever   = "disable-indexing"
)

// reindex brings the computed values of a product up to date, now or by a message, as the request asks.
func (w *writer) reindex(rec *record) {
	switch w.indexing {
	case indexNever:
	case indexByQueue:
		w.stale = append(w.stale, rec.row.id)
	default:
		setAvailable(rec.entity, rec.row)
	}
}

// runIndexer does the work of queued messages and gives their number.
func (s *Shop) runIndexer(ids []string) int {
	t := s.store.tables["product"]
	for _, id := range ids {
		if old := t.rows[id]; old != nil {
			r := old.clone(1)
			setAvailable(t.entity, r)
			s.store.put(t, r)
		}
	}
	return len(ids)
}

// RunWorkers does the indexing that requests have queued, and gives the number of messages. It is needed only with
// Config.ManualWorkers; otherwise the queue is worked off after each request.
func (s *Shop) RunWorkers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.runIndexer(s.queue)
	s.queue = nil
	return n
}

// siblingKey gives the key that a version field belongs to, orderId for orderVersionId; nil where there is none.
func siblingKey(e *entity, f *field) *field {
	return e.byName[strings.TrimSuffix(f.name, "VersionId")+"Id"]
}
