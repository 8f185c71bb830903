package jsonfile_test

import (
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/flatfile/jsonfile"
)

const line = "{\"sku\":\"ART-004711\",\"name\":\"Zange Größe 3 \\u0026 Etui\",\"stock\":{\"qty\":12.50,\"unit\":\"C62\"},\"places\":[\"A-1\",\"B-2\"]}\n"

// repeat gives a text over and over.
type repeat struct {
	text string
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m := copy(p[n:], r.text[r.at:])
		n, r.at = n+m, (r.at+m)%len(r.text)
	}
	return n, nil
}

// BenchmarkRead reads JSON lines. x-json is how many times faster that is than encoding/json with the same lines into
// maps in the same run, by the best time of each; MB-held is the memory held at most for 2,000,000 lines, 0.2 GB.
func BenchmarkRead(b *testing.B) {
	const few, many = 20_000, 2_000_000
	file := strings.Repeat(line, few)
	ours, theirs := time.Hour, time.Hour
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		start := time.Now()
		count(b, strings.NewReader(file), few)
		ours = min(ours, time.Since(start))
		b.StopTimer()
		start = time.Now()
		d := json.NewDecoder(strings.NewReader(file))
		d.UseNumber()
		for {
			var v map[string]any
			if err := d.Decode(&v); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		theirs = min(theirs, time.Since(start))
		b.StartTimer()
	}
	b.StopTimer()
	b.ReportMetric(float64(theirs)/float64(ours), "x-json")
	if !testing.Short() {
		held := count(b, io.LimitReader(&repeat{text: line}, many*int64(len(line))), many)
		b.ReportMetric(float64(held)/(1<<20), "MB-held")
	}
}

// count reads so many lines and gives the memory that was held at most.
func count(b *testing.B, in io.Reader, want int) (held uint64) {
	n := 0
	var m runtime.MemStats
	for rec, err := range jsonfile.NewReader(in, jsonfile.Options{Lines: true}).Records() {
		if err != nil {
			b.Fatal(err)
		}
		if rec.Text(rec.Member(0, "sku")) == "" {
			b.Fatal("an empty value")
		}
		if n++; n%100_000 == 0 {
			runtime.ReadMemStats(&m)
			held = max(held, m.HeapSys+m.StackSys)
		}
	}
	if n != want {
		b.Fatalf("%d lines", n)
	}
	return held
}
