package xmlfile_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// stockXML is a stock file of so many records.
func stockXML(records int) []byte {
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Stock xmlns=\"urn:example:stock\">\n")
	for i := range records {
		fmt.Fprintf(&b, stockRecord, i, i%7, i%977, i%100)
	}
	b.WriteString("</Stock>\n")
	return b.Bytes()
}

const stockRecord = "  <Item Line=\"%d\">\n    <SKU>ART-%06[1]d</SKU>\n    <Name>Zange Größe %d &amp; Etui</Name>\n    <OnHand unitCode=\"C62\">%d.%02d</OnHand>\n  </Item>\n"

// BenchmarkRead reads a stock file with the texts and attributes of each record. x-xml is how many times faster that is
// than the tokens of encoding/xml of the same bytes in the same run, by the best time of each.
func BenchmarkRead(b *testing.B) {
	file := stockXML(20_000)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		readRecords(b, file)
		ours = min(ours, time.Since(start))
		b.StopTimer()
		start = time.Now()
		d := xml.NewDecoder(bytes.NewReader(file))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		theirs = min(theirs, time.Since(start))
		b.StartTimer()
	}
	b.ReportMetric(float64(theirs)/float64(ours), "x-xml")
	b.ReportMetric(float64(ours.Nanoseconds())/20_000, "ns/record")
}

func readRecords(b *testing.B, file []byte) {
	r := xmlfile.NewReader(bytes.NewReader(file), xmlfile.Options{Record: "Stock/Item", Namespaces: map[string]string{"": "urn:example:stock"}})
	var text []byte
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			b.Fatal(err)
		}
		text = text[:0]
		for i := range rec.Len() {
			text = rec.AppendText(text, i)
			from, to := rec.Attrs(i)
			for k := from; k < to; k++ {
				text = rec.AppendAttr(text, k)
			}
		}
	}
}

// BenchmarkMemory reads 10,000,000 records, 1.6 GB, once, and tells the memory that was held at most.
func BenchmarkMemory(b *testing.B) {
	if testing.Short() {
		b.Skip("needs a run without -short: it reads 1.6 GB")
	}
	for i := range b.N {
		if i > 0 {
			break // once says it
		}
		held := uint64(0)
		record := fmt.Sprintf(stockRecord, 4711, 3, 17, 50)
		body := io.LimitReader(&repeat{text: record}, 10_000_000*int64(len(record)))
		r := xmlfile.NewReader(io.MultiReader(bytes.NewReader([]byte("<Stock>\n")), body, bytes.NewReader([]byte("</Stock>"))), xmlfile.Options{Record: "Stock/Item"})
		n := 0
		var m runtime.MemStats
		for _, err := range r.Records() {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n%100_000 == 0 {
				runtime.ReadMemStats(&m)
				held = max(held, m.HeapSys+m.StackSys)
			}
		}
		if n != 10_000_000 {
			b.Fatalf("%d records", n)
		}
		b.ReportMetric(float64(held)/(1<<20), "MB-held")
	}
}
