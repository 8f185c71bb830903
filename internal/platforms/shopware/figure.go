package shopware

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
)

// From 6.6 on a shop counts product.stock down when an order is placed, and up when it is cancelled: what is written there
// is what may be sold. Up to 6.4 product.stock is what lies on the shelves, and the shop subtracts open orders from it by
// itself, in availableStock. In 6.5 a feature flag decides, which the API does not tell.

// Holds gives what a shop with physical stock takes off for open orders.
func (t *Target) Holds(sku string, f flow.Facts) (document.Decimal, error) {
	known, _ := f.Lookup(productTable, sku)
	_, held, ok := strings.Cut(known, " ")
	if !ok {
		return document.Decimal{}, nil
	}
	return document.ParseDecimal(held)
}

// physical tells whether the shop subtracts open orders from product.stock by itself.
func (t *Target) physical(ctx context.Context) (bool, error) {
	switch t.opt.Figure {
	case "physical":
		return true, nil
	case "auto":
	default:
		return false, nil
	}
	version, err := t.shop.version(ctx)
	if err != nil {
		return false, err
	}
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(minor)
	switch {
	case major != "6" || err != nil || n > 5:
		return false, nil
	case n == 5:
		return false, flow.Stop("the shop has version %s, in which a setting of its own decides what its stock means: write stock: {shop: available} where it has the feature STOCK_HANDLING, else shop: physical", version)
	}
	return true, nil
}

// version asks the shop for its release, once.
func (s *Shop) version(ctx context.Context) (string, error) {
	s.mu.Lock()
	known := s.release
	s.mu.Unlock()
	if known != "" {
		return known, nil
	}
	answer, err := s.do(ctx, call{method: http.MethodGet, path: "/api/_info/version"})
	if err != nil {
		if f := flow.FailureOf(err); f.Kind == flow.Unknown { // asking changes nothing
			err = flow.Later(f.After, err)
		}
		return "", err
	}
	var said struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(answer, &said); err != nil || said.Version == "" {
		return "", flow.Later(0, fmt.Errorf("ask for the shop's version: the answer is not readable: %.100s", answer))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release = said.Version
	return said.Version, nil
}
