package gateway

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/transports"
)

// crew is goroutines side by side that need many small things of one sort, a commit for one or a sync of a folder. What
// they wish is gathered and done together: once enough have gathered, or when no member is left who could bring more, or
// when one has waited long. A lone member never waits.
type crew struct {
	mu         sync.Mutex
	busy       int // members that wait for nothing
	gatherings []interface{ depart() }
	endpoints  map[*transports.Endpoint]*files
}

// join makes a goroutine a member until leave.
func (c *crew) join() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy++
}

func (c *crew) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rest()
}

// rest takes one from the busy. With the last one everything gathered departs.
func (c *crew) rest() {
	if c.busy--; c.busy > 0 {
		return
	}
	for _, g := range c.gatherings {
		g.depart()
	}
}

// patience is how long a wish waits at most while other members are busy.
const patience = 50 * time.Millisecond

// gathering is wishes of one sort.
type gathering[T, R any] struct {
	crew     *crew
	enough   int
	together func([]T) []R // gives an answer for each wish
	wishes   []T
	answers  []chan R
	timer    *time.Timer
}

func newGathering[T, R any](c *crew, enough int, together func([]T) []R) *gathering[T, R] {
	g := &gathering[T, R]{crew: c, enough: enough, together: together}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gatherings = append(c.gatherings, g)
	return g
}

// do gets a member's wish done, together with those of others.
func (g *gathering[T, R]) do(wish T) R { return <-g.wait(wish) }

func (g *gathering[T, R]) wait(wish T) chan R {
	g.crew.mu.Lock()
	defer g.crew.mu.Unlock()
	answer := make(chan R, 1)
	g.wishes, g.answers = append(g.wishes, wish), append(g.answers, answer)
	if len(g.wishes) == 1 {
		g.timer = time.AfterFunc(patience, func() {
			g.crew.mu.Lock()
			defer g.crew.mu.Unlock()
			g.depart()
		})
	}
	if len(g.wishes) >= g.enough {
		g.depart()
	}
	g.crew.rest()
	return answer
}

// depart lets go what has gathered, with the crew locked. Its members count as busy again: what they want next may be
// waited for.
func (g *gathering[T, R]) depart() {
	if len(g.wishes) == 0 {
		return
	}
	g.timer.Stop()
	wishes, answers := g.wishes, g.answers
	g.wishes, g.answers = nil, nil
	g.crew.busy += len(wishes)
	go func() {
		for i, r := range g.together(wishes) {
			answers[i] <- r
		}
	}()
}

// commit runs a change of the ledger and returns when it is on disk.
type commit func(ctx context.Context, run func(*ledger.Tx) error) error

// commits gathers the crew's changes of the ledger.
func (c *crew) commits(ctx context.Context, l *ledger.Ledger, enough int) commit {
	g := newGathering(c, enough, func(runs []func(*ledger.Tx) error) []error { return l.DoAll(ctx, runs) })
	return func(_ context.Context, run func(*ledger.Tx) error) error { return g.do(run) }
}

// files is an endpoint. As a crew has it, what many do to it at once is done together and shares the syncs.
type files struct {
	*transports.Endpoint
	stages    *gathering[transports.Draft, error]
	publishes *gathering[transports.Renaming, error]
	moves     *gathering[transports.Renaming, transports.Moved]
}

// files gives an endpoint as the crew uses it.
func (c *crew) files(ctx context.Context, e *transports.Endpoint) *files {
	c.mu.Lock()
	f, ok := c.endpoints[e]
	c.mu.Unlock()
	if ok {
		return f
	}
	f = &files{e,
		newGathering(c, manyFiles, func(all []transports.Draft) []error { return e.StageAll(ctx, all) }),
		newGathering(c, manyFiles, func(all []transports.Renaming) []error { return e.PublishAll(ctx, all) }),
		newGathering(c, manyFiles, func(all []transports.Renaming) []transports.Moved { return e.MoveAll(ctx, all) })}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.endpoints == nil {
		c.endpoints = map[*transports.Endpoint]*files{}
	}
	c.endpoints[e] = f // of two who came at once, both may go on with their own
	return f
}

// manyFiles is how many files are enough to be done together.
const manyFiles = 512

// Stage is that of the endpoint.
func (f *files) Stage(ctx context.Context, temp string, body io.Reader, size int64) (int64, error) {
	if f.stages == nil {
		return f.Endpoint.Stage(ctx, temp, body, size)
	}
	return size, f.stages.do(transports.Draft{Temp: temp, Body: body, Size: size})
}

// Publish is that of the endpoint.
func (f *files) Publish(ctx context.Context, temp, final string) error {
	if f.publishes == nil {
		return f.Endpoint.Publish(ctx, temp, final)
	}
	return f.publishes.do(transports.Renaming{From: temp, To: final})
}

// Move is that of the endpoint.
func (f *files) Move(ctx context.Context, from, to string) (string, error) {
	if f.moves == nil {
		return f.Endpoint.Move(ctx, from, to)
	}
	moved := f.moves.do(transports.Renaming{From: from, To: to})
	return moved.Name, moved.Err
}
