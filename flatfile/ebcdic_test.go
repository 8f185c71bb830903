package flatfile_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// everyByte is a record of all bytes, each a field.
func everyByte(charset string) flatfile.Layout {
	t := flatfile.RecordType{Name: "all"}
	for i := range 256 {
		t.Fields = append(t.Fields, flatfile.FixedField{Name: fmt.Sprintf("%02X", i), At: i, Length: 1, Pad: 0xFF})
	}
	t.Fields[0xFF].Pad = 0x01
	return flatfile.Layout{Charset: charset, Length: 256, Types: []flatfile.RecordType{t}}
}

// allBytes gives the bytes 0 to 255.
func allBytes() []byte {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func TestCodePagesAreThoseOfTheFactsFile(t *testing.T) {
	text := sharedtest.Read(t, "erp-formats/data/ebcdic-codepages.tsv")
	var pages []string
	want := map[string][]rune{}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if pages == nil {
			pages = cells[1:]
			continue
		}
		for i, cell := range cells[1:] {
			r, err := strconv.ParseUint(cell, 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			want[pages[i]] = append(want[pages[i]], rune(r))
		}
	}
	if len(pages) != 21 {
		t.Fatalf("%d pages", len(pages))
	}
	for _, page := range pages {
		rec, err := flatfile.NewFixedReader(bytes.NewReader(allBytes()), everyByte("ibm"+page)).Read()
		if err != nil {
			t.Fatalf("%s: %v", page, err)
		}
		for i, r := range want[page] {
			if got, err := rec.Text(i); err != nil || got != string(r) {
				t.Errorf("page %s: byte 0x%02X is %q (%v), not %q", page, i, got, err, r)
			}
		}
	}
}

func TestEveryCodePageIsWrittenAsItIsRead(t *testing.T) {
	for _, name := range flatfile.Charsets() {
		l := everyByte(name)
		if !strings.HasPrefix(name, "ibm") || l.Check() != nil {
			continue
		}
		rec, err := flatfile.NewFixedReader(bytes.NewReader(allBytes()), l).Read()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		values := make([]string, 256)
		for i := range values {
			if values[i], err = rec.Text(i); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		var out bytes.Buffer
		w := flatfile.NewFixedWriter(&out, l)
		if err := w.Write("all", values); err != nil || w.Flush() != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(out.Bytes(), allBytes()) {
			t.Errorf("%s: not the same bytes", name)
		}
	}
}

func TestCodePagesAreKnownByTheirUsualNames(t *testing.T) {
	for _, name := range []string{"ibm278", "IBM-278", "cp278", "278", "CCSID 278", "cp037", "37", "037", "cp1143", "1252", "cp850"} {
		l := flatfile.Layout{Charset: name, Length: 1, Types: []flatfile.RecordType{{Name: "any"}}}
		if err := l.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mainframeOrder is an order of a Swedish mainframe: fixed records of 80 bytes with zoned and packed numbers.
func mainframeOrder(charset string) flatfile.Layout {
	return flatfile.Layout{Charset: charset, Types: []flatfile.RecordType{
		{Name: "H", Value: "H", Fields: []flatfile.FixedField{{Name: "customer", At: 1, Length: 7}, {Name: "order", At: 8, Length: 10}, {Name: "date", At: 18, Length: 8},
			{Name: "name", At: 26, Length: 30}, {Name: "currency", At: 56, Length: 3}, {Name: "reference", At: 59, Length: 20}}},
		{Name: "L", Value: "L", Fields: []flatfile.FixedField{{Name: "line", At: 1, Length: 5, Number: flatfile.Display, Sign: flatfile.Overpunch}, {Name: "sku", At: 6, Length: 18},
			{Name: "text", At: 24, Length: 30}, {Name: "quantity", At: 54, Length: 5, Number: flatfile.Packed, Decimals: 2, Sign: flatfile.Signed},
			{Name: "price", At: 59, Length: 6, Number: flatfile.Packed, Decimals: 4, Sign: flatfile.Signed}, {Name: "unit", At: 65, Length: 3},
			{Name: "discount", At: 68, Length: 5, Number: flatfile.Display, Decimals: 2, Sign: flatfile.Overpunch}}},
		{Name: "T", Value: "T", Fields: []flatfile.FixedField{{Name: "lines", At: 1, Length: 5, Number: flatfile.Display, Sign: flatfile.Overpunch},
			{Name: "total", At: 6, Length: 7, Number: flatfile.Packed, Decimals: 2, Sign: flatfile.Signed}}},
	}}
}

func TestMainframeSamplesGiveTheValuesExpectedOfThem(t *testing.T) {
	var want []string
	for line := range strings.Lines(sharedtest.Read(t, "samples/ebcdic/synthetic-order.expected.tsv")) {
		record, values, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if record != "record" {
			values = strings.ReplaceAll(values, "2026-03-02", "20260302") // dates are the mapping's business
			want = append(want, record+"["+values+"]")
		}
	}
	for file, l := range map[string]flatfile.Layout{
		"synthetic-order-cp278-fb80.dat":    {Charset: "ibm278", Length: 80},
		"synthetic-order-cp1143-fb80.dat":   {Charset: "ibm1143", Length: 80},
		"synthetic-order-cp277-fb80.dat":    {Charset: "ibm277", Length: 80},
		"synthetic-order-cp278-rdw.dat":     {Charset: "cp278", Words: flatfile.RecordWords, ShortRows: true},
		"synthetic-order-cp278-bdw-rdw.dat": {Charset: "cp278", Words: flatfile.BlockWords, ShortRows: true},
	} {
		l.Types = mainframeOrder("").Types
		in := sharedtest.Read(t, "samples/ebcdic/"+file)
		if diff := cmp.Diff(want, transcript(flatfile.NewFixedReader(strings.NewReader(in), l))); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
		checkRewritten(t, file, in, l)
	}
}

// checkRewritten writes what a file holds and compares the bytes.
func checkRewritten(t *testing.T, name, in string, l flatfile.Layout) {
	t.Helper()
	if l.Words != flatfile.NoWords {
		l.Trim = true
	}
	var out bytes.Buffer
	w := flatfile.NewFixedWriter(&out, l)
	for rec, err := range flatfile.NewFixedReader(strings.NewReader(in), l).Records() {
		if err != nil {
			t.Fatal(err)
		}
		var values []string
		for i := range rec.Fields() {
			text, err := rec.Text(i)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, text)
		}
		if err := w.Write(rec.Type(), values); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if l.Words == flatfile.BlockWords { // the writer gives each record a block of its own
		again := l
		if diff := cmp.Diff(transcript(flatfile.NewFixedReader(strings.NewReader(in), l)), transcript(flatfile.NewFixedReader(&out, again))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		return
	}
	if out.String() != in {
		t.Errorf("%s is written otherwise than it was:\n% X\n% X", name, out.String(), in)
	}
}

func TestSamplesOfMainframesAreRead(t *testing.T) {
	t.Run("display numbers in code page 037", func(t *testing.T) {
		row := flatfile.RecordType{Name: "row", Fields: []flatfile.FixedField{{Name: "day", At: 0, Length: 8, Number: flatfile.Display}, {Name: "account", At: 20, Length: 8},
			{Name: "amount", At: 29, Length: 10, Number: flatfile.Display}, {Name: "fraction", At: 40, Length: 10, Number: flatfile.Display, Decimals: 2}, {Name: "name", At: 51, Length: 10}, {Name: "edited", At: 62, Length: 11}}}
		got := transcript(flatfile.NewFixedReader(strings.NewReader(sharedtest.Read(t, "samples/ebcdic/cobrix-test19-display.dat")), flatfile.Layout{Charset: "cp037", Length: 80, Types: []flatfile.RecordType{row}}))
		if len(got) != 7 || got[0] != "row[20191115|522G67A1|1213456876|12134568.76|ABISHEK|789.09]" || got[5] != "row[|522G63U1|||ABISHEK|7589.09]" || !strings.Contains(got[6], "the byte 0xC1 is no digit") {
			t.Errorf("%q", got)
		}
	})
	t.Run("length words that do not count themselves, behind a file header", func(t *testing.T) {
		in := sharedtest.Read(t, "samples/ebcdic/cobrix-test13b-rdw-be.dat")
		l := flatfile.Layout{Charset: "cp037", Words: flatfile.RecordWords, WordsBare: true, Skip: 100, ShortRows: true, Types: []flatfile.RecordType{
			{Name: "C", Value: "C", Fields: []flatfile.FixedField{{Name: "company", At: 5, Length: 10}}}, {Name: "P", Value: "P", Fields: []flatfile.FixedField{{Name: "company", At: 5, Length: 10}}}}}
		var types []string
		r := flatfile.NewFixedReader(strings.NewReader(in), l)
		for rec, err := range r.Records() {
			if err != nil { // the file ends with a trailer of its own, which is no record
				types = append(types, "end")
				break
			}
			types = append(types, rec.Type())
		}
		if len(types) < 10 || !slices.Equal(types[:2], []string{"C", "P"}) || types[len(types)-1] != "end" {
			t.Errorf("%q", types)
		}
	})
	t.Run("text of code page 037", func(t *testing.T) {
		in, want := sharedtest.Read(t, "samples/ebcdic/indece-cp037-in.dat"), sharedtest.Read(t, "samples/ebcdic/indece-cp037-utf8.dat")
		l := flatfile.Layout{Charset: "ibm037", Length: len(in), Types: []flatfile.RecordType{{Name: "text", Fields: []flatfile.FixedField{{Name: "text", Length: len(in), Pad: 1}}}}}
		rec, err := flatfile.NewFixedReader(strings.NewReader(in), l).Read()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := rec.Text(0); err != nil || strings.ReplaceAll(got, "\u0085", "\n") != want && got != want {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	})
}

func TestLinesOfEBCDICEndWithItsOwnLineEnds(t *testing.T) {
	l := flatfile.Layout{Charset: "cp278", Types: []flatfile.RecordType{{Name: "row", Fields: []flatfile.FixedField{{Name: "a", Length: 2}, {Name: "b", At: 2, Length: 3, Number: flatfile.Display}}}}}
	for end, bytes := range map[string]string{"": "\x15", "\n": "\x25", "\r\n": "\x0D\x25"} {
		l.LineEnd = end
		in := "\xC1\x5B\xF0\xF0\xF7" + bytes + "\x6A\x40\xF1\xF2\xF3" + bytes
		want := []string{"row[AÅ|7]", "row[ö|123]"}
		if diff := cmp.Diff(want, transcript(flatfile.NewFixedReader(strings.NewReader(in), l))); diff != "" {
			t.Errorf("%q: %s", end, diff)
		}
		checkRewritten(t, end, in, l)
	}
}
