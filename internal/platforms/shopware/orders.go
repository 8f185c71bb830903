package shopware

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
)

// OrderOptions say which orders a flow takes.
type OrderOptions struct {
	Channels []string  // names of sales channels; empty: all
	StartAt  time.Time // no order placed before it; zero: no limit
	Field    string    // custom field that marks an exported order; "" marks nothing
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

// Poll reads the orders that were placed or changed since the cursor less the overlap, oldest first. Orders that carry the
// mark of an export are left out. The cursor is the newest time stamp of the shop's own clock that was seen; it moves with
// the last order, since those between are not in the order of their changes.
func (o *Orders) Poll(ctx context.Context, cursor string) iter.Seq2[flow.Arrival, error] {
	return func(yield func(flow.Arrival, error) bool) {
		newest := cursor
		var held *flow.Arrival // the newest order so far: it goes out when it is known whether it is the last
		for page := 1; ; page++ {
			rows, err := o.shop.search(ctx, "order", o.criteria(cursor, page))
			if err != nil {
				yield(flow.Arrival{}, err)
				return
			}
			for _, row := range rows {
				a, at, marked, err := o.arrival(row)
				if err != nil {
					yield(flow.Arrival{}, err)
					return
				}
				newest = max(newest, at)
				if marked {
					continue
				}
				if held != nil && !yield(*held, nil) {
					return
				}
				held = &a
			}
			if len(rows) < o.shop.cfg.Page {
				break
			}
		}
		if held != nil {
			held.Cursor = newest
			yield(*held, nil)
		}
	}
}

func (o *Orders) criteria(cursor string, page int) criteria {
	c := criteria{Page: page, Limit: min(o.shop.cfg.Page, maxLimit),
		Sort: []sorting{{"createdAt", "ASC"}, {"id", "ASC"}},
		Associations: map[string]any{
			"lineItems": map[string]any{"sort": []sorting{{"position", "ASC"}}}, "currency": struct{}{}, "language": with("locale"), "salesChannel": struct{}{},
			"stateMachineState": struct{}{}, "billingAddress": with("country", "countryState"), "orderCustomer": with("customer"),
			"deliveries":   map[string]any{"associations": map[string]any{"shippingOrderAddress": with("country", "countryState"), "shippingMethod": struct{}{}, "stateMachineState": struct{}{}}},
			"transactions": with("paymentMethod", "stateMachineState"),
		}}
	if t, err := time.Parse(stamp, cursor); err == nil {
		since := t.Add(-o.shop.cfg.Overlap).UTC().Format(stamp)
		c.Filter = append(c.Filter, filter{Type: "multi", Operator: "or", Queries: []filter{
			{Type: "range", Field: "createdAt", Parameters: map[string]string{"gte": since}},
			{Type: "range", Field: "updatedAt", Parameters: map[string]string{"gte": since}}}})
	}
	if !o.opt.StartAt.IsZero() {
		c.Filter = append(c.Filter, filter{Type: "range", Field: "orderDateTime", Parameters: map[string]string{"gte": o.opt.StartAt.UTC().Format(stamp)}})
	}
	if len(o.opt.Channels) > 0 {
		c.Filter = append(c.Filter, filter{Type: "equalsAny", Field: "salesChannel.name", Value: o.opt.Channels})
	}
	return c
}

// with asks for associations of an association.
func with(names ...string) map[string]any {
	inner := map[string]any{}
	for _, n := range names {
		inner[n] = struct{}{}
	}
	return map[string]any{"associations": inner}
}

func (o *Orders) arrival(row json.RawMessage) (a flow.Arrival, at string, marked bool, err error) {
	var head struct {
		ID           string         `json:"id"`
		CreatedAt    string         `json:"createdAt"`
		UpdatedAt    *string        `json:"updatedAt"`
		CustomFields map[string]any `json:"customFields"`
		State        machineState   `json:"stateMachineState"`
		Transactions []struct {
			State machineState `json:"stateMachineState"`
		} `json:"transactions"`
	}
	if err := json.Unmarshal(row, &head); err != nil || head.ID == "" {
		return a, "", false, flow.Stop("orders of the shop: an order without an id: %.100s", row)
	}
	at = head.CreatedAt
	if head.UpdatedAt != nil {
		at = max(at, *head.UpdatedAt)
	}
	if t, err := time.Parse(time.RFC3339Nano, at); err == nil {
		at = t.UTC().Format(stamp)
		a.ModTime = t
	}
	mark, _ := head.CustomFields[o.opt.Field].(string)
	// A payment that comes days later does not always touch the order's own time stamp.
	states := head.State.Name
	for _, t := range head.Transactions {
		states += "," + t.State.Name
	}
	a.Name, a.Version, a.Size, a.Body = "order/"+head.ID, at+"/"+states, int64(len(row)), bytes.Clone(row)
	return a, at, o.opt.Field != "" && mark != "", nil
}

// machineState is a state of one of the shop's state machines.
type machineState struct {
	Name string `json:"technicalName"`
}

// Open reads an order's bytes.
func (o *Orders) Open(_ context.Context, a flow.Arrival) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(a.Body)), nil
}

// Settle marks the orders that were exported, so that people and other systems see it.
func (o *Orders) Settle(_ flow.Arrival, s flow.Settlement) []flow.Step {
	if o.opt.Field == "" || s.Outcome != flow.Processed {
		return nil
	}
	var steps []flow.Step
	for _, d := range s.Documents {
		if d.ID == "" || d.As == "" {
			continue
		}
		mark := s.At.UTC().Format(time.RFC3339) + " " + d.As
		steps = append(steps, flow.Step{Name: "mark " + d.Key, Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
			return o.shop.syncStep(ctx, "mark", "order", []any{map[string]any{"id": d.ID, "customFields": map[string]any{o.opt.Field: mark}}})
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
