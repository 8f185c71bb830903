package mapping_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/internal/sharedtest"
)

func TestSamplesOfRowsAreMapped(t *testing.T) {
	for _, c := range []struct {
		file, mapping string
		want          []string
	}{
		{"businesscentral/xmlport-orders-synthetic.csv", `format: delimited
delimiter: ";"
charset: windows-1252
records:
  head: {mark: H, columns: [mark, number, customer, date, wanted, reference, name, street, zip, city, country, currency, agent]}
  line: {mark: L, columns: [mark, number, line, kind, sku, quantity, unit, price, discount]}
document: {kind: order, each: head}
map:
  number: head.number
  ship_to.city: head.city
  lines: {each: line, sku: line.sku, quantity: {path: line.quantity, as: {decimal: ","}}, price: {path: line.price, as: {decimal: ","}}}
`, []string{
			`{"kind":"order","number":"WEB-100045","ship_to":{"city":"HUDIKSVALL"},"lines":[{"sku":"EV-77-A","quantity":96,"price":11.25},{"sku":"EV-90","quantity":2,"price":89.99}]}`,
			`{"kind":"order","number":"WEB-100046","ship_to":{"city":"STOCKHOLM"},"lines":[{"sku":"BRI-M8","quantity":1000.5,"price":0.125}]}`}},
		{"visma/vb-orders-synthetic.edi", `format: delimited
delimiter: ";"
charset: windows-1252
records:
  head: {mark: H, columns: [mark, c2, street, c4, c5, c6, customer]}
  line: {mark: L, columns: [mark, c2, sku, c4, quantity]}
document: {kind: order, each: head}
map:
  number: head.customer   # the file has no number of its own
  ship_to.street: head.street
  lines: {each: line, sku: line.sku, quantity: {path: line.quantity, as: {decimal: ","}}}
`, []string{
			`{"kind":"order","number":"10005","ship_to":{"street":"Hamnvägen 3"},"lines":[{"sku":"221","quantity":10},{"sku":"ART-Ö7","quantity":2.5}]}`,
			`{"kind":"order","number":"10006","ship_to":{"street":""},"lines":[{"sku":"221","quantity":1}]}`}},
		{"pyramid/vendre-style-order-synthetic.txt", `format: delimited
delimiter: ";"
charset: windows-1252
records:
  head: {mark: <HEAD>, columns: [mark, number, date, customer, name, street, city, email, to_street, to_city, c11, c12, currency, payment, freight, fee]}
  line: {mark: <ART>, columns: [mark, sku, quantity, name, price]}
document: {kind: order, each: head}
map:
  number: head.number
  ordered_at: {path: head.date, as: {date: "2006-01-02"}}
  lines: {each: line, sku: line.sku, quantity: line.quantity, price: {path: line.price, as: {decimal: ","}}}
`, []string{`{"kind":"order","number":"100045","ordered_at":"2026-03-02","lines":[{"sku":"EV-77-A","quantity":96,"price":11.25},{"sku":"EV-90","quantity":2,"price":89.99}]}`}},
		{"as400/fixed-cp1252-trailing-minus-synthetic.txt", `format: fixed
charset: windows-1252
short_rows: true
records:
  head: {mark: H, layout: {customer: 2-8, number: 9-18, date: 19-26}}
  line: {mark: L, layout: {number: {at: 2-6, number: display}, sku: 7-24, quantity: {at: 55-65, number: display, decimals: 2, sign: trailing}}}
document: {kind: order, each: head}
map:
  number: head.number
  ordered_at: {path: head.date, as: {date: "20060102"}}
  lines: {each: line, number: line.number, sku: line.sku, quantity: line.quantity}
`, []string{`{"kind":"order","number":"B104711","ordered_at":"2026-03-02","lines":[{"number":"10","sku":"EV-77-A","quantity":96.00},{"number":"20","sku":"EV-90","quantity":-2.00}]}`}},
		{"vda/synthetic-4905-nolineends.txt", `format: fixed
record: 128
records:
  head: {mark: "511", layout: {customer: 6-14, number: 24-28}}
  part: {mark: "512", layout: {article: 37-58}}
  more: {mark: "513"}
  end:  {mark: "519"}
  text: {mark: "518"}
document: {kind: order, each: head}
map:
  number: head.number
  lines: {each: part, buyer_sku: part.article}
`, nil},
		{"businesscentral/al-xmlport-items.csv", `format: delimited
delimiter: ","
charset: utf-8
document: {kind: product, each: row}
map:
  sku: "No."
  name: Description
  unit: Base Unit of Measure
  net_weight: Net Weight
  blocked: {path: Blocked, as: {flag: ["true", "false"]}}
`, nil},
		{"businesscentral/al-xmlport-items.csv", `format: delimited
delimiter: ","
charset: utf-8
document: {kind: price, each: row}
map: {sku: "No.", price: Unit Price, unit: Base Unit of Measure}
`, nil},
		{"businesscentral/al-xmlport-customers.csv", `format: delimited
delimiter: ","
charset: utf-8
document: {kind: customer, each: row}
map:
  shop_number: "No."
  bill_to.name: Name
  bill_to.street: {path: Address, read: trim(value)}   # the sample pads them with blanks
  bill_to.city: {path: City, read: trim(value)}
  bill_to.zip: ZIP Code
  bill_to.country: Country/Region Code
`, []string{
			`{"kind":"customer","shop_number":"C315","bill_to":{"name":"The Phone Company","street":"4864 Landview Dr","zip":"43016-8378","city":"Dublin","country":"US"}}`,
			`{"kind":"customer","shop_number":"C389","bill_to":{"name":"Alpine Ski House","street":"Main Street","zip":"33222","city":"Pittsburgh","country":"US"}}`,
			`{"kind":"customer","shop_number":"C421","bill_to":{"name":"City Power & Light","street":"7237 E Gage Ave","zip":"90040-3812","city":"Commerce","country":"US"}}`}},
		{"idoc/orders05-flatpair.txt", `format: idoc
basic: ORDERS05
message: ORDERS
document: order
map:
  number: "E1EDK02[QUALF=001].BELNR"
  ordered_at: "E1EDK03[IDDAT=011].DATUM"
  ship_to.name: "E1EDKA1[PARVW=WE].NAME1"
  lines: {each: E1EDP01, number: POSEX, quantity: MENGE, gtin: "E1EDP19[QUALF=003].IDTNR"}
`, []string{`{"kind":"order","number":"P8218007","ordered_at":"2020-12-15","ship_to":{"name":"RECIPIENT"},"lines":[{"number":"1","gtin":"M-12","quantity":1}]}`}},
	} {
		t.Run(c.file, func(t *testing.T) {
			docs, refused, found := readText(t, compiledText(t, c.mapping), sharedtest.Read(t, "samples/"+c.file))
			if found.HasErrors() || refused != "" {
				t.Fatalf("%v %q", found, refused)
			}
			if c.want == nil {
				if len(docs) == 0 {
					t.Error("no document")
				}
				return
			}
			if diff := cmp.Diff(c.want, docs); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFlatIDocSamplesGiveTheDocumentsOfTheirXMLTwins(t *testing.T) {
	const invoice = "format: idoc\nbasic: INVOIC02\nmessage: INVOIC\ndocument: invoice\nmap:\n  number: E1EDK01.BELNR\n  currency: E1EDK01.CURCY\n  lines: {each: E1EDP01, number: POSEX, quantity: MENGE, net: \"E1EDP26[QUALF=003].BETRG\", name: \"E1EDP19[QUALF=002].KTEXT\"}\n"
	m := compiledText(t, invoice)
	flat, _, found := readText(t, m, sharedtest.Read(t, "samples/idoc/invoic01-flatpair.txt"))
	xml, _, _ := readText(t, m, sharedtest.Read(t, "samples/idoc/invoic01-flatpair.xml"))
	if diff := cmp.Diff(xml, flat); diff != "" || len(flat) != 1 || !strings.Contains(flat[0], `"lines":[{`) {
		t.Errorf("%s %q %v", diff, flat, found)
	}
}
