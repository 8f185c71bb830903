package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// clock is a clock that only tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// scripted is a target whose steps do what a test says, and that remembers what was done.
type scripted struct {
	mu    sync.Mutex
	log   []string
	steps func(d *flow.Delivery) []flow.Step
}

func (s *scripted) did(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, what)
}

func (s *scripted) Needs(*flow.Delivery) []flow.Need { return nil }
func (s *scripted) Lookup(context.Context, string, []string) (map[string]string, time.Duration, error) {
	return nil, 0, nil
}
func (s *scripted) Encode(d *flow.Delivery, f flow.Facts, _ *flow.Trace) ([]byte, []flow.Refusal, finding.List, error) {
	return fmt.Appendf(nil, "%s at %s", d.Key, f.Now().Format(time.RFC3339)), nil, nil, nil
}
func (s *scripted) Steps(d *flow.Delivery, _ []byte) []flow.Step { return s.steps(d) }

type fixture struct {
	*testing.T
	clock  *clock
	ledger *ledger.Ledger
	target *scripted
	lane   *lane
	done   []int64
}

var fast = retry{Tries: 3, First: time.Minute, Max: 10 * time.Minute, For: time.Hour}

func newFixture(t *testing.T, path string) *fixture {
	t.Helper()
	f := &fixture{T: t, clock: newClock(), target: &scripted{}}
	var err error
	f.ledger, err = ledger.Open(t.Context(), ledger.Options{DSN: path, Now: f.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.ledger.Close() })
	c := &courier{ledger: f.ledger, now: f.clock.now, keep: func(_ context.Context, body []byte) (string, func(*ledger.Tx) error, error) {
		hash := hashOf(body)
		return hash, func(tx *ledger.Tx) error { return tx.PutBlob(hash, body) }, nil
	}}
	f.lane = &lane{target: "shop", inFlight: 4, courier: c, ledger: f.ledger, now: f.clock.now, log: slog.New(slog.DiscardHandler),
		settle: func(a int64) { f.done = append(f.done, a) },
		route: func(context.Context, *crew, ledger.Delivery) (route, error) {
			return route{target: f.target, retry: fast, baseline: "stock", settles: time.Minute}, nil
		}}
	return f
}

// plan writes deliveries of one document each, released.
func (f *fixture) plan(keys ...string) (ids []int64) {
	f.Helper()
	err := f.ledger.Do(f.Context(), func(tx *ledger.Tx) error {
		a := ledger.Arrival{Partner: "p", Source: "p/erp:out", Name: "A.CSV", State: ledger.ArrivalReleased}
		if err := tx.InsertArrival(&a); err != nil {
			return err
		}
		for i, key := range keys {
			doc := document.New(document.Stock)
			doc.Set("sku", document.TextValue(key))
			doc.Set("on_hand", document.NumberValue(document.Int(int64(i))))
			d := ledger.Delivery{Arrival: a.ID, Flow: "p/stock", Target: "shop", Kind: "stock", Key: key, Effect: fmt.Sprintf("%d/%s/%d", a.ID, key, i),
				State: ledger.DeliveryReady, Docs: document.AppendLine(nil, doc), Count: 1}
			if err := tx.InsertDelivery(&d); err != nil {
				return err
			}
			ids = append(ids, d.ID)
		}
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	return ids
}

func (f *fixture) drain() time.Time {
	f.Helper()
	next, err := f.lane.drain(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	return next
}

func (f *fixture) delivery(id int64) (d ledger.Delivery, tries []ledger.Attempt) {
	f.Helper()
	err := f.ledger.View(f.Context(), func(tx *ledger.Tx) error {
		var err error
		if d, err = tx.Delivery(id); err != nil {
			return err
		}
		tries, err = tx.Attempts("delivery", id)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return d, tries
}

func TestAFailedKeyHoldsBackItselfAndNoOther(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "ledger.db"))
	fails := true
	f.target.steps = func(d *flow.Delivery) []flow.Step {
		return []flow.Step{{Name: "call", Do: func(context.Context, flow.Evidence) (flow.Report, error) {
			if d.Key == "A" && fails {
				return flow.Report{}, errors.New("connection reset")
			}
			f.target.did(fmt.Sprint(d.Key, d.Docs[0].Get("on_hand").Text()))
			return flow.Report{}, nil
		}}}
	}
	f.plan("A", "B", "A", "C")
	next := f.drain()
	slices.Sort(f.target.log)
	if !slices.Equal(f.target.log, []string{"B1", "C3"}) {
		t.Fatalf("went out: %v", f.target.log)
	}
	if wait := next.Sub(f.clock.now()); wait < 40*time.Second || wait > 80*time.Second {
		t.Errorf("next try in %v, want about a minute", wait)
	}
	fails = false
	f.clock.advance(2 * time.Minute)
	f.drain()
	if got := f.target.log[2:]; !slices.Equal(got, []string{"A0", "A2"}) {
		t.Errorf("then: %v, want A in its order", got)
	}
	if len(f.done) != 1 {
		t.Errorf("the arrival was settled %d times", len(f.done))
	}
}

func TestAnOutageOfAnHourUsesUpNoDelivery(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "ledger.db"))
	up := f.clock.now().Add(time.Hour)
	f.target.steps = func(d *flow.Delivery) []flow.Step {
		return []flow.Step{{Name: "call", Do: func(context.Context, flow.Evidence) (flow.Report, error) {
			if f.clock.now().Before(up) {
				return flow.Report{}, flow.Later(0, errors.New("connection refused"))
			}
			f.target.did(d.Key)
			return flow.Report{}, nil
		}}}
	}
	f.plan("A", "B", "C", "D", "E", "F", "G", "H")
	for len(f.target.log) < 8 {
		next := f.drain()
		if next.IsZero() {
			break
		}
		f.clock.advance(max(next.Sub(f.clock.now()), time.Second))
	}
	slices.Sort(f.target.log)
	if !slices.Equal(f.target.log, []string{"A", "B", "C", "D", "E", "F", "G", "H"}) {
		t.Errorf("went out: %v", f.target.log)
	}
}

func TestWhatNeedsAPersonIsADeadLetterAtOnce(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "ledger.db"))
	f.target.steps = func(*flow.Delivery) []flow.Step {
		return []flow.Step{{Name: "call", Do: func(context.Context, flow.Evidence) (flow.Report, error) {
			f.target.did("called")
			return flow.Report{}, flow.Stop("the shop answered 400")
		}}}
	}
	id := f.plan("A")[0]
	if next := f.drain(); !next.IsZero() {
		t.Errorf("another try at %v", next)
	}
	d, tries := f.delivery(id)
	if d.State != ledger.DeliveryDead || d.Reason != "the shop answered 400" || len(tries) != 1 || len(f.done) != 1 {
		t.Errorf("%s: %q, %d attempts, settled %v", d.State, d.Reason, len(tries), f.done)
	}
}

func TestTriesEndOnlyWhenTheirTimeIsOverToo(t *testing.T) {
	start := newClock().now()
	for _, c := range []struct {
		tries  int
		after  time.Duration
		giveUp bool
	}{{1, 0, false}, {3, time.Minute, false}, {2, 2 * time.Hour, false}, {3, time.Hour, true}} {
		_, why := nextTry(fast, c.tries, start, start.Add(c.after), 0)
		if (why != "") != c.giveUp {
			t.Errorf("%d tries after %v: %q", c.tries, c.after, why)
		}
	}
	at, _ := nextTry(fast, 1, start, start, 17*time.Second)
	if !at.Equal(start.Add(17 * time.Second)) {
		t.Errorf("the target's own wish became %v", at.Sub(start))
	}
}

// A lost answer of a step that must not be repeated: Check decides, and only after the target must have ended the call.
func TestAfterALostAnswerCheckDecides(t *testing.T) {
	for _, c := range []struct {
		name  string
		state flow.State
		want  []string
		ends  string
	}{
		{"done", flow.Done, []string{"do", "check"}, ledger.DeliveryDone},
		{"not done", flow.NotDone, []string{"do", "check", "do"}, ledger.DeliveryDone},
		{"cannot tell", flow.CannotTell, []string{"do", "check"}, ledger.DeliveryHeld},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, filepath.Join(t.TempDir(), "ledger.db"))
			f.target.steps = func(*flow.Delivery) []flow.Step {
				return []flow.Step{{Name: "ship", Once: true,
					Do: func(context.Context, flow.Evidence) (flow.Report, error) {
						f.target.did("do")
						if len(f.target.log) == 1 {
							return flow.Report{}, flow.Lost(errors.New("connection cut"))
						}
						return flow.Report{}, nil
					},
					Check: func(context.Context, flow.Evidence) (flow.State, flow.Report, error) {
						f.target.did("check")
						return c.state, flow.Report{}, nil
					}}}
			}
			id := f.plan("A")[0]
			for range 3 {
				next := f.drain()
				if next.IsZero() {
					break
				}
				f.clock.advance(max(next.Sub(f.clock.now()), 0) + time.Second)
			}
			if !slices.Equal(f.target.log, c.want) {
				t.Errorf("%v, want %v", f.target.log, c.want)
			}
			if d, _ := f.delivery(id); d.State != c.ends {
				t.Errorf("%s: %s, want %s", d.State, d.Reason, c.ends)
			}
		})
	}
}

// What a killed process leaves is "started" without an end: the next process must not repeat it blindly, and must not
// repeat finished steps at all.
func TestAStepThatWasStartedByADeadProcessIsChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	f := newFixture(t, path)
	id := f.plan("A")[0]
	err := f.ledger.Do(t.Context(), func(tx *ledger.Tx) error {
		for _, a := range []ledger.Attempt{
			{Owner: "delivery", ID: id, Step: "stage", N: 1, State: attemptDone, StartedAt: f.clock.now(), Evidence: []byte(`{"temp":"x"}`)},
			{Owner: "delivery", ID: id, Step: "publish", N: 1, State: attemptStarted, StartedAt: f.clock.now()},
		} {
			if err := tx.PutAttempt(&a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.clock.advance(time.Hour)
	f.target.steps = func(*flow.Delivery) []flow.Step {
		return []flow.Step{
			{Name: "stage", Do: func(context.Context, flow.Evidence) (flow.Report, error) {
				f.target.did("stage")
				return flow.Report{}, nil
			}},
			{Name: "publish", Once: true,
				Do: func(context.Context, flow.Evidence) (flow.Report, error) {
					f.target.did("publish")
					return flow.Report{}, nil
				},
				Check: func(_ context.Context, sofar flow.Evidence) (flow.State, flow.Report, error) {
					f.target.did("check " + sofar["temp"])
					return flow.Done, flow.Report{}, nil
				}}}
	}
	f.drain()
	if !slices.Equal(f.target.log, []string{"check x"}) {
		t.Errorf("did %v", f.target.log)
	}
	if d, _ := f.delivery(id); d.State != ledger.DeliveryDone {
		t.Errorf("%s: %s", d.State, d.Reason)
	}
}

func TestTheBaselineMovesByAnswers(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "ledger.db"))
	f.target.steps = func(d *flow.Delivery) []flow.Step {
		return []flow.Step{{Name: "call", Do: func(context.Context, flow.Evidence) (flow.Report, error) {
			switch d.Key {
			case "refused":
				return flow.Report{Refused: []flow.Refusal{{Doc: 0, Key: d.Key, Rule: "x.refused", Message: "no"}}}, nil
			case "dead":
				return flow.Report{}, flow.Stop("no")
			}
			return flow.Report{}, nil
		}}}
	}
	f.plan("accepted", "refused", "dead")
	f.drain()
	var known ledger.Baseline
	err := f.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		var err error
		known, err = tx.Baseline("stock")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	base, err := flow.OpenBaseline(nil, known.Parts)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for base.Next() == nil {
		keys = append(keys, base.Entry().Key)
	}
	if len(known.Parts) != 3 || !slices.Equal(keys, []string{"accepted"}) {
		t.Errorf("%d parts, keys %v", len(known.Parts), keys)
	}
}

func hashOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
