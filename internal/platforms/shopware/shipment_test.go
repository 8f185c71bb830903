package shopware_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/platforms/shopware"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// goods is a shipped article.
type goods struct {
	sku    string
	pieces int64
}

func shipment(number, order, tracking string, lines ...goods) *document.Document {
	d := document.New(document.Shipment)
	d.Set("number", document.TextValue(number))
	d.Set("order", document.TextValue(order))
	d.Set("tracking", document.TextValue(tracking))
	for _, g := range lines {
		l := d.Add("lines")
		l.Set("sku", document.TextValue(g.sku))
		l.Set("quantity", document.NumberValue(document.Int(g.pieces)))
	}
	return d
}

func (w *world) wantDelivery(order, state string, codes ...string) {
	w.t.Helper()
	o, _ := w.sim.Order(order)
	if d := o.Deliveries[0]; d.State != state || !slices.Equal(d.TrackingCodes, codes) {
		w.t.Errorf("order %s is %s with %v, want %s with %v", order, d.State, d.TrackingCodes, state, codes)
	}
}

// mustDeliver delivers what nothing may be refused of.
func mustDeliver(t *testing.T, target *shopware.Target, docs ...*document.Document) prepared {
	t.Helper()
	p, err := deliver(t, target, docs...)
	if err != nil || len(p.refused) > 0 {
		t.Fatal(err, p.refused)
	}
	return p
}

func TestAWholeShipment(t *testing.T) {
	for name, lines := range map[string][]goods{"without lines": nil, "with all lines": {{"BG-1001", 3}, {"BG-1002", 2}}} {
		for _, mail := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", mail ", mail), func(t *testing.T) {
				w := newWorld(t)
				p := mustDeliver(t, w.shop.Target(shopware.TargetOptions{Ship: true, SendMail: mail}), shipment("LS-1", "10234", "JD0001", lines...))
				w.wantDelivery("10234", "shipped", "JD0001")
				if n := len(w.sim.Mails()); n > 0 != mail {
					t.Errorf("%d mails", n)
				}
				if len(p.steps) != 2 || p.steps[0].Once || !p.steps[1].Once {
					t.Errorf("steps %+v", p.steps)
				}
			})
		}
	}
}

func TestPartsAddUpAndRepeatsHaveNoSecondEffect(t *testing.T) {
	w := newWorld(t)
	target := w.shop.Target(shopware.TargetOptions{Ship: true, SendMail: true})
	part := shipment("LS-1", "10234", "JD0001", goods{"BG-1001", 2})
	rest := shipment("LS-2", "10234", "JD0002", goods{"BG-1001", 1}, goods{"BG-1002", 2})
	for _, c := range []struct {
		doc   *document.Document
		state string
		codes []string
		mails int
	}{
		{part, "shipped_partially", []string{"JD0001"}, 1},
		{part, "shipped_partially", []string{"JD0001"}, 1},
		{rest, "shipped", []string{"JD0001", "JD0002"}, 2},
		{rest, "shipped", []string{"JD0001", "JD0002"}, 2},
		{part, "shipped", []string{"JD0001", "JD0002"}, 2},
	} {
		mustDeliver(t, target, c.doc)
		w.wantDelivery("10234", c.state, c.codes...)
		if n := len(w.sim.Mails()); n != c.mails {
			t.Errorf("%d mails, want %d", n, c.mails)
		}
	}
}

func TestTwoAdvicesOfOneOrderInOneDeliveryAddUp(t *testing.T) {
	w := newWorld(t)
	p := mustDeliver(t, w.shop.Target(shopware.TargetOptions{Ship: true}),
		shipment("LS/1", "10234", "JD0001", goods{"BG-1001", 3}), shipment("LS/2", "10234", "JD0002", goods{"BG-1002", 2}))
	w.wantDelivery("10234", "shipped", "JD0001", "JD0002")
	names := map[string]bool{}
	for _, s := range p.steps {
		names[s.Name] = true
	}
	if len(names) != 4 || len(p.steps) != 4 {
		t.Errorf("steps %v", names)
	}
}

func TestAnArticleInTwoLinesFillsBoth(t *testing.T) {
	w := newWorld(t)
	_, orders := sandbox.Demo(1)
	o := orders[0]
	o.Number, o.Lines = "10400", []sandbox.Line{{Product: "BG-1001", Quantity: 2}, {Product: "BG-1001", Quantity: 3, Price: "19.95"}}
	if _, err := w.sim.PlaceOrder(o); err != nil {
		t.Fatal(err)
	}
	target := w.shop.Target(shopware.TargetOptions{Ship: true})
	for range 2 {
		mustDeliver(t, target, shipment("LS-1", "10400", "JD0001", goods{"BG-1001", 4}))
		w.wantDelivery("10400", "shipped_partially", "JD0001")
	}
	mustDeliver(t, target, shipment("LS-2", "10400", "JD0002", goods{"BG-1001", 1}))
	w.wantDelivery("10400", "shipped", "JD0001", "JD0002")
}

func TestAnAdviceOfSeveralOrdersShipsEach(t *testing.T) {
	w := newWorld(t)
	d := shipment("LS-1", "10234", "JD0001", goods{"BG-1001", 3}, goods{"BG-1002", 2}, goods{"BG-1001", 1})
	d.List("lines")[2].Set("order", document.TextValue("10236"))
	mustDeliver(t, w.shop.Target(shopware.TargetOptions{Ship: true}), d)
	w.wantDelivery("10234", "shipped", "JD0001")
	w.wantDelivery("10236", "shipped_partially", "JD0001")
}

func TestTrackingAloneLeavesTheState(t *testing.T) {
	w := newWorld(t)
	d := shipment("LS-1", "10234", "JD0001")
	for _, code := range []string{"JD0002", "JD0001"} {
		d.Add("packages").Set("tracking", document.TextValue(code))
	}
	mustDeliver(t, w.shop.Target(shopware.TargetOptions{}), d)
	w.wantDelivery("10234", "open", "JD0001", "JD0002")
}

func TestShipmentsThatCannotGoAreRefused(t *testing.T) {
	w := newWorld(t)
	if err := w.sim.Transition("10235", "order", "cancel"); err != nil {
		t.Fatal(err)
	}
	target := w.shop.Target(shopware.TargetOptions{Ship: true, UnknownOrder: "ignore"})
	for rule, doc := range map[string]*document.Document{
		"shopware.unknown-order":           shipment("LS-1", "99999", "JD0001"),
		"shopware.order-cancelled":         shipment("LS-2", "10235", "JD0001"),
		"shopware.foreign-line":            shipment("LS-3", "10234", "JD0001", goods{"BG-1001", 1}, goods{"FOREIGN", 1}),
		"shopware.shipment-quantity":       shipment("LS-4", "10234", "JD0001", goods{"BG-1001", -1}),
		"shopware.shipment-without-order":  shipment("LS-5", "", "JD0001"),
		"shopware.shipment-without-number": shipment("", "10234", "JD0001", goods{"BG-1001", 1}),
	} {
		p, err := deliver(t, target, doc)
		if err != nil || len(p.steps) > 0 {
			t.Errorf("%s: %v, %d steps", rule, err, len(p.steps))
		}
		wantRefusals(t, p.refused, rule)
		if len(p.refused) == 1 && p.refused[0].Ignored != (rule == "shopware.unknown-order") {
			t.Errorf("%+v", p.refused[0])
		}
	}
	w.wantDelivery("10234", "open")
}

func TestAfterALostAnswerTheShopIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		fault sandbox.FaultKind
		state flow.State
	}{
		"the answer was lost":  {sandbox.DropAnswerAfterWrite, flow.Done},
		"the request was lost": {sandbox.DropBeforeWrite, flow.NotDone},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p, err := prepare(t, w.shop.Target(shopware.TargetOptions{Ship: true, SendMail: true}), shipment("LS-1", "10234", "JD0001"))
			if err != nil {
				t.Fatal(err)
			}
			w.sim.Fault(sandbox.Fault{Kind: c.fault, Path: "/api/_action/order_delivery/"})
			wantFailure(t, p.run(t, 0), flow.Unknown, 0)
			state, r, err := p.steps[1].Check(t.Context(), nil)
			if err != nil || state != c.state || r.Answer == "" {
				t.Errorf("state %d, want %d: %v %+v", state, c.state, err, r)
			}
			if state == flow.NotDone {
				if err := p.run(t, 1); err != nil {
					t.Fatal(err)
				}
			}
			w.wantDelivery("10234", "shipped", "JD0001")
			if n := len(w.sim.Mails()); n != 1 {
				t.Errorf("%d mails", n)
			}
		})
	}
}

func TestWhatWasShippedByHandMeanwhileIsDone(t *testing.T) {
	for name, lines := range map[string][]goods{"in whole": nil, "in part": {{"BG-1001", 1}}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p, err := prepare(t, w.shop.Target(shopware.TargetOptions{Ship: true}), shipment("LS-1", "10234", "JD0001", lines...))
			if err != nil {
				t.Fatal(err)
			}
			if err := w.sim.Transition("10234", "order_delivery", "ship"); err != nil {
				t.Fatal(err)
			}
			if err := p.run(t, 0); err != nil {
				t.Fatal(err)
			}
			w.wantDelivery("10234", "shipped", "JD0001")
		})
	}
}

func TestATransitionThatTheShopForbidsNeedsAPerson(t *testing.T) {
	w := newWorld(t)
	p, err := prepare(t, w.shop.Target(shopware.TargetOptions{Ship: true}), shipment("LS-1", "10234", "JD0001"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.sim.Transition("10234", "order_delivery", "cancel"); err != nil {
		t.Fatal(err)
	}
	wantFailure(t, p.run(t, 0), flow.NeedsPerson, 0)
	w.wantDelivery("10234", "cancelled", "JD0001")
}

func TestWhatIsClosedShortMakesTheOrderShipped(t *testing.T) {
	cases := map[string]func(*document.Document) shopware.TargetOptions{
		"a line that says so": func(d *document.Document) shopware.TargetOptions {
			d.List("lines")[0].Set("closed", document.FlagValue(true))
			return shopware.TargetOptions{Ship: true}
		},
		"an advice that says so": func(d *document.Document) shopware.TargetOptions {
			d.Set("complete", document.FlagValue(true))
			return shopware.TargetOptions{Ship: true}
		},
		"the profile": func(*document.Document) shopware.TargetOptions {
			return shopware.TargetOptions{Ship: true, Close: true}
		},
	}
	for name, short := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			const number = "10234" // BG-1001 3, BG-1002 2
			first := shipment("LS1", number, "T1", goods{"BG-1001", 2})
			target := w.shop.Target(short(first))
			if name == "a line that says so" { // and the other line comes later
				mustDeliver(t, target, first)
				w.wantDelivery(number, "shipped_partially", "T1")
				mustDeliver(t, target, shipment("LS2", number, "T2", goods{"BG-1002", 2}))
				w.wantDelivery(number, "shipped", "T1", "T2")
				return
			}
			mustDeliver(t, target, first)
			w.wantDelivery(number, "shipped", "T1")
		})
	}
}

func TestOrdersFromBeforeWebOrdersBeginAreLeftAlone(t *testing.T) {
	w := newWorld(t)
	const number = "10234"
	p, err := deliver(t, w.shop.Target(shopware.TargetOptions{Ship: true, Since: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)}), shipment("LS1", number, "T1", goods{"BG-1001", 1}))
	if err != nil || len(p.refused) != 1 || !p.refused[0].Ignored || p.refused[0].Rule != "shopware.order-too-old" {
		t.Errorf("%v %+v", err, p.refused)
	}
	w.wantDelivery(number, "open")
}
