package gateway

import (
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// changeKind is the kind of deliveries that change or cancel an order that went out before.
const changeKind = "order-change"

// outgoing gives how deliveries of a kind become files: the mapping that writes them, and where they go.
func outgoing(f *profiles.Flow, kind string) (*mapping.Mapping, profiles.To) {
	to := f.To
	if kind != changeKind {
		return f.Write, to
	}
	if !f.AfterExport.Name.IsZero() {
		to.Name = f.AfterExport.Name
	}
	if m := f.AfterExport.Mapping; m != nil {
		return m, to
	}
	return f.Write, to
}
