package edifact_test

import (
	"bytes"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/batchgate/batchgate/edifact"
)

const benchSize = 10 << 20

// splitThrice is the baseline: every value of the bytes, by three nested bytes.Split.
func splitThrice(b []byte) (values int) {
	for _, segment := range bytes.Split(b, []byte{'\''}) {
		for _, element := range bytes.Split(segment, []byte{'+'}) {
			values += len(bytes.Split(element, []byte{':'}))
		}
	}
	return values
}

// decodeAll reads all segments, as a user does who looks at the tag and one value of each.
func decodeAll(t testing.TB, b []byte) (segments, size int) {
	d := edifact.NewDecoder(bytes.NewReader(b))
	for {
		s, err := d.ReadSegment()
		if err == io.EOF {
			return segments, size
		}
		if err != nil {
			t.Fatal(err)
		}
		segments++
		if s.Tag() == "QTY" {
			size += len(s.Bytes(0, 0, 1))
		}
	}
}

// against measures work and baseline in turn over the same bytes, by the time of the cores, and reports as x-split how many
// times faster the work is.
func against(b *testing.B, size int, work, baseline func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var mine, theirs time.Duration
	for b.Loop() {
		runtime.GC()
		t0 := cpuTime()
		work()
		runtime.GC() // what was left over belongs to who made it
		t1 := cpuTime()
		baseline()
		runtime.GC()
		mine, theirs = mine+t1-t0, theirs+cpuTime()-t1
	}
	mb := float64(size) * float64(b.N) / 1e6
	b.ReportMetric(float64(theirs)/float64(mine), "x-split")
	b.ReportMetric(mb/mine.Seconds(), "MB/cpu-s")
	b.ReportMetric(mb/theirs.Seconds(), "MB/cpu-s-split")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkDecodeAgainstSplit(b *testing.B) {
	data := orders(b, 1, benchSize, "")
	against(b, len(data), func() { decodeAll(b, data) }, func() { splitThrice(data) })
}

func BenchmarkDecode(b *testing.B) {
	data := orders(b, 1, benchSize, "")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		decodeAll(b, data)
	}
}

// BenchmarkDecodeValues reads every component of every segment.
func BenchmarkDecodeValues(b *testing.B) {
	data := orders(b, 1, benchSize, "")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		size := 0
		for s, err := range edifact.NewDecoder(bytes.NewReader(data)).Segments() {
			if err != nil {
				b.Fatal(err)
			}
			for e := range s.Elements() {
				for c := range s.Components(e, 0) {
					size += len(s.Bytes(e, 0, c))
				}
			}
		}
	}
}

func BenchmarkReader(b *testing.B) {
	data := orders(b, 1, benchSize, "")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range edifact.NewReader(bytes.NewReader(data)).Events() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	var seg edifact.Builder
	w := edifact.NewInterchangeWriter(io.Discard)
	if err := w.Begin(testInterchange("UNOC", "3")); err != nil {
		b.Fatal(err)
	}
	if err := w.BeginMessage(testMessage); err != nil {
		b.Fatal(err)
	}
	from := w.Encoder().Offset()
	b.ReportAllocs()
	for b.Loop() {
		if err := w.WriteSegment(seg.Reset("LIN").Element("1").Element().Element("4012345000009", "EN")); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes((w.Encoder().Offset() - from) / int64(b.N))
}
