package flatfile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

func TestHeaderFaultsAreAllSaidAtOnce(t *testing.T) {
	stock := flatfile.Delimited{Delimiter: ';', Header: true, Columns: []flatfile.Column{
		{Name: "sku", Aliases: []string{"Artikelnr", "ArtNr"}, Required: true},
		{Name: "Bestand", Required: true},
		{Name: "Preis"},
	}}
	for _, test := range []struct {
		name, file string
		want       []string
	}{
		{"in any order, blanks around names", " Preis ;Bestand;ArtNr\n1;2;3\n", []string{"[1|2|3]"}},
		{"missing, with a near name", "Artikelnr;Bstand\n1;2\n", []string{
			`1:1 (field Bestand): error: column "Bestand" is missing; the header has "Bstand": add it as an alias if that is the same [flatfile.column-missing]`,
			`1:11 (field Bstand): note: column "Bstand" is not known and not read [flatfile.column-extra]`,
			"[1|2]"}},
		{"missing, with none near", "Artikelnr;Farbe\n", []string{
			`1:1 (field Bestand): error: column "Bestand" is missing; the header has Artikelnr, Farbe [flatfile.column-missing]`,
			`1:11 (field Farbe): note: column "Farbe" is not known and not read [flatfile.column-extra]`}},
		{"another delimiter", "sku,Bestand\n", []string{
			`1:1 (field sku): error: column "sku" is missing; the header is one field with "," in it: is that the delimiter? [flatfile.column-missing]`,
			`1:1 (field Bestand): error: column "Bestand" is missing; the header is one field with "," in it: is that the delimiter? [flatfile.column-missing]`,
			`1:1 (field sku,Bestand): note: column "sku,Bestand" is not known and not read [flatfile.column-extra]`}},
		{"twice", "sku;Bestand;sku\n", []string{
			`1:13 (field sku): error: column "sku" stands in the header twice, as column 1 and 3; give each column a name of its own, or read the file without its header, by position [flatfile.column-duplicate]`}},
		{"two names for one column", "sku;Bestand;Artikelnr\n", []string{
			`1:13 (field Artikelnr): error: "sku" and "Artikelnr" both stand for column "sku"; take one of the two names out of the aliases [flatfile.column-duplicate]`}},
		{"without a name", "sku;Bestand;\n1;2;3\n", []string{"[1|2|3]", `1:13 (field 3): note: column 3 has no name [flatfile.column-unnamed]`}},
		{"a quote that should not be there", "sku;Be\"stand;Bestand\n", []string{
			`1:7 (field 2): error: a quote stands within a field; put the field into quotes and double the quote, or tolerate stray quotes [flatfile.stray-quote]`,
			`1:5 (field Be"stand): note: column "Be\"stand" is not known and not read [flatfile.column-extra]`}},
		{"a byte that is no character", "sku;Bestand;Gr\xF6\xDFe\n", []string{
			`1:15 (field 3): error: byte 0xF6 is not a character of utf-8; it is 'ö' in windows-1252: declare that if the file is written so [flatfile.charset]`,
			"1:13 (field Gr��e): note: column \"Gr��e\" is not known and not read [flatfile.column-extra]"}},
	} {
		for way, in := range ways(test.file) {
			if diff := cmp.Diff(test.want, transcript(flatfile.NewReader(in, stock))); diff != "" {
				t.Errorf("%s, %s: %s", test.name, way, diff)
			}
		}
	}
}

func TestTheFirstOfTwoEqualColumnsIsNamed(t *testing.T) {
	r := flatfile.NewReader(strings.NewReader("a;b;a\n"), abc)
	if err := r.ReadHeader(); err == nil {
		t.Fatal("not refused")
	}
	first := r.Findings()[0].Related
	if first == nil || first.Column != 1 || first.Field != "a" {
		t.Errorf("%+v", first)
	}
}

func TestColumnsAreAskedForBeforeTheFirstRow(t *testing.T) {
	r := flatfile.NewReader(strings.NewReader("\xEF\xBB\xBFReport\r\n\r\nLager;Menge;Gr\xC3\xB6\xC3\x9Fe\r\n"), flatfile.Delimited{
		Delimiter: ';', Header: true, Skip: 1,
		Columns: []flatfile.Column{{Name: "Bestand", Aliases: []string{"Menge", "Anzahl"}}},
	})
	if err := r.ReadHeader(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Lager", "Menge", "Größe"}, r.Header()); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]int{"Lager": 0, "Menge": 1, "Bestand": 1, "Anzahl": 1, "Größe": 2, "lager": -1, "": -1} {
		if got := r.Column(name); got != want {
			t.Errorf("column %q is %d, want %d", name, got, want)
		}
	}
	if got, want := string(r.Preamble()), "\xEF\xBB\xBFReport\r\nLager;Menge;Gr\xC3\xB6\xC3\x9Fe\r\n"; got != want {
		t.Errorf("preamble %q, want %q", got, want)
	}
}

func TestWithoutHeaderColumnsAreNamedByPosition(t *testing.T) {
	r := flatfile.NewReader(strings.NewReader("A;1;x\nB;2\n"), flatfile.Delimited{Delimiter: ';', Columns: []flatfile.Column{{Name: "sku"}, {Name: "qty", Aliases: []string{"Menge"}}, {}}})
	if i := r.Column("Menge"); i != 1 {
		t.Errorf("Menge is column %d", i)
	}
	want := []string{"[A|1|x]", "2:4 (record 2, field 3): error: the record has 2 of 3 fields: field 3 is missing; mend the row, or tolerate short rows [flatfile.row-short]"}
	if diff := cmp.Diff(want, transcript(r)); diff != "" {
		t.Error(diff)
	}
}

func TestPlacesInAFileOfTwoByteUnitsCountItsBytes(t *testing.T) {
	r := flatfile.NewReader(strings.NewReader(utf16le("\uFEFFa;b\r\nx😀;\"q\nr\";z\r\n")), flatfile.Delimited{Delimiter: ';', Charset: "utf-16", Columns: nil})
	var rec *flatfile.Record
	for range 2 {
		var err error
		if rec, err = r.Read(); err != nil {
			t.Fatal(err)
		}
	}
	want := []finding.Place{
		{Offset: 12, Length: 6, Line: 2, Column: 1, Record: 2, Field: "1"},
		{Offset: 20, Length: 10, Line: 2, Column: 9, Record: 2, Field: "2"},
		{Offset: 32, Length: 2, Line: 3, Column: 7, Record: 2, Field: "3"},
	}
	for i, w := range want {
		if diff := cmp.Diff(w, rec.Place(i)); diff != "" {
			t.Errorf("field %d: %s", i+1, diff)
		}
	}
	if got, want := string(rec.Raw()), utf16le("x😀;\"q\nr\";z\r\n"); got != want {
		t.Errorf("raw % X, want % X", got, want)
	}
}

func TestACloneOutlivesTheNextRead(t *testing.T) {
	r := flatfile.NewReader(strings.NewReader("\"a\"\"\";b\nccccc;ddd\n"), flatfile.Delimited{Delimiter: ';'})
	rec, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	kept := rec.Clone()
	if _, err := r.Read(); err != nil {
		t.Fatal(err)
	}
	if got := values(kept); got != `[a"|b]` {
		t.Errorf("the clone became %s", got)
	}
	if kept.Number() != 1 || kept.Place(1).Column != 7 {
		t.Errorf("%d %+v", kept.Number(), kept.Place(1))
	}
}

func TestMissingEmptyAndQuotedAreThree(t *testing.T) {
	r := flatfile.NewReader(strings.NewReader("a;b;c\n;\"\"\n"), with(abc, func(d *flatfile.Delimited) { d.ShortRows = true }))
	rec, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	if !rec.Has(0) || rec.Bytes(0) == nil || rec.Quoted(0) {
		t.Error("the first is empty")
	}
	if !rec.Has(1) || len(rec.Bytes(1)) != 0 || !rec.Quoted(1) {
		t.Error("the second is empty in quotes")
	}
	if rec.Has(2) || rec.Bytes(2) != nil || rec.Place(2).Field != "c" || rec.Place(2).Column != 4 {
		t.Errorf("the third is missing: %+v", rec.Place(2))
	}
}

func TestCharacterSetsAreFoundByTheNamesInUse(t *testing.T) {
	for name, want := range map[string]string{
		"": "utf-8", "UTF8": "utf-8", "ANSI": "windows-1252", "cp1252": "windows-1252", "Windows 1252": "windows-1252", "latin1": "iso-8859-1",
		"ISO_8859-15": "iso-8859-15", "CP850": "ibm850", "IBM-437": "ibm437", "pc8": "ibm437", "UTF-16LE": "utf-16le",
	} {
		r := flatfile.NewReader(strings.NewReader("x"), flatfile.Delimited{Charset: name})
		if got := r.Charset(); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestEverySetReadsTheUmlautsThatItHas(t *testing.T) {
	for charset, bytes := range map[string]string{
		"windows-1252": "\xC5\xE4\xF6\xFC\xDF\x80", "iso-8859-15": "\xC5\xE4\xF6\xFC\xDF\xA4", "ibm850": "\x8F\x84\x94\x81\xE1",
		"ibm437": "\x8F\x84\x94\x81\xE1", "ibm858": "\x8F\x84\x94\x81\xE1\xD5", "utf-8": "Åäöüß€", "utf-16le": utf16le("Åäöüß€"),
	} {
		rec, err := flatfile.NewReader(strings.NewReader(bytes), flatfile.Delimited{Charset: charset}).Read()
		if err != nil {
			t.Fatal(err)
		}
		text, err := rec.Text(0)
		if err != nil || !strings.HasPrefix("Åäöüß€", text) || len(text) < len("Åäöüß") {
			t.Errorf("%s: %q, %v", charset, text, err)
		}
	}
}
