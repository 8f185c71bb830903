package edifact_test

import (
	"bytes"
	"io"
	"iter"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/internal/corpus"
)

const benchSize = 10 << 20

// splitThrice is the baseline: every value of the bytes, by three nested bytes.Split.
func splitThrice(b []byte, s edifact.Separators) (values int) {
	for _, segment := range bytes.Split(b, []byte{s.Terminator}) {
		for _, element := range bytes.Split(segment, []byte{s.Element}) {
			values += len(bytes.Split(element, []byte{s.Component}))
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

// shape is one corpus to measure by.
type shape struct {
	name string
	corpus.Options
}

// shapes are corpora of all types and both directories, and of ORDERS with other separators, line ends and texts.
func shapes(size int64) []shape {
	var all []shape
	for _, typ := range corpus.Types() {
		for _, release := range corpus.Releases() {
			all = append(all, shape{typ + "-" + release, corpus.Options{Type: typ, Release: release}})
		}
	}
	exotic := edifact.Separators{Component: '|', Element: '^', Decimal: ',', Release: '\\', Terminator: '~'}
	feed := edifact.DefaultSeparators(3)
	feed.Terminator = '\n'
	all = append(all, shape{"own-separators", corpus.Options{Separators: exotic}}, shape{"lines-crlf", corpus.Options{Newline: "\r\n"}},
		shape{"lines-lf", corpus.Options{Newline: "\n"}}, shape{"terminator-lf", corpus.Options{Separators: feed}}, shape{"released", corpus.Options{Released: true}})
	for i := range all {
		all[i].Seed, all[i].Size = 1, size
	}
	return all
}

func (s shape) separators() edifact.Separators {
	if s.Separators != (edifact.Separators{}) {
		return s.Separators
	}
	return edifact.DefaultSeparators(3)
}

// BenchmarkTokenise: bar 4, aim 8.
func BenchmarkTokenise(b *testing.B) {
	for _, s := range shapes(benchSize) {
		b.Run(s.name, func(b *testing.B) {
			data := made(b, s.Options)
			against(b, len(data), func() { decodeAll(b, data) }, func() { splitThrice(data, s.separators()) })
		})
	}
}

// row is a segment to be written.
type row struct {
	tag      string
	elements [][]string
}

// rows gives the segments of a file as text, messages one behind the other, each led by its UNH.
func rows(t testing.TB, data []byte) (all []row) {
	for s, err := range edifact.NewDecoder(bytes.NewReader(data)).Segments() {
		if err != nil {
			t.Fatal(err)
		}
		r := row{tag: s.Tag()}
		for e := range s.Elements() {
			var components []string
			for c := range s.Components(e, 0) {
				text, err := s.Text(e, 0, c)
				if err != nil {
					t.Fatal(err)
				}
				components = append(components, text)
			}
			r.elements = append(r.elements, components)
		}
		all = append(all, r)
	}
	return all
}

// generate writes rows over and over as one interchange, with counts and references made anew.
func generate(t testing.TB, all []row, size int, opts ...edifact.EncodeOption) {
	w := edifact.NewInterchangeWriter(io.Discard, opts...)
	var b edifact.Builder
	n := 0
	err := w.Begin(testInterchange("UNOC", "4"))
	for i := 0; w.Encoder().Offset() < int64(size) || all[i%len(all)].tag != "UNH"; i++ {
		r := &all[i%len(all)]
		switch r.tag {
		case "UNB", "UNZ":
		case "UNH":
			n++
			m := testMessage
			m.Reference = strconv.Itoa(n)
			err = w.BeginMessage(m)
		case "UNT":
			err = w.EndMessage()
		default:
			b.Reset(r.tag)
			for _, e := range r.elements {
				b.Element(e...)
			}
			err = w.WriteSegment(&b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkGenerate: bar 3, aim 5.
func BenchmarkGenerate(b *testing.B) {
	for _, s := range shapes(benchSize) {
		b.Run(s.name, func(b *testing.B) {
			o := s.Options
			o.Size = 256 << 10
			all := rows(b, made(b, o))
			data := made(b, s.Options)
			opts := []edifact.EncodeOption{edifact.WithSeparators(s.separators()), edifact.WithNewlines(s.Newline)}
			against(b, len(data), func() { generate(b, all, len(data), opts...) }, func() { splitThrice(data, s.separators()) })
		})
	}
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

// readValues looks at every component of a segment: what a mapping does at least.
func readValues(s *edifact.Segment) (size int) {
	for e := range s.Elements() {
		for c := range s.Components(e, 0) {
			size += len(s.Bytes(e, 0, c))
		}
	}
	return size
}

// readMessage reads the values of all segments of a message, and gives their number.
func readMessage(events iter.Seq[*edifact.Event]) (segments int) {
	size := 0
	for ev := range events {
		if ev.Segment != nil {
			segments++
			size += readValues(ev.Segment)
		}
	}
	return segments
}

// readSerially does the same with all messages of a file, on one core.
func readSerially(r io.Reader) (segments int, err error) {
	size := 0
	for ev, err := range edifact.NewReader(r).Events() {
		if err != nil {
			return segments, err
		}
		if ev.Message != nil && ev.Segment != nil {
			segments++
			size += readValues(ev.Segment)
		}
	}
	return segments, nil
}

// readInParallel does it on several.
func readInParallel(r io.Reader, workers int) (segments int, err error) {
	for part, err := range edifact.ReadParallel(r, workers, readMessage) {
		if err != nil {
			return segments, err
		}
		segments += part.Result
	}
	return segments, nil
}

// BenchmarkTwoCores reports as x-one-core how many times faster one file is read on two cores than on one, by the clock, and
// as overhead how much more the cores have to do then: on two idle cores the first is 2 divided by the second. Bar 1.7, aim
// 1.9.
func BenchmarkTwoCores(b *testing.B) {
	data := made(b, corpus.Options{Seed: 1, Size: 4 * benchSize})
	var one, two, oneCPU, twoCPU time.Duration
	for b.Loop() {
		t0, c0 := time.Now(), cpuTime()
		serial, err := readSerially(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		t1, c1 := time.Now(), cpuTime()
		if parallel, err := readInParallel(bytes.NewReader(data), 2); err != nil || parallel != serial {
			b.Fatal(parallel, serial, err)
		}
		one, two, oneCPU, twoCPU = one+t1.Sub(t0), two+time.Since(t1), oneCPU+c1-c0, twoCPU+cpuTime()-c1
	}
	b.ReportMetric(float64(one)/float64(two), "x-one-core")
	b.ReportMetric(float64(twoCPU)/float64(oneCPU), "overhead")
	b.ReportMetric(0, "ns/op")
}
