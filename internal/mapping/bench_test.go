package mapping_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// stockFile makes a stock file of a number of rows.
func stockFile(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("Artikelnr;Lager;Bestand\r\n")
	for i := range rows {
		fmt.Fprintf(&b, "ART-%06d;%02d;%d.%03d,00\r\n", i/2, i%2+1, 1+i%9, i%1000)
	}
	return b.Bytes()
}

const sevenColumns = `
format: delimited
delimiter: ";"
charset: windows-1252
document: order
map:
  number:       Bestellnr
  buyer.number: Kunde
  buyer.name:   Name
  currency:     Waehrung
  note:         {path: Bemerkung}
  totals.net:   {path: Netto, as: {decimal: ","}}
  payment.method: {path: Zahlart, codes: payments}
`

func orderFile(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("Bestellnr;Kunde;Name;Waehrung;Bemerkung;Netto;Zahlart\r\n")
	for i := range rows {
		fmt.Fprintf(&b, "%06d;%05d;Firma Nummer %d;EUR;bitte liefern;%d,50;42\r\n", i, i%997, i%31, i%1000)
	}
	return b.Bytes()
}

// csvPass reads a file with encoding/csv and does nothing with it.
func csvPass(b *testing.B, file []byte) time.Duration {
	start := time.Now()
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma, r.ReuseRecord = ';', true
	for {
		if _, err := r.Read(); err == io.EOF {
			return time.Since(start)
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

func mappingPass(b *testing.B, m *mapping.Mapping, file []byte, rows int, trace bool) time.Duration {
	start := time.Now()
	n := 0
	found, err := m.ReadRows(bytes.NewReader(file), "f.csv", mapping.ReadOptions{Trace: trace, Emit: func(*document.Document) error { n++; return nil }})
	if err != nil || n != rows {
		b.Fatal(n, err, found)
	}
	return time.Since(start)
}

// benchmarkRows reads and maps a file, and reads the same bytes with encoding/csv alone: x-csv is how many times as fast the
// first is, by the best time of each.
func benchmarkRows(b *testing.B, m *mapping.Mapping, file []byte, rows int, trace bool) {
	b.ReportAllocs()
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		theirs = min(theirs, csvPass(b, file))
		ours = min(ours, mappingPass(b, m, file, rows, trace))
	}
	b.ReportMetric(float64(theirs)/float64(ours), "x-csv")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(rows), "ns/row")
}

func BenchmarkStockRows(b *testing.B) {
	benchmarkRows(b, compiled(b, "stock-csv.yaml"), stockFile(200_000), 200_000, false)
}

func BenchmarkSevenFields(b *testing.B) {
	m, found := mapping.Compile([]byte(sevenColumns), mapping.Environment{Codes: codeLists})
	if m == nil {
		b.Fatal(found)
	}
	benchmarkRows(b, m, orderFile(200_000), 200_000, false)
}

func BenchmarkStockRowsTraced(b *testing.B) {
	benchmarkRows(b, compiled(b, "stock-csv.yaml"), stockFile(200_000), 200_000, true)
}

// inventory makes an INVRPT of a number of articles with two quantities each.
func inventory(articles int) []byte {
	var b bytes.Buffer
	b.WriteString("UNA:+.? 'UNB+UNOC:3+4098765000003:14+4012345000009:14+261124:0400+88'UNH+1+INVRPT:D:96A:UN'BGM+35+LB-88+9'DTM+137:202611240400:203'NAD+WH+01::91'")
	for i := range articles {
		fmt.Fprintf(&b, "LIN+%d++40123451%05d:EN'PIA+1+BG-%05d:SA'IMD+F++:::Artikel %d'QTY+145:%d:PCE'LOC+18+02'QTY+21:5:PCE'", i+1, i%100000, i, i, i%50)
	}
	fmt.Fprintf(&b, "UNT+%d+1'UNZ+1+88'", articles*6+5)
	return b.Bytes()
}

func BenchmarkInventory(b *testing.B) {
	m := compiled(b, "invrpt-d96a.yaml")
	file := inventory(20_000)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		r := m.NewReader(mapping.ReadOptions{Emit: func(*document.Document) error { return nil }})
		for seg, err := range edifact.NewDecoder(bytes.NewReader(file)).Segments() {
			if err != nil {
				b.Fatal(err)
			}
			if tag := seg.Tag(); tag == "UNB" || tag == "UNZ" {
				continue
			}
			if err := r.Push(seg); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := r.End(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInventoryDecodeOnly(b *testing.B) {
	file := inventory(20_000)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		for _, err := range edifact.NewDecoder(bytes.NewReader(file)).Segments() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
