package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
)

// inFlight is how many documents are on their way at the same time.
const inFlight = 256

// BenchmarkDocument carries documents through the ledger, 14 statements each, from 256 goroutines. It reports flushes a
// document, and the time against the same statements in one transaction and against plain rows inserted in one.
func BenchmarkDocument(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		benchmarkDocument(b, ledger.Options{DSN: filepath.Join(b.TempDir(), "ledger.db")}, "sqlite")
	})
	b.Run("postgres", func(b *testing.B) {
		dsn := startPostgres(b)
		benchmarkDocument(b, ledger.Options{Dialect: "postgres", DSN: dsn}, "pgx")
	})
}

func benchmarkDocument(b *testing.B, o ledger.Options, driver string) {
	l, err := ledger.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	documents := max(b.N, 2000) // less says nothing
	before := l.Commits()
	grouped := timed(b, func() error { return carryAll(l, documents) })
	flushes := float64(l.Commits()-before) / float64(documents)
	alone := timed(b, func() error {
		return l.Do(b.Context(), func(tx *ledger.Tx) error {
			for i := range documents {
				if err := carry(tx, "alone", i); err != nil {
					return err
				}
			}
			return nil
		})
	})
	plain := timed(b, func() error { return plainRows(b, driver, o.DSN, documents*14) })
	b.ReportMetric(float64(grouped.Microseconds())/float64(documents), "µs/document")
	b.ReportMetric(flushes, "flushes/document")
	b.ReportMetric(grouped.Seconds()/alone.Seconds(), "x-one-transaction")
	b.ReportMetric(grouped.Seconds()/plain.Seconds(), "x-plain-rows")
}

func timed(b *testing.B, run func() error) time.Duration {
	b.Helper()
	start := time.Now()
	if err := run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func carryAll(l *ledger.Ledger, documents int) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, inFlight)
	for range inFlight {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= documents; i = int(next.Add(1)) {
				if err := l.Do(context.Background(), func(tx *ledger.Tx) error { return carry(tx, "grouped", i) }); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

var orderBytes = []byte(fmt.Sprintf("%01500d", 7))

// carry is what one order costs from its arrival to its settlement: 14 statements.
func carry(tx *ledger.Tx, run string, i int) error {
	name := fmt.Sprintf("%s/%d", run, i)
	a := ledger.Arrival{Partner: "weber", Source: "shop:order", Name: name, Version: "1", State: ledger.ArrivalArchived, Size: 1500}
	if err := tx.InsertArrival(&a); err != nil {
		return err
	}
	m := ledger.Message{Arrival: a.ID, N: 1, Flow: "weber/orders", State: "planned", Rows: 1, Documents: 1}
	doc := ledger.Document{Arrival: a.ID, N: 1, Message: 1, Flow: "weber/orders", Kind: "order", Key: name, State: "planned"}
	d := ledger.Delivery{Arrival: a.ID, Flow: "weber/orders", Target: "weber/in", Kind: "order", Key: name, Effect: name, State: ledger.DeliveryReady,
		Docs: orderBytes, Count: 1}
	for _, step := range []func() error{
		func() error { return tx.PutBlob(name, orderBytes) },
		func() error { return tx.PutMessage(&m) },
		func() error { return tx.InsertDelivery(&d) }, // two statements
		func() error { doc.Delivery = d.ID; return tx.InsertDocument(&doc) },
		func() error { return tx.PutKey("order", name, doc.ID, "") },
		func() error { n, err := tx.ReserveControl("weber", "shop"); d.Tries = int(n % 2); return err },
		func() error {
			return tx.PutAttempt(&ledger.Attempt{Owner: "delivery", ID: d.ID, Step: "publish", N: 1, State: "done"})
		},
		func() error { d.State = ledger.DeliveryDone; return tx.UpdateDelivery(&d) },
		func() error { _, err := tx.Finished(a.ID); return err },
		func() error {
			return tx.PutAttempt(&ledger.Attempt{Owner: "arrival", ID: a.ID, Step: "mark", N: 1, State: "done"})
		},
		func() error {
			return tx.AddEvent(&ledger.Event{Actor: "batchgate", What: "settled", Arrival: a.ID})
		},
		func() error { a.State, a.Outcome = ledger.ArrivalSettled, "processed"; return tx.UpdateArrival(&a) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// plainRows inserts rows of a few columns into a table without indexes, in one transaction.
func plainRows(b *testing.B, driver, dsn string, rows int) error {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(b.Context(), "CREATE TABLE IF NOT EXISTS plain (a BIGINT, b TEXT, c TEXT, d BIGINT)"); err != nil {
		return err
	}
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it has nothing to do
	st, err := tx.PrepareContext(b.Context(), "INSERT INTO plain (a, b, c, d) VALUES ($1, $2, $3, $4)")
	if err != nil {
		return err
	}
	for i := range rows {
		if _, err := st.ExecContext(b.Context(), i, "weber/orders", "planned", i); err != nil {
			return err
		}
	}
	return tx.Commit()
}
