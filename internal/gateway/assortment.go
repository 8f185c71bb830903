package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// A shop's assortment is kept like a baseline: a snapshot of all its articles, and parts with those that came since. A file
// of a million articles is compared only as far as the shop has them.

// assortment is the articles of a shop, as the sorted hashes of their numbers: 16 bytes each.
type assortment struct {
	hashes []flow.KeyHash
	of     string // the snapshot and the last part that it was made of
}

func (a *assortment) has(sku string) bool {
	_, ok := slices.BinarySearchFunc(a.hashes, flow.HashKey(sku), flow.KeyHash.Compare)
	return ok
}

// assortments are those of all shops, kept in memory until they change.
type assortments struct {
	mu   sync.Mutex // one look at a shop at a time
	kept map[string]*assortment
}

// assortmentState is what the ledger keeps of the looks at a shop's articles.
type assortmentState struct {
	All   time.Time `json:"all"`   // when all were asked for
	New   time.Time `json:"new"`   // when new ones were asked for
	Stamp string    `json:"stamp"` // the newest of an article, by the shop's clock
}

// assortmentName names a shop's assortment among the baselines and cursors.
func assortmentName(shop string) string { return "articles>" + shop }

// assortment gives the shop's articles for a flow that wants to know them, and asks the shop where what is known is too
// old. A shop that does not answer is no reason to stop as long as something is known.
func (g *Gateway) assortment(ctx context.Context, f *profiles.Flow) (*assortment, error) {
	if f.Assortment == nil {
		return nil, nil
	}
	p, err := g.shop(f.To.Connection)
	if err != nil {
		return nil, err
	}
	lister, ok := p.Target(f).(flow.Lister)
	if !ok {
		return nil, fmt.Errorf("flow %s: %s cannot list its articles: take assortment out of the profile", f.ID(), f.To.Connection.Name)
	}
	g.assortments.mu.Lock()
	defer g.assortments.mu.Unlock()
	shop := f.To.Connection.ID()
	known, state, err := readAssortment(ctx, g.Ledger, shop)
	if err != nil {
		return nil, err
	}
	now := g.Now()
	switch {
	case state.All.IsZero() || now.Sub(state.All) >= f.Assortment.AllEvery:
		err = g.readAllArticles(ctx, lister, shop, known, now)
	case now.Sub(state.New) >= f.Assortment.FreshFor:
		err = g.readNewArticles(ctx, lister, shop, state, now)
	}
	if err != nil && (state.All.IsZero() || ctx.Err() != nil) {
		return nil, fmt.Errorf("the shop's articles cannot be listed: %w", err)
	}
	if err != nil {
		g.Log.Warn("the shop's articles cannot be listed; what was known is used", "shop", shop, "known since", state.New, "error", err)
	}
	if known, _, err = readAssortment(ctx, g.Ledger, shop); err != nil {
		return nil, err
	}
	of := fmt.Sprint(known.Snapshot, known.LastPart)
	if a, ok := g.assortments.kept[shop]; ok && a.of == of {
		return a, nil
	}
	a, err := loadAssortment(ctx, g.Archive, known)
	if err != nil {
		return nil, fmt.Errorf("articles of %s: %w", shop, err)
	}
	a.of = of
	if g.assortments.kept == nil {
		g.assortments.kept = map[string]*assortment{}
	}
	g.assortments.kept[shop] = a
	return a, nil
}

func readAssortment(ctx context.Context, l *ledger.Ledger, shop string) (known ledger.Baseline, state assortmentState, err error) {
	err = l.View(ctx, func(tx *ledger.Tx) error {
		text, err := tx.Cursor(assortmentName(shop))
		if err != nil || text == "" {
			return err
		}
		if err := json.Unmarshal([]byte(text), &state); err != nil {
			return fmt.Errorf("articles of %s: recorded state: %w", shop, err)
		}
		known, err = tx.Baseline(assortmentName(shop))
		return err
	})
	return known, state, err
}

// overlap is how far a look at new articles reaches back behind the newest known one, in case some became visible late.
const overlap = 10 * time.Minute

// readNewArticles adds the articles that were made or changed since the last look.
func (g *Gateway) readNewArticles(ctx context.Context, shop flow.Lister, id string, state assortmentState, now time.Time) error {
	since := state.Stamp
	if t, err := time.Parse(time.RFC3339Nano, since); err == nil {
		since = t.Add(-overlap).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	parts, stamp, err := listArticles(ctx, shop, since)
	if err != nil {
		return err
	}
	state.New, state.Stamp = now, max(state.Stamp, stamp)
	return g.Ledger.Do(ctx, func(tx *ledger.Tx) error {
		for _, part := range parts {
			if err := tx.AppendBaseline(assortmentName(id), 0, part); err != nil {
				return err
			}
		}
		return tx.SetCursor(assortmentName(id), mustJSON(state))
	})
}

// readAllArticles puts what the shop has now in the place of what was known.
func (g *Gateway) readAllArticles(ctx context.Context, shop flow.Lister, id string, known ledger.Baseline, now time.Time) error {
	parts, stamp, err := listArticles(ctx, shop, "")
	if err != nil {
		return err
	}
	base, err := flow.OpenBaseline(nil, parts)
	if err != nil {
		return err
	}
	set, err := g.takeSnapshot(ctx, assortmentName(id), base, known.LastPart)
	if err != nil {
		return err
	}
	return g.Ledger.Do(ctx, func(tx *ledger.Tx) error {
		if err := set(tx); err != nil {
			return err
		}
		return tx.SetCursor(assortmentName(id), mustJSON(assortmentState{All: now, New: now, Stamp: stamp}))
	})
}

// anyArticle is the fingerprint of an article in an assortment; only its being there counts.
const anyArticle = flow.VoidIfKnown + 1

// articlesAtOnce is how many articles make a part, so that memory holds little more than their numbers.
const articlesAtOnce = 5000

// listArticles gives articles as parts, and the newest stamp.
func listArticles(ctx context.Context, shop flow.Lister, since string) (parts [][]byte, stamp string, err error) {
	var entries []flow.Entry
	cut := func() {
		slices.SortFunc(entries, func(a, b flow.Entry) int { return a.Hash.Compare(b.Hash) })
		entries = slices.CompactFunc(entries, func(a, b flow.Entry) bool { return a.Hash == b.Hash })
		if len(entries) > 0 {
			parts = append(parts, flow.Part(entries))
		}
		entries = entries[:0]
	}
	for a, err := range shop.Articles(ctx, since) {
		if err != nil {
			return nil, "", err
		}
		stamp = max(stamp, a.Stamp)
		entries = append(entries, flow.Entry{Hash: flow.HashKey(a.SKU), Key: a.SKU, Fingerprint: anyArticle})
		if len(entries) == articlesAtOnce {
			cut()
		}
	}
	cut()
	return parts, stamp, nil
}

func loadAssortment(ctx context.Context, store *archive.Archive, known ledger.Baseline) (*assortment, error) {
	base, done, err := OpenBaseline(ctx, store, known)
	if err != nil {
		return nil, err
	}
	defer done()
	a := &assortment{hashes: make([]flow.KeyHash, 0, known.Rows)}
	for {
		switch err := base.Next(); {
		case err == nil:
			a.hashes = append(a.hashes, base.Hash())
		case errors.Is(err, io.EOF):
			return a, nil
		default:
			return nil, err
		}
	}
}

// Assorted gives what tells whether a flow's shop has an article, by what is known of it; nil where the flow does not want
// to know, or nothing is known yet.
func Assorted(ctx context.Context, l *ledger.Ledger, store *archive.Archive, f *profiles.Flow) (func(sku string) bool, error) {
	if f.Assortment == nil {
		return nil, nil
	}
	known, state, err := readAssortment(ctx, l, f.To.Connection.ID())
	if err != nil || state.All.IsZero() {
		return nil, err
	}
	a, err := loadAssortment(ctx, store, known)
	if err != nil {
		return nil, err
	}
	return a.has, nil
}

// takes tells whether the shop has an article; those that it has not are counted.
func (s *stockPlan) takes(sku string) bool {
	if s.assortment == nil || s.assortment.has(sku) {
		return true
	}
	if s.foreign++; len(s.foreigners) < maxExamples {
		s.foreigners = append(s.foreigners, strings.Clone(sku)) // the row reuses its bytes
	}
	return false
}

// noteForeign says once what the shop does not have. Where that is no fault by the profile the rows count as done.
func (s *stockPlan) noteForeign() {
	if s.foreign == 0 {
		return
	}
	severity := finding.Note
	if s.flow.UnknownSKU != "ignore" {
		severity = finding.Error
		s.p.good -= s.foreign
		s.p.failed += s.foreign
	}
	s.p.note(s.flow, finding.List{{Rule: "stock.not-in-shop", Severity: severity, Place: finding.Place{File: s.p.arrival.Name}, Count: int(s.foreign), Examples: slices.Clone(s.foreigners),
		Message: fmt.Sprintf("the shop does not have these articles; it has %d", len(s.assortment.hashes))}})
}
