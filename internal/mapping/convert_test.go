package mapping_test

import (
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// conversions maps one column of each form.
const conversions = `
format: delimited
delimiter: ";"
zone: Europe/Berlin
decimal: ","
document: order
codes: {ways: {dhl: "31", dpd: "32", pickup: "32"}}
map:
  number: Nr
  ordered_at: {path: Am, as: {date: "02.01.2006 15:04"}}
  deliver_at: {path: Bis, as: {date: "20060102"}}
  buyer.guest: {path: Gast, as: {flag: [J, N]}}
  totals.net: {path: Netto, as: {decimal: ",", group: ".", digits: 2}}
  totals.tax: Steuer
  shipping.method: {path: Weg, codes: ways, unknown: hold}
  payment.method: {path: Zahlart, codes: {invoice: R}, unknown: pass}
  note: {path: Text, read: "trim(upper(value))", write: "lower(note)"}
  language: {read: "bill_to.country == 'AT' ? 'de-AT' : 'de'"}
  bill_to.country: {path: Land, default: DE}
`

const conversionHead = "Nr;Am;Bis;Gast;Netto;Steuer;Weg;Zahlart;Text;Land\r\n"

func TestConversionsGoBothWays(t *testing.T) {
	m := compiledText(t, conversions)
	file := conversionHead + "1;24.11.2026 18:05;20261201;J;1.234,50;3,5;31;R;hallo;AT\r\n2;25.11.2026 08:00;20261202;N;-0,10;12;32;bar;welt;DE\r\n"
	docs, found := rows(t, m, file, mapping.ReadOptions{})
	check(t, "read", asJSON(docs)+brief(found), `
{"kind":"order","number":"1","ordered_at":"2026-11-24T18:05+01:00","deliver_at":"2026-12-01","language":"de-AT","note":"HALLO","payment":{"method":"invoice"},"shipping":{"method":"dhl"},"buyer":{"guest":true},"bill_to":{"country":"AT"},"totals":{"net":1234.50,"tax":3.5}}
{"kind":"order","number":"2","ordered_at":"2026-11-25T08:00+01:00","deliver_at":"2026-12-02","language":"de","note":"WELT","payment":{"method":"bar"},"shipping":{"method":"dpd"},"buyer":{"guest":false},"bill_to":{"country":"DE"},"totals":{"net":-0.10,"tax":12}}`)
	check(t, "written", string(encode(t, m, mapping.WriteOptions{}, docs...)), file)
}

func TestBlankIsNeitherMissingNorZero(t *testing.T) {
	m := compiledText(t, conversions)
	docs, found := rows(t, m, conversionHead+"1;;;;;;;;;\r\n", mapping.ReadOptions{})
	check(t, "blank", asJSON(docs)+brief(found), `{"kind":"order","number":"1","ordered_at":null,"deliver_at":null,"language":"de","note":"","payment":{"method":""},"shipping":{"method":""},"buyer":{"guest":null},"bill_to":{"country":"DE"},"totals":{"net":null,"tax":null}}`)
	docs, found = rows(t, m, "Nr\r\n1\r\n", mapping.ReadOptions{})
	check(t, "missing", asJSON(docs)+brief(found), `{"kind":"order","number":"1","language":"de","bill_to":{"country":"DE"}}`)
	docs, _ = rows(t, m, "Nr;Steuer\r\n1;0\r\n", mapping.ReadOptions{})
	check(t, "zero", asJSON(docs), `{"kind":"order","number":"1","language":"de","bill_to":{"country":"DE"},"totals":{"tax":0}}`)
}

func TestTextsThatNoConversionTakesAreSaid(t *testing.T) {
	m := compiledText(t, conversions)
	for row, want := range map[string]string{
		"1;24.11.26 18:05;;;;;;;;":   `mapping.time f.csv:2:3 (record 1, field Am): ordered_at: "24.11.26 18:05" is not a date or time in the form DD.MM.YYYY hh:mm`,
		"1;29.03.2026 02:30;;;;;;;;": `mapping.time f.csv:2:3 (record 1, field Am): ordered_at: "29.03.2026 02:30" is a time that the clocks of Europe/Berlin skip`,
		"1;;20260230;;;;;;;":         `mapping.time f.csv:2:4 (record 1, field Bis): deliver_at: "20260230" is not a date or time in the form YYYYMMDD`,
		"1;;;Y;;;;;;":                `mapping.flag f.csv:2:5 (record 1, field Gast): buyer.guest: "Y" is neither J nor N`,
		"1;;;;1.23,4;;;;;":           `mapping.number f.csv:2:6 (record 1, field Netto): totals.net: "1.23,4" is not a number; the decimal mark is declared as ','`,
		"1;;;;;1,2,3;;;;":            `mapping.number f.csv:2:7 (record 1, field Steuer): totals.tax: "1,2,3" is not a number; the decimal mark is declared as ','`,
		"1;;;;;;33;;;":               `mapping.code f.csv:2:8 (record 1, field Weg): "33" is not in the code list ways of shipping.method; known are 31, 32; or add it here: m.yaml:7:15, as OURS: "33"`,
		";;;;;;;;;":                  `mapping.missing f.csv:2:1 (record 1): number is missing, and every order has one`,
	} {
		docs, found := rows(t, m, conversionHead+row+"\r\n", mapping.ReadOptions{})
		check(t, row, asJSON(docs)+brief(found), want)
	}
}

func TestFormsOfAnAS400GoBothWaysOrAreRefused(t *testing.T) {
	m := compiledText(t, `format: delimited
delimiter: ";"
document: order
zone: Europe/Berlin
map:
  number: Nr
  ordered_at: {path: Am, as: {date: "10601021504"}}
  deliver_at: {path: Bis, as: {date: "2006002"}}
  totals.net: {path: Netto, as: {decimal: ",", group: ".", negative: "1 CR"}}
`)
	head := "Nr;Am;Bis;Netto\r\n"
	file := head + "1;12611251805;2026329;1.234,5\r\n2;09912310000;1999365;1.234,5 CR\r\n3;;;0\r\n"
	docs, found := rows(t, m, file, mapping.ReadOptions{})
	check(t, "read", asJSON(docs)+brief(found), `
{"kind":"order","number":"1","ordered_at":"2026-11-25T18:05+01:00","deliver_at":"2026-11-25","totals":{"net":1234.5}}
{"kind":"order","number":"2","ordered_at":"1999-12-31T00:00+01:00","deliver_at":"1999-12-31","totals":{"net":-1234.5}}
{"kind":"order","number":"3","ordered_at":null,"deliver_at":null,"totals":{"net":0}}`)
	check(t, "written", string(encode(t, m, mapping.WriteOptions{}, docs...)), file)
	for row, want := range map[string]string{
		"1;22611251805;;": `mapping.time f.csv:2:3 (record 1, field Am): ordered_at: "22611251805" is not a date or time in the form CYYMMDDhhmm, with 0 for 19 and 1 for 20`,
		"1;12602301805;;": `mapping.time f.csv:2:3 (record 1, field Am): ordered_at: "12602301805" is not a date or time in the form CYYMMDDhhmm, with 0 for 19 and 1 for 20`,
		"1;;2026366;":     `mapping.time f.csv:2:4 (record 1, field Bis): deliver_at: "2026366" is not a date or time in the form YYYYDDD`,
		"1;;;-5 CR":       `mapping.number f.csv:2:5 (record 1, field Netto): totals.net: "-5 CR" has two signs`,
		"1;;;5 DB":        `mapping.number f.csv:2:5 (record 1, field Netto): totals.net: "5 DB" is not a number; the decimal mark is declared as ','`,
	} {
		docs, found := rows(t, m, head+row+"\r\n", mapping.ReadOptions{})
		check(t, row, asJSON(docs)+brief(found), want)
	}
	docs[0].Set("ordered_at", document.TimeValue(document.Moment{Time: time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC), Precision: document.Minute}))
	if _, found, _ := m.Encode(docs[:1], mapping.WriteOptions{}); !strings.Contains(found.Error(), "is of no century") {
		t.Error(found)
	}
	for _, wrong := range []string{"1", "()", "(10)", "-1,0"} {
		text := "format: delimited\ndocument: order\nmap: {number: N, totals.net: {path: X, as: {decimal: \".\", negative: \"" + wrong + "\"}}}\n"
		if _, found := mapping.Compile([]byte(text), mapping.Environment{}); !strings.Contains(found.Error(), "no way to write one below zero") {
			t.Errorf("%s: %v", wrong, found)
		}
	}
}

func TestDatesOfAMessageComeInTheirFormats(t *testing.T) {
	m := mustCompile(t, orders(`number: BGM.1004`, `ordered_at: {path: "DTM[2005=137].C507", as: dtm, zone: Europe/Berlin}`))
	for text, want := range map[string]string{
		"20261124:102": "2026-11-24", "202611241805:203": "2026-11-24T18:05+01:00", "20260724180530:204": "2026-07-24T18:05:30+02:00",
		"261124:101": "2026-11-24", "2611241805:201": "2026-11-24T18:05+01:00", "261124180530:202": "2026-11-24T18:05:30+01:00", "241126:2": "2026-11-24",
		"202611241805UTC:303": "2026-11-24T18:05Z",
		"202648:616":          `"202648" in format 616 (2379) is not one date or time`,
		"20261124":            `"20261124" has no format code (2379)`,
		"202611241805CET:303": `the zone of "202611241805CET" is not known`,
		"2026112:102":         `"2026112" is not a date or time in the form YYYYMMDD`,
	} {
		docs, found := readMessages(t, m, message("ORDERS", "BGM+220+1", "DTM+137:"+text), mapping.ReadOptions{})
		got := brief(found)
		if len(docs) == 1 {
			got = docs[0].Get("ordered_at").Text()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	m = mustCompile(t, orders(`number: BGM.1004`, `ordered_at: {path: "DTM[2005=137].C507", as: {dtm: "102"}, zone: Europe/Berlin}`))
	d := document.New(document.Order)
	set(&d.Group, "number", "1", "ordered_at", "2026-11-23T23:30Z")
	if out := string(encode(t, m, mapping.WriteOptions{Envelope: envelope()}, d)); !strings.Contains(out, "DTM+137:20261124:102'") {
		t.Errorf("the day is not that of the zone: %s", out)
	}
	m = mustCompile(t, orders(`number: BGM.1004`, `ordered_at: {path: "DTM[2005=137].C507", as: {dtm: "203"}, zone: Europe/Berlin}`))
	set(&d.Group, "ordered_at", "2026-11-24")
	if _, found, _ := m.Encode([]*document.Document{d}, mapping.WriteOptions{Envelope: envelope()}); !found.HasErrors() {
		t.Error("a day is written with a time of the day")
	}
}

func TestNumbersAreWrittenWithTheDigitsSaid(t *testing.T) {
	m := compiledText(t, conversions)
	d := document.New(document.Order)
	set(&d.Group, "number", "1", "totals.net", "1234567.5")
	if out := string(encode(t, m, mapping.WriteOptions{}, d)); !strings.Contains(out, ";1.234.567,50;") {
		t.Error(out)
	}
	set(&d.Group, "totals.net", "1.005")
	_, found, _ := m.Encode([]*document.Document{d}, mapping.WriteOptions{})
	check(t, "findings", brief(found), "mapping.reckon record 1, order 1 totals.net: 1.005 has more than 2 digits after the mark")
}

func TestAnExpressionOfALineMayNameTheDocument(t *testing.T) {
	m := mustCompile(t, orders(`number: BGM.1004`, `currency: "SG7/CUX.C504[6347=2].6345"`, `lines:`, `  each: SG25`, `  sku: "PIA[4347=1].C212[7143=SA].7140"`,
		`  quantity: "QTY.C186[6063=21].6060"`, `  price: "SG28/PRI.C509[5125=AAA].5118"`, `  net: {read: "round(price * quantity, 2)"}`, `  note: {read: "order.number + '/' + sku + ' ' + currency"}`))
	docs, found := readMessages(t, m, message("ORDERS", "BGM+220+77", "CUX+2:EUR", "LIN+1", "PIA+1+A:SA", "QTY+21:3", "PRI+AAA:1.115"), mapping.ReadOptions{Trace: true})
	check(t, "read", asJSON(docs)+brief(found), `{"kind":"order","number":"77","currency":"EUR","lines":[{"sku":"A","quantity":3,"price":1.115,"net":3.35,"note":"77/A EUR"}]}`)
	line := docs[0].List("lines")[0]
	slot, _ := line.Shape().Slot("net")
	if o, ok := line.Origin(slot); !ok || o.Rule.Line == 0 {
		t.Errorf("a reckoned value does not name its rule: %+v", o)
	}
}

func compiledText(t testing.TB, src string) *mapping.Mapping {
	t.Helper()
	m, found := mapping.Compile([]byte(src), mapping.Environment{File: "m.yaml", Codes: codeLists})
	if m == nil {
		t.Fatal(found)
	}
	return m
}

// VAT classes of an ERP are codes of a number; its companies are codes of the channel.
func TestCodesOfANumberGoBothWays(t *testing.T) {
	const src = `
format: delimited
delimiter: ";"
document: order
map:
  number: Nr
  channel: {path: Mandant, codes: {Shop DE: "01", Shop AT: "02"}}
  lines:
    each: row
    sku: Artikel
    rate: {path: MwSt, codes: {"19": A, "7": B, "0": N}, unknown: hold}
`
	m := compiledText(t, src)
	file := "Nr;Mandant;Artikel;MwSt\r\n1;01;X;A\r\n1;01;Y;B\r\n"
	docs, found := rows(t, m, file, mapping.ReadOptions{})
	check(t, "read", asJSON(docs)+brief(found), `{"kind":"order","number":"1","channel":"Shop DE","lines":[{"sku":"X","rate":19},{"sku":"Y","rate":7}]}`)
	rate, _ := document.ParseDecimal("19.00")
	docs[0].List("lines")[0].Set("rate", document.NumberValue(rate))
	docs[0].Set("channel", document.TextValue("Shop AT"))
	check(t, "written", string(encode(t, m, mapping.WriteOptions{}, docs...)), "Nr;Mandant;Artikel;MwSt\r\n1;02;X;A\r\n1;02;Y;B\r\n")

	_, found = rows(t, m, "Nr;Mandant;Artikel;MwSt\r\n1;01;X;C\r\n", mapping.ReadOptions{})
	if len(found) != 1 || !strings.Contains(found[0].Hint, "add it here: m.yaml:11:31, as OURS: \"C\"") {
		t.Errorf("found %v", found)
	}
	_, found = mapping.Compile([]byte(strings.Replace(src, `"19": A`, `"19 %": A`, 1)), mapping.Environment{File: "m.yaml"})
	if !found.HasErrors() || !strings.Contains(found[0].Message, `the code list has "19 %"`) {
		t.Errorf("found %v", found)
	}
}
