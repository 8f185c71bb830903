package shopware

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/batchgate/batchgate/internal/flow"
)

// Articles gives the articles that the shop has, variants too, or only those that were made or changed since a stamp that
// it gave before. Pages follow each other by article number, so that none is left out when others go meanwhile.
func (t *Target) Articles(ctx context.Context, since string) iter.Seq2[flow.Article, error] {
	return func(yield func(flow.Article, error) bool) {
		for last := ""; ; {
			c := criteria{Limit: maxLimit, Sort: []sorting{{"productNumber", "ASC"}},
				Includes: map[string][]string{"product": {"id", "productNumber", "createdAt", "updatedAt"}}}
			if last != "" {
				c.Filter = append(c.Filter, filter{Type: "range", Field: "productNumber", Parameters: map[string]string{"gt": last}})
			}
			if since != "" {
				c.Filter = append(c.Filter, filter{Type: "multi", Operator: "or", Queries: []filter{
					{Type: "range", Field: "createdAt", Parameters: map[string]string{"gte": since}},
					{Type: "range", Field: "updatedAt", Parameters: map[string]string{"gte": since}}}})
			}
			rows, err := t.shop.search(ctx, "product", c)
			if err != nil {
				yield(flow.Article{}, err)
				return
			}
			for _, row := range rows {
				a, err := article(row)
				if err != nil || a.SKU == last {
					yield(flow.Article{}, flow.Stop("list the shop's articles behind %q: %.100s: %v", last, row, err))
					return
				}
				last = a.SKU
				if !yield(a, nil) {
					return
				}
			}
			if len(rows) < maxLimit {
				return
			}
		}
	}
}

func article(row json.RawMessage) (flow.Article, error) {
	var p struct {
		Number    string  `json:"productNumber"`
		CreatedAt string  `json:"createdAt"`
		UpdatedAt *string `json:"updatedAt"`
	}
	if err := json.Unmarshal(row, &p); err != nil {
		return flow.Article{}, err
	}
	if p.Number == "" {
		return flow.Article{}, fmt.Errorf("an article without a number")
	}
	a := flow.Article{SKU: p.Number, Stamp: p.CreatedAt}
	if p.UpdatedAt != nil {
		a.Stamp = max(a.Stamp, *p.UpdatedAt)
	}
	return a, nil
}
