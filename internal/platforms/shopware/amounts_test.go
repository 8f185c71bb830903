package shopware_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/amounts"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/platforms/shopware"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// placed places an order and reads it by a rule.
func (w *world) placed(t rapid.TB, o sandbox.Order, r shopware.Reader) (*document.Document, finding.List, string) {
	t.Helper()
	o.Customer = sandbox.Customer{Email: "ida@example.org", FirstName: "Ida", LastName: "Brandt"}
	o.Billing = sandbox.Address{Street: "Hafenstraße 1", Zip: "24103", City: "Kiel", Country: "DE"}
	number, err := w.sim.PlaceOrder(o)
	if err != nil {
		t.Fatal(err)
	}
	for a, err := range w.shop.Orders(shopware.OrderOptions{}).Poll(w.t.Context(), w.cursor, nil) {
		if err != nil {
			t.Fatal(err)
		}
		w.cursor = max(w.cursor, a.Cursor)
		if !strings.Contains(string(a.Body), `"orderNumber":"`+number+`"`) {
			continue
		}
		docs, found, err := r.Read(a.Body, true)
		if err != nil {
			t.Fatal(err)
		}
		state, _ := w.sim.Order(number)
		return docs[0], found, state.Total
	}
	t.Fatal("the order was not polled")
	return nil, nil, ""
}

// emptyWorld is a shop with the demo's articles and no orders. BG-1001 has 19 % VAT and BG-1002 has 7 %.
func emptyWorld(t *testing.T) *world {
	w := newWorld(t)
	w.sim = sandbox.New(sandbox.Config{})
	catalogue, _ := sandbox.Demo(1)
	if err := w.sim.Seed(catalogue); err != nil {
		t.Fatal(err)
	}
	w.shop = shopware.New(shopware.Config{URL: "http://shop.example/", ClientID: "sandbox", HTTP: w.sim.Client().Transport, Page: 500,
		Secret: func() (string, error) { return "sandbox-secret", nil }})
	return w
}

func total(t rapid.TB, d *document.Document, name string) document.Decimal {
	n, _ := d.Get("totals." + name).Number()
	return n
}

// adds checks the two sums of the rule, and that VAT by rate makes the VAT.
func adds(t rapid.TB, d *document.Document, payable string) {
	t.Helper()
	net := total(t, d, "goods").Add(total(t, d, "charges")).Sub(total(t, d, "discounts"))
	if net.Cmp(total(t, d, "net")) != 0 {
		t.Errorf("parts make %s, net is %s", net, total(t, d, "net"))
	}
	if all := net.Add(total(t, d, "tax")).Add(total(t, d, "rounding")); all.Cmp(total(t, d, "total")) != 0 {
		t.Errorf("net, VAT and rounding make %s, the total is %s", all, total(t, d, "total"))
	}
	if left := total(t, d, "total").Sub(total(t, d, "prepaid")); left.Cmp(total(t, d, "payable")) != 0 {
		t.Errorf("total less prepaid is %s, payable is %s", left, total(t, d, "payable"))
	}
	if shop, err := document.ParseDecimal(payable); err != nil || payable != "" && shop.Cmp(total(t, d, "payable")) != 0 {
		t.Errorf("payable is %s, the shop says %s", total(t, d, "payable"), payable)
	}
	var goods, netByRate, tax document.Decimal
	for _, l := range d.List("lines") {
		n, _ := l.Get("net").Number()
		goods = goods.Add(n)
	}
	for _, r := range d.List("taxes") {
		n, _ := r.Get("net").Number()
		v, _ := r.Get("tax").Number()
		netByRate, tax = netByRate.Add(n), tax.Add(v)
	}
	if goods.Cmp(total(t, d, "goods")) != 0 || netByRate.Cmp(net) != 0 || tax.Cmp(total(t, d, "tax")) != 0 {
		t.Errorf("lines make %s of %s; rates make %s net of %s, VAT %s of %s", goods, total(t, d, "goods"), netByRate, net, tax, total(t, d, "tax"))
	}
}

func TestAmountsAddUpToTheCentWhateverTheOrderHolds(t *testing.T) {
	w := emptyWorld(t)
	cents := func(t *rapid.T, low, high int, label string) sandbox.Money {
		n := rapid.IntRange(low, high).Draw(t, label)
		return sandbox.Money(fmt.Sprintf("%d.%02d", n/100, n%100))
	}
	rapid.Check(t, func(rt *rapid.T) {
		o := sandbox.Order{TaxStatus: rapid.SampledFrom([]string{"gross", "net", "tax-free"}).Draw(rt, "status"),
			TaxCalculation: rapid.SampledFrom([]string{"horizontal", "vertical"}).Draw(rt, "calculation"), ShippingCost: cents(rt, 0, 3000, "shipping")}
		for i := range rapid.IntRange(1, 4).Draw(rt, "lines") {
			o.Lines = append(o.Lines, sandbox.Line{Product: []string{"BG-1001", "BG-1002"}[i%2], Quantity: int64(rapid.IntRange(1, 20).Draw(rt, "quantity")), Price: cents(rt, 0, 9999, "price")})
		}
		if rapid.Bool().Draw(rt, "discount") {
			o.Discount = &sandbox.Discount{Code: "TEN", Percent: "10"}
		}
		if rapid.Bool().Draw(rt, "card") {
			o.Extras = append(o.Extras, sandbox.Extra{Type: "gift-card", Label: "Gift card", Code: "GC-1", Price: "-5.00", NoTax: rapid.Bool().Draw(rt, "no tax")})
		}
		if rapid.Bool().Draw(rt, "fee") {
			o.Extras = append(o.Extras, sandbox.Extra{Type: "surcharge", Label: "Cash on delivery", Price: "3.90"})
		}
		if rapid.Bool().Draw(rt, "cash") {
			o.CashRounding = "0.05"
		}
		rule := amounts.Default()
		rule.Tolerance = document.NewDecimal(20, 2)
		rule.VAT = rapid.SampledFrom([]string{amounts.ShopVAT, amounts.RatesVAT}).Draw(rt, "vat")
		rule.Difference = rapid.SampledFrom([]string{amounts.ToRounding, amounts.ToTax}).Draw(rt, "difference")
		if rapid.Bool().Draw(rt, "as lines") {
			rule.Charges = amounts.Lines
			rule.Articles = map[string]string{"shipping": "FRACHT", "discount": "RABATT", "payment": "NN", "rounding": "RUNDUNG"}
		}
		doc, found, shop := w.placed(rt, o, shopware.Reader{Amounts: rule, LineTypes: map[string]string{"gift-card": "gift_card", "surcharge": "payment"}})
		if found.HasErrors() {
			rt.Fatalf("%v", found)
		}
		adds(rt, doc, shop)
		if rule.Charges == amounts.Lines && (len(doc.List("charges")) > 0 || len(doc.List("discounts")) > 0) {
			rt.Error("charges or discounts are left")
		}
	})
}

func mixed() sandbox.Order {
	return sandbox.Order{Lines: []sandbox.Line{{Product: "BG-1001", Quantity: 3, Price: "29.95"}, {Product: "BG-1002", Quantity: 2, Price: "7.49"}},
		ShippingCost: "4.90", Discount: &sandbox.Discount{Code: "TEN", Percent: "10"}}
}

func TestAGiftCardPaysAndLowersNoVAT(t *testing.T) {
	w := emptyWorld(t)
	plain, _, _ := w.placed(t, mixed(), shopware.Reader{Amounts: amounts.Default()})
	for name, card := range map[string]sandbox.Extra{
		"without VAT": {Type: "gift-card", Label: "Gutschein", Code: "GC-77", Price: "-20.00", NoTax: true},
		"with VAT":    {Type: "gift-card", Label: "Gutschein", Code: "GC-77", Price: "-20.00"},
	} {
		o := mixed()
		o.Extras = []sandbox.Extra{card}
		doc, found, shop := w.placed(t, o, shopware.Reader{Amounts: amounts.Default(), LineTypes: map[string]string{"gift-card:GC-*": "gift_card"}})
		if len(found) > 0 || shop != "79.25" {
			t.Errorf("%s: found %v, the shop says %s", name, found, shop)
		}
		adds(t, doc, shop)
		for _, field := range []string{"net", "tax", "total"} {
			if got, want := total(t, doc, field), total(t, plain, field); got.Cmp(want) != 0 {
				t.Errorf("%s: %s is %s, without the card it was %s", name, field, got, want)
			}
		}
		cards := doc.List("payments")
		if len(cards) != 1 || cards[0].Get("reference").Text() != "GC-77" || cards[0].Get("amount").Text() != "20.00" || total(t, doc, "prepaid").String() != "20.00" {
			t.Errorf("%s: payments %v, prepaid %s", name, cards, total(t, doc, "prepaid"))
		}
	}
}

func TestALineOfAnUnknownKindIsHeldAndSaysWhereToNameIt(t *testing.T) {
	w := emptyWorld(t)
	o := mixed()
	o.Extras = []sandbox.Extra{{Type: "surcharge", Label: "Nachnahme", Price: "3.90"}}
	_, found, _ := w.placed(t, o, shopware.Reader{Amounts: amounts.Default()})
	if !found.HasErrors() || !strings.Contains(found[0].Hint, "line_types: {surcharge: payment}") {
		t.Errorf("found %v", found)
	}
	doc, found, shop := w.placed(t, o, shopware.Reader{Amounts: amounts.Default(), LineTypes: map[string]string{"surcharge": "payment"}})
	if len(found) > 0 {
		t.Error(found)
	}
	adds(t, doc, shop)
	if c := doc.List("charges"); len(c) != 2 || c[0].Get("type").Text() != "payment" || len(c[0].List("rates")) != 2 {
		t.Errorf("charges %v", c)
	}
}

// The cent of order 10234: VAT is 14.52 by position and 14.51 by rate.
func TestTheDifferenceOfACentGoesWhereTheProfileSays(t *testing.T) {
	w := emptyWorld(t)
	for _, c := range []struct {
		vat, to, total                string
		tax, rounding, whole, finding string
	}{
		{"shop", "rounding", "shop", "14.52", "", "99.25", ""},
		{"rates", "rounding", "shop", "14.51", "0.01", "99.25", "goes into the rounding"},
		{"rates", "tax", "shop", "14.52", "", "99.25", "goes into the VAT"},
		{"rates", "rounding", "parts", "14.51", "", "99.24", "the sum of the parts goes out"},
		{"rates", "hold", "shop", "14.51", "", "", "lines 89.50 + charges 4.18 - discounts 8.95 + VAT 14.51 = 99.24, and the shop's total is 99.25: 0.01 differ"},
	} {
		rule := amounts.Default()
		rule.VAT, rule.Difference, rule.Total = c.vat, c.to, c.total
		doc, found, _ := w.placed(t, mixed(), shopware.Reader{Amounts: rule})
		if got := doc.Get("totals.tax").Text(); got != c.tax {
			t.Errorf("%+v: VAT %s", c, got)
		}
		if got := doc.Get("totals.rounding").Text(); got != c.rounding {
			t.Errorf("%+v: rounding %s", c, got)
		}
		if c.whole != "" && doc.Get("totals.total").Text() != c.whole {
			t.Errorf("%+v: total %s", c, doc.Get("totals.total").Text())
		}
		if found.HasErrors() != (c.to == "hold") || (c.finding == "") != (len(found) == 0) || c.finding != "" && !strings.Contains(found[0].Message, c.finding) {
			t.Errorf("%+v: found %v", c, found)
		}
	}
}

func TestADifferenceBeyondTheToleranceIsHeldWithItsArithmetic(t *testing.T) {
	w := emptyWorld(t)
	o := mixed()
	o.TaxStatus, o.TaxCalculation = "gross", "vertical"
	for range 30 {
		o.Lines = append(o.Lines, sandbox.Line{Product: "BG-1001", Quantity: 1, Price: "0.99"})
	}
	rule := amounts.Default()
	_, found, _ := w.placed(t, o, shopware.Reader{Amounts: rule})
	if !found.HasErrors() || !strings.Contains(found[0].Message, "the parts do not add up: lines ") {
		t.Errorf("found %v", found)
	}
	rule.Tolerance = document.NewDecimal(50, 2)
	doc, found, shop := w.placed(t, o, shopware.Reader{Amounts: rule})
	if found.HasErrors() {
		t.Error(found)
	}
	adds(t, doc, shop)
}

func TestAFreeLineKeepsItsZero(t *testing.T) {
	w := emptyWorld(t)
	o := mixed()
	o.Lines = append(o.Lines, sandbox.Line{Product: "BG-1003", Quantity: 1, Price: "0.00"})
	doc, found, shop := w.placed(t, o, shopware.Reader{Amounts: amounts.Default()})
	if len(found) > 0 {
		t.Error(found)
	}
	adds(t, doc, shop)
	for _, field := range []string{"net", "tax", "price", "gross"} {
		if v, ok := doc.List("lines")[2].Get(field).Number(); !ok || !v.IsZero() {
			t.Errorf("%s is %q", field, doc.List("lines")[2].Get(field).Text())
		}
	}
}

func TestATaxFreeOrderStatesTheRateZero(t *testing.T) {
	w := emptyWorld(t)
	o := mixed()
	o.TaxStatus = "tax-free"
	doc, found, shop := w.placed(t, o, shopware.Reader{Amounts: amounts.Default()})
	if len(found) > 0 {
		t.Error(found)
	}
	adds(t, doc, shop)
	for _, l := range doc.List("lines") {
		if l.Get("rate").Text() != "0" {
			t.Errorf("rate %q", l.Get("rate").Text())
		}
	}
}
