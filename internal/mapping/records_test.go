package mapping_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// readText reads a file by a mapping: the documents as JSON, the raw rows refused, and what was found.
func readText(t testing.TB, m *mapping.Mapping, in string) (docs []string, refused string, found finding.List) {
	t.Helper()
	var rows bytes.Buffer
	found, err := m.ReadRows(strings.NewReader(in), "f", mapping.ReadOptions{
		Emit:    func(d *document.Document) error { docs = append(docs, string(d.AppendJSON(nil))); return nil },
		Refused: func(row []byte) { rows.Write(row) },
	})
	if err != nil {
		found = append(found, finding.Finding{Severity: finding.Error, Message: err.Error()})
	}
	return docs, rows.String(), found
}

const headAndLines = `format: delimited
delimiter: ";"
charset: windows-1252
records:
  file: {mark: F, columns: [mark, currency]}
  head: {mark: H, columns: [mark, number, customer]}
  line: {mark: L, columns: [mark, sku, quantity]}
  text: {mark: A, columns: [mark, text]}
  sum:  {mark: S, columns: [mark, goods]}
  end:  {mark: E, columns: [mark, rows]}
document: {kind: order, each: head}
map:
  number:       head.number
  currency:     file.currency
  buyer.number: head.customer
  totals.goods: {path: sum.goods, as: {decimal: ","}}
  lines:
    each: line
    sku:      line.sku
    quantity: {path: line.quantity, as: {decimal: ","}}
    note:     text.text
`

func TestRecordsOfSeveralTypesBecomeOneDocument(t *testing.T) {
	m := compiledText(t, headAndLines)
	file := "F;SEK\r\nH;100;7\r\nL;EV-1;96\r\nA;f\xF6rsiktigt\r\nL;EV-2;2,5\r\nS;11,25\r\nH;101;8\r\nL;EV-3;1\r\nE;9\r\n"
	docs, refused, found := readText(t, m, file)
	want := []string{
		`{"number":"100","currency":"SEK","buyer":{"number":"7"},"lines":[{"sku":"EV-1","quantity":96,"note":"försiktigt"},{"sku":"EV-2","quantity":2.5}],"totals":{"goods":11.25}}`,
		`{"number":"101","currency":"SEK","buyer":{"number":"8"},"lines":[{"sku":"EV-3","quantity":1}]}`,
	}
	if diff := cmp.Diff(want, stripKind(docs)); diff != "" || refused != "" {
		t.Errorf("%s, refused %q", diff, refused)
	}
	if len(found) != 1 || !strings.Contains(found[0].String(), "no line of the mapping takes records end") {
		t.Errorf("%v", found)
	}
	var all []*document.Document
	for _, d := range docs {
		doc, err := document.ParseJSON([]byte(d))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, doc)
	}
	out, found, err := m.Encode(all[:1], mapping.WriteOptions{})
	if err != nil || found.HasErrors() {
		t.Fatal(found, err)
	}
	if want := "F;SEK\r\nH;100;7\r\nL;EV-1;96\r\nA;f\xF6rsiktigt\r\nL;EV-2;2,5\r\nS;11,25\r\n"; string(out) != want {
		t.Errorf("written %q", out)
	}
}

// stripKind takes the kind off documents as JSON.
func stripKind(docs []string) []string {
	var out []string
	for _, d := range docs {
		if i := strings.Index(d, `,"`); strings.HasPrefix(d, `{"kind":`) && i > 0 {
			d = "{" + d[i+1:]
		}
		out = append(out, d)
	}
	return out
}

func TestABrokenRecordCostsItsDocumentAndNotItsNeighbours(t *testing.T) {
	m := compiledText(t, headAndLines)
	for name, c := range map[string]struct{ in, refused, says string }{
		"a number that is none":        {"H;1;7\nL;a;x\nS;1\nH;2;7\nL;b;1\n", "H;1;7\nL;a;x\nS;1\n", `"x" is not a number`},
		"a row that is too short":      {"H;1;7\nL;a\nH;2;7\nL;b;1\n", "H;1;7\nL;a\n", "has 2 of 3 fields"},
		"a row of no type":             {"H;1;7\nL;a;1\nX;3\nH;2;7\nL;b;1\n", "H;1;7\nL;a;1\nX;3\n", `column 1 has "X"`},
		"a text without its line":      {"H;1;7\nA;x\nH;2;7\nL;b;1\n", "H;1;7\nA;x\n", "without the line that it belongs to"},
		"two texts of one line":        {"H;1;7\nL;a;1\nA;x\nA;y\nH;2;7\nL;b;1\n", "H;1;7\nL;a;1\nA;x\nA;y\n", `has a second value "y"`},
		"a head that is too short":     {"H;1\nL;a;1\nH;2;7\nL;b;1\n", "H;1\nL;a;1\n", "has 2 of 3 fields"},
		"a line before the first head": {"L;a;1\nH;2;7\nL;b;1\n", "L;a;1\n", "stands before the first head"},
	} {
		docs, refused, found := readText(t, m, c.in)
		if len(docs) != 1 || !strings.Contains(docs[0], `"number":"2"`) || refused != c.refused {
			t.Errorf("%s: %q, refused %q", name, docs, refused)
		}
		if !strings.Contains(found.Error(), c.says) {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestMappingsOfRecordsNameTheirFaults(t *testing.T) {
	for change, want := range map[[2]string]string{
		{"each: head}", "each: haed}"}:                             `there are no records "haed"; did you mean head?`,
		{"head.number", "number"}:                                  `"number" names no column of a record`,
		{"line.sku", "line.sko"}:                                   `line has no column "sko"`,
		{"text.text", "head.customer"}:                             "head belongs to the document, and not to lines",
		{"mark: L", "mark: H"}:                                     "that of another type",
		{"document: {kind: order, each: head}", "document: order"}: "need to know which one begins a document",
	} {
		_, found := mapping.Compile([]byte(strings.Replace(headAndLines, change[0], change[1], 1)), mapping.Environment{})
		all := ""
		for _, f := range found {
			all += f.String() + "\n"
		}
		if !found.HasErrors() || !strings.Contains(all, want) {
			t.Errorf("%s: %s", change[1], all)
		}
	}
}

const mainframe = `format: fixed
charset: cp278
record: 80
records:
  head: {mark: H, layout: {customer: 2-8, number: 9-18, date: 19-26, name: 27-56, currency: 57-59}}
  line:
    mark: L
    layout:
      number:   {at: 2-6, number: display, sign: overpunch}
      sku:      7-24
      quantity: {at: 55-59, number: packed, decimals: 2, sign: true}
      price:    {at: 60-65, number: packed, decimals: 4, sign: true}
  sum:  {mark: T, layout: {goods: {at: 7-13, number: packed, decimals: 2, sign: true}}}
fixed: {head.currency: SEK}
document: {kind: order, each: head}
map:
  number:       head.number
  buyer.number: head.customer
  buyer.name:   head.name
  ordered_at:   {path: head.date, as: {date: "20060102"}}
  totals.goods: sum.goods
  lines:
    each: line
    number:   line.number
    sku:      line.sku
    quantity: line.quantity
    price:    line.price
`

func TestMainframeRecordsAreMappedBothWays(t *testing.T) {
	m := compiledText(t, mainframe)
	doc, err := document.ParseJSON([]byte(`{"kind":"order","number":"B104711","ordered_at":"2026-03-02","buyer":{"number":"0001007","name":"KÖPAREN AB"},"lines":[{"number":"10","sku":"EV-77-A","quantity":96.00,"price":12.5000},{"number":"20","sku":"EV-90","quantity":-2.00,"price":89.9900}],"totals":{"goods":-12345.67}}`))
	if err != nil {
		t.Fatal(err)
	}
	out, found, err := m.Encode([]*document.Document{doc}, mapping.WriteOptions{})
	if err != nil || found.HasErrors() || len(out) != 4*80 {
		t.Fatal(len(out), found, err)
	}
	docs, _, found := readText(t, m, string(out))
	if len(found) > 0 || len(docs) != 1 || docs[0] != string(doc.AppendJSON(nil)) {
		t.Errorf("%q\n%v", docs, found)
	}
	out[80+54] = 0x4F // a packed number ruined
	docs, refused, found := readText(t, m, string(out))
	if len(docs) != 0 || len(refused) != 320 || !strings.Contains(found.Error(), "record 2, field quantity") {
		t.Errorf("%q, %d, %v", docs, len(refused), found)
	}
	bad := bytes.Replace(out, []byte{0xE2, 0xC5, 0xD2}, []byte{0xC5, 0xE4, 0xD9}, 1)
	if _, _, found := readText(t, m, string(bad)); !strings.Contains(found.Error(), `currency is "EUR", and the mapping is for "SEK"`) {
		t.Error(found)
	}
}
