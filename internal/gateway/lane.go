package gateway

import (
	"context"
	"errors"
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
	route    func(ctx context.Context, c *crew, d ledger.Delivery) (route, error)
	crew     *crew               // of those under way
	settle   func(arrival int64) // told when an arrival has nothing unfinished any more
	now      func() time.Time
	log      *slog.Logger

	mu      sync.Mutex
	rows    map[int64]laneRow // of those about to start
	busy    map[int64]string  // deliveries under way, with their keys
	freed   chan struct{}     // tells that one of them has ended
	paused  time.Time         // the target asked for a rest, or does not answer
	outages int               // failures in a row that concern the target as a whole
}

// window is how many ready rows are looked at in one go.
const window = 1000

// maxEnding bounds how many deliveries wait for the commit that ends them, so that memory stays flat.
const maxEnding = 512

// drain delivers until nothing is ready, or ctx ends. It gives when the next delivery is due; zero when none waits. As soon
// as the target has answered, the next delivery starts: commits are grouped, and the target does not wait for the disk.
func (l *lane) drain(ctx context.Context) (next time.Time, err error) {
	l.freed = make(chan struct{}, 1)
	l.crew = &crew{}
	gathered := l.crew.commits(ctx, l.ledger, inEnding)
	slots := make(chan struct{}, max(l.inFlight, 1))
	ending := make(chan struct{}, maxEnding)
	var wg sync.WaitGroup
	defer wg.Wait()
	for ctx.Err() == nil {
		idle := l.idle() // before the look, which what ends meanwhile may come too late for
		ready, due, err := l.ready(ctx)
		if err != nil {
			return due, err
		}
		if len(ready) == 0 {
			if idle {
				return due, nil
			}
			l.await(ctx)
			continue
		}
		for i, chain := range ready {
			if i%rowsAtOnce == 0 {
				if err := l.readRows(ctx, ready[i:min(i+rowsAtOnce, len(ready))]); err != nil {
					return due, err
				}
			}
			if err := take(ctx, ending); err != nil {
				return due, err
			}
			if err := take(ctx, slots); err != nil {
				return due, err
			}
			if l.resting() {
				<-slots
				<-ending
				break
			}
			l.begin(chain[0])
			commit := l.ledger.Do // those behind wait for it
			leave := func() {}
			if len(chain) == 1 {
				l.crew.join()
				commit, leave = gathered, l.crew.leave
			}
			wg.Go(func() {
				defer func() { leave(); l.finish(chain[0]); <-ending }()
				l.carry(ctx, chain, slots, commit)
			})
		}
	}
	return next, ctx.Err()
}

// inEnding is how many deliveries are recorded with one commit, where so many end.
const inEnding = 128

// take waits for a free place.
func take(ctx context.Context, places chan struct{}) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case places <- struct{}{}:
		return nil
	}
}

// ready gives the deliveries that may start now, in their order, each with those of its key that may follow it, and when
// the next of the others is due.
func (l *lane) ready(ctx context.Context) (ready [][]ledger.Queued, due time.Time, err error) {
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
	chains := map[string]int{} // by key: which of ready it is
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
			later := q.RunAt.After(now)
			if i, ok := chains[q.Key]; ok && !later && len(ready[i]) < maxChain {
				ready[i] = append(ready[i], q)
				continue
			}
			delete(chains, q.Key)
			if busy[q.ID] || blocked[q.Key] {
				continue
			}
			blocked[q.Key] = q.Key != ""
			if later {
				if due.IsZero() || q.RunAt.Before(due) {
					due = q.RunAt
				}
				continue
			}
			if q.Key != "" {
				chains[q.Key] = len(ready)
			}
			ready = append(ready, []ledger.Queued{q})
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
	select {
	case l.freed <- struct{}{}:
	default:
	}
}

// await waits until a key may have become free, or until something else may have become ready.
func (l *lane) await(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-l.freed:
	case <-time.After(time.Second):
	}
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

// deliver makes one attempt at one delivery, and tells whether it is done.
func (l *lane) deliver(ctx context.Context, q ledger.Queued, p passage) (done bool) {
	row, err := l.row(ctx, q.ID)
	if err != nil || row.State != ledger.DeliveryReady || row.RunAt.After(l.now()) {
		l.trouble(ctx, q, err)
		return false
	}
	r, err := l.route(ctx, l.crew, row.Delivery)
	if err != nil {
		l.trouble(ctx, q, err)
		return false
	}
	answered := p.answered
	p.answered = func(err error) {
		l.outage(err, r)
		answered(err)
	}
	e, err := l.courier.carry(ctx, row.Delivery, row.tries, r, p)
	if errors.Is(err, errNotItsTurn) {
		return false
	}
	if err != nil {
		l.trouble(ctx, q, err)
		return false
	}
	if e.failure != nil {
		l.log.Warn("delivery failed", "delivery", row.ID, "target", l.target, "key", row.Key, "kind", failureWord(e.failure.Kind), "error", e.failure.Err)
	}
	if e.settle {
		l.settle(row.Arrival)
	}
	return e.state == ledger.DeliveryDone
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
func (l *lane) outage(failed error, r route) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := flow.FailureOf(failed)
	switch {
	case failed == nil || isHold(failed) || f.Kind == flow.NotYet:
		l.outages, l.paused = 0, time.Time{}
	case f.Kind == flow.TryLater && f.After > 0:
		l.paused = l.now().Add(f.After)
	case f.Kind != flow.NeedsPerson:
		l.outages++
		if l.outages > l.inFlight {
			l.paused = l.now().Add(backOff(r.retry, l.outages-l.inFlight))
		}
	}
}
