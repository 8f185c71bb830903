package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// An APERAK goes out once for each message, as soon as what becomes of it is decided: before its arrival is settled, and
// long before where another message of the same file is held. What comes after is told by people: a dead letter that
// is sent after all, a replay that ends otherwise.

// answerDecided plans the answers to messages of arrivals that are not settled, and gives how many.
func (g *Gateway) answerDecided(ctx context.Context, in *intake) (int, error) {
	if !in.wantsAperak() {
		return 0, nil
	}
	var open []ledger.Arrival
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		open, err = tx.Arrivals(ledger.ArrivalFilter{Source: in.id, States: []ledger.ArrivalState{ledger.ArrivalReleased, ledger.ArrivalHeld}})
		return err
	})
	planned := 0
	for i := range open {
		n, failed := g.planAperaks(ctx, in, &open[i])
		if ctx.Err() != nil {
			return planned, ctx.Err()
		}
		if failed != nil { // settling meets it again, and waits for it
			g.Log.Warn("messages cannot be answered", "arrival", open[i].ID, "error", failed)
		}
		planned += n
	}
	return planned, err
}

func (in *intake) wantsAperak() bool {
	return in.folder && slices.ContainsFunc(in.flows, func(f *profiles.Flow) bool { return !f.Acknowledge.Aperak.Never() })
}

// planAperaks plans the answers to those messages of an arrival that are decided and have none, and gives how many. A file
// that is not trusted as a whole gets none: that is told by CONTRL.
func (g *Gateway) planAperaks(ctx context.Context, in *intake, a *ledger.Arrival) (planned int, err error) {
	if !in.wantsAperak() || a.Outcome != "" && a.Outcome != string(flow.Rejected) {
		return 0, nil
	}
	var fates []messageFate
	err = g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		all, err := readFates(tx, in.flows, a.ID)
		if err == nil {
			fates, err = all.decided()
		}
		return err
	})
	if err != nil || len(fates) == 0 {
		return 0, err
	}
	want := map[int]bool{}
	for _, m := range fates {
		want[m.n] = true
	}
	heads, err := flow.Heads(g.open(ctx, a.Hash), in.flowsFor(a.Name), a.Name, want)
	if err != nil {
		return 0, err
	}
	p := &planner{g: g, arrival: a, flows: in.flowsFor(a.Name)}
	err = g.Ledger.Do(ctx, func(tx *ledger.Tx) error {
		for i := range fates {
			ok, err := p.aperak(tx, &fates[i], heads[fates[i].n])
			if err != nil {
				return fmt.Errorf("APERAK to message %d: %w", fates[i].n, err)
			}
			if ok {
				planned++
			}
		}
		return nil
	})
	return planned, err
}

// aperak plans the answer to a message; false where nobody wants it.
func (p *planner) aperak(tx *ledger.Tx, fate *messageFate, head *flow.Head) (bool, error) {
	if head == nil || head.Interchange.Sender.ID == "" {
		return false, nil
	}
	f := fate.flow
	if f == nil { // no flow took it: as CONTRL, the first one that takes from its sender
		i := slices.IndexFunc(p.flows, func(f *profiles.Flow) bool {
			return !f.Acknowledge.Aperak.Never() && flow.TakesInterchange(f, &head.Interchange)
		})
		if i < 0 {
			return false, nil
		}
		f = p.flows[i]
	}
	recorded, err := json.Marshal(acknowledge.NewAperak(&head.Interchange, &head.Message, head.Document, fate.errors))
	if err != nil {
		return false, err
	}
	d, err := p.delivery(tx, f, flow.KindAperak, head.Message.Reference, strconv.Itoa(fate.n))
	if err != nil {
		return false, err
	}
	sender := head.Interchange.Sender.String()
	d.State, d.Key = ledger.DeliveryReady, flow.KindAperak+" "+sender+" "+head.Interchange.Control+" "+head.Message.Reference
	err = p.acknowledge(tx, f, d, sender, string(recorded))
	if errors.Is(err, ledger.ErrExists) { // it was planned meanwhile
		return false, nil
	}
	return err == nil, err
}
