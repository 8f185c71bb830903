package shopware_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/platforms/shopware"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// shops gives a sandbox with its demo content and a connector to it.
func shops(t *testing.T) (*sandbox.Shop, *shopware.Shop) {
	t.Helper()
	sim := sandbox.New(sandbox.Config{})
	catalogue, orders := sandbox.Demo(1)
	if err := sim.Seed(catalogue); err != nil {
		t.Fatal(err)
	}
	for _, o := range orders {
		if _, err := sim.PlaceOrder(o); err != nil {
			t.Fatal(err)
		}
	}
	return sim, shopware.New(shopware.Config{URL: "http://shop.example", ClientID: "sandbox", HTTP: sim.Client().Transport, Page: 2,
		Secret: func() (string, error) { return "sandbox-secret", nil }})
}

// answers are recorded facts of a test.
type answers map[string]map[string]string

func (answers) Now() time.Time                            { return time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC) }
func (answers) Number(string) (int64, error)              { return 0, errors.New("no number wanted") }
func (a answers) Lookup(table, key string) (string, bool) { v, ok := a[table][key]; return v, ok }

// deliver carries documents out as the gateway does, without its records.
func deliver(t *testing.T, target *shopware.Target, docs ...*document.Document) (refused []flow.Refusal, steps []string, err error) {
	t.Helper()
	d := &flow.Delivery{Docs: docs}
	facts := answers{}
	for _, n := range target.Needs(d) {
		found, _, err := target.Lookup(t.Context(), n.Table, []string{n.Key})
		if err != nil {
			return nil, nil, err
		}
		if facts[n.Table] == nil {
			facts[n.Table] = map[string]string{}
		}
		for k, v := range found {
			facts[n.Table][k] = v
		}
	}
	body, refused, found, err := target.Encode(d, facts, nil)
	if err != nil || found.HasErrors() {
		t.Fatal(err, found)
	}
	for _, s := range target.Steps(d, body) {
		r, err := s.Do(t.Context(), flow.Evidence{})
		refused = append(refused, r.Refused...)
		steps = append(steps, s.Name)
		if err != nil {
			return refused, steps, err
		}
	}
	return refused, steps, nil
}

func stock(sku, pieces string) *document.Document {
	d := document.New(document.Stock)
	d.Set("sku", document.TextValue(sku))
	n, err := document.ParseDecimal(pieces)
	if err != nil {
		panic(err)
	}
	d.Set("on_hand", document.NumberValue(n))
	return d
}

func TestOrdersComeOutWithAmountsThatAddUpAndAreMarked(t *testing.T) {
	sim, shop := shops(t)
	source := shop.Orders(shopware.OrderOptions{Field: "batchgate_exported"})
	var numbers []string
	cursor := ""
	for a, err := range source.Poll(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		docs, found, err := shopware.Reader{}.Read(a.Body, true)
		if err != nil || len(docs) != 1 || found.HasErrors() {
			t.Fatal(err, found)
		}
		doc := docs[0]
		number := doc.Get("number").Text()
		numbers = append(numbers, number)
		sum := document.Decimal{}
		for _, part := range []struct {
			field string
			minus bool
		}{{"totals.goods", false}, {"totals.charges", false}, {"totals.discounts", true}, {"totals.tax", false}} {
			n, ok := doc.Get(part.field).Number()
			if !ok {
				t.Errorf("order %s has no %s", number, part.field)
			}
			if part.minus {
				n = n.Neg()
			}
			sum = sum.Add(n)
		}
		if payable, _ := doc.Get("totals.payable").Number(); sum.Cmp(payable) != 0 {
			t.Errorf("order %s: parts make %s, payable is %s", number, sum, payable)
		}
		if number == "10234" {
			for field, want := range map[string]string{"totals.payable": "99.25", "totals.net": "84.73", "totals.tax": "14.52", "currency": "EUR"} {
				if got := doc.Get(field).Text(); got != want {
					t.Errorf("%s of 10234: %s, want %s", field, got, want)
				}
			}
			if n := len(doc.List("lines")); n != 2 {
				t.Errorf("10234 has %d lines", n)
			}
		}
		if a.Cursor != "" {
			cursor = a.Cursor
		}
		for _, s := range source.Settle(a, flow.Settlement{Outcome: flow.Processed, At: answers{}.Now(),
			Documents: []flow.Settled{{Kind: document.Order, ID: doc.Get("id").Text(), Key: number, As: "ORD1.EDI"}}}) {
			if _, err := s.Do(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !slices.Contains(numbers, "10234") || len(numbers) != len(sim.Orders()) {
		t.Errorf("polled %v of %d orders", numbers, len(sim.Orders()))
	}
	if cursor == "" {
		t.Error("the cursor did not move")
	}
	for a := range source.Poll(t.Context(), cursor) {
		t.Errorf("a marked order came again: %s", a.Name)
	}
}

func TestStockGoesInAndUnknownArticlesAreNoFailure(t *testing.T) {
	sim, shop := shops(t)
	target := shop.Target(shopware.TargetOptions{UnknownSKU: "ignore"})
	refused, _, err := deliver(t, target, stock("BG-1001", "17"), stock("FOREIGN", "1"), stock("BG-1002", "2.5"), stock("BG-1003", "0.00"))
	if err != nil {
		t.Fatal(err)
	}
	for sku, want := range map[string]int64{"BG-1001": 17, "BG-1003": 0} {
		if got, ok := sim.Stock(sku); !ok || got != want {
			t.Errorf("%s: %d, want %d", sku, got, want)
		}
	}
	if len(refused) != 2 || refused[0].Rule != "shopware.unknown-sku" || !refused[0].Ignored || refused[1].Rule != "shopware.stock-fraction" || refused[1].Ignored {
		t.Errorf("%+v", refused)
	}
}

func TestAFailureSaysWhatToDo(t *testing.T) {
	sim, shop := shops(t)
	target := shop.Target(shopware.TargetOptions{})
	for name, c := range map[string]struct {
		fault sandbox.Fault
		kind  flow.FailureKind
		after time.Duration
	}{
		"too many requests": {sandbox.Fault{Kind: sandbox.Status, Status: http.StatusTooManyRequests, RetryAfter: 7 * time.Second}, flow.TryLater, 7 * time.Second},
		"lost answer":       {sandbox.Fault{Kind: sandbox.DropAnswerAfterWrite}, flow.Unknown, 0},
		"deadlock":          {sandbox.Fault{Kind: sandbox.Deadlock}, flow.Unknown, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c.fault.Path = "/api/_action/sync"
			lift := sim.Fault(c.fault)
			_, _, err := deliver(t, target, stock("BG-1001", "3"))
			lift()
			if f := flow.FailureOf(err); err == nil || f.Kind != c.kind || f.After != c.after {
				t.Errorf("%v: kind %d after %v", err, f.Kind, f.After)
			}
			if _, _, err := deliver(t, target, stock("BG-1001", "3")); err != nil {
				t.Errorf("repeated: %v", err)
			}
		})
	}
	dead := shopware.New(shopware.Config{URL: "http://127.0.0.1:1", Secret: func() (string, error) { return "x", nil }})
	if _, _, err := deliver(t, dead.Target(shopware.TargetOptions{}), stock("A", "1")); flow.FailureOf(err).Kind != flow.TryLater || err == nil {
		t.Errorf("nobody listens: %v", err)
	}
}

func shipment(number, order string, lines map[string]int64, tracking string) *document.Document {
	d := document.New(document.Shipment)
	d.Set("number", document.TextValue(number))
	d.Set("order", document.TextValue(order))
	d.Set("tracking", document.TextValue(tracking))
	for sku, n := range lines {
		l := d.Add("lines")
		l.Set("sku", document.TextValue(sku))
		l.Set("quantity", document.NumberValue(document.Int(n)))
	}
	return d
}

func TestShipmentsInPartsAddUpAndRepeatsHaveNoSecondEffect(t *testing.T) {
	sim, shop := shops(t)
	target := shop.Target(shopware.TargetOptions{Ship: true, UnknownOrder: "ignore"})
	order, _ := sim.Order("10234")
	skus := map[string]int64{}
	for _, l := range order.Lines {
		if l.Product != "" {
			skus[l.Product] += l.Quantity
		}
	}
	var first string
	for sku := range skus {
		if first == "" || sku < first {
			first = sku
		}
	}
	for _, c := range []struct {
		doc   *document.Document
		state string
		codes int
	}{
		{shipment("LS-1", "10234", map[string]int64{first: 1}, "00340001"), "shipped_partially", 1},
		{shipment("LS-1", "10234", map[string]int64{first: 1}, "00340001"), "shipped_partially", 1},
		{shipment("LS-2", "10234", rest(skus, first), "00340002"), "shipped", 2},
		{shipment("LS-2", "10234", rest(skus, first), "00340002"), "shipped", 2},
	} {
		refused, steps, err := deliver(t, target, c.doc)
		if err != nil || len(refused) > 0 {
			t.Fatal(err, refused)
		}
		got, _ := sim.Order("10234")
		if got.Deliveries[0].State != c.state || len(got.Deliveries[0].TrackingCodes) != c.codes {
			t.Errorf("%s after %v: %+v", c.doc.Get("number").Text(), steps, got.Deliveries[0])
		}
	}
	refused, _, err := deliver(t, target, shipment("LS-3", "99999", nil, "x"))
	if err != nil || len(refused) != 1 || refused[0].Rule != "shopware.unknown-order" || !refused[0].Ignored {
		t.Errorf("unknown order: %v %+v", err, refused)
	}
	refused, _, err = deliver(t, target, shipment("LS-4", "10235", map[string]int64{"FOREIGN": 1}, "x"))
	if err != nil || len(refused) != 1 || refused[0].Rule != "shopware.foreign-line" {
		t.Errorf("foreign line: %v %+v", err, refused)
	}
}

// rest is what is left when one piece of an article was shipped.
func rest(all map[string]int64, sku string) map[string]int64 {
	left := map[string]int64{}
	for s, n := range all {
		if s == sku {
			n--
		}
		if n > 0 {
			left[s] = n
		}
	}
	return left
}
