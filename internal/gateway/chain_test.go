package gateway

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// The next of a key is made ready while the one before it is recorded; it must not go out sooner.
func TestNothingGoesOutBeforeWhatStandsBeforeItIsRecorded(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "ledger.db"))
	var ids []int64
	for range 5 {
		ids = append(ids, f.plan("A")...)
	}
	f.target.steps = func(d *flow.Delivery) []flow.Step {
		return []flow.Step{{Name: "call", Do: func(context.Context, flow.Evidence) (flow.Report, error) {
			f.wantDoneBefore(d.ID, ids)
			f.target.did("call")
			return flow.Report{}, nil
		}}}
	}
	f.drain()
	if len(f.target.log) != len(ids) {
		t.Errorf("%d calls", len(f.target.log))
	}
}

func (f *fixture) wantDoneBefore(id int64, all []int64) {
	f.Helper()
	for _, other := range all {
		if before, _ := f.delivery(other); other < id && before.State != ledger.DeliveryDone {
			f.Errorf("d%d goes out while d%d is %s", id, other, before.State)
		}
	}
}

// The batches of one file need not wait for each other's records, but for each other's answers; the next file waits for
// the records of all: when one was lost, its batch is sent again, and must not come behind newer stock.
func TestBatchesOfOneFileGoOutOneByOneAndThoseOfTheNextFileBehindAll(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "ledger.db"))
	first := f.plan("stock", "stock", "stock", "stock", "stock", "stock")
	second := f.plan("stock", "stock")
	var under atomic.Int64
	f.target.steps = func(d *flow.Delivery) []flow.Step {
		return []flow.Step{{Name: "call", Do: func(context.Context, flow.Evidence) (flow.Report, error) {
			if under.Add(1) > 1 {
				t.Error("two batches are under way at once")
			}
			defer under.Add(-1)
			if d.ID >= second[0] {
				f.wantDoneBefore(second[0], first)
			}
			f.target.did(fmt.Sprint(d.ID))
			return flow.Report{}, nil
		}}}
	}
	f.drain()
	var want []string
	for _, id := range append(first, second...) {
		want = append(want, fmt.Sprint(id))
		if d, _ := f.delivery(id); d.State != ledger.DeliveryDone {
			t.Errorf("d%d is %s", id, d.State)
		}
	}
	if !slices.Equal(f.target.log, want) {
		t.Errorf("went out as %v", f.target.log)
	}
}

// What stands behind a failure was made ready and is left as it is: nothing of it is recorded, not even a try.
func TestWhatStandsBehindAFailureIsNotTried(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "ledger.db"))
	ids := f.plan("A", "A", "B")
	var once sync.Once
	f.target.steps = func(d *flow.Delivery) []flow.Step {
		return []flow.Step{{Name: "call", Do: func(context.Context, flow.Evidence) (r flow.Report, err error) {
			f.target.did(d.Key)
			if d.Key == "A" {
				once.Do(func() { err = errors.New("no") })
			}
			return r, err
		}}}
	}
	f.drain()
	slices.Sort(f.target.log)
	if !slices.Equal(f.target.log, []string{"A", "B"}) {
		t.Errorf("calls %v", f.target.log)
	}
	if d, tries := f.delivery(ids[1]); d.State != ledger.DeliveryReady || d.Tries != 0 || len(tries) > 0 {
		t.Errorf("%+v %v", d, tries)
	}
}
