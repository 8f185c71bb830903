package trace

import (
	"context"
	"errors"
	"fmt"

	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// Replay processes an arrival again by today's profile: its archived bytes come as a new arrival, which the next run of
// the gateway plans and delivers. A replay is what a person wants: what is the same as before goes out once more, no
// ready rule and no guard stops it, and its source is told nothing. So the prediction comes first; with DryRun it is all
// that happens, and nothing is written.
//
// Only a settled arrival can be replayed; what is held is released or rejected instead.
func Replay(ctx context.Context, c Config, arrival int64, opt ReplayOptions) (Prediction, error) {
	if !opt.DryRun && opt.Actor == "" {
		return Prediction{}, errors.New("a replay needs the name of the person who wants it")
	}
	p, err := replay(ctx, c, arrival, opt)
	if err != nil {
		return Prediction{}, fmt.Errorf("replay a%d: %w", arrival, err)
	}
	return p, nil
}

func replay(ctx context.Context, c Config, arrival int64, opt ReplayOptions) (Prediction, error) {
	var a ledger.Arrival
	var next ledger.Arrival
	err := c.Ledger.View(ctx, func(tx *ledger.Tx) error {
		var err error
		if a, err = tx.Arrival(arrival); err != nil {
			return err
		}
		next, err = tx.NextReplay(&a)
		return err
	})
	if err != nil {
		return Prediction{}, err
	}
	if err := replayable(&a); err != nil {
		return Prediction{}, err
	}
	flows := takers(c.Home, &a)
	if len(flows) == 0 {
		return Prediction{}, fmt.Errorf("no running flow of this home takes %s from %s: add one, or set its profile live", a.Name, a.Source)
	}
	p, err := predict(ctx, c, &a, flows)
	if err != nil {
		return Prediction{}, err
	}
	p.Replay = next.Replay
	if opt.DryRun {
		return p, nil
	}
	err = c.Ledger.Do(ctx, func(tx *ledger.Tx) error {
		p.New, p.Replay = 0, 0
		made, err := enter(tx, &a, opt.Actor)
		if err == nil {
			p.New, p.Replay = made.ID, made.Replay
		}
		return err
	})
	return p, err
}

// replayable says why an arrival cannot be replayed now.
func replayable(a *ledger.Arrival) error {
	switch {
	case a.State == ledger.ArrivalHeld:
		return errors.New("it is held: release or reject it first")
	case a.State != ledger.ArrivalSettled:
		return fmt.Errorf("it is %s: wait until it is settled, or drop what cannot go on", a.State)
	case a.Hash == "":
		return errors.New("its bytes were never archived: drop the file again")
	}
	return nil
}

// takers gives the running flows that take an arrival.
func takers(home *profiles.Home, a *ledger.Arrival) []*profiles.Flow {
	var flows []*profiles.Flow
	for _, f := range home.Flows() {
		if f.Profile.Status.Runs() && gateway.Takes(f, a) {
			flows = append(flows, f)
		}
	}
	return flows
}

// enter adds the arrival that a replay is, and tells of it at both.
func enter(tx *ledger.Tx, a *ledger.Arrival, actor string) (ledger.Arrival, error) {
	now, err := tx.Arrival(a.ID)
	if err != nil {
		return ledger.Arrival{}, err
	}
	if err := replayable(&now); err != nil { // it may have been taken up again since
		return ledger.Arrival{}, err
	}
	made, err := tx.NextReplay(a)
	if err != nil {
		return ledger.Arrival{}, err
	}
	if err := tx.InsertArrival(&made); err != nil {
		return ledger.Arrival{}, err
	}
	return made, errors.Join(
		tx.AddEvent(&ledger.Event{Actor: actor, What: "replayed", Arrival: a.ID, Detail: fmt.Sprintf("as a%d, replay %d", made.ID, made.Replay)}),
		tx.AddEvent(&ledger.Event{Actor: actor, What: "replay", Arrival: made.ID, Detail: fmt.Sprintf("replay %d of a%d", made.Replay, made.ReplayOf)}))
}
