package mapping_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

func compileTree(t testing.TB, src string) *mapping.Mapping {
	t.Helper()
	m, found := mapping.Compile([]byte(src), mapping.Environment{File: "m.yaml"})
	if found.HasErrors() {
		for _, f := range found {
			t.Log(f)
		}
		t.FailNow()
	}
	return m
}

// documents reads a file and gives its documents as JSON lines, and all findings.
func documents(t testing.TB, m *mapping.Mapping, file string) (string, string) {
	t.Helper()
	var b bytes.Buffer
	found, err := m.ReadRows(strings.NewReader(file), "FILE", mapping.ReadOptions{Emit: func(d *document.Document) error {
		b.Write(d.AppendJSON(nil))
		b.WriteByte('\n')
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range found {
		said = append(said, f.String())
	}
	return b.String(), strings.Join(said, "\n")
}

const stockXMLMapping = `
format: xml
namespaces: {"": urn:example:stock, x: urn:example:more}
root: Stock
document: {kind: stock, each: Items/Item}
map:
  sku:      SKU
  location: {path: /Warehouse/@Code, codes: {main: "10", south: "20"}}
  on_hand:  OnHand
  unit:     OnHand/@unitCode
  counted_at: {path: /@Day, as: {date: "2006-01-02"}}
`

const stockXMLFile = `<?xml version="1.0" encoding="UTF-8"?>
<Stock xmlns="urn:example:stock" Day="2026-11-24">
  <Warehouse Code="10">
    <Name>Gera</Name>
  </Warehouse>
  <Items>
    <Item>
      <SKU>BG-1001</SKU>
      <OnHand unitCode="C62">12.50</OnHand>
    </Item>
    <Item>
      <SKU>BG-1002</SKU>
      <OnHand unitCode="C62">x</OnHand>
      <Shelf>7</Shelf>
    </Item>
    <Item>
      <SKU>BG-1003</SKU>
      <OnHand></OnHand>
      <Shelf>8</Shelf>
    </Item>
  </Items>
</Stock>
`

func TestRecordsOfXMLBecomeDocumentsWithWhatStandsAroundThem(t *testing.T) {
	got, said := documents(t, compileTree(t, stockXMLMapping), stockXMLFile)
	want := `{"kind":"stock","sku":"BG-1001","location":"main","on_hand":12.50,"unit":"C62","counted_at":"2026-11-24"}
{"kind":"stock","sku":"BG-1003","location":"main","on_hand":null,"counted_at":"2026-11-24"}
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
	for _, want := range []string{`FILE:13:30 (record 2, /Stock/Items/Item/OnHand): error: on_hand: "x" is not a number`, "no line of the mapping takes /Stock/Items/Item/Shelf (2 times)"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s\nis not said:\n%s", want, said)
		}
	}
}

func writeBack(t testing.TB, m *mapping.Mapping, file string) string {
	t.Helper()
	var docs []*document.Document
	_, err := m.ReadRows(strings.NewReader(file), "FILE", mapping.ReadOptions{Emit: func(d *document.Document) error {
		docs = append(docs, d.Clone())
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	out, found, err := m.Encode(docs, mapping.WriteOptions{})
	if err != nil || found.HasErrors() {
		t.Fatal(err, found)
	}
	return string(out)
}

func TestDocumentsAreWrittenAsXML(t *testing.T) {
	got := writeBack(t, compileTree(t, stockXMLMapping), stockXMLFile)
	want := `<?xml version="1.0" encoding="UTF-8"?>
<Stock xmlns="urn:example:stock" xmlns:x="urn:example:more" Day="2026-11-24">
  <Warehouse Code="10"/>
  <Items>
    <Item>
      <SKU>BG-1001</SKU>
      <OnHand unitCode="C62">12.50</OnHand>
    </Item>
    <Item>
      <SKU>BG-1003</SKU>
    </Item>
  </Items>
</Stock>
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

const orderJSONMapping = `
format: json
document: order
fixed: {schema: orders/1}
map:
  number: number
  ordered_at: {path: placed, as: {date: "2006-01-02T15:04:05Z07:00"}}
  buyer.guest: {path: guest, as: {flag: ["true", "false"]}}
  ship_to.name: "addresses[type=delivery].name"
  bill_to.name: "addresses[type=billing].name"
  lines:
    each: lines
    sku: article.sku
    quantity: quantity
    price: price
`

const orderJSONFile = `{
  "schema": "orders/1",
  "number": "10234",
  "placed": "2026-11-24T18:05:00+01:00",
  "guest": true,
  "addresses": {
    "type": "delivery",
    "name": "J\u00f6rdis / Öztürk"
  },
  "lines": [
    {
      "article": {"sku": "BG-1001"}, "quantity": 3, "price": 1.5E+1
    },
    {
      "article": {"sku": "BG-2040"}, "quantity": 2, "price": 7.49, "note": "x"
    }
  ]
}
`

func TestJSONBecomesDocumentsAndBack(t *testing.T) {
	m := compileTree(t, orderJSONMapping)
	got, said := documents(t, m, orderJSONFile)
	want := `{"kind":"order","number":"10234","ordered_at":"2026-11-24T18:05:00+01:00","buyer":{"guest":true},"ship_to":{"name":"Jördis / Öztürk"},"lines":[{"sku":"BG-1001","quantity":3,"price":15},{"sku":"BG-2040","quantity":2,"price":7.49}]}
`
	if got != want || !strings.Contains(said, "no line of the mapping takes lines.note") {
		t.Errorf("got\n%s\n%s", got, said)
	}
	t.Log(writeBack(t, m, orderJSONFile))
}

const stockXLSXMapping = `
format: xlsx
sheet: Lager
document: {kind: stock, each: row}
map:
  sku:        {path: [Artikelnr, Artikel]}
  on_hand:    Bestand
  counted_at: {path: Gezählt, as: {date: "02.01.2006"}}
`

func TestWorkbooksBecomeDocumentsAndBack(t *testing.T) {
	m := compileTree(t, stockXLSXMapping)
	doc := func(sku, n, day string) *document.Document {
		d := document.New(document.Stock)
		set(&d.Group, "sku", sku, "on_hand", n, "counted_at", day)
		return d
	}
	out, found, err := m.Encode([]*document.Document{doc("00123", "12.50", "2026-11-24"), doc("BG-2", "-3", "2026-11-25")}, mapping.WriteOptions{})
	if err != nil || found.HasErrors() {
		t.Fatal(err, found)
	}
	got, said := documents(t, m, string(out))
	want := `{"kind":"stock","sku":"00123","on_hand":12.5,"counted_at":"2026-11-24"}
{"kind":"stock","sku":"BG-2","on_hand":-3,"counted_at":"2026-11-25"}
`
	if got != want || strings.Contains(said, "error") {
		t.Errorf("got\n%s%s", got, said)
	}
}
