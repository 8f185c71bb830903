package mapping_test

import (
	"testing"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// Of the formats with mappings here Svefaktura alone has a schema in the facts; of UBL, BMEcat, openTRANS, cXML, GS1 XML and
// Monitor there is none.
func TestSvefakturaThatIsWrittenIsValidByItsSchema(t *testing.T) {
	const schema = "erp-formats/schemas/svefaktura-1.0/maindoc/SFTI-BasicInvoice-1.0.xsd"
	m := treeMapping(t, "svefaktura")
	for _, s := range treeSamples {
		if s.mapping != "svefaktura" {
			continue
		}
		docs, _ := readTree(t, m, sharedtest.Read(t, "samples/"+s.file))
		out, found, err := m.Encode(docs, mapping.WriteOptions{})
		if err != nil || found.HasErrors() {
			t.Fatal(found, err)
		}
		if faults := sharedtest.SchemaFaults(t, schema, out); faults != "" {
			t.Errorf("%s, written again: %s\n%s", s.file, faults, out)
		}
	}
	for seed := range 25 {
		out, found, err := m.Encode([]*document.Document{forSvefaktura(invoices.Example(seed))}, mapping.WriteOptions{})
		if err != nil || found.HasErrors() {
			t.Fatal(found, err)
		}
		if faults := sharedtest.SchemaFaults(t, schema, out); faults != "" {
			t.Fatalf("%s\n%s", faults, out)
		}
	}
}

// forSvefaktura gives an invoice what the schema of Svefaktura asks for, and leaves out what its types do not take.
func forSvefaktura(d *document.Document) *document.Document {
	d = d.Clone()
	set(&d.Group, "invoiced_at", "2026-03-02", "buyer_reference", "4711", "totals.tax", "25.00", "totals.goods", "100.00", "totals.payable", "125.00", "payment.account", "3338929")
	for _, field := range []string{"delivered_at", "from", "until"} {
		d.Set(field, document.Value{})
	}
	for _, who := range []string{"supplier", "buyer", "ship_to"} {
		set(&d.Group, who+".city", "Malmö", who+".zip", "21119")
	}
	if len(d.List("lines")) == 0 {
		set(d.Add("lines"), "number", "1", "net", "100.00", "name", "Kaffe", "quantity", "1")
	}
	for _, list := range []string{"charges", "discounts"} {
		for _, item := range d.List(list) {
			item.Set("code", document.Value{})
		}
	}
	for _, l := range d.List("lines") {
		l.Clear("charges")
		one := len(l.List("discounts")) == 1
		l.KeepItems("discounts", func(*document.Group) bool { return one })
		set(l, "unit", "PCE")
	}
	return d
}
