package mapping_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// The same order in two formats: blocks, conditions, code lists, numbers, dates, lists.
const lawXML = `
format: xml
namespaces: {"": urn:a, b: urn:b}
root: "Order[@Kind=web]"
document: order
blocks:
  address: {name: b:Name, zip: "@Zip", country: {path: b:Country/@Code, codes: {DE: D, SE: S}}}
map:
  number:      b:ID
  ordered_at:  {path: Date, as: {date: "2006-01-02"}}
  bill_to:     {at: "Party[Role=IV]", use: address}
  ship_to:     {at: "Party[Role=DP]", use: address}
  buyer.guest: {path: "@Guest", as: {flag: [J, N]}}
  lines:
    each: Lines/Line
    sku:      b:Item
    quantity: Amount
    unit:     Amount/@Unit
    price:    "Price[@Type=net]"
`

var lawJSON = strings.NewReplacer("format: xml\n", "format: json\n", "namespaces: {\"\": urn:a, b: urn:b}\n", "", "root: \"Order[@Kind=web]\"\n", "", "b:Country/@Code", "Country.Code", "Amount/@Unit", "Unit",
	"Lines/Line", "Lines", "\"Price[@Type=net]\"", "\"Price[Type=net].Value\"", "b:", "", "@", "", "Party[", "Parties[").Replace(lawXML)

func TestWhatAMappingWritesAsXMLOrJSONItReadsBack(t *testing.T) {
	for name, src := range map[string]string{"xml": lawXML, "json": lawJSON} {
		m := compileTree(t, src)
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				word := rapid.StringMatching(`[!-~äß€漢]([ -~äß€漢]{0,8}[!-~äß€漢])?`)
				maybe := func(g *document.Group, field, value string) {
					if value != "" {
						set(g, field, value)
					}
				}
				number := rapid.StringMatching(`-?[1-9][0-9]{0,6}(\.[0-9]{1,3})?`)
				d := document.New(document.Order)
				set(&d.Group, "number", word.Draw(t, "number"), "ordered_at", time.Date(2026, 1, rapid.IntRange(1, 31).Draw(t, "day"), 0, 0, 0, 0, time.UTC).Format("2006-01-02"))
				if rapid.Bool().Draw(t, "has guest") {
					d.Set("buyer.guest", document.FlagValue(rapid.Bool().Draw(t, "guest")))
				}
				for _, prefix := range []string{"bill_to.", "ship_to."} {
					maybe(&d.Group, prefix+"name", rapid.OneOf(word, rapid.Just("")).Draw(t, prefix))
					maybe(&d.Group, prefix+"zip", rapid.OneOf(word, rapid.Just("")).Draw(t, prefix))
					maybe(&d.Group, prefix+"country", rapid.SampledFrom([]string{"", "DE", "SE"}).Draw(t, prefix))
				}
				for range rapid.IntRange(0, 4).Draw(t, "lines") {
					line := d.Add("lines")
					set(line, "sku", word.Draw(t, "sku"), "quantity", number.Draw(t, "quantity"))
					maybe(line, "unit", rapid.OneOf(word, rapid.Just("")).Draw(t, "unit"))
					maybe(line, "price", rapid.OneOf(number, rapid.Just("")).Draw(t, "price"))
				}
				out, found, err := m.Encode([]*document.Document{d}, mapping.WriteOptions{})
				if err != nil || found.HasErrors() {
					t.Fatal(err, found)
				}
				var back []*document.Document
				said, err := m.ReadRows(bytes.NewReader(out), "", mapping.ReadOptions{Emit: func(d *document.Document) error {
					back = append(back, d.Clone())
					return nil
				}})
				if err != nil || said.HasErrors() || len(back) != 1 {
					t.Fatal(err, said)
				}
				if got, want := string(back[0].AppendJSON(nil)), string(d.AppendJSON(nil)); got != want {
					t.Fatalf("read %s\nwas  %s\nin\n%s", got, want, out)
				}
			})
		})
	}
}

// Every value of a file that is written stands where the trace says, and what is read back says the same place.
func TestTraceNamesTheBytesOfXMLJSONAndTheCellsOfWorkbooks(t *testing.T) {
	for name, src := range map[string]string{"xml": lawXML, "json": lawJSON} {
		m := compileTree(t, src)
		d := document.New(document.Order)
		set(&d.Group, "number", "W & 1", "ordered_at", "2026-03-02", "bill_to.name", "Öl \"AG\"")
		set(d.Add("lines"), "sku", "A<1>", "quantity", "3", "unit", "PCE")
		trace := &mapping.WriteTrace{}
		out, found, err := m.Encode([]*document.Document{d}, mapping.WriteOptions{Trace: trace})
		if err != nil || found.HasErrors() {
			t.Fatal(err, found)
		}
		at := map[string]string{}
		for _, v := range trace.Values {
			at[v.Path] = string(out[v.Place.Offset : v.Place.Offset+int64(v.Place.Length)])
		}
		_, err = m.ReadRows(bytes.NewReader(out), "", mapping.ReadOptions{Trace: true, Emit: func(d *document.Document) error {
			d.Visit(func(path string, g *document.Group, slot int) {
				o, ok := g.Origin(slot)
				if !ok {
					return
				}
				if got := string(out[o.Place.Offset : o.Place.Offset+int64(o.Place.Length)]); got != o.Raw || at[path] != got || o.Place.Path == "" {
					t.Errorf("%s: %s is read from %q (%q, %s) and was written as %q", name, path, got, o.Raw, o.Place.Path, at[path])
				}
			})
			return nil
		}})
		if err != nil || len(at) < 5 {
			t.Errorf("%s: %v, %d values", name, err, len(at))
		}
	}
}
