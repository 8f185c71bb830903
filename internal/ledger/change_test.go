package ledger_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
)

func cursorOf(t *testing.T, l db, source string) (value string) {
	t.Helper()
	err := l.View(t.Context(), func(tx *ledger.Tx) (err error) {
		value, err = tx.Cursor(source)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// held keeps the writer busy, so that what comes in the meantime shares the next commit. free lets it go on.
func held(t *testing.T, l db) (free func()) {
	t.Helper()
	running, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- l.Do(context.Background(), func(*ledger.Tx) error {
			close(running)
			<-release
			return nil
		})
	}()
	<-running
	return func() {
		close(release)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func panics(t *testing.T, l db) {
	err := l.Do(t.Context(), func(tx *ledger.Tx) error {
		if err := tx.SetCursor("panics", "x"); err != nil {
			return err
		}
		panic("mine")
	})
	p, ok := errors.AsType[*ledger.PanicError](err)
	if !ok || p.Value != "mine" || len(p.Stack) == 0 {
		t.Errorf("got %v", err)
	}
	if got := cursorOf(t, l, "panics"); got != "" {
		t.Errorf("left %q", got)
	}
}

func goexit(t *testing.T, l db) {
	for range 3 {
		err := l.Do(t.Context(), func(tx *ledger.Tx) error {
			_ = tx.SetCursor("goexit", "x")
			runtime.Goexit()
			return nil
		})
		if !errors.Is(err, ledger.ErrAborted) {
			t.Errorf("got %v", err)
		}
		l.do(t, func(tx *ledger.Tx) error { return tx.SetCursor("after goexit", "y") })
	}
	if got := cursorOf(t, l, "goexit"); got != "" {
		t.Errorf("left %q", got)
	}
}

func givingUp(t *testing.T, l db) {
	free := held(t, l)
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error, 1)
	go func() {
		answer <- l.Do(ctx, func(tx *ledger.Tx) error { return tx.SetCursor("given up", "x") })
	}()
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) { // while the writer is still busy
		t.Errorf("got %v", err)
	}
	free()
	l.do(t, func(*ledger.Tx) error { return nil })
	if got := cursorOf(t, l, "given up"); got != "" {
		t.Errorf("left %q", got)
	}
}

// A closure that overlooks an error of the database must not have the rest of its changes kept.
func broken(t *testing.T, l db) {
	for _, neighbours := range []int{0, 5} {
		free := func() {}
		if neighbours > 0 {
			free = held(t, l)
		}
		var wg sync.WaitGroup
		for i := range neighbours {
			wg.Go(func() {
				if err := l.Do(context.Background(), func(tx *ledger.Tx) error { return tx.SetCursor("neighbour"+string(rune('0'+i)), "x") }); err != nil {
					t.Errorf("a neighbour: %v", err)
				}
			})
		}
		fault := make(chan error, 1)
		wg.Go(func() {
			fault <- l.Do(context.Background(), func(tx *ledger.Tx) error {
				if err := tx.SetCursor("broken", "before"); err != nil {
					return err
				}
				ledger.Spoil(tx)
				if err := tx.SetCursor("broken", "after"); err == nil {
					t.Error("a broken transaction takes changes")
				}
				return nil
			})
		})
		free()
		wg.Wait()
		if err := <-fault; err == nil {
			t.Error("a broken change was answered as done")
		}
		if got := cursorOf(t, l, "broken"); got != "" {
			t.Errorf("left %q", got)
		}
	}
}

func views(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error { return tx.SetCursor("views", "1") })
	err := l.View(t.Context(), func(tx *ledger.Tx) error {
		first, err := tx.Cursor("views")
		if err != nil {
			return err
		}
		l.do(t, func(tx *ledger.Tx) error { return tx.SetCursor("views", "2") })
		second, err := tx.Cursor("views")
		if first != "1" || second != "1" {
			t.Errorf("a view saw %q, then %q", first, second)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := l.View(t.Context(), func(tx *ledger.Tx) error { return tx.SetCursor("views", "3") }); err == nil {
		t.Error("a view can write")
	}
	if got := cursorOf(t, l, "views"); got != "2" {
		t.Errorf("now %q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.View(ctx, func(*ledger.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context: %v", err)
	}
	for range 20 { // more than there are readers: a cancelled one must give its place back
		ctx, cancel := context.WithCancel(t.Context())
		_ = l.View(ctx, func(tx *ledger.Tx) error {
			cancel()
			_, err := tx.Cursor("views")
			return err
		})
	}
	if got := cursorOf(t, l, "views"); got != "2" {
		t.Errorf("after cancelled views %q", got)
	}
}

func usedLate(t *testing.T, l db) {
	var kept *ledger.Tx
	l.do(t, func(tx *ledger.Tx) error {
		kept = tx
		return nil
	})
	if err := kept.SetCursor("late", "x"); err == nil {
		t.Error("a transaction was used after its closure")
	}
}

func closing(t *testing.T, o ledger.Options) {
	l, err := ledger.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	free := held(t, db{l})
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for i := range 50 {
		wg.Go(func() {
			err := l.Do(context.Background(), func(tx *ledger.Tx) error { _, err := tx.NextNumber("closing"); return err })
			if err != nil && !errors.Is(err, ledger.ErrClosed) {
				t.Errorf("change %d: %v", i, err)
			}
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				done++
			}
		})
	}
	closed := make(chan error, 1)
	go func() { closed <- l.Close() }()
	free()
	wg.Wait()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := l.View(t.Context(), func(*ledger.Tx) error { return nil }); !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("a view after Close: %v", err)
	}
	again, err := ledger.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	db{again}.do(t, func(tx *ledger.Tx) error {
		n, err := tx.NextNumber("closing")
		if n != int64(done+1) {
			t.Errorf("%d changes were answered as done, %d are there", done, n-1)
		}
		return err
	})
}

func leaseLife(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		first, ok, err := tx.Lease("life", "one", time.Hour, false)
		if !ok || err != nil {
			t.Fatalf("%v %v", ok, err)
		}
		if again, ok, err := tx.Lease("life", "one", time.Hour, false); again != first || !ok || err != nil {
			t.Errorf("renewed: epoch %d after %d, %v %v", again, first, ok, err)
		}
		if err := tx.CheckLease("life", "one", first); err != nil {
			t.Errorf("the owner is fenced: %v", err)
		}
		if _, ok, _ := tx.Lease("life", "one", -time.Second, false); !ok { // runs out at once
			t.Error("not renewed")
		}
		second, ok, err := tx.Lease("life", "two", time.Hour, false)
		if second != first+1 || !ok || err != nil {
			t.Errorf("an expired lease: epoch %d after %d, %v %v", second, first, ok, err)
		}
		if err := tx.CheckLease("life", "one", first); !errors.Is(err, ledger.ErrFenced) {
			t.Errorf("the former owner is not fenced: %v", err)
		}
		if err := tx.ReleaseLease("life", "one", first); err != nil {
			t.Error(err)
		}
		if err := tx.CheckLease("life", "two", second); err != nil {
			t.Errorf("the former owner gave away what it had lost: %v", err)
		}
		if err := tx.ReleaseLease("life", "two", second); err != nil {
			t.Error(err)
		}
		third, ok, err := tx.Lease("life", "one", time.Hour, false)
		if third != second+1 || !ok {
			t.Errorf("given back: epoch %d after %d, %v", third, second, ok)
		}
		return err
	})
}
