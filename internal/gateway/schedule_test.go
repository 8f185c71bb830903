package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
)

func TestInQuietHoursTheERPsFoldersAreNotTouchedAndNothingIsLost(t *testing.T) {
	w := newWorld(t, nil)
	now := time.Now().UTC()
	if now.Hour() == 23 { // the quiet hours of this test must not end while it runs
		w.later(2 * time.Hour)
	}
	from, to := w.now().UTC().Add(-time.Hour).Format("15:04"), w.now().UTC().Add(time.Hour).Format("15:04")
	w.edit("profiles/weber-erp.yaml", "zone: Europe/Berlin", "zone: UTC\nschedule: {quiet: \""+from+"-"+to+"\"}")
	w.put("out/STOCK1.CSV", header+"BG-1001;10;5\r\n")
	w.run()
	w.run()
	if in, tmp := w.files("in"), w.files("tmp"); len(in)+len(tmp) > 0 || strings.Join(w.files("out"), " ") != "STOCK1.CSV" {
		t.Fatalf("in %v, tmp %v, out %v", in, tmp, w.files("out"))
	}
	waiting := 0
	for _, d := range w.deliveries() {
		if d.State != ledger.DeliveryReady || d.Tries > 0 || !strings.Contains(d.Reason, "quiet hours until") {
			t.Errorf("%+v", d)
		}
		waiting++
	}
	if waiting != 3 {
		t.Fatalf("%d orders wait", waiting)
	}
	w.later(2 * time.Hour)
	w.run()
	if got := w.files("in"); len(got) != 6 {
		t.Errorf("in %v", got)
	}
	if got, _ := w.shop.Stock("BG-1001"); got != 5 {
		t.Errorf("stock %d", got)
	}
}
