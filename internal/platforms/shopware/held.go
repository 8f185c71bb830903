package shopware

import (
	"context"
	"iter"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
)

// OpenOrders gives the orders placed in a span of time that are neither cancelled nor completed, and whose goods have not
// left yet, oldest first.
func (t *Target) OpenOrders(ctx context.Context, from, until time.Time) iter.Seq2[flow.HeldOrder, error] {
	return func(yield func(flow.HeldOrder, error) bool) {
		for page := 1; ; page++ {
			rows, err := t.shop.search(ctx, "order", criteria{Page: page, Limit: maxLimit, Sort: []sorting{{"orderDateTime", "ASC"}, {"id", "ASC"}},
				Filter: []filter{{Type: "range", Field: "orderDateTime", Parameters: map[string]string{"gte": from.UTC().Format(stamp), "lt": until.UTC().Format(stamp)}},
					{Type: "not", Operator: "or", Queries: []filter{{Type: "equalsAny", Field: "stateMachineState.technicalName", Value: []string{"cancelled", "completed"}}}}},
				Associations: map[string]any{"lineItems": struct{}{}, "stateMachineState": struct{}{}, "deliveries": with("stateMachineState")}})
			if err != nil {
				yield(flow.HeldOrder{}, err)
				return
			}
			for _, row := range rows {
				n, err := parse(row)
				if err != nil {
					yield(flow.HeldOrder{}, flow.Later(0, err))
					return
				}
				if o, ok := heldOrder(n); ok && !yield(o, nil) {
					return
				}
			}
			if len(rows) < maxLimit {
				return
			}
		}
	}
}

// heldOrder gives what an order holds; false when its goods have left.
func heldOrder(n node) (o flow.HeldOrder, ok bool) {
	f := factsOf(n)
	switch f.Shipped {
	case "shipped", "returned", "returned_partially", "cancelled":
		return o, false
	}
	o = flow.HeldOrder{Order: n.at("orderNumber").text(), Placed: f.Placed, Items: map[string]document.Decimal{}}
	for _, l := range f.Lines {
		// The whole of it: what despatch advices have shipped is known where they are recorded.
		if q, err := document.ParseDecimal(l.Quantity.String()); err == nil && q.Sign() > 0 && l.SKU != "" && f.Closed[l.ID] == "" {
			o.Items[l.SKU] = o.Items[l.SKU].Add(q)
		}
	}
	return o, len(o.Items) > 0 && o.Order != ""
}
