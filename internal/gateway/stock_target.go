package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// stockTarget is a shop that gets the stock which the profile reckons of the ERP's figures. The open orders are facts like
// the answers of the shop: they are asked for before each attempt and recorded with it, so that the sum can be made again.
type stockTarget struct {
	flow.Target
	rules *profiles.Stock
	shop  string // ID of its connection
	// ledger and arrival are what open orders are asked by; nil where recorded facts are encoded again.
	ledger  *ledger.Ledger
	arrival int64
	flow    *profiles.Flow
}

// Tables of our own look-ups.
const (
	openTable   = "open orders" // article -> open orders as JSON
	figureTable = "figure"      // "" -> when the figures were true
)

// Needs names the look-ups of the shop, and ours.
func (t *stockTarget) Needs(d *flow.Delivery) []flow.Need {
	needs := append(t.Target.Needs(d), flow.Need{Table: figureTable})
	for _, doc := range d.Docs {
		needs = append(needs, flow.Need{Table: openTable, Key: doc.Get("sku").Text()})
	}
	return needs
}

// Lookup asks the shop, or the ledger.
func (t *stockTarget) Lookup(ctx context.Context, table string, keys []string) (map[string]string, time.Duration, error) {
	switch table {
	case figureTable:
		fig, err := t.figure(ctx)
		return map[string]string{"": mustJSON(fig)}, 0, err
	case openTable:
		found, err := t.open(ctx, keys)
		return found, 0, err
	}
	return t.Target.Lookup(ctx, table, keys)
}

func (t *stockTarget) figure(ctx context.Context) (fig flow.Figure, err error) {
	err = t.ledger.View(ctx, func(tx *ledger.Tx) error {
		a, err := tx.Arrival(t.arrival)
		if err == nil {
			fig, err = figureOf(tx, t.flow, &a)
		}
		return err
	})
	if err != nil {
		return fig, &ledgerError{err}
	}
	return fig, nil
}

// figureOf gives when the figures of an arrival were true, and those of the file before it. Failed rows that were mended
// are as old as the file that they come from.
func figureOf(tx *ledger.Tx, f *profiles.Flow, a *ledger.Arrival) (fig flow.Figure, err error) {
	of := *a
	for _, origin := range []int64{a.ReplayOf, a.RemainderOf} {
		if origin == 0 {
			continue
		}
		switch o, err := tx.Arrival(origin); {
		case err == nil && o.Source == a.Source:
			of = o
		case err != nil && !errors.Is(err, ledger.ErrNotFound):
			return fig, err
		}
	}
	fig.At = trueAt(&of)
	if f.Stock.Counts != "next file" {
		return fig, nil
	}
	for after := of.ID; ; {
		before, err := tx.Arrivals(ledger.ArrivalFilter{Source: a.Source, After: after, Newest: true, Limit: 50})
		if err != nil || len(before) == 0 {
			return fig, err
		}
		for _, b := range before {
			after = b.ID
			if b.RemainderOf != 0 || b.Replay > 0 || b.Hash == of.Hash && b.ModTime.Equal(of.ModTime) { // the last is the same file again
				continue
			}
			if took, err := takes(tx, b.ID, f.ID()); err != nil || took {
				fig.Before = trueAt(&b)
				return fig, err
			}
		}
	}
}

// open gives the open orders of articles as far as they may matter for the figures of the arrival.
func (t *stockTarget) open(ctx context.Context, skus []string) (map[string]string, error) {
	fig, err := t.figure(ctx)
	if err != nil {
		return nil, err
	}
	byArticle := map[string][]flow.OpenOrder{}
	err = t.ledger.View(ctx, func(tx *ledger.Tx) error {
		items, err := tx.OpenItems(t.shop, skus, fig.At.Add(-t.slack()), fig.At.Add(-t.rules.OpenFor))
		for _, i := range items {
			byArticle[i.SKU] = append(byArticle[i.SKU], openOrder(i))
		}
		return err
	})
	if err != nil {
		return nil, &ledgerError{err}
	}
	found := map[string]string{}
	for sku, orders := range byArticle {
		found[sku] = mustJSON(orders)
	}
	return found, nil
}

// slack is how much older than its file a figure may be that names its own time.
func (t *stockTarget) slack() time.Duration {
	for _, field := range t.flow.Read.Fields() {
		if field == "counted_at" {
			return 7 * 24 * time.Hour
		}
	}
	return 0
}

func openOrder(i ledger.OpenItem) flow.OpenOrder {
	o := flow.OpenOrder{Order: i.Order, Quantity: i.Quantity, Placed: i.PlacedAt, Arrival: i.Arrival, Delivery: i.Delivery, File: i.Name,
		Exported: i.ExportedAt, Fetched: i.FetchedAt, Answered: i.AckedAt, Rejected: i.Acked == "rejected"}
	if i.Arrival == 0 { // from before the cut-over: the ERP has it by other means
		o.Before, o.Exported, o.Fetched, o.Answered = true, i.PlacedAt, i.PlacedAt, i.PlacedAt
	}
	for _, s := range i.Shipped {
		o.Shipped = append(o.Shipped, flow.Parcel{Advice: s.Advice, Quantity: s.Quantity, At: s.At, Closes: s.Closes, Arrival: s.Arrival})
	}
	return o
}

// Encode reckons each document's stock and lets the shop's connector write it.
func (t *stockTarget) Encode(d *flow.Delivery, f flow.Facts, trace *flow.Trace) ([]byte, []flow.Refusal, finding.List, error) {
	reckoned := *d
	reckoned.Docs = make([]*document.Document, len(d.Docs))
	own := map[int]flow.Refusal{}
	for i, doc := range d.Docs {
		sum, err := t.reckon(doc, f)
		if u, ok := errors.AsType[*flow.Unreckonable](err); ok {
			own[i] = flow.Refusal{Doc: i, Key: doc.Get("sku").Text(), Rule: u.Rule, Message: u.Message}
		} else if err != nil {
			return nil, nil, nil, err
		}
		reckoned.Docs[i] = t.result(doc, sum, err == nil)
	}
	body, refused, found, err := t.Target.Encode(&reckoned, f, trace)
	all := refused[:0]
	for _, r := range refused {
		if mine, ok := own[r.Doc]; ok && !r.Ignored { // it was refused for having no quantity
			r = mine
		}
		all = append(all, r)
	}
	return body, all, found, err
}

func (t *stockTarget) result(doc *document.Document, sum flow.Reckoning, known bool) *document.Document {
	out := doc.Clone()
	if !known {
		out.Set("on_hand", document.Value{})
		return out
	}
	out.Set("on_hand", document.NumberValue(sum.Result))
	if _, ok := out.Get("close_out").Flag(); !ok && t.rules.Backorder != "shop" {
		out.Set("close_out", document.FlagValue(t.rules.Backorder == "no"))
	}
	return out
}

// provisional tells whether orders were subtracted, which the figure of a later file may have counted.
func (t *stockTarget) provisional(doc *document.Document, f flow.Facts) bool {
	sum, err := t.reckon(doc, f)
	return err != nil || slices.ContainsFunc(sum.Terms, func(term flow.Term) bool { return term.What == "order" && !term.Quantity.IsZero() })
}

// reckon makes the sum of one document from recorded facts.
func (t *stockTarget) reckon(doc *document.Document, f flow.Facts) (flow.Reckoning, error) {
	fig, err := recordedFigure(f)
	if err != nil {
		return flow.Reckoning{}, err
	}
	var open []flow.OpenOrder
	if text, ok := f.Lookup(openTable, doc.Get("sku").Text()); ok {
		if err := json.Unmarshal([]byte(text), &open); err != nil {
			return flow.Reckoning{}, fmt.Errorf("recorded open orders of %s: %w", doc.Get("sku").Text(), err)
		}
	}
	holds := document.Decimal{}
	if h, ok := t.Target.(flow.Holder); ok {
		if holds, err = h.Holds(doc.Get("sku").Text(), f); err != nil {
			return flow.Reckoning{}, err
		}
	}
	return flow.Reckon(t.rules, doc, open, fig, holds)
}

func recordedFigure(f flow.Facts) (fig flow.Figure, err error) {
	if text, ok := f.Lookup(figureTable, ""); ok {
		if err := json.Unmarshal([]byte(text), &fig); err != nil {
			return fig, fmt.Errorf("recorded time of the figures: %w", err)
		}
	}
	return fig, nil
}

// mustJSON is for plain structs of texts, numbers and times.
func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("gateway: %v", err))
	}
	return string(b)
}
