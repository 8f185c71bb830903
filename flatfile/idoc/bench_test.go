package idoc_test

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/flatfile/idoc"
)

// BenchmarkReadFlat reads flat IDocs, and of each segment its first field, every field, or none: then its name, its place
// in the hierarchy and all checks are what is read. x-lines is its speed as a part of that of a scan of the same stream for
// line ends alone, in the same run, by the best time of each.
func BenchmarkReadFlat(b *testing.B) {
	for _, form := range []struct {
		name string
		form idoc.Form
	}{{"padded", idoc.Padded}, {"exact", idoc.Exact}} {
		one := strings.ReplaceAll(order(b, idoc.WriteOptions{Form: form.form, LineEnd: "\n"}), "Ö", "O")
		file := []byte(strings.Repeat(one, 300))
		for _, values := range []struct {
			name   string
			fields int
		}{{"structure", 0}, {"a-field", 1}, {"every-field", 1000}} {
			b.Run(form.name+"/"+values.name, func(b *testing.B) {
				b.SetBytes(int64(len(file)))
				b.ReportAllocs()
				ours, theirs := time.Hour, time.Hour
				for b.Loop() {
					start := time.Now()
					readFields(b, file, values.fields)
					ours = min(ours, time.Since(start))
					b.StopTimer()
					start = time.Now()
					scanLines(file)
					theirs = min(theirs, time.Since(start))
					b.StartTimer()
				}
				b.ReportMetric(float64(theirs)/float64(ours), "x-lines")
				b.ReportMetric(float64(ours)/float64(bytes.Count(file, []byte("\n"))), "ns/segment")
			})
		}
	}
}

// standard is what the benchmark reads by.
var standard = idoc.Standard()

// readFields reads a file and the first fields of its segments.
func readFields(b *testing.B, file []byte, fields int) {
	var text []byte
	for seg, err := range idoc.NewReader(bytes.NewReader(file), idoc.Options{Definitions: standard}).Segments() {
		if err != nil {
			b.Fatal(err)
		}
		for i := range min(fields, seg.Fields()) {
			text, _ = seg.AppendText(text[:0], i)
		}
	}
}

// scanLines finds the lines of a file as it comes, by bytes.IndexByte, and does nothing else.
func scanLines(file []byte) (lines int) {
	for r := bufio.NewReaderSize(bytes.NewReader(file), 64<<10); ; lines++ {
		if _, err := r.ReadSlice('\n'); err != nil {
			return lines
		}
	}
}
