package edifact_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/edifact"
)

// model is a segment as plain data: element, repetition, component.
type model struct {
	tag      string
	elements [][][]string
}

var someText = map[string]*rapid.Generator[string]{
	"UNOA": rapid.StringOf(rapid.SampledFrom([]rune("ABZ09 .,-()/='+:?!*<>"))),
	"UNOC": rapid.StringOf(rapid.SampledFrom([]rune("aZ9 äÖßéÿ'+:?*@|^~\\#\u00a0"))),
	"UNOE": rapid.StringOf(rapid.SampledFrom([]rune("aZ9 ЖдЯ'+:?*"))),
	"UNOY": rapid.StringOf(rapid.SampledFrom([]rune("aZ9 ä€漢😀'+:?*\u2028"))),
}

var someSeparators = []edifact.Separators{
	{},
	{Component: '|', Element: '^', Decimal: ',', Release: '\\', Terminator: '~'},
	{Component: '*', Element: '+', Decimal: '.', Release: '?', Repetition: '#', Terminator: '\n'},
	{Component: 0x1F, Element: 0x1D, Decimal: '.', Release: 0x1B, Repetition: 0x19, Terminator: 0x1C},
}

// drawSeparators draws separators that somebody uses, or any others that are possible at all.
func drawSeparators(t *rapid.T) edifact.Separators {
	if rapid.Bool().Draw(t, "usual") {
		return rapid.SampledFrom(someSeparators).Draw(t, "separators")
	}
	possible := rapid.SampledFrom([]byte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\x01\x07\x1c\x1d\x1f\x7f"))
	b := rapid.SliceOfNDistinct(possible, 5, 5, rapid.ID[byte]).Draw(t, "separators")
	return edifact.Separators{Component: b[0], Element: b[1], Decimal: '.', Release: b[2], Repetition: b[3], Terminator: b[4]}
}

// drawn is a whole interchange as plain data and in bytes.
type drawn struct {
	level, version string
	messages       [][]model
	bytes          []byte
}

func drawInterchange(t *rapid.T) drawn {
	d := drawn{level: rapid.SampledFrom([]string{"UNOA", "UNOC", "UNOE", "UNOY"}).Draw(t, "level"), version: rapid.SampledFrom([]string{"1", "2", "3", "4"}).Draw(t, "version")}
	text := someText[d.level]
	var opts []edifact.EncodeOption
	if s := drawSeparators(t); s != (edifact.Separators{}) {
		opts = append(opts, edifact.WithSeparators(s))
	}
	opts = append(opts, edifact.WithNewlines(rapid.SampledFrom([]string{"", "\n", "\r\n"}).Draw(t, "newline")))
	var out bytes.Buffer
	w := edifact.NewInterchangeWriter(&out, opts...)
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(w.Begin(testInterchange(d.level, d.version)))
	for m := range rapid.IntRange(1, 3).Draw(t, "messages") {
		check(w.BeginMessage(edifact.MessageHeader{Reference: fmt.Sprint(m), Type: "ORDERS", Version: "D", Release: "96A", Agency: "UN"}))
		segments := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) model { return drawSegment(t, text, d.version) }), 0, 6).Draw(t, "segments")
		for _, s := range segments {
			check(w.WriteSegment(s.build()))
		}
		check(w.EndMessage())
		d.messages = append(d.messages, segments)
	}
	check(w.End())
	d.bytes = out.Bytes()
	return d
}

func drawSegment(t *rapid.T, text *rapid.Generator[string], version string) model {
	repeats := 1
	if version == "4" {
		repeats = 3
	}
	composite := rapid.SliceOfN(text, 1, 4)
	element := rapid.SliceOfN(composite, 1, repeats)
	return model{tag: rapid.StringMatching(`[A-TV-Z][A-Z0-9][A-Z0-9]`).Draw(t, "tag"), elements: rapid.SliceOfN(element, 0, 5).Draw(t, "elements")}
}

func (m model) build() *edifact.Builder {
	b := segment(m.tag)
	for _, e := range m.elements {
		b.Element(e[0]...)
		for _, r := range e[1:] {
			b.Repeat(r...)
		}
	}
	return b
}

// trimmed is the segment as it is written: without what is empty at the end of repetitions, elements and segment.
func (m model) trimmed() string {
	var elements []string
	for _, e := range m.elements {
		var repeats []string
		for _, r := range e {
			quoted := make([]string, len(r))
			for i, c := range r {
				if c != "" {
					quoted[i] = fmt.Sprintf("%q", c)
				}
			}
			repeats = append(repeats, strings.TrimRight(strings.Join(quoted, ":"), ":"))
		}
		elements = append(elements, strings.TrimRight(strings.Join(repeats, "*"), "*"))
	}
	return strings.TrimRight(m.tag+"+"+strings.Join(elements, "+"), "+")
}

func modelOf(t *rapid.T, s *edifact.Segment) model {
	m := model{tag: s.Tag()}
	for e := range s.Elements() {
		var repeats [][]string
		for r := range s.Repeats(e) {
			var components []string
			for c := range s.Components(e, r) {
				text, err := s.Text(e, r, c)
				if err != nil {
					t.Fatal(err)
				}
				components = append(components, text)
				p := s.Place(e, r, c)
				if p.Element != e+1 || p.Repeat != r+1 || p.Component != c+1 {
					t.Fatalf("place of %d %d %d is %v", e, r, c, p)
				}
			}
			repeats = append(repeats, components)
		}
		m.elements = append(m.elements, repeats)
	}
	return m
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawInterchange(t)
		var got [][]model
		for ev, err := range edifact.NewReader(iotest.HalfReader(bytes.NewReader(d.bytes))).Events() {
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range ev.Findings {
				if f.Rule != edifact.RuleCharsetMismatch { // short texts may look like UTF-8
					t.Fatalf("%v in %q", f, d.bytes)
				}
			}
			switch ev.Kind {
			case edifact.MessageStart:
				got = append(got, nil)
			case edifact.SegmentRead:
				got[len(got)-1] = append(got[len(got)-1], modelOf(t, ev.Segment))
			}
		}
		if len(got) != len(d.messages) {
			t.Fatalf("%d messages, want %d", len(got), len(d.messages))
		}
		trim := func(m model) string { return m.trimmed() }
		for i := range got {
			if !slices.Equal(mapped(got[i], trim), mapped(d.messages[i], trim)) {
				t.Fatalf("message %d of %q: got %v, want %v", i, d.bytes, got[i], d.messages[i])
			}
		}
	})
}

func mapped[A, B any](list []A, f func(A) B) []B {
	var out []B
	for _, a := range list {
		out = append(out, f(a))
	}
	return out
}

func TestWhatIsGeneratedIsCopiedByteForByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := []byte(rapid.SampledFrom([]string{"", "\r\n", "\xEF\xBB\xBF"}).Draw(t, "before"))
		for range rapid.IntRange(1, 3).Draw(t, "interchanges") {
			file = append(file, drawInterchange(t).bytes...)
			file = append(file, rapid.SampledFrom([]string{"", "\n", " \t", "\x00\x1a", "junk"}).Draw(t, "between")...)
		}
		got, err := copyFile(iotest.HalfReader(bytes.NewReader(file)))
		if err != nil || !bytes.Equal(got, file) {
			t.Fatalf("%v\ngot  %q\nwant %q", err, got, file)
		}
	})
}

func TestDamagedBytesNeverPanicAndAreAlwaysReadAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := bytes.Clone(drawInterchange(t).bytes)
		for range rapid.IntRange(1, 5).Draw(t, "faults") {
			at := rapid.IntRange(0, len(file)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				file[at] = rapid.Byte().Draw(t, "byte")
			case 1:
				file = slices.Delete(file, at, min(at+rapid.IntRange(1, 9).Draw(t, "length"), len(file)))
			default:
				file = slices.Insert(file, at, rapid.SampledFrom([]byte("'+:?*\n\rU ")).Draw(t, "inserted"))
			}
			if len(file) == 0 {
				return
			}
		}
		if a, b := dump(bytes.NewReader(file)), dump(iotest.OneByteReader(bytes.NewReader(file))); a != b {
			t.Fatalf("%q: %s", file, firstDifference(b, a))
		}
	})
}
