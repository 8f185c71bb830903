package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// Offers of a platform are recorded together up to these limits.
const (
	offersAtOnce = 250
	bytesAtOnce  = 4 << 20
)

// look asks a source what is there, and how it stands with what waits, and gives the arrivals that there is something to do
// about. An error comes with those that were recorded before it.
func (g *Gateway) look(ctx context.Context, in *intake, src flow.Source, cursor string) (fresh []ledger.Arrival, err error) {
	if f, ok := src.(*folderSource); ok {
		if fresh, err = f.look(ctx); err != nil {
			err = fmt.Errorf("look at %s: %w", in.id, err)
		}
		return fresh, err
	}
	again, err := g.again(ctx, in)
	if err != nil {
		return nil, err
	}
	var offers []flow.Arrival
	size := 0
	record := func() error {
		more, err := g.recordObjects(ctx, in, offers)
		fresh = append(fresh, more...)
		offers, size = nil, 0
		return err
	}
	for offered, err := range src.Poll(ctx, cursor, again) {
		if err != nil {
			return fresh, errors.Join(fmt.Errorf("look at %s: %w", in.id, err), record())
		}
		offers = append(offers, offered)
		size += len(offered.Body)
		if len(offers) >= offersAtOnce || size >= bytesAtOnce {
			if err := record(); err != nil {
				return fresh, err
			}
		}
	}
	return fresh, record()
}

// recordObjects records what a platform offers: archived in the same commit, and with the last one its cursor moves.
func (g *Gateway) recordObjects(ctx context.Context, in *intake, offers []flow.Arrival) ([]ledger.Arrival, error) {
	if len(offers) == 0 {
		return nil, nil
	}
	stores := make([]func(*ledger.Tx) error, len(offers))
	hashes := make([]string, len(offers))
	orders := map[string][]string{} // numbers of those that are gone, by their names
	for i, o := range offers {
		var err error
		if o.Gone {
			if orders[o.Name], err = g.ordersOf(ctx, in, o.Name); err != nil {
				return nil, err
			}
			continue
		}
		if hashes[i], stores[i], err = g.keep(ctx, o.Body); err != nil {
			return nil, err
		}
	}
	var fresh []ledger.Arrival
	err := g.Ledger.Do(ctx, func(tx *ledger.Tx) error {
		for i, o := range offers {
			if o.Cursor != "" {
				if err := tx.SetCursor(in.id, o.Cursor); err != nil {
					return err
				}
			}
			if o.Gone {
				if err := g.gone(tx, in, o.Name, orders[o.Name]); err != nil {
					return err
				}
				continue
			}
			same, err := sameAsLast(tx, in.id, o)
			if err != nil {
				return err
			}
			if same {
				continue
			}
			if err := errors.Join(stores[i](tx), g.passBy(tx, in, o.Name)); err != nil {
				return err
			}
			a := ledger.Arrival{Partner: in.flows[0].Partner, Source: in.id, Name: o.Name, Version: o.Version, Size: o.Size, ModTime: o.ModTime,
				Hash: hashes[i], State: ledger.ArrivalArchived}
			if err := insertState(tx, &a); err != nil {
				return err
			}
			fresh = append(fresh, a)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// insertState adds the arrival of a state. An object may come back to a state that it was in before without another time
// stamp: paid, open, and paid again.
func insertState(tx *ledger.Tx, a *ledger.Arrival) error {
	_, err := tx.ArrivalByVersion(a.Source, a.Name, a.Version)
	if errors.Is(err, ledger.ErrNotFound) {
		return tx.InsertArrival(a)
	}
	if err != nil {
		return err
	}
	last, err := tx.LastVersion(a.Source, a.Name)
	if err != nil {
		return err
	}
	stamp, state, _ := strings.Cut(a.Version, "/")
	a.Version = fmt.Sprintf("%s after a%d/%s", stamp, last.ID, state)
	return tx.InsertArrival(a)
}
