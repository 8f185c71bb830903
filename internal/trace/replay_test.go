package trace_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
	"github.com/batchgate/batchgate/internal/trace"
)

// arrival gives the newest arrival of a name.
func (w *world) arrival(name string) ledger.Arrival {
	w.Helper()
	var all []ledger.Arrival
	err := w.led.View(w.Context(), func(tx *ledger.Tx) error {
		var err error
		all, err = tx.Arrivals(ledger.ArrivalFilter{Name: name, Newest: true})
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	if len(all) == 0 {
		w.Fatalf("no arrival %s", name)
	}
	return all[0]
}

// came counts what a replay came to, in the words of a prediction.
func (w *world) came(id int64) trace.Counts {
	w.Helper()
	var c trace.Counts
	err := w.led.View(w.Context(), func(tx *ledger.Tx) error {
		a, err := tx.Arrival(id)
		if err != nil {
			return err
		}
		c.Failed = a.Failed
		all, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: id})
		if err != nil {
			return err
		}
		for _, d := range all {
			switch {
			case d.State == ledger.DeliveryDropped:
				continue
			case d.State == ledger.DeliveryHeld:
				c.Held++
			default:
				c.Send += int64(d.Count)
			}
			c.Deliveries++
		}
		docs, err := tx.Documents(ledger.DocumentFilter{Arrival: id, States: []string{"ignored"}})
		if err != nil {
			return err
		}
		c.Ignored = int64(len(docs))
		messages, err := tx.Messages(id)
		for _, m := range messages {
			if m.State == "held" {
				c.Held++
			}
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return c
}

func (w *world) deliveries(arrival int64, states ...string) (all []ledger.Delivery) {
	w.Helper()
	err := w.led.View(w.Context(), func(tx *ledger.Tx) error {
		var err error
		all, err = tx.Deliveries(ledger.DeliveryFilter{Arrival: arrival, States: states})
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// replay predicts a replay, checks that this wrote nothing, replays, and checks that the prediction came true.
func (w *world) replay(id int64) trace.Prediction {
	w.Helper()
	before := w.led.Commits()
	dry, err := trace.Replay(w.Context(), w.conf, id, trace.ReplayOptions{DryRun: true})
	if err != nil {
		w.Fatal(err)
	}
	if n := w.led.Commits() - before; n != 0 || dry.New != 0 {
		w.Errorf("a dry run made %d commits and arrival a%d", n, dry.New)
	}
	wet, err := trace.Replay(w.Context(), w.conf, id, trace.ReplayOptions{Actor: "anna"})
	if err != nil {
		w.Fatal(err)
	}
	if wet.New == 0 || wet.Replay != dry.Replay {
		w.Errorf("%+v, predicted %+v", wet, dry)
	}
	w.run()
	want := dry.Counts
	want.Again, want.Same, want.Missing = 0, 0, 0
	if got := w.came(wet.New); got != want {
		w.Errorf("came to %+v, predicted %+v\n%+v", got, dry.Counts, dry.Effects)
	}
	return wet
}

func TestAReplayOfStockSendsWhatDiffersNow(t *testing.T) {
	w := newWorld(t)
	w.put("out/STOCK1.CSV", stock)
	w.run()
	first := w.arrival("STOCK1.CSV")
	w.put("out/STOCK2.CSV", strings.Replace(stock, "BG-1002;10;3", "BG-1002;10;4", 1)+"BG-1003;10;9\r\n")
	w.run()
	p := w.replay(first.ID)
	if p.Counts.Send != 2 || p.Counts.Same != 1 || p.Counts.Missing != 1 { // what differs and what the shop does not know
		t.Errorf("%+v", p.Counts)
	}
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "STOCK2.CSV") {
		t.Errorf("an older file: %q", p.Warnings)
	}
	if got, _ := w.shop.Stock("BG-1002"); got != 3 {
		t.Errorf("the shop has %d", got)
	}
	if p = w.replay(first.ID); p.Replay != 2 || p.Counts.Send != 1 || len(p.Warnings) != 0 {
		t.Errorf("once more: %+v", p)
	}
}

func TestAReplayOfZeroesFileSaysWhichArticlesBecomeZero(t *testing.T) {
	w := newWorld(t)
	w.edit("profiles/weber-erp.yaml", "full_file: {missing: leave}", "full_file: {missing: zero}")
	w.edit("profiles/weber-erp.yaml", "guards: {rows_drop: 30%, changed: 40%}", "guards: {rows_drop: off, changed: off}")
	w.start()
	w.put("out/STOCK1.CSV", stock)
	w.run()
	first := w.arrival("STOCK1.CSV")
	w.put("out/STOCK2.CSV", stock+"BG-1003;10;9\r\n")
	w.run()
	p := w.replay(first.ID)
	if p.Counts.Send != 2 || p.Counts.Missing != 0 || p.Counts.Same != 2 {
		t.Errorf("%+v", p.Counts)
	}
	chains := w.trace("BG-1003")
	last := chains[len(chains)-1]
	if v := value(t, last.Documents[0], "on_hand"); v.Value != "0" || len(v.From) != 0 || !strings.Contains(last.Documents[0].Note, "zero") || !last.Check.Agrees {
		t.Errorf("the article that became 0: %+v %+v", last.Documents, last.Check)
	}
}

// message makes an order of the retailer.
func message(n, number, function string) string {
	return "UNH+" + n + "+ORDERS:D:96A:UN'BGM+220+" + number + "+" + function + "'DTM+137:20261125:102'NAD+BY+4005555000013::9'NAD+SU+4012345000009::9'" +
		"LIN+1++4099999000017:EN'PIA+1+BG-1001:SA'QTY+21:4:PCE'UNS+S'UNT+10+" + n + "'"
}

func TestAReplayOfOrdersSaysWhatGoesOutASecondTime(t *testing.T) {
	w := newWorld(t)
	head := "UNA:+.? 'UNB+UNOC:3+4005555000013:14+4012345000009:14+261125:0930+601++++1'"
	w.put("edi/R1.EDI", head+message("1", "R-1", "9")+message("2", "R-2", "31")+strings.Replace(message("3", "R-3", "9"), "UNT+10", "UNT+11", 1)+message("4", "R-4", "1")+
		"UNH+5+INVOIC:D:96A:UN'BGM+380+X+9'UNT+3+5'UNZ+5+601'")
	w.run()
	a := w.arrival("R1.EDI")
	for _, d := range w.deliveries(a.ID, ledger.DeliveryHeld) {
		if err := gateway.DropDelivery(t.Context(), w.led, d.ID, "anna"); err != nil {
			t.Fatal(err)
		}
	}
	w.run()
	if err := gateway.RejectArrival(t.Context(), w.led, a.ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	if a = w.arrival("R1.EDI"); a.State != ledger.ArrivalSettled {
		t.Fatalf("%s %s: %s", a.State, a.Outcome, a.Reason)
	}
	p := w.replay(a.ID)
	if want := (trace.Counts{Send: 1, Again: 1, Ignored: 1, Held: 2, Failed: 1, Deliveries: 3}); p.Counts != want {
		t.Errorf("%+v, want %+v", p.Counts, want)
	}
	for _, e := range p.Effects {
		if e.Key == "R-1" && (e.Action != trace.ActionAgain || e.Before == 0) {
			t.Errorf("%+v", e)
		}
		if e.Key == "R-2" && e.Action != trace.ActionIgnore {
			t.Errorf("%+v", e)
		}
	}
	if len(p.Warnings) != 1 {
		t.Errorf("%q", p.Warnings)
	}
}

func TestAReplayOfAnOrderOfTheShopAsksNobodyAndSaysIt(t *testing.T) {
	w := newWorld(t)
	w.run()
	c := w.delivered(order, "order")
	calls := len(w.shop.Journal())
	dry, err := trace.Replay(w.Context(), w.conf, c.Arrival.ID, trace.ReplayOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if dry.Counts.Again != 1 || dry.Effects[0].Before != c.Delivery.ID || len(w.shop.Journal()) != calls {
		t.Errorf("%+v", dry)
	}
	p := w.replay(c.Arrival.ID)
	var replayed, original trace.Chain
	for _, one := range w.trace(order) {
		switch {
		case one.Arrival.ID == p.New:
			replayed = one
		case one.Arrival.ID == c.Arrival.ID:
			original = one
		}
	}
	if replayed.Delivery == nil || !replayed.Check.Agrees || !strings.Contains(w.print(replayed), "replay 1 of a") {
		t.Errorf("the replay's chain:\n%s", w.print(replayed))
	}
	if text := w.print(original); !strings.Contains(text, "replayed by anna") {
		t.Errorf("no event in\n%s", text)
	}
}

func TestAFileThatFailsAsAWholeIsPredictedToFailAgain(t *testing.T) {
	w := newWorld(t)
	w.put("out/STOCK1.CSV", "Artikelnr;Lager\r\nBG-1001;10\r\n")
	w.put("edi/R1.EDI", strings.Replace(retail, "UNZ+2+501'", "UNZ+2+999'", 1))
	w.run()
	for _, name := range []string{"STOCK1.CSV", "R1.EDI"} {
		p := w.replay(w.arrival(name).ID)
		if p.Counts.Failed == 0 || p.Counts.Send != 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestOnlyWhatIsSettledAndArchivedCanBeReplayed(t *testing.T) {
	w := newWorld(t)
	w.put("out/STOCK1.CSV", stock)
	w.run()
	a := w.arrival("STOCK1.CSV")
	refused := func(want string, opt trace.ReplayOptions) {
		t.Helper()
		_, err := trace.Replay(w.Context(), w.conf, a.ID, opt)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	refused("name of the person", trace.ReplayOptions{})
	set := func(change func(a *ledger.Arrival)) {
		t.Helper()
		b := a
		change(&b)
		if err := w.led.Do(t.Context(), func(tx *ledger.Tx) error { return tx.UpdateArrival(&b) }); err != nil {
			t.Fatal(err)
		}
	}
	set(func(a *ledger.Arrival) { a.State = ledger.ArrivalHeld })
	refused("release or reject", trace.ReplayOptions{DryRun: true})
	set(func(a *ledger.Arrival) { a.State = ledger.ArrivalReleased })
	refused("it is released", trace.ReplayOptions{Actor: "anna"})
	set(func(a *ledger.Arrival) { a.Hash = "" })
	refused("never archived", trace.ReplayOptions{Actor: "anna"})
	set(func(*ledger.Arrival) {})
	w.edit("profiles/weber-erp.yaml", "status: live", "status: paused")
	w.start()
	refused("no running flow", trace.ReplayOptions{Actor: "anna"})
	a.ID = 4711
	refused("a4711", trace.ReplayOptions{DryRun: true})
}

func TestPredictionsAreJSON(t *testing.T) {
	w := newWorld(t)
	w.put("out/STOCK1.CSV", stock)
	w.run()
	p, err := trace.Replay(t.Context(), w.conf, w.arrival("STOCK1.CSV").ID, trace.ReplayOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `"counts":{"send":`) {
		t.Errorf("%s", b)
	}
}

func TestWhatIsNotSentYetHasNoBaseline(t *testing.T) {
	w := newWorld(t)
	w.put("out/STOCK1.CSV", stock)
	w.run()
	first := w.arrival("STOCK1.CSV")
	lift := w.shop.Fault(sandbox.Fault{Kind: sandbox.Status, Status: 503, RetryAfter: time.Hour, Path: "/api/_action/sync", Times: -1})
	w.put("out/STOCK2.CSV", strings.Replace(stock, "BG-1002;10;3", "BG-1002;10;4", 1))
	w.run()
	lift()
	if open := w.deliveries(w.arrival("STOCK2.CSV").ID, ledger.DeliveryReady); len(open) != 1 {
		t.Fatalf("%d deliveries wait", len(open))
	}
	p := w.replay(first.ID)
	if p.Counts.Send != 2 || p.Counts.Same != 1 { // the one that waits and the one that the shop does not know
		t.Errorf("%+v", p.Counts)
	}
}

func TestADeliveryThatNeverGotToItsTargetIsNotRecomputed(t *testing.T) {
	w := newWorld(t)
	w.shop.Fault(sandbox.Fault{Kind: sandbox.Status, Status: 503, RetryAfter: time.Hour, Path: "/api/search/product", Times: -1})
	w.put("out/STOCK1.CSV", stock)
	w.run()
	c := w.delivered("BG-1001", "stock")
	if c.Check != nil || c.Delivery.State != ledger.DeliveryReady || value(t, c.Documents[0], "on_hand").From[1].Raw != "7" {
		t.Errorf("%+v %+v", c.Check, c.Documents)
	}
	if text := w.print(c); !strings.Contains(text, "503") || strings.Contains(text, "recomputed") {
		t.Errorf("\n%s", text)
	}
}
