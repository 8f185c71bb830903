package gateway

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
)

// Pass is what one run did and left.
type Pass struct {
	Errors []error   // of sources that could not be looked at
	Next   time.Time // when the next delivery that waits is due; zero when none waits
}

// Run processes what is there now, both looks at files included, and returns when nothing more can be done at once.
func (g *Gateway) Run(ctx context.Context) (Pass, error) {
	lanes := g.lanes(func(int64) {})
	for {
		var p Pass
		moved := 0
		for _, in := range g.intakes() {
			n, err := g.takeIn(ctx, in)
			moved += n
			if ctx.Err() != nil {
				return p, ctx.Err()
			}
			if err != nil {
				p.Errors = append(p.Errors, err)
			}
		}
		next, err := g.drainAll(ctx, lanes)
		p.Next = next
		if err != nil {
			return p, err
		}
		ready, wait, err := g.pending(ctx)
		if err != nil {
			return p, err
		}
		if ready {
			continue
		}
		if moved > 0 && wait == 0 {
			continue
		}
		if wait == 0 {
			return p, g.watchFetched(ctx)
		}
		if err := sleep(ctx, wait); err != nil {
			return p, err
		}
	}
}

// drainAll delivers to all targets at once, until nothing is ready, and gives when the next delivery is due.
func (g *Gateway) drainAll(ctx context.Context, lanes []*lane) (next time.Time, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, l := range lanes {
		wg.Go(func() {
			due, e := l.drain(ctx)
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, e)
			if !due.IsZero() && (next.IsZero() || due.Before(next)) {
				next = due
			}
		})
	}
	wg.Wait()
	return next, err
}

// pending tells whether arrivals can go on at once, and else how long the next one has to wait until it counts as complete;
// 0 when none waits for that.
func (g *Gateway) pending(ctx context.Context) (ready bool, wait time.Duration, err error) {
	for _, in := range g.intakes() {
		stableFor := time.Duration(0)
		for _, f := range in.flows {
			stableFor = max(stableFor, f.From.StableFor)
		}
		err = g.Ledger.View(ctx, func(tx *ledger.Tx) error {
			due, err := tx.Due(in.id, g.Now(), 1)
			ready = ready || len(due) > 0
			if err != nil || !in.folder {
				return err
			}
			first, waits, err := tx.FirstLook(in.id)
			if left := max(first.Add(stableFor).Sub(g.Now()), time.Millisecond); waits && (wait == 0 || left < wait) {
				wait = left
			}
			return err
		})
		if err != nil {
			return false, 0, err
		}
	}
	return ready, wait, nil
}

// Serve runs until ctx ends: each source is looked at by its own rhythm, each target delivered to as something is ready.
func (g *Gateway) Serve(ctx context.Context) error {
	ends := newSignal() // an arrival has nothing unfinished any more
	begins := newSignal()
	var wg sync.WaitGroup
	for _, l := range g.lanes(func(int64) { ends.raise() }) {
		wg.Go(func() { g.serveLane(ctx, l, begins) })
	}
	for _, in := range g.intakes() {
		wg.Go(func() { g.serveIntake(ctx, in, begins, ends) })
	}
	wg.Go(func() { g.serveFetched(ctx) })
	wg.Wait()
	return ctx.Err()
}

// fetchedEvery is how often serve looks which files have been taken.
const fetchedEvery = 30 * time.Second

func (g *Gateway) serveFetched(ctx context.Context) {
	for sleep(ctx, fetchedEvery) == nil {
		if err := g.watchFetched(ctx); err != nil && ctx.Err() == nil {
			g.Log.Warn("could not look which files were taken", "error", err)
		}
	}
}

// idle is how long a lane waits without a hint: the ledger is the truth, a hint may get lost.
const idle = 5 * time.Second

func (g *Gateway) serveLane(ctx context.Context, l *lane, begins *signal) {
	for ctx.Err() == nil {
		hint := begins.wait()
		next, err := l.drain(ctx)
		if err != nil && ctx.Err() == nil {
			g.Log.Error("deliveries could not be worked on", "target", l.target, "error", err)
		}
		wait := idle
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(g.Now()), 0))
		}
		select {
		case <-ctx.Done():
		case <-hint:
		case <-time.After(wait):
		}
	}
}

func (g *Gateway) serveIntake(ctx context.Context, in *intake, begins, ends *signal) {
	poll := max(in.flows[0].From.Connection.Poll, 100*time.Millisecond)
	for _, f := range in.flows {
		if in.folder && f.From.StableFor > 0 {
			poll = min(poll, f.From.StableFor)
		}
	}
	look := time.Now()
	for ctx.Err() == nil {
		hint := ends.wait()
		if err := g.serveOnce(ctx, in, !time.Now().Before(look)); err != nil && ctx.Err() == nil {
			g.Log.Error("source could not be looked at", "source", in.id, "error", err)
		}
		begins.raise()
		if !time.Now().Before(look) {
			look = time.Now().Add(poll)
		}
		select {
		case <-ctx.Done():
		case <-hint:
		case <-time.After(time.Until(look)):
		}
	}
}

// serveOnce looks at a source, or only carries on what is on its way.
func (g *Gateway) serveOnce(ctx context.Context, in *intake, look bool) error {
	if look {
		_, err := g.takeIn(ctx, in)
		return err
	}
	src, err := g.source(ctx, in)
	if err != nil {
		return err
	}
	_, err = g.carryOn(ctx, in, src)
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// signal wakes all who wait.
type signal struct {
	mu sync.Mutex
	c  chan struct{}
}

func newSignal() *signal { return &signal{c: make(chan struct{})} }

// wait gives a channel that the next raise closes.
func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.c
}

func (s *signal) raise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.c)
	s.c = make(chan struct{})
}
