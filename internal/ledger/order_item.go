package ledger

import (
	"fmt"
	"time"
)

// OrderItem is what a web order holds of one article.
type OrderItem struct {
	Target   string    `json:"target"` // the shop's connection
	Order    string    `json:"order"`
	SKU      string    `json:"sku"`
	Quantity string    `json:"quantity"` // a decimal, in the shop's pieces
	PlacedAt time.Time `json:"placed_at,omitzero"`
	Arrival  int64     `json:"arrival"`            // that told of it last
	Delivery int64     `json:"delivery,omitempty"` // that carries the order to the ERP; 0 while it waits
	// Ended says why nothing is held any more: shipped, closed, cancelled, removed; "" while something is. OpenUntil is when
	// that was; of an order that ended without the goods leaving, zero; of an open one, when it is forgotten at last.
	Ended     string    `json:"ended,omitempty"`
	OpenUntil time.Time `json:"open_until,omitzero"`
	Changed   int64     `json:"-"` // counts the changes of a shop's items; set by PutOrderItem
}

// OpenItem is an order item with how far the ERP has come with its order.
type OpenItem struct {
	OrderItem
	Name       string    `json:"name,omitempty"`       // of the file that carried the order
	ExportedAt time.Time `json:"exported_at,omitzero"` // when the file lay in the ERP's folder
	FetchedAt  time.Time `json:"fetched_at,omitzero"`  // when it had left the folder
	AckedAt    time.Time `json:"acked_at,omitzero"`    // when the ERP answered
	Acked      string    `json:"acked,omitempty"`      // what the ERP answered
	Shipped    []Shipped `json:"shipped,omitempty"`    // by despatch advice, in their order
}

// Shipped is what one despatch advice has shipped of an article of an order.
type Shipped struct {
	Target   string    `json:"-"`
	Order    string    `json:"-"`
	SKU      string    `json:"-"`
	Advice   string    `json:"advice"`
	Quantity string    `json:"quantity"`
	At       time.Time `json:"at,omitzero"`
	Closes   bool      `json:"closes,omitempty"` // nothing more of the article will come
	Arrival  int64     `json:"arrival"`
}

const orderItemColumns = "target, number, sku, quantity, placed_at, arrival, delivery, ended, open_until, changed"

func (i *OrderItem) fields() []any {
	return []any{&i.Target, &i.Order, &i.SKU, &i.Quantity, when{&i.PlacedAt}, &i.Arrival, &i.Delivery, &i.Ended, when{&i.OpenUntil}, &i.Changed}
}

func (i *OpenItem) fields() []any {
	return append(i.OrderItem.fields(), &i.Name, when{&i.ExportedAt}, when{&i.FetchedAt}, when{&i.AckedAt}, &i.Acked)
}

const openItemSelect = `SELECT i.target, i.number, i.sku, i.quantity, i.placed_at, i.arrival, i.delivery, i.ended, i.open_until, i.changed,
	COALESCE(d.name, ''), COALESCE(d.done_at, 0), COALESCE(d.fetched_at, 0), COALESCE(d.acked_at, 0), COALESCE(d.acked, '')
	FROM order_item i LEFT JOIN delivery d ON d.id = i.delivery AND d.state = '` + DeliveryDone + `'`

// PutOrderItem records or replaces what an order holds of an article, and counts it as a change of the article. Two
// writers of one shop's items wait for each other until their commits, so that changes are numbered in the order in which
// they are seen.
func (tx *Tx) PutOrderItem(i *OrderItem) error {
	n, err := tx.count("order items " + i.Target)
	if err == nil {
		i.Changed = n
		_, err = tx.exec(insertText("order_item", orderItemColumns)+` ON CONFLICT (target, number, sku) DO UPDATE SET quantity = excluded.quantity,
			placed_at = excluded.placed_at, arrival = excluded.arrival, delivery = excluded.delivery, ended = excluded.ended,
			open_until = excluded.open_until, changed = excluded.changed`,
			i.Target, i.Order, i.SKU, i.Quantity, i.PlacedAt, i.Arrival, i.Delivery, i.Ended, i.OpenUntil, i.Changed)
	}
	return inCase(err, "article %s of order %s", i.SKU, i.Order)
}

// OrderItems gives what an order holds or held, by article.
func (tx *Tx) OrderItems(target, order string) ([]OrderItem, error) {
	all, err := many(tx, (*OrderItem).fields, "SELECT "+orderItemColumns+" FROM order_item WHERE target = $1 AND number = $2 ORDER BY sku", target, order)
	return all, inCase(err, "articles of order %s", order)
}

// CarryOrderItems records which delivery carries an order to the ERP.
func (tx *Tx) CarryOrderItems(target, order string, delivery int64) error {
	_, err := tx.exec("UPDATE order_item SET delivery = $1 WHERE target = $2 AND number = $3", delivery, target, order)
	return inCase(err, "delivery of order %s", order)
}

// OpenItems gives what orders that were placed after since hold of some articles, or still held at a time, with what was
// shipped of it; the oldest order first.
func (tx *Tx) OpenItems(target string, skus []string, at, since time.Time) ([]OpenItem, error) {
	wanted := make([]string, len(skus))
	for n, s := range skus {
		wanted[n] = clean(s)
	}
	all, err := many(tx, (*OpenItem).fields, openItemSelect+" WHERE i.target = $1 AND i.open_until > $2 AND i.placed_at >= $3 AND i.sku IN (SELECT value FROM "+
		fmt.Sprintf(tx.ledger.dialect.texts, "$4")+") ORDER BY i.placed_at, i.number, i.sku", target, at, since, jsonText(wanted))
	for n := 0; n < len(all) && err == nil; n++ {
		all[n].Shipped, err = tx.shippedOf(all[n].Target, all[n].Order, all[n].SKU)
	}
	return all, inCase(err, "open orders of %d articles of %s", len(skus), target)
}

// ChangedItems gives the articles of a shop whose order items have changed since a count, with the newest count.
func (tx *Tx) ChangedItems(target string, after int64) (skus []string, last int64, err error) {
	var sku string
	var changed int64
	last = after
	err = tx.each([]any{&sku, &changed}, func() error {
		skus = append(skus, sku)
		last = max(last, changed)
		return nil
	}, "SELECT sku, MAX(changed) FROM order_item WHERE target = $1 AND changed > $2 GROUP BY sku", target, after)
	return skus, last, inCase(err, "articles of %s that were ordered", target)
}

const shippedSelect = "SELECT target, number, sku, advice, quantity, at, closes, arrival FROM shipped_item"

func (s *Shipped) fields() []any {
	return []any{&s.Target, &s.Order, &s.SKU, &s.Advice, &s.Quantity, when{&s.At}, truth{&s.Closes}, &s.Arrival}
}

// PutShipped records what a despatch advice has shipped of an article of an order, in place of what it said before.
func (tx *Tx) PutShipped(s *Shipped) error {
	_, err := tx.exec(`INSERT INTO shipped_item (target, number, sku, advice, quantity, at, closes, arrival) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (target, number, sku, advice) DO UPDATE SET quantity = excluded.quantity, at = excluded.at, closes = excluded.closes,
		arrival = excluded.arrival`, s.Target, s.Order, s.SKU, s.Advice, s.Quantity, s.At, flag(s.Closes), s.Arrival)
	return inCase(err, "despatch advice %s of order %s", s.Advice, s.Order)
}

// ShippedByOrder gives what was shipped of an order.
func (tx *Tx) ShippedByOrder(target, order string) ([]Shipped, error) {
	all, err := many(tx, (*Shipped).fields, shippedSelect+" WHERE target = $1 AND number = $2 ORDER BY at, advice, sku", target, order)
	return all, inCase(err, "what was shipped of order %s", order)
}

func (tx *Tx) shippedOf(target, order, sku string) ([]Shipped, error) {
	return many(tx, (*Shipped).fields, shippedSelect+" WHERE target = $1 AND number = $2 AND sku = $3 ORDER BY at, advice", target, order, sku)
}

// UnshipAdvice takes back what one despatch advice has shipped of an order.
func (tx *Tx) UnshipAdvice(target, order, advice string) error {
	_, err := tx.exec("DELETE FROM shipped_item WHERE target = $1 AND number = $2 AND advice = $3", target, order, advice)
	return inCase(err, "taking back despatch advice %s of order %s", advice, order)
}

// Unship takes back what an arrival has shipped, and gives it.
func (tx *Tx) Unship(arrival int64) ([]Shipped, error) {
	all, err := many(tx, (*Shipped).fields, shippedSelect+" WHERE arrival = $1 ORDER BY number, sku, advice", arrival)
	if err == nil && len(all) > 0 {
		_, err = tx.exec("DELETE FROM shipped_item WHERE arrival = $1", arrival)
	}
	return all, inCase(err, "taking back what arrival a%d has shipped", arrival)
}

// truth scans a flag that is stored as 0 or 1.
type truth struct{ b *bool }

// Scan takes what the database gives.
func (t truth) Scan(src any) error {
	n, ok := src.(int64)
	*t.b = ok && n != 0
	return nil
}
