package mapping_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

func mustCompile(t testing.TB, src string) *mapping.Mapping {
	t.Helper()
	m, found := mapping.Compile([]byte(src), mapping.Environment{File: "m.yaml", Codes: codeLists})
	if m == nil || len(found) > 0 {
		t.Fatal(found)
	}
	return m
}

func TestEveryWrittenValueNamesItsBytesItsRuleAndItsField(t *testing.T) {
	for _, file := range []string{"orders-d96a.yaml", "orders-csv.yaml"} {
		m := compiled(t, file)
		var trace mapping.WriteTrace
		d := order10234()
		set(&d.Group, "ship_to.name", "Bo Lind", "note", "x")
		out := encode(t, m, mapping.WriteOptions{Envelope: envelope(), Trace: &trace}, d, d)
		seen := map[string]bool{}
		for _, w := range trace.Values {
			raw := string(out[w.Place.Offset : w.Place.Offset+int64(w.Place.Length)])
			if file == "orders-d96a.yaml" {
				raw = strings.NewReplacer("?+", "+", "?:", ":", "?'", "'", "??", "?").Replace(latin1(raw))
			} else {
				raw = strings.Trim(latin1(raw), `"`)
			}
			if raw != w.Value || w.Rule.Line == 0 {
				t.Errorf("%s: %q stands where %q is said to be (%v)", w.Path, raw, w.Value, w.Place)
			}
			seen[fmt.Sprint(w.Doc, " ", w.Path)] = true
		}
		for _, want := range []string{"0 number", "1 lines[2].sku", "0 ordered_at"} {
			if !seen[want] {
				t.Errorf("%s: no trace of %s: %v", file, want, seen)
			}
		}
		if file == "orders-d96a.yaml" && (!seen["0 charges[1].rates[2].net"] || !seen["0 discounts[1].type"]) {
			t.Errorf("parts by rate are not traced to their parent: %v", seen)
		}
	}
}

func latin1(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func TestNumbersGivenAreTold(t *testing.T) {
	m := compiled(t, "orders-d96a.yaml")
	var told []string
	remember := func(w mapping.Written) {
		told = append(told, fmt.Sprintf("%d %s %s for %s", w.Doc, w.Path, w.Value, w.Item.Get("sku").Text()))
	}
	encode(t, m, mapping.WriteOptions{Envelope: envelope(), Remember: remember}, order10234())
	check(t, "numbers", strings.Join(told, "\n"), "0 lines[1].number 10 for BG-1001\n0 lines[2].number 20 for BG-2040")
	if got := fmt.Sprint(m.Remembered()); got != "[lines.number]" {
		t.Error(got)
	}
	d := order10234()
	d.List("lines")[1].Set("number", document.TextValue("10"))
	_, found, _ := m.Encode([]*document.Document{d}, mapping.WriteOptions{Envelope: envelope()})
	check(t, "findings", brief(found), "mapping.line-number record 1, order 10234 lines[2].number: items 1 and 2 of lines both have the number 10; give all items of the list their number, or none")
}

func TestReferencesAndGroupingAreSaid(t *testing.T) {
	if got := fmt.Sprint(compiled(t, "desadv-d96a.yaml").References()); got != "[{order order number} {lines.order_line order lines.number}]" {
		t.Error(got)
	}
	m := compiled(t, "stock-csv.yaml")
	by, sum := m.Grouping()
	if got := fmt.Sprintln(by, sum, m.Fields(), m.Name(), m.Kind()); got != "sku [on_hand] [sku location on_hand] stock-csv stock\n" {
		t.Error(got)
	}
}

func TestWhatCannotBeWrittenIsSaidAndNothingIsWritten(t *testing.T) {
	m := compiled(t, "orders-d96a.yaml")
	for name, c := range map[string]struct {
		change func(*document.Document)
		want   string
	}{
		"a character in a key": {func(d *document.Document) { d.List("lines")[0].Set("sku", document.TextValue("BG-茶")) },
			`mapping.outside record 1, order 10234 lines[1].sku: "BG-茶" has the character '茶' (U+8336), which the target's character set does not have`},
		"a code the list lacks": {func(d *document.Document) { set(&d.Group, "payment.method", "paypall") },
			`mapping.code record 1, order 10234 payment.method: "paypall" is not in the code list payments; did you mean paypal?`},
		"a number that is too long": {func(d *document.Document) { set(&d.Group, "number", strings.Repeat("1", 36)) },
			`mapping.too-long record 1, order 111111111111111111111111111111111111 number: "111111111111111111111111111111111111" has 36 characters, and there is room for 35`},
		"a line number that is none": {func(d *document.Document) { d.List("lines")[0].Set("number", document.TextValue("A1")) },
			`mapping.too-long record 1, order 10234 lines[1].number: "A1" does not fit a place of n..6`},
		"a division by zero": {func(d *document.Document) { set(d.List("lines")[0], "quantity", "0") },
			`mapping.reckon record 1, order 10234 lines[1].price: division by zero`},
		"too many groups": {func(d *document.Document) {
			for range 20 {
				set(d.Add("charges"), "type", "shipping", "net", "1", "tax", "0", "rate", "19")
			}
		}, "mapping.too-many record 1, order 10234: ORDERS D.96A has room for 15 SG18, and there are more"},
	} {
		t.Run(name, func(t *testing.T) {
			d := order10234()
			c.change(d)
			out, found, err := m.Encode([]*document.Document{d}, mapping.WriteOptions{Envelope: envelope(), Outside: mapping.Transliterate})
			if out != nil || err != nil || !found.HasErrors() || !strings.HasPrefix(brief(found), c.want) {
				t.Errorf("%q %v %s", out, err, brief(found))
			}
		})
	}
}

func TestTextsMadeToFitAreToldWithOldAndNew(t *testing.T) {
	m := compiled(t, "orders-d96a.yaml")
	d := order10234()
	set(&d.Group, "bill_to.name", "Łukasz Dvořák")
	d.List("lines")[0].Set("name", document.TextValue(strings.Repeat("Steingut ", 9)+"Ende"))
	out, found, err := m.Encode([]*document.Document{d}, mapping.WriteOptions{Envelope: envelope()})
	if err != nil || !strings.Contains(string(out), "Lukasz Dvor\xE1k") || !strings.Contains(string(out), ":::Steingut Steingut Steingut Steingut:Steingut Steingut Steingut Steingut'") {
		t.Errorf("%q %v", out, err)
	}
	check(t, "findings", brief(found), `
mapping.fit record 1, order 10234 bill_to.name: "Łukasz Dvořák" is written as "Lukasz Dvorák": spelled in the target's characters
mapping.fit record 1, order 10234 bill_to.name: "Łukasz Dvořák" is written as "Lukasz Dvorák": spelled in the target's characters
mapping.fit record 1, order 10234 lines[1].name: "Steingut Steingut Steingut Steingut Steingut Steingut Steingut Steingut Steingut Ende" is written as "Steingut Steingut Steingut Steingut Steingut Steingut Steingut Steingut": cut`)
}

func TestChargesAsLinesComeBackAsCharges(t *testing.T) {
	m := mustCompile(t, `
format: delimited
document: order
map:
  number: Nr
  lines:
    each: row
    of: concat(lines, as_lines(charges, 'FRACHT'))
    sku: Artikel
    quantity: Menge
    net: Netto
    rate: Satz
`)
	out := encode(t, m, mapping.WriteOptions{}, order10234())
	check(t, "file", strings.ReplaceAll(string(out), "\r", ""), "Nr,Artikel,Menge,Netto,Satz\n10234,BG-1001,3,75.50,19\n10234,BG-2040,2,14.00,7\n10234,FRACHT,1,3.53,19\n10234,FRACHT,1,0.65,7")
	docs, found := rows(t, m, string(out), mapping.ReadOptions{})
	check(t, "read", asJSON(docs)+brief(found), `{"kind":"order","number":"10234","lines":[{"sku":"BG-1001","quantity":3,"net":75.50,"rate":19},{"sku":"BG-2040","quantity":2,"net":14.00,"rate":7}],"charges":[{"net":3.53,"rate":19},{"net":0.65,"rate":7}]}`)
}

func TestFixedWidthFilesGoBothWays(t *testing.T) {
	m := mustCompile(t, `
format: fixed
charset: ibm850
line_end: crlf
layout: {Artikel: 1-12, Lager: 13-14, Bestand: {at: 15-22, right: true, pad: "0"}, Text: 23-32}
document: stock
map:
  sku: Artikel
  location: {path: Lager, codes: warehouses, unknown: drop}
  on_hand: {path: Bestand, as: {decimal: ","}}
  unit: Text
`)
	d := document.New(document.Stock)
	set(&d.Group, "sku", "BG-1001", "location", "south", "on_hand", "17.5", "unit", "Stück")
	out := encode(t, m, mapping.WriteOptions{}, d)
	check(t, "file", string(out), "BG-1001     02000017,5St\x81ck     ")
	docs, found := rows(t, m, string(out)+"BG-1002     020000001X          \r\n", mapping.ReadOptions{})
	check(t, "read", asJSON(docs)+brief(found), `{"kind":"stock","sku":"BG-1001","location":"south","on_hand":17.5,"unit":"Stück"}
mapping.number f.csv:2:15 (record 2, field Bestand): on_hand: "1X" is not a number; the decimal mark is declared as ','`)
	_, found = mapping.Compile([]byte("format: fixed\nlayout: {A: 1-3}\ndocument: stock\nmap: {sku: B}\n"), mapping.Environment{})
	check(t, "faults", brief(found), `mapping.place 4:12: the layout has no field "B"; known are A`)
}

func TestColumnsMayHaveOtherNamesOrOnlyNumbers(t *testing.T) {
	m := mustCompile(t, "format: delimited\ndocument: stock\nmap:\n  sku: [Artikel, ArtNr, SKU]\n  on_hand: {path: Bestand, default: 0}\n  unit: {read: \"value ?? 'PCE'\", path: Einheit}\n")
	docs, _ := rows(t, m, "SKU,Bestand\nA,\nB,2\n", mapping.ReadOptions{})
	check(t, "read", asJSON(docs), `{"kind":"stock","sku":"A","on_hand":0,"unit":"PCE"}
{"kind":"stock","sku":"B","on_hand":2,"unit":"PCE"}`)
	m = mustCompile(t, "format: delimited\nheader: false\ndelimiter: tab\ndocument: stock\nmap:\n  sku: 2\n  on_hand: 4\n")
	docs, _ = rows(t, m, "x\tA\ty\t7\n", mapping.ReadOptions{})
	check(t, "read", asJSON(docs), `{"kind":"stock","sku":"A","on_hand":7}`)
	check(t, "written", string(encode(t, m, mapping.WriteOptions{}, docs...)), "\tA\t\t7")
}

func TestAlternativesAreReadAndTheFirstIsWritten(t *testing.T) {
	m := mustCompile(t, orders(`number: BGM.1004`, `lines:`, `  each: SG25`, `  number: LIN.1082`, `  gtin: "LIN.C212[7143=EN|UP].7140"`, `  sku: {first: ["PIA[4347=1].C212[7143=SA].7140", "PIA[4347=5].C212[7143=SA].7140"]}`, `  buyer_sku: "PIA[4347=1].C212[7143=IN].7140"`))
	docs, found := readMessages(t, m, message("ORDERS", "BGM+220+1", "LIN+1++4012345100014:UP", "PIA+5+B:SA", "LIN+2++4012345100021:EN", "PIA+1+K:IN+A:SA", "PIA+5+B:SA"), mapping.ReadOptions{})
	check(t, "read", asJSON(docs)+brief(found), `{"kind":"order","number":"1","lines":[{"number":"1","sku":"B","gtin":"4012345100014"},{"number":"2","sku":"A","gtin":"4012345100021","buyer_sku":"K"}]}`)
	out := encode(t, m, lines(mapping.WriteOptions{Envelope: envelope()}), docs...)
	for _, want := range []string{"\nLIN+1++4012345100014:EN'\nPIA+1+B:SA'\n", "\nLIN+2++4012345100021:EN'\nPIA+1+A:SA+K:IN'\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q lacks %q", out, want)
		}
	}
}

func TestEnvelopeIsWrittenAsSaid(t *testing.T) {
	m := compiled(t, "orders-d96a.yaml")
	env := envelope()
	env.Decimal, env.Test, env.AskAcknowledgement, env.Charset, env.Syntax, env.MessageReference = ',', true, true, "UNOB", "4", "A0099"
	out := string(encode(t, m, mapping.WriteOptions{Envelope: env, Outside: mapping.Transliterate}, order10234(), order10234()))
	for _, want := range []string{"UNA:+,?*'UNB+UNOB:4+4012345000009:14+4098765000003:14+20261124:1810+417++++1++1'", "UNH+A0099+", "UNH+A0100+", "MOA+203:75,50'", "Joerdis Brandt-Oeztuerk"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %q", want, out)
		}
	}
	docs, found := readMessages(t, m, []byte(out), mapping.ReadOptions{})
	if len(docs) != 2 || found.HasErrors() || docs[1].Get("totals.payable").Text() != "99.25" {
		t.Errorf("%d %v", len(docs), found)
	}
	env.Sender = ""
	if _, _, err := m.Encode([]*document.Document{order10234()}, mapping.WriteOptions{Envelope: env, Outside: mapping.Transliterate}); err == nil {
		t.Error("an envelope without sender is written")
	}
}

// endless gives an inventory of many articles without holding it.
type endless struct {
	articles, at int
	rest         []byte
}

func (e *endless) Read(b []byte) (int, error) {
	for len(e.rest) == 0 {
		switch {
		case e.at == 0:
			e.rest = []byte("UNB+UNOC:3+A+B+261124:0400+88'UNH+1+INVRPT:D:96A:UN'BGM+35+LB-88+9'DTM+137:202611240400:203'")
		case e.at <= e.articles:
			e.rest = fmt.Appendf(nil, "LIN+%d++4012345100014:EN'PIA+1+BG-%d:SA'QTY+145:%d:PCE'LOC+18+02'QTY+21:1'", e.at, e.at, e.at%50)
		case e.at == e.articles+1:
			e.rest = fmt.Appendf(nil, "UNT+%d+1'UNZ+1+88'", e.articles*5+4)
		default:
			return 0, io.EOF
		}
		e.at++
	}
	n := copy(b, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestALongMessageNeedsNoMemory(t *testing.T) {
	articles := 2_500_000 // 200 MB
	if testing.Short() {
		articles = 100_000
	}
	m := compiled(t, "invrpt-d96a.yaml")
	var peak uint64
	docs := 0
	r := m.NewReader(mapping.ReadOptions{Emit: func(*document.Document) error {
		if docs++; docs%200_000 == 0 {
			var s runtime.MemStats
			runtime.ReadMemStats(&s)
			peak = max(peak, s.HeapInuse)
		}
		return nil
	}})
	for seg, err := range edifact.NewDecoder(&endless{articles: articles}).Segments() {
		if err != nil {
			t.Fatal(err)
		}
		if tag := seg.Tag(); tag != "UNB" && tag != "UNZ" {
			if err := r.Push(seg); err != nil {
				t.Fatal(err)
			}
		}
	}
	found, err := r.End()
	if err != nil || found.HasErrors() || docs != articles {
		t.Fatalf("%d documents, %v, %v", docs, err, found)
	}
	if peak > 32<<20 {
		t.Errorf("%d MB in use", peak>>20)
	}
}
