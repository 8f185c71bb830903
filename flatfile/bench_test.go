package flatfile_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// stockFile is a stock file of so many rows of 25 to 33 bytes; each holds quotes where every is the number of rows
// between two that do, and 0 is none.
func stockFile(rows, every int) []byte {
	var b bytes.Buffer
	b.WriteString("Artikelnr;Lager;Bestand\r\n")
	for i := range rows {
		if every > 0 && i%every == 0 {
			fmt.Fprintf(&b, "\"ART-%06d\";\"M;%02d\";%d.%03d,00\r\n", i, i%3, i%9, i%1000)
			continue
		}
		fmt.Fprintf(&b, "ART-%06d;MUC-%02d;%d.%03d.%03d,00\r\n", i, i%3, i%9, i%1000, i%977)
	}
	return b.Bytes()
}

// readAll reads a file and touches a field of each row.
func readAll(b *testing.B, file []byte, each func(*flatfile.Record)) {
	r := flatfile.NewReader(bytes.NewReader(file), german)
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			b.Fatal(err)
		}
		each(rec)
	}
}

// readCSV reads the same with encoding/csv.
func readCSV(b *testing.B, file []byte) {
	c := csv.NewReader(bytes.NewReader(file))
	c.Comma, c.ReuseRecord = ';', true
	for {
		if _, err := c.Read(); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead reads stock files. x-csv is how many times faster that is than encoding/csv with the same bytes in the
// same run, by the best time of each.
func BenchmarkRead(b *testing.B) {
	length := 0
	var place finding.Place
	var text []byte
	for _, bench := range []struct {
		name  string
		every int
		each  func(*flatfile.Record)
	}{
		{"bytes", 0, func(rec *flatfile.Record) { length += len(rec.Bytes(2)) }},
		{"text", 0, func(rec *flatfile.Record) {
			for i := range 3 {
				text, _ = rec.AppendText(text[:0], i)
			}
		}},
		{"place", 0, func(rec *flatfile.Record) { place = rec.Place(2) }},
		{"quoted-2-percent", 50, func(rec *flatfile.Record) { length += len(rec.Bytes(2)) }},
		{"quoted-all", 1, func(rec *flatfile.Record) { length += len(rec.Bytes(1)) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			file := stockFile(100_000, bench.every)
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			ours, theirs := time.Hour, time.Hour
			for b.Loop() {
				start := time.Now()
				readAll(b, file, bench.each)
				ours = min(ours, time.Since(start))
				b.StopTimer()
				start = time.Now()
				readCSV(b, file)
				theirs = min(theirs, time.Since(start))
				b.StartTimer()
			}
			b.ReportMetric(float64(theirs)/float64(ours), "x-csv")
			b.ReportMetric(float64(ours.Nanoseconds())/100_000, "ns/row")
		})
	}
	_, _ = length, place
}

// BenchmarkWrite writes stock rows, compared with encoding/csv in the same way.
func BenchmarkWrite(b *testing.B) {
	rows := make([][]string, 10_000)
	for i := range rows {
		rows[i] = []string{fmt.Sprintf("ART-%06d", i), fmt.Sprintf("MUC-%02d", i%3), fmt.Sprintf("%d.%03d,00", i%9, i%1000)}
	}
	ours, theirs := time.Hour, time.Hour
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		w := flatfile.NewWriter(io.Discard, german)
		for _, row := range rows {
			if err := w.Write(row); err != nil {
				b.Fatal(err)
			}
		}
		ours = min(ours, time.Since(start))
		b.StopTimer()
		start = time.Now()
		c := csv.NewWriter(io.Discard)
		c.Comma, c.UseCRLF = ';', true
		for _, row := range rows {
			if err := c.Write(row); err != nil {
				b.Fatal(err)
			}
		}
		theirs = min(theirs, time.Since(start))
		b.StartTimer()
	}
	b.ReportMetric(float64(theirs)/float64(ours), "x-csv")
}

// scanLines finds the lines of a file as it comes, by bytes.IndexByte, and does nothing else.
func scanLines(file []byte) (lines int) {
	for r := bufio.NewReaderSize(bytes.NewReader(file), 64<<10); ; lines++ {
		if _, err := r.ReadSlice('\n'); err != nil {
			return lines
		}
	}
}

// BenchmarkReadFixed reads lines of fixed width, and touches a field of each. x-lines is its speed as a part of that of a
// scan of the same stream for line ends alone, in the same run, by the best time of each.
func BenchmarkReadFixed(b *testing.B) {
	fields := make([]flatfile.FixedField, 20)
	for i := range fields {
		fields[i] = flatfile.FixedField{Name: fmt.Sprint("f", i), At: 10 * i, Length: 10}
	}
	layout := flatfile.Layout{Charset: "windows-1252", Types: []flatfile.RecordType{{Name: "row", Length: 200, Fields: fields}}}
	for name, line := range map[string]string{"lf": strings.Repeat("0000096 ST", 20) + "\n", "crlf": strings.Repeat("0000096 ST", 20) + "\r\n"} {
		b.Run(name, func(b *testing.B) {
			file := []byte(strings.Repeat(line, 10_000))
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			ours, theirs, length := time.Hour, time.Hour, 0
			for b.Loop() {
				start := time.Now()
				for rec, err := range flatfile.NewFixedReader(bytes.NewReader(file), layout).Records() {
					if err != nil {
						b.Fatal(err)
					}
					length += len(rec.Bytes(3))
				}
				ours = min(ours, time.Since(start))
				b.StopTimer()
				start = time.Now()
				length += scanLines(file)
				theirs = min(theirs, time.Since(start))
				b.StartTimer()
			}
			b.ReportMetric(float64(theirs)/float64(ours), "x-lines")
		})
	}
}

func TestReadingARowAllocatesNothing(t *testing.T) {
	file := stockFile(50_000, 7)
	perRow := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			readAll(b, file, func(rec *flatfile.Record) { _ = rec.Bytes(1) })
		}
	}).AllocsPerOp()
	if perRow > 500 {
		t.Errorf("%d allocations for 50000 rows", perRow)
	}
}
