package edifact_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/japanese"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

func level(name, text string) string { return strings.Replace(text, "UNOC", name, 1) }

// Level W is UTF-8, which escape sequences may announce, end, and announce again; within UTF-8 no others count.
//
//rule:s4 0001; UNOW is ISO 10646-1 as UTF-8, which escape sequences may announce and end
func TestUTF8OfLevelWMayBeAnnounced(t *testing.T) {
	for text, want := range map[string]string{
		"漢é":                                      "漢é",
		"\x1b%G漢é\x1b%@":                          "漢é",
		"\x1b%/H漢\x1b%@a\x1b-A\xe9\x1b%Gé":        "漢aéé",
		"\x1b%@\x1b$B'+\x1b(B\x1b%G漢":             "Й漢",
		"a\x1b%@\x1b$)C\x0e+'\x0f\x1b%/Iü\x1b%@b": "aェüb",
	} {
		data := level("UNOW:4", message("FTX+a?+"+text+"?'b+c'"))
		data = strings.Replace(data, ":4:3", ":4", 1)
		s := third(t, data)
		if got := values(s); got != "FTX[a+"+want+"'b] [c]" {
			t.Errorf("%q: got %s", text, got)
		}
		if found := findingsOf(data, edifact.RuleCharset, edifact.RuleControl); len(found) > 0 {
			t.Errorf("%q: %v", text, found)
		}
	}
	for _, text := range []string{"a\x1b$B'+", "\x1b%@\xc3\xa9", "\x1b%X", "\xff"} {
		if found := findingsOf(strings.Replace(level("UNOW:4", message("FTX+"+text+"'")), ":4:3", ":4", 1), edifact.RuleCharset); len(found) != 1 {
			t.Errorf("%q: %v", text, found)
		}
	}
	if s := third(t, level("UNOX", message("FTX+\x1b%G漢\x1b%@\x1b-A\xe9'"))); values(s) != "FTX[漢é]" {
		t.Errorf("level X: %s", values(s))
	}
}

// findingsOf gives the findings of some rules.
func findingsOf(data string, rules ...string) finding.List {
	var found finding.List
	for ev, err := range edifact.NewReader(strings.NewReader(data)).Events() {
		if err != nil {
			break
		}
		for _, f := range ev.Findings {
			if slices.Contains(rules, f.Rule) {
				found = append(found, f)
			}
		}
	}
	return found
}

//rule:v4 6; a part of a character of several bytes is no service character
func TestServiceCharactersWithinDoubleBytesAreNone(t *testing.T) {
	kanji := "\x1b$B'+:?\x1b(B" // two characters whose bytes are all service characters
	s := third(t, level("UNOX", message("FTX+a?+"+kanji+"?'b+"+kanji+"+\x1b$)C\x0e+'\x0f:\x1b-A\xe9'")))
	if got, want := values(s), "FTX[a+Ж：'b] [Ж：] [＋"; got[:5] != want[:5] || s.Elements() != 3 || s.Components(2, 0) != 2 {
		t.Errorf("got %s", got)
	}
	japaneseText, err := japanese.ISO2022JP.NewDecoder().String(kanji)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Text(1, 0, 0); err != nil || got != japaneseText {
		t.Errorf("got %q, %v, want %q", got, err, japaneseText)
	}
	if got, err := s.Text(2, 0, 1); err != nil || got != "é" {
		t.Errorf("got %q, %v", got, err)
	}
	if got := string(s.Bytes(0, 0, 0)); got != "a+"+kanji+"'b" {
		t.Errorf("release characters: %q", got)
	}
}

//rule:s4 0001; UNOX switches sets by the escape sequences of ISO 2022
func TestEscapeSequencesOfLevelX(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b(JA\\~\x1b(B\\":           "A¥‾\\",
		"\x1b(I1\x1b(B1":               "ｱ1",
		"\x1b$@0!\x1b(B":               "亜",
		"\x1b$A0!\x1b(B":               "啊",
		"\x1b$(C0!\x1b(B":              "가",
		"\x1b$(D0!\x1b(B":              "丂",
		"\x1b-F\xc1\xe2":               "Αβ",
		"\x1b-L\xb6":                   "Ж",
		"\x1b.A\x1bNi\x1b.B\x1bN#":     "éŁ",
		"\x1b$*B\x1bN0!a":              "亜a",
		"\x1b$)B\xb0\xa1\x0e0!\x0fa":   "亜亜a",
		"a\x1b-A\xfcb\x1b-B\xa3\x1b-A": "aübŁ",
	} {
		s := third(t, level("UNOX", message("FTX+1+"+in+"'")))
		if got, err := s.Text(1, 0, 0); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", in, got, err, want)
		}
	}
	for _, wrong := range []string{"\xfc", "\x1b%X", "\x1b$B0", "\x1b-Z\xfc", "\x1b$B0\x7f\x1b(B", "\x1bNi"} {
		text := level("UNOX", message("FTX+1+ok"+wrong+"+x'UNT+3+1'UNZ+1+1'"))
		if got := faults(text); got != "charset" && !(strings.HasPrefix(wrong, "\x1b$B0") && got != "") {
			t.Errorf("%q: found %q", wrong, got)
		}
		if strings.HasPrefix(wrong, "\x1b$B") {
			continue // what is broken swallows the rest
		}
		if got, err := third(t, text).Text(1, 0, 0); !errors.Is(err, edifact.ErrCharset) {
			t.Errorf("%q: %q, %v", wrong, got, err)
		}
	}
}

func TestDesignationsOfG1HoldOnAndThoseOfG0EndWithTheSegment(t *testing.T) {
	text := level("UNOX", message("FTX+\x1b-A\xe9+\x1b(J\\'FTX+\xe9+\\'UNT+4+1'UNZ+1+1'"))
	var got []string
	for s, err := range edifact.NewDecoder(iotest.OneByteReader(strings.NewReader(text))).Segments() {
		if err != nil {
			t.Fatal(err)
		}
		if s.Tag() == "FTX" {
			got = append(got, values(s.Clone()))
		}
	}
	if strings.Join(got, " ") != "FTX[é] [¥] FTX[é] [\\]" {
		t.Errorf("got %v", got)
	}
}

func TestSetsOfSeveralBytesHideServiceCharacters(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"shift_jis": {"\x83\x7C\x83\x5C\xb1", "ポソｱ"}, // 7C and 5C are | and \
		"euc-jp":    {"\xa5\xdd\x8e\xb1", "ポｱ"},
		"euc-kr":    {"\xb0\xa1\x81\x41", "가갂"},
		"gb18030":   {"\xb0\xa1\x81\x30\x84\x36", "啊¥"},
		"big5":      {"\xa5\x7c", "四"},
		"KECA":      {"\xb0\xa1", "가"},
	} {
		set, ok := edifact.LookupCharset(name)
		if !ok {
			t.Fatal(name)
		}
		text := "UNA|^.\\ ~" + strings.NewReplacer("+", "^", ":", "|", "'", "~").Replace(message("FTX+1+")) + "a\\^" + c.in + "^b~"
		s := third(t, text, edifact.WithCharset(set))
		got, err := s.Text(1, 0, 0)
		if name == "gb18030" {
			c.want = got // only that it is one value
		}
		if err != nil || got != "a^"+c.want && name != "gb18030" || s.Elements() != 3 {
			t.Errorf("%s: %q, %v, %d elements", name, got, err, s.Elements())
		}
		if _, err := third(t, text[:len(text)-4]+"\xff^b~", edifact.WithCharset(set)).Text(1, 0, 0); !errors.Is(err, edifact.ErrCharset) {
			t.Errorf("%s: a broken character: %v", name, err)
		}
	}
}

// Every set that is known by a name, with characters that it has.
var scripts = map[string]string{
	"UNOA": "ABZ", "UNOB": "az", "UNOC": "äß", "UNOD": "Łő", "UNOE": "ЖЯ", "UNOF": "Αβ", "UNOG": "Ħĉ", "UNOH": "ĸŋ", "UNOI": "سم", "UNOJ": "אב",
	"UNOK": "İğ", "UNOL": "€Š", "UNOW": "漢😀", "UNOX": "漢éЖ가啊丂αŁ", "UNOY": "€漢", "IATA": "az", "IATB": "az", "KECA": "가힣",
	"windows-1250": "Ž€", "windows-1251": "Жё", "windows-1252": "€Ž", "windows-1253": "Ά€", "windows-1254": "ğ€", "windows-1257": "Ž€",
	"shift_jis": "ソ表ｱ", "euc-jp": "ソ表ｱ", "euc-kr": "가나", "gb18030": "啊€😀", "big5": "功四", "ibm850": "äß", "ibm037": "äß", "ibm273": "ÄÖÜ", "ibm500": "äß",
	"us-ascii": "az~", "utf-8": "€",
}

func TestEveryCharacterSetRoundTrips(t *testing.T) {
	for _, name := range edifact.CharsetNames() {
		if scripts[name] == "" {
			t.Errorf("%s is not tried", name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(edifact.CharsetNames()).Draw(t, "set")
		set, _ := edifact.LookupCharset(name)
		text := rapid.StringOfN(rapid.SampledFrom([]rune(scripts[name]+"A9 '+:?*")), 1, 20, -1).Draw(t, "text")
		declared, opts, reading := name, []edifact.EncodeOption{}, []edifact.Option{}
		if len(name) != 4 || name != strings.ToUpper(name) {
			declared = "UNOC"
			opts, reading = append(opts, edifact.InCharset(set)), append(reading, edifact.WithCharset(set))
		}
		if s := rapid.SampledFrom(someSeparators).Draw(t, "separators"); s != (edifact.Separators{}) && s.Release != 0x1B {
			opts = append(opts, edifact.WithSeparators(s))
		}
		for _, r := range text {
			if !set.Has(r) {
				t.Fatalf("%s does not have %q", name, r)
			}
		}
		var out bytes.Buffer
		w := edifact.NewInterchangeWriter(&out, opts...)
		err := errors.Join(w.Begin(testInterchange(declared, "4")), w.BeginMessage(testMessage),
			w.WriteSegment(segment("FTX").Element("A").Repeat(text, "B", text).Element(text)), w.EndMessage(), w.End())
		if err != nil {
			t.Fatalf("%s %q: %v", name, text, err)
		}
		found := 0
		d := edifact.NewDecoder(iotest.HalfReader(bytes.NewReader(out.Bytes())), reading...)
		for s, err := range d.Segments() {
			if err != nil {
				t.Fatalf("%s %q: %v in %q", name, text, err, out.Bytes())
			}
			if s.Tag() != "FTX" {
				continue
			}
			for _, at := range [][3]int{{0, 1, 0}, {0, 1, 2}, {1, 0, 0}} {
				if got, err := s.Text(at[0], at[1], at[2]); err != nil || got != text {
					t.Fatalf("%s: %q came back as %q, %v from %q", name, text, got, err, out.Bytes())
				}
				found++
			}
		}
		if list := d.Findings(); found != 3 || list.HasErrors() && rulesOf(list) != "charset-mismatch" {
			t.Fatalf("%s %q: %d found, %v", name, text, found, list)
		}
		if got, err := copyFile(bytes.NewReader(out.Bytes()), reading...); err != nil || !bytes.Equal(got, out.Bytes()) {
			t.Fatalf("%s: copied %v %q", name, err, got)
		}
	})
}
