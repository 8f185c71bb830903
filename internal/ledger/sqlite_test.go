package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"modernc.org/sqlite"

	"github.com/batchgate/batchgate/internal/ledger"
)

func TestFullDiskLosesNothingAnsweredAndTheLedgerGoesOn(t *testing.T) {
	cramped := &sqlite.Driver{}
	cramped.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		_, err := conn.ExecContext(context.Background(), "PRAGMA max_page_count = 250", nil) // 1 MB
		return err
	})
	driver := fmt.Sprintf("sqlite-cramped-%p", cramped) // a name is given once, also when tests are repeated
	sql.Register(driver, cramped)
	l, err := ledger.Open(t.Context(), ledger.Options{DSN: filepath.Join(t.TempDir(), "ledger.db"), DriverName: driver})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	data := make([]byte, 3000)
	errs := make([]error, 1000)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			errs[i] = l.Do(context.Background(), func(tx *ledger.Tx) error {
				return errors.Join(tx.PutBlob(fmt.Sprint(i), randomBytes(data, i)), tx.SetCursor(fmt.Sprint("full", i), "1"))
			})
		})
	}
	wg.Wait()
	full := 0
	for i, err := range errs {
		if err != nil {
			full++
			if !errors.Is(err, ledger.ErrFull) {
				t.Fatalf("change %d: %v", i, err)
			}
		}
		_, kept, blobErr := l.Blob(t.Context(), fmt.Sprint(i))
		cursor := cursorOf(t, db{l}, fmt.Sprint("full", i))
		if blobErr != nil || kept != (err == nil) || kept != (cursor == "1") {
			t.Errorf("change %d: answered %v, blob there %v, cursor %q, %v", i, err, kept, cursor, blobErr)
		}
	}
	if full == 0 || full == len(errs) {
		t.Fatalf("%d of %d changes had no room", full, len(errs))
	}
	db{l}.do(t, func(tx *ledger.Tx) error { return ledger.Execute(tx, "DELETE FROM blob_of") })
	if err := l.Do(t.Context(), func(tx *ledger.Tx) error { return tx.PutBlob("room", randomBytes(data, 7777)) }); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// randomBytes gives bytes that do not compress, differing by seed.
func randomBytes(like []byte, seed int) []byte {
	out := make([]byte, len(like))
	x := uint64(seed)*2862933555777941757 + 3037000493
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = byte(x >> 32)
	}
	return out
}

func TestBadFilesAndPathsAreNamed(t *testing.T) {
	dir := t.TempDir()
	noise := filepath.Join(dir, "noise.db")
	if err := os.WriteFile(noise, randomBytes(make([]byte, 8192), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ledger.Open(t.Context(), ledger.Options{DSN: noise})
	if !errors.Is(err, ledger.ErrDamaged) || !strings.Contains(err.Error(), noise) {
		t.Errorf("no database: %v", err)
	}
	missing := filepath.Join(dir, "missing", "ledger.db")
	if _, err := ledger.Open(t.Context(), ledger.Options{DSN: missing}); err == nil || !strings.Contains(err.Error(), "folder must exist") {
		t.Errorf("a missing folder: %v", err)
	}
	for _, o := range []ledger.Options{{}, {DSN: ":memory:"}, {DSN: filepath.Join(dir, "x"), Dialect: "oracle"}} {
		if _, err := ledger.Open(t.Context(), o); err == nil {
			t.Errorf("%+v was opened", o)
		}
	}
	odd := filepath.Join(dir, "Büro 100% #1?.db")
	l, err := ledger.Open(t.Context(), ledger.Options{DSN: odd})
	if err != nil {
		t.Fatalf("an odd path: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(odd); err != nil {
		t.Errorf("the file has another name: %v", err)
	}
}

func TestLockedLedgerIsBusyAndRecovers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, err := ledger.Open(t.Context(), ledger.Options{DSN: path})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	change := func() error { return l.Do(t.Context(), func(tx *ledger.Tx) error { return tx.SetCursor("busy", "1") }) }
	if err := change(); !errors.Is(err, ledger.ErrBusy) {
		t.Errorf("while another process writes: %v", err)
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := change(); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// A table scan where an index should serve is not seen in small tests and hurts after a year of files.
func TestQueriesOfTheLoopsUseAnIndex(t *testing.T) {
	l, err := ledger.Open(t.Context(), ledger.Options{DSN: filepath.Join(t.TempDir(), "ledger.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	db{l}.do(t, func(tx *ledger.Tx) error {
		_, _ = tx.Queue("t", 0, 10)
		_, _ = tx.DeliveriesByID([]int64{1})
		_, _ = tx.AttemptsOf("delivery", []int64{1})
		_, _ = tx.UpdateReady(&ledger.Delivery{ID: 1})
		_, _ = tx.Endings([]int64{1})
		_, _ = tx.Finished(1)
		_, _ = tx.Release(1)
		_, _ = tx.Supersede("f", "t", "k", 1)
		_, _ = tx.Unfetched("t")
		_, _ = tx.Messages(1)
		_, _, _ = tx.LastRows("f")
		_, _ = tx.LatestDocument("f", "k", "1")
		_, _ = tx.Documents(ledger.DocumentFilter{Arrival: 1})
		_, _ = tx.Documents(ledger.DocumentFilter{Delivery: 1})
		_, _ = tx.Keys("s", "v")
		_, _ = tx.Arrival(1)
		_, _ = tx.ArrivalByVersion("s", "n", "v")
		_, _ = tx.Arrivals(ledger.ArrivalFilter{Hash: "h"})
		_, _ = tx.Arrivals(ledger.ArrivalFilter{States: []ledger.ArrivalState{ledger.ArrivalHeld}})
		_, _ = tx.Deliveries(ledger.DeliveryFilter{Arrival: 1})
		_, _ = tx.Deliveries(ledger.DeliveryFilter{States: []string{ledger.DeliveryDead}})
		_, _ = tx.DeliveryByEffect("e")
		_, _ = tx.Attempts("delivery", 1)
		_, _ = tx.Findings(1)
		_, _ = tx.Events(ledger.EventFilter{Arrival: 1})
		_, _ = tx.FindControl("1")
		_, _ = tx.Baseline("b")
		if err := tx.Look("s", "p", []ledger.Look{{Name: "n"}}, start); err != nil {
			return err
		}
		for query, plan := range ledger.Plan(tx) {
			for line := range strings.Lines(plan) {
				if strings.HasPrefix(line, "SCAN") && !strings.Contains(line, "INDEX") && !strings.Contains(line, "VIRTUAL") {
					t.Errorf("%s\nscans a table:\n%s", query, plan)
				}
			}
		}
		return nil
	})
}
