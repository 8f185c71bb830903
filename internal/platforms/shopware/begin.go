package shopware

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/batchgate/batchgate/internal/flow"
)

// maxPast is how many orders from before a flow's start are named.
const maxPast = 10_000

// Begin counts the orders that a first look would take, and names those that are older than the flow's start, the newest
// first.
func (o *Orders) Begin(ctx context.Context) (flow.Beginning, error) {
	b := flow.Beginning{What: "orders"}
	var err error
	if b.Take, err = o.count(ctx, o.meant("gte")); err != nil || o.opt.StartAt.IsZero() {
		return b, err
	}
	past := o.meant("lt")
	if b.Past, err = o.count(ctx, past); err != nil || b.Past == 0 {
		return b, err
	}
	c := criteria{Limit: maxLimit, Filter: past, Sort: []sorting{{"orderDateTime", "DESC"}, {"id", "ASC"}}, Includes: map[string][]string{"order": {"id", "orderNumber"}}}
	for c.Page = 1; len(b.Older) < maxPast; c.Page++ {
		rows, err := o.shop.search(ctx, "order", c)
		if err != nil {
			return b, err
		}
		for _, row := range rows {
			var order struct {
				ID     string `json:"id"`
				Number string `json:"orderNumber"`
			}
			if err := json.Unmarshal(row, &order); err != nil {
				return b, flow.Later(0, fmt.Errorf("list older orders: the shop's answer is not readable: %w", err))
			}
			b.Older = append(b.Older, flow.Older{ID: order.ID, Key: order.Number})
		}
		if len(rows) < c.Limit {
			break
		}
	}
	return b, nil
}

// count gives how many orders a search would find.
func (o *Orders) count(ctx context.Context, only []filter) (int64, error) {
	body, err := json.Marshal(criteria{Page: 1, Limit: 1, Filter: only, Total: exactTotal, Includes: map[string][]string{"order": {"id"}}})
	if err != nil {
		return 0, flow.Stop("count orders: %w", err)
	}
	answer, err := o.shop.do(ctx, call{method: http.MethodPost, path: "/api/search/order", body: body})
	if err != nil {
		return 0, flow.Later(flow.FailureOf(err).After, err)
	}
	var result struct {
		Total *int64 `json:"total"`
	}
	if err := json.Unmarshal(answer, &result); err != nil || result.Total == nil {
		return 0, flow.Later(0, fmt.Errorf("count orders: the shop's answer has no total"))
	}
	return *result.Total, nil
}
