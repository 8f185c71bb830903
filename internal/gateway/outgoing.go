package gateway

import (
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// changeKind is the kind of deliveries that change or cancel an order that went out before.
const changeKind = "order-change"

// outgoing gives how deliveries of a kind become files: the mapping that writes them, and where they go.
func outgoing(f *profiles.Flow, kind string) (*mapping.Mapping, profiles.To) {
	to := f.To
	switch kind {
	case string(document.Customer):
		if f.Customers.Mapping != nil {
			to.Folder, to.Name, to.Done, to.Series.Name = f.Customers.Folder, f.Customers.Name, "", to.Series.Name+" customer files"
			return f.Customers.Mapping, to
		}
	case changeKind:
		if !f.AfterExport.Name.IsZero() {
			to.Name = f.AfterExport.Name
		}
		if m := f.AfterExport.Mapping; m != nil {
			return m, to
		}
	}
	return f.Write, to
}
