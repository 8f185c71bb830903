package mem_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/mem"
)

func TestNamesAskForFaults(t *testing.T) {
	for name, want := range map[string]driver.Kind{
		"a-temperror.edi":   driver.Temporary,
		"a.denied":          driver.Denied,
		"inuse":             driver.InUse,
		"a_throttled_1.edi": driver.Throttled,
		"a-gone.edi":        driver.NotFound,
		"cut-at-2.edi":      driver.Temporary,
		"short-at-2.edi":    driver.Incomplete,
	} {
		store := mem.NewStore()
		store.Put("in/"+name, []byte("UNB+"))
		ep := transports.New("mem", store.Connect())
		files, err := ep.List(t.Context(), "in", transports.Match{})
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: listed %v, %v", name, files, err)
		}
		if got := transports.KindOf(read(t, ep, files[0])); got != want {
			t.Errorf("%s: reading is %v, want %v", name, got, want)
		}
	}
}

func read(t *testing.T, ep *transports.Endpoint, f transports.File) error {
	t.Helper()
	r, err := ep.OpenSized(t.Context(), f.Path, f.Size)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}

func TestWordsInsideOtherWordsAskForNothing(t *testing.T) {
	for _, name := range []string{"slowenia.csv", "paragone.csv", "diskfully.csv", "stock-full.csv", "undenied.edi", "ORDERS.EDI"} {
		store := mem.NewStore()
		ep := transports.New("mem", store.Connect())
		temp := transports.TempName(name)
		if _, err := ep.Stage(t.Context(), temp, strings.NewReader("a"), 1); err != nil {
			t.Error(err)
		}
		if err := ep.Publish(t.Context(), temp, name); err != nil {
			t.Error(err)
		}
	}
}

func TestFaultsOfWritingLeaveNothing(t *testing.T) {
	for name, want := range map[string]driver.Kind{
		"diskfull.edi":   driver.Full,
		"cut-at-2.edi":   driver.Temporary,
		"short-at-2.edi": driver.Incomplete,
		"denied.edi":     driver.Denied,
	} {
		store := mem.NewStore()
		ep := transports.New("mem", store.Connect())
		_, err := ep.Stage(t.Context(), transports.TempName(name), strings.NewReader("UNB+"), 4)
		if transports.KindOf(err) != want || len(store.Files()) != 0 {
			t.Errorf("%s: %v, left %q", name, err, store.Files())
		}
	}
}

func TestNumberedFaultPassesAfterSoManyCalls(t *testing.T) {
	store := mem.NewStore()
	ep := transports.New("mem", store.Connect())
	temp := transports.TempName("temperror-2.edi")
	var kinds []driver.Kind
	for range 3 {
		_, err := ep.Stage(t.Context(), temp, strings.NewReader("a"), 1)
		kinds = append(kinds, transports.KindOf(err))
		if err == nil {
			break
		}
	}
	if len(kinds) != 3 || kinds[0] != driver.Temporary || kinds[1] != driver.Temporary {
		t.Errorf("kinds %v, want two temporary faults and then success", kinds)
	}
	if err := ep.Publish(t.Context(), temp, "temperror-2.edi"); err != nil {
		t.Error(err)
	}
}

func TestSlowNamesTakeTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, want := range map[string]time.Duration{"slow.edi": 100 * time.Millisecond, "a-slow-2500ms.edi": 2500 * time.Millisecond} {
			store := mem.NewStore()
			store.Put(name, nil)
			start := time.Now()
			if _, err := store.Connect().Stat(t.Context(), name); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took != want {
				t.Errorf("%s took %v, want %v", name, took, want)
			}
		}
	})
}

func TestStoreIsSharedByItsClients(t *testing.T) {
	store := mem.NewStore()
	first, err := transports.Open(t.Context(), transports.Options{Name: "a", Transport: "mem", Memory: store})
	if err != nil {
		t.Fatal(err)
	}
	second, err := transports.Open(t.Context(), transports.Options{Name: "b", Transport: "mem", Memory: store})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.WriteSmall(t.Context(), "a.done", []byte("1")); err != nil {
		t.Fatal(err)
	}
	got, err := second.ReadSmall(t.Context(), "a.done", 10)
	if err != nil || !bytes.Equal(got, []byte("1")) {
		t.Errorf("%q, %v", got, err)
	}
	if err := second.Claim(t.Context(), "a.done", ".batchgate/claim/a.done"); err != nil {
		t.Error(err)
	}
}
