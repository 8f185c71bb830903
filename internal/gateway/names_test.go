package gateway_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
)

// take is the ERP that takes a file.
func (w *world) take(name string) (content string) {
	w.Helper()
	content = w.read(name)
	if err := os.Remove(filepath.Join(w.dir, "erp", name)); err != nil {
		w.Fatal(err)
	}
	return content
}

func (w *world) deliveries() (all []ledger.Delivery) {
	w.Helper()
	err := w.led.View(w.Context(), func(tx *ledger.Tx) (err error) {
		all, err = tx.Deliveries(ledger.DeliveryFilter{})
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

func TestFilesOfOneFixedNameFollowEachOtherAsTheERPTakesThem(t *testing.T) {
	w := newWorld(t, func(p string) string {
		return strings.Replace(p, `name: "ORD{control:6}.EDI", done: .OK}`, `name: ORDER.EDI, taken_by: "*.EDI"}`, 1)
	})
	number := regexp.MustCompile(`BGM\+220\+(\d+)`)
	var taken []string
	for range 3 {
		w.run()
		if files := w.files("in"); !slices.Equal(files, []string{"ORDER.EDI"}) {
			t.Fatalf("the folder holds %v", files)
		}
		before := w.read("in/ORDER.EDI")
		w.later(100 * 24 * time.Hour) // however long the ERP takes
		w.run()
		if w.read("in/ORDER.EDI") != before {
			t.Fatal("a file was overwritten before it was taken")
		}
		taken = append(taken, number.FindStringSubmatch(w.take("in/ORDER.EDI"))[1])
		w.later(time.Minute)
	}
	w.run()
	slices.Sort(taken)
	if !slices.Equal(taken, []string{"10234", "10235", "10236"}) || len(w.files("in")) > 0 || len(w.files("tmp")) > 0 {
		t.Errorf("taken %v, left %v %v", taken, w.files("in"), w.files("tmp"))
	}
	fetched := 0
	for _, d := range w.deliveries() {
		if d.State != ledger.DeliveryDone {
			t.Errorf("%s: %s %s", d.Name, d.State, d.Reason)
		}
		if d.Tries > 0 {
			t.Errorf("%s: waiting used up %d tries", d.Name, d.Tries)
		}
		if !d.FetchedAt.IsZero() {
			fetched++
		}
	}
	if fetched != 3 {
		t.Errorf("%d of 3 are known to be fetched", fetched)
	}
}

func TestATemporaryFileThatSomebodyTidiedUpIsStagedAgain(t *testing.T) {
	w := newWorld(t, func(p string) string {
		return strings.Replace(p, `name: "ORD{control:6}.EDI", done: .OK}`, `name: ORDER.EDI}`, 1)
	})
	w.put("in/ORDER.EDI", "not yet taken")
	w.run()
	for _, f := range w.files("tmp") {
		if err := os.Remove(filepath.Join(w.dir, "erp/tmp", f)); err != nil {
			t.Fatal(err)
		}
	}
	w.take("in/ORDER.EDI")
	w.later(time.Minute)
	w.run()
	if got := w.read("in/ORDER.EDI"); !strings.Contains(got, "BGM+220+") {
		t.Errorf("the file holds %q", got)
	}
}

func TestASeriesOfNumbersBeginsAgainBehindItsLast(t *testing.T) {
	w := newWorld(t, func(p string) string {
		return strings.Replace(p, `name: "ORD{control:6}.EDI", done: .OK}`, `name: "W{series:4}.EDI", series: {name: web, first: 9998, last: 9999}}`, 1)
	})
	w.run()
	if got := w.files("in"); !slices.Equal(got, []string{"W9998.EDI", "W9999.EDI"}) {
		t.Fatalf("%v", got)
	}
	w.take("in/W9998.EDI")
	w.later(time.Minute)
	w.run()
	if got := w.files("in"); !slices.Equal(got, []string{"W9998.EDI", "W9999.EDI"}) {
		t.Errorf("%v", got)
	}
}
