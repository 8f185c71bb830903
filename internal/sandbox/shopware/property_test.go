package shopware

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// FuzzSync proves that no body makes the shop panic, and that a sync that is refused changes nothing.
func FuzzSync(f *testing.F) {
	id := productID("A-1")
	for _, seed := range []string{
		stockBody("5"), stockBody(`"5"`), `[]`, `{}`, `{"a":{"entity":"product","action":"delete","payload":[{"id":"` + id + `"}]}}`,
		`[{"entity":"product","action":"upsert","payload":[{"id":{"resolver":"product.number","value":"A-2"},"customFields":{"a":null,"b":[1.5e3]}}]}]`,
		`[{"entity":"product","action":"upsert","payload":[{"id":"` + id + `","tags":[{"name":"x"},{"id":"` + idOf("t") + `"}],"tax":{"taxRate":3},"children":[{"productNumber":"v","stock":1}]}]}]`,
		`[{"entity":"product_visibility","action":"delete","criteria":[{"type":"range","field":"product.stock","parameters":{"gte":3}}]}]`,
		`[{"entity":"order","action":"delete","criteria":[{"type":"not","queries":[{"type":"equals","field":"orderNumber","value":null}]}]}]`,
		`[{"entity":"order_line_item","action":"upsert","payload":[{"id":"` + id + `","quantity":-3,"price":{"unitPrice":1}}]}]`,
		`{"x":{"entity":"product_tag","action":"upsert","payload":[{"productId":"` + id + `","tagId":"` + idOf("t") + `"}]}}`, `[{"a":{"b`, "\xff",
	} {
		f.Add(seed)
	}
	var shop *api // reused while nothing changes it
	var before string
	f.Fuzz(func(t *testing.T, body string) {
		if shop == nil {
			shop = newAPI(t, Config{NoJournal: true})
			shop.order(Order{})
			before = dump(shop.shop)
		}
		shop.t = t
		status, answer := shop.raw("POST", "/api/_action/sync", body)
		after := dump(shop.shop)
		if !json.Valid(answer) {
			t.Errorf("answer is no JSON: %q", answer)
		}
		if status != 200 && after != before {
			t.Errorf("status %d, and something has changed", status)
		}
		if err := checkIndexes(shop.shop); err != nil {
			t.Error(err)
		}
		if status != 200 {
			return
		}
		for line := range strings.SplitSeq(strings.TrimSpace(after), "\n") {
			if !json.Valid([]byte(line)) {
				t.Fatalf("a row is no JSON: %s", line)
			}
		}
		shop = nil
	})
}

// FuzzSearch proves that no criteria make the shop panic.
func FuzzSearch(f *testing.F) {
	for _, seed := range []string{`{}`, `{"filter":[{"type":"equals","field":"lineItems.price.unitPrice","value":1}],"sort":[{"field":"deliveries.trackingCodes"}]}`,
		`{"associations":{"lineItems":{"associations":{"product":{}}}},"includes":{"order":["id"]}}`, `{"page":2147483648,"limit":500}`,
		`{"filter":[{"type":"range","field":"price.totalPrice","parameters":{"lt":"1e9"}},{"type":"contains","field":"price","value":3}]}`} {
		f.Add(seed)
	}
	a := newAPI(f, Config{})
	a.order(Order{})
	f.Fuzz(func(t *testing.T, body string) {
		here := *a
		here.t = t
		if _, answer := here.raw("POST", "/api/search/order", body); !json.Valid(answer) {
			t.Errorf("answer is no JSON: %q", answer)
		}
	})
}

// TestPricesAddUp proves for any order that its parts add up to the whole, and stock to what was sold.
func TestPricesAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := newAPI(t, Config{NoJournal: true})
		money := rapid.Custom(func(t *rapid.T) Money {
			return Money(fmt.Sprintf("%d.%02d", rapid.IntRange(0, 500).Draw(t, "euro"), rapid.IntRange(0, 99).Draw(t, "cent")))
		})
		var lines []Line
		sold := map[string]int64{}
		for range rapid.IntRange(1, 5).Draw(rt, "lines") {
			l := Line{Product: rapid.SampledFrom([]string{"A-1", "A-2", "B-1"}).Draw(rt, "product"), Quantity: rapid.Int64Range(1, 9).Draw(rt, "quantity"), Price: money.Draw(rt, "price")}
			lines = append(lines, l)
			sold[l.Product] += l.Quantity
		}
		a.order(Order{Lines: lines, ShippingCost: money.Draw(rt, "shipping"), Discount: &Discount{Percent: Money(fmt.Sprint(rapid.IntRange(0, 90).Draw(rt, "percent")))},
			TaxStatus: rapid.SampledFrom([]string{gross, net, taxFree}).Draw(rt, "status")})
		row := a.search("order", `{"associations":{"lineItems":{}}}`)[0]
		price := row["price"].(map[string]any)
		total, _ := parseNumber("0")
		add := func(v any) {
			n, ok := parseNumber(asText(v))
			if !ok {
				rt.Fatalf("%v is no number", v)
			}
			total.Add(total, n)
		}
		for _, l := range row["lineItems"].([]any) {
			add(l.(map[string]any)["totalPrice"])
		}
		if got := decimal(total); got != asText(price["positionPrice"]) {
			rt.Errorf("lines %s, positionPrice %v", got, price["positionPrice"])
		}
		add(row["shippingTotal"])
		taxes, _ := parseNumber("0")
		for _, tax := range price["calculatedTaxes"].([]any) {
			n, _ := parseNumber(asText(tax.(map[string]any)["tax"]))
			taxes.Add(taxes, n)
		}
		want := map[string]string{gross: asText(price["totalPrice"]), net: asText(price["netPrice"]), taxFree: asText(price["netPrice"])}[asText(price["taxStatus"])]
		if got := decimal(total); got != want {
			rt.Errorf("%v: parts %s, whole %s", price["taxStatus"], got, want)
		}
		all, _ := parseNumber(asText(price["totalPrice"]))
		bare, _ := parseNumber(asText(price["netPrice"]))
		if got := decimal(minus(all, bare)); got != decimal(taxes) {
			rt.Errorf("total less net %s, taxes %s", got, decimal(taxes))
		}
		for number, n := range sold {
			if got := a.stock(number); got != map[string]int64{"A-1": 10, "A-2": 20, "B-1": 2}[number]-n {
				rt.Errorf("%s: stock %d after %d sold", number, got, n)
			}
		}
	})
}

// TestConcurrentUseIsSafe lets buyers, a merchant and two clients work at once; the stock must add up.
func TestConcurrentUseIsSafe(t *testing.T) {
	a := newAPI(t, Config{})
	stop := a.shop.Fault(Fault{Kind: Deadlock, Body: "never sent", Times: -1})
	const rounds = 25
	var wg sync.WaitGroup
	for _, work := range []func(i int){
		func(int) { a.order(Order{}) },
		func(int) {
			o := a.order(Order{})
			a.move("order", o.ID, "cancel", ``)
		},
		func(int) {
			a.search("order", `{"associations":{"lineItems":{"associations":{"product":{}}},"deliveries":{}},"sort":[{"field":"createdAt"}]}`)
		},
		func(i int) {
			a.sync(fmt.Sprintf(`[{"entity":"product","action":"upsert","payload":[{"id":"%s","customFields":{"k%d":1}}]}]`, productID("A-1"), i))
		},
		func(int) { a.raw("POST", "/api/_action/sync", stockBody(`"x"`)) },
		func(int) { a.shop.Journal(); a.shop.Orders(); a.shop.Mails(); a.shop.Faults() },
	} {
		wg.Go(func() {
			for i := range rounds {
				work(i)
			}
		})
	}
	wg.Wait()
	stop()
	if got := a.stock("A-1"); got != 10-3*rounds {
		t.Errorf("stock %d, want %d", got, 10-3*rounds)
	}
	row, _ := a.shop.Row("product", productID("A-1"))
	if n := len(row["customFields"].(map[string]any)); n != rounds {
		t.Errorf("%d own fields, want %d", n, rounds)
	}
	if err := checkIndexes(a.shop); err != nil {
		t.Error(err)
	}
}

func BenchmarkSyncStock(b *testing.B) {
	a := newAPI(b, Config{NoJournal: true})
	body := stockBody("5")
	for b.Loop() {
		a.sync(body)
	}
}

func BenchmarkSyncStockOfAHundred(b *testing.B) {
	a := demoAPI(b, Config{NoJournal: true})
	var records []string
	for i := range 100 {
		records = append(records, fmt.Sprintf(`{"id":"%s","stock":%d}`, productID(fmt.Sprintf("BG-%d", 1001+i)), i))
	}
	body := `[{"entity":"product","action":"upsert","payload":[` + strings.Join(records, ",") + `]}]`
	for b.Loop() {
		a.sync(body)
	}
}

func BenchmarkSearchProductByNumber(b *testing.B) {
	a := demoAPI(b, Config{NoJournal: true})
	for b.Loop() {
		a.raw("POST", "/api/search/product", `{"filter":[{"type":"equalsAny","field":"productNumber","value":["BG-1007"]}],"includes":{"product":["id","productNumber","stock"]}}`)
	}
}
