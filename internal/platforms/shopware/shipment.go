package shopware

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
)

// despatchField is the custom field of a delivery in which shipped quantities are kept, by despatch advice and order line:
// the shop itself has no quantity shipped. Written again with the same despatch advice it stays the same.
const despatchField = "batchgate_despatches"

// closedField is the custom field of a delivery with the order lines of which nothing more will come, though less was
// shipped than ordered: by line the despatch advice that said so.
const closedField = "batchgate_closed"

// Transitions of a delivery.
const (
	ship          = "ship"
	shipPartially = "ship_partially"
)

// orderFacts is what the shop knows of an order that is shipped.
type orderFacts struct {
	ID         string                            `json:"id"`
	State      string                            `json:"state"`
	Delivery   string                            `json:"delivery"`
	Shipped    string                            `json:"shipped"` // state of the delivery
	Tracking   []string                          `json:"tracking,omitempty"`
	Despatches map[string]map[string]json.Number `json:"despatches,omitempty"` // by advice, by line
	Closed     map[string]string                 `json:"closed,omitempty"`     // by line, the advice
	Placed     time.Time                         `json:"placed,omitzero"`
	Lines      []orderLine                       `json:"lines"`
}

type orderLine struct {
	ID       string      `json:"id"`
	SKU      string      `json:"sku"`
	Quantity json.Number `json:"quantity"`
}

func (t *Target) orders(ctx context.Context, numbers []string, found map[string]string) error {
	rows, err := t.shop.search(ctx, "order", criteria{Limit: maxLimit,
		Filter: []filter{{Type: "equalsAny", Field: "orderNumber", Value: numbers}},
		Associations: map[string]any{"lineItems": map[string]any{"sort": []sorting{{"position", "ASC"}}}, "stateMachineState": struct{}{},
			"deliveries": with("stateMachineState")}})
	if err != nil {
		return err
	}
	for _, row := range rows {
		n, err := parse(row)
		if err != nil {
			return flow.Later(0, err)
		}
		facts, err := json.Marshal(factsOf(n))
		if err != nil {
			return flow.Stop("order %s: %w", n.at("orderNumber").text(), err)
		}
		found[n.at("orderNumber").text()] = string(facts)
	}
	return nil
}

func factsOf(order node) orderFacts {
	delivery := mainDelivery(order)
	f := orderFacts{ID: order.at("id").text(), State: order.at("stateMachineState", "technicalName").text(),
		Delivery: delivery.at("id").text(), Shipped: delivery.at("stateMachineState", "technicalName").text()}
	for _, code := range delivery.at("trackingCodes").items() {
		f.Tracking = append(f.Tracking, code.text())
	}
	if before, ok := delivery.at("customFields", despatchField).value.(map[string]any); ok {
		f.Despatches = map[string]map[string]json.Number{}
		for advice, lines := range before {
			f.Despatches[advice] = map[string]json.Number{}
			if lines, ok := lines.(map[string]any); ok {
				for line, q := range lines {
					if q, ok := q.(json.Number); ok {
						f.Despatches[advice][line] = q
					}
				}
			}
		}
	}
	if closed, ok := delivery.at("customFields", closedField).value.(map[string]any); ok {
		f.Closed = map[string]string{}
		for line, advice := range closed {
			f.Closed[line], _ = advice.(string)
		}
	}
	if m, ok := order.at("orderDateTime").time(); ok {
		f.Placed = m.Time.UTC()
	}
	for _, l := range order.at("lineItems").items() {
		if kind := l.at("type").text(); kind == "product" || kind == "custom" {
			f.Lines = append(f.Lines, orderLine{l.at("id").text(), l.at("payload", "productNumber").text(), json.Number(l.at("quantity").text())})
		}
	}
	return f
}

func (e *encoder) shipment(i int, doc *document.Document) {
	orders := flow.OrdersOf(doc)
	if len(orders) == 0 {
		e.refuse(i, doc.Key(), "shopware.shipment-without-order", false, "the despatch advice names no order")
	}
	for _, number := range orders {
		e.shipOrder(i, doc, number)
	}
}

func (e *encoder) shipOrder(i int, doc *document.Document, number string) {
	f, ok := e.order(i, number)
	if !ok {
		return
	}
	advice := doc.Get("number").Text()
	since := e.target.opt.Since
	switch {
	case !since.IsZero() && f.Placed.Before(since):
		e.refuse(i, number, "shopware.order-too-old", true, "the order was placed before %s, when web orders begin: it is left alone", since.Format(time.RFC3339))
		return
	case f.Delivery == "":
		e.refuse(i, number, "shopware.order-without-delivery", false, "the order has no delivery in the shop")
		return
	case f.State == "cancelled" || f.Shipped == "cancelled":
		e.refuse(i, number, "shopware.order-cancelled", false, "the order was cancelled in the shop: stop the parcel, or reopen the order and retry")
		return
	case advice == "" && len(doc.List("lines")) > 0:
		e.refuse(i, number, "shopware.shipment-without-number", false, "the despatch advice has no number, under which its quantities could be kept")
		return
	}
	suffix := e.suffix(doc, number)
	shipped, ok := e.quantities(i, doc, number, "tracking"+suffix, f)
	if !ok {
		return
	}
	f.Tracking = e.tracking(i, doc, "tracking"+suffix, f)
	if f.Despatches == nil {
		f.Despatches = map[string]map[string]json.Number{}
	}
	f.Despatches[advice] = shipped
	fields := map[string]any{despatchField: f.Despatches}
	if e.closes(i, doc, number, "tracking"+suffix, f) {
		fields[closedField] = f.Closed
	}
	record, err := json.Marshal(map[string]any{"id": f.Delivery, "trackingCodes": f.Tracking, "customFields": fields})
	if err != nil { // texts and numbers that came out of JSON
		e.refuse(i, number, "shopware.order", false, "the shipment cannot be written: %v", err)
		return
	}
	e.out.Calls = append(e.out.Calls, encodedCall{Step: "tracking" + suffix, Entity: "order_delivery", Payload: []json.RawMessage{record}, Docs: []int{i}})
	e.wrote(i, "order", "tracking"+suffix, "/tracking/payload/0/id", f.Delivery)
	if to := e.transition(doc, f); to != "" {
		e.out.Calls = append(e.out.Calls, encodedCall{Step: to + suffix, Delivery: f.Delivery, To: to, SendMail: e.target.opt.SendMail})
		f.Shipped = stateAfter(to)
	}
}

// order gives what the shop knows of an order, with what documents of the same delivery have added to it.
func (e *encoder) order(i int, number string) (*orderFacts, bool) {
	if f, ok := e.orders[number]; ok {
		return f, true
	}
	recorded, ok := e.facts.Lookup(orderTable, number)
	if !ok {
		e.refuse(i, number, "shopware.unknown-order", e.target.opt.UnknownOrder == "ignore", "the shop has no order of this number")
		return nil, false
	}
	f := new(orderFacts)
	if err := json.Unmarshal([]byte(recorded), f); err != nil {
		e.refuse(i, number, "shopware.order", false, "what was recorded of the order is not readable")
		return nil, false
	}
	e.orders[number] = f
	return f, true
}

// suffix keeps the names of steps apart where a delivery has several despatch advices, or one of several orders.
func (e *encoder) suffix(doc *document.Document, number string) string {
	suffix := ""
	if e.several {
		suffix = " " + doc.Get("number").Text()
	}
	if e.several || len(flow.OrdersOf(doc)) > 1 {
		suffix += " " + number
	}
	return suffix
}

// transition decides whether the order is shipped in whole or in part now; "" when the shop's state says so already.
func (e *encoder) transition(doc *document.Document, f *orderFacts) string {
	if !e.target.opt.Ship || f.Shipped == "shipped" {
		return ""
	}
	whole, _ := doc.Get("complete").Flag()
	if whole || e.target.opt.Close || len(doc.List("lines")) == 0 || f.complete() {
		return ship
	}
	if f.Shipped == "shipped_partially" {
		return ""
	}
	return shipPartially
}

// closes remembers the lines of which an advice says that nothing more will come, and tells whether there are any.
func (e *encoder) closes(i int, doc *document.Document, number, step string, f *orderFacts) bool {
	for n, l := range doc.List("lines") {
		if closed, _ := l.Get("closed").Flag(); !closed || flow.OrderOf(doc, l) != number {
			continue
		}
		for _, own := range f.Lines {
			if sku := l.Get("sku").Text(); own.SKU != sku || sku == "" {
				continue
			}
			if f.Closed == nil {
				f.Closed = map[string]string{}
			}
			f.Closed[own.ID] = doc.Get("number").Text()
			e.wrote(i, fmt.Sprintf("lines[%d].closed", n+1), step, "/tracking/payload/0/customFields/"+closedField+"/"+own.ID, f.Closed[own.ID])
		}
	}
	return len(f.Closed) > 0
}

// complete tells whether all despatches together cover every line, as far as it is not closed.
func (f *orderFacts) complete() bool {
	for _, l := range f.Lines {
		if f.Closed[l.ID] != "" {
			continue
		}
		if open, ok := f.open(l, ""); !ok || open.Sign() > 0 {
			return false
		}
	}
	return true
}

// open is what despatches have left of a line, those of one advice left out; below zero where more was shipped than
// ordered.
func (f *orderFacts) open(l orderLine, without string) (document.Decimal, bool) {
	open, err := document.ParseDecimal(l.Quantity.String())
	if err != nil {
		return open, false
	}
	for advice, lines := range f.Despatches {
		if advice == without {
			continue
		}
		if q, err := document.ParseDecimal(lines[l.ID].String()); err == nil {
			open = open.Sub(q)
		}
	}
	return open, true
}

// quantities gives what is shipped of each order line, in place of what the same advice said before.
func (e *encoder) quantities(i int, doc *document.Document, number, step string, f *orderFacts) (map[string]json.Number, bool) {
	advice := doc.Get("number").Text()
	shipped := map[string]document.Decimal{}
	fine := true
	for n, l := range doc.List("lines") {
		if flow.OrderOf(doc, l) != number {
			continue
		}
		quantity, ok := l.Get("quantity").Number()
		if !ok || quantity.Sign() < 0 {
			e.refuse(i, number, "shopware.shipment-quantity", false, "line %d of the despatch advice has no quantity, or one below zero", n+1)
			fine = false
			continue
		}
		touched := f.fill(l.Get("sku").Text(), advice, quantity, shipped)
		if len(touched) == 0 {
			e.refuse(i, number, "shopware.foreign-line", false, "line %d ships article %q, which is not in the order", n+1, l.Get("sku").Text())
			fine = false
		}
		for _, line := range touched {
			e.wrote(i, fmt.Sprintf("lines[%d].quantity", n+1), step, "/tracking/payload/0/customFields/"+despatchField+"/"+escape(advice)+"/"+line, shipped[line].String())
		}
	}
	numbers := map[string]json.Number{}
	for line, q := range shipped {
		numbers[line] = json.Number(q.String())
	}
	return numbers, fine
}

// fill puts a quantity to the order's lines of an article: in their order as far as each is open, and what is left over
// to the last of them. It gives the lines that got something; none where the order does not have the article.
func (f *orderFacts) fill(sku, advice string, quantity document.Decimal, shipped map[string]document.Decimal) (touched []string) {
	last := ""
	for _, l := range f.Lines {
		if l.SKU != sku || sku == "" {
			continue
		}
		last = l.ID
		open, ok := f.open(l, advice)
		open = open.Sub(shipped[l.ID])
		if !ok || open.Sign() <= 0 {
			continue
		}
		if open.Cmp(quantity) > 0 {
			open = quantity
		}
		if open.IsZero() {
			break
		}
		shipped[l.ID] = shipped[l.ID].Add(open)
		quantity = quantity.Sub(open)
		touched = append(touched, l.ID)
	}
	if last == "" || quantity.IsZero() && len(touched) > 0 {
		return touched
	}
	shipped[last] = shipped[last].Add(quantity)
	if !slices.Contains(touched, last) {
		touched = append(touched, last)
	}
	return touched
}

// tracking adds the advice's codes to those that the delivery has: the shop sets the list as a whole.
func (e *encoder) tracking(i int, doc *document.Document, step string, f *orderFacts) []string {
	codes := slices.Clone(f.Tracking)
	add := func(field, code string) {
		if code == "" {
			return
		}
		at := slices.Index(codes, code)
		if at < 0 {
			at = len(codes)
			codes = append(codes, code)
		}
		e.wrote(i, field, step, fmt.Sprintf("/tracking/payload/0/trackingCodes/%d", at), code)
	}
	add("tracking", doc.Get("tracking").Text())
	for n, p := range doc.List("packages") {
		add(fmt.Sprintf("packages[%d].tracking", n+1), p.Get("tracking").Text())
	}
	if codes == nil {
		codes = []string{}
	}
	return codes
}

// escape writes a name as one part of a JSON pointer (RFC 6901 3).
func escape(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
