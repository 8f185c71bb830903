package ledger_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/batchgate/batchgate/internal/ledger"
)

// childEnv holds what a copy of the test binary is to do: a name, a dialect and a DSN, apart by spaces.
const childEnv = "BATCHGATE_LEDGER_CHILD"

func TestMain(m *testing.M) {
	if job := strings.SplitN(os.Getenv(childEnv), " ", 3); len(job) == 3 {
		if err := child(job[0], ledger.Options{Dialect: job[1], DSN: job[2]}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(job string, o ledger.Options) error {
	l, err := ledger.Open(context.Background(), o)
	if err != nil {
		return err
	}
	switch job {
	case "write":
		return writeForever(l)
	case "count":
		return errors.Join(countNumbers(l, os.Stdout), l.Close())
	}
	return fmt.Errorf("unknown job %q", job)
}

// writeForever writes two rows a change from several goroutines and prints each change once it is answered.
func writeForever(l *ledger.Ledger) error {
	var mu sync.Mutex
	errs := make(chan error)
	for range 16 {
		go func() {
			for {
				var n int64
				err := l.Do(context.Background(), func(tx *ledger.Tx) (err error) {
					if n, err = tx.NextNumber("writes"); err != nil {
						return err
					}
					return errors.Join(tx.SetCursor(fmt.Sprint("write ", n), "1"), tx.PutKey("write", fmt.Sprint(n), n, ""))
				})
				if err != nil {
					errs <- err
					return
				}
				mu.Lock()
				fmt.Println(n)
				mu.Unlock()
			}
		}()
	}
	return <-errs
}

const countTo = 100

func countNumbers(l *ledger.Ledger, w io.Writer) error {
	for range countTo {
		var n int64
		err := l.Do(context.Background(), func(tx *ledger.Tx) (err error) {
			n, err = tx.NextNumber("shared")
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(w, n)
	}
	return nil
}

func startChild(t *testing.T, job string, o ledger.Options) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s", childEnv, job, o.Dialect, o.DSN))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

func killed(t *testing.T, o ledger.Options) {
	answered := map[string]bool{}
	for round := range 5 {
		cmd, lines := startChild(t, "write", o)
		for n := 0; n < 30+70*round && lines.Scan(); n++ {
			answered[lines.Text()] = true
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what was printed before it died
			answered[lines.Text()] = true
		}
		_ = cmd.Wait()
		checkWrites(t, o, answered)
	}
	if len(answered) < 5*30 {
		t.Errorf("only %d changes were answered", len(answered))
	}
}

func checkWrites(t *testing.T, o ledger.Options, answered map[string]bool) {
	t.Helper()
	l, err := ledger.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	db{l}.do(t, func(tx *ledger.Tx) error {
		// Whatever was answered is there, and whatever is there is there in full.
		last, err := tx.NextNumber("writes")
		if err != nil {
			return err
		}
		for n := int64(1); n < last; n++ {
			name := fmt.Sprint(n)
			value, err := tx.Cursor("write " + name)
			keys, err2 := tx.Keys("write", name)
			if err := errors.Join(err, err2); err != nil {
				return err
			}
			if (value != "") != (len(keys) == 1) {
				t.Errorf("change %s is there by half: %q %v", name, value, keys)
			}
			if answered[name] && value == "" {
				t.Errorf("change %s was answered and is lost", name)
			}
		}
		return nil
	})
}

func twoProcesses(t *testing.T, o ledger.Options) {
	l, err := ledger.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cmd, lines := startChild(t, "count", o)
	var ours strings.Builder
	if err := countNumbers(l, &ours); err != nil {
		t.Error(err)
	}
	all := strings.Fields(ours.String())
	for lines.Scan() {
		all = append(all, lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the other process: %v", err)
	}
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 2*countTo {
		t.Errorf("%d different numbers of %d", n, 2*countTo)
	}
}

func openedTogether(t *testing.T, o ledger.Options) {
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			l, err := ledger.Open(context.Background(), o)
			if err != nil {
				t.Error(err)
				return
			}
			if err := l.Do(context.Background(), func(tx *ledger.Tx) error { _, err := tx.NextNumber("open"); return err }); err != nil {
				t.Error(err)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func newer(t *testing.T, o ledger.Options) {
	l, err := ledger.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	driver := map[string]string{"sqlite": "sqlite", "postgres": "pgx"}[o.Dialect]
	raw, err := sql.Open(driver, o.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.ExecContext(t.Context(), "INSERT INTO ledger_version (version_id, is_applied) VALUES (99, true)"); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(t.Context(), o); !errors.Is(err, ledger.ErrNewer) {
		t.Errorf("got %v", err)
	}
}

func cutConnections(t *testing.T, o ledger.Options) {
	l, err := ledger.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	raw, err := sql.Open("pgx", o.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for round := range 3 {
		value := fmt.Sprint(round)
		db{l}.do(t, func(tx *ledger.Tx) error { return tx.SetCursor("cut", value) })
		if got := cursorOf(t, db{l}, "cut"); got != value {
			t.Errorf("got %q after %q", got, value)
		}
		cut := "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
		if _, err := raw.ExecContext(t.Context(), cut); err != nil {
			t.Fatal(err)
		}
	}
}
