package gateway

import (
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/local"
)

// folder is a folder of the file system with out/ and in/.
func folder(t *testing.T) (*transports.Endpoint, string) {
	t.Helper()
	root := t.TempDir()
	conn, err := local.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	e := transports.New("erp", conn)
	t.Cleanup(func() { _ = e.Close() })
	for _, dir := range []string{"out", "in"} {
		if err := e.MakeDir(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
	return e, root
}

func put(t *testing.T, e *transports.Endpoint, name, content string) {
	t.Helper()
	if err := e.WriteSmall(t.Context(), name, []byte(content)); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, e *transports.Endpoint, name string) string {
	t.Helper()
	b, err := e.ReadSmall(t.Context(), name, 1<<20)
	if err != nil {
		if transports.KindOf(err) == driver.NotFound {
			return "(none)"
		}
		t.Fatal(err)
	}
	return string(b)
}

func newFolderSource(t *testing.T, e *transports.Endpoint, c *clock) *folderSource {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Options{DSN: filepath.Join(t.TempDir(), "ledger.db"), Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return &folderSource{endpoint: &files{Endpoint: e}, ledger: l, id: "p/erp:out", partner: "p", folder: "out", stableFor: 10 * time.Second,
		match: transports.Match{Include: []string{"*.CSV"}, FoldCase: true}, processed: "out/processed", failed: "out/failed", now: c.now}
}

func polled(t *testing.T, f *folderSource) (names []string) {
	t.Helper()
	for a, err := range f.Poll(t.Context(), "", nil) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, a.Name)
	}
	return names
}

func TestAFileIsTakenAfterTwoEqualLooks(t *testing.T) {
	e, _ := folder(t)
	c := newClock()
	f := newFolderSource(t, e, c)
	put(t, e, "out/STOCK2.CSV", "a")
	put(t, e, "out/STOCK10.CSV", "a")
	put(t, e, "out/notes.txt", "a")
	if got := polled(t, f); len(got) > 0 {
		t.Errorf("taken at first sight: %v", got)
	}
	c.advance(5 * time.Second)
	if got := polled(t, f); len(got) > 0 {
		t.Errorf("taken too early: %v", got)
	}
	c.advance(5 * time.Second)
	if got := polled(t, f); !slices.Equal(got, []string{"STOCK2.CSV", "STOCK10.CSV"}) {
		t.Errorf("taken: %v", got)
	}
}

func TestAFileThatGrowsStartsAnew(t *testing.T) {
	e, _ := folder(t)
	c := newClock()
	f := newFolderSource(t, e, c)
	put(t, e, "out/S.CSV", "half")
	polled(t, f)
	if err := e.Remove(t.Context(), "out/S.CSV"); err != nil {
		t.Fatal(err)
	}
	put(t, e, "out/S.CSV", "half and whole")
	c.advance(20 * time.Second)
	if got := polled(t, f); len(got) > 0 {
		t.Errorf("a file that grew was taken: %v", got)
	}
	c.advance(10 * time.Second)
	if got := polled(t, f); len(got) != 1 {
		t.Errorf("not taken once it was stable: %v", got)
	}
}

func TestAClaimMayBeRepeatedAndTellsWhenTheFileIsGone(t *testing.T) {
	e, _ := folder(t)
	f := newFolderSource(t, e, newClock())
	put(t, e, "out/S.CSV", "x")
	a := ledger.Arrival{ID: 7, Name: "S.CSV"}
	a.Path = f.claimPath(a)
	for range 2 { // the second time as after a crash between rename and commit
		if gone, err := f.claim(t.Context(), a); gone || err != nil {
			t.Fatalf("%v %v", gone, err)
		}
	}
	if got := get(t, e, a.Path); got != "x" {
		t.Errorf("claimed %q", got)
	}
	if gone, err := f.claim(t.Context(), ledger.Arrival{ID: 8, Name: "T.CSV", Path: "out/.batchgate/a8-T.CSV"}); !gone || err != nil {
		t.Errorf("a file that vanished: %v %v", gone, err)
	}
	if files, err := e.List(t.Context(), "out", f.match); err != nil || len(files) != 0 {
		t.Errorf("the claimed file is still listed: %v %v", files, err)
	}
}

func TestSettlingMovesTheFileByItsOutcome(t *testing.T) {
	e, _ := folder(t)
	f := newFolderSource(t, e, newClock())
	at := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	settle := func(name string, s flow.Settlement) {
		t.Helper()
		put(t, e, "out/.batchgate/a1-"+name, "content of "+name)
		s.Arrival, s.At = 1, at
		now, err := e.Stat(t.Context(), "out/.batchgate/a1-"+name)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // repeated, as after a crash
			for _, step := range f.Settle(flow.Arrival{Name: name, Size: now.Size, ModTime: now.ModTime, Path: "out/.batchgate/a1-" + name}, s) {
				if _, err := step.Do(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := e.MakeDir(t.Context(), "out/.batchgate"); err != nil {
		t.Fatal(err)
	}
	settle("GOOD.CSV", flow.Settlement{Outcome: flow.Processed})
	settle("BAD.CSV", flow.Settlement{Outcome: flow.Failed, Reason: "column Lager is missing"})
	settle("PART.CSV", flow.Settlement{Outcome: flow.PartlyFailed, Reason: "1 of 3 rows", Rest: []byte("header\nrow\n")})
	for name, want := range map[string]string{
		"out/processed/2026/11/25/GOOD.CSV":         "content of GOOD.CSV",
		"out/failed/BAD.CSV":                        "content of BAD.CSV",
		"out/failed/BAD.CSV.a1.reason.txt":          "column Lager is missing\n",
		"out/processed/2026/11/25/PART.CSV":         "content of PART.CSV",
		"out/failed/PART.rest-a1.CSV":               "header\nrow\n",
		"out/failed/PART.rest-a1.CSV.a1.reason.txt": "1 of 3 rows\n",
	} {
		if got := get(t, e, name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if restOf("PART.rest-a17.CSV") != 17 || restOf("PART.CSV") != 0 || restOf("a.rest-aX.csv") != 0 {
		t.Error("the name of a remainder does not say its arrival")
	}
}

// do runs the steps of a placing up to and including the named one, as if the process died behind it.
func do(t *testing.T, p placing, upto string) error {
	t.Helper()
	for _, s := range p.steps([]byte("UNB")) {
		if _, err := s.Do(t.Context(), nil); err != nil {
			return err
		}
		if s.Name == upto {
			break
		}
	}
	return nil
}

func TestAFileIsPlacedOnceWhereverTheProcessDied(t *testing.T) {
	e, _ := folder(t)
	p := placing{endpoint: &files{Endpoint: e}, folder: "in", name: "ORD1.EDI", done: "ORD1.OK", exists: "wait"}
	if err := do(t, p, "stage"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, e, "in/ORD1.EDI"); got != "(none)" {
		t.Error("the ERP sees an unfinished file")
	}
	if state, _, err := p.published(t.Context(), nil); state != flow.NotDone || err != nil {
		t.Errorf("staged: %v %v", state, err)
	}
	if err := do(t, p, "publish"); err != nil {
		t.Fatal(err)
	}
	if err := e.Remove(t.Context(), "in/ORD1.EDI"); err != nil { // the ERP fetched it
		t.Fatal(err)
	}
	if state, _, err := p.published(t.Context(), nil); state != flow.Done || err != nil {
		t.Errorf("published and fetched: %v %v", state, err)
	}
}

func TestATakenNameWaitsIsNumberedOrRefused(t *testing.T) {
	for exists, check := range map[string]func(t *testing.T, e *transports.Endpoint, err error){
		"wait": func(t *testing.T, e *transports.Endpoint, err error) {
			if flow.FailureOf(err).Kind != flow.NotYet {
				t.Errorf("%v", err)
			}
		},
		"refuse": func(t *testing.T, e *transports.Endpoint, err error) {
			if flow.FailureOf(err).Kind != flow.NeedsPerson {
				t.Errorf("%v", err)
			}
		},
		"number": func(t *testing.T, e *transports.Endpoint, err error) {
			if err != nil || get(t, e, "in/ORD.2.EDI") != "UNB" {
				t.Errorf("%v", err)
			}
		},
	} {
		t.Run(exists, func(t *testing.T) {
			e, _ := folder(t)
			put(t, e, "in/ORD.EDI", "not yet fetched")
			err := do(t, placing{endpoint: &files{Endpoint: e}, folder: "in", name: "ORD.EDI", exists: exists}, "publish")
			check(t, e, err)
			if got := get(t, e, "in/ORD.EDI"); got != "not yet fetched" {
				t.Errorf("the file that was there became %q", got)
			}
		})
	}
}

func TestBytesReadMustBeThoseListed(t *testing.T) {
	e, _ := folder(t)
	f := newFolderSource(t, e, newClock())
	put(t, e, "out/S.CSV", "12345")
	for size, whole := range map[int64]bool{5: true, 4: false, 6: false} {
		r, err := f.Open(t.Context(), flow.Arrival{Path: "out/S.CSV", Size: size})
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			err = errors.Join(err, r.Close())
		}
		if (err == nil) != whole {
			t.Errorf("listed %d of 5 bytes: %v", size, err)
		}
	}
	if !strings.Contains(f.claimPath(ledger.Arrival{ID: 3, Name: "S.CSV"}), "a3-S.CSV") {
		t.Error("the claim does not name its arrival")
	}
}
