package shopware

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/batchgate/batchgate/internal/flow"
)

// maxLimit is how many rows one search may give (shopware.api.max_limit).
const maxLimit = 500

// criteria is the body of a search.
type criteria struct {
	Page         int                 `json:"page,omitempty"`
	Limit        int                 `json:"limit"`
	Filter       []filter            `json:"filter,omitempty"`
	Sort         []sorting           `json:"sort,omitempty"`
	Associations map[string]any      `json:"associations,omitempty"`
	Includes     map[string][]string `json:"includes,omitempty"`
	Total        int                 `json:"total-count-mode,omitempty"`
}

// exactTotal asks for the number of all rows that a search finds.
const exactTotal = 1

type filter struct {
	Type       string            `json:"type"`
	Field      string            `json:"field,omitempty"`
	Operator   string            `json:"operator,omitempty"`
	Value      any               `json:"value,omitempty"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Queries    []filter          `json:"queries,omitempty"`
}

type sorting struct {
	Field string `json:"field"`
	Order string `json:"order"`
}

// search gives the rows that a search finds, each as the shop wrote it. Searching changes nothing, so that a lost answer
// is no unknown outcome.
func (s *Shop) search(ctx context.Context, entity string, c criteria) ([]json.RawMessage, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return nil, flow.Stop("search %s: %w", entity, err)
	}
	answer, err := s.do(ctx, call{method: http.MethodPost, path: "/api/search/" + entity, body: body})
	if err != nil {
		if f := flow.FailureOf(err); f.Kind == flow.Unknown {
			return nil, flow.Later(f.After, err)
		}
		return nil, err
	}
	var result struct {
		Data []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(answer, &result); err != nil {
		return nil, flow.Later(0, fmt.Errorf("search %s: the shop's answer is not readable: %w", entity, err))
	}
	return result.Data, nil
}
