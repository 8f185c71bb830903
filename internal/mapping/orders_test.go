package mapping_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

func number(s string) document.Value {
	d, err := document.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return document.NumberValue(d)
}

func set(g *document.Group, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		slot, ok := g.Shape().Slot(pairs[i])
		if !ok {
			panic("no field " + pairs[i])
		}
		switch g.Shape().Fields[slot].Type {
		case document.Number:
			g.Put(slot, number(pairs[i+1]))
		case document.Time:
			m, err := document.ParseMoment(pairs[i+1])
			if err != nil {
				panic(err)
			}
			g.Put(slot, document.TimeValue(m))
		default:
			g.Put(slot, document.TextValue(pairs[i+1]))
		}
	}
}

// order10234 is an order as a shop with gross prices reckons it: 3 × 29.95 at 19 %, 2 × 7.49 at 7 %, 10 % off, shipping
// 4.90, paid 99.25; discount and shipping are split over the two rates, and VAT is 14.52 by position.
func order10234() *document.Document {
	d := document.New(document.Order)
	set(&d.Group, "number", "10234", "ordered_at", "2026-11-24T18:05+01:00", "currency", "EUR", "payment.method", "paypal", "payment.reference", "7XK98241",
		"shipping.method", "dhl", "buyer.number", "20017",
		"bill_to.name", "Jördis Brandt-Öztürk", "bill_to.street", "Am Mühlgraben 4", "bill_to.zip", "99817", "bill_to.city", "Eisenach", "bill_to.country", "DE", "bill_to.phone", "+49 3691 555010")
	line := func(pairs ...string) { set(d.Add("lines"), pairs...) }
	line("gtin", "4012345100014", "sku", "BG-1001", "name", "Teekanne Steingut, anthrazit, 1,2 Liter, mit Sieb", "quantity", "3", "unit", "PCE", "price", "25.17", "net", "75.50", "tax", "14.35", "gross", "89.85", "rate", "19")
	line("gtin", "4012345100021", "sku", "BG-2040", "name", "Kräutertee lose 100 g", "quantity", "2", "unit", "PCE", "price", "7.00", "net", "14.00", "tax", "0.98", "gross", "14.98", "rate", "7")
	rates := func(g *document.Group, parts ...[3]string) {
		for _, p := range parts {
			set(g.Add("rates"), "rate", p[0], "net", p[1], "tax", p[2])
		}
	}
	c := d.Add("charges")
	set(c, "type", "shipping", "label", "Versand", "sign", "C", "net", "4.18", "tax", "0.72", "gross", "4.90")
	rates(c, [3]string{"19", "3.53", "0.67"}, [3]string{"7", "0.65", "0.05"})
	v := d.Add("discounts")
	set(v, "type", "discount", "label", "10 % Neukunden", "net", "-8.95", "tax", "-1.53", "gross", "-10.48")
	rates(v, [3]string{"19", "-7.55", "-1.43"}, [3]string{"7", "-1.40", "-0.10"})
	set(&d.Group, "totals.goods", "89.50", "totals.charges", "4.18", "totals.discounts", "8.95", "totals.net", "84.73", "totals.tax", "14.52", "totals.payable", "99.25")
	return d
}

func envelope() mapping.Envelope {
	return mapping.Envelope{Sender: "4012345000009", SenderQualifier: "14", Recipient: "4098765000003", RecipientQualifier: "14",
		Time: time.Date(2026, 11, 24, 18, 10, 0, 0, time.UTC), Control: "417"}
}

func encode(t testing.TB, m *mapping.Mapping, opt mapping.WriteOptions, docs ...*document.Document) []byte {
	t.Helper()
	out, found, err := m.Encode(docs, opt)
	if err != nil || found.HasErrors() {
		t.Fatalf("encode: %v %v", err, found)
	}
	return out
}

// readMessages reads all messages of an interchange with a mapping.
func readMessages(t testing.TB, m *mapping.Mapping, file []byte, opt mapping.ReadOptions) ([]*document.Document, finding.List) {
	t.Helper()
	var docs []*document.Document
	var found finding.List
	opt.Emit = func(d *document.Document) error { docs = append(docs, d.Clone()); return nil }
	var r *mapping.Reader
	for ev, err := range edifact.NewReader(bytes.NewReader(file), edifact.FileName("test.edi")).Events() {
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case ev.Kind == edifact.MessageStart:
			r = m.NewReader(opt)
		case ev.Message == nil || ev.Segment == nil:
			continue
		}
		if err := r.Push(ev.Segment); err != nil {
			t.Fatal(err)
		}
		if ev.Kind == edifact.MessageEnd {
			f, err := r.End()
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, f...)
		}
	}
	return docs, found
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func lines(opt mapping.WriteOptions) mapping.WriteOptions {
	opt.Envelope.Newline = "\n"
	return opt
}

func TestOrder10234BecomesAValidOrdersWhoseSumsAgree(t *testing.T) {
	m := compiled(t, "orders-d96a.yaml")
	out := encode(t, m, lines(mapping.WriteOptions{Envelope: envelope()}), order10234())
	golden(t, "order10234.edi", out)
	v := validate.New()
	for ev, err := range edifact.NewReader(bytes.NewReader(out)).Events() {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range append(ev.Findings, v.Event(ev)...) {
			t.Error(f)
		}
	}
}

func TestOrder10234ComesBackWithItsMappedFields(t *testing.T) {
	m := compiled(t, "orders-d96a.yaml")
	out := encode(t, m, mapping.WriteOptions{Envelope: envelope()}, order10234())
	docs, found := readMessages(t, m, out, mapping.ReadOptions{})
	for _, f := range found {
		t.Error(f)
	}
	if len(docs) != 1 {
		t.Fatalf("%d documents", len(docs))
	}
	golden(t, "order10234.json", append(bytes.ReplaceAll(docs[0].AppendJSON(nil), []byte(`,"`), []byte(",\n\"")), '\n'))
	again := encode(t, m, mapping.WriteOptions{Envelope: envelope()}, docs[0])
	if diff := cmp.Diff(strings.ReplaceAll(string(out), "'", "'\n"), strings.ReplaceAll(string(again), "'", "'\n")); diff != "" {
		t.Errorf("write(read(x)) differs:\n%s", diff)
	}
}

func TestAShopWhoseSumsDoNotAgreeIsNotWritten(t *testing.T) {
	m := compiled(t, "orders-d96a.yaml")
	d := order10234()
	set(&d.Group, "totals.tax", "14.51")
	out, found, err := m.Encode([]*document.Document{d}, mapping.WriteOptions{Envelope: envelope()})
	if err != nil || out != nil || len(found) != 1 || found[0].Rule != "mapping.check" {
		t.Errorf("%q %v %v", out, found, err)
	}
}
