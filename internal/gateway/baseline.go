package gateway

import (
	"context"
	"fmt"
	"io"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// What the ledger keeps in the form of baselines, the articles of shops among it: the snapshot lies in the archive.

// OpenBaseline opens a baseline for reading; done closes it.
func OpenBaseline(ctx context.Context, store *archive.Archive, known ledger.Baseline) (base *flow.Baseline, done func(), err error) {
	if known.Snapshot == "" {
		base, err = flow.OpenBaseline(nil, known.Parts)
		return base, func() {}, err
	}
	snapshot, err := store.Open(ctx, known.Snapshot)
	if err != nil {
		return nil, nil, err
	}
	done = func() { _ = snapshot.Close() }
	if base, err = flow.OpenBaseline(snapshot, known.Parts); err != nil {
		done()
		return nil, nil, err
	}
	return base, done, nil
}

// compactAfter is how many parts a baseline may have before they become a new snapshot.
const compactAfter = 32

// compact makes a new snapshot of baselines that have many parts.
func (g *Gateway) compact(ctx context.Context, in *intake) error {
	for _, f := range in.flows {
		if f.From.Kind != document.Stock || f.To.Connection.IsFolder() {
			continue
		}
		if err := g.compactBaseline(ctx, flow.BaselineName(f)); err != nil {
			return fmt.Errorf("baseline of %s: %w", f.ID(), err)
		}
	}
	return nil
}

func (g *Gateway) compactBaseline(ctx context.Context, name string) error {
	g.compacting.Lock()
	defer g.compacting.Unlock()
	var known ledger.Baseline
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		var err error
		known, err = tx.Baseline(name)
		return err
	})
	if err != nil || len(known.Parts) < compactAfter {
		return err
	}
	base, done, err := OpenBaseline(ctx, g.Archive, known)
	if err != nil {
		return err
	}
	defer done()
	set, err := g.takeSnapshot(ctx, name, base, known.LastPart)
	if err != nil {
		return err
	}
	return g.Ledger.Do(ctx, set)
}

// takeSnapshot archives what is read of a baseline as a new snapshot, and gives the change of the ledger that puts it in the
// place of all parts up to the last one.
func (g *Gateway) takeSnapshot(ctx context.Context, name string, base *flow.Baseline, last int64) (set func(*ledger.Tx) error, err error) {
	r, w := io.Pipe()
	var rows int64
	go func() {
		var err error
		rows, err = base.WriteSnapshot(w)
		w.CloseWithError(err)
	}()
	taken, err := g.Archive.Take(ctx, r)
	_ = r.Close()
	if err != nil {
		return nil, err
	}
	return func(tx *ledger.Tx) error {
		if taken.Small != nil {
			if err := tx.PutBlob(taken.Hash, taken.Small); err != nil {
				return err
			}
		}
		return tx.SetBaseline(name, taken.Hash, rows, last)
	}, nil
}
