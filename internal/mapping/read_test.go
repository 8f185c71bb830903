package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// message puts segments into an interchange.
func message(kind string, segments ...string) []byte {
	return []byte("UNA:+.? '\nUNB+UNOC:3+4098765000003:14+4012345000009:14+261124:0400+88'\nUNH+1+" + kind + ":D:96A:UN'\n" +
		strings.Join(segments, "'\n") + fmt.Sprintf("'\nUNT+%d+1'\nUNZ+1+88'\n", len(segments)+2))
}

func asJSON(docs []*document.Document) string {
	var b strings.Builder
	for _, d := range docs {
		b.Write(d.AppendJSON(nil))
		b.WriteByte('\n')
	}
	return b.String()
}

func check(t *testing.T, what, got, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// brief gives the findings without what is in every place.
func brief(found finding.List) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s %s: %s", f.Rule, strings.TrimPrefix(f.Place.String(), "test.edi:"), f.Message)
		if f.Count > 0 {
			fmt.Fprintf(&b, " ×%d %v", f.Count, f.Examples)
		}
		if f.Hint != "" {
			fmt.Fprintf(&b, "; %s", f.Hint)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestDespatchAdviceGivesPackagesAndLinesOfAnyLevel(t *testing.T) {
	m := compiled(t, "desadv-d96a.yaml")
	docs, found := readMessages(t, m, message("DESADV", "BGM+351+L-7001+9", "DTM+11:20261124:102", "RFF+ON:10234", "NAD+CA+31::91", "NAD+SU+4098765000003::9",
		"CPS+1", "PAC+1", "PCI+33E", "RFF+CN:00340434161094015902", "GIN+BJ+340434161094015902", "PAC+1", "PCI+33E", "GIN+BJ+340434161094015919",
		"LIN+1++4012345100014:EN", "PIA+1+BG-1001:SA", "QTY+12:3", "RFF+ON:10234:10",
		"LIN+2++4012345100021:EN", "PIA+1+BG-2040:SA", "QTY+12:2", "QTY+21:2", "RFF+ON:10234:20"), mapping.ReadOptions{})
	check(t, "documents", asJSON(docs), `{"kind":"shipment","number":"L-7001","function":"9","shipped_at":"2026-11-24","order":"10234","carrier":"dhl","packages":[{"sscc":"340434161094015902","tracking":"00340434161094015902"},{"sscc":"340434161094015919"}],"lines":[{"order_line":"10","sku":"BG-1001","gtin":"4012345100014","quantity":3},{"order_line":"20","sku":"BG-2040","gtin":"4012345100021","quantity":2}]}`)
	check(t, "findings", brief(found), `
mapping.unmapped 8:1 (message 1, segment 6 NAD): no line of the mapping takes SG2/NAD+SU ×1 []
mapping.unmapped 24:1 (message 1, segment 22 QTY): no line of the mapping takes SG10/SG15/QTY+21 ×1 []`)
}

func TestInventoryIsOneDocumentForEachQuantityWithTheHeadersFields(t *testing.T) {
	m := compiled(t, "invrpt-d96a.yaml")
	docs, found := readMessages(t, m, message("INVRPT", "BGM+35+LB-88+9", "DTM+137:202611240400:203", "NAD+WH+01::91",
		"LIN+1++4012345100014:EN", "PIA+1+BG-1001:SA", "QTY+145:17:PCE", "QTY+145:4:PCE", "LOC+18+02", "QTY+21:9:PCE",
		"LIN+2++4012345100021:EN", "PIA+1+BG-2040:SA", "LOC+18+02", "QTY+145:0:PCE", "DTM+366:20261123:102",
		"LIN+3++4012345100038:EN", "PIA+1+BG-3000:SA", "QTY+145:5:PCE", "LOC+18+99"), mapping.ReadOptions{})
	check(t, "documents", asJSON(docs), `
{"kind":"stock","sku":"BG-1001","gtin":"4012345100014","location":"main","on_hand":17,"unit":"PCE","counted_at":"2026-11-24T04:00+01:00"}
{"kind":"stock","sku":"BG-1001","gtin":"4012345100014","location":"south","on_hand":4,"unit":"PCE","counted_at":"2026-11-24T04:00+01:00"}
{"kind":"stock","sku":"BG-2040","gtin":"4012345100021","location":"south","on_hand":0,"unit":"PCE","counted_at":"2026-11-23"}`)
	check(t, "findings", brief(found), `
mapping.unmapped 12:1 (message 1, segment 10 QTY): no line of the mapping takes SG9/SG11/QTY+21 ×1 []
mapping.dropped 21:8 (message 1, segment 19 LOC, element 2, component 1): left out, because location has a code that the list does not have, and the mapping says unknown: drop ×1 [99]`)
}

func TestInventoryIsWrittenWithOneLineForEachArticle(t *testing.T) {
	m := compiled(t, "invrpt-d96a.yaml")
	stock := func(sku, gtin, location, onHand, at string) *document.Document {
		d := document.New(document.Stock)
		set(&d.Group, "sku", sku, "gtin", gtin, "location", location, "on_hand", onHand, "unit", "PCE", "counted_at", at)
		return d
	}
	docs := []*document.Document{
		stock("BG-1001", "4012345100014", "main", "17", "2026-11-24T04:00+01:00"), stock("BG-1001", "4012345100014", "south", "4", "2026-11-24T04:00+01:00"),
		stock("BG-2040", "4012345100021", "south", "0", "2026-11-23"),
	}
	out := encode(t, m, lines(mapping.WriteOptions{Envelope: envelope()}), docs...)
	golden(t, "inventory.edi", out)
	back, found := readMessages(t, m, out, mapping.ReadOptions{})
	check(t, "read back", asJSON(back)+brief(found), asJSON(docs))
}

func TestShipmentComesBack(t *testing.T) {
	m := compiled(t, "desadv-d96a.yaml")
	d := document.New(document.Shipment)
	set(&d.Group, "number", "L-7001", "function", "9", "shipped_at", "2026-11-24", "order", "10234", "carrier", "dpd")
	set(d.Add("packages"), "sscc", "340434161094015902", "tracking", "00340434161094015902")
	set(d.Add("packages"), "sscc", "340434161094015919")
	set(d.Add("lines"), "order_line", "10", "sku", "BG-1001", "gtin", "4012345100014", "quantity", "3")
	set(d.Add("lines"), "order_line", "20", "sku", "BG-2040", "gtin", "4012345100021", "quantity", "2")
	out := encode(t, m, lines(mapping.WriteOptions{Envelope: envelope()}), d)
	golden(t, "shipment.edi", out)
	back, found := readMessages(t, m, out, mapping.ReadOptions{})
	check(t, "read back", asJSON(back)+brief(found), asJSON([]*document.Document{d}))
}

// rows reads a file of rows.
func rows(t testing.TB, m *mapping.Mapping, file string, opt mapping.ReadOptions) ([]*document.Document, finding.List) {
	t.Helper()
	var docs []*document.Document
	opt.Emit = func(d *document.Document) error { docs = append(docs, d.Clone()); return nil }
	found, err := m.ReadRows(strings.NewReader(file), "f.csv", opt)
	if err != nil {
		t.Fatal(err)
	}
	return docs, found
}

func TestABrokenRowDoesNotStopItsNeighbours(t *testing.T) {
	m := compiled(t, "stock-csv.yaml")
	var refused []string
	docs, found := rows(t, m, "Lager;Artikelnr;Bestand;Info\n01;ART-000123;1.234,00;x\n02;ART-000124;viele;x\n01;;3;x\n03;ART-000125;1;x\n01;ART-000126;;x\n01;ART-000127\n02;ART-\x81;1;x\n02;ART-000128;-2,5;x\n",
		mapping.ReadOptions{Refused: func(row []byte) { refused = append(refused, strings.TrimSpace(string(row))) }})
	check(t, "documents", asJSON(docs), `
{"kind":"stock","sku":"ART-000123","location":"main","on_hand":1234.00}
{"kind":"stock","sku":"ART-000126","location":"main","on_hand":null}
{"kind":"stock","sku":"ART-000128","location":"south","on_hand":-2.5}`)
	check(t, "refused", strings.Join(refused, "\n"), "02;ART-000124;viele;x\n01;;3;x\n01;ART-000127\n02;ART-\x81;1;x")
	check(t, "findings", brief(found), `
flatfile.column-extra f.csv:1:25 (field Info): column "Info" is not known and not read
mapping.number f.csv:3:15 (record 2, field Bestand): on_hand: "viele" is not a number; the decimal mark is declared as ','
mapping.missing f.csv:4:1 (record 3): sku is missing, and every stock has one
mapping.dropped f.csv:5:1 (record 4, field Lager): left out, because location has a code that the list does not have, and the mapping says unknown: drop ×1 [03]
flatfile.row-short f.csv:7:14 (record 6, field Bestand): the record has 2 of 4 fields: field Bestand is missing; mend the row, or tolerate short rows
mapping.charset f.csv:8:8 (record 7, field Artikelnr): byte 0x81 is not a character of windows-1252; it is 'ü' in ibm850: declare that if the file is written so`)
}

func TestRowsOfOneNumberAreOneOrder(t *testing.T) {
	m := compiled(t, "orders-csv.yaml")
	file := "Bestellnummer;Datum;Kunde;Name;Position;EAN;Artikelnr;Menge;Preis\r\n" +
		"10234;24.11.2026;20017;Jördis Brandt;10;4012345100014;BG-1001;3;25,17\r\n" +
		"10234;24.11.2026;20017;Jördis Brandt;20;4012345100021;BG-2040;2;7,00\r\n" +
		"10235;25.11.2026;20018;Bo Lind;10;;BG-1001;1;25,17\r\n"
	file1252 := strings.ReplaceAll(file, "ö", "\xF6")
	docs, found := rows(t, m, file1252, mapping.ReadOptions{})
	check(t, "documents", asJSON(docs)+brief(found), `
{"kind":"order","number":"10234","ordered_at":"2026-11-24","buyer":{"number":"20017"},"ship_to":{"name":"Jördis Brandt"},"lines":[{"number":"10","sku":"BG-1001","gtin":"4012345100014","quantity":3,"price":25.17},{"number":"20","sku":"BG-2040","gtin":"4012345100021","quantity":2,"price":7.00}]}
{"kind":"order","number":"10235","ordered_at":"2026-11-25","buyer":{"number":"20018"},"ship_to":{"name":"Bo Lind"},"lines":[{"number":"10","sku":"BG-1001","gtin":"","quantity":1,"price":25.17}]}`)
	check(t, "written", string(encode(t, m, mapping.WriteOptions{}, docs...)), file1252)
}

func TestRowsThatContradictEachOtherAreNoOrder(t *testing.T) {
	m := compiled(t, "orders-csv.yaml")
	var refused int
	docs, found := rows(t, m, "Bestellnummer;Datum;Kunde;Name;Position;EAN;Artikelnr;Menge;Preis\n"+
		"1;24.11.2026;7;A;10;;X;3;1\n1;25.11.2026;7;A;20;;Y;3;1\n2;24.11.2026;7;A;10;;X;3;1\n", mapping.ReadOptions{Refused: func([]byte) { refused++ }})
	check(t, "documents", asJSON(docs), `{"kind":"order","number":"2","ordered_at":"2026-11-24","buyer":{"number":"7"},"ship_to":{"name":"A"},"lines":[{"number":"10","sku":"X","gtin":"","quantity":3,"price":1}]}`)
	check(t, "findings", brief(found), `mapping.differs f.csv:3:3 (record 2, field Datum): ordered_at is "25.11.2026" here and "24.11.2026" in the first row of the order; all rows of one order say the same`)
	if refused != 2 {
		t.Errorf("%d rows refused", refused)
	}
}

func TestTracedValuesNameTheirLineAndTheirBytes(t *testing.T) {
	m := compiled(t, "stock-csv.yaml")
	docs, _ := rows(t, m, "Artikelnr;Lager;Bestand\n\"ART-1\";01;1.234,00\n", mapping.ReadOptions{Trace: true})
	var got strings.Builder
	docs[0].Visit(func(path string, g *document.Group, slot int) {
		o, ok := g.Origin(slot)
		fmt.Fprintf(&got, "%s %v %d %d+%d %s\n", path, ok, o.Rule.Line, o.Place.Offset, o.Place.Length, o.Raw)
	})
	check(t, "origins", got.String(), "sku true 7 24+7 \"ART-1\"\nlocation true 8 32+2 01\non_hand true 9 35+8 1.234,00")

	m = compiled(t, "invrpt-d96a.yaml")
	file := message("INVRPT", "BGM+35+LB-88+9", "DTM+137:202611240400:203", "NAD+WH+01::91", "LIN+1++4012345100014:EN", "PIA+1+BG?+1:SA", "QTY+145:17:PCE")
	docs, _ = readMessages(t, m, file, mapping.ReadOptions{Trace: true})
	docs[0].Visit(func(path string, g *document.Group, slot int) {
		o, ok := g.Origin(slot)
		if raw := string(file[o.Place.Offset : o.Place.Offset+int64(o.Place.Length)]); !ok || raw != o.Raw || o.Rule.Line == 0 {
			t.Errorf("%s comes from %q at %v, where %q stands", path, o.Raw, o.Place, raw)
		}
	})
}

func TestTwoValuesForOneFieldAreAFindingAndNoDocument(t *testing.T) {
	m := compiled(t, "desadv-d96a.yaml")
	docs, found := readMessages(t, m, message("DESADV", "BGM+351+L-7001+9", "RFF+ON:10234", "RFF+ON:10235"), mapping.ReadOptions{})
	check(t, "findings", asJSON(docs)+brief(found), `mapping.twice 6:8 (message 1, segment 4 RFF, element 1, component 2): order has a second value "10235", the first was "10234"; say in the mapping which one is meant, by a condition on its qualifier`)
	// The same value twice is no choice.
	docs, found = readMessages(t, m, message("DESADV", "BGM+351+L-7001+9", "RFF+ON:10234", "RFF+ON:10234"), mapping.ReadOptions{})
	check(t, "documents", asJSON(docs)+brief(found), `{"kind":"shipment","number":"L-7001","function":"9","order":"10234"}`)
}

func TestOfTwoAlternativesTheFirstInTheMappingIsTaken(t *testing.T) {
	m := compiled(t, "invrpt-d96a.yaml")
	for _, order := range [][]string{{"DTM+137:20261124:102", "DTM+366:20261123:102"}, {"DTM+366:20261123:102", "DTM+137:20261124:102"}} {
		docs, _ := readMessages(t, m, message("INVRPT", "BGM+35+LB-88+9", order[0], order[1], "LIN+1", "PIA+1+A:SA", "QTY+145:17"), mapping.ReadOptions{})
		check(t, "documents", asJSON(docs), `{"kind":"stock","sku":"A","on_hand":17,"counted_at":"2026-11-23"}`)
	}
}

func TestWhatIsWrongInAMessageIsSaidWithItsPlace(t *testing.T) {
	m := compiled(t, "invrpt-d96a.yaml")
	for name, c := range map[string]struct {
		segments   []string
		docs, want string
	}{
		"a constant that differs": {[]string{"BGM+36+L+9", "DTM+137:20261124:102", "LIN+1", "PIA+1+A:SA", "QTY+145:1"}, "",
			`mapping.fixed 4:5 (message 1, segment 2 BGM, element 1, component 1): BGM.C002.1001 is "36", and the mapping is for "35"; the message may be of another kind: take it with another mapping`},
		"a number that is none": {[]string{"BGM+35+L+9", "LIN+1", "PIA+1+A:SA", "QTY+145:zwei", "QTY+145:2"}, `{"kind":"stock","sku":"A","on_hand":2}`,
			`mapping.number 7:9 (message 1, segment 5 QTY, element 1, component 2): on_hand: "zwei" is not a number`},
		"a mandatory value that is missing": {[]string{"BGM+35+L+9", "LIN+1", "QTY+145:2", "LIN+2", "PIA+1+A:SA", "QTY+145:2"}, `{"kind":"stock","sku":"A","on_hand":2}`,
			`mapping.missing 6:1 (message 1, segment 4 QTY): sku is missing, and every stock has one`},
		"a segment that cannot stand there": {[]string{"BGM+35+L+9", "LIN+1", "PIA+1+A:SA", "QTY+145:2", "PIA+1+B:SA", "QTY+145:3"}, `{"kind":"stock","sku":"A","on_hand":3}`,
			`mapping.misplaced 8:1 (message 1, segment 6 PIA): PIA cannot stand behind SG9/SG11/QTY in INVRPT D.96A`},
		"a date that is none": {[]string{"BGM+35+L+9", "DTM+137:20261324:102", "LIN+1", "PIA+1+A:SA", "QTY+145:2"}, "",
			`mapping.time 5:9 (message 1, segment 3 DTM, element 1, component 2): counted_at: "20261324" is not a date or time in the form YYYYMMDD`},
		"a time that the clocks skip": {[]string{"BGM+35+L+9", "DTM+137:202603290230:203", "LIN+1", "PIA+1+A:SA", "QTY+145:2"}, "",
			`mapping.time 5:9 (message 1, segment 3 DTM, element 1, component 2): counted_at: "202603290230" is a time that the clocks of Europe/Berlin skip`},
		"a byte that is no character": {[]string{"BGM+35+L+9", "LIN+1", "PIA+1+A\x85:SA", "QTY+145:2"}, "",
			`mapping.charset 6:8 (message 1, segment 4 PIA, element 2, component 1): byte 0x85 is not a character of UNOC (iso-8859-1); agree with the sender`},
	} {
		t.Run(name, func(t *testing.T) {
			docs, found := readMessages(t, m, message("INVRPT", c.segments...), mapping.ReadOptions{})
			check(t, "documents", asJSON(docs), c.docs)
			if got := brief(found); !strings.HasPrefix(got, c.want) || len(found) != 1 {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestABrokenRowOfAnOrderCostsItsOrderAlone(t *testing.T) {
	m := compiled(t, "orders-csv.yaml")
	head := "Bestellnummer;Datum;Kunde;Name;Position;EAN;Artikelnr;Menge;Preis\n"
	row := func(n string, pos int) string { return fmt.Sprintf("%s;24.11.2026;7;A;%d;;X;3;1\n", n, pos) }
	for name, c := range map[string]struct {
		file, orders string
		refused      int
	}{
		"in the middle":                      {row("1", 10) + "2;kurz\n" + row("2", 20) + row("3", 10), "1 3", 2},
		"at its end":                         {row("1", 10) + row("2", 10) + "2;kurz\n" + row("3", 10), "1 3", 2},
		"without a number, between two":      {row("1", 10) + row("2", 10) + ";kurz\n" + row("3", 10) + row("4", 10), "1 4", 3},
		"an order that is broken as a whole": {row("1", 10) + "2;kurz\n" + row("3", 10), "1 3", 1},
	} {
		var orders []string
		refused := 0
		docs, _ := rows(t, m, head+c.file, mapping.ReadOptions{Refused: func([]byte) { refused++ }})
		for _, d := range docs {
			orders = append(orders, d.Get("number").Text())
		}
		if got := strings.Join(orders, " "); got != c.orders || refused != c.refused {
			t.Errorf("%s: orders %s, %d rows refused", name, got, refused)
		}
	}
}

func TestOneOfTwoEqualSegmentsIsTakenByItsNumber(t *testing.T) {
	m := mustCompile(t, "format: edifact\nmessage: DELFOR\ndirectory: D.96A\ndocument: order\nfixed: {UNS.0081: D, UNS#2.0081: S}\nmap: {number: BGM.1004}\n")
	docs, found := readMessages(t, m, message("DELFOR", "BGM+241+1", "DTM+137:20261124:102", "UNS+D", "UNS+S"), mapping.ReadOptions{})
	check(t, "read", asJSON(docs)+brief(found), `{"kind":"order","number":"1"}
mapping.unmapped 5:1 (message 1, segment 3 DTM): no line of the mapping takes DTM ×1 []`)
	if out := string(encode(t, m, mapping.WriteOptions{Envelope: envelope()}, docs...)); !strings.Contains(out, "'UNS+D'UNS+S'") {
		t.Errorf("%q", out)
	}
}

func TestARequiredFieldOfALineStopsTheOrder(t *testing.T) {
	m := mustCompile(t, orders(`number: BGM.1004`, `lines:`, `  each: SG25`, `  sku: {path: "PIA[4347=1].C212[7143=SA].7140", required: true}`))
	docs, found := readMessages(t, m, message("ORDERS", "BGM+220+1", "LIN+1", "PIA+1+A:SA", "LIN+2", "PIA+1+A:IN"), mapping.ReadOptions{})
	check(t, "read", asJSON(docs)+brief(found), "mapping.missing 3:1 (message 1, segment 1 UNH): lines[2].sku is missing, and the mapping says that it is required")
}
