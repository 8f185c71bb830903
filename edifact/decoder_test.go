package edifact_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// dump writes segments with every value in its place, findings and the error behind them.
func dump(r io.Reader, opts ...edifact.Option) string {
	var out strings.Builder
	d := edifact.NewDecoder(r, opts...)
	for {
		s, err := d.ReadSegment()
		for _, f := range d.Findings() {
			fmt.Fprintf(&out, "! %s @%d+%d %q\n", f, f.Place.Offset, f.Place.Length, f.Source)
		}
		if err != nil {
			fmt.Fprintf(&out, "%v trailer %q\n", err, d.Trailer())
			return out.String()
		}
		fmt.Fprintf(&out, "%q %q %d", s.Before(), s.Tag(), s.Offset())
		for e := range s.Elements() {
			out.WriteString(" +")
			for r := range s.Repeats(e) {
				if r > 0 {
					out.WriteString(" *")
				}
				for c := range s.Components(e, r) {
					fmt.Fprintf(&out, " %q@%d", s.Bytes(e, r, c), s.Place(e, r, c).Offset)
				}
			}
		}
		out.WriteByte('\n')
	}
}

// unb introduces test interchanges; the message around text is added by message.
const unb = "UNB+UNOC:3+A:14+B:14+261201:1000+1'"

func message(segments string) string { return unb + "UNH+1+ORDERS:D:96A:UN'" + segments }

// third gives the third segment of a file: what stands behind UNB and UNH.
func third(t *testing.T, text string, opts ...edifact.Option) *edifact.Segment {
	t.Helper()
	d := edifact.NewDecoder(strings.NewReader(text), opts...)
	for range 2 {
		if _, err := d.ReadSegment(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := d.ReadSegment()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func values(s *edifact.Segment) string {
	var elements []string
	for e := range s.Elements() {
		var repeats []string
		for r := range s.Repeats(e) {
			var components []string
			for c := range s.Components(e, r) {
				text, err := s.Text(e, r, c)
				if err != nil {
					text = "<" + err.Error() + ">"
				}
				components = append(components, text)
			}
			repeats = append(repeats, strings.Join(components, "|"))
		}
		elements = append(elements, strings.Join(repeats, " & "))
	}
	return s.Tag() + "[" + strings.Join(elements, "] [") + "]"
}

//rule:v3 6.3; a segment is a tag, data elements each behind a separator, and a terminator
//rule:v3 6.4; a composite is its components with separators between them
//rule:v4 5; the release character gives the character behind it its own meaning back, itself included
//rule:v3 7.2; an omitted data element is shown by its separator
//rule:v3 7.3; data elements at the end of a segment are left out with their separators
//rule:v3 7.4; an omitted component is shown by its separator
//rule:v3 7.5; components at the end of a composite are left out with their separators
//rule:v3 9.1; the tag may carry numbers of explicit nesting as components
func TestValuesAreFoundByElementAndComponent(t *testing.T) {
	for text, want := range map[string]string{
		"NAD+BY+4012::9'":           "NAD[BY] [4012||9]",
		"NAD++:'":                   "NAD[] [|]",
		"UNS'":                      "UNS[]",
		"FTX+AAI+++What?'s 1?+1?:'": "FTX[AAI] [] [] [What's 1+1:]",
		"FTX+??'":                   "FTX[?]",
		"FTX+??:?+'":                "FTX[?|+]",
		"FTX+a?bc'":                 "FTX[abc]",
		"FTX+a*b'":                  "FTX[a*b]",
		"LIN:1:2+5'":                "LIN[5]",
		"BGM+220+PO1+9+'":           "BGM[220] [PO1] [9] []",
	} {
		if got := values(third(t, message(text))); got != want && !(text == "UNS'" && got == "UNS[]") {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestAbsentDiffersFromEmpty(t *testing.T) {
	s := third(t, message("NAD+BY++X:'"))
	if s.Bytes(1, 0, 0) == nil || len(s.Bytes(1, 0, 0)) != 0 {
		t.Error("an empty element is not there")
	}
	if s.Bytes(2, 0, 1) == nil {
		t.Error("an empty component is not there")
	}
	for _, absent := range [][3]int{{3, 0, 0}, {0, 0, 1}, {0, 1, 0}, {-1, 0, 0}, {0, -1, 0}, {0, 0, -1}, {2, 0, 2}} {
		if b := s.Bytes(absent[0], absent[1], absent[2]); b != nil {
			t.Errorf("%v: got %q, want nil", absent, b)
		}
	}
	if s.Repeats(3) != 0 || s.Components(3, 0) != 0 || s.Repeats(1) != 1 || s.Components(1, 0) != 1 {
		t.Error("absent and empty elements are counted alike")
	}
}

//rule:v4 5; the repetition separator stands between repetitions of one data element
//rule:v3 8.2; repeated data elements stand one behind the other, as successive elements
func TestRepetitionsAreOfSyntaxFourOnly(t *testing.T) {
	four := "UNA:+.?*'UNB+UNOC:4+A+B+20261201:1000+1'UNH+1+X:D:01B:UN'COM+a:TE*b?*c:EM*d'"
	if got, want := values(third(t, four)), "COM[a|TE & b*c|EM & d]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	three := strings.Replace(four, "UNOC:4", "UNOC:3", 1)
	if got, want := values(third(t, three)), "COM[a|TE*b*c|EM*d]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

//rule:v4 annex B; UNA stands before UNB and says which six service characters hold
//rule:v4 annex B; UNA holds for its own interchange alone
//rule:v3 4; level B may use IS1, IS3 and IS4 for its separators
//rule:v4 5; without UNA the service characters are : + . ? * and the apostrophe
func TestEachInterchangeHasItsOwnSeparators(t *testing.T) {
	for name, text := range map[string]string{
		"default":      "UNB+UNOC:3+A+B+261201:1000+1'UNH+1+X:D:1:UN'FTX+a:b+c'UNT+3+1'UNZ+1+1'",
		"own":          "UNA|^.\\ ~UNB^UNOC|3^A^B^261201|1000^1~UNH^1^X|D|1|UN~FTX^a|b^c~UNT^3^1~UNZ^1^1~",
		"line feed":    "UNA:+.? \nUNB+UNOC:3+A+B+261201:1000+1\nUNH+1+X:D:1:UN\nFTX+a:b+c\nUNT+3+1\nUNZ+1+1\n",
		"carriage":     "UNA:+.? \r\nUNB+UNOC:3+A+B+261201:1000+1\r\nUNH+1+X:D:1:UN\r\nFTX+a:b+c\r\nUNT+3+1\r\nUNZ+1+1\r\n",
		"level B":      "UNB\x1dUNOB\x1f1\x1dA\x1dB\x1d261201\x1f1000\x1d1\x1cUNH\x1d1\x1dX\x1fD\x1f1\x1fUN\x1cFTX\x1da\x1fb\x1dc\x1cUNT\x1d3\x1d1\x1cUNZ\x1d1\x1d1\x1c",
		"short":        "UNA:+.?'UNB+UNOC:3+A+B+261201:1000+1'UNH+1+X:D:1:UN'FTX+a:b+c'UNT+3+1'UNZ+1+1'",
		"contradicted": "UNA++.?*'UNB+UNOC:3+A+B+261201:1000+1'UNH+1+X:D:1:UN'FTX+a:b+c'UNT+3+1'UNZ+1+1'",
	} {
		// The other one stands before it, so that its separators would show.
		other := "UNA%$.! #UNB$UNOC%3$A$B$261201%1000$9#UNH$1$X%D%1%UN#UNT$2$1#UNZ$1$9#\r\n"
		for _, file := range []string{text, other + text} {
			d := edifact.NewDecoder(strings.NewReader(file))
			found := ""
			for s, err := range d.Segments() {
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if s.Tag() == "FTX" {
					found = values(s)
				}
			}
			if found != "FTX[a|b] [c]" {
				t.Errorf("%s: got %s", name, found)
			}
		}
	}
}

//rule:v4 annex B; a blank in the place of the release character says that there is none
func TestUNAWithoutOwnReleaseMeansNone(t *testing.T) {
	if got, want := values(third(t, "UNA:+.  '"+message("FTX+?+a'"))), "FTX[?] [a]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPlacesNameLineColumnAndOffset(t *testing.T) {
	text := "UNA:+.? '\r\n" + strings.ReplaceAll(message("FTX+AAI+++a?+b:c'"), "'", "'\r\n")
	s := third(t, text, edifact.FileName("x.edi"))
	p := s.Place(3, 0, 1)
	if got, want := p.String(), "x.edi:4:16 (message 1, segment 2 FTX, element 4, component 2)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if text[p.Offset:p.Offset+int64(p.Length)] != "c" {
		t.Errorf("offset %d, length %d is not the value", p.Offset, p.Length)
	}
	if p := s.Place(3, 0, 0); text[p.Offset:][:p.Length] != "a?+b" {
		t.Errorf("a released value is at %d, %d", p.Offset, p.Length)
	}
	if p := s.Place(3, -1, -1); text[p.Offset:][:p.Length] != "a?+b:c" || p.Repeat != 0 {
		t.Errorf("the element is at %d, %d", p.Offset, p.Length)
	}
	if p := s.Place(-1, -1, -1); text[p.Offset:][:p.Length] != "FTX+AAI+++a?+b:c'" || p.Column != 1 {
		t.Errorf("the segment is at %d, %d", p.Offset, p.Length)
	}
	if p := s.Place(9, 0, 0); p.Length != 0 || text[p.Offset] != '\'' || p.Element != 10 {
		t.Errorf("an absent element is at %d, %d", p.Offset, p.Length)
	}
}

//rule:v3 6.3; a segment ends with a segment terminator
func TestTruncationIsItsOwnFact(t *testing.T) {
	whole := message("FTX+AAI'")
	for name, cut := range map[string]string{
		"within a tag": whole[:len(whole)-7], "within an element": whole[:len(whole)-2], "before the terminator": whole[:len(whole)-1],
		"behind a release character": whole[:len(whole)-1] + "?", "behind a released terminator": whole[:len(whole)-1] + "?'",
		"within UNB": unb[:20],
	} {
		d := edifact.NewDecoder(strings.NewReader(cut))
		var err error
		for err == nil {
			_, err = d.ReadSegment()
		}
		e, ok := errors.AsType[*edifact.Error](err)
		if !ok || !errors.Is(err, edifact.ErrTruncated) || e.Finding.Rule != edifact.RuleTruncated {
			t.Errorf("%s: %v", name, err)
		}
		if _, again := d.ReadSegment(); again != err {
			t.Errorf("%s: the error does not stay: %v", name, again)
		}
	}
}

func TestWhatIsNotEDIFACTIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "the file is empty",
		"\r\n  ":                    "the file is empty",
		"<html>UN</html>":           "XML or HTML",
		"\xFF\xFEU\x00N\x00B\x00":   "UTF-16",
		"Artikelnr;Bestand\n1;2":    "no interchange",
		strings.Repeat("Some ", 99): "no interchange",
	} {
		_, err := edifact.NewDecoder(strings.NewReader(text)).ReadSegment()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	_, err := edifact.NewDecoder(strings.NewReader("UNB~UNOC:3~A~")).ReadSegment()
	if !errors.Is(err, edifact.ErrSeparators) {
		t.Errorf("unknown separators: %v", err)
	}
}

func TestSegmentsLongerThanTheLimitAreRefused(t *testing.T) {
	text := message("FTX+" + strings.Repeat("x", 200) + "'")
	var err error
	for _, e := range edifact.NewDecoder(strings.NewReader(text), edifact.MaxSegment(100)).Segments() {
		err = e
	}
	if !errors.Is(err, edifact.ErrTooLong) {
		t.Errorf("got %v", err)
	}
	for _, e := range edifact.NewDecoder(strings.NewReader(text), edifact.MaxSegment(205)).Segments() {
		if e != nil && !errors.Is(e, edifact.ErrTruncated) {
			t.Error(e)
		}
	}
}

// endless gives the same byte for ever.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestEndlessInputEndsAtTheLimit(t *testing.T) {
	for _, b := range []byte{'x', ' ', 0, '\n', '\'', '+', '?', 'U', 0xFF} {
		for _, start := range []string{"", unb, message("FTX+")} {
			d := edifact.NewDecoder(io.MultiReader(strings.NewReader(start), endless(b)))
			var err error
			for err == nil {
				_, err = d.ReadSegment()
			}
			if _, ok := errors.AsType[*edifact.Error](err); !ok {
				t.Errorf("%q behind %q: %v", b, start, err)
			}
			if n := len(d.Findings()); n > 1001 {
				t.Errorf("%q behind %q: %d findings are kept", b, start, n)
			}
		}
	}
}

func TestReadErrorsArePassedOn(t *testing.T) {
	broken := errors.New("line down")
	for _, text := range []string{"", "UNB+", message("FTX"), message("FTX+a'")} {
		var err error
		for _, e := range edifact.NewDecoder(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))).Segments() {
			err = e
		}
		if !errors.Is(err, broken) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func rulesOf(list finding.List) string {
	var names []string
	for _, f := range list {
		names = append(names, strings.TrimPrefix(f.Rule, "edifact."))
	}
	return strings.Join(names, " ")
}

//rule:v3 5.1; level A has capital letters, digits and a few signs
//rule:v3 5.2; level B adds small letters
//rule:v3 6.3; a tag is three letters or digits
//rule:v4 6; the syntax identifier says which character set holds
//rule:s4 0002; the version of the syntax is 1, 2, 3, 4 or X
func TestOddBytesAreFindings(t *testing.T) {
	end := "UNT+3+1'UNZ+1+1'"
	for text, want := range map[string]string{
		message("FTX+a'" + end):                                                     "",
		message("FTX+\xfc'" + end):                                                  "",
		message("FTX+\xc3\xbc'FTX+\xc3\x9f'" + end):                                 "charset-mismatch",
		message("FTX+\x80'FTX+\x81'" + end):                                         "charset charset",
		message("FTX+\xfc'FTX+\x9f'" + end):                                         "charset",
		message("FTX+a\tb\x07'" + end):                                              "control-character",
		message("FTX+a\r\nb'FTX+c\nd'" + end):                                       "line-break",
		message("F\r\nTX+a'" + end):                                                 "line-break",
		message("ftx+a'" + end):                                                     "tag",
		message("'" + end):                                                          "empty-segment",
		message("+a'" + end):                                                        "tag",
		message("FTX+a'  \t" + end):                                                 "padding",
		message("FTX+a'" + end + "\x00\x00\x1a"):                                    "padding",
		message("FTX+a'" + end + "mfg"):                                             "junk",
		"From: x\n\n" + message("FTX+a'"+end):                                       "junk",
		"\xEF\xBB\xBF" + message("FTX+a'"+end):                                      "byte-order-mark",
		strings.Replace(message("FTX+a'"+end), "UNOC", "UNOA", 1):                   "repertoire",
		strings.Replace(message("FTX+A'"+end), "UNOC", "UNOA", 1):                   "",
		strings.Replace(message("FTX+\xfc'"+end), "UNOC", "UNOB", 1):                "charset",
		strings.Replace(message("FTX+\xc3\xbc'"+end), "UNOC", "UNOY", 1):            "",
		strings.Replace(message("FTX+\xfc'"+end), "UNOC", "UNOY", 1):                "charset",
		strings.Replace(message("FTX+\xfc'"+end), "UNOC", "UNOZ", 1):                "charset-unknown",
		strings.Replace(message("FTX+a'"+end), "UNOC:3", "UNOC:7", 1):               "syntax",
		"UNA:+.? '" + strings.Replace(message("FTX+a'"+end), "UNOC:3", "UNOC:4", 1): "repetition-missing",
	} {
		d := edifact.NewDecoder(strings.NewReader(text))
		for _, err := range d.Segments() {
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
		}
		list := d.Findings()
		if got := rulesOf(list); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
		for _, f := range list {
			if f.Hint == "" || f.Message == "" || f.Place.Line == 0 {
				t.Errorf("%q: finding says too little: %+v", text, f)
			}
		}
	}
}

func TestCharsetFaultsAreSaidInEachMessage(t *testing.T) {
	text := unb + "UNH+1+X:D:1:UN'FTX+\xc3\xbc'FTX+\xc3\xbc'UNT+4+1'UNH+2+X:D:1:UN'FTX+\xc3\xbc'UNT+3+2'UNZ+2+1'"
	d := edifact.NewDecoder(strings.NewReader(text))
	for range d.Segments() {
	}
	list := d.Findings()
	if len(list) != 2 || list[0].Place.Message != "1" || list[1].Place.Message != "2" {
		t.Errorf("got %v", list)
	}
}

//rule:s4 0001; UNOA to UNOL, UNOW and UNOY stand for parts of ISO 646, ISO 8859 and for UTF-8
func TestTextIsReadInTheDeclaredSet(t *testing.T) {
	for level, c := range map[string]struct{ in, want string }{
		"UNOC": {"Stra\xdfe", "Straße"}, "UNOD": {"\xa3\xf3d\xbc", "Łódź"}, "UNOE": {"\xbc\xde", "Мо"}, "UNOF": {"\xc1\xe8", "Αθ"},
		"UNOK": {"\xdd", "İ"}, "UNOL": {"\xa4", "€"}, "UNOY": {"\xe2\x82\xac", "€"}, "UNOW": {"\xc5\x81", "Ł"}, "UNOA": {"ABC", "ABC"},
	} {
		s := third(t, strings.Replace(message("FTX+"+c.in+"'"), "UNOC", level, 1))
		got, err := s.Text(0, 0, 0)
		if err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", level, got, err, c.want)
		}
		if s.Charset().Level() != level {
			t.Errorf("set is %s, want %s", s.Charset().Level(), level)
		}
	}
}

func TestTextNamesTheByteThatIsNoCharacter(t *testing.T) {
	text := message("FTX+ok+a??b\x80c'")
	s := third(t, text)
	got, err := s.AppendText([]byte("kept"), 1, 0, 0)
	e, ok := errors.AsType[*edifact.CharsetError](err)
	if !ok || !errors.Is(err, edifact.ErrCharset) {
		t.Fatalf("got %v", err)
	}
	if string(got) != "kept" {
		t.Errorf("dst is %q", got)
	}
	if e.Byte != 0x80 || text[e.Place.Offset] != 0x80 || e.Place.Element != 2 || int64(e.Place.Column) != e.Place.Offset+1 {
		t.Errorf("place is %+v", e.Place)
	}
	cs, _ := edifact.LookupCharset("windows-1252")
	if got, err := third(t, text, edifact.WithCharset(cs)).Text(1, 0, 0); err != nil || got != "a?b€c" {
		t.Errorf("with a set of its own: %q, %v", got, err)
	}
}

func TestLineBreaksAreDroppedWhenAsked(t *testing.T) {
	text := message("FTX+AAI+++Gartens\r\nchere?\n+ neu'N\nAD+BY'")
	d := edifact.NewDecoder(strings.NewReader(text), edifact.WithLineBreaks(edifact.DropLineBreaks))
	var got []string
	for s, err := range d.Segments() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, values(s))
	}
	want := []string{"FTX[AAI] [] [] [Gartenschere+ neu]", "NAD[BY]"}
	if fmt.Sprint(got[2:]) != fmt.Sprint(want) || len(d.Findings()) > 0 {
		t.Errorf("got %v, want %v", got[2:], want)
	}
	if s := third(t, text, edifact.WithLineBreaks(edifact.KeepLineBreaks)); string(s.Bytes(3, 0, 0)) != "Gartens\r\nchere\n" {
		t.Errorf("kept: %q", s.Bytes(3, 0, 0))
	}
}

func TestCloneOutlivesTheNextRead(t *testing.T) {
	data := orders(t, 3, 300<<10, "")
	d := edifact.NewDecoder(bytes.NewReader(data))
	var clones []*edifact.Segment
	var dumped []string
	for s, err := range d.Segments() {
		if err != nil {
			t.Fatal(err)
		}
		if len(clones) < 5000 {
			clones = append(clones, s.Clone())
			dumped = append(dumped, values(s)+s.Place(0, 0, 0).String()+string(s.Before())+string(s.Raw()))
		}
	}
	for i, c := range clones {
		if got := values(c) + c.Place(0, 0, 0).String() + string(c.Before()) + string(c.Raw()); got != dumped[i] {
			t.Fatalf("segment %d: got %s, want %s", i, got, dumped[i])
		}
	}
}

func TestReadingCostsNoMemoryPerSegment(t *testing.T) {
	data := []byte(message(strings.Repeat("LIN+1++4012345000009:EN'QTY+21:5'FTX+a?+b'", 5000)))
	d := edifact.NewDecoder(bytes.NewReader(data))
	for range 2 + 3*10 {
		if _, err := d.ReadSegment(); err != nil {
			t.Fatal(err)
		}
	}
	n := testing.AllocsPerRun(10000, func() {
		s, err := d.ReadSegment()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = s.Tag(), s.Bytes(0, 0, 0)
	})
	if n > 0 {
		t.Errorf("%v allocations a segment", n)
	}
}

func TestSplitReadsGiveTheSame(t *testing.T) {
	texts := []string{
		string(orders(t, 9, 20<<10, "\r\n")),
		"\xEF\xBB\xBFUNA:+.? '\r\n" + message("FTX+a?'b??+c\r\nd'\r\n\r\nUNT+3+1'UNZ+1+1'\x00UNA|^.\\ ~UNB^UNOA|1^a~"),
	}
	for _, file := range sharedtest.Files(t, "samples/edifact/*/*.edi") {
		texts = append(texts, readFile(t, file))
	}
	for _, text := range texts {
		if len(text) > 60<<10 {
			continue
		}
		want := dump(strings.NewReader(text))
		for name, r := range map[string]io.Reader{
			"one byte": iotest.OneByteReader(strings.NewReader(text)), "half": iotest.HalfReader(strings.NewReader(text)),
			"data with error": iotest.DataErrReader(strings.NewReader(text)),
		} {
			if got := dump(r); got != want {
				t.Fatalf("%.40q: %s reads differ:\n%s", text, name, firstDifference(got, want))
			}
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

//rule:s4 0810; the length of an object counts the bytes between the terminator before it and the U of the segment behind it
//rule:s4 UNP; UNP repeats length and reference of its UNO
func TestBinaryObjectsAreReadByLength(t *testing.T) {
	object := "\x00'UNT+1'\n+??"
	text := message("UNO+1+AID:X+OBJ:WAV+" + fmt.Sprint(len(object)) + "'" + object + "UNP+" + fmt.Sprint(len(object)) + "+1'UNT+4+1'UNZ+1+1'")
	for _, read := range []bool{false, true} {
		d := edifact.NewDecoder(iotest.HalfReader(strings.NewReader(text)))
		var tags []string
		for s, err := range d.Segments() {
			if err != nil {
				t.Fatal(err)
			}
			tags = append(tags, s.Tag())
			if read && s.Tag() == "UNO" {
				if got, err := io.ReadAll(d.Object()); err != nil || string(got) != object {
					t.Errorf("object is %q, %v", got, err)
				}
			}
			if s.Tag() == "UNT" && s.Place(-1, -1, -1).Line != 2 {
				t.Errorf("UNT stands in line %d", s.Place(-1, -1, -1).Line)
			}
		}
		if got := strings.Join(tags, " "); got != "UNB UNH UNO UNP UNT UNZ" || len(d.Findings()) > 0 {
			t.Errorf("read %v: %s, %v", read, got, d.Findings())
		}
	}
	for name, wrong := range map[string]string{
		"short": strings.Replace(text, "WAV+12", "WAV+5", 1), "none": strings.Replace(text, "WAV+12", "WAV+x", 1),
	} {
		d := edifact.NewDecoder(strings.NewReader(wrong))
		n := 0
		for _, err := range d.Segments() {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if got := rulesOf(d.Findings()); got != "object-length" || n != 6 {
			t.Errorf("%s: %d segments, %s", name, n, got)
		}
	}
	_, err := readAll(text[:len(text)-40])
	if !errors.Is(err, edifact.ErrTruncated) {
		t.Errorf("cut within the object: %v", err)
	}
}

func readAll(text string) (n int, last error) {
	for _, err := range edifact.NewDecoder(strings.NewReader(text)).Segments() {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// repeated gives a text over and over, n times.
type repeated struct {
	text string
	at   int
	n    int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.at:])
	if r.at += n; r.at == len(r.text) {
		r.at, r.n = 0, r.n-1
	}
	return n, nil
}

func TestOneMessageOfManyMegabytesCostsNoMemory(t *testing.T) {
	line := "LIN+1++4012345000009:EN'\r\nQTY+21:5'\r\nFTX+AAI+++it?'s\xfc'\r\n"
	file := io.MultiReader(strings.NewReader(message("")), &repeated{text: line, n: 32 << 20 / len(line)}, strings.NewReader("UNT+1+1'UNZ+1+1'"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	segments := 0
	for ev, err := range edifact.NewReader(file).Events() {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Kind == edifact.SegmentRead {
			segments++
			if ev.Segment.Tag() == "FTX" {
				ev.Segment.Bytes(3, 0, 0)
			}
		}
	}
	runtime.ReadMemStats(&after)
	if want := 32 << 20 / len(line) * 3; segments != want {
		t.Errorf("%d segments, want %d", segments, want)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

func TestManyRepetitionsAreReadInLinearTime(t *testing.T) {
	const n = 200_000
	text := "UNA:+.?*'UNB+UNOC:4+A+B+20261201:1000+1'UNH+1+X:D:01B:UN'COM+" + strings.Repeat("a:b*", n) + "'"
	s := third(t, text)
	for r := range n { // squared this would be twenty thousand million steps
		if string(s.Bytes(0, r, 1)) != "b" || s.Components(0, r) != 2 {
			t.Fatal(r)
		}
	}
	if s.Repeats(0) != n+1 || string(s.Bytes(0, 3, 0)) != "a" {
		t.Error("going back fails")
	}
}

func TestMarksAreTheEndsOfAllValues(t *testing.T) {
	file := "UNB+UNOC:3+a+b+261124:1015+1'UNH+1+ORDERS:D:96A:UN'\r\nFTX+AAI+++a?+b:c++'UNT+3+1'UNZ+1+1'"
	for seg, err := range edifact.NewDecoder(strings.NewReader(file)).Segments() {
		if err != nil {
			t.Fatal(err)
		}
		marks, start := seg.Marks()
		var values []string
		from := 0
		for i, m := range marks {
			end := edifact.MarkEnd(m) - start
			value := string(seg.Raw()[from:end])
			if edifact.MarkPlain(m) == strings.Contains(value, "?") {
				t.Errorf("%q is plain: %v", value, edifact.MarkPlain(m))
			}
			if last := i == len(marks)-1; last != (edifact.MarkKind(m) == edifact.MarkTerminator) {
				t.Errorf("%q ends with %d", value, edifact.MarkKind(m))
			}
			values, from = append(values, value), end+1
		}
		if seg.Tag() == "FTX" && strings.Join(values, "|") != "FTX|AAI|||a?+b|c||" {
			t.Errorf("got %q", values)
		}
	}
}
