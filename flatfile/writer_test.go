package flatfile_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// write gives the bytes of a file.
func write(t *testing.T, d flatfile.Delimited, rows ...[]string) string {
	t.Helper()
	var out bytes.Buffer
	w := flatfile.NewWriter(&out, d)
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestQuotesStandWhereTheyAreNeeded(t *testing.T) {
	for _, test := range []struct {
		d    flatfile.Delimited
		row  []string
		want string
	}{
		{flatfile.Delimited{}, []string{"a", "b c", "ä"}, "a,b c,ä\r\n"},
		{flatfile.Delimited{}, []string{"1,5", `5" bolt`, "a\nb", "\r", `"`}, "\"1,5\",\"5\"\" bolt\",\"a\nb\",\"\r\",\"\"\"\"\r\n"},
		{flatfile.Delimited{}, []string{""}, "\"\"\r\n"},
		{flatfile.Delimited{}, []string{"", ""}, ",\r\n"},
		{flatfile.Delimited{Delimiter: ';', LineEnd: "\n"}, []string{"1,5", ""}, "1,5;\n"},
		{flatfile.Delimited{Quoting: flatfile.QuoteAlways}, []string{"a", "", `"`}, "\"a\",\"\",\"\"\"\"\r\n"},
		{flatfile.Delimited{Quote: '\''}, []string{"it's", `"x"`}, "'it''s',\"x\"\r\n"},
		{flatfile.Delimited{Delimiter: '§', Charset: "windows-1252"}, []string{"a§", "ß"}, "\"a\xA7\"\xA7\xDF\r\n"},
		{flatfile.Delimited{Comment: "#"}, []string{"#a", "#b"}, "\"#a\",#b\r\n"},
		{flatfile.Delimited{TrailingDelimiter: true}, []string{"a", ""}, "a,,\r\n"},
		{flatfile.Delimited{BOM: true}, []string{"a"}, "\xEF\xBB\xBFa\r\n"},
		{flatfile.Delimited{}, []string{"\uFEFFa"}, "\"\uFEFFa\"\r\n"},
		{flatfile.Delimited{Charset: "utf-16"}, []string{"ä"}, "\xFF\xFE\xE4\x00\r\x00\n\x00"},
		{flatfile.Delimited{Charset: "utf-16be", LineEnd: "\n"}, []string{"😀"}, "\xD8\x3D\xDE\x00\x00\n"},
		{flatfile.Delimited{Quote: flatfile.NoQuote}, []string{`5" bolt`}, "5\" bolt\r\n"},
	} {
		if got := write(t, test.d, test.row); got != test.want {
			t.Errorf("%+v %q: got %q, want %q", test.d, test.row, got, test.want)
		}
	}
}

func TestWhatCannotStandInTheFileIsRefusedWithItsReason(t *testing.T) {
	columns := []flatfile.Column{{Name: "sku"}, {Name: "text"}}
	for _, test := range []struct {
		d     flatfile.Delimited
		row   []string
		want  string
		cause error
	}{
		{flatfile.Delimited{Columns: columns, Charset: "iso-8859-1"}, []string{"a", "5 €"}, `record 1, field text: "5 €": '€' (U+20AC) is not a character of iso-8859-1`, flatfile.ErrCharset},
		{flatfile.Delimited{Columns: columns}, []string{"a", "\xFF"}, `record 1, field text: "\xff": the text is not UTF-8, or holds the replacement character`, flatfile.ErrCharset},
		{flatfile.Delimited{Columns: columns}, []string{"a", "x\x00"}, `record 1, field text: "x\x00": it holds a control character that ends files`, flatfile.ErrCharset},
		{flatfile.Delimited{Columns: columns}, []string{"a"}, `record 1: the record has 1 values, and 2 columns are declared`, flatfile.ErrFieldCount},
		{flatfile.Delimited{}, nil, `record 1: the record has 0 values, and 0 columns are declared`, flatfile.ErrFieldCount},
		{flatfile.Delimited{Quoting: flatfile.QuoteNever}, []string{"a", "1,5"}, `record 1, field 2: "1,5": it holds a delimiter, quote or line end, and quotes are not allowed`, flatfile.ErrUnquotable},
		{flatfile.Delimited{Quoting: flatfile.QuoteNever}, []string{""}, `record 1, field 1: a record that is empty would be skipped, and quotes are not allowed`, flatfile.ErrUnquotable},
		{flatfile.Delimited{Quote: flatfile.NoQuote, Quoting: flatfile.QuoteAlways}, []string{"1,5"}, `record 1, field 1: "1,5": it holds a delimiter, quote or line end, and quotes are not allowed`, flatfile.ErrUnquotable},
		{flatfile.Delimited{OneLine: true}, []string{"a\nb"}, `record 1, field 1: "a\nb": it holds a line end, and records are declared to have one line`, flatfile.ErrUnquotable},
		{flatfile.Delimited{MaxRecord: 10}, []string{"123456789"}, `record 1: the record is longer than 10 bytes`, flatfile.ErrTooLong},
	} {
		var out bytes.Buffer
		w := flatfile.NewWriter(&out, test.d)
		err := w.Write(test.row)
		if err == nil || err.Error() != test.want || !errors.Is(err, test.cause) {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
		if err := w.Flush(); err != nil || out.Len() > 0 {
			t.Errorf("%q was written all the same, %v", out.String(), err)
		}
	}
}

func TestARefusedRowIsFollowedByTheNext(t *testing.T) {
	var out bytes.Buffer
	w := flatfile.NewWriter(&out, flatfile.Delimited{Charset: "us-ascii"})
	if err := w.Write([]string{"ä"}); err == nil {
		t.Fatal("not refused")
	}
	if err := w.Write([]string{"a"}); err != nil {
		t.Fatal(err)
	}
	if p := w.Place(0); p.Record != 1 || p.Offset != 0 {
		t.Errorf("%+v", p)
	}
	if err := w.Flush(); err != nil || out.String() != "a\r\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestAFileWithoutRowsHasItsHeader(t *testing.T) {
	d := flatfile.Delimited{Delimiter: ';', Header: true, Columns: []flatfile.Column{{Name: "Artikel;Nr"}, {Name: "Menge"}}}
	if got, want := write(t, d), "\"Artikel;Nr\";Menge\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	d.Columns = nil
	if err := flatfile.NewWriter(&bytes.Buffer{}, d).Flush(); !errors.Is(err, flatfile.ErrOptions) {
		t.Errorf("a header without columns: %v", err)
	}
}

func TestAWriterThatFailsStaysFailed(t *testing.T) {
	broken := errors.New("disk full")
	w := flatfile.NewWriter(failing{broken}, flatfile.Delimited{})
	if err := w.Write([]string{strings.Repeat("x", 1<<17)}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if err := w.Write([]string{"a"}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if err := w.Flush(); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// failing is a writer that fails.
type failing struct{ err error }

// Write fails.
func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestPlacesOfWrittenValuesAreThoseOfReadOnes(t *testing.T) {
	for _, charset := range []string{"utf-8", "windows-1252", "utf-16"} {
		d := flatfile.Delimited{Delimiter: ';', Charset: charset, Header: true, BOM: true, Columns: []flatfile.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}}}
		var out bytes.Buffer
		w := flatfile.NewWriter(&out, d)
		var written []finding.Place
		for _, row := range [][]string{{"ä", "x\r\ny;", "z"}, {"", `"`, "ö"}} {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
			for i := range row {
				written = append(written, w.Place(i))
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		var read []finding.Place
		for rec, err := range flatfile.NewReader(&out, d).Records() {
			if err != nil {
				t.Fatal(err)
			}
			for i := range rec.Fields() {
				read = append(read, rec.Place(i))
			}
		}
		if diff := cmp.Diff(read, written); diff != "" {
			t.Errorf("%s: %s", charset, diff)
		}
	}
}

// dialects draws options that a writer can use.
func dialects(t *rapid.T) flatfile.Delimited {
	d := flatfile.Delimited{
		Delimiter:         rapid.SampledFrom([]rune{0, ';', '\t', '|', 'a'}).Draw(t, "delimiter"),
		Quote:             rapid.SampledFrom([]rune{0, '\'', flatfile.NoQuote}).Draw(t, "quote"),
		Charset:           rapid.SampledFrom([]string{"", "windows-1252", "ibm850", "us-ascii", "utf-16", "utf-16be"}).Draw(t, "charset"),
		Comment:           rapid.SampledFrom([]string{"", "#", "0;"}).Draw(t, "comment"),
		OneLine:           rapid.Bool().Draw(t, "one line"),
		TrailingDelimiter: rapid.Bool().Draw(t, "trailing delimiter"),
		Quoting:           rapid.SampledFrom([]flatfile.Quoting{flatfile.QuoteNeeded, flatfile.QuoteAlways, flatfile.QuoteNever}).Draw(t, "quoting"),
		LineEnd:           rapid.SampledFrom([]string{"", "\n", "\r"}).Draw(t, "line end"),
		BOM:               rapid.Bool().Draw(t, "BOM"),
		Header:            rapid.Bool().Draw(t, "header"),
	}
	if d.Header || rapid.Bool().Draw(t, "columns") {
		for i := range rapid.IntRange(1, 4).Draw(t, "number of columns") {
			d.Columns = append(d.Columns, flatfile.Column{Name: "c" + string(rune('1'+i))})
		}
	}
	return d
}

func TestWhateverIsWrittenIsReadBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dialects(t)
		value := rapid.StringOf(rapid.RuneFrom([]rune("ab0 #äß€\uFEFF\";,|\t\r\n'\x1a\x01😀þÿ")))
		var out bytes.Buffer
		w := flatfile.NewWriter(&out, d)
		var want [][]string
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			n := len(d.Columns)
			if n == 0 {
				n = rapid.IntRange(1, 5).Draw(t, "fields")
			}
			row := rapid.SliceOfN(value, n, n).Draw(t, "row")
			err := w.Write(row)
			if refused, ok := errors.AsType[*flatfile.ValueError](err); ok && refused.Record > 0 {
				continue
			}
			if err != nil {
				t.Skip("the header itself is refused")
			}
			want = append(want, row)
		}
		if err := w.Flush(); err != nil {
			t.Skip("the header itself is refused")
		}
		for way, in := range ways(out.String()) {
			got, faults, err := read(flatfile.NewReader(in, d))
			if errors.Is(err, flatfile.ErrEmpty) && out.Len() <= 3 {
				err = nil
			}
			if err != nil || len(faults) > 0 {
				t.Fatalf("%s: %v %v of %q", way, faults, err, out.Bytes())
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: %s\nof %q", way, diff, out.Bytes())
			}
		}
	})
}

func TestFailedRowsMakeAFileThatIsByteForByteTheOldOne(t *testing.T) {
	d := flatfile.Delimited{Delimiter: ';', Charset: "windows-1252", Header: true, Skip: 1}
	file := "Best\xE4nde vom 25.11.\r\n\r\nArtikel;Gr\xF6\xDFe\r\nA;1\r\nB;2;3\r\nC;\"4\r\n\"\r\nD;\xFC;"
	for way, in := range ways(file) {
		r := flatfile.NewReader(in, d)
		var failed [][]byte
		for rec, err := range r.Records() {
			if err != nil {
				failed = append(failed, bytes.Clone(rec.Raw()))
			}
		}
		var out bytes.Buffer
		n, err := d.CopyRows(&out, r.Preamble(), slices.Values(failed))
		if err != nil || n != 2 {
			t.Fatalf("%s: %d rows, %v", way, n, err)
		}
		if got, want := out.String(), "Best\xE4nde vom 25.11.\r\nArtikel;Gr\xF6\xDFe\r\nB;2;3\r\nD;\xFC;\r\n"; got != want {
			t.Errorf("%s: got  %q\nwant %q", way, got, want)
		}
	}
}

func TestCopiesOfAllRowsAreTheFile(t *testing.T) {
	for name, test := range map[string]struct {
		d    flatfile.Delimited
		file string
	}{
		"lf":     {abc, "a;b\n1;2\n3;4\n"},
		"cr":     {abc, "a;b\r1;2\r\"\r\";4\r"},
		"bom":    {abc, "\xEF\xBB\xBFa;b\r\n1;2\r\n"},
		"utf-16": {with(abc, func(d *flatfile.Delimited) { d.Charset = "utf-16" }), utf16le("\uFEFFa;b\r\n1;Ċ\r\n")},
		"lone":   {with(abc, func(d *flatfile.Delimited) { d.Charset = "utf-16le" }), utf16le("a;b\n1;") + "\x3d\xd8" + utf16le("\n")},
	} {
		r := flatfile.NewReader(strings.NewReader(test.file), test.d)
		var rows [][]byte
		for rec, err := range r.Records() {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			rows = append(rows, bytes.Clone(rec.Raw()))
		}
		var out bytes.Buffer
		if _, err := test.d.CopyRows(&out, r.Preamble(), slices.Values(rows)); err != nil || out.String() != test.file {
			t.Errorf("%s: got %q, want %q, %v", name, out.String(), test.file, err)
		}
	}
}
