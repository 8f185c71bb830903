package flatfile_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// orders is a layout of heads and lines.
var orders = flatfile.Layout{Charset: "windows-1252", Types: []flatfile.RecordType{
	{Name: "head", Value: "H", Fields: []flatfile.FixedField{
		{Name: "order", At: 1, Length: 6, Pad: '0', Right: true}, {Name: "name", At: 7, Length: 10}, {Name: "currency", At: 17, Length: 3}}},
	{Name: "line", Value: "L", Length: 20, Fields: []flatfile.FixedField{
		{Name: "sku", At: 1, Length: 8}, {Name: "quantity", At: 9, Length: 7, Pad: '0', Right: true}, {Name: "unit", At: 16, Length: 3, Right: true}}},
}}

func TestFixedWidthFaultsAreNamedWithTheirPlace(t *testing.T) {
	short := orders
	short.ShortRows = true
	blocks := flatfile.Layout{Length: 4, Types: []flatfile.RecordType{{Name: "a", Value: "A", Fields: []flatfile.FixedField{{Name: "x", At: 1, Length: 3}}}}}
	counted := flatfile.Layout{Characters: true, Types: []flatfile.RecordType{{Name: "a", At: 2, Value: "Ä", Fields: []flatfile.FixedField{{Name: "x", At: 0, Length: 2}, {Name: "y", At: 3, Length: 2}}}}}
	for _, test := range []struct {
		name, file string
		l          flatfile.Layout
		want       []string
	}{
		{"good records", "H000012K\xF6ln      SEK\r\nLBG-1    0000096 ST \r\n", orders, []string{"head[12|Köln|SEK]", "line[BG-1|96|ST]"}},
		{"filling", "H000000          SEK\nL        0000000   \n", orders, []string{"head[0||SEK]", "line[|0|]"}},
		{"a line too short", "H000012Adler\nLBG-1    0000096 S\n", orders, []string{
			"1:13 (record 1, field name): error: the record is 12 long, and its fields end at 20; check the layout, or tolerate short rows if the partner leaves out blanks at the end [flatfile.row-short]",
			"2:19 (record 2, field unit): error: the record is 18 long, and its fields end at 19; check the layout, or tolerate short rows if the partner leaves out blanks at the end [flatfile.row-short]"}},
		{"short rows tolerated", "H000012Adler\n", short, []string{"head[12|Adler|!]"}},
		{"a line too long", "LBG-1    0000096 ST       \nLBG-1    0000096 ST X\n", orders, []string{"line[BG-1|96|ST]",
			"2:21 (record 2): error: the record is 21 long, not 20; check the layout: a field may have become longer [flatfile.row-long]"}},
		{"no type", "X\n\nH000012Adler     SEK\n", orders, []string{
			"1:1 (record 1): error: the record is of no type of the layout; add its type to the layout, or check the file [flatfile.record-type]",
			"head[12|Adler|SEK]", "2:1: note: empty line skipped [flatfile.empty-line]"}},
		{"NUL bytes", "H000012\x00dler     SEK\n", orders, []string{
			"1:8 (record 1): error: the record holds a NUL byte; the file may be damaged, still being written, or utf-16 [flatfile.nul]"}},
		{"NUL bytes in a line as long as its type", "LBG\x001    0000096 ST \nLBG-2    0000096 ST \n", orders, []string{
			"line[<1:4 (record 1, field sku): error: byte 0x00 is a control character, and no text; the file may be damaged, still being written, or utf-16 [flatfile.charset]>|96|ST]",
			"line[BG-2|96|ST]"}},
		{"a carriage return in a line as long as its type", "LBG-1    00\r0096 ST \nLBG-2    0000096 ST \n", orders, []string{
			"line[BG-1|<1:12 (record 1, field quantity): error: byte 0x0D is a control character, and no text; it is a carriage return within a line: the file may be damaged, or a line of it is two [flatfile.charset]>|ST]",
			"line[BG-2|96|ST]"}},
		{"a carriage return between lines", "LBG-1    0000096 ST \rLBG-2    0000096 ST \nH000012Adler     SEK\rLBG-3    0000096 ST \n", orders, []string{
			"line[BG-1|96|ST]", "line[BG-2|96|ST]", "head[12|Adler|SEK]", "line[BG-3|96|ST]",
			"2:21 (record 2): note: line ends are mixed from here on [flatfile.line-ends]"}},
		{"a byte that is no character", "H000012K\x81ln      SEK\n", orders, []string{
			"head[12|<1:9 (record 1, field name): error: byte 0x81 is not a character of windows-1252; it is 'ü' in ibm850: declare that if the file is written so [flatfile.charset]>|SEK]"}},
		{"an empty file", "", orders, []string{"1:1: error: the file is empty: 0 bytes; a file without records is often a failed export [flatfile.empty]"}},
		{"records of one length", "A123A4  ", blocks, []string{"a[123]", "a[4]"}},
		{"records of one length, end mark", "A123A4  \x1a", blocks, []string{"a[123]", "a[4]",
			"note: line end or end-of-file mark behind the last record skipped [flatfile.end-mark]"}},
		{"records of one length, cut", "A123A4", blocks, []string{"a[123]",
			"record 2: error: the file ends after 2 of the 4 bytes of a record; the file may still be being written, or the record length is another one [flatfile.truncated]"}},
		{"records of one length that are lines", "A123\nA12\n", blocks, []string{"a[123]",
			"record 2: error: the record is of no type of the layout; it begins with a line end: declare lines, not a record length [flatfile.record-type]",
			"note: line end or end-of-file mark behind the last record skipped [flatfile.end-mark]"}},
		{"places that count characters", "öüÄß \nabÄ12\nab\xFFÄ12\n", counted, []string{"a[öü|ß]", "a[ab|12]",
			"3:1 (record 3): error: the record is of no type of the layout; add its type to the layout, or check the file [flatfile.record-type]"}},
		{"no types", "x", flatfile.Layout{}, []string{"error: types: the layout has no record type; describe at least one [flatfile.options]"}},
		{"a field behind the end", "x", flatfile.Layout{Length: 3, Types: []flatfile.RecordType{{Name: "a", Fields: []flatfile.FixedField{{Name: "x", At: 1, Length: 3}}}}}, []string{
			"error: type a: its fields end at 4, behind the end of the record; check starts and lengths [flatfile.options]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for way, in := range ways(test.file) {
				if diff := cmp.Diff(test.want, transcript(flatfile.NewFixedReader(in, test.l))); diff != "" {
					t.Errorf("%s: %s", way, diff)
				}
			}
		})
	}
}

func TestPlacesOfFixedFieldsHoldTheirFilling(t *testing.T) {
	r := flatfile.NewFixedReader(strings.NewReader("H000012Adler     SEK\r\nLBG-1    0000096 ST\x20\r\n"), orders)
	r.SetFile("orders.txt")
	if _, err := r.Read(); err != nil {
		t.Fatal(err)
	}
	rec, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	want := finding.Place{File: "orders.txt", Offset: 31, Length: 7, Line: 2, Column: 10, Record: 2, Field: "quantity"}
	if diff := cmp.Diff(want, rec.Place(1)); diff != "" {
		t.Error(diff)
	}
}

func TestGoldenBytesOfAFixedWriter(t *testing.T) {
	var out bytes.Buffer
	w := flatfile.NewFixedWriter(&out, orders)
	if err := w.Write("head", []string{"12", "Köln", "SEK"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Write("line", []string{"BG-1001", "96", "ST"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(finding.Place{Offset: 31, Length: 7, Line: 2, Column: 10, Record: 2, Field: "quantity"}, w.Place(1)); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct {
		kind   string
		values []string
		want   string
		cause  error
	}{
		{"line", []string{"BG-1001-X", "1", "ST"}, `record 3, field sku: "BG-1001-X": it is 9 long, and the field is 8`, flatfile.ErrTooLong},
		{"line", []string{"Ł", "1", "ST"}, `record 3, field sku: "Ł": 'Ł' (U+0141) is not a character of windows-1252`, flatfile.ErrCharset},
		{"line", []string{"a\nb", "1", "ST"}, `record 3, field sku: "a\nb": it holds a line end or another control character`, flatfile.ErrCharset},
		{"line", []string{"1"}, `record 3: the record has 1 values, and 3 fields are declared`, flatfile.ErrFieldCount},
		{"foot", nil, `record 3: "foot": the layout has no such record type`, flatfile.ErrOptions},
	} {
		err := w.Write(test.kind, test.values)
		if err == nil || err.Error() != test.want || !errors.Is(err, test.cause) {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "H000012K\xF6ln      SEK\r\nLBG-1001 0000096 ST \r\n"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestEBCDICRecordsOfOneLengthAreReadAndWritten(t *testing.T) {
	l := flatfile.Layout{Charset: "cp037", Length: 12, Types: []flatfile.RecordType{{Name: "line", Value: "L", Fields: []flatfile.FixedField{
		{Name: "sku", At: 1, Length: 5}, {Name: "quantity", At: 6, Length: 4, Pad: 0xF0, Right: true}, {Name: "packed", At: 10, Length: 2, Binary: true}}}}}
	var out bytes.Buffer
	w := flatfile.NewFixedWriter(&out, l)
	if err := w.Write("line", []string{"AB-1", "96", "\x40\x1a"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "\xD3\xC1\xC2\x60\xF1\x40\xF0\xF0\xF9\xF6\x40\x1a"
	if out.String() != want {
		t.Fatalf("% X, want % X", out.String(), want)
	}
	rec, err := flatfile.NewFixedReader(&out, l).Read()
	if err != nil {
		t.Fatal(err)
	}
	sku, _ := rec.Text(0)
	quantity, _ := rec.Text(1)
	if sku != "AB-1" || quantity != "96" || string(rec.Bytes(2)) != "\x40\x1a" {
		t.Errorf("%q %q % X", sku, quantity, rec.Bytes(2))
	}
	if _, err := rec.Text(2); err == nil || !strings.Contains(err.Error(), "declared binary") {
		t.Errorf("a packed number was taken for text: %v", err)
	}
}

func TestWhatAFixedWriterWritesIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := flatfile.Layout{
			Charset:    rapid.SampledFrom([]string{"utf-8", "utf-16", "utf-16be"}).Draw(t, "charset"),
			Characters: true, LineEnd: rapid.SampledFrom([]string{"", "\n", "\r"}).Draw(t, "line end"),
		}
		type value struct {
			kind string
			text []string
		}
		at := 1
		var fields []flatfile.FixedField
		for range rapid.IntRange(1, 5).Draw(t, "fields") {
			f := flatfile.FixedField{At: at, Length: rapid.IntRange(1, 6).Draw(t, "length"), Right: rapid.Bool().Draw(t, "right")}
			at += f.Length + rapid.IntRange(0, 2).Draw(t, "gap")
			fields = append(fields, f)
		}
		l.Types = []flatfile.RecordType{{Name: "a", Value: "Ä", Fields: fields}, {Name: "b", Value: "b", Length: at + 5, Fields: fields[:1]}}
		var out bytes.Buffer
		w := flatfile.NewFixedWriter(&out, l)
		var want []value
		for range rapid.IntRange(1, 8).Draw(t, "records") {
			v := value{kind: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "type")}
			for _, f := range fields {
				text := rapid.StringOfN(rapid.RuneFrom([]rune("ab0äß😀 ")), 0, f.Length, -1).Draw(t, "value")
				if f.Right {
					text = strings.TrimLeft(text, " ")
				} else {
					text = strings.TrimRight(text, " ")
				}
				v.text = append(v.text, text)
				if v.kind == "b" {
					break
				}
			}
			want = append(want, v)
			if err := w.Write(v.kind, v.text); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		for way, in := range ways(out.String()) {
			i := 0
			for rec, err := range flatfile.NewFixedReader(in, l).Records() {
				if err != nil {
					t.Fatalf("%s: %v", way, err)
				}
				for j, text := range want[i].text {
					if got, err := rec.Text(j); err != nil || got != text || rec.Type() != want[i].kind {
						t.Fatalf("%s, record %d, field %d: %q, %v, want %q", way, i+1, j+1, got, err, text)
					}
				}
				i++
			}
			if i != len(want) {
				t.Fatalf("%s: %d records, want %d", way, i, len(want))
			}
		}
	})
}

// utf16le gives text in UTF-16, little-endian.
func utf16le(s string) string {
	var b []byte
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		for _, u := range utf16.AppendRune(nil, r) {
			b = append(b, byte(u), byte(u>>8))
		}
		s = s[n:]
	}
	return string(b)
}
