package edifact_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/edifact"
)

// write makes an interchange with one message of the given segments.
func write(i edifact.Interchange, segments []*edifact.Builder, opts ...edifact.EncodeOption) (string, error) {
	var out bytes.Buffer
	w := edifact.NewInterchangeWriter(&out, opts...)
	if err := w.Begin(i); err != nil {
		return "", err
	}
	if err := w.BeginMessage(testMessage); err != nil {
		return "", err
	}
	for _, s := range segments {
		if err := w.WriteSegment(s); err != nil {
			return "", err
		}
	}
	if err := w.EndMessage(); err != nil {
		return "", err
	}
	err := w.End()
	return out.String(), err
}

func segment(tag string) *edifact.Builder { return new(edifact.Builder).Reset(tag) }

//rule:v3 7.3; data elements at the end of a segment are left out with their separators
//rule:v4 9; what is empty at the end is left out
//rule:s4 0074; UNT counts the segments of its message, UNH and UNT with them
func TestInterchangeIsWrittenWithCountsAndReferences(t *testing.T) {
	got, err := write(testInterchange("UNOC", "3"), []*edifact.Builder{
		segment("BGM").Element("220").Element("PO1").Element("9"),
		segment("NAD").Element("BY").Element("4012345000009", "", "9").Element("").Element("Müller", "", ""),
		segment("FTX").Element("AAI").Element().Element().Element("what?", "it's 1+1:2").Element("").Element("", ""),
	})
	want := "UNA:+.? 'UNB+UNOC:3+4098765000003:14+4012345000009:14+261201:1000+1001'UNH+1+ORDERS:D:96A:UN'BGM+220+PO1+9'" +
		"NAD+BY+4012345000009::9++M\xfcller'FTX+AAI+++what??:it?'s 1?+1?:2'UNT+5+1'UNZ+1+1001'"
	if err != nil || got != want {
		t.Errorf("%v\ngot  %q\nwant %q", err, got, want)
	}
	if f := faults(got); f != "" {
		t.Errorf("read back with %s", f)
	}
}

func TestOptionsOfTheEncoder(t *testing.T) {
	b := []*edifact.Builder{segment("FTX").Element("a'~^b", "c")}
	for name, c := range map[string]struct {
		level, version string
		opts           []edifact.EncodeOption
		want           string
	}{
		"without UNA": {"UNOC", "3", []edifact.EncodeOption{edifact.WithoutUNA()}, "UNB+UNOC:3+4098765000003:14+"},
		"newlines":    {"UNOC", "3", []edifact.EncodeOption{edifact.WithNewlines("\r\n")}, "UNA:+.? '\r\nUNB+UNOC:3+4098765000003:14+4012345000009:14+261201:1000+1001'\r\nUNH+1+"},
		"syntax 4":    {"UNOY", "4", nil, "UNA:+.?*'UNB+UNOY:4+"},
		"comma":       {"UNOC", "3", []edifact.EncodeOption{edifact.WithSeparators(edifact.Separators{Component: ':', Element: '+', Decimal: ',', Release: '?', Terminator: '\''})}, "UNA:+,? 'UNB"},
		"own":         {"UNOC", "3", []edifact.EncodeOption{edifact.WithSeparators(edifact.Separators{Component: '|', Element: '^', Decimal: '.', Release: '\\', Terminator: '~'})}, "UNA|^.\\ ~UNB^UNOC|3^"},
		"line feed":   {"UNOC", "3", []edifact.EncodeOption{edifact.WithSeparators(edifact.Separators{Component: ':', Element: '+', Release: '?', Terminator: '\n'}), edifact.WithNewlines("\n")}, "UNA:+.? \nUNB+UNOC:3+4098765000003:14+4012345000009:14+261201:1000+1001\nUNH+"},
	} {
		got, err := write(testInterchange(c.level, c.version), b, c.opts...)
		if err != nil || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %v, %q", name, err, got)
		}
		if f := faults(got); f != "" {
			t.Errorf("%s: read back with %s", name, f)
		}
		if s := third(t, got); string(s.Bytes(0, 0, 0)) != "a'~^b" || string(s.Bytes(0, 0, 1)) != "c" {
			t.Errorf("%s: read back %s", name, values(s))
		}
	}
	levelB, err := write(testInterchange("UNOB", "1"), []*edifact.Builder{segment("FTX").Element("it's a+b?")}, edifact.WithSeparators(edifact.LevelBSeparators()), edifact.WithoutUNA())
	if err != nil || values(third(t, levelB)) != "FTX[it's a+b?]" {
		t.Errorf("level B: %v, %q", err, levelB)
	}
}

//rule:v4 6; no other character than those of the set is used
func TestValuesThatTheSetDoesNotHaveAreRefused(t *testing.T) {
	for _, c := range []struct {
		level, value string
		r            rune
		index        int
	}{
		{"UNOC", "10 €", '€', 3}, {"UNOC", "ab\x07", 7, 2}, {"UNOC", "a\nb", '\n', 1}, {"UNOC", "a\u0085b", '\u0085', 1}, {"UNOC", "a\xffb", '\uFFFD', 1},
		{"UNOA", "Abc", 'b', 1}, {"UNOB", "ä", 'ä', 0}, {"UNOB", "a@b", '@', 1}, {"UNOD", "ß ñ", 'ñ', 3}, {"UNOL", "¤", '¤', 0}, {"UNOY", "a\x00", 0, 1},
	} {
		version := "3"
		if c.level == "UNOY" {
			version = "4"
		}
		_, err := write(testInterchange(c.level, version), []*edifact.Builder{segment("FTX").Element("AAI").Element("ok", c.value)})
		e, ok := errors.AsType[*edifact.WriteError](err)
		if !ok && c.level == "UNOA" {
			_, err = write(testInterchange(c.level, version), []*edifact.Builder{segment("FTX").Element("AAI").Element("OK", c.value)})
			e, ok = errors.AsType[*edifact.WriteError](err)
		}
		if !ok || !errors.Is(err, edifact.ErrCharset) {
			t.Errorf("%s %q: %v", c.level, c.value, err)
			continue
		}
		if c.level == "UNOA" && e.Component == 1 {
			continue
		}
		if e.Rune != c.r || e.Index != c.index || e.Tag != "FTX" || e.Element != 2 || e.Component != 2 {
			t.Errorf("%s %q: %+v", c.level, c.value, e)
		}
	}
}

//rule:v4 annex B; no two service characters are the same, and none is a letter or digit
func TestWhatADecoderWouldRefuseIsNotWritten(t *testing.T) {
	var out bytes.Buffer
	e := edifact.NewEncoder(&out)
	head := func(level, version string) *edifact.Builder {
		return segment("UNB").Element(level, version).Element("A").Element("B").Element("261201", "1000").Element("1")
	}
	refused := func(name string, want error, b *edifact.Builder) {
		t.Helper()
		before := e.Offset()
		err := e.WriteSegment(b)
		if !errors.Is(err, want) || err.Error() == "" {
			t.Errorf("%s: %v", name, err)
		}
		if e.Offset() != before {
			t.Errorf("%s: something was written", name)
		}
	}
	refused("before UNB", edifact.ErrOrder, segment("BGM"))
	refused("unknown syntax", edifact.ErrValue, head("UNOC", "9"))
	refused("unknown level", edifact.ErrValue, head("UNOZ", "3"))
	refused("empty UNB", edifact.ErrValue, segment("UNB"))
	if err := e.WriteSegment(head("UNOC", "3")); err != nil {
		t.Fatal(err)
	}
	refused("UNB within", edifact.ErrOrder, head("UNOC", "3"))
	for _, tag := range []string{"", "BG", "BGMX", "bgm", "1GM", "B M", "UNA"} {
		refused("tag "+tag, edifact.ErrValue, segment(tag))
	}
	refused("object", edifact.ErrValue, segment("UNO"))
	refused("repetition", edifact.ErrValue, segment("COM").Element("a", "TE").Repeat("b", "EM"))
	refused("size", edifact.ErrTooLong, segment("FTX").Element(strings.Repeat("x", 1<<20)))
	for name, s := range map[string]edifact.Separators{
		"equal":  {Component: '+', Element: '+', Release: '?', Terminator: '\''},
		"letter": {Component: 'a', Element: '+', Release: '?', Terminator: '\''},
		"blank":  {Component: ':', Element: ' ', Release: '?', Terminator: '\''},
		"break":  {Component: '\n', Element: '+', Release: '?', Terminator: '\''},
		"none":   {},
	} {
		e = edifact.NewEncoder(&out, edifact.WithSeparators(s))
		refused(name, edifact.ErrSeparators, head("UNOC", "3"))
	}
	e = edifact.NewEncoder(&out, edifact.WithoutUNA(), edifact.WithSeparators(edifact.Separators{Component: ':', Element: '+', Release: '?', Terminator: '~'}))
	refused("own without UNA", edifact.ErrSeparators, head("UNOC", "3"))
	e = edifact.NewEncoder(&out, edifact.WithSeparators(edifact.Separators{Component: ':', Element: '+', Terminator: '\''}))
	if err := e.WriteSegment(head("UNOC", "3")); err != nil {
		t.Fatal(err)
	}
	refused("without release", edifact.ErrValue, segment("FTX").Element("it's"))
}

//rule:s4 UNB; no value of the envelope is longer than its element allows
func TestEnvelopeValuesAreChecked(t *testing.T) {
	for name, change := range map[string]func(*edifact.Interchange){
		"no sender":      func(i *edifact.Interchange) { i.Sender.ID = "" },
		"long recipient": func(i *edifact.Interchange) { i.Recipient.ID = strings.Repeat("9", 36) },
		"no control":     func(i *edifact.Interchange) { i.Control = "" },
		"long control":   func(i *edifact.Interchange) { i.Control = strings.Repeat("9", 15) },
		"no date":        func(i *edifact.Interchange) { i.Date = "" },
		"date of v4":     func(i *edifact.Interchange) { i.Date = "20261201" },
		"time":           func(i *edifact.Interchange) { i.Time = "9:00" },
		"interactive":    func(i *edifact.Interchange) { i.Interactive = true }, // in syntax 3
	} {
		i := testInterchange("UNOC", "3")
		change(&i)
		if _, err := write(i, nil); !errors.Is(err, edifact.ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := edifact.NewInterchangeWriter(io.Discard)
	order := func(name string, err error) {
		t.Helper()
		if !errors.Is(err, edifact.ErrOrder) {
			t.Errorf("%s: %v", name, err)
		}
	}
	order("message outside", w.BeginMessage(testMessage))
	order("segment outside", w.WriteSegment(segment("BGM")))
	order("end outside", w.End())
	if err := w.Begin(testInterchange("UNOC", "3")); err != nil {
		t.Fatal(err)
	}
	order("begin twice", w.Begin(testInterchange("UNOC", "3")))
	order("no message", w.End())
	order("end of group", w.EndGroup())
	if err := w.BeginMessage(testMessage); err != nil {
		t.Fatal(err)
	}
	order("end within message", w.End())
	order("UNT by hand", w.WriteSegment(segment("UNT").Element("2").Element("1")))
	if err := w.EndMessage(); err != nil {
		t.Fatal(err)
	}
	if err := w.BeginMessage(testMessage); !errors.Is(err, edifact.ErrValue) {
		t.Errorf("reference twice: %v", err)
	}
}

//rule:v3 6.1; an interchange has groups, or messages without, but not both
func TestGroupsAndSeveralInterchangesAreWritten(t *testing.T) {
	var out bytes.Buffer
	w := edifact.NewInterchangeWriter(&out)
	for n := range 2 {
		i := testInterchange("UNOC", "3")
		i.Control = string(rune('1' + n))
		err := errors.Join(w.Begin(i),
			w.BeginGroup(edifact.Group{Type: "ORDERS", Reference: "G1", Sender: edifact.Party{ID: "A"}, Recipient: edifact.Party{ID: "B"}, Date: "261201", Time: "1000", Agency: "UN", Version: "D", Release: "96A"}),
			w.BeginMessage(testMessage), w.WriteSegment(segment("BGM")), w.EndMessage(), w.EndGroup(), w.End())
		if err != nil {
			t.Fatal(err)
		}
	}
	if f := faults(out.String()); f != "" || strings.Count(out.String(), "UNE+1+G1'UNZ+1+") != 2 {
		t.Errorf("%s in %s", f, out.String())
	}
}

func TestObjectsAreWrittenByLength(t *testing.T) {
	var out bytes.Buffer
	w := edifact.NewInterchangeWriter(&out, edifact.WithNewlines("\n"))
	object := "a'b\x00?\n"
	uno := segment("UNO").Element("9").Element("AID", "X").Element("OBJ", "TXT").Element("6", "1", "1", "A")
	err := errors.Join(w.Begin(testInterchange("UNOC", "3")), w.BeginMessage(testMessage),
		w.WriteObject(uno, strings.NewReader(object)), w.EndMessage(), w.End())
	if err != nil || !strings.Contains(out.String(), "6:1:1:A'"+object+"UNP+6+9'\nUNT+4+1'\n") {
		t.Errorf("%v, %q", err, out.String())
	}
	if f := faults(out.String()); f != "" {
		t.Error(f)
	}
	for _, wrong := range []string{"", "abcdefg"} {
		w := edifact.NewInterchangeWriter(io.Discard)
		err := errors.Join(w.Begin(testInterchange("UNOC", "3")), w.BeginMessage(testMessage))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteObject(uno, strings.NewReader(wrong)); err == nil {
			t.Errorf("%q of 6 bytes was written", wrong)
		}
	}
}

func TestLastTellsWhereValuesStandInTheOutput(t *testing.T) {
	var out bytes.Buffer
	w := edifact.NewInterchangeWriter(&out, edifact.WithNewlines("\n"))
	if err := errors.Join(w.Begin(testInterchange("UNOC", "3")), w.BeginMessage(testMessage)); err != nil {
		t.Fatal(err)
	}
	type written struct {
		offset int64
		length int
		want   string
	}
	var all []written
	for n := range 5000 {
		b := segment("FTX").Element("AAI").Element().Element().Element("Größe?", strings.Repeat("x", n%40))
		if err := w.WriteSegment(b); err != nil {
			t.Fatal(err)
		}
		s := w.Encoder().Last()
		p := s.Place(3, 0, 0)
		all = append(all, written{p.Offset, p.Length, "Gr\xf6\xdfe??"})
		if text, err := s.Text(3, 0, 0); err != nil || text != "Größe?" || p.Segment != n+2 || p.Line != n+4 || p.Column != 11 {
			t.Fatalf("last is %q, %v, %+v", text, err, p)
		}
		if n%40 > 0 {
			p = s.Place(3, 0, 1)
			all = append(all, written{p.Offset, p.Length, strings.Repeat("x", n%40)})
		}
	}
	if err := errors.Join(w.EndMessage(), w.End()); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, a := range all {
		if got := text[a.offset:][:a.length]; got != a.want {
			t.Fatalf("at %d stands %q, want %q", a.offset, got, a.want)
		}
	}
}

func TestEditedCopiesKeepEverythingElse(t *testing.T) {
	text := strings.ReplaceAll("UNA|^.\\ ~"+strings.NewReplacer("+", "^", ":", "|", "'", "~").Replace(message("BGM+220+alt'FTX+a?'UNT+4+1'UNZ+1+1'")), "~", "~\r\n")
	var out bytes.Buffer
	d, e := edifact.NewDecoder(strings.NewReader(text)), edifact.NewEncoder(&out)
	for s, err := range d.Segments() {
		if err != nil {
			t.Fatal(err)
		}
		if s.Tag() == "BGM" {
			err = e.WriteSegment(segment("BGM").Element("220").Element("neu^1"))
		} else {
			err = e.Copy(s)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, want := e.Last().Tag(), s.Tag(); got != want {
			t.Errorf("last is %s, want %s", got, want)
		}
	}
	if err := e.CopyTrailer(d.Trailer()); err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(text, "\r\nBGM^220^alt~", "BGM^220^neu\\^1~", 1); out.String() != want {
		t.Errorf("got\n%q\nwant\n%q", out.String(), want)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrorsStay(t *testing.T) {
	w := edifact.NewInterchangeWriter(failing{})
	err := errors.Join(w.Begin(testInterchange("UNOC", "3")), w.BeginMessage(testMessage), w.EndMessage())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.End(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
	if err := w.Encoder().Flush(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func TestSetPreparedFollowsTheSyntax(t *testing.T) {
	at := time.Date(2026, 12, 1, 9, 5, 0, 0, time.UTC)
	for version, want := range map[string]string{"3": "261201:0905", "4": "20261201:0905", "": "261201:0905"} {
		i := edifact.Interchange{Syntax: edifact.Syntax{Version: version}}
		i.SetPrepared(at)
		if got := i.Date + ":" + i.Time; got != want {
			t.Errorf("%q: got %s, want %s", version, got, want)
		}
		if back, err := i.Prepared(time.UTC); err != nil || !back.Equal(at) {
			t.Errorf("%q: read back %v, %v", version, back, err)
		}
	}
}
