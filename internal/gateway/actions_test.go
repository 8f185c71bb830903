package gateway_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
)

func (w *world) arrival(name string) ledger.Arrival {
	w.Helper()
	for _, a := range w.arrivals() {
		if a.Name == name {
			return a
		}
	}
	w.Fatalf("no arrival %s", name)
	return ledger.Arrival{}
}

const pricat = "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+92'UNH+1+PRICAT:D:96A:UN'BGM+9+PC1+9'DTM+137:20261125:102'UNT+4+1'" +
	"UNH+2+INVRPT:D:96A:UN'BGM+35+IR1+9'DTM+137:20261125:102'LIN+1++BG-1001:SA'PIA+1+BG-1001:SA'LOC+18+10'QTY+145:33:PCE'UNT+8+2'UNZ+2+92'"

func TestAMessageThatNoFlowTakesIsHeldAndTheOthersGo(t *testing.T) {
	w := newWorld(t, nil)
	w.put("out/MIX.EDI", pricat)
	w.run()
	a := w.arrival("MIX.EDI")
	if a.State != ledger.ArrivalHeld || !strings.Contains(a.Reason, "no flow takes message 1, PRICAT D.96A from 4301234000009") {
		t.Errorf("%s: %s", a.State, a.Reason)
	}
	if err := gateway.RejectArrival(t.Context(), w.led, a.ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	if a = w.arrival("MIX.EDI"); a.State != ledger.ArrivalSettled || a.Outcome != string(flow.PartlyFailed) {
		t.Errorf("rejected: %s %s", a.State, a.Outcome)
	}
	if err := gateway.RejectArrival(t.Context(), w.led, a.ID, "anna"); err == nil {
		t.Error("rejected twice")
	}
}

func TestAReleasedMessageIsReadByTodaysProfile(t *testing.T) {
	w := newWorld(t, func(profile string) string {
		return strings.Replace(profile, "    mapping: desadv-d96a\n", "    take: {message: DESADV, release: any, sender: \"9999999999999\"}\n    mapping: desadv-d96a\n", 1)
	})
	despatch := "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+93'UNH+1+DESADV:D:96A:UN'BGM+351+LS9+9'DTM+137:20261125:102'RFF+ON:10234'CPS+1'PAC+1'PCI+33E'RFF+CN:777'UNT+9+1'UNZ+1+93'"
	w.put("out/DES.EDI", despatch)
	w.run()
	a := w.arrival("DES.EDI")
	if a.State != ledger.ArrivalHeld {
		t.Fatalf("%s %s", a.State, a.Reason)
	}
	profile := filepath.Join(w.dir, "profiles/weber-erp.yaml")
	text, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(profile, []byte(strings.Replace(string(text), `, sender: "9999999999999"`, "", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	w.start()
	if err := gateway.ReleaseArrival(t.Context(), w.led, a.ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	if a = w.arrival("DES.EDI"); a.State != ledger.ArrivalSettled || a.Outcome != string(flow.Processed) {
		t.Errorf("%s %s %s", a.State, a.Outcome, a.Reason)
	}
	if o, _ := w.shop.Order("10234"); len(o.Deliveries[0].TrackingCodes) != 1 {
		t.Errorf("%+v", o.Deliveries[0])
	}
}

func TestAGuardHoldsAFileWhoseRowsCollapseUntilItIsReleased(t *testing.T) {
	w := newWorld(t, nil)
	full, short := header, header
	for i := range 30 {
		full += fmt.Sprintf("BG-%d;10;%d\r\n", 1001+i, i+1)
		if i < 10 {
			short += fmt.Sprintf("BG-%d;10;%d\r\n", 1001+i, i+2)
		}
	}
	w.put("out/STOCK1.CSV", full)
	w.run()
	w.put("out/STOCK2.CSV", short)
	before := w.effects("product", "stock")
	w.run()
	a := w.arrival("STOCK2.CSV")
	if a.State != ledger.ArrivalHeld || !strings.Contains(a.Reason, "guard rows_drop: 10 articles instead of 30") || w.effects("product", "stock") != before {
		t.Fatalf("%s %s, %d calls", a.State, a.Reason, w.effects("product", "stock")-before)
	}
	if err := gateway.ReleaseArrival(t.Context(), w.led, a.ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	if got, _ := w.shop.Stock("BG-1001"); got != 2 {
		t.Errorf("BG-1001: %d", got)
	}
}

func TestTwoBatchgatesCannotWorkOnOneHome(t *testing.T) {
	dir := t.TempDir()
	first, err := gateway.LockHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gateway.LockHome(dir); !errors.Is(err, gateway.ErrLocked) {
		t.Errorf("%v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := gateway.LockHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Release()
}
