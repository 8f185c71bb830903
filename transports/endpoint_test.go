package transports_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/drivertest"
	"github.com/batchgate/batchgate/transports/mem"
)

// listing is a server that lists what it likes.
type listing struct {
	driver.Conn
	entries iter.Seq[driver.Entry]
}

func (l listing) List(context.Context, string) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		for e := range l.entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func TestListedNameThatLeadsElsewhereIsSaidAndRefused(t *testing.T) {
	names := []string{"", "sub/a.edi", "../../etc/passwd", "/etc/passwd", "a\x00.edi", `x\..\..\boot.ini`, "good.edi"}
	conn := listing{mem.NewStore().Connect(), func(yield func(driver.Entry) bool) {
		for _, name := range names {
			if !yield(driver.Entry{Name: name, Type: driver.File}) {
				return
			}
		}
	}}
	files, err := transports.New("evil", conn).List(t.Context(), "in", transports.Match{})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range files {
		seen++
		if f.Name == "good.edi" {
			if f.Path != "in/good.edi" || f.Refused != "" {
				t.Errorf("good file is %+v", f)
			}
			continue
		}
		if f.Path != "" || f.Refused == "" {
			t.Errorf("%q: path %q, refused %q", f.Name, f.Path, f.Refused)
		}
	}
	if seen != len(names)-1 { // "../../etc/passwd" begins with a dot and is hidden
		t.Errorf("listed %d of %d", seen, len(names))
	}
}

func TestListLimitKeepsTheFirstInFlatMemory(t *testing.T) {
	const n = 1_000_000
	conn := listing{mem.NewStore().Connect(), func(yield func(driver.Entry) bool) {
		for i := range n {
			if !yield(driver.Entry{Name: fmt.Sprintf("ORD%d.EDI", (i*7919)%n), Type: driver.File}) {
				return
			}
		}
	}}
	files, err := transports.New("erp", conn).List(t.Context(), "in", transports.Match{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 500 || cap(files) > 10_000 {
		t.Fatalf("%d files in room for %d", len(files), cap(files))
	}
	for i, f := range files {
		if f.Name != fmt.Sprintf("ORD%d.EDI", i) {
			t.Fatalf("file %d is %s", i, f.Name)
		}
	}
}

func TestStageStreams(t *testing.T) {
	const size = 200 << 20
	ep := transports.New("erp", discarding{mem.NewStore().Connect(), size})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := ep.Stage(t.Context(), ".a.batchgate", &zeros{size}, size); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("staging %d bytes allocated %d", size, grown)
	}
}

// discarding is a server that keeps no bytes.
type discarding struct {
	driver.Conn
	size int64
}

func (d discarding) Create(context.Context, string) (driver.Writer, error) { return sink{}, nil }
func (d discarding) Stat(context.Context, string) (driver.Entry, error) {
	return driver.Entry{Size: d.size}, nil
}

type sink struct{}

func (sink) Write(p []byte) (int, error) { return len(p), nil }
func (sink) Sync() error                 { return nil }
func (sink) Close() error                { return nil }
func (sink) Abort() error                { return nil }

type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	n := min(int64(len(p)), z.left)
	z.left -= n
	if n == 0 {
		return 0, io.EOF
	}
	return int(n), nil
}

// durable is memory that says it can sync, so that the calls can be counted.
type durable struct{ driver.Conn }

func (d durable) Caps() driver.Caps {
	return driver.Caps{Sync: true, AtomicRename: true, Parallel: 8}
}

func TestManyFilesCostOneSyncAFolder(t *testing.T) {
	store := mem.NewStore()
	store.Put("in/keep", nil)
	store.Put("out/keep", nil)
	var synced []string
	ep := transports.New("erp", drivertest.Watch(durable{store.Connect()}, func(s drivertest.Step) error {
		if s.Op == "syncdir" && s.After {
			synced = append(synced, s.Name)
		}
		return nil
	}))
	var drafts []transports.Draft
	var publish, move []transports.Renaming
	for i := range 50 {
		final := fmt.Sprintf("out/ORD%d.EDI", i)
		drafts = append(drafts, transports.Draft{Temp: transports.TempName(final), Body: strings.NewReader("a"), Size: 1})
		publish = append(publish, transports.Renaming{From: transports.TempName(final), To: final})
		move = append(move, transports.Renaming{From: final, To: fmt.Sprintf("processed/2026/11/25/ORD%d.EDI", i)})
	}
	check := func(what string, want ...string) {
		t.Helper()
		slices.Sort(synced)
		if !slices.Equal(synced, want) {
			t.Errorf("%s synced %q, want %q", what, synced, want)
		}
		synced = nil
	}
	noErrors(t, ep.StageAll(t.Context(), drafts))
	check("staging", "out")
	noErrors(t, ep.PublishAll(t.Context(), publish))
	check("publishing", "out")
	for _, m := range ep.MoveAll(t.Context(), move) {
		noErrors(t, []error{m.Err})
	}
	check("moving", "out", "processed/2026/11/25")
}

func noErrors(t *testing.T, errs []error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestPublishWhoseSyncFailsIsNotDoneUntilASyncSucceeds(t *testing.T) {
	store := mem.NewStore()
	store.Put("out/.a.batchgate", []byte("a"))
	fail := true
	ep := transports.New("erp", drivertest.Watch(durable{store.Connect()}, func(s drivertest.Step) error {
		if s.Op == "syncdir" && fail {
			return driver.Faultf(driver.Temporary, "input/output error")
		}
		return nil
	}))
	for range 2 { // renamed, and found renamed: neither is durable
		if err := ep.Publish(t.Context(), "out/.a.batchgate", "out/a"); transports.KindOf(err) != driver.Temporary {
			t.Fatalf("publish without sync: %v", err)
		}
	}
	fail = false
	if err := ep.Publish(t.Context(), "out/.a.batchgate", "out/a"); transports.KindOf(err) != driver.NotFound {
		t.Fatalf("publish again: %v", err)
	}
	if got, _ := store.Get("out/a"); !bytes.Equal(got, []byte("a")) {
		t.Errorf("file holds %q", got)
	}
}

func TestMoveOfTheThousandthSameNameCostsFewLooks(t *testing.T) {
	store := mem.NewStore()
	store.Put("done/ORDERS.EDI", nil)
	for i := 2; i <= 1000; i++ {
		store.Put(fmt.Sprintf("done/ORDERS.%d.EDI", i), nil)
	}
	store.Put("ORDERS.EDI", []byte("a"))
	calls := 0
	ep := transports.New("erp", drivertest.Watch(store.Connect(), func(s drivertest.Step) error {
		calls = s.N
		return nil
	}))
	name, err := ep.Move(t.Context(), "ORDERS.EDI", "done/ORDERS.EDI")
	if err != nil || name != "done/ORDERS.1001.EDI" || calls > 30 {
		t.Errorf("moved to %q with %d calls, %v", name, calls, err)
	}
}

func TestMoveNumbersNamesWithoutExtensionAndTooLongOnes(t *testing.T) {
	long := strings.Repeat("ä", 125) + ".edi"
	for name, want := range map[string]string{
		"ORDERS":     "ORDERS.2",
		".profile":   ".profile.2",
		"a.tar.gz":   "a.tar.2.gz",
		"a.":         "a.2.",
		long + "xx1": strings.Repeat("ä", 123) + ".2.edixx1",
	} {
		store := mem.NewStore()
		store.Put("done/"+name, nil)
		store.Put("in", nil)
		got, err := transports.New("erp", store.Connect()).Move(t.Context(), "in", "done/"+name)
		if err != nil || got != "done/"+want {
			t.Errorf("%q: moved to %q, %v", name, got, err)
		}
	}
}
