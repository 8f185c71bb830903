package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// stockSettings edits the example's profile: what stands below its stock flow.
func stockSettings(settings string) func(string) string {
	return func(profile string) string {
		return strings.Replace(profile, "    guards: {rows_drop: 30%, changed: 40%}\n", settings, 1)
	}
}

// writeStock puts a stock file of the ERP, written at this moment to the microsecond.
func (w *world) writeStock(n int, rows ...string) string {
	w.Helper()
	name := fmt.Sprintf("STOCK%03d.CSV", n)
	w.put("out/"+name, header+strings.Join(rows, "\r\n")+"\r\n")
	if err := os.Chtimes(filepath.Join(w.dir, "erp/out", name), time.Time{}, time.Now()); err != nil {
		w.Fatal(err)
	}
	return name
}

func (w *world) wantStock(want map[string]int64) {
	w.Helper()
	for sku, n := range want {
		if got, _ := w.shop.Stock(sku); got != n {
			w.Errorf("stock of %s is %d, want %d", sku, got, n)
		}
	}
}

// buy places an order by invoice, which is ready at once, and gives its number.
func (w *world) buy(sku string, pieces int64) string {
	w.Helper()
	return w.buyBy("payment_invoice", sku, pieces)
}

func (w *world) buyBy(payment, sku string, pieces int64) string {
	w.Helper()
	number, err := w.shop.PlaceOrder(sandbox.Order{Customer: sandbox.Customer{Email: "jana@example.org", LastName: "Möller"},
		Billing:       sandbox.Address{Street: "Deichweg 3", Zip: "25761", City: "Büsum", Country: "DE"},
		PaymentMethod: payment, Lines: []sandbox.Line{{Product: sku, Quantity: pieces}}})
	if err != nil {
		w.Fatal(err)
	}
	return number
}

// takeOrders empties the folder of orders, as the ERP does.
func (w *world) takeOrders() {
	w.Helper()
	for _, name := range w.files("in") {
		if err := os.Remove(filepath.Join(w.dir, "erp/in", name)); err != nil {
			w.Fatal(err)
		}
	}
}

func TestAnArticleThatWasSoldIsSentAgainThoughTheFileSaysTheSame(t *testing.T) {
	w := newWorld(t, nil)
	w.run()
	w.writeStock(1, "BG-1001;10;10", "BG-1002;10;5")
	w.run()
	w.buy("BG-1001", 3)
	w.run()
	w.wantStock(map[string]int64{"BG-1001": 7, "BG-1002": 5})
	before := w.effects("product", "stock")
	w.writeStock(2, "BG-1001;10;10", "BG-1002;10;5") // the ERP has got three more
	w.run()
	w.wantStock(map[string]int64{"BG-1001": 10, "BG-1002": 5})
	w.writeStock(3, "BG-1001;10;10", "BG-1002;10;5")
	w.run()
	if n := w.effects("product", "stock") - before; n != 1 {
		t.Errorf("%d stocks written, want that of the sold article once", n)
	}
}

func TestTheGuardDoesNotCountWhatTheShopSold(t *testing.T) {
	w := newWorld(t, stockSettings("    guards: {changed: 10%, min_rows: 1}\n"))
	w.run()
	w.writeStock(1, "BG-1001;10;10", "BG-1002;10;5", "BG-1003;10;5")
	w.run()
	w.buy("BG-1001", 3)
	w.run()
	w.writeStock(2, "BG-1001;10;9", "BG-1002;10;5", "BG-1003;10;5")
	w.run()
	w.wantStock(map[string]int64{"BG-1001": 9})
}

func TestAnOrderIsSubtractedUntilTheERPHasCountedIt(t *testing.T) {
	for counts, steps := range map[string][3]int64{ // after the export, after it was fetched, in the file behind that
		"exported": {10, 10, 10}, "fetched": {7, 10, 10}, "acknowledged": {7, 7, 7}, "next file": {7, 10, 10},
	} {
		t.Run(counts, func(t *testing.T) {
			w := newWorld(t, stockSettings("    stock: {means: available, counts_web_orders: "+counts+"}\n"))
			w.run()
			w.takeOrders()
			w.writeStock(1, "BG-1005;10;10")
			w.run()
			w.wantStock(map[string]int64{"BG-1005": 10})
			w.buy("BG-1005", 3)
			w.run() // exported
			w.writeStock(2, "BG-1005;10;10")
			w.run()
			w.wantStock(map[string]int64{"BG-1005": steps[0]})
			w.takeOrders()
			w.run() // seen to be fetched
			for n, want := range steps[1:] {
				w.writeStock(3+n, "BG-1005;10;10")
				w.run()
				w.wantStock(map[string]int64{"BG-1005": want})
			}
		})
	}
}

func TestAnEditedOrCancelledOrderHoldsWhatItHasNow(t *testing.T) {
	w := newWorld(t, func(profile string) string {
		return strings.Replace(stockSettings("    stock: {means: physical}\n")(profile), `ready_when: payment.state in`, `ready_when: payment.state in ["never"] && payment.state in`, 1)
	})
	w.run()
	number := w.buy("BG-1005", 3)
	w.run()
	w.writeStock(1, "BG-1005;10;10")
	w.run()
	w.wantStock(map[string]int64{"BG-1005": 7})
	if err := w.shop.Transition(number, "order", "cancel"); err != nil {
		t.Fatal(err)
	}
	w.run()
	w.writeStock(2, "BG-1005;10;10")
	w.run()
	w.wantStock(map[string]int64{"BG-1005": 10})
}

func TestAnOrderThatWaitsAndIsDeletedInTheShopHoldsNothing(t *testing.T) {
	w := newWorld(t, stockSettings("    stock: {means: physical}\n"))
	w.run()
	number := w.buyBy("payment_prepayment", "BG-1005", 3)
	other := w.buyBy("payment_prepayment", "BG-1005", 1)
	w.run()
	w.writeStock(1, "BG-1005;10;10")
	w.run()
	w.wantStock(map[string]int64{"BG-1005": 6})
	w.deleteOrder(number)
	w.run()
	w.writeStock(2, "BG-1005;10;10")
	w.run()
	w.wantStock(map[string]int64{"BG-1005": 9})
	err := w.led.View(t.Context(), func(tx *ledger.Tx) error {
		for number, want := range map[string]string{number: "cancelled", other: ""} {
			items, err := tx.OrderItems("shop", number)
			if err != nil || len(items) != 1 || items[0].Ended != want {
				t.Errorf("order %s, want ended %q: %+v %v", number, want, items, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// deleteOrder deletes an order in the shop, as a person does there.
func (w *world) deleteOrder(number string) {
	w.Helper()
	order, ok := w.shop.Order(number)
	if !ok {
		w.Fatalf("the shop has no order %s", number)
	}
	call := func(method, path, token, body string, answer any) {
		r, err := http.NewRequestWithContext(w.Context(), method, "http://shop.example"+path, strings.NewReader(body))
		if err != nil {
			w.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		got, err := w.shop.Client().Do(r)
		if err != nil {
			w.Fatal(err)
		}
		defer got.Body.Close()
		if got.StatusCode/100 != 2 {
			w.Fatalf("%s %s: %s", method, path, got.Status)
		}
		if answer != nil {
			if err := json.NewDecoder(got.Body).Decode(answer); err != nil {
				w.Fatal(err)
			}
		}
	}
	var login struct {
		Token string `json:"access_token"`
	}
	call(http.MethodPost, "/api/oauth/token", "", `{"grant_type":"client_credentials","client_id":"sandbox","client_secret":"sandbox-secret"}`, &login)
	call(http.MethodDelete, "/api/order/"+order.ID, login.Token, "", nil)
}

func TestOrdersFromBeforeTheCutOverHoldGoodsUntilTheyAreShipped(t *testing.T) {
	for means, left := range map[string]int64{"means: physical": 20 - 3 - 1, "means: available, counts_web_orders: fetched": 20} {
		t.Run(means, func(t *testing.T) {
			w := newWorld(t, func(profile string) string {
				profile = strings.Replace(profile, "start_at: 2026-01-01", "start_at: 2026-10-01", 1) // the example's orders are of March
				return stockSettings("    stock: {" + means + ", open_for: 366d}\n")(profile)
			})
			w.writeStock(1, "BG-1001;10;20")
			w.run()
			w.wantStock(map[string]int64{"BG-1001": left}) // 10234 holds 3, 10236 1
			w.put("out/DES1.EDI", strings.Replace(advice, "'LIN+2'PIA+1+BG-1002:SA'QTY+12:2:PCE'UNT+15+1'", "'UNT+12+1'", 1))
			w.run()
			w.writeStock(2, "BG-1001;10;17")
			w.run()
			if want := max(left-3, 20-3-1); means == "means: physical" {
				w.wantStock(map[string]int64{"BG-1001": want})
			} else {
				w.wantStock(map[string]int64{"BG-1001": 17})
			}
		})
	}
}

func TestArticlesOfTheShopAreListedOnceAndNewOnesFound(t *testing.T) {
	w := newWorld(t, stockSettings("    assortment: {fresh_for: 1h, all_every: 12h}\n"))
	w.run()
	listed := func() (n int) {
		for _, e := range w.shop.Journal() {
			if e.Path == "/api/search/product" && strings.Contains(e.Body, `"sort":[{"field":"productNumber"`) {
				n++
			}
		}
		return n
	}
	w.writeStock(1, "BG-1001;10;10", "NEU-1;10;4", "FREMD;10;1")
	w.run()
	w.writeStock(2, "BG-1001;10;11", "NEU-1;10;4", "FREMD;10;1")
	w.run()
	if n := listed(); n != 1 {
		t.Errorf("articles were listed %d times", n)
	}
	if err := w.shop.Seed(sandbox.Catalogue{Products: []sandbox.Product{{Number: "NEU-1", Name: "Neu", Gross: "1.00", TaxRate: "19"}}}); err != nil {
		t.Fatal(err)
	}
	w.later(2 * time.Hour)
	w.start() // another process knows them, too
	w.writeStock(3, "BG-1001;10;11", "NEU-1;10;4", "FREMD;10;1")
	w.run()
	w.wantStock(map[string]int64{"BG-1001": 11, "NEU-1": 4})
	w.shop.Fault(sandbox.Fault{Kind: sandbox.Down, Path: "/api/search/product"}) // what is known is used
	w.later(20 * time.Hour)
	w.writeStock(4, "BG-1001;10;11", "NEU-1;10;4", "FREMD;10;1")
	w.run()
	w.shop.ClearFaults()
	for n := range 4 {
		a := w.arrival(fmt.Sprintf("STOCK%03d.CSV", n+1))
		if a.Outcome != string(flow.Processed) || a.Documents != 3 {
			t.Errorf("%s: %s, %d documents: %s", a.Name, a.Outcome, a.Documents, a.Reason)
		}
	}
	w.noFinding("shopware.unknown-sku")
}

// noFinding tells that a rule was never found broken.
func (w *world) noFinding(rule string) {
	w.Helper()
	for _, a := range w.arrivals() {
		err := w.led.View(w.Context(), func(tx *ledger.Tx) error {
			all, err := tx.Findings(a.ID)
			for _, f := range all {
				if f.Rule == rule {
					w.Errorf("%s: %s", a.Name, f)
				}
			}
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
	}
}

func TestForeignArticlesAreFailedRowsUnlessTheProfileIgnoresThem(t *testing.T) {
	w := newWorld(t, func(profile string) string {
		return strings.Replace(stockSettings("    assortment: 1h\n")(profile), "unknown_sku: ignore", "unknown_sku: hold", 1)
	})
	w.writeStock(1, "BG-1001;10;10", "FREMD;10;1", "FREMD2;10;1")
	w.run()
	if a := w.arrival("STOCK001.CSV"); a.Outcome != string(flow.PartlyFailed) || a.Failed != 2 || !strings.Contains(a.Reason, "the shop does not have these articles") {
		t.Errorf("%s, %d failed: %s", a.Outcome, a.Failed, a.Reason)
	}
	w.wantStock(map[string]int64{"BG-1001": 10})
}

func TestADeadAdviceGoesOutOnceTheShopTakesIt(t *testing.T) {
	w := newWorld(t, nil)
	w.run()
	if err := w.shop.Transition("10234", "order", "cancel"); err != nil {
		t.Fatal(err)
	}
	w.put("out/DES1.EDI", advice)
	w.run()
	var dead ledger.Delivery
	for _, d := range w.deliveries() {
		if d.Kind == "shipment" {
			dead = d
		}
	}
	if dead.State != ledger.DeliveryDead || !strings.Contains(dead.Reason, "was cancelled in the shop") {
		t.Fatalf("%s: %s", dead.State, dead.Reason)
	}
	if a := w.arrival("DES1.EDI"); a.Outcome != string(flow.Failed) || a.Failed != 1 {
		t.Errorf("%s, %d failed", a.Outcome, a.Failed)
	}
	if err := w.shop.Transition("10234", "order", "reopen"); err != nil {
		t.Fatal(err)
	}
	if err := gateway.RetryDelivery(t.Context(), w.led, dead.ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	if o, _ := w.shop.Order("10234"); o.Deliveries[0].State != "shipped" {
		t.Errorf("after the order was reopened its delivery is %s", o.Deliveries[0].State)
	}
}
