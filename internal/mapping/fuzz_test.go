package mapping_test

import (
	"bytes"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// FuzzReadMessages reads anything as messages: it never panics, and what it emits can be written again, or is refused
// with a finding.
func FuzzReadMessages(f *testing.F) {
	maps := []*mapping.Mapping{compiled(f, "orders-d96a.yaml"), compiled(f, "desadv-d96a.yaml"), compiled(f, "invrpt-d96a.yaml")}
	for _, file := range []string{"order10234.edi", "shipment.edi", "inventory.edi"} {
		f.Add(read(f, file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, m := range maps {
			var docs []*document.Document
			r := m.NewReader(mapping.ReadOptions{Trace: true, Emit: func(d *document.Document) error {
				docs = append(docs, d.Clone())
				return nil
			}})
			for seg, err := range edifact.NewDecoder(bytes.NewReader(file)).Segments() {
				if err != nil {
					break
				}
				if err := r.Push(seg); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := r.End(); err != nil {
				t.Fatal(err)
			}
			if len(docs) == 0 {
				continue
			}
			out, found, err := m.Encode(docs, mapping.WriteOptions{Envelope: envelope(), Trace: &mapping.WriteTrace{}})
			if err != nil || out == nil && !found.HasErrors() {
				t.Fatalf("%v %v", err, found)
			}
		}
	})
}

// FuzzReadRows reads anything as rows.
func FuzzReadRows(f *testing.F) {
	maps := []*mapping.Mapping{compiled(f, "stock-csv.yaml"), compiled(f, "orders-csv.yaml"), compiledText(f, conversions)}
	f.Add([]byte("Artikelnr;Lager;Bestand\r\nART-000123;01;1.234,00\r\n"))
	f.Add([]byte("Bestellnummer;Datum;Kunde;Name;Position;EAN;Artikelnr;Menge;Preis\n1;24.11.2026;7;A;10;;X;3;1\n1;kurz\n"))
	f.Add([]byte(conversionHead + "1;24.11.2026 18:05;20261201;J;1.234,50;3,5;31;R;hallo;AT\r\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, m := range maps {
			for _, trace := range []bool{false, true} {
				var docs []*document.Document
				_, err := m.ReadRows(bytes.NewReader(file), "f.csv", mapping.ReadOptions{Trace: trace, Refused: func([]byte) {}, Emit: func(d *document.Document) error {
					docs = append(docs, d.Clone())
					return nil
				}})
				if err != nil || len(docs) == 0 {
					continue
				}
				if out, found, err := m.Encode(docs, mapping.WriteOptions{}); err != nil || out == nil && !found.HasErrors() {
					t.Fatalf("%v %v", err, found)
				}
			}
		}
	})
}
