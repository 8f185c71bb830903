package flow

import (
	"slices"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/profiles"
)

// OrdersOf names the orders that a shipment is of, in their order: those of its lines, or that of its head where no line
// names one.
func OrdersOf(shipment *document.Document) []string {
	var all []string
	for _, l := range shipment.List("lines") {
		if number := OrderOf(shipment, l); number != "" && !slices.Contains(all, number) {
			all = append(all, number)
		}
	}
	if number := shipment.Get("order").Text(); len(all) == 0 && number != "" {
		all = append(all, number)
	}
	return all
}

// OrderOf gives the order of a shipped line.
func OrderOf(shipment *document.Document, line *document.Group) string {
	if own := line.Get("order").Text(); own != "" {
		return own
	}
	return shipment.Get("order").Text()
}

// ByOrder takes a shipment of several orders apart, so that each order's part goes out by itself: one that was cancelled
// keeps no other back. Whatever else a shipment names, as its packages, is of every part.
func ByOrder(shipment *document.Document) []*document.Document {
	orders := OrdersOf(shipment)
	if shipment.Kind != document.Shipment || len(orders) < 2 {
		return []*document.Document{shipment}
	}
	var parts []*document.Document
	for _, number := range orders {
		part := shipment.Clone()
		part.KeepItems("lines", func(l *document.Group) bool { return OrderOf(shipment, l) == number })
		setOrder(part, number)
		parts = append(parts, part)
	}
	return parts
}

// setOrder names the order of a part in its head, with the place of a line that names it.
func setOrder(part *document.Document, number string) {
	part.Set("order", document.TextValue(number))
	for _, l := range part.List("lines") {
		slot, _ := l.Shape().Slot("order")
		if o, ok := l.Origin(slot); ok && l.At(slot).Text() == number {
			part.SetFrom("order", document.TextValue(number), o)
			return
		}
	}
}

// Ours tells whether a document is about an order that may be the shop's, by its number.
func Ours(f *profiles.Flow, d *document.Document) bool {
	if d.Kind != document.Shipment || f.WebOrders == nil {
		return true
	}
	orders := OrdersOf(d)
	return len(orders) != 1 || f.WebOrders.Has(orders[0])
}
