package gateway_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
)

// orderFile gives the first delivery that carried an order into a file, and its control reference.
func (w *world) orderFile() (d ledger.Delivery, control string) {
	w.Helper()
	for _, one := range w.deliveries() {
		if one.Name != "" && one.Kind == "order" && one.State == ledger.DeliveryDone {
			d = one
			break
		}
	}
	if d.ID == 0 {
		w.Fatal("no order was written")
	}
	text := w.read("in/" + d.Name)
	unb, _, _ := strings.Cut(text[strings.Index(text, "UNB"):], "'")
	return d, strings.Split(unb, "+")[5]
}

// answer puts a message of the ERP's into its folder.
func (w *world) answer(name, control, body string) {
	w.put("out/"+name, fmt.Sprintf("UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+%s'%s'UNT+9+1'UNZ+1+%s'", control, body, control))
	w.run()
}

// reasons gives why messages of an arrival are held.
func (w *world) reasons(arrival int64) string {
	w.Helper()
	var all []string
	err := w.led.View(w.Context(), func(tx *ledger.Tx) error {
		messages, err := tx.Messages(arrival)
		for _, m := range messages {
			all = append(all, m.Reason)
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return strings.Join(all, "; ")
}

func (w *world) acked(id int64) string {
	w.Helper()
	for _, d := range w.deliveries() {
		if d.ID == id {
			return d.Acked
		}
	}
	w.Fatalf("no delivery d%d", id)
	return ""
}

func TestAnswersOfThePartnerAreMatchedToWhatWasSent(t *testing.T) {
	w := newWorld(t, nil)
	w.run()
	d, control := w.orderFile()
	number := strings.TrimPrefix(d.Key, "order ")
	contrl := func(own, control, tail string) string {
		return "UNH+1+CONTRL:D:3:UN'UCI+" + control + "+" + own + ":14+4301234000009:14+" + tail
	}
	// Of somebody else's interchange, and of one that we have not sent.
	w.answer("C1.EDI", "91", contrl("4099999000017", control, "7"))
	w.answer("C2.EDI", "92", contrl("4012345000009", "999999", "7"))
	if got := w.acked(d.ID); got != "" {
		t.Errorf("somebody else's answer: %q", got)
	}
	// Received, and acknowledged.
	w.answer("C3.EDI", "93", contrl("4012345000009", control, "8"))
	if got := w.acked(d.ID); got != "received" {
		t.Errorf("received: %q", got)
	}
	w.answer("C4.EDI", "94", contrl("4012345000009", control, "7"))
	if got := w.acked(d.ID); got != "acknowledged" {
		t.Errorf("acknowledged: %q", got)
	}
	if a := w.arrival("C4.EDI"); a.State != ledger.ArrivalSettled {
		t.Errorf("an answer without trouble: %s %s", a.State, a.Reason)
	}
	// The application rejects it: held, until a person has seen it. CONTRL says nothing about that.
	w.answer("A1.EDI", "95", "UNH+1+APERAK:D:96A:UN'BGM+++27'RFF+ON:"+number+"'ERC+17'FTX+AAO+++Artikel unbekannt")
	if got := w.acked(d.ID); got != "rejected" {
		t.Errorf("rejected: %q", got)
	}
	a := w.arrival("A1.EDI")
	if a.State == ledger.ArrivalSettled || !strings.Contains(w.reasons(a.ID), "Artikel unbekannt") {
		t.Errorf("a rejection: %s %q %q", a.State, a.Reason, w.reasons(a.ID))
	}
	w.answer("C5.EDI", "96", contrl("4012345000009", control, "7"))
	if got := w.acked(d.ID); got != "rejected" {
		t.Errorf("rejected, and acknowledged in syntax: %q", got)
	}
	if err := gateway.ReleaseArrival(t.Context(), w.led, a.ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	if a := w.arrival("A1.EDI"); a.State != ledger.ArrivalSettled {
		t.Errorf("released: %s %s", a.State, a.Reason)
	}
}

func TestARejectedMessageOfOursIsHeldWithWhatIsWrong(t *testing.T) {
	w := newWorld(t, nil)
	w.run()
	d, control := w.orderFile()
	w.answer("C1.EDI", "91", "UNH+1+CONTRL:D:3:UN'UCI+"+control+"+4012345000009:14+4301234000009:14+7'UCM+1+ORDERS:D:96A:UN+4'UCS+5'UCD+39+3")
	if got := w.acked(d.ID); got != "rejected" {
		t.Errorf("got %q", got)
	}
	a := w.arrival("C1.EDI")
	if reasons := w.reasons(a.ID); a.State == ledger.ArrivalSettled || !strings.Contains(reasons, "segment 5: 39 Data element too long, element 2") || !strings.Contains(reasons, d.Name) {
		t.Errorf("%s %q", a.State, reasons)
	}
}
