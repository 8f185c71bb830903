package gateway

import (
	"fmt"
	"strconv"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// StockBaseline is what the target of a flow is known to have when its next file is compared.
type StockBaseline struct {
	ledger.Baseline        // with parts that make unknown what older arrivals have not sent yet, and void what was sold
	sold            []byte // the part of what was sold; nil when nothing was
	seen            int64  // how far the changes of orders have been seen with it
}

// ReadStockBaseline reads what the target of a flow is known to have. What older arrivals will make of their keys is not
// known yet, so that the file sends those keys whatever it says of them.
func ReadStockBaseline(tx *ledger.Tx, f *profiles.Flow) (b StockBaseline, err error) {
	if b.Baseline, err = tx.Baseline(flow.BaselineName(f)); err != nil {
		return b, err
	}
	all, err := unsent(tx, f)
	if err != nil {
		return b, err
	}
	for _, d := range all {
		b.Parts = append(b.Parts, d.part)
	}
	if b.sold, b.seen, err = sold(tx, f); b.sold != nil {
		b.Parts = append(b.Parts, b.sold)
	}
	return b, err
}

// supersede takes the place of what older arrivals have not sent yet, where the file is a full one, and records that what
// the target has of their keys is not known, and what was sold.
func (b *StockBaseline) supersede(tx *ledger.Tx, f *profiles.Flow, arrival int64, full bool) error {
	all, err := unsent(tx, f)
	if err != nil {
		return err
	}
	if full {
		if _, err := tx.Supersede(f.ID(), f.To.Connection.ID(), string(document.Stock), arrival); err != nil {
			return err
		}
	}
	name := flow.BaselineName(f)
	for _, d := range all {
		if err := tx.AppendBaseline(name, d.delivery, d.part); err != nil {
			return err
		}
	}
	if b.sold == nil {
		return nil
	}
	if err := tx.AppendBaseline(name, 0, b.sold); err != nil {
		return err
	}
	return tx.SetCursor(soldCursor(f), strconv.FormatInt(b.seen, 10))
}

// unsentPart makes unknown what a delivery that has not been sent yet will send.
type unsentPart struct {
	delivery int64
	part     []byte
}

func unsent(tx *ledger.Tx, f *profiles.Flow) ([]unsentPart, error) {
	all, err := tx.Deliveries(ledger.DeliveryFilter{Flow: f.ID(), Kind: string(document.Stock), States: []string{ledger.DeliveryReady}, WithDocs: true})
	if err != nil {
		return nil, err
	}
	parts := make([]unsentPart, len(all))
	for i, d := range all {
		docs, err := document.ParseLines(d.Docs)
		if err != nil {
			return nil, fmt.Errorf("delivery d%d: %w", d.ID, err)
		}
		entries := make([]flow.Entry, len(docs))
		for i, doc := range docs {
			entries[i] = flow.Entry{Hash: flow.HashKey(doc.Key()), Key: doc.Key(), Fingerprint: flow.NoBaseline}
		}
		parts[i] = unsentPart{d.ID, flow.Part(entries)}
	}
	return parts, nil
}

func soldCursor(f *profiles.Flow) string { return "order items>" + flow.BaselineName(f) }

// sold gives the part of a flow's baseline that makes void what the shop has counted by itself since the last file:
// articles that were ordered, cancelled or shipped are sent again, though the file may say of them what it said before. It
// is nil when there are none; last is how far the changes have been seen with it.
func sold(tx *ledger.Tx, f *profiles.Flow) (part []byte, last int64, err error) {
	text, err := tx.Cursor(soldCursor(f))
	if err != nil {
		return nil, 0, err
	}
	seen, _ := strconv.ParseInt(text, 10, 64) // "" at the beginning
	skus, last, err := tx.ChangedItems(f.To.Connection.ID(), seen)
	if err != nil || len(skus) == 0 {
		return nil, last, err
	}
	entries := make([]flow.Entry, len(skus))
	for i, sku := range skus {
		entries[i] = flow.Entry{Hash: flow.HashKey(sku), Key: sku, Fingerprint: flow.VoidIfKnown}
	}
	return flow.Part(entries), last, nil
}
