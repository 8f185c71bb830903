package mapping_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// words are texts that stand in fields: letters, marks that formats use themselves, and characters beyond ASCII.
var words = rapid.Custom(func(t *rapid.T) string {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("abcXYZ019äöß+:'?;\"., -/&")), 1, 29, -1).Draw(t, "text")
	return strings.Join(strings.Fields("x"+text), " ")
})

var keys = rapid.StringMatching(`[A-Z0-9]([A-Z0-9./-]{0,14}[A-Z0-9])?`)

func maybe(t *rapid.T, g *document.Group, field string, gen *rapid.Generator[string]) {
	if rapid.Bool().Draw(t, field+"?") {
		set(g, field, gen.Draw(t, field))
	}
}

func decimals(scale int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return document.NewDecimal(rapid.Int64Range(1, 99_999_999).Draw(t, "coefficient"), uint8(scale)).String()
	})
}

var (
	days = rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("20%02d-%02d-%02d", rapid.IntRange(10, 60).Draw(t, "y"), rapid.IntRange(1, 12).Draw(t, "m"), rapid.IntRange(1, 28).Draw(t, "d"))
	})
	moments = rapid.Custom(func(t *rapid.T) string {
		if rapid.Bool().Draw(t, "day") {
			return days.Draw(t, "day")
		}
		return fmt.Sprintf("2026-01-%02dT%02d:%02d+01:00", rapid.IntRange(1, 28).Draw(t, "d"), rapid.IntRange(0, 23).Draw(t, "h"), rapid.IntRange(0, 59).Draw(t, "m"))
	})
)

func oneOf(values ...string) *rapid.Generator[string] { return rapid.SampledFrom(values) }

// orderDocs are orders with the fields that orders-d96a maps, in the form in which reading gives them.
var orderDocs = rapid.Custom(func(t *rapid.T) *document.Document {
	d := document.New(document.Order)
	set(&d.Group, "number", keys.Draw(t, "number"), "function", oneOf("1", "9", "31").Draw(t, "function"), "buyer.number", keys.Draw(t, "buyer"))
	maybe(t, &d.Group, "ordered_at", moments)
	maybe(t, &d.Group, "payment.method", oneOf("paypal", "invoice"))
	maybe(t, &d.Group, "payment.reference", keys)
	maybe(t, &d.Group, "buyer.vat_id", keys)
	maybe(t, &d.Group, "currency", oneOf("EUR", "SEK"))
	maybe(t, &d.Group, "shipping.method", oneOf("dhl", "dpd"))
	for _, who := range []string{"bill_to", "ship_to"} {
		set(&d.Group, who+".name", words.Draw(t, "name"))
		maybe(t, &d.Group, who+".street", words)
		maybe(t, &d.Group, who+".city", words)
		maybe(t, &d.Group, who+".zip", rapid.StringMatching(`[0-9]{5}`))
		maybe(t, &d.Group, who+".country", oneOf("DE", "AT"))
		maybe(t, &d.Group, who+".phone", rapid.StringMatching(`\+49 [0-9]{3,9}`))
	}
	for range rapid.IntRange(0, 3).Draw(t, "charges") {
		set(d.Add("charges"), "type", "shipping", "sign", "C", "net", decimals(2).Draw(t, "net"), "tax", decimals(2).Draw(t, "tax"), "rate", oneOf("19", "7").Draw(t, "rate"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "discounts") {
		set(d.Add("discounts"), "type", "discount", "sign", "A", "net", "-"+decimals(2).Draw(t, "net"), "tax", "-"+decimals(2).Draw(t, "tax"), "rate", "19")
	}
	total := document.Int(0)
	for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
		l := d.Add("lines")
		set(l, "number", fmt.Sprint(10*(i+1)), "sku", keys.Draw(t, "sku"), "net", decimals(2).Draw(t, "net"), "quantity", "1")
		maybe(t, l, "gtin", rapid.StringMatching(`[0-9]{13}`))
		maybe(t, l, "name", words)
		maybe(t, l, "unit", oneOf("PCE", "KGM"))
		maybe(t, l, "rate", oneOf("19", "7", "0"))
		net, _ := l.Get("net").Number()
		total = total.Add(net)
		l.Set("price", document.NumberValue(net.Round(4)))
	}
	d.Set("totals.goods", document.NumberValue(total))
	maybe(t, &d.Group, "totals.tax", decimals(2))
	maybe(t, &d.Group, "totals.payable", decimals(2))
	return d
})

var shipments = rapid.Custom(func(t *rapid.T) *document.Document {
	d := document.New(document.Shipment)
	set(&d.Group, "number", keys.Draw(t, "number"))
	maybe(t, &d.Group, "function", oneOf("9", "5"))
	maybe(t, &d.Group, "shipped_at", moments)
	maybe(t, &d.Group, "order", keys)
	maybe(t, &d.Group, "carrier", oneOf("dhl", "dpd"))
	for range rapid.IntRange(0, 3).Draw(t, "packages") {
		p := d.Add("packages")
		set(p, "sscc", rapid.StringMatching(`[0-9]{18}`).Draw(t, "sscc"))
		maybe(t, p, "tracking", keys)
	}
	for range rapid.IntRange(0, 3).Draw(t, "lines") {
		l := d.Add("lines")
		set(l, "sku", keys.Draw(t, "sku"), "gtin", rapid.StringMatching(`[0-9]{13}`).Draw(t, "gtin"))
		maybe(t, l, "order_line", rapid.StringMatching(`[1-9][0-9]{0,3}`))
		maybe(t, l, "quantity", decimals(3))
	}
	return d
})

var stocks = rapid.Custom(func(t *rapid.T) *document.Document {
	d := document.New(document.Stock)
	set(&d.Group, "sku", keys.Draw(t, "sku"), "location", oneOf("main", "south").Draw(t, "location"), "on_hand", decimals(2).Draw(t, "on hand"))
	return d
})

// inventories are stocks as INVRPT has them.
var inventories = rapid.Custom(func(t *rapid.T) *document.Document {
	d := stocks.Draw(t, "stock")
	set(&d.Group, "gtin", rapid.StringMatching(`[0-9]{13}`).Draw(t, "gtin"))
	maybe(t, &d.Group, "unit", oneOf("PCE"))
	maybe(t, &d.Group, "counted_at", moments)
	return d
})

var rowOrders = rapid.Custom(func(t *rapid.T) *document.Document {
	d := document.New(document.Order)
	set(&d.Group, "number", keys.Draw(t, "number"), "ordered_at", days.Draw(t, "day"), "buyer.number", keys.Draw(t, "buyer"), "ship_to.name", words.Draw(t, "name"))
	for range rapid.IntRange(1, 4).Draw(t, "lines") {
		set(d.Add("lines"), "number", keys.Draw(t, "n"), "gtin", keys.Draw(t, "gtin"), "sku", keys.Draw(t, "sku"), "quantity", decimals(3).Draw(t, "q"), "price", decimals(2).Draw(t, "p"))
	}
	return d
})

// distinct drops documents whose key is that of the one before: rows of one key are one document.
func distinct(docs []*document.Document) []*document.Document {
	var out []*document.Document
	for _, d := range docs {
		if len(out) == 0 || out[len(out)-1].Key() != d.Key() {
			out = append(out, d)
		}
	}
	return out
}

func TestLaws(t *testing.T) {
	for _, c := range []struct {
		file string
		docs *rapid.Generator[*document.Document]
	}{
		{"orders-d96a.yaml", orderDocs}, {"desadv-d96a.yaml", shipments}, {"invrpt-d96a.yaml", inventories}, {"stock-csv.yaml", stocks}, {"orders-csv.yaml", rowOrders},
	} {
		t.Run(c.file, func(t *testing.T) {
			m := compiled(t, c.file)
			rapid.Check(t, func(rt *rapid.T) {
				docs := distinct(rapid.SliceOfN(c.docs, 1, 4).Draw(rt, "documents"))
				out, found, err := m.Encode(docs, mapping.WriteOptions{Envelope: envelope()})
				if err != nil || len(found) > 0 {
					rt.Fatalf("encode: %v %v", err, found)
				}
				back, again := readAll(t, m, out), []byte(nil)
				if got, want := asJSON(back), asJSON(docs); got != want {
					rt.Fatalf("read(write(d)) is not d:\n%s\n%s\n%q", got, want, out)
				}
				if again, _, err = m.Encode(back, mapping.WriteOptions{Envelope: envelope()}); err != nil || !bytes.Equal(out, again) {
					rt.Fatalf("write(read(x)) is not x: %v\n%q\n%q", err, again, out)
				}
			})
		})
	}
}

func readAll(t *testing.T, m *mapping.Mapping, file []byte) []*document.Document {
	if m.Format() == mapping.EDIFACT {
		docs, found := readMessages(t, m, file, mapping.ReadOptions{})
		if found.HasErrors() {
			t.Error(found)
		}
		return docs
	}
	docs, found := rows(t, m, string(file), mapping.ReadOptions{})
	if found.HasErrors() {
		t.Error(found)
	}
	return docs
}
