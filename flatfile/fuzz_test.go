package flatfile_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/flatfile"
)

// fuzzed gives the options that a byte chooses.
func fuzzed(choice uint16) flatfile.Delimited {
	bit := func(n int) bool { return choice>>n&1 == 1 }
	d := flatfile.Delimited{Delimiter: ';', MaxRecord: 1 << 12, Header: bit(0), OneLine: bit(1), StrayQuotes: bit(2), ShortRows: bit(3), TrailingDelimiter: bit(4), TrustBOM: bit(5)}
	if bit(6) {
		d.Quote = flatfile.NoQuote
	}
	if bit(7) {
		d.Comment = "#"
	}
	if bit(8) {
		d.Skip = 1
	}
	d.Charset = []string{"utf-8", "windows-1252", "utf-16", "utf-16le"}[choice>>9&3]
	if bit(11) {
		d.Escape = '\\'
	}
	if bit(12) && d.Charset != "windows-1252" {
		d.Delimiter = '§'
	}
	if bit(13) {
		d.Formulas = flatfile.FormulaEscape
	}
	if bit(14) && !d.Header {
		d.Types = []flatfile.RowType{{Name: "head", Value: "H", Columns: []flatfile.Column{{Name: "type"}, {Name: "number"}}}, {Name: "line", Value: "L", Columns: []flatfile.Column{{Name: "type"}}}}
	}
	d.SepLine, d.LongRows = bit(15), bit(15)
	return d
}

// FuzzReader reads anything: it comes to an end without panic, says the same however the bytes come, keeps its places
// within the file, and what it read can be written and read again as it was.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"a;b\r\n\"x;y\";\"z\"\"\"\n\n1;2;3\r", "\xEF\xBB\xBFa;b\n\"open", "a;b\n1\" x;\"y\"z\n#c\n\x1a", "\xFF\xFEa\x00;\x00b\x00\n\x00\x3d\xd8", "a;a;\n\x00\x00", "",
		"sep=|\na|b\n", "a\\;b;\"c\\\"d\"\\\n;e\n", "a§b§\"c§\"§'=1\n", "H;1\nL\nX;2\n",
	} {
		for choice := range uint16(12) {
			f.Add([]byte(seed), choice*171)
			f.Add([]byte(seed), uint16(1)<<(choice+4))
		}
	}
	f.Add([]byte("\xfe\xff\xff\xfe"), uint16(1636)) // what is one set's character is another's byte order mark
	f.Fuzz(func(t *testing.T, data []byte, choice uint16) {
		d := fuzzed(choice)
		var first []string
		for way, in := range ways(string(data)) {
			said := transcript(flatfile.NewReader(in, d))
			if first == nil {
				first = said
			}
			if !slices.Equal(first, said) {
				t.Fatalf("%s:\n%q\nbut\n%q", way, said, first)
			}
		}
		rows := checkPlaces(t, data, d)
		if len(rows) > 0 {
			checkWrittenAgain(t, rows, flatfile.Delimited{Delimiter: d.Delimiter, Charset: d.Charset, Escape: d.Escape, Formulas: d.Formulas, SepLine: d.SepLine, Quote: d.Quote})
		}
	})
}

// checkPlaces reads a file and compares what stands at the places with the bytes of the fields. It gives the good rows.
func checkPlaces(t *testing.T, data []byte, d flatfile.Delimited) [][]string {
	var rows [][]string
	r := flatfile.NewReader(bytes.NewReader(data), d)
	for rec, err := range r.Records() {
		if rec == nil {
			continue
		}
		where := rec.Where()
		if raw := rec.Raw(); !strings.Contains(d.Charset, "16") && !bytes.Equal(raw[:where.Length], data[where.Offset:][:where.Length]) {
			t.Fatalf("record %d is not at %+v", rec.Number(), where)
		}
		var row []string
		for i := range rec.Fields() {
			p := rec.Place(i)
			if p.Offset < where.Offset || p.Offset+int64(p.Length) > int64(len(data)) {
				t.Fatalf("%+v is outside the file", p)
			}
			if b := rec.Bytes(i); rec.Raw() != nil && r.Charset() != "utf-16le" && r.Charset() != "utf-16be" && !rec.Quoted(i) && d.Escape == 0 && d.Formulas == 0 && !bytes.Equal(b, data[p.Offset:][:p.Length]) {
				t.Fatalf("%q is not at %+v", b, p)
			}
			text, err := rec.Text(i)
			if err != nil {
				row = nil
				break
			}
			row = append(row, text)
		}
		if err == nil && row != nil {
			rows = append(rows, row)
		}
	}
	return rows
}

// checkWrittenAgain writes rows and reads them back.
func checkWrittenAgain(t *testing.T, rows [][]string, d flatfile.Delimited) {
	if d.Charset == "utf-16" {
		d.Charset = "utf-16be"
	}
	var out bytes.Buffer
	w := flatfile.NewWriter(&out, d)
	var want [][]string
	for _, row := range rows {
		err := w.Write(row)
		if _, ok := errors.AsType[*flatfile.ValueError](err); ok {
			continue // a control character, or a character of another set by its byte order mark
		}
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, row)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if len(want) == 0 {
		return
	}
	got, faults, err := read(flatfile.NewReader(&out, d))
	if err != nil || len(faults) > 0 || !slices.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("written %q, read %q, %v, %v", want, got, faults, err)
	}
}

// FuzzFixedReader reads anything by a layout: no panic, and the same however the bytes come.
func FuzzFixedReader(f *testing.F) {
	f.Add([]byte("H000012K\xF6ln      SEK\r\nLBG-1    0000096 ST\n\x1a"), uint8(0))
	f.Add([]byte("öüÄß \nabÄ12\nab\xFFÄ12\n"), uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, choice uint8) {
		l := orders
		l.Characters, l.ShortRows, l.MaxRecord = choice&1 == 1, choice&4 == 4, 1<<10
		if choice&2 == 2 {
			l.Charset = "utf-8"
		}
		if choice&8 == 8 && !l.Characters {
			l.Length = 20
		}
		var first []string
		for way, in := range ways(string(data)) {
			said := transcript(flatfile.NewFixedReader(in, l))
			if first == nil {
				first = said
			}
			if !slices.Equal(first, said) {
				t.Fatalf("%s:\n%q\nbut\n%q", way, said, first)
			}
		}
	})
}
