package shopware

import (
	"encoding/json"
	"reflect"
	"regexp"
	"testing"
	"time"
)

// demoAPI is a shop with the demonstration's catalogue and orders.
func demoAPI(t testing.TB, cfg Config) *api {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = fixed
	}
	s := New(cfg)
	catalogue, orders := Demo(1)
	if err := s.Seed(catalogue); err != nil {
		t.Fatal(err)
	}
	for _, o := range orders {
		if _, err := s.PlaceOrder(o); err != nil {
			t.Fatal(err)
		}
	}
	a := &api{t: t, shop: s, client: s.Client()}
	a.login()
	return a
}

func TestDemoIsTheSameForTheSameSeed(t *testing.T) {
	for _, seed := range []uint64{0, 1, 99} {
		c1, o1 := Demo(seed)
		c2, o2 := Demo(seed)
		if !reflect.DeepEqual(c1, c2) || !reflect.DeepEqual(o1, o2) {
			t.Errorf("seed %d: two runs differ", seed)
		}
		if n := len(c1.Products); n < 190 || n > 220 {
			t.Errorf("%d products, want about 200", n)
		}
		s := New(Config{Now: fixed})
		if err := s.Seed(c1); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		for _, o := range o1 {
			if _, err := s.PlaceOrder(o); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
		if err := checkIndexes(s); err != nil {
			t.Error(err)
		}
	}
	a, b := demoAPI(t, Config{}), demoAPI(t, Config{})
	if dump(a.shop) != dump(b.shop) {
		t.Error("two shops from one seed differ")
	}
}

func TestDemoNumbersAreValid(t *testing.T) {
	c, _ := Demo(1)
	number, seen := regexp.MustCompile(`^BG-\d{4}$`), map[string]bool{}
	for _, p := range c.Products {
		if !number.MatchString(p.Number) || seen[p.Number] {
			t.Errorf("number %q", p.Number)
		}
		seen[p.Number] = true
		sum := 0
		for i, d := range p.EAN {
			sum += int(d-'0') * (1 + 2*(i%2))
		}
		if len(p.EAN) != 13 || sum%10 != 0 {
			t.Errorf("%s: EAN %q has a wrong check digit", p.Number, p.EAN)
		}
	}
}

// TestOrder10234IsComputedAsTheShopDoes has the worked figures: VAT 14.52 by position, 99.25 to pay.
func TestOrder10234IsComputedAsTheShopDoes(t *testing.T) {
	a := demoAPI(t, Config{})
	o := a.search("order", `{"filter":[{"type":"equals","field":"orderNumber","value":"10234"}],"associations":{"lineItems":{"sort":[{"field":"position"}]},
		"deliveries":{},"transactions":{"associations":{"stateMachineState":{}}}}}`)[0]
	want := map[string]any{"amountTotal": "99.25", "amountNet": "84.73", "positionPrice": "94.35", "shippingTotal": "4.9", "taxStatus": "gross",
		"orderDate": "2026-03-02", "orderDateTime": "2026-03-02T09:14:27.318+00:00"}
	for name, v := range want {
		if got := asText(o[name]); got != v {
			t.Errorf("%s = %v, want %v", name, got, v)
		}
	}
	taxes := func(v any) (list [][3]string) {
		for _, tax := range v.(map[string]any)["calculatedTaxes"].([]any) {
			m := tax.(map[string]any)
			list = append(list, [3]string{asText(m["taxRate"]), asText(m["price"]), asText(m["tax"])})
		}
		return list
	}
	lines := o["lineItems"].([]any)
	line := func(i int) map[string]any { return lines[i].(map[string]any) }
	for _, c := range []struct {
		what string
		got  any
		want [][3]string
	}{
		{"order", o["price"], [][3]string{{"19.0", "85.0673709815892", "13.59"}, {"7.0", "14.1826290184108", "0.93"}}},
		{"goods at 19", line(0)["price"], [][3]string{{"19.0", "89.85", "14.35"}}},
		{"goods at 7", line(1)["price"], [][3]string{{"7.0", "14.98", "0.98"}}},
		{"discount", line(2)["price"], [][3]string{{"19.0", "-8.9824286940761", "-1.43"}, {"7.0", "-1.4975713059239", "-0.1"}}},
		{"shipping", o["shippingCosts"], [][3]string{{"19.0", "4.1997996756654", "0.67"}, {"7.0", "0.7002003243346", "0.05"}}},
		{"delivery", o["deliveries"].([]any)[0].(map[string]any)["shippingCosts"], [][3]string{{"19.0", "4.1997996756654", "0.67"}, {"7.0", "0.7002003243346", "0.05"}}},
	} {
		if got := taxes(c.got); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: taxes %v, want %v", c.what, got, c.want)
		}
	}
	if l := line(2); l["type"] != "promotion" || l["good"] != false || asText(l["unitPrice"]) != "-10.48" || l["productId"] != nil {
		t.Errorf("discount line %v", l)
	}
	if l := line(0); l["type"] != "product" || asText(l["quantity"]) != "3" || asText(l["unitPrice"]) != "29.95" || l["productId"] != productID("BG-1001") {
		t.Errorf("product line %v", l)
	}
	payment := o["transactions"].([]any)[0].(map[string]any)
	if payment["stateMachineState"].(map[string]any)["technicalName"] != "paid" || asText(payment["amount"].(map[string]any)["totalPrice"]) != "99.25" {
		t.Errorf("payment %v", payment)
	}
}

func TestNetAndTaxFreeOrders(t *testing.T) {
	a := newAPI(t, Config{})
	lines := []Line{{Product: "A-1", Quantity: 2, Price: "10.05"}, {Product: "A-2", Quantity: 1, Price: "3.00"}}
	for status, want := range map[string][2]string{"net": {"33.01", "28.1"}, "tax-free": {"28.1", "28.1"}, "gross": {"28.1", "23.96"}} {
		o := a.order(Order{Lines: lines, TaxStatus: status, ShippingCost: "5"})
		row, _ := a.shop.Row("order", o.ID)
		b, _ := json.Marshal(row["price"])
		price := decoded(t, b)
		if got := [2]string{asText(price["totalPrice"]), asText(price["netPrice"])}; got != want {
			t.Errorf("%s: total and net %v, want %v: %s", status, got, want, b)
		}
		if taxes := price["calculatedTaxes"].([]any); (len(taxes) == 0) != (status == "tax-free") {
			t.Errorf("%s: taxes %v", status, taxes)
		}
	}
}

func TestOrdersTheShopCannotTakeChangeNothing(t *testing.T) {
	a := newAPI(t, Config{})
	good := Order{Customer: buyer(), Billing: home(), Lines: []Line{{Product: "A-1", Quantity: 1}}}
	a.order(Order{Number: "77"})
	before := dump(a.shop)
	for name, spoil := range map[string]func(*Order){
		"no lines":         func(o *Order) { o.Lines = nil },
		"unknown product":  func(o *Order) { o.Lines = []Line{{Product: "A-1", Quantity: 1}, {Product: "X", Quantity: 1}} },
		"no quantity":      func(o *Order) { o.Lines = []Line{{Product: "A-1"}} },
		"price no number":  func(o *Order) { o.Lines = []Line{{Product: "A-1", Quantity: 1, Price: "1,50"}} },
		"unknown country":  func(o *Order) { o.Billing.Country = "XX" },
		"other country":    func(o *Order) { o.Shipping = &Address{Country: "XX"} },
		"unknown payment":  func(o *Order) { o.PaymentMethod = "gold" },
		"unknown shipping": func(o *Order) { o.ShippingMethod = "gold" },
		"payment state":    func(o *Order) { o.PaymentState = "gold" },
		"tax status":       func(o *Order) { o.TaxStatus = "gold" },
		"no customer":      func(o *Order) { o.Customer = Customer{} },
		"number is taken":  func(o *Order) { o.Number = "77" },
		"shipping cost":    func(o *Order) { o.ShippingCost = "x" },
		"discount":         func(o *Order) { o.Discount = &Discount{} },
		"discount percent": func(o *Order) { o.Discount = &Discount{Percent: "ten"} },
	} {
		o := good
		spoil(&o)
		if number, err := a.shop.PlaceOrder(o); err == nil || number != "" {
			t.Errorf("%s: order %q was placed", name, number)
		}
		if dump(a.shop) != before {
			t.Fatalf("%s: something has changed", name)
		}
	}
	if _, err := New(Config{}).PlaceOrder(good); err == nil {
		t.Error("an empty shop takes orders")
	}
}

func TestSeedRefusesWrongProducts(t *testing.T) {
	for name, p := range map[string]Product{
		"no number":   {Name: "x", Gross: "1", TaxRate: "19"},
		"no name":     {Number: "x", Gross: "1", TaxRate: "19"},
		"no price":    {Number: "x", Name: "x", TaxRate: "19"},
		"bad gross":   {Number: "x", Name: "x", Gross: "1,0", TaxRate: "19"},
		"bad net":     {Number: "x", Name: "x", Net: "one", TaxRate: "19"},
		"no rate":     {Number: "x", Name: "x", Gross: "1"},
		"low rate":    {Number: "x", Name: "x", Gross: "1", TaxRate: "-100"},
		"there twice": {Number: "a-1", Name: "x", Gross: "1", TaxRate: "19"},
	} {
		a := newAPI(t, Config{})
		before := dump(a.shop)
		if err := a.shop.Seed(Catalogue{Products: []Product{{Number: "ok", Name: "ok", Net: "1", TaxRate: "7"}, p}}); err == nil {
			t.Errorf("%s: no error", name)
		}
		if dump(a.shop) != before {
			t.Errorf("%s: something was added", name)
		}
	}
}

func TestCustomersWithANumberAreKnownAgain(t *testing.T) {
	a := newAPI(t, Config{Release: "6.6"})
	c := buyer()
	c.Number, c.Company, c.VATID = "20044", "Käufer GmbH", "DE129273398"
	for range 2 {
		a.order(Order{Customer: c, Billing: home(), Time: start.Add(-time.Hour)})
	}
	rows := a.search("customer", `{"associations":{"orderCustomers":{},"defaultBillingAddress":{}}}`)
	if len(rows) != 1 || len(rows[0]["orderCustomers"].([]any)) != 2 || rows[0]["accountType"] != "business" || rows[0]["guest"] != false {
		t.Errorf("customers %v", rows)
	}
	if rows[0]["createdAt"] != "2026-03-02T11:00:00.000+00:00" || rows[0]["defaultBillingAddress"] == nil {
		t.Errorf("customer %v", rows[0])
	}
}
