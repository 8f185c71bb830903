package edifact_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"

	"github.com/batchgate/batchgate/edifact"
)

// ebcdic gives a text in code page 037, its line feeds as the new lines of mainframes.
func ebcdic(t testing.TB, text string) []byte {
	t.Helper()
	b, err := charmap.CodePage037.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(b, []byte{0x25}, []byte{0x15})
}

func TestInterchangesInEBCDICAreReadAndWrittenBack(t *testing.T) {
	text := "UNA:+.? '\n" + strings.ReplaceAll(message("FTX+AAI+++Größe?'s {1}'UNT+3+1'UNZ+1+1'"), "'", "'\n")
	text = strings.Replace(text, "?'\ns", "?'s", 1)
	file := ebcdic(t, text)
	d := edifact.NewDecoder(iotest.OneByteReader(bytes.NewReader(file)))
	for s, err := range d.Segments() {
		if err != nil {
			t.Fatal(err)
		}
		if s.Tag() != "FTX" {
			continue
		}
		if got, err := s.Text(3, 0, 0); err != nil || got != "Größe's {1}" {
			t.Errorf("got %q, %v", got, err)
		}
		if p := s.Place(3, 0, 0); p.Line != 4 || p.Column != 11 || string(file[p.Offset:][:p.Length]) != string(ebcdic(t, "Größe?'s {1}")) {
			t.Errorf("place %v", p)
		}
	}
	if got := rulesOf(d.Findings()); got != "ebcdic" || d.Coding() != "ibm037" {
		t.Errorf("%s, coding %s", got, d.Coding())
	}
	if got, err := copyFile(bytes.NewReader(file)); err != nil || !bytes.Equal(got, file) {
		t.Errorf("copied: %v\n% X\n% X", err, got, file)
	}
}

func TestCodePagesOfMainframesDiffer(t *testing.T) {
	for page, want := range map[string]string{"ibm037": "¢!", "ibm273": "ÄÜ", "ibm500": "[]"} {
		c, ok := edifact.LookupCharset(page)
		if !ok {
			t.Fatal(page)
		}
		file := append(ebcdic(t, message("FTX+")), 0x4A, 0x5A, 0x7D) // 7D is the terminator
		if got, err := third(t, string(file), edifact.WithCharset(c)).Text(0, 0, 0); err != nil || got != want {
			t.Errorf("%s: %q, %v", page, got, err)
		}
		var out bytes.Buffer
		w := edifact.NewInterchangeWriter(&out, edifact.InCharset(c))
		err := errors.Join(w.Begin(testInterchange("UNOC", "3")), w.BeginMessage(testMessage), w.WriteSegment(segment("FTX").Element(want)), w.EndMessage(), w.End())
		if err != nil || !bytes.HasPrefix(out.Bytes(), ebcdic(t, "UNA:+.? '")) || !bytes.Contains(out.Bytes(), []byte{0x4A, 0x5A, 0x7D}) {
			t.Errorf("%s: %v % X", page, err, out.Bytes())
		}
		if got := faults(out.String()); got != "" {
			t.Errorf("%s: read back with %s", page, got)
		}
		if s := third(t, message("FTX+\xC4'"), edifact.WithCharset(c)); values(s) != "FTX[Ä]" {
			t.Errorf("a code page of mainframes changes a file that is none: %s", values(s))
		}
	}
}

func TestObjectsInEBCDICFilesKeepTheirBytes(t *testing.T) {
	object := "\x00\x15\x25\x7D\xFF"
	file := append(append(ebcdic(t, message("UNO+1+A+B+5'")), object...), ebcdic(t, "UNP+5+1'UNT+4+1'UNZ+1+1'")...)
	d := edifact.NewDecoder(bytes.NewReader(file))
	for s, err := range d.Segments() {
		if err != nil {
			t.Fatal(err)
		}
		if s.Tag() == "UNO" {
			if b, err := io.ReadAll(d.Object()); err != nil || string(b) != object {
				t.Errorf("%v % X", err, b)
			}
		}
	}
	if got, err := copyFile(bytes.NewReader(file)); err != nil || !bytes.Equal(got, file) {
		t.Errorf("copied: %v\n% X\n% X", err, got, file)
	}
}

func TestFilesOfInterchangesAreRecognised(t *testing.T) {
	for text, want := range map[string]bool{
		"UNA:+.? '": true, "UNB+UNOC": true, "UIB+UNOB": true, "\xEF\xBB\xBF\r\n UNB+": true, string(ebcdic(t, "\n UNB+UNOC")): true,
		"": false, "UNH+1": false, "Artikel;Bestand": false, "<UNB>": false,
	} {
		if edifact.Recognise([]byte(text)) != want {
			t.Errorf("%q: not %v", text, want)
		}
	}
}

//rule:s4 USH; security stands behind the header and before the trailer of a message, package, group or interchange
func TestSecurityStandsAroundMessagesGroupsAndObjects(t *testing.T) {
	text := unb + "USH+1+1'USA+1'UNG+X+A+B+1:2+5'USH+1+2'UNH+1+X:D:1:UN'USH+1+3'BGM+1'UST+3+2'UNT+5+1'UST+2+2'UNE+1+5'UST+1+3'USR+1:2'UNZ+1+1'"
	if got := faults(text); got != "" {
		t.Errorf("found %s", got)
	}
	if got := faults(unb + "UNH+1+X:D:1:UN'UNT+2+1'BGM+1'UNZ+1+1'"); got != "outside-message" {
		t.Errorf("a user segment: %s", got)
	}
	text = message("UNO+9+1:2+3:4+5'USH+1+1'\r\nUSA+7'a'b?cUST+1+3'USR+1'UNP+5+9'UNT+8+1'UNZ+1+1'")
	var out bytes.Buffer
	d, e := edifact.NewDecoder(iotest.HalfReader(strings.NewReader(text))), edifact.NewEncoder(&out)
	objects := ""
	for s, err := range d.Segments() {
		if err != nil {
			t.Fatal(err)
		}
		tag := s.Tag()
		if err := e.Copy(s); err != nil {
			t.Fatal(err)
		}
		if object := d.Object(); object != nil {
			b, err := io.ReadAll(object)
			objects += tag + string(b)
			if err := errors.Join(err, e.CopyObject(bytes.NewReader(b))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := e.CopyTrailer(d.Trailer()); err != nil || objects != "USAa'b?c" || out.String() != text || len(d.Findings()) > 0 {
		t.Errorf("objects %q, %v, %q", objects, err, out.String())
	}
}

//rule:s4 0556; encrypted data follows the terminator of USD, of the length that it says; USU repeats it
func TestEncryptedDataIsReadByLength(t *testing.T) {
	data := "\xFF'UNZ+1'\x00"
	var out bytes.Buffer
	w := edifact.NewInterchangeWriter(&out)
	err := errors.Join(w.Begin(testInterchange("UNOC", "4")), w.BeginMessage(testMessage),
		w.WriteObject(segment("USD").Element("9").Element("K1").Element("2"), strings.NewReader(data)), w.EndMessage(), w.End())
	if err != nil || !strings.Contains(out.String(), "USD+9+K1+2'"+data+"USU+9+K1'") {
		t.Fatalf("%v %q", err, out.String())
	}
	if got := faults(out.String()); got != "" {
		t.Errorf("read back with %s", got)
	}
	broken := strings.Replace(out.String(), "USD+9", "USD+5", 1)
	if got := faults(broken); got != "object-length" {
		t.Errorf("a wrong length: %s", got)
	}
}

//rule:s4 UIB; an interactive interchange is UIB, UIH, segments, UIT, UIZ
func TestInteractiveInterchangesAreWritten(t *testing.T) {
	var out bytes.Buffer
	w := edifact.NewInterchangeWriter(&out)
	i := testInterchange("UNOB", "4")
	i.Interactive, i.Test = true, "1"
	m := edifact.MessageHeader{Reference: "7", Type: "SKDREQ", Version: "D", Release: "08A", Agency: "UN", CommonAccess: "D1"}
	err := errors.Join(w.Begin(i), w.BeginMessage(m), w.WriteSegment(segment("ODI").Element("A")), w.EndMessage(), w.End())
	want := "UNA:+.?*'UIB+UNOB:4+1001++++4098765000003:14+4012345000009:14+20261201:1000++1'UIH+SKDREQ:D:08A::UN+7+D1'ODI+A'UIT+7+3'UIZ+1001+1'"
	if err != nil || out.String() != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, out.String(), want)
	}
	if got := faults(out.String()); got != "" {
		t.Errorf("read back with %s", got)
	}
	for ev, err := range edifact.NewReader(strings.NewReader(want)).Events() {
		if err != nil {
			t.Fatal(err)
		}
		switch ev.Kind {
		case edifact.InterchangeStart:
			if g := ev.Interchange; g.Control != i.Control || g.Sender != i.Sender || g.Date != i.Date || !g.IsTest() || !g.Interactive {
				t.Errorf("got %+v", g)
			}
		case edifact.MessageStart:
			if g := ev.Message; g.Reference != "7" || g.Type != "SKDREQ" || g.CommonAccess != "D1" || g.Agency != "UN" {
				t.Errorf("got %+v", g)
			}
		}
	}
	if err := edifact.NewInterchangeWriter(io.Discard).Begin(edifact.Interchange{Interactive: true}); !errors.Is(err, edifact.ErrValue) {
		t.Errorf("in syntax 3: %v", err)
	}
}
