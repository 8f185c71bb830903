package gateway

import (
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// foreign counts, by flow, what the ERP ships for orders that were taken elsewhere.
type foreign map[*profiles.Flow]*foreignOrders

type foreignOrders struct {
	count    int
	examples []string
}

// maxExamples is how many of many equal things a finding names.
const maxExamples = 5

// ours tells whether a document is about an order that may be the shop's, and counts others: those that were taken on the
// telephone are no fault.
func (p *planner) ours(f *profiles.Flow, d *document.Document) bool {
	if flow.Ours(f, d) {
		return true
	}
	if p.foreign == nil {
		p.foreign = foreign{}
	}
	if p.foreign[f] == nil {
		p.foreign[f] = &foreignOrders{}
	}
	all := p.foreign[f]
	if all.count++; len(all.examples) < maxExamples {
		all.examples = append(all.examples, flow.OrdersOf(d)...)
	}
	return false
}

// noteForeign says once for each flow what was left alone.
func (p *planner) noteForeign() {
	for _, f := range p.flows {
		if all, ok := p.foreign[f]; ok {
			p.note(f, finding.List{{Rule: "shipment.foreign-order", Severity: finding.Note, Count: all.count, Examples: all.examples,
				Place: finding.Place{File: p.arrival.Name}, Message: "despatched for orders whose numbers are not the shop's: left alone"}})
		}
	}
}

// book records what a delivery means for what orders hold of articles.
func (p *planner) book(tx *ledger.Tx, f *profiles.Flow, d *ledger.Delivery, doc *document.Document) error {
	switch {
	case doc.Kind == document.Order && !f.From.Connection.IsFolder() && p.arrival.Replay == 0:
		return tx.CarryOrderItems(f.From.Connection.ID(), doc.Key(), d.ID)
	case doc.Kind == document.Shipment && d.State == ledger.DeliveryPlanned:
		return bookShipment(tx, f, p.arrival, doc)
	}
	return nil
}
