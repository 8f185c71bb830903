package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// The first look at a source is the dangerous one: what lies there may have been dealt with by other means, for years.

// FirstLoadError says that a source's first look would take more at once than goes without asking.
type FirstLoadError struct {
	Source string // as the ledger names it
	Flows  []string
	What   string // "orders", "files"
	Take   int64  // what the first look would take
	Past   int64  // what is older than start_at
}

func (e *FirstLoadError) Error() string {
	return fmt.Sprintf("first load of %s: %d %s would be taken at once, %d older ones are passed over; nothing was taken: "+
		"if that is meant, run with --first-load, else set start_at to a later time", strings.Join(e.Flows, ", "), e.Take, e.What, e.Past)
}

// begunCursor is the cursor that says when a source was looked at for the first time.
func begunCursor(source string) string { return "begun " + source }

// begin prepares a source's first look: it counts, asks where that is too much to go without asking, and records what is
// passed over because it is older than the flow's start.
func (g *Gateway) begin(ctx context.Context, in *intake, src flow.Source) error {
	if g.hasBegun(in.id) {
		return nil
	}
	begun := false
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		at, err := tx.Cursor(begunCursor(in.id))
		begun = at != ""
		return err
	})
	if err != nil || begun {
		g.setBegun(in.id, begun)
		return err
	}
	b, err := src.Begin(ctx)
	if err != nil {
		return fmt.Errorf("look at %s for the first time: %w", in.id, err)
	}
	if limit := in.askAbove(); g.AskFirst && b.Take > limit {
		return &FirstLoadError{Source: in.id, Flows: in.flowNames(), What: b.What, Take: b.Take, Past: b.Past}
	}
	err = g.Ledger.Do(ctx, func(tx *ledger.Tx) error {
		if err := tx.SetCursor(begunCursor(in.id), g.Now().UTC().Format(time.RFC3339)); err != nil {
			return err
		}
		return errors.Join(g.listPast(tx, in, b), tx.AddEvent(&ledger.Event{At: g.Now(), Actor: "batchgate", What: "begun",
			Detail: fmt.Sprintf("%s: %d %s to take, %d older ones", in.id, b.Take, b.What, b.Past)}))
	})
	g.setBegun(in.id, err == nil)
	return err
}

func (g *Gateway) hasBegun(source string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.begun[source]
}

func (g *Gateway) setBegun(source string, begun bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begun[source] = begun
}

// askAbove is how many arrivals a first look may take without asking.
func (in *intake) askAbove() int64 {
	least := in.flows[0].From.AskAbove
	for _, f := range in.flows {
		least = min(least, f.From.AskAbove)
	}
	return int64(least)
}

func (in *intake) flowNames() []string {
	var names []string
	for _, f := range in.flows {
		names = append(names, f.ID())
	}
	return names
}

// listPast records what a platform holds from before the flow's start: one arrival, and each object as a document that a
// search finds.
func (g *Gateway) listPast(tx *ledger.Tx, in *intake, b flow.Beginning) error {
	if b.Past == 0 || in.folder {
		return nil
	}
	f := in.flows[0]
	since := f.From.StartAt.In(f.Zone).Format(time.RFC3339)
	reason := fmt.Sprintf("%d %s were placed before start_at %s: none is exported", b.Past, b.What, since)
	if int64(len(b.Older)) < b.Past {
		reason += fmt.Sprintf("; the newest %d are listed", len(b.Older))
	}
	a := ledger.Arrival{Partner: f.Partner, Source: in.id, Name: b.What + " before " + since, Documents: b.Past, State: ledger.ArrivalSettled,
		Outcome: string(flow.PassedOver), Reason: reason, Profile: f.Profile.Version, SettledAt: g.Now()}
	if err := tx.InsertArrival(&a); err != nil {
		return err
	}
	for i, o := range b.Older {
		row := ledger.Document{Arrival: a.ID, N: i + 1, Message: 1, Flow: f.ID(), Kind: string(f.From.Kind), Key: o.Key, State: documentPassedOver}
		if err := tx.InsertDocument(&row); err != nil {
			return err
		}
	}
	return nil
}

// documentPassedOver is the state of a document that is older than its flow's start.
const documentPassedOver = "passed over"
