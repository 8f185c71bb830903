package mapping_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

const sapOrder = `format: idoc
basic: ORDERS05
message: ORDERS
form: exact
segments: {Z1ITEM: {in: E1EDP01, fields: {COLOUR: 10, SIZE: 4}}}
control: {SNDPOR: WEBSHOP, SNDPRT: KU}
fixed: {E1EDK01.BSART: NB, "E1EDP01.ACTION": "001"}
document: order
blocks:
  address: {name: NAME1, street: STRAS, city: ORT01, zip: PSTLZ, country: LAND1, number: "E1EDKA3[QUALP=001].STDPN"}
map:
  number:       "E1EDK02[QUALF=001].BELNR"
  ordered_at:   "E1EDK03[IDDAT=012].DATUM"
  currency:     E1EDK01.CURCY
  buyer.number: "E1EDKA1[PARVW=AG].PARTN"
  ship_to:      {at: "E1EDKA1[PARVW=WE]", use: address}
  lines:
    each: E1EDP01
    number:     {path: POSEX, sequence: 10}
    quantity:   MENGE
    unit:       {path: MENEE, codes: {PCE: H87, KGM: KGM}}
    price:      VPREI
    net:        NETWR
    sku:        "E1EDP19[QUALF=002].IDTNR"
    gtin:       "E1EDP19[QUALF=003].IDTNR"
    note:       Z1ITEM.COLOUR
    deliver_at: E1EDP20.EDATU
  totals.goods: "E1EDS01[SUMID=002].SUMME"
`

const sapOrderJSON = `{"kind":"order","number":"WEB-4711","ordered_at":"2026-03-02","currency":"SEK","buyer":{"number":"0000001007"},"ship_to":{"name":"KÖPAREN AB","street":"Hamngatan 3","zip":"824 50","city":"HUDIKSVALL","country":"SE","number":"LS_1"},"lines":[{"number":"000010","sku":"EV-77-A","gtin":"7312345678903","quantity":96.000,"unit":"PCE","price":11.25,"net":1080.00,"deliver_at":"2026-03-16","note":"blå"},{"number":"000020","sku":"EV-90","quantity":-2.000,"unit":"KGM"}],"totals":{"goods":1080.00}}`

var sapEnvelope = mapping.Envelope{Control: "4711", Time: time.Date(2026, 3, 2, 14, 30, 15, 0, time.UTC), IDoc: map[string]string{"RCVPOR": "SAPPRD", "RCVPRN": "PRDCLNT100", "MANDT": "100"}}

// sapFile writes the order, twice under different numbers.
func sapFile(t *testing.T, m *mapping.Mapping) string {
	t.Helper()
	var docs []*document.Document
	for _, text := range []string{sapOrderJSON, strings.Replace(sapOrderJSON, "WEB-4711", "WEB-4712", 1)} {
		d, err := document.ParseJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	out, found, err := m.Encode(docs, mapping.WriteOptions{Envelope: sapEnvelope})
	if err != nil || found.HasErrors() {
		t.Fatal(found, err)
	}
	return string(out)
}

func TestOrdersBecomeIDocsAndAreReadBack(t *testing.T) {
	for _, form := range []string{"padded", "exact", "trimmed", "endless", "xml"} {
		m := compiledText(t, strings.Replace(sapOrder, "form: exact", "form: "+form, 1))
		file := sapFile(t, m)
		docs, refused, found := readText(t, m, file)
		want := []string{sapOrderJSON, strings.Replace(sapOrderJSON, "WEB-4711", "WEB-4712", 1)}
		if diff := cmp.Diff(want, docs); diff != "" || refused != "" || len(found) > 0 {
			t.Errorf("%s: %s %q %v", form, diff, refused, found)
		}
	}
}

func TestAWrittenIDocStandsInTheOrderOfItsBasicType(t *testing.T) {
	m := compiledText(t, strings.Replace(sapOrder, "form: exact", "form: trimmed\nline_end: lf", 1))
	var names []string
	for line := range strings.Lines(sapFile(t, m)) {
		if strings.HasPrefix(line, "EDI_DC40") && len(names) > 0 {
			break
		}
		names = append(names, strings.TrimSpace(line[:10])+" "+line[min(len(line)-1, 49):min(len(line)-1, 63)])
	}
	want := []string{"EDI_DC40", "E2EDK01005 00000100000001", "E2EDK03 00000200000002", "E2EDKA1003 00000300000002", "E2EDKA1003 00000400000002", "E2EDKA3 00000500000403", "E2EDK02 00000600000002",
		"E2EDP01008 00000700000002", "E2EDP20001 00000800000703", "E2EDP19002 00000900000703", "E2EDP19002 00001000000703", "Z2ITEM 00001100000703", "E2EDP01008 00001200000002", "E2EDP19002 00001300001203", "E2EDS01 00001400000002"}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
		if strings.HasPrefix(names[i], "EDI_DC40") {
			names[i] = "EDI_DC40"
		}
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestABrokenIDocCostsItselfAndCanBeDroppedAgain(t *testing.T) {
	for _, form := range []string{"exact", "xml"} {
		m := compiledText(t, strings.Replace(sapOrder, "form: exact", "form: "+form, 1))
		file := sapFile(t, m)
		bad := strings.Replace(file, "96.000", "96,000", 1)
		var docs []string
		var rows [][]byte
		found, err := m.ReadRows(strings.NewReader(bad), "f", mapping.ReadOptions{
			Emit:    func(d *document.Document) error { docs = append(docs, string(d.AppendJSON(nil))); return nil },
			Refused: func(row []byte) { rows = append(rows, bytes.Clone(row)) },
		})
		if err != nil || len(docs) != 1 || !strings.Contains(docs[0], "WEB-4712") || len(rows) != 1 || !strings.Contains(found.Error(), `"96,000" is not a number`) {
			t.Fatalf("%s: %d documents, %d refused, %v, %v", form, len(docs), len(rows), found, err)
		}
		var rest bytes.Buffer
		if _, err := m.Rest(&rest, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(bad)), nil }, slices.Values(rows)); err != nil {
			t.Fatal(err)
		}
		mended := strings.Replace(rest.String(), "96,000", "96.000", 1)
		if docs, _, found := readText(t, m, mended); len(docs) != 1 || docs[0] != sapOrderJSON || len(found) > 0 {
			t.Errorf("%s: %q %v", form, docs, found)
		}
	}
}

func TestIDocsOfAnotherKindAreRefused(t *testing.T) {
	m := compiledText(t, sapOrder)
	file := strings.ReplaceAll(sapFile(t, m), "ORDERS    ", "ORDRSP    ")
	docs, refused, found := readText(t, m, file)
	if len(docs) > 0 || refused != file || !strings.Contains(found.Error(), `MESTYP is "ORDRSP", and the mapping is for "ORDERS"`) {
		t.Errorf("%q %v", docs, found)
	}
}

func TestASegmentCanBeADocument(t *testing.T) {
	m := compiledText(t, `format: idoc
basic: MATMAS05
form: xml
document: {kind: stock, each: E1MARAM/E1MARCM}
map:
  sku:      /E1MARAM.MATNR
  location: WERKS
  unit:     /E1MARAM.MEINS
  on_hand:  EISBE
`)
	var docs []*document.Document
	for i, place := range []string{"1000", "2000"} {
		d := document.New(document.Stock)
		d.Set("sku", document.TextValue(fmt.Sprint("EV-", i)))
		d.Set("location", document.TextValue(place))
		d.Set("unit", document.TextValue("PCE"))
		d.Set("on_hand", document.NumberValue(document.Int(int64(i))))
		docs = append(docs, d)
	}
	out, found, err := m.Encode(docs, mapping.WriteOptions{Envelope: sapEnvelope})
	if err != nil || found.HasErrors() {
		t.Fatal(found, err)
	}
	got, _, found := readText(t, m, string(out))
	if len(got) != 2 || found.HasErrors() || !strings.Contains(got[1], `"location":"2000"`) || !strings.Contains(got[1], `"sku":"EV-1"`) {
		t.Errorf("%q %v\n%s", got, found, out)
	}
}

func TestMappingsOfIDocsNameTheirFaults(t *testing.T) {
	for change, want := range map[[2]string]string{
		{"E1EDK02[QUALF=001].BELNR", "E1EDK02[QUALF=001].BELNUR"}: "E1EDK02 has no field BELNUR; did you mean BELNR?",
		{"E1EDK02[QUALF=001]", "E1EDK99[QUALF=001]"}:              "ORDERS05 has no segment E1EDK99",
		{"[QUALF=001].BELNR", "[QUALIF=001].BELNR"}:               "E1EDK02 has no field QUALIF",
		{"E1EDK01.CURCY", "E1EDK01"}:                              "this is a segment, and a field is wanted here",
		{"each: E1EDP01", "each: E1EDP01.POSEX"}:                  "each ends with a segment",
		{"basic: ORDERS05", "basic: ORDERS9"}:                     `the basic type "ORDERS9" is not known`,
		{"SNDPOR: WEBSHOP", "SNDPORT: WEBSHOP"}:                   `the control record has no field "SNDPORT"; did you mean SNDPOR?`,
		{"BSART: NB", "BSART: NBXXX"}:                             "E1EDK01.BSART has room for 4 characters",
		{"in: E1EDP01", "in: E1EDP99"}:                            "ORDERS05 has no segment E1EDP99 for it to stand in",
		{"E1EDP20.EDATU", "MENGE"}:                                "", // a date from a number's place has a type all the same
	} {
		_, found := mapping.Compile([]byte(strings.Replace(sapOrder, change[0], change[1], 1)), mapping.Environment{})
		all := ""
		for _, f := range found {
			all += f.String() + "\n"
		}
		if !found.HasErrors() || !strings.Contains(all, want) {
			t.Errorf("%s: %s", change[1], all)
		}
	}
}

func TestValuesOfIDocsAreTracedToTheirBytes(t *testing.T) {
	m := compiledText(t, sapOrder)
	file := sapFile(t, m)
	var lines []string
	_, err := m.ReadRows(strings.NewReader(file), "f.idoc", mapping.ReadOptions{Trace: true, Emit: func(d *document.Document) error {
		d.Visit(func(path string, g *document.Group, slot int) {
			if o, ok := g.Origin(slot); ok && len(lines) < 20 {
				lines = append(lines, fmt.Sprintf("%s = %s", path, strings.TrimSpace(file[o.Place.Offset:][:o.Place.Length])))
			}
		})
		return nil
	}})
	if err != nil || !slices.Contains(lines, "lines[1].sku = EV-77-A") || !slices.Contains(lines, "ship_to.name = KÖPAREN AB") {
		t.Errorf("%q %v", lines, err)
	}
	var trace mapping.WriteTrace
	d, _ := document.ParseJSON([]byte(sapOrderJSON))
	out, _, err := m.Encode([]*document.Document{d}, mapping.WriteOptions{Envelope: sapEnvelope, Trace: &trace})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range trace.Values {
		if got := strings.TrimSpace(string(out[v.Place.Offset:][:v.Place.Length])); got != v.Value {
			t.Errorf("%s: %q stands at its place, not %q", v.Path, got, v.Value)
		}
	}
}
