package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// The waiting set: objects of a platform that are not ready to go out, and those that a rule holds for a person. They are
// looked at again by their names, whatever the platform's time stamps say.

// pausedStates are the states in which an object of a platform is looked at again.
func pausedStates() []ledger.ArrivalState {
	return []ledger.ArrivalState{ledger.ArrivalWaiting, ledger.ArrivalHeld}
}

// again names the objects that are to be looked at again.
func (g *Gateway) again(ctx context.Context, in *intake) (names []string, err error) {
	err = g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		paused, err := tx.Arrivals(ledger.ArrivalFilter{Source: in.id, States: pausedStates()})
		for _, a := range paused {
			names = append(names, a.Name)
		}
		return err
	})
	return names, err
}

// judgedOtherwise gives what waits and was judged by another version of the profile than today's.
func (g *Gateway) judgedOtherwise(tx *ledger.Tx, in *intake) (all []ledger.Arrival, err error) {
	if in.folder {
		return nil, nil
	}
	waiting, err := tx.Arrivals(ledger.ArrivalFilter{Source: in.id, States: []ledger.ArrivalState{ledger.ArrivalWaiting}})
	for _, a := range waiting {
		if a.Profile != in.flows[0].Profile.Version {
			all = append(all, a)
		}
	}
	return all, err
}

// sameAsLast tells whether an object is in the state in which it was recorded last.
func sameAsLast(tx *ledger.Tx, source string, o flow.Arrival) (bool, error) {
	last, err := tx.LastVersion(source, o.Name)
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	return content(last.Version) == content(o.Version), err
}

// content is what of a version tells states apart.
func content(version string) string {
	_, after, ok := strings.Cut(version, "/")
	if !ok {
		return version
	}
	return after
}

// passBy ends the waiting of older versions of an object.
func (g *Gateway) passBy(tx *ledger.Tx, in *intake, name string) error {
	_, err := g.endPaused(tx, in, name, flow.Superseded, "a newer version came")
	return err
}

// gone ends the waiting of an object that the platform does not have any more, and what its orders hold. One that a person
// released meanwhile goes out, and holds its goods until they are shipped.
func (g *Gateway) gone(tx *ledger.Tx, in *intake, name string, orders []string) error {
	ended, err := g.endPaused(tx, in, name, flow.Cancelled, "it is not in the shop any more")
	if err != nil || !ended {
		return err
	}
	for _, number := range orders {
		if err := bookGone(tx, in.flows[0].From.Connection.ID(), number); err != nil {
			return err
		}
	}
	return nil
}

// ordersOf gives the numbers of the orders that a paused object was read as, whichever of its versions holds goods.
func (g *Gateway) ordersOf(ctx context.Context, in *intake, name string) (numbers []string, err error) {
	var paused []ledger.Arrival
	err = g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		paused, err = tx.Arrivals(ledger.ArrivalFilter{Source: in.id, Name: name, States: pausedStates()})
		return err
	})
	if err != nil || len(paused) == 0 {
		return nil, err
	}
	shop, err := g.shop(in.flows[0].From.Connection)
	if err != nil {
		return nil, err
	}
	for _, a := range paused {
		var docs []*document.Document
		body, err := g.Archive.Read(ctx, a.Hash, maxObject)
		if err == nil {
			docs, _, err = shop.Reader(in.flows[0]).Read(body, false)
		}
		if err != nil { // other orders must not wait for this one
			g.Log.Warn("what an order holds that is not in the shop any more is not known", "arrival", a.ID, "name", name, "error", err)
		}
		for _, d := range docs {
			numbers = append(numbers, d.Key())
		}
	}
	return numbers, ctx.Err()
}

// endPaused tells whether anything was paused.
func (g *Gateway) endPaused(tx *ledger.Tx, in *intake, name string, outcome flow.Outcome, why string) (bool, error) {
	paused, err := tx.Arrivals(ledger.ArrivalFilter{Source: in.id, Name: name, States: pausedStates()})
	for _, a := range paused {
		a.State, a.Outcome, a.SettledAt, a.Reason = ledger.ArrivalSettled, string(outcome), g.Now(), fmt.Sprintf("%s; %s", a.Reason, why)
		if err := errors.Join(tx.UpdateArrival(&a), endMessages(tx, a.ID)); err != nil {
			return false, err
		}
	}
	return len(paused) > 0, err
}

// endMessages lets nothing of an arrival be released any more.
func endMessages(tx *ledger.Tx, arrival int64) error {
	messages, err := tx.Messages(arrival)
	for _, m := range messages {
		if m.State != "held" {
			continue
		}
		m.State = "superseded"
		if err := tx.PutMessage(&m); err != nil {
			return err
		}
	}
	return err
}
