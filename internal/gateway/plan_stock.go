package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// stockPlan is the comparison of one flow's stock in an arrival.
type stockPlan struct {
	p       *planner
	flow    *profiles.Flow
	compare *flow.Compare
	guard   string // why the arrival is held; "" when it is not

	batch   []byte
	count   int
	batches int
	lost    int64 // keys that vanished and are left as they are

	assortment *assortment // nil: any article may be the shop's
	foreign    int64       // rows of articles that the shop does not have
	foreigners []string    // some of them
	gone       []flow.Entry
}

func (p *planner) stockPlan(ctx context.Context, f *profiles.Flow) (*stockPlan, error) {
	if s, ok := p.stock[f.ID()]; ok {
		return s, nil
	}
	if err := p.g.bookOldOrders(ctx, f); err != nil {
		return nil, fmt.Errorf("open orders of the shop: %w", err)
	}
	articles, err := p.g.assortment(ctx, f)
	if err != nil {
		return nil, err
	}
	by, sum := f.Read.Grouping()
	c, err := flow.NewCompare(flow.CompareOptions{Kind: document.Stock, GroupBy: by, Sum: sum, Salt: flow.StockSalt(f.Stock), Scratch: p.g.Scratch})
	if err != nil {
		return nil, err
	}
	s := &stockPlan{p: p, flow: f, compare: c, assortment: articles}
	p.stock[f.ID()] = s
	p.stocks = append(p.stocks, s)
	return s, nil
}

// full tells whether the arrival states the whole stock: a remainder never does.
func (s *stockPlan) full() bool { return s.flow.FullFile != nil && s.p.arrival.RemainderOf == 0 }

// finish plans what differs from the baseline and decides whether a guard holds it.
func (s *stockPlan) finish(ctx context.Context) error {
	if old, err := s.overtaken(ctx); err != nil || old {
		return err
	}
	base, done, err := s.baseline(ctx)
	if err != nil {
		return err
	}
	defer done()
	sum, err := s.compare.Finish(base, func(m int) bool { return s.p.broken[m] }, func(c flow.Change) error { return s.change(ctx, c) })
	if err != nil {
		return err
	}
	s.cut()
	s.forget()
	s.noteForeign()
	s.judge(sum)
	return nil
}

// overtaken tells whether a file with the whole stock was taken that is newer than this one, or than the one whose failed
// rows this one holds. Nothing of it is sent then, and that is said.
func (s *stockPlan) overtaken(ctx context.Context) (old bool, err error) {
	a := s.p.arrival
	if s.flow.FullFile == nil || a.Replay > 0 {
		return false, nil
	}
	err = s.p.g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		since := *a
		if a.RemainderOf != 0 {
			if since, err = tx.Arrival(a.RemainderOf); errors.Is(err, ledger.ErrNotFound) || err == nil && since.Source != a.Source {
				return nil // its name says so, and another ledger may have given it
			}
			if err != nil {
				return err
			}
		}
		later, err := tx.Arrivals(ledger.ArrivalFilter{Source: a.Source, After: since.ID, States: []ledger.ArrivalState{ledger.ArrivalReleased, ledger.ArrivalSettled}})
		if err != nil {
			return err
		}
		for _, l := range later {
			if l.ID == a.ID || l.RemainderOf != 0 || l.Replay > 0 || l.ModTime.Before(since.ModTime) {
				continue
			}
			took, err := takes(tx, l.ID, s.flow.ID())
			if err != nil {
				return err
			}
			if took {
				old = true
				s.p.note(s.flow, finding.List{{Rule: "stock.overtaken", Severity: finding.Warning, Place: finding.Place{File: a.Name},
					Message: fmt.Sprintf("nothing of this file is sent: %s, which is newer, was taken before it (a%d)", l.Name, l.ID)}})
				return nil
			}
		}
		return nil
	})
	return old, err
}

// takes tells whether a flow took something of an arrival.
func takes(tx *ledger.Tx, arrival int64, flow string) (bool, error) {
	messages, err := tx.Messages(arrival)
	return slices.ContainsFunc(messages, func(m ledger.Message) bool { return m.Flow == flow && m.State == "planned" }), err
}

// baseline reads what the target is known to have.
func (s *stockPlan) baseline(ctx context.Context) (*flow.Baseline, func(), error) {
	name := flow.BaselineName(s.flow)
	var known ledger.Baseline
	err := s.p.commit(ctx, func(tx *ledger.Tx) error {
		if err := s.unsent(tx, name); err != nil {
			return err
		}
		if err := s.sold(tx, name); err != nil {
			return err
		}
		var err error
		known, err = tx.Baseline(name)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	base, done, err := OpenBaseline(ctx, s.p.g.Archive, known)
	if err != nil {
		return nil, nil, fmt.Errorf("baseline of %s: %w", s.flow.ID(), err)
	}
	return base, done, nil
}

// unsent deals with what older arrivals have not sent yet. A full file takes their place. Behind a delta they stay; what
// they will make of their keys is not known yet, so that this file sends those keys whatever it says of them.
func (s *stockPlan) unsent(tx *ledger.Tx, name string) error {
	older := ledger.DeliveryFilter{Flow: s.flow.ID(), Kind: string(document.Stock), States: []string{ledger.DeliveryReady}, WithDocs: true}
	all, err := tx.Deliveries(older)
	if err != nil {
		return err
	}
	if s.full() {
		if _, err := tx.Supersede(s.flow.ID(), s.flow.To.Connection.ID(), string(document.Stock), s.p.arrival.ID); err != nil {
			return err
		}
	}
	for _, d := range all {
		docs, err := document.ParseLines(d.Docs)
		if err != nil {
			return err
		}
		entries := make([]flow.Entry, len(docs))
		for i, doc := range docs {
			entries[i] = flow.Entry{Hash: flow.HashKey(doc.Key()), Key: doc.Key(), Fingerprint: flow.NoBaseline}
		}
		if err := tx.AppendBaseline(name, d.ID, flow.Part(entries)); err != nil {
			return err
		}
	}
	return nil
}

// sold makes void what the shop has counted by itself since the last file.
func (s *stockPlan) sold(tx *ledger.Tx, name string) error {
	part, last, err := Sold(tx, s.flow)
	if err != nil || part == nil {
		return err
	}
	if err := tx.AppendBaseline(name, 0, part); err != nil {
		return err
	}
	return tx.SetCursor(soldCursor(s.flow), strconv.FormatInt(last, 10))
}

func soldCursor(f *profiles.Flow) string { return "order items>" + flow.BaselineName(f) }

// Sold gives the part of a flow's baseline that makes void what the shop has counted by itself since the last file:
// articles that were ordered, cancelled or shipped are sent again, though the file may say of them what it said before. It
// is nil when there are none; last is how far the changes have been seen with it.
func Sold(tx *ledger.Tx, f *profiles.Flow) (part []byte, last int64, err error) {
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

// change plans one key that differs.
func (s *stockPlan) change(ctx context.Context, c flow.Change) error {
	if c.Missing {
		if sku := c.Doc.Get("sku").Text(); s.assortment != nil && !s.assortment.has(sku) {
			s.gone = append(s.gone, flow.Entry{Hash: flow.HashKey(c.Key), Key: c.Key, Fingerprint: flow.NoBaseline})
			return nil
		}
		if !s.full() || s.flow.FullFile.Missing != "zero" {
			s.lost++
			return nil
		}
		c.Doc.Set("on_hand", document.NumberValue(document.Int(0)))
	}
	s.batch = document.AppendLine(s.batch, c.Doc)
	if s.count++; s.count >= max(s.flow.BatchSize, 1) {
		s.cut()
	}
	return s.p.flush(ctx, false)
}

// forget takes out of the baseline what the shop does not have any more.
func (s *stockPlan) forget() {
	if len(s.gone) == 0 {
		return
	}
	part, name := flow.Part(s.gone), flow.BaselineName(s.flow)
	s.p.write(func(tx *ledger.Tx) error { return tx.AppendBaseline(name, 0, part) })
}

// cut makes a delivery of the batch so far.
func (s *stockPlan) cut() {
	if s.count == 0 {
		return
	}
	s.batches++
	batch, count, n := s.batch, s.count, s.batches
	s.batch, s.count = nil, 0
	s.p.write(func(tx *ledger.Tx) error {
		d, err := s.p.delivery(tx, s.flow, string(document.Stock), "batch", fmt.Sprint(n))
		if err != nil {
			return err
		}
		d.Docs, d.Count, d.Key = batch, count, string(document.Stock) // one writer at a time, in order
		return tx.InsertDelivery(d)
	})
}

// judge holds an arrival that looks wrong. Without a baseline there is nothing to compare with.
func (s *stockPlan) judge(sum flow.Summary) {
	if sum.Duplicate > 0 {
		s.p.note(s.flow, finding.List{{Rule: "stock.duplicate", Severity: finding.Warning, Message: "several rows for one article: the last one counts",
			Hint: "add up warehouses with group, or name the warehouse", Count: int(sum.Duplicate), Examples: sum.Examples}})
	}
	if s.full() && s.p.arrival.Replay == 0 && s.flow.FullFile.Missing == "hold" && s.lost > 0 {
		s.guard += fmt.Sprintf("full_file: %d known articles are missing; ", s.lost)
	}
	if s.p.arrival.RemainderOf != 0 || s.p.arrival.Replay > 0 || sum.Baseline == 0 || sum.Baseline < int64(s.flow.Guards.MinRows) {
		return
	}
	known := document.Int(sum.Baseline)
	share := func(n int64) document.Decimal {
		d, err := document.Int(n*100).Quo(known, 1)
		if err != nil { // known is not 0
			return document.Decimal{}
		}
		return d
	}
	if drop := sum.Baseline - sum.Keys; s.full() && s.flow.Guards.RowsDrop.On && share(drop).Cmp(s.flow.Guards.RowsDrop.Percent) > 0 {
		s.guard += fmt.Sprintf("guard rows_drop: %d articles instead of %d, %s %% fewer; ", sum.Keys, sum.Baseline, share(drop))
	}
	changed := sum.Changed - sum.New - sum.Void
	if s.flow.Guards.Changed.On && share(changed).Cmp(s.flow.Guards.Changed.Percent) > 0 {
		s.guard += fmt.Sprintf("guard changed: %d of %d known articles differ, %s %%; ", changed, sum.Baseline, share(changed))
	}
}
