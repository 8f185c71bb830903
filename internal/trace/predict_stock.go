package trace

import (
	"context"
	"fmt"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// stockPrediction compares one flow's stock in an arrival with its baseline.
type stockPrediction struct {
	p       *predictor
	flow    *profiles.Flow
	compare *flow.Compare
	sent    int64
	zeroed  int64                 // of these, not in the file
	has     func(sku string) bool // nil: any article may be the target's
}

func (p *predictor) stockOf(ctx context.Context, f *profiles.Flow) (*stockPrediction, error) {
	if s, ok := p.stock[f.ID()]; ok {
		return s, nil
	}
	has, err := gateway.Assorted(ctx, p.Ledger, p.Archive, f)
	if err != nil {
		return nil, err
	}
	by, sum := f.Read.Grouping()
	c, err := flow.NewCompare(flow.CompareOptions{Kind: document.Stock, GroupBy: by, Sum: sum, Salt: flow.StockSalt(f.Stock), Scratch: p.Scratch})
	if err != nil {
		return nil, err
	}
	s := &stockPrediction{p: p, flow: f, compare: c, has: has}
	p.stock[f.ID()] = s
	p.order = append(p.order, s)
	return s, nil
}

// finish counts what differs from the baseline.
func (s *stockPrediction) finish(ctx context.Context) error {
	base, done, err := s.baseline(ctx)
	if err != nil {
		return fmt.Errorf("baseline of %s: %w", s.flow.ID(), err)
	}
	defer done()
	sum, err := s.compare.Finish(base, func(m int) bool { return s.p.broken[m] }, s.change)
	if err != nil {
		return err
	}
	counts := &s.p.out.Counts
	counts.Send += s.sent
	counts.Same += sum.Keys - (s.sent - s.zeroed)
	batch := int64(max(s.flow.BatchSize, 1))
	counts.Deliveries += (s.sent + batch - 1) / batch
	return s.newer(ctx)
}

func (s *stockPrediction) change(c flow.Change) error {
	e := Effect{Flow: s.flow.ID(), Target: s.flow.To.Connection.ID(), Kind: string(document.Stock), Key: c.Key, Action: ActionSend}
	switch {
	case c.Missing && (s.has != nil && !s.has(c.Doc.Get("sku").Text()) || s.flow.FullFile == nil || s.p.arrival.RemainderOf != 0 || s.flow.FullFile.Missing != "zero"):
		s.p.out.Counts.Missing++
		return nil
	case c.Missing:
		e.Reason = "not in the file: becomes 0"
		s.zeroed++
	case c.New:
		e.Reason = "what the target has is not known"
	}
	s.sent++
	s.p.effect(e)
	return nil
}

// baseline reads what the target is known to have. Of the keys of what has not been sent yet nothing is known.
func (s *stockPrediction) baseline(ctx context.Context) (*flow.Baseline, func(), error) {
	var known ledger.Baseline
	err := s.p.Ledger.View(ctx, func(tx *ledger.Tx) error {
		var err error
		if known, err = tx.Baseline(flow.BaselineName(s.flow)); err != nil {
			return err
		}
		unsent, err := tx.Deliveries(ledger.DeliveryFilter{Flow: s.flow.ID(), Kind: string(document.Stock), States: []string{ledger.DeliveryReady}, WithDocs: true})
		for _, d := range unsent {
			var entries []flow.Entry
			docs, err := document.ParseLines(d.Docs)
			if err != nil {
				return fmt.Errorf("delivery d%d: %w", d.ID, err)
			}
			for _, doc := range docs {
				entries = append(entries, flow.Entry{Hash: flow.HashKey(doc.Key()), Key: doc.Key(), Fingerprint: flow.NoBaseline})
			}
			known.Parts = append(known.Parts, flow.Part(entries))
		}
		if err != nil {
			return err
		}
		sold, _, err := gateway.Sold(tx, s.flow)
		if sold != nil {
			known.Parts = append(known.Parts, sold)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return gateway.OpenBaseline(ctx, s.p.Archive, known)
}

// newer warns of a file that is not the newest: its figures are older than those that the target has.
func (s *stockPrediction) newer(ctx context.Context) error {
	if s.sent == 0 {
		return nil
	}
	return s.p.Ledger.View(ctx, func(tx *ledger.Tx) error {
		last, err := tx.Deliveries(ledger.DeliveryFilter{Flow: s.flow.ID(), Kind: string(document.Stock), Newest: true, Limit: 1})
		if err != nil || len(last) == 0 || last[0].Arrival <= s.p.arrival.ID {
			return err
		}
		a, err := tx.Arrival(last[0].Arrival)
		if err != nil || a.Root() == s.p.arrival.Root() {
			return missing(err)
		}
		s.p.out.Warnings = append(s.p.out.Warnings, fmt.Sprintf("a%d %s came later and has newer stock: a replay sends older figures", a.ID, a.Name))
		return nil
	})
}
