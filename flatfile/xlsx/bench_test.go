package xlsx_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/batchgate/batchgate/flatfile/xlsx"
)

// bigBook writes a workbook of so many rows of seven cells, as a stream.
func bigBook(b *testing.B, rows int) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "big.xlsx")
	f := excelize.NewFile()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	date, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
	row := []any{"Artikelnr", "Name", "Bestand", "Preis", "Tag", "EAN", "Lager"}
	for i := range rows + 1 {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := s.SetRow(at, row); err != nil {
			b.Fatal(err)
		}
		row = []any{fmt.Sprintf("ART-%06d", i), "Zange Größe 3", i % 977, float64(i%1000) / 100, excelize.Cell{StyleID: date, Value: 46350 + i%300}, "04012345100014", "MUC-01"}
	}
	if err := s.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.SaveAs(name); err != nil {
		b.Fatal(err)
	}
	_ = f.Close()
	return name
}

// readOurs reads all rows with this package and gives the memory that was held at most.
func readOurs(b *testing.B, name string, rows int) (held uint64) {
	r, err := xlsx.Open(name, xlsx.Options{MaxUnpacked: 1 << 40})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	n := 0
	var m runtime.MemStats
	for rec, err := range r.Records() {
		if err != nil {
			b.Fatal(err)
		}
		if text := rec.Bytes(0); len(text) == 0 {
			b.Fatal("an empty cell")
		}
		if n++; n%20_000 == 0 {
			runtime.ReadMemStats(&m)
			held = max(held, m.HeapSys+m.StackSys)
		}
	}
	if n != rows {
		b.Fatalf("%d rows", n)
	}
	return held
}

func readTheirs(b *testing.B, name string) {
	f, err := excelize.OpenFile(name, excelize.Options{UnzipXMLSizeLimit: 1 << 20})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead reads workbooks. x-excelize is the time against excelize's own streaming of the same file in the same run,
// by the best time of each; MB-held is the memory held at most.
func BenchmarkRead(b *testing.B) {
	const rows = 30_000
	name := bigBook(b, rows)
	if info, err := os.Stat(name); err == nil {
		b.SetBytes(info.Size())
	}
	ours, theirs, held := time.Hour, time.Hour, uint64(0)
	for b.Loop() {
		start := time.Now()
		held = max(held, readOurs(b, name, rows))
		ours = min(ours, time.Since(start))
		b.StopTimer()
		start = time.Now()
		readTheirs(b, name)
		theirs = min(theirs, time.Since(start))
		b.StartTimer()
	}
	b.ReportMetric(float64(ours)/float64(theirs), "x-excelize")
	b.ReportMetric(float64(held)/(1<<20), "MB-held")
}
