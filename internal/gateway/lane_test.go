package gateway

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// The next of a key is made ready while the one before it is recorded; it must not go out sooner.
func TestNothingGoesOutBeforeWhatStandsBeforeItIsRecorded(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "ledger.db"))
	ids := f.plan("A", "A", "A", "A", "A")
	f.target.steps = func(d *flow.Delivery) []flow.Step {
		return []flow.Step{{Name: "call", Do: func(context.Context, flow.Evidence) (flow.Report, error) {
			for _, id := range ids {
				before, _ := f.delivery(id)
				if id < d.ID && before.State != ledger.DeliveryDone {
					t.Errorf("d%d goes out while d%d is %s", d.ID, id, before.State)
				}
			}
			f.target.did("call")
			return flow.Report{}, nil
		}}}
	}
	f.drain()
	if len(f.target.log) != len(ids) {
		t.Errorf("%d calls", len(f.target.log))
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
