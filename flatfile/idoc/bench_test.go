package idoc_test

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/flatfile/idoc"
)

// BenchmarkReadFlat reads flat IDocs and touches a field of each segment. x-lines is its speed as a part of that of a scan
// of the same stream for line ends alone, in the same run, by the best time of each.
func BenchmarkReadFlat(b *testing.B) {
	for name, form := range map[string]idoc.Form{"padded": idoc.Padded, "exact": idoc.Exact} {
		b.Run(name, func(b *testing.B) {
			one := strings.ReplaceAll(order(b, idoc.WriteOptions{Form: form, LineEnd: "\n"}), "Ö", "O")
			file := []byte(strings.Repeat(one, 1000))
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			d := idoc.Standard()
			ours, theirs, length := time.Hour, time.Hour, 0
			for b.Loop() {
				start := time.Now()
				var text []byte
				for seg, err := range idoc.NewReader(bytes.NewReader(file), idoc.Options{Definitions: d}).Segments() {
					if err != nil {
						b.Fatal(err)
					}
					text, _ = seg.AppendText(text[:0], 0)
					length += len(text)
				}
				ours = min(ours, time.Since(start))
				b.StopTimer()
				start = time.Now()
				for r := bufio.NewReaderSize(bytes.NewReader(file), 64<<10); ; length++ {
					if _, err := r.ReadSlice('\n'); err != nil {
						break
					}
				}
				theirs = min(theirs, time.Since(start))
				b.StartTimer()
			}
			b.ReportMetric(float64(theirs)/float64(ours), "x-lines")
		})
	}
}
