package gateway

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// lane is all deliveries to one target. Within it a business key never overtakes itself: a delivery starts only when no
// earlier one of its key is unfinished, and one that waits for its next try holds back those behind it, but no others.
type lane struct {
	target   string
	inFlight int
	courier  *courier
	ledger   *ledger.Ledger
	route    func(ctx context.Context, d ledger.Delivery) (route, error)
	settle   func(arrival int64) // told when an arrival has nothing unfinished any more
	now      func() time.Time
	log      *slog.Logger

	mu      sync.Mutex
	busy    map[int64]string // deliveries under way, with their keys
	paused  time.Time        // the target asked for a rest, or does not answer
	outages int              // failures in a row that concern the target as a whole
}

// window is how many ready rows are looked at in one go.
const window = 1000

// drain delivers until nothing is ready, or ctx ends. It gives when the next delivery is due; zero when none waits.
func (l *lane) drain(ctx context.Context) (next time.Time, err error) {
	slots := make(chan struct{}, max(l.inFlight, 1))
	var wg sync.WaitGroup
	defer wg.Wait()
	for ctx.Err() == nil {
		ready, due, err := l.ready(ctx)
		if err != nil {
			return due, err
		}
		if len(ready) == 0 {
			if l.idle() {
				return due, nil
			}
			wg.Wait() // what is under way may free keys
			continue
		}
		for _, q := range ready {
			select {
			case <-ctx.Done():
				return due, ctx.Err()
			case slots <- struct{}{}:
			}
			if l.resting() {
				<-slots
				break
			}
			l.begin(q)
			wg.Go(func() {
				defer func() { l.finish(q); <-slots }()
				l.deliver(ctx, q)
			})
		}
	}
	return next, ctx.Err()
}

// ready gives the deliveries that may start now, in their order, and when the next of the others is due.
func (l *lane) ready(ctx context.Context) (ready []ledger.Queued, due time.Time, err error) {
	l.mu.Lock()
	paused := l.paused
	blocked := map[string]bool{}
	busy := make(map[int64]bool, len(l.busy))
	for id, key := range l.busy {
		busy[id] = true
		blocked[key] = key != ""
	}
	l.mu.Unlock()
	now := l.now()
	if now.Before(paused) {
		return nil, paused, nil
	}
	for after := int64(0); ; {
		var page []ledger.Queued
		err := l.ledger.View(ctx, func(tx *ledger.Tx) error {
			var err error
			page, err = tx.Queue(l.target, after, window)
			return err
		})
		if err != nil {
			return nil, due, err
		}
		for _, q := range page {
			after = q.ID
			if busy[q.ID] || blocked[q.Key] {
				continue
			}
			blocked[q.Key] = q.Key != ""
			if q.RunAt.After(now) {
				if due.IsZero() || q.RunAt.Before(due) {
					due = q.RunAt
				}
				continue
			}
			ready = append(ready, q)
		}
		if len(ready) > 0 || len(page) < window {
			return ready, due, nil
		}
	}
}

func (l *lane) begin(q ledger.Queued) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy == nil {
		l.busy = map[int64]string{}
	}
	l.busy[q.ID] = q.Key
}

func (l *lane) finish(q ledger.Queued) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.busy, q.ID)
}

func (l *lane) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.busy) == 0
}

func (l *lane) resting() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now().Before(l.paused)
}

// deliver makes one attempt at one delivery.
func (l *lane) deliver(ctx context.Context, q ledger.Queued) {
	var row ledger.Delivery
	err := l.ledger.View(ctx, func(tx *ledger.Tx) error {
		var err error
		row, err = tx.Delivery(q.ID)
		return err
	})
	if err != nil || row.State != ledger.DeliveryReady {
		l.trouble(ctx, q, err)
		return
	}
	r, err := l.route(ctx, row)
	if err != nil {
		l.trouble(ctx, q, err)
		return
	}
	e, err := l.courier.carry(ctx, row, r)
	if err != nil {
		l.trouble(ctx, q, err)
		return
	}
	l.outage(e, r)
	if e.failure != nil {
		l.log.Warn("delivery failed", "delivery", row.ID, "target", l.target, "key", row.Key, "kind", failureWord(e.failure.Kind), "error", e.failure.Err)
	}
	if e.settle {
		l.settle(row.Arrival)
	}
}

// trouble is an error of our own side: nothing was recorded, so the lane rests a moment before it looks again.
func (l *lane) trouble(ctx context.Context, q ledger.Queued, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	l.log.Error("delivery could not be worked on", "delivery", q.ID, "target", l.target, "error", err)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paused = l.now().Add(ownTrouble)
}

// ownTrouble is how long a lane rests after an error of the ledger or the archive, a full disk for one.
const ownTrouble = 5 * time.Second

// outage lets the whole lane rest when its target does not answer, so that one outage does not use up the tries of
// everything that waits; success ends the rest.
func (l *lane) outage(e ended, r route) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case e.failure == nil:
		l.outages, l.paused = 0, time.Time{}
	case e.failure.Kind == flow.TryLater && e.failure.After > 0:
		l.paused = l.now().Add(e.failure.After)
	case e.failure.Kind != flow.NeedsPerson:
		l.outages++
		if l.outages > l.inFlight {
			l.paused = l.now().Add(backOff(r.retry, l.outages-l.inFlight))
		}
	}
}
