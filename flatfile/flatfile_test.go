package flatfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

var german = flatfile.Delimited{Delimiter: ';', Charset: "windows-1252", Header: true,
	Columns: []flatfile.Column{{Name: "Artikelnr", Required: true}, {Name: "Lager", Required: true}, {Name: "Bestand", Aliases: []string{"Menge"}, Required: true}}}

// read gives the values of all good rows, the texts of row faults, and the error that ended the reading.
func read(r *flatfile.Reader) (rows [][]string, faults []string, end error) {
	for rec, err := range r.Records() {
		if row, ok := errors.AsType[*flatfile.RowError](err); ok {
			for _, f := range row.Findings {
				faults = append(faults, f.String())
			}
			continue
		}
		if _, ok := errors.AsType[*flatfile.FileError](err); ok {
			faults = append(faults, err.Error())
			continue
		}
		if err != nil {
			return rows, faults, err
		}
		var row []string
		for i := range rec.Fields() {
			text, err := rec.Text(i)
			if err != nil {
				faults = append(faults, err.Error())
				text = "?"
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return rows, faults, nil
}

func TestAWindowsFileIsReadWithUmlautsAndPlaces(t *testing.T) {
	file := "Artikelnr;Lager;Bestand\r\nBG-1001;K\xF6ln;1.234,00\r\n\"A;\"\"1\"\"\";01;0\r\n"
	r := flatfile.NewReader(strings.NewReader(file), german)
	r.SetFile("STOCK.CSV")
	rec, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	text, err := rec.Text(1)
	if err != nil || text != "Köln" {
		t.Errorf("%q, %v", text, err)
	}
	want := finding.Place{File: "STOCK.CSV", Offset: 33, Length: 4, Line: 2, Column: 9, Record: 1, Field: "Lager"}
	if diff := cmp.Diff(want, rec.Place(1)); diff != "" {
		t.Error(diff)
	}
	rec, err = r.Read()
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := rec.Text(0); text != `A;"1"` {
		t.Errorf("%q", text)
	}
	if _, err := r.Read(); err != io.EOF {
		t.Errorf("%v", err)
	}
}

func TestABrokenRowIsNamedAndItsNeighboursAreRead(t *testing.T) {
	file := "Artikelnr;Lager;Bestand\nA;01;1\nB;01\nC;01;2;x\nD;0\x811;3\nE;01;4\n"
	rows, faults, err := read(flatfile.NewReader(strings.NewReader(file), german))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"A", "01", "1"}, {"D", "?", "3"}, {"E", "01", "4"}}, rows); diff != "" {
		t.Error(diff)
	}
	for i, want := range []string{
		`3:5 (record 2, field Bestand): error: the record has 2 of 3 fields: field Bestand is missing; mend the row, or tolerate short rows [flatfile.row-short]`,
		`4:8 (record 3, field 4): error: the record has 4 fields, not 3; put a value that holds ";" into quotes [flatfile.row-long]`,
		`5:4 (record 4, field Lager): error: byte 0x81 is not a character of windows-1252; it is 'ü' in ibm850: declare that if the file is written so [flatfile.charset]`,
	} {
		if i >= len(faults) || faults[i] != want {
			t.Errorf("fault %d:\n%v\nwant\n%s", i, slices.Concat(faults, []string{"(none)"})[min(i, len(faults))], want)
		}
	}
}

func TestWhatAHeaderLacksAndHasTooMuchIsSaid(t *testing.T) {
	r := flatfile.NewReader(strings.NewReader("Artikelnr;Lagr;Menge;Farbe\nA;01;1;rot\n"), german)
	rows, faults, err := read(r)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%v %v", rows, err)
	}
	if len(faults) != 1 || !strings.Contains(faults[0], `column "Lager" is missing`) || !strings.Contains(faults[0], `the header has "Lagr"`) {
		t.Errorf("%v", faults)
	}
	if r.Column("Bestand") != 2 || r.Column("Menge") != 2 || r.Column("Lager") != -1 {
		t.Error("columns are not found by name and alias")
	}
	if !slices.ContainsFunc(r.Findings(), func(f finding.Finding) bool {
		return f.Severity == finding.Note && strings.Contains(f.Message, `"Farbe" is not known`)
	}) {
		t.Errorf("the extra column is not said: %v", r.Findings())
	}
}

func TestFilesThatEndEarlyAreTold(t *testing.T) {
	for file, want := range map[string]error{"": flatfile.ErrEmpty, "\n\n": flatfile.ErrEmpty, "Artikelnr;Lager;Bestand\nA;\"01;1\n": flatfile.ErrTruncated} {
		if _, _, err := read(flatfile.NewReader(strings.NewReader(file), german)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", file, err, want)
		}
	}
	rows, faults, err := read(flatfile.NewReader(strings.NewReader("Artikelnr;Lager;Bestand\r\n"), german))
	if len(rows)+len(faults) != 0 || err != nil {
		t.Errorf("header alone: %v %v %v", rows, faults, err)
	}
}

func TestARecordBeyondTheLimitEndsTheReading(t *testing.T) {
	d := flatfile.Delimited{MaxRecord: 100}
	_, _, err := read(flatfile.NewReader(strings.NewReader("a\n"+strings.Repeat("x", 1000)), d))
	if !errors.Is(err, flatfile.ErrTooLong) {
		t.Errorf("%v", err)
	}
}

func TestFixedWidthFieldsAndTypes(t *testing.T) {
	l := flatfile.Layout{Charset: "windows-1252", Types: []flatfile.RecordType{
		{Name: "head", Value: "H", Fields: []flatfile.FixedField{{Name: "date", At: 1, Length: 8}}},
		{Name: "item", Value: "I", Fields: []flatfile.FixedField{{Name: "sku", At: 1, Length: 8}, {Name: "qty", At: 9, Length: 6, Pad: '0', Right: true}}},
	}}
	r := flatfile.NewFixedReader(strings.NewReader("H20261125\r\nIBG-1001 000012\r\nX?\r\nIK\xF6ln    000000\r\n"), l)
	var got []string
	for rec, err := range r.Records() {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		line := rec.Type()
		for i := range rec.Fields() {
			text, err := rec.Text(i)
			line += fmt.Sprintf(" %s=%s", rec.Name(i), text)
			if err != nil {
				t.Error(err)
			}
		}
		got = append(got, line)
	}
	want := []string{"head date=20261125", "item sku=BG-1001 qty=12",
		"3:1 (record 3): error: the record is of no type of the layout; add its type to the layout, or check the file [flatfile.record-type]", "item sku=Köln qty=0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestGoldenBytesOfAWriter(t *testing.T) {
	var out bytes.Buffer
	w := flatfile.NewWriter(&out, german)
	for _, row := range [][]string{{"BG-1001", "Köln", "1.234,00"}, {`5" Rohr`, "a;b", ""}} {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if p := w.Place(1); p.Offset != 59 || p.Length != 5 || p.Line != 3 || p.Field != "Lager" {
		t.Errorf("%+v", p)
	}
	err := w.Write([]string{"A", "Łódź", "1"})
	if v, ok := errors.AsType[*flatfile.ValueError](err); !ok || v.Field != "Lager" || v.Record != 3 || !errors.Is(err, flatfile.ErrCharset) {
		t.Errorf("%v", err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "Artikelnr;Lager;Bestand\r\nBG-1001;K\xF6ln;1.234,00\r\n\"5\"\" Rohr\";\"a;b\";\r\n"
	if out.String() != want {
		t.Errorf("got %q\nwant %q", out.String(), want)
	}
}

func TestWhatIsWrittenIsReadBackHoweverItArrives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := flatfile.Delimited{
			Delimiter: rapid.SampledFrom([]rune{',', ';', '\t', '|'}).Draw(t, "delimiter"),
			Charset:   rapid.SampledFrom([]string{"utf-8", "utf-16", "utf-16be"}).Draw(t, "charset"),
			LineEnd:   rapid.SampledFrom([]string{"\r\n", "\n"}).Draw(t, "line end"),
			Quoting:   rapid.SampledFrom([]flatfile.Quoting{flatfile.QuoteNeeded, flatfile.QuoteAlways}).Draw(t, "quoting"),
			BOM:       rapid.Bool().Draw(t, "bom"),
		}
		n := rapid.IntRange(1, 5).Draw(t, "fields")
		value := rapid.StringOf(rapid.RuneFrom([]rune("ab0 äÅ€\";,|\t\r\n'")))
		rows := rapid.SliceOfN(rapid.SliceOfN(value, n, n), 1, 20).Draw(t, "rows")
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
		for name, in := range map[string]io.Reader{"whole": bytes.NewReader(out.Bytes()), "byte by byte": iotest.OneByteReader(bytes.NewReader(out.Bytes()))} {
			got, faults, err := read(flatfile.NewReader(in, d))
			if err != nil || len(faults) > 0 {
				t.Fatalf("%s: %v %v of %q", name, faults, err, out.Bytes())
			}
			if diff := cmp.Diff(rows, got); diff != "" {
				t.Fatalf("%s: %s", name, diff)
			}
		}
	})
}
