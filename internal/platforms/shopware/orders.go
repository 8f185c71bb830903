package shopware

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
)

// OrderOptions say which orders a flow takes.
type OrderOptions struct {
	Channels []string  // names of sales channels; empty: all
	StartAt  time.Time // no order placed before it; zero: no limit
	Field    string    // custom field that marks an exported order; "" marks nothing
	Reader   Reader    // what turns the orders into documents
}

// Orders is the shop as a source of orders. Each order is an arrival of its own.
type Orders struct {
	shop *Shop
	opt  OrderOptions
}

// Orders gives the shop as a source of orders.
func (s *Shop) Orders(opt OrderOptions) *Orders { return &Orders{s, opt} }

// stamp is the form in which the shop writes and compares times.
const stamp = "2006-01-02T15:04:05.000Z"

// Poll reads the orders that were placed or changed since the cursor less the overlap, oldest first, and then those whose
// lines or addresses were changed, which does not touch the order's time stamp, and those that are to be looked at again:
// a payment that comes days later does not touch it either. The cursor is
// the newest time stamp of the shop's own clock that was seen; it moves with the last order, since those between are not
// in the order of their changes.
func (o *Orders) Poll(ctx context.Context, cursor string, again []string) iter.Seq2[flow.Arrival, error] {
	return func(yield func(flow.Arrival, error) bool) {
		newest := cursor
		seen := map[string]bool{}
		var held *flow.Arrival // the newest order so far: it goes out when it is known whether it is the last
		for a, err := range o.pages(ctx, o.criteria(cursor)) {
			if err != nil {
				yield(flow.Arrival{}, err)
				return
			}
			at, _, _ := strings.Cut(a.Version, "/")
			newest = max(newest, at)
			seen[a.Name] = true
			if held != nil && !yield(*held, nil) {
				return
			}
			held = &a
		}
		if held != nil {
			held.Cursor = newest
			if !yield(*held, nil) {
				return
			}
		}
		touched, err := o.touched(ctx, cursor)
		if err != nil {
			yield(flow.Arrival{}, err)
			return
		}
		unseen := func(names []string) (rest []string) {
			for _, name := range names {
				if !seen[name] {
					seen[name] = true
					rest = append(rest, name)
				}
			}
			return rest
		}
		again = unseen(again)
		if o.named(ctx, unseen(touched), o.meant("gte"), yield, nil) {
			o.named(ctx, again, nil, yield, func(name string) bool { return yield(flow.Arrival{Name: name, Gone: true}, nil) })
		}
	}
}

// touched names the orders whose lines or addresses were changed since the cursor less the overlap.
func (o *Orders) touched(ctx context.Context, cursor string) (names []string, err error) {
	since, ok := o.since(cursor)
	if !ok {
		return nil, nil
	}
	for _, entity := range []string{"order_line_item", "order_address"} {
		c := criteria{Limit: maxLimit, Filter: []filter{{Type: "range", Field: "updatedAt", Parameters: map[string]string{"gte": since}}},
			Sort: []sorting{{"updatedAt", "ASC"}, {"id", "ASC"}}, Includes: map[string][]string{entity: {"id", "orderId"}}}
		for c.Page = 1; ; c.Page++ {
			rows, err := o.shop.search(ctx, strings.ReplaceAll(entity, "_", "-"), c)
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				var part struct {
					OrderID string `json:"orderId"`
				}
				if err := json.Unmarshal(row, &part); err == nil && part.OrderID != "" {
					names = append(names, orderName+part.OrderID)
				}
			}
			if len(rows) < c.Limit {
				break
			}
		}
	}
	return names, nil
}

// since gives the time that a look reaches back to; false at the first look.
func (o *Orders) since(cursor string) (string, bool) {
	t, err := time.Parse(stamp, cursor)
	return t.Add(-o.shop.cfg.Overlap).UTC().Format(stamp), err == nil
}

// named looks at orders by their names. missing is told those that the search did not give.
func (o *Orders) named(ctx context.Context, names []string, only []filter, yield func(flow.Arrival, error) bool, missing func(string) bool) bool {
	for some := range slices.Chunk(names, min(o.shop.cfg.Page, maxLimit)) {
		left := map[string]bool{}
		var ids []string
		for _, name := range some {
			left[name] = true
			ids = append(ids, strings.TrimPrefix(name, orderName))
		}
		c := o.associated()
		c.Filter = append([]filter{{Type: "equalsAny", Field: "id", Value: ids}}, only...)
		for a, err := range o.pages(ctx, c) {
			delete(left, a.Name)
			if !yield(a, err) || err != nil {
				return false
			}
		}
		for _, name := range some {
			if left[name] && missing != nil && !missing(name) {
				return false
			}
		}
	}
	return true
}

// pages gives all orders that a search finds.
func (o *Orders) pages(ctx context.Context, c criteria) iter.Seq2[flow.Arrival, error] {
	return func(yield func(flow.Arrival, error) bool) {
		for c.Page = 1; ; c.Page++ {
			rows, err := o.shop.search(ctx, "order", c)
			if err != nil {
				yield(flow.Arrival{}, err)
				return
			}
			for _, row := range rows {
				a, err := o.arrival(row)
				if !yield(a, err) || err != nil {
					return
				}
			}
			if len(rows) < c.Limit {
				return
			}
		}
	}
}

// associated is a search with all that a document needs of an order.
func (o *Orders) associated() criteria {
	return criteria{Limit: min(o.shop.cfg.Page, maxLimit),
		Sort: []sorting{{"createdAt", "ASC"}, {"id", "ASC"}},
		Associations: map[string]any{
			"lineItems": map[string]any{"sort": []sorting{{"position", "ASC"}}}, "currency": struct{}{}, "language": with("locale"), "salesChannel": struct{}{},
			"stateMachineState": struct{}{}, "billingAddress": with("country", "countryState"), "orderCustomer": with("customer"), "tags": struct{}{},
			"deliveries":   map[string]any{"associations": map[string]any{"shippingOrderAddress": with("country", "countryState"), "shippingMethod": struct{}{}, "stateMachineState": struct{}{}}},
			"transactions": with("paymentMethod", "stateMachineState"),
		}}
}

func (o *Orders) criteria(cursor string) criteria {
	c := o.associated()
	if since, ok := o.since(cursor); ok {
		c.Filter = append(c.Filter, filter{Type: "multi", Operator: "or", Queries: []filter{
			{Type: "range", Field: "createdAt", Parameters: map[string]string{"gte": since}},
			{Type: "range", Field: "updatedAt", Parameters: map[string]string{"gte": since}}}})
	}
	c.Filter = append(c.Filter, o.meant("gte")...)
	return c
}

// meant chooses the flow's channels, and the orders placed from its start on (gte) or before it (lt).
func (o *Orders) meant(side string) []filter {
	var all []filter
	if !o.opt.StartAt.IsZero() {
		all = append(all, filter{Type: "range", Field: "orderDateTime", Parameters: map[string]string{side: o.opt.StartAt.UTC().Format(stamp)}})
	}
	if len(o.opt.Channels) > 0 {
		all = append(all, filter{Type: "equalsAny", Field: "salesChannel.name", Value: o.opt.Channels})
	}
	return all
}

// with asks for associations of an association.
func with(names ...string) map[string]any {
	inner := map[string]any{}
	for _, n := range names {
		inner[n] = struct{}{}
	}
	return map[string]any{"associations": inner}
}

// orderName begins the name of an order's arrival; its id follows.
const orderName = "order/"

// arrival makes an arrival of an order. Its version is the time stamp and, behind a slash, a hash of what the document
// holds: so the time stamp alone, which our own mark moves too, makes no other version, and a payment without one does.
func (o *Orders) arrival(row json.RawMessage) (a flow.Arrival, err error) {
	root, err := parse(row)
	id := root.at("id").text()
	if err != nil || id == "" {
		return a, flow.Stop("orders of the shop: an order without an id: %.100s", row)
	}
	at := max(root.at("createdAt").text(), root.at("updatedAt").text())
	if t, err := time.Parse(time.RFC3339Nano, at); err == nil {
		at = t.UTC().Format(stamp)
		a.ModTime = t
	}
	a.Name, a.Version, a.Size, a.Body = orderName+id, at+"/"+o.content(row, root), int64(len(row)), bytes.Clone(row)
	return a, nil
}

// content is a short hash of what an order says, marks of exports aside.
func (o *Orders) content(row []byte, root node) string {
	docs, found, err := o.opt.Reader.read(root, false)
	h := sha256.New()
	if err != nil || found.HasErrors() {
		h.Write(row) // whatever changes may mend it
	}
	for _, d := range docs {
		d.Set("exported", document.Value{})
		h.Write(d.AppendJSON(nil))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Open reads an order's bytes.
func (o *Orders) Open(_ context.Context, a flow.Arrival) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(a.Body)), nil
}

// Settle marks the orders that were exported, so that people and other systems see it.
func (o *Orders) Settle(_ flow.Arrival, s flow.Settlement) []flow.Step {
	if s.Outcome != flow.Processed {
		return nil
	}
	var steps []flow.Step
	for _, d := range s.Documents {
		if o.opt.Field == "" || d.ID == "" || d.As == "" {
			continue
		}
		mark := s.At.UTC().Format(time.RFC3339) + " " + d.As
		steps = append(steps, flow.Step{Name: "mark " + d.Key, Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
			return o.shop.syncStep(ctx, "mark", "order", []any{map[string]any{"id": d.ID, "customFields": map[string]any{o.opt.Field: mark}}})
		}})
	}
	for _, d := range s.Documents {
		if d.Buyer == "" || d.BuyerNumber == "" || o.opt.Reader.CustomerField == "" {
			continue
		}
		steps = append(steps, flow.Step{Name: "number " + d.BuyerNumber, Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
			return o.shop.syncStep(ctx, "number", "customer", []any{map[string]any{"id": d.Buyer, "customFields": map[string]any{o.opt.Reader.CustomerField: d.BuyerNumber}}})
		}})
	}
	return steps
}

// syncStep writes records with one sync call.
func (s *Shop) syncStep(ctx context.Context, operation, entity string, payload []any) (flow.Report, error) {
	body, err := json.Marshal(map[string]any{operation: map[string]any{"entity": entity, "action": "upsert", "payload": payload}})
	if err != nil {
		return flow.Report{}, flow.Stop("%s: %w", operation, err)
	}
	c := call{method: http.MethodPost, path: syncPath, body: body, header: quietHeaders()}
	answer, err := s.do(ctx, c)
	return flow.Report{Request: fmt.Sprintf("POST %s (%s, %d of %s)", syncPath, operation, len(payload), entity), Answer: answerText(answer, err)}, err
}

const syncPath = "/api/_action/sync"

// quietHeaders keep flows of the shop (mails) from running for what batchgate writes, and let it index later.
func quietHeaders() map[string]string {
	return map[string]string{"sw-skip-trigger-flow": "1", "indexing-behavior": "use-queue-indexing"}
}

func answerText(answer []byte, err error) string {
	if err != nil {
		return ""
	}
	return "200 " + string(answer[:min(len(answer), 500)])
}
