package gateway_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// edit changes a file of the home and starts again, as a person and a reload do.
func (w *world) edit(name, old, new string) {
	w.Helper()
	file := filepath.Join(w.dir, name)
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), old) {
		w.Fatal(name, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
		w.Fatal(err)
	}
	_, _ = w.gate.Close(), w.led.Close()
	w.start()
}

func TestAnUnknownCodeIsHeldUntilItWasAdded(t *testing.T) {
	w := newWorld(t, nil)
	w.edit("codes/payments.csv", "payment_paypal;ZZZ\n", "")
	w.run()
	var held ledger.Delivery
	for _, d := range w.deliveries() {
		if d.State == ledger.DeliveryHeld {
			held = d
		} else if d.State != ledger.DeliveryDone {
			t.Errorf("%s: %s %s", d.Key, d.State, d.Reason)
		}
	}
	if held.Key != "order 10234" || !strings.Contains(held.Reason, `add it here: codes/payments.csv:8, as payment_paypal;THEIRS`) {
		t.Fatalf("%+v", held)
	}
	w.edit("codes/payments.csv", "payment_card", "payment_paypal;ZZZ\npayment_card")
	if err := gateway.ReleaseDelivery(t.Context(), w.led, held.ID, "tester"); err != nil {
		t.Fatal(err)
	}
	w.run()
	for _, d := range w.deliveries() {
		if d.State != ledger.DeliveryDone {
			t.Errorf("%s: %s %s", d.Key, d.State, d.Reason)
		}
	}
}

func TestAnOrderThatDoesNotAddUpIsHeldAndReadAgainByTheMendedProfile(t *testing.T) {
	w := newWorld(t, nil)
	_, orders := sandbox.Demo(1)
	o := orders[0]
	o.Number, o.Extras = "20001", []sandbox.Extra{{Type: "surcharge", Label: "Nachnahme", Price: "3.90"}}
	if _, err := w.shop.PlaceOrder(o); err != nil {
		t.Fatal(err)
	}
	w.run()
	var held ledger.Arrival
	for _, a := range w.arrivals() {
		if a.State == ledger.ArrivalHeld {
			held = a
		}
	}
	if !strings.Contains(held.Reason, "line_types: {surcharge: payment}") {
		t.Fatalf("%+v", held)
	}
	w.edit("profiles/weber-erp.yaml", "    charset: {level: UNOC", "    amounts: {line_types: {surcharge: payment}}\n    charset: {level: UNOC")
	if err := gateway.ReleaseArrival(t.Context(), w.led, held.ID, "tester"); err != nil {
		t.Fatal(err)
	}
	w.run()
	found := false
	for _, name := range w.files("in") {
		found = found || strings.Contains(w.read("in/"+name), "BGM+220+20001+9") && strings.Contains(w.read("in/"+name), "ALC+C++++HD'")
	}
	if !found {
		t.Errorf("the order did not leave: %v", w.files("in"))
	}
}
