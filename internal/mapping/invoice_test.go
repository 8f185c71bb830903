package mapping_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// minus makes amounts that are subtracted.
func minus(of *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Map(of, func(s string) string { return "-" + s })
}

// invoices are invoices with the fields that both EDIFACT and UBL have a place for, in the form in which reading gives them.
var invoices = rapid.Custom(func(t *rapid.T) *document.Document {
	d := document.New(document.Invoice)
	g := &d.Group
	set(g, "number", keys.Draw(t, "number"), "type", oneOf("380", "384").Draw(t, "type"), "currency", oneOf("SEK", "EUR").Draw(t, "currency"))
	for _, field := range []string{"invoiced_at", "taxed_at", "delivered_at", "due_at", "from", "until"} {
		maybe(t, g, field, days)
	}
	for _, field := range []string{"order", "shipment", "contract", "supplier_order", "payment.reference"} {
		maybe(t, g, field, keys)
	}
	maybe(t, g, "note", words)
	if rapid.Bool().Draw(t, "credits") {
		set(g, "credited", keys.Draw(t, "credited"), "credited_at", days.Draw(t, "credited at"))
	}
	for _, who := range []string{"supplier", "buyer"} {
		set(g, who+".number", keys.Draw(t, "number"), who+".name", words.Draw(t, "name"))
		maybe(t, g, who+".street", words)
		maybe(t, g, who+".city", words)
		maybe(t, g, who+".zip", rapid.StringMatching(`[0-9]{5}`))
		maybe(t, g, who+".country", oneOf("SE", "DK"))
		maybe(t, g, who+".vat_id", keys)
		maybe(t, g, who+".legal_id", keys)
		maybe(t, g, who+".contact", words)
		maybe(t, g, who+".phone", rapid.StringMatching(`\+46 [0-9]{3,9}`))
		maybe(t, g, who+".email", rapid.StringMatching(`[a-z]{1,8}@example\.se`))
	}
	set(g, "ship_to.number", keys.Draw(t, "place"))
	maybe(t, g, "ship_to.city", words)
	if rapid.Bool().Draw(t, "account?") {
		set(g, "payment.account", rapid.StringMatching(`SE[0-9]{22}`).Draw(t, "account"))
		maybe(t, g, "payment.bank", rapid.StringMatching(`[A-Z]{8}`))
	}
	maybe(t, g, "payment.means", oneOf("30", "58"))
	for range rapid.IntRange(0, 2).Draw(t, "charges") {
		adjustment(t, d.Add("charges"), decimals(2), true)
	}
	for range rapid.IntRange(0, 2).Draw(t, "discounts") {
		adjustment(t, d.Add("discounts"), minus(decimals(2)), true)
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "lines") {
		invoiceLine(t, d.Add("lines"), i)
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "rates") {
		set(d.Add("taxes"), "rate", []string{"25", "12", "6"}[i], "category", "S", "net", decimals(2).Draw(t, "net"), "tax", decimals(2).Draw(t, "tax"))
	}
	for _, field := range []string{"goods", "charges", "discounts", "net", "tax", "gross", "prepaid", "rounding", "payable"} {
		maybe(t, g, "totals."+field, decimals(2))
	}
	return d
})

func invoiceLine(t *rapid.T, l *document.Group, i int) {
	set(l, "number", fmt.Sprint(i+1), "name", words.Draw(t, "name"), "quantity", decimals(3).Draw(t, "quantity"), "net", decimals(2).Draw(t, "net"))
	maybe(t, l, "gtin", rapid.StringMatching(`[0-9]{13}`))
	for _, field := range []string{"sku", "buyer_sku", "shipment"} {
		maybe(t, l, field, keys)
	}
	maybe(t, l, "unit", oneOf("PCE", "KGM"))
	maybe(t, l, "origin", oneOf("SE", "NO"))
	if rapid.Bool().Draw(t, "price?") {
		set(l, "price", decimals(4).Draw(t, "price"))
		maybe(t, l, "price_basis", oneOf("100", "1000"))
		maybe(t, l, "list_price", decimals(4))
	}
	set(l, "rate", oneOf("25", "0").Draw(t, "rate"), "category", "S")
	for range rapid.IntRange(0, 1).Draw(t, "charges") {
		adjustment(t, l.Add("charges"), decimals(2), false)
	}
	for range rapid.IntRange(0, 2).Draw(t, "discounts") {
		adjustment(t, l.Add("discounts"), minus(decimals(2)), false)
	}
}

func adjustment(t *rapid.T, g *document.Group, net *rapid.Generator[string], taxed bool) {
	set(g, "net", net.Draw(t, "net"))
	maybe(t, g, "code", oneOf("FC", "95"))
	maybe(t, g, "label", words)
	maybe(t, g, "percent", oneOf("10", "2.5"))
	maybe(t, g, "base", decimals(2))
	if taxed {
		set(g, "rate", "25", "category", "S")
	}
}

// forUBL gives an invoice what UBL always has, and EDIFACT does not carry.
func forUBL(d *document.Document) *document.Document {
	d = d.Clone()
	for _, who := range []string{"supplier", "buyer"} {
		set(&d.Group, who+".legal_name", d.Get(who+".name").Text(), who+".endpoint", "7300010000001", who+".endpoint_scheme", "0088")
	}
	return d
}

// forEDIFACT gives an invoice what INVOIC always has.
func forEDIFACT(d *document.Document) *document.Document {
	d = d.Clone()
	set(&d.Group, "function", "9")
	return d
}

func TestInvoicesAreTheSameWhenWrittenAndReadAgain(t *testing.T) {
	for _, c := range []struct {
		mapping *mapping.Mapping
		as      func(*document.Document) *document.Document
	}{{treeMapping(t, "peppol-invoice"), forUBL}, {compiled(t, "invoic-d96a.yaml"), forEDIFACT}} {
		t.Run(c.mapping.Name(), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				d := c.as(invoices.Draw(rt, "invoice"))
				out, found, err := c.mapping.Encode([]*document.Document{d}, mapping.WriteOptions{Envelope: envelope()})
				if err != nil || len(found) > 0 {
					rt.Fatalf("encode: %v %v", err, found)
				}
				back := readInvoices(t, c.mapping, out)
				if diff := cmp.Diff(linesOf([]*document.Document{d}), linesOf(back)); diff != "" {
					rt.Fatalf("read(write(d)) is not d:\n%s\n%s", diff, out)
				}
				again, _, err := c.mapping.Encode(back, mapping.WriteOptions{Envelope: envelope()})
				if err != nil || !bytes.Equal(out, again) {
					rt.Fatalf("write(read(x)) is not x: %v\n%q\n%q", err, again, out)
				}
			})
		})
	}
}

// An invoice of one format becomes the same invoice of the other, and the same again on the way back.
func TestInvoicesGoFromEDIFACTToUBLAndBack(t *testing.T) {
	edi, ubl := compiled(t, "invoic-d96a.yaml"), treeMapping(t, "peppol-invoice")
	rapid.Check(t, func(rt *rapid.T) {
		want := forEDIFACT(invoices.Draw(rt, "invoice"))
		file := encodeInvoice(rt, edi, want)
		between := forUBL(readInvoices(t, edi, file)[0])
		back := readInvoices(t, ubl, encodeInvoice(rt, ubl, between))
		if diff := cmp.Diff(string(file), string(encodeInvoice(rt, edi, forEDIFACT(back[0])))); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func encodeInvoice(t *rapid.T, m *mapping.Mapping, d *document.Document) []byte {
	out, found, err := m.Encode([]*document.Document{d}, mapping.WriteOptions{Envelope: envelope()})
	if err != nil || len(found) > 0 {
		t.Fatalf("encode: %v %v", err, found)
	}
	return out
}

func readInvoices(t *testing.T, m *mapping.Mapping, file []byte) []*document.Document {
	t.Helper()
	if m.Format() == mapping.EDIFACT {
		return readAll(t, m, file)
	}
	docs, faults := readTree(t, m, string(file))
	if len(faults) > 0 {
		t.Errorf("%q\n%s", faults, file)
	}
	return docs
}
