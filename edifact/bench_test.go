package edifact_test

import (
	"bytes"
	"io"
	"iter"
	"strconv"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/internal/corpus"
	"github.com/batchgate/batchgate/edifact/internal/measure"
)

const benchSize = 10 << 20

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

// BenchmarkTokenise: bar 4, aim 8.
func BenchmarkTokenise(b *testing.B) {
	for _, s := range shapes(benchSize) {
		b.Run(s.name, func(b *testing.B) {
			data := made(b, s.Options)
			measure.AgainstSplit(b, data, s.Separators, func() { decodeAll(b, data) })
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
			opts := []edifact.EncodeOption{edifact.WithNewlines(s.Newline)}
			if s.Separators != (edifact.Separators{}) {
				opts = append(opts, edifact.WithSeparators(s.Separators))
			}
			measure.AgainstSplit(b, data, s.Separators, func() { generate(b, all, len(data), opts...) })
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

// BenchmarkTwoCores reads all values of a file: bar 1.7, aim 1.9.
func BenchmarkTwoCores(b *testing.B) {
	data := made(b, corpus.Options{Seed: 1, Size: 4 * benchSize})
	must := func(_ int, err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	measure.TwoCores(b, func() { must(readSerially(bytes.NewReader(data))) }, func() { must(readInParallel(bytes.NewReader(data), 2)) })
}
