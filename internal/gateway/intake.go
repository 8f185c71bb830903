package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

// Limits of how many arrivals of one source are walked at once: so many small ones, and of large ones two. An arrival
// counts once for each unit of its size.
const (
	inParallel = 512
	unitSize   = 16 << 10
)

// takeIn looks at a source once: what is complete is taken, and what an earlier process left is taken up again. It gives
// how many arrivals moved.
func (g *Gateway) takeIn(ctx context.Context, in *intake) (int, error) {
	if in.quiet(g.Now()) {
		return 0, nil
	}
	src, err := g.source(ctx, in)
	if err != nil {
		return 0, err
	}
	if err := g.begin(ctx, in, src); err != nil {
		return 0, err
	}
	moved, err := g.carryOn(ctx, in, src)
	if err != nil {
		return moved, err
	}
	cursor, err := g.cursor(ctx, in)
	if err != nil {
		return moved, err
	}
	fresh, failed := g.look(ctx, in, src, cursor)
	return moved + len(fresh), errors.Join(failed, g.walkAll(ctx, in, src, fresh))
}

// quiet tells whether a folder is not to be touched now: one of its flows has the ERP's quiet hours.
func (in *intake) quiet(now time.Time) bool {
	return in.folder && slices.ContainsFunc(in.flows, func(f *profiles.Flow) bool {
		opens, _ := f.Schedule.Opens(now)
		return opens.After(now)
	})
}

// journey is an arrival on its way, with what is at hand of it.
type journey struct {
	*ledger.Arrival
	commit  commit
	ordered bool                   // its place among the others counts
	next    bool                   // no other is to be planned before it
	first   func(*ledger.Tx) error // what its next commit has to write before all else: that it is archived
	body    []byte                 // the bytes of a small one that was archived a moment ago, of which nothing was planned
	reading *reading               // of a large one, see there
	ending  *ending                // of one that was released and has nothing unfinished any more
}

// takeReading gives what was read while the arrival was archived; false when nothing was.
func (j *journey) takeReading() (*planner, finding.List, bool) {
	r := j.reading
	j.reading = nil
	return r.result()
}

// walkAll walks arrivals, many at once. What is a snapshot of stock is planned one after the other, in the source's order:
// each is compared with what the one before it left, and an older one must not win.
func (g *Gateway) walkAll(ctx context.Context, in *intake, src flow.Source, all []ledger.Arrival) error {
	crew := &crew{}
	commit := crew.commits(ctx, g.Ledger, inParallel)
	if f, ok := src.(*folderSource); ok {
		src = f.gathered(ctx, crew)
	}
	journeys := make([]*journey, len(all))
	var ordered []*journey
	for i := range all {
		journeys[i] = &journey{Arrival: &all[i], commit: commit, ordered: in.ordered(all[i].Name)}
		if journeys[i].ordered {
			ordered = append(ordered, journeys[i])
		}
	}
	if len(ordered) > 0 {
		ordered[0].next = true
		defer func() { ordered[0].reading.drop() }()
	}
	if err := g.claimAll(ctx, src, journeys); err != nil {
		return err
	}
	err := g.inParallel(ctx, crew, journeys, func(ctx context.Context, j *journey) error {
		if !j.ordered {
			return g.walk(ctx, in, src, j, ledger.ArrivalReleased)
		}
		err := g.walk(ctx, in, src, j, ledger.ArrivalArchived)
		if !j.next {
			j.body = nil // many may have to wait
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, j := range ordered {
		if j.State != ledger.ArrivalArchived && j.State != ledger.ArrivalPlanned {
			continue
		}
		if err := g.walk(ctx, in, src, j, ledger.ArrivalReleased); err != nil {
			return err
		}
		if j.State == ledger.ArrivalArchived || j.State == ledger.ArrivalPlanned {
			break // it has to wait, and those behind it with it
		}
	}
	released := slices.DeleteFunc(journeys, func(j *journey) bool { return j.State != ledger.ArrivalReleased })
	for some := range slices.Chunk(released, inParallel) {
		if err := g.readEndings(ctx, in, some); err != nil {
			return err
		}
		err := g.inParallel(ctx, crew, some, func(ctx context.Context, j *journey) error { return g.walk(ctx, in, src, j, "") })
		if err != nil {
			return err
		}
	}
	return nil
}

// inParallel walks many arrivals at once, as many as memory allows, so that their commits are grouped.
func (g *Gateway) inParallel(ctx context.Context, crew *crew, all []*journey, do func(context.Context, *journey) error) error {
	group, inner := errgroup.WithContext(ctx)
	room := semaphore.NewWeighted(inParallel)
	for _, j := range all {
		weight := min(1+j.Size/unitSize, inParallel/2)
		if room.Acquire(inner, weight) != nil {
			break // the group knows why
		}
		crew.join()
		group.Go(func() error {
			defer room.Release(weight)
			defer crew.leave()
			return do(inner, j)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// ordered tells whether a file may hold stock, so that its place among the others counts.
func (in *intake) ordered(name string) bool {
	return slices.ContainsFunc(in.flowsFor(name), func(f *profiles.Flow) bool { return f.From.Kind == document.Stock })
}

// carryOn takes up what is on its way: after a restart, and when deliveries have ended.
func (g *Gateway) carryOn(ctx context.Context, in *intake, src flow.Source) (int, error) {
	answers, err := g.answerDecided(ctx, in)
	if err != nil {
		return answers, err
	}
	var due []ledger.Arrival
	err = g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if due, err = tx.Due(in.id, g.Now(), 0); err != nil {
			return err
		}
		waiting, err := g.judgedOtherwise(tx, in)
		for _, w := range waiting {
			if !slices.ContainsFunc(due, func(a ledger.Arrival) bool { return a.ID == w.ID }) {
				due = append(due, w)
			}
		}
		return err
	})
	if err != nil {
		return answers, err
	}
	return answers + len(due), g.walkAll(ctx, in, src, due)
}

// cursor gives where a source's look starts.
func (g *Gateway) cursor(ctx context.Context, in *intake) (cursor string, err error) {
	err = g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		cursor, err = tx.Cursor(in.id)
		return err
	})
	return cursor, err
}

// walk takes an arrival as far as it goes by itself, or to a state. What stops it for now is recorded and tried again.
func (g *Gateway) walk(ctx context.Context, in *intake, src flow.Source, j *journey, upto ledger.ArrivalState) error {
	var err error
	a := j.Arrival
	for err == nil && a.State != upto {
		before := a.State
		switch a.State {
		case ledger.ArrivalClaimed:
			err = g.archive(ctx, in, src, j)
		case ledger.ArrivalArchived, ledger.ArrivalPlanned, ledger.ArrivalWaiting:
			if err = g.plan(ctx, in, j); err != nil && j.first != nil {
				err = errors.Join(err, j.saveArchived(ctx))
			}
			j.first, j.body = nil, nil
		case ledger.ArrivalReleased:
			err = g.settle(ctx, in, src, j)
		}
		if a.State == before || a.State == ledger.ArrivalWaiting {
			break
		}
	}
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return g.delay(ctx, a, err)
}

// delay records why an arrival does not go on, and when it is tried again.
func (g *Gateway) delay(ctx context.Context, a *ledger.Arrival, cause error) error {
	g.Log.Warn("arrival has to wait", "arrival", a.ID, "name", transports.DisplayName(a.Name), "state", a.State, "error", cause)
	f := flow.FailureOf(cause)
	err := g.Ledger.Do(ctx, func(tx *ledger.Tx) error {
		now, err := tx.Arrival(a.ID)
		if err != nil {
			return err
		}
		now.Tries++
		if now.Outcome == "" { // else the reason is that of the outcome, and the attempt holds the cause
			now.Reason = cause.Error()
		}
		now.RunAt = g.Now().Add(max(f.After, backOff(retry{First: 5 * time.Second, Max: 10 * time.Minute}, now.Tries)))
		return tx.UpdateArrival(&now)
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("arrival a%d: %w", a.ID, err)
	}
	return ctx.Err()
}

// save commits an arrival's row.
func (j *journey) save(ctx context.Context, more ...func(*ledger.Tx) error) error {
	return j.commit(ctx, func(tx *ledger.Tx) error {
		for _, m := range more {
			if err := m(tx); err != nil {
				return err
			}
		}
		return tx.UpdateArrival(j.Arrival)
	})
}

// saveArchived records that a file is archived whose plan failed. Where only the answer to the plan's commit was lost the plan
// stands.
func (j *journey) saveArchived(ctx context.Context) error {
	return j.commit(ctx, func(tx *ledger.Tx) error {
		now, err := tx.Arrival(j.ID)
		if err != nil || now.State != ledger.ArrivalClaimed {
			return err
		}
		return errors.Join(j.first(tx), tx.UpdateArrival(j.Arrival))
	})
}

// claimAll commits where files will lie; then each is renamed there. After a crash it is looked for in both places.
func (g *Gateway) claimAll(ctx context.Context, src flow.Source, all []*journey) error {
	seen := slices.DeleteFunc(slices.Clone(all), func(j *journey) bool { return j.State != ledger.ArrivalSeen })
	for some := range slices.Chunk(seen, inParallel) {
		err := g.Ledger.Do(ctx, func(tx *ledger.Tx) error {
			for _, j := range some {
				claimed := *j.Arrival
				claimed.Path, claimed.State, claimed.RemainderOf = src.(*folderSource).claimPath(claimed), ledger.ArrivalClaimed, restOf(claimed.Name)
				if err := tx.AdvanceArrival(&claimed); err != nil {
					return err
				}
				*j.Arrival = claimed
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("claim %d files: %w", len(some), err)
		}
	}
	return nil
}

// archive takes a claimed file's bytes; small ones that are planned at once go to the archive in the commit of the plan. A
// file that changed since it was looked at is looked at again where it lies now.
func (g *Gateway) archive(ctx context.Context, in *intake, src flow.Source, j *journey) error {
	f, a := src.(*folderSource), j.Arrival
	gone, err := f.claim(ctx, *a)
	switch {
	case gone:
		a.State, a.Outcome, a.Reason, a.SettledAt = ledger.ArrivalSettled, string(flow.Rejected), "the file was gone before it could be taken", g.Now()
		return j.save(ctx)
	case err != nil && transports.KindOf(err) == driver.Denied:
		if err := j.takeInPlace(ctx, f); err != nil {
			return err
		}
	case err != nil:
		return folderFailure(err)
	}
	var e driver.Entry
	if a.Size > archive.SmallLimit { // else it is soon enough to find out when it is read
		if e, err = f.endpoint.Stat(ctx, storedName(a.Path)); err != nil {
			return folderFailure(err)
		}
		if changed(a, e) {
			return g.grew(ctx, f, j, e)
		}
	}
	r, err := src.Open(ctx, flow.Arrival{Name: a.Name, Size: a.Size, Path: a.Path})
	if err != nil {
		return folderFailure(err)
	}
	if j.next && a.Size > archive.SmallLimit {
		j.reading, r = g.readAhead(ctx, in, j, r)
	}
	taken, failed := g.Archive.Take(ctx, r)
	failed = errors.Join(failed, r.Close())
	if e, err = f.endpoint.Stat(ctx, storedName(a.Path)); err != nil {
		return folderFailure(err)
	}
	if changed(a, e) {
		return g.grew(ctx, f, j, e)
	}
	if failed != nil {
		return flow.Later(0, failed)
	}
	a.Hash, a.State, a.Reason, a.Tries = taken.Hash, ledger.ArrivalArchived, "", 0
	j.body = taken.Small
	put := func(tx *ledger.Tx) error {
		if taken.Small == nil {
			return nil
		}
		return tx.PutBlob(taken.Hash, taken.Small)
	}
	if taken.Small != nil && !j.ordered { // it is planned at once
		j.first = put
		return nil
	}
	if err = j.save(ctx, put); err != nil {
		a.State = ledger.ArrivalClaimed
	}
	return err
}

// takeInPlace takes a file that may not be renamed where it lies. Later looks leave it out.
func (j *journey) takeInPlace(ctx context.Context, f *folderSource) error {
	j.Path = path.Join(f.folder, j.Name)
	return j.save(ctx, func(tx *ledger.Tx) error { return tx.SetCursor(f.id, takenInPlace) })
}

func changed(a *ledger.Arrival, e driver.Entry) bool {
	return differs(a.Size, a.ModTime, e.Size, e.ModTime)
}

// grew starts the looks anew at a file that is still written.
func (g *Gateway) grew(ctx context.Context, f *folderSource, j *journey, e driver.Entry) error {
	a := j.Arrival
	a.Size, a.ModTime, a.Looks, a.FirstLook = e.Size, e.ModTime, 1, g.Now()
	a.Reason, a.RunAt = "the file changed after it was listed: waiting until it is complete", g.Now().Add(f.stableFor)
	return j.save(ctx)
}

// open reads an arrival's bytes from the archive.
func (g *Gateway) open(ctx context.Context, hash string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return g.Archive.Open(ctx, hash) }
}

// flowsFor gives the flows of an intake that a name fits.
func (in *intake) flowsFor(name string) []*profiles.Flow {
	if !in.folder {
		return in.flows
	}
	var fit []*profiles.Flow
	for _, f := range in.flows {
		if f.From.Matches(name) {
			fit = append(fit, f)
		}
	}
	return fit
}
