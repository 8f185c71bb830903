package profiles

import (
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// Questions are what only people know and a home does not say. It runs without the answers; they should be given before it
// goes live.
func (h *Home) Questions() finding.List {
	var all finding.List
	for _, f := range h.Flows() {
		if f.From.Kind == document.Stock && !f.To.Connection.IsFolder() && f.Stock == nil {
			all = append(all, finding.Finding{Rule: "profile.stock-meaning", Severity: finding.Warning, Place: f.Place(),
				Message: "flow " + f.ID() + ": when the ERP writes 10, has it taken off the web orders that it has, and from when on? Open web orders are not subtracted",
				Hint:    "write stock: {means: physical}, or stock: {means: available, counts_web_orders: fetched}; see docs/profiles.md"})
		}
	}
	return all
}
