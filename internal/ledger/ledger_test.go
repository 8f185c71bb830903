package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/ledger"
)

var start = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

// The suite runs on both databases. Each test uses names of its own, so that one database serves all.
func TestSQLite(t *testing.T) {
	t.Parallel()
	fresh := func(t *testing.T) ledger.Options {
		return ledger.Options{Dialect: "sqlite", DSN: filepath.Join(t.TempDir(), "ledger.db")}
	}
	suite(t, fresh)
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	dsn := startPostgres(t)
	databases := 0
	fresh := func(t *testing.T) ledger.Options {
		databases++
		return ledger.Options{Dialect: "postgres", DSN: newDatabase(t, dsn, fmt.Sprintf("ledger%d", databases))}
	}
	suite(t, fresh)
	t.Run("connections that the server cuts are opened anew", func(t *testing.T) { cutConnections(t, fresh(t)) })
}

type db struct {
	*ledger.Ledger
}

func (l db) do(t *testing.T, fn func(*ledger.Tx) error) {
	t.Helper()
	if err := l.Do(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func suite(t *testing.T, fresh func(*testing.T) ledger.Options) {
	o := fresh(t)
	open := func(t *testing.T) db {
		t.Helper()
		l, err := ledger.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return db{l}
	}
	for name, test := range map[string]func(*testing.T, db){
		"looks count while nothing changes and start anew when it does": looks,
		"many changes share a commit and an error undoes only its own":  groupCommit,
		"changes given together share a commit":                         together,
		"control numbers are given once":                                controlNumbers,
		"deliveries are queued in order and released together":          queue,
		"an effect happens once":                                        effects,
		"baseline parts keep the order of their commits":                baseline,
		"a lease has one owner and fences the last":                     leases,
		"what was recorded is found by what people know":                search,
		"a platform's object is known by name and version":              versions,
		"blobs, cursors, look-ups, findings and attempts come back":     rows,
		"an arrival is due when its last delivery has ended":            endings,
		"order items are open until they end":                           orderItems,
		"what a restored partner got is found by when it may have":      restores,

		"a panic comes back with its value and place":             panics,
		"a closure that ends its goroutine harms nobody":          goexit,
		"a caller who gives up before its turn leaves nothing":    givingUp,
		"after a fault of the database a change is rolled back":   broken,
		"a view reads one state and cannot write":                 views,
		"a transaction is of no use after its closure":            usedLate,
		"messages are replaced by number and flow":                messages,
		"the row guard sees the last processed file of a flow":    lastRows,
		"documents are found by key, delivery and age":            documents,
		"files are unfetched until they are marked":               fetched,
		"control numbers find their delivery, with leading zeros": findControl,
		"a series counts from one":                                series,
		"events are listed by what they belong to":                events,
		"profile versions are recorded once":                      profileVersions,
		"arrivals are chosen by every part of a filter":           arrivals,
		"a lease is renewed, expires and is given back":           leaseLife,
		"odd texts are kept as far as both databases can":         oddTexts,
		"progress is written and the rest of a row stays":         progress,
		"a search knows every way in":                             searches,
		"what must be in the archive is listed once":              archived,
		"listings agree with a plain map":                         lookModel,
		"a listing of ten thousand names costs few statements":    manyLooks,
		"ids follow the order of the changes":                     ids,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
	for name, test := range map[string]func(*testing.T, ledger.Options){
		"killed processes lose no answered change":       killed,
		"two processes share one ledger":                 twoProcesses,
		"a new ledger is opened by several at once":      openedTogether,
		"a ledger of a newer version is refused":         newer,
		"all that was queued is answered when it closes": closing,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh(t)) })
	}
	t.Run("what was answered is there after a restart", func(t *testing.T) {
		l, err := ledger.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Do(t.Context(), func(tx *ledger.Tx) error { return tx.SetCursor("restart", "42") }); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := l.Do(t.Context(), func(*ledger.Tx) error { return nil }); !errors.Is(err, ledger.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		again := open(t)
		again.do(t, func(tx *ledger.Tx) error {
			if c, err := tx.Cursor("restart"); c != "42" || err != nil {
				t.Errorf("%q %v", c, err)
			}
			return nil
		})
	})
}

func arrival(tx *ledger.Tx, name string) (ledger.Arrival, error) {
	a := ledger.Arrival{Partner: "p", Source: "p/erp:" + name, Name: name, State: ledger.ArrivalReleased, Size: 3, ModTime: start}
	return a, tx.InsertArrival(&a)
}

func looks(t *testing.T, l db) {
	look := func(at time.Duration, names map[string]int64) []ledger.Arrival {
		t.Helper()
		var seen []ledger.Look
		for name, size := range names {
			seen = append(seen, ledger.Look{Name: name, Size: size, ModTime: start})
		}
		var known []ledger.Arrival
		l.do(t, func(tx *ledger.Tx) error {
			if err := tx.Look("looks", "p", seen, start.Add(at)); err != nil {
				return err
			}
			var err error
			known, err = tx.Arrivals(ledger.ArrivalFilter{Source: "looks", States: []ledger.ArrivalState{ledger.ArrivalSeen}})
			return err
		})
		slices.SortFunc(known, func(a, b ledger.Arrival) int { return len(a.Name) - len(b.Name) })
		return known
	}
	look(0, map[string]int64{"A": 1, "BB": 1, "CCC": 1})
	got := look(time.Minute, map[string]int64{"A": 1, "BB": 2})
	if len(got) != 2 || got[0].Looks != 2 || got[0].LastLook.Sub(got[0].FirstLook) != time.Minute {
		t.Fatalf("%+v", got)
	}
	if got[1].Looks != 1 || !got[1].FirstLook.Equal(start.Add(time.Minute)) || got[1].Size != 2 {
		t.Errorf("a file that grew: %+v", got[1])
	}
}

func groupCommit(t *testing.T, l db) {
	before := l.Commits()
	var wg sync.WaitGroup
	fault := errors.New("mine alone")
	errs := make([]error, 200)
	for i := range errs {
		wg.Go(func() {
			errs[i] = l.Do(context.WithoutCancel(t.Context()), func(tx *ledger.Tx) error {
				if err := tx.SetCursor(fmt.Sprintf("group %d", i), "x"); err != nil {
					return err
				}
				if i%10 == 3 {
					return fault
				}
				if i == 7 {
					panic("mine too")
				}
				return nil
			})
		})
	}
	wg.Wait()
	if n := l.Commits() - before; n >= 200 || n < 1 {
		t.Errorf("%d commits for 200 changes", n)
	}
	l.do(t, func(tx *ledger.Tx) error {
		for i, got := range errs {
			value, err := tx.Cursor(fmt.Sprintf("group %d", i))
			if err != nil {
				return err
			}
			failed := i%10 == 3 || i == 7
			if (got != nil) != failed || (value == "") != failed {
				t.Errorf("change %d: %v, left %q", i, got, value)
			}
		}
		return nil
	})
}

func together(t *testing.T, l db) {
	before := l.Commits()
	fault := errors.New("mine alone")
	var runs []func(*ledger.Tx) error
	for i := range 100 {
		runs = append(runs, func(tx *ledger.Tx) error {
			if i == 40 {
				return fault
			}
			_, err := tx.NextNumber("together")
			return err
		})
	}
	for i, err := range l.DoAll(t.Context(), runs) {
		if (err != nil) != (i == 40) {
			t.Errorf("change %d: %v", i, err)
		}
	}
	if n := l.Commits() - before; n != 1 {
		t.Errorf("%d commits for 100 changes given together", n)
	}
}

func controlNumbers(t *testing.T, l db) {
	var mu sync.Mutex
	var got []int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			err := l.Do(context.WithoutCancel(t.Context()), func(tx *ledger.Tx) error {
				n, err := tx.ReserveControl("us", "them")
				if err != nil || i%5 == 0 {
					return errors.Join(err, errors.New("rolled back"))
				}
				mu.Lock()
				defer mu.Unlock()
				got = append(got, n)
				return nil
			})
			_ = err // every fifth is meant to fail
		})
	}
	wg.Wait()
	slices.Sort(got)
	if len(got) != 40 || len(slices.Compact(slices.Clone(got))) != 40 {
		t.Errorf("%v", got)
	}
}

func queue(t *testing.T, l db) {
	var ids []int64
	var a ledger.Arrival
	l.do(t, func(tx *ledger.Tx) error {
		var err error
		if a, err = arrival(tx, "queue"); err != nil {
			return err
		}
		for i := range 3 {
			d := ledger.Delivery{Arrival: a.ID, Flow: "p/f", Target: "queue", Kind: "stock", Key: fmt.Sprint(i), Effect: fmt.Sprintf("queue/%d", i), State: ledger.DeliveryPlanned, Docs: []byte("{}\n")}
			if err := tx.InsertDelivery(&d); err != nil {
				return err
			}
			ids = append(ids, d.ID)
		}
		q, err := tx.Queue("queue", 0, 10)
		if len(q) != 0 {
			t.Errorf("planned deliveries are queued: %v", q)
		}
		return err
	})
	l.do(t, func(tx *ledger.Tx) error {
		if n, err := tx.Release(a.ID); n != 3 || err != nil {
			t.Errorf("released %d, %v", n, err)
		}
		q, err := tx.Queue("queue", ids[0], 10)
		if len(q) != 2 || q[0].ID != ids[1] || q[1].ID != ids[2] {
			t.Errorf("%v behind %d", q, ids[0])
		}
		if done, err := tx.Finished(a.ID); done || err != nil {
			t.Errorf("finished: %v, %v", done, err)
		}
		if done, err := tx.Finished(a.ID + 1000); !done || err != nil {
			t.Errorf("an arrival without deliveries is not finished, %v", err)
		}
		if state, _, err := tx.DeliveryState(ids[0]); state != ledger.DeliveryReady || err != nil {
			t.Errorf("state %q, %v", state, err)
		}
		if _, _, err := tx.DeliveryState(1 << 60); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("state of nothing: %v", err)
		}
		return err
	})
	l.do(t, func(tx *ledger.Tx) error {
		d, err := tx.Delivery(ids[0])
		if err != nil {
			return err
		}
		d.State, d.DoneAt = ledger.DeliveryDone, start
		if err := tx.UpdateDelivery(&d); err != nil {
			return err
		}
		gone, err := tx.Supersede("p/f", "queue", "stock", a.ID+1)
		if !slices.Equal(gone, ids[1:]) {
			t.Errorf("superseded %v, want %v", gone, ids[1:])
		}
		return err
	})
}

func effects(t *testing.T, l db) {
	insert := func() error {
		return l.Do(t.Context(), func(tx *ledger.Tx) error {
			return tx.InsertDelivery(&ledger.Delivery{Flow: "p/f", Target: "effects", Kind: "order", Effect: "effects/1", State: ledger.DeliveryReady})
		})
	}
	if err := insert(); err != nil {
		t.Fatal(err)
	}
	if err := insert(); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("the same effect again: %v", err)
	}
}

func baseline(t *testing.T, l db) {
	for i := range 3 {
		l.do(t, func(tx *ledger.Tx) error { return tx.AppendBaseline("b", int64(i), []byte{byte('a' + i)}) })
	}
	l.do(t, func(tx *ledger.Tx) error {
		b, err := tx.Baseline("b")
		if len(b.Parts) != 3 || string(slices.Concat(b.Parts...)) != "abc" || b.Snapshot != "" {
			t.Errorf("%+v", b)
		}
		if err != nil {
			return err
		}
		return tx.SetBaseline("b", "hash", 7, b.LastPart)
	})
	l.do(t, func(tx *ledger.Tx) error {
		if err := tx.AppendBaseline("b", 9, []byte("d")); err != nil {
			return err
		}
		b, err := tx.Baseline("b")
		if len(b.Parts) != 1 || string(b.Parts[0]) != "d" || b.Snapshot != "hash" || b.Rows != 7 {
			t.Errorf("%+v", b)
		}
		return err
	})
}

func leases(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		first, ok, err := tx.Lease("shop", "one", time.Hour, false)
		if !ok || err != nil {
			t.Fatalf("%v %v", ok, err)
		}
		if _, ok, err := tx.Lease("shop", "two", time.Hour, false); ok || err != nil {
			t.Errorf("a second owner: %v %v", ok, err)
		}
		if _, ok, err := tx.Lease("shop", "two", time.Hour, true); !ok || err != nil {
			t.Errorf("taken over: %v %v", ok, err)
		}
		if err := tx.CheckLease("shop", "one", first); !errors.Is(err, ledger.ErrFenced) {
			t.Errorf("the first owner is not fenced: %v", err)
		}
		return nil
	})
}

func search(t *testing.T, l db) {
	hash := "ab12cd34" + fmt.Sprintf("%056d", 0)
	var a ledger.Arrival
	var doc ledger.Document
	l.do(t, func(tx *ledger.Tx) error {
		var err error
		if a, err = arrival(tx, "STOCK Übersicht.CSV"); err != nil {
			return err
		}
		a.Hash = hash
		if err := tx.UpdateArrival(&a); err != nil {
			return err
		}
		doc = ledger.Document{Arrival: a.ID, N: 1, Flow: "p/orders", Kind: "order", Key: "10234", State: "planned"}
		if err := tx.InsertDocument(&doc); err != nil {
			return err
		}
		return tx.PutKey("order.lines", "10234/10", doc.ID, "BG-1001")
	})
	l.do(t, func(tx *ledger.Tx) error {
		for term, want := range map[string]string{"STOCK Übersicht.CSV": "arrival", hash: "arrival", hash[:8]: "arrival", "10234": "document", "10234/10": "document"} {
			hits, err := tx.Search(term)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(hits, func(h ledger.Hit) bool {
				return h.Kind == want && (h.ID == a.ID || h.ID == doc.ID)
			}) {
				t.Errorf("%q: %+v", term, hits)
			}
		}
		keys, err := tx.Keys("order.lines", "10234/10")
		if len(keys) != 1 || keys[0].Data != "BG-1001" {
			t.Errorf("%+v", keys)
		}
		return err
	})
}

func versions(t *testing.T, l db) {
	insert := func(version string) error {
		return l.Do(t.Context(), func(tx *ledger.Tx) error {
			return tx.InsertArrival(&ledger.Arrival{Source: "shop:order", Name: "order/1", Version: version, State: ledger.ArrivalArchived})
		})
	}
	if err := errors.Join(insert("t1"), insert("t2")); err != nil {
		t.Fatal(err)
	}
	if err := insert("t1"); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("the same version again: %v", err)
	}
	err := l.View(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.ArrivalByVersion("shop:order", "order/1", "t3")
		return err
	})
	if !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("an unknown version: %v", err)
	}
}

func rows(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		data := make([]byte, 5000) // compresses
		if err := tx.PutBlob("blob", data); err != nil {
			return err
		}
		if err := tx.PutBlob("blob", data); err != nil {
			return err
		}
		if got, ok, err := tx.Blob("blob"); !ok || len(got) != 5000 || err != nil {
			t.Errorf("blob: %d %v %v", len(got), ok, err)
		}
		a, err := arrival(tx, "rows")
		if err != nil {
			return err
		}
		if err := tx.AddFindings(a.ID, 0, "p/f", finding.List{{Rule: "x.y", Severity: finding.Warning, Message: "odd", Place: finding.Place{Line: 3}}}); err != nil {
			return err
		}
		if got, err := tx.Findings(a.ID); len(got) != 1 || got[0].Flow != "p/f" || err != nil {
			t.Errorf("findings: %+v %v", got, err)
		}
		try := ledger.Attempt{Owner: "arrival", ID: a.ID, Step: "move", N: 1, State: "started", StartedAt: start}
		if err := tx.PutAttempt(&try); err != nil {
			return err
		}
		try.State, try.EndedAt, try.Evidence = "done", start.Add(time.Second), []byte(`{"a":"b"}`)
		if err := tx.PutAttempt(&try); err != nil {
			return err
		}
		got, err := tx.Attempts("arrival", a.ID)
		if len(got) != 1 || got[0].State != "done" || !got[0].EndedAt.Equal(try.EndedAt) || string(got[0].Evidence) != `{"a":"b"}` {
			t.Errorf("attempts: %+v", got)
		}
		return err
	})
}
