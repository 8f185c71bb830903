package gateway_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/flatfile/xlsx"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// newFormatWorld is the example home with mappings of its own beside those there, and flows instead of the stock flow.
func newFormatWorld(t *testing.T, mappings map[string]string, flows string) *world {
	t.Helper()
	w := newWorld(t, nil)
	for name, text := range mappings {
		if err := os.WriteFile(filepath.Join(w.dir, "mappings", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(w.dir, "profiles/weber-erp.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(text), "flows:\n")
	if err := os.WriteFile(file, []byte(head+"flows:\n"+flows), 0o600); err != nil {
		t.Fatal(err)
	}
	w.start()
	return w
}

const stockXML = `<?xml version="1.0" encoding="UTF-8"?>
<Stock>
  <Item>
    <SKU>BG-1001</SKU>
    <OnHand>5</OnHand>
  </Item>
  <Item>
    <SKU>BG-1002</SKU>
    <OnHand>seven</OnHand>
  </Item>
</Stock>
`

const stockXMLMapping = `
format: xml
root: Stock
document: {kind: stock, each: Item}
map:
  sku:     SKU
  on_hand: OnHand
`

func TestAStockFileOfXMLBecomesStockAndItsBrokenRecordComesBack(t *testing.T) {
	w := newFormatWorld(t, map[string]string{"stock-xml.yaml": stockXMLMapping, "prices-xml.yaml": strings.Replace(stockXMLMapping, "Stock", "Prices", 1)}, `
  stock:
    from: {connection: erp, folder: out, match: "*.XML"}
    mapping: stock-xml
    to: shop
  other:
    from: {connection: erp, folder: out, match: "*.XML"}
    mapping: prices-xml
    to: shop
`)
	w.put("out/STOCK1.XML", stockXML)
	w.put("out/ODD.XML", "<Orders/>")
	w.run()
	if got, _ := w.shop.Stock("BG-1001"); got != 5 {
		t.Errorf("BG-1001: %d", got)
	}
	for _, a := range w.arrivals() {
		want := string(flow.PartlyFailed)
		if a.Name == "ODD.XML" {
			want = string(flow.Failed)
		}
		if a.Outcome != want && !(a.Name == "ODD.XML" && a.State == ledger.ArrivalHeld) {
			t.Errorf("%s: %s %s: %s", a.Name, a.State, a.Outcome, a.Reason)
		}
	}
	rest := ""
	for _, name := range w.files("out") {
		if text := w.read("out/" + name); strings.HasPrefix(name, "failed/") && strings.Contains(text, "<Stock>") {
			rest = text
		}
	}
	want := strings.Replace(stockXML, "  <Item>\n    <SKU>BG-1001</SKU>\n    <OnHand>5</OnHand>\n  </Item>\n", "", 1)
	if rest != want {
		t.Fatalf("%v: the rest is\n%s", w.files("out"), rest)
	}
	w.put("out/STOCK2.XML", strings.Replace(rest, "seven", "7", 1))
	w.run()
	if got, _ := w.shop.Stock("BG-1002"); got != 7 {
		t.Errorf("BG-1002: %d", got)
	}
}

const orderXMLMapping = `
format: xml
root: Order
namespaces: {"": "urn:oasis:names:specification:ubl:schema:xsd:Order-2", cac: "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2", cbc: "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"}
document: order
fixed:
  cbc:CustomizationID: "urn:fdc:peppol.eu:poacc:trns:order:3"
map:
  number:     cbc:ID
  ordered_at: {path: cbc:IssueDate, as: {date: "2006-01-02"}}
  currency:   cbc:DocumentCurrencyCode
  lines:
    each: cac:OrderLine
    number:   {path: cac:LineItem/cbc:ID, sequence: 10, remember: true}
    quantity: cac:LineItem/cbc:Quantity
    sku:      cac:LineItem/cac:Item/cac:SellersItemIdentification/cbc:ID
`

func TestAnOrderBecomesAnXMLFile(t *testing.T) {
	w := newFormatWorld(t, map[string]string{"order-xml.yaml": orderXMLMapping}, `
  orders:
    from: {connection: shop, kind: order, start_at: 2026-01-01}
    ready_when: payment.state in ["paid", "authorized"]
    mapping: order-xml
    to: {connection: erp, folder: in, temp: ../tmp, name: "ORD{series:5}.XML"}
`)
	w.run()
	files := w.files("in")
	if len(files) == 0 {
		for _, a := range w.arrivals() {
			t.Log(a.Name, a.State, a.Outcome, a.Reason)
		}
		t.Fatal("no order came out")
	}
	text := w.read("in/" + files[0])
	for _, want := range []string{`<?xml version="1.0" encoding="UTF-8"?>`, "<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>", "<cac:OrderLine>", "<cbc:ID>10</cbc:ID>"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %s:\n%s", files[0], want, text)
		}
	}
}

func TestAWorkbookBecomesStockAndItsBrokenRowsComeBackAsOne(t *testing.T) {
	w := newFormatWorld(t, map[string]string{"stock-xlsx.yaml": "format: xlsx\ndocument: {kind: stock, each: row}\nmap:\n  sku: Artikelnr\n  on_hand: Bestand\n"}, `
  stock:
    from: {connection: erp, folder: out, match: "*.XLSX"}
    mapping: stock-xlsx
    to: shop
`)
	var b bytes.Buffer
	book := xlsx.NewWriter(&b, xlsx.WriterOptions{Columns: []string{"Artikelnr", "Bestand"}})
	for _, row := range [][2]xlsx.Cell{{{Text: "BG-1001"}, {Kind: xlsx.Number, Text: "9"}}, {{Text: "BG-1002"}, {Text: "viele"}}} {
		if err := book.Write(row[:]); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	w.put("out/STOCK.XLSX", b.String())
	w.run()
	if got, _ := w.shop.Stock("BG-1001"); got != 9 {
		t.Errorf("BG-1001: %d", got)
	}
	for _, name := range w.files("out") {
		if !strings.HasPrefix(name, "failed/") || !strings.HasPrefix(w.read("out/"+name), "PK") || strings.HasSuffix(name, "/STOCK.XLSX") {
			continue
		}
		r, err := xlsx.NewReader(strings.NewReader(w.read("out/"+name)), xlsx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		rec, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		if sku, _ := rec.Text(0); sku != "BG-1002" {
			t.Errorf("the rest holds %s", sku)
		}
		return
	}
	t.Errorf("no rest among %v", w.files("out"))
}
