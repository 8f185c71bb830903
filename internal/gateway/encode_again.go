package gateway

import (
	"fmt"
	"slices"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// Encoded is what a delivery comes to when it is encoded again.
type Encoded struct {
	Docs     []*document.Document
	Body     []byte
	Refused  []flow.Refusal
	Findings finding.List
}

// Encode encodes a delivery once more with the facts that were recorded with it, and asks nobody: the same flow gives the
// same bytes. shop opens the platform that the flow goes to; it is not called for folders.
func Encode(f *profiles.Flow, d *ledger.Delivery, shop func() (Platform, error), t *flow.Trace) (Encoded, error) {
	known, err := readFacts(d.Facts)
	if err != nil {
		return Encoded{}, fmt.Errorf("delivery d%d: %w", d.ID, err)
	}
	docs, err := document.ParseLines(d.Docs)
	if err != nil {
		return Encoded{}, fmt.Errorf("delivery d%d: %w", d.ID, err)
	}
	e := Encoded{Docs: docs}
	var target flow.Target
	switch {
	case flow.IsAcknowledgement(d.Kind):
		target = newAcknowledgementTarget(f, d.Kind, nil)
	case f.To.Connection.IsFolder():
		target = newFileTarget(f, d.Kind, nil)
	default:
		p, err := shop()
		if err != nil {
			return e, err
		}
		target = p.Target(f)
		if f.Stock != nil && d.Kind == string(document.Stock) {
			target = &stockTarget{Target: target, rules: f.Stock}
		}
	}
	out := flow.Delivery{ID: d.ID, Arrival: d.Arrival, Flow: d.Flow, Target: d.Target, Kind: d.Kind, Key: d.Key, Effect: d.Effect, Docs: docs, Name: d.Name}
	e.Body, e.Refused, e.Findings, err = target.Encode(&out, known, t)
	return e, err
}

// Reckoned makes the sum again by which a delivery's stock of an article was reckoned, with the facts that were recorded
// with it. Where the profile says nothing of stock it is the figure alone. ok is false when the delivery does not have the
// article.
func Reckoned(f *profiles.Flow, d *ledger.Delivery, sku string, shop func() (Platform, error)) (sum flow.Reckoning, fig flow.Figure, ok bool, err error) {
	known, err := readFacts(d.Facts)
	if err != nil {
		return sum, fig, false, fmt.Errorf("delivery d%d: %w", d.ID, err)
	}
	docs, err := document.ParseLines(d.Docs)
	if err != nil {
		return sum, fig, false, fmt.Errorf("delivery d%d: %w", d.ID, err)
	}
	i := slices.IndexFunc(docs, func(doc *document.Document) bool { return doc.Get("sku").Text() == sku })
	if i < 0 {
		return sum, fig, false, nil
	}
	if f.Stock == nil {
		figure, _ := docs[i].Get("on_hand").Number()
		return flow.Reckoning{Terms: []flow.Term{{What: "figure", Quantity: figure}}, Result: figure}, fig, true, nil
	}
	p, err := shop()
	if err != nil {
		return sum, fig, true, err
	}
	t := &stockTarget{Target: p.Target(f), rules: f.Stock}
	if fig, err = recordedFigure(known); err != nil {
		return sum, fig, true, err
	}
	sum, err = t.reckon(docs[i], known)
	return sum, fig, true, err
}
