package xlsx_test

import (
	"archive/zip"
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/batchgate/batchgate/flatfile/xlsx"
)

// millionBook writes a workbook as Excel does, with its texts in a table of their own: of each row one of its own, one that
// all share, and a number.
func millionBook(t testing.TB, rows int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "million.xlsx")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	part := func(name string, write func(w *bufio.Writer)) {
		p, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriter(p)
		fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`)
		write(w)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	text := func(s string) func(w *bufio.Writer) { return func(w *bufio.Writer) { fmt.Fprint(w, s) } }
	const main, office = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const types = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	part("[Content_Types].xml", text(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
		`<Override PartName="/xl/workbook.xml" ContentType="`+types+`sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="`+types+`worksheet+xml"/>`+
		`<Override PartName="/xl/sharedStrings.xml" ContentType="`+types+`sharedStrings+xml"/></Types>`))
	part("_rels/.rels", text(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`))
	part("xl/workbook.xml", text(`<workbook xmlns="`+main+`" xmlns:r="`+office+`"><sheets><sheet name="Stock" sheetId="1" r:id="rId1"/></sheets></workbook>`))
	part("xl/_rels/workbook.xml.rels", text(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="`+office+`/worksheet" Target="worksheets/sheet1.xml"/>`+
		`<Relationship Id="rId2" Type="`+office+`/sharedStrings" Target="sharedStrings.xml"/></Relationships>`))
	part("xl/sharedStrings.xml", func(w *bufio.Writer) {
		fmt.Fprintf(w, `<sst xmlns="%s" count="%d" uniqueCount="%d"><si><t>Artikelnr</t></si><si><t>Lager</t></si><si><t>Bestand</t></si><si><t>MUC-01</t></si>`, main, 2*rows+3, rows+4)
		for i := range rows {
			fmt.Fprintf(w, `<si><t>ART-%07d</t></si>`, i)
		}
		fmt.Fprint(w, `</sst>`)
	})
	part("xl/worksheets/sheet1.xml", func(w *bufio.Writer) {
		fmt.Fprintf(w, `<worksheet xmlns="%s"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>`, main)
		for i := range rows {
			fmt.Fprintf(w, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c><c r="B%d" t="s"><v>3</v></c><c r="C%d"><v>%d</v></c></row>`, i+2, i+2, i+4, i+2, i+2, i%977)
		}
		fmt.Fprint(w, `</sheetData></worksheet>`)
	})
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// BenchmarkMillionRows reads a workbook of a million rows whose texts stand in a table of their own, each of them different:
// the worst case, because excelize keeps the place of each text. MB-held is the memory held at most, MB-used what of it was in
// use.
func BenchmarkMillionRows(b *testing.B) {
	const rows = 1_000_000
	name := millionBook(b, rows)
	held, used := uint64(0), uint64(0)
	for b.Loop() {
		r, err := xlsx.Open(name, xlsx.Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		var m runtime.MemStats
		for rec, err := range r.Records() {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n%50_000 == 0 {
				if text, _ := rec.Text(0); text != fmt.Sprintf("ART-%07d", n-1) {
					b.Fatal(text)
				}
				runtime.ReadMemStats(&m)
				held, used = max(held, m.HeapSys+m.StackSys), max(used, m.HeapInuse)
			}
		}
		if err := r.Close(); err != nil || n != rows {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(held)/(1<<20), "MB-held")
	b.ReportMetric(float64(used)/(1<<20), "MB-used")
}
