package sniff_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/batchgate/batchgate/flatfile/sniff"
)

// in encodes a text.
func in(t testing.TB, c *charmap.Charmap, text string) string {
	t.Helper()
	s, err := c.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGuessesHoldForWhatERPsWrite(t *testing.T) {
	names := "Artikelnr;Bezeichnung;Bestand;Stand\r\n0010-A;Bügelsäge;1.250,50;02.03.2026\r\n0020;Größe 5;-3,25;03.03.2026\r\n"
	swedish := "H;4711;2026-03-02;Åsa Öberg\r\nL;EV-77;Fäste, galvat;2,5;11,25;ST\r\nL;EV-90;Retur återtag;1;89,99;ST\r\nH;4712;2026-03-02;Andra AB\r\nL;EV-1;Ände;7;1,00;ST\r\n"
	utf16 := "\xFF\xFE"
	for _, r := range "a;b\r\nx;1\r\ny;2\r\n" {
		utf16 += string([]byte{byte(r), 0})
	}
	for name, c := range map[string]struct{ file, want string }{
		"a german stock list":       {in(t, charmap.Windows1252, names), `"format":"delimited","charset":"windows-1252","delimiter":";","header":true,"line_end":"crlf","decimal":","`},
		"the same of DOS":           {in(t, charmap.CodePage850, names), `"charset":"ibm850","delimiter":";"`},
		"the same in utf-8":         {names, `"charset":"utf-8","delimiter":";","header":true`},
		"dates":                     {names, `"name":"Stand","type":"date","date":"02.01.2006"`},
		"article numbers are texts": {names, `"name":"Artikelnr","type":"text"`},
		"heads and lines":           {in(t, charmap.Windows1252, swedish), `"records":[{"mark":"H","count":2`},
		"utf-16":                    {utf16, `"charset":"utf-16le","delimiter":";","header":true`},
		"a sep line":                {"sep=|\nsku|qty\nA|1\nB|2\n", `"delimiter":"|","header":true,"sep_line":true`},
		"tabs without a header":     {"4711\t3\n4712\t4\n", `"delimiter":"\t"`},
		"american numbers":          {"sku,price\nA,\"1,250.50\"\nB,3.25\n", `"quoted":true,"header":true,"line_end":"lf","decimal":"."`},
		"what Excel ruined":         {"EAN;Menge\n7,31235E+12;1\n7,31235E+12;2\n", `a spreadsheet made of a longer number`},
		"both decimal marks":        {"a;b\n1,25;1.5\n2,25;2.5\n", `numbers have both marks`},
		"fixed width":               {"EV-77-A   0100096\nEV-90     0200002\nBRI-M8    0101000\n", `"format":"fixed"`},
		"EDIFACT":                   {"UNA:+.? 'UNB+UNOC:3+A+B+260302:1430+1'UNH+1+ORDERS:D:96A:UN'", `"format":"edifact"`},
		"IDoc":                      {"EDI_DC40  1000000000000004711      2   ORDERS05                      " + strings.Repeat(" ", 60) + "\n", `"format":"idoc"`},
		"XML":                       {`<?xml version="1.0"?><Orders><Order/></Orders>`, `"format":"xml"`},
		"JSON":                      {`[{"sku":"A"}]`, `"format":"json"`},
		"SIE":                       {in(t, charmap.CodePage437, "#FLAGGA 0\r\n#FORMAT PC8\r\n#FNAMN \"Åkeriet i Örebro\"\r\n"), `"format":"sie","charset":"ibm437"`},
		"nothing":                   {"", `the file is empty`},
		"bytes":                     {"\x00\x01\x02\x03\x00\x00\xFE\x99\x00\x01", `"format":""`},
	} {
		g := sniff.Look([]byte(c.file), true)
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(g); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nis not in %s", name, c.want, got)
		}
	}
}

func TestMainframeFilesAreToldByTheirBytes(t *testing.T) {
	row := "\xC8\xC2\xF1\xF0\xF4\xF7\xF1\xF1\x40\x40\xD2\x7C\xD7\xC1\xD9\xC5\xD5\x40\xC1\xC2\x40\x40\x40\x40\x40\x40\x40\x40\x40\xF0\xF0\xF1\xF2\x0C\x40\x40\x40\x40\x40\x40"
	for want, file := range map[string]string{
		`"length":40`:   strings.Repeat(row, 30),
		`"words":"rdw"`: strings.Repeat("\x00\x2C\x00\x00"+row, 5),
		`"words":"bdw"`: "\x00\xE0\x00\x00" + strings.Repeat("\x00\x2C\x00\x00"+row, 5),
	} {
		b, _ := json.Marshal(sniff.Look([]byte(file), true))
		if !strings.Contains(string(b), want) || !strings.Contains(string(b), `"format":"fixed","charset":"ibm`) {
			t.Errorf("%s is not in %s", want, b)
		}
	}
}

func FuzzLook(f *testing.F) {
	f.Add([]byte("a;b\n1;2\n"), true)
	f.Add([]byte("\x00\x2C\x00\x00\xC1\xC2"), false)
	f.Add([]byte("<a><b/></a>"), true)
	f.Fuzz(func(t *testing.T, head []byte, whole bool) {
		g := sniff.Look(head[:min(len(head), 1<<12)], whole)
		if len(g.Evidence) == 0 && len(g.Warnings) == 0 {
			t.Fatalf("a guess without evidence: %+v", g)
		}
		g.Draft()
	})
}
