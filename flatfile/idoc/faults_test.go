package idoc_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/idoc"
)

// order writes a small IDoc in a form.
func order(t testing.TB, o idoc.WriteOptions) string {
	t.Helper()
	var b bytes.Buffer
	w := idoc.NewWriter(&b, o)
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for n := range 2 {
		must(w.Begin(map[string]string{"DOCNUM": fmt.Sprintf("%016d", 4711+n), "MANDT": "100", "IDOCTYP": "ORDERS05", "MESTYP": "ORDERS", "SNDPRN": "WEBSHOP"}))
		must(w.Segment("E1EDK01", 1, map[string]string{"CURCY": "SEK", "BELNR": fmt.Sprint("B", n)}))
		must(w.Segment("E1EDKA1", 1, map[string]string{"PARVW": "AG", "NAME1": "KÖPAREN MEKANISKA AB"}))
		must(w.Segment("E1EDP01", 1, map[string]string{"POSEX": "000010", "MENGE": "96.000"}))
		must(w.Segment("E1EDP19", 2, map[string]string{"QUALF": "002", "IDTNR": "EV-77-A"}))
		must(w.Segment("E1EDP19", 2, map[string]string{"QUALF": "003", "IDTNR": "7312345678903"}))
		must(w.Segment("E1EDP01", 1, map[string]string{"POSEX": "000020", "MENGE": "2.000-"}))
	}
	must(w.Flush())
	return b.String()
}

func TestAWrittenIDocHasItsNumbersAndLevels(t *testing.T) {
	out := order(t, idoc.WriteOptions{Form: idoc.Trimmed, LineEnd: "\n"})
	lines := strings.Split(out, "\n")
	for i, want := range []string{
		"EDI_DC40  1000000000000004711",
		"E2EDK01005                    100000000000000471100000100000001    SEK",
		"E2EDKA1003                    100000000000000471100000200000002AG",
		"E2EDP01008                    100000000000000471100000300000002000010     96.000",
		"E2EDP19002                    100000000000000471100000400000303002EV-77-A",
		"E2EDP19002                    1000000000000004711000005000003030037312345678903",
		"E2EDP01008                    100000000000000471100000600000002000020     2.000-",
		"EDI_DC40  1000000000000004712",
	} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d is %q", i+1, lines[i])
		}
	}
}

func TestFaultsOfFlatIDocsAreNamedWithTheirPlace(t *testing.T) {
	good := order(t, idoc.WriteOptions{Form: idoc.Padded})
	trimmed := order(t, idoc.WriteOptions{Form: idoc.Trimmed})
	line := func(text string, n int) int {
		return strings.Index(text, "\r\n")*0 + len(strings.Join(strings.SplitAfter(text, "\r\n")[:n], ""))
	}
	change := func(n, at int, to string) string {
		i := line(good, n) + at
		i += strings.Count(good[line(good, n):i], "Ö")
		return good[:i] + to + good[i+len(to):]
	}
	without := func(n int) string { return good[:line(good, n)] + good[line(good, n+1):] }
	for name, c := range map[string]struct {
		in, says string
		place    string
	}{
		"a segment that is missing":        {without(3), "is the number of no segment that this one could stand in", "PSGNUM"},
		"a control record that is missing": {without(0), "the file begins with E1EDK01, not with a control record", ""},
		"a record that stands there twice": {good[:line(good, 3)] + good[line(good, 2):], "does not come after 000002", "SEGNUM"},
		"a segment number that is none":    {change(2, 49, "0000X2"), `SEGNUM "0000X2" is no number`, "SEGNUM"},
		"a record of another IDoc":         {change(2, 33, "0000000000009999"), "is not 0000000000004711, that of the control record", "DOCNUM"},
		"a parent that is closed":          {change(4, 55, "000001"), "is the number of no segment", "PSGNUM"},
		"a segment in a wrong one":         {change(5, 55, "000004"), "E1EDP19 cannot stand in E1EDP19; it stands in E1EDP01", "PSGNUM"},
		"a level that is not below":        {change(4, 61, "01"), "is not below 02, that of E1EDP01", "HLEVEL"},
		"a segment that nobody knows":      {change(2, 0, "Z2SPECIAL "), "the segment Z1SPECIAL is not known", ""},
		"more than the segment has":        {change(4, 63+300, "NEW"), "goes on behind IDTNR_LONG, the last field known", ""},
		"a byte of another character set":  {strings.Replace(good, "Ö", "\xD6", 1), "byte 0xD6 is not a character of utf-8", "NAME1"},
		"a NUL byte in a field":            {change(2, 63+10, "\x00"), "byte 0x00 is a control character, and no text", "PARTN"},
		"a NUL byte in an odd line":        {change(2, 200, "\x00\r\n"), "error: the line holds a NUL byte; the file may be damaged", ""},
		"two records in a line":            {trimmed[:line(trimmed, 3)-2] + "\r" + trimmed[line(trimmed, 3):], "the line holds a carriage return; two records may stand in it", ""},
	} {
		r := idoc.NewReader(strings.NewReader(c.in), idoc.Options{})
		all := strings.Join(transcript(r), "\n")
		for _, f := range r.Findings() {
			all += "\n" + f.String()
		}
		if !strings.Contains(all, c.says) || c.place != "" && !strings.Contains(all, "field "+c.place) {
			t.Errorf("%s: %s", name, all)
		}
		if !strings.Contains(all, "BELNR=B1") {
			t.Errorf("%s: the second IDoc is not read", name)
		}
	}
}

func TestAControlRecordBeforeRelease4IsRefused(t *testing.T) {
	_, err := open("EDI_DC    800000000000022564530C").Read()
	if !errors.Is(err, idoc.ErrRelease) || !strings.Contains(err.Error(), "release before 4.0") || !strings.Contains(err.Error(), "WE21") {
		t.Fatal(err)
	}
}

func TestAFileThatIsCutIsFound(t *testing.T) {
	for _, form := range []idoc.Form{idoc.Endless, idoc.XML} {
		good := order(t, idoc.WriteOptions{Form: form})
		lines := transcript(open(good[:len(good)-300]))
		if !strings.Contains(lines[len(lines)-1], "error") {
			t.Errorf("form %d: %q", form, lines)
		}
	}
}

func TestOldCharacterSetsAreDeclared(t *testing.T) {
	o := idoc.WriteOptions{Form: idoc.Endless, Charset: "iso-8859-1"}
	in := order(t, o)
	r := idoc.NewReader(strings.NewReader(in), idoc.Options{Charset: "iso-8859-1"})
	if diff := cmp.Diff(transcript(open(order(t, idoc.WriteOptions{}))), transcript(r)); diff != "" || !strings.Contains(in, "K\xD6PAREN") {
		t.Error(diff)
	}
}

func TestSegmentsOfACustomerAreDescribed(t *testing.T) {
	custom := idoc.Custom{Name: "Z1ITEM", Parent: "E1EDP01", Fields: []idoc.Field{{Name: "COLOUR", Length: 10}, {Name: "SIZE", Length: 4}}}
	d, err := idoc.Standard().With("ORDERS05", custom)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []idoc.Form{idoc.Padded, idoc.Exact, idoc.Trimmed, idoc.Endless, idoc.XML} {
		var b bytes.Buffer
		w := idoc.NewWriter(&b, idoc.WriteOptions{Form: form, Definitions: d})
		err := errors.Join(w.Begin(map[string]string{"DOCNUM": "1", "IDOCTYP": "ORDERS05", "CIMTYP": "ZORDERS"}), w.Segment("E1EDP01", 1, nil), w.Segment("Z1ITEM", 2, map[string]string{"COLOUR": "blå", "SIZE": "XL"}), w.Flush())
		if err != nil {
			t.Fatal(err)
		}
		lines := transcript(idoc.NewReader(&b, idoc.Options{Definitions: d}))
		if len(lines) != 3 || lines[2] != "2 Z1ITEM COLOUR=blå SIZE=XL" {
			t.Errorf("form %d: %q", form, lines)
		}
	}
	for _, bad := range []idoc.Custom{{Name: "z1"}, {Name: "Z1A", Parent: "E1NOPE"}, {Name: "Z1A", Fields: []idoc.Field{{Name: "A", Length: 0}}}, {Name: "Z1A", Fields: []idoc.Field{{Name: "A", Length: 1001}}}} {
		if _, err := idoc.Standard().With("ORDERS05", bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func TestWritersRefuseWhatReadersWouldNotReadBack(t *testing.T) {
	type call struct {
		name   string
		level  int
		values map[string]string
	}
	for want, c := range map[string]call{
		"it is 4 long, and the field is 3":                   {"E1EDK01", 1, map[string]string{"CURCY": "EURO"}},
		"the segment has no such field":                      {"E1EDK01", 1, map[string]string{"PRICE": "1"}},
		"the segment is not known":                           {"E1NONE", 1, nil},
		"it cannot stand at the top":                         {"E1EDP19", 1, nil},
		"there is no segment of level 1":                     {"E1EDP19", 2, nil},
		"blanks around a value":                              {"E1EDK01", 1, map[string]string{"BELNR": " 1"}},
		"it holds a line end":                                {"E1EDK01", 1, map[string]string{"BELNR": "1\n2"}},
		"release 008 of the segment does not have the field": {"E1EDP01", 1, map[string]string{"MATNR_LONG": "X"}},
	} {
		var b bytes.Buffer
		w := idoc.NewWriter(&b, idoc.WriteOptions{Form: idoc.Exact})
		if err := w.Begin(map[string]string{"DOCNUM": "1", "IDOCTYP": "ORDERS05"}); err != nil {
			t.Fatal(err)
		}
		before := b.Len()
		err := w.Segment(c.name, c.level, c.values)
		if _, ok := errors.AsType[*flatfile.ValueError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", c, err)
		}
		if err := w.Flush(); err != nil || b.Len() < before || len(transcript(idoc.NewReader(&b, idoc.Options{}))) != 1 {
			t.Errorf("%+v: something of it was written", c)
		}
	}
	if err := idoc.NewWriter(&bytes.Buffer{}, idoc.WriteOptions{}).Segment("E1EDK01", 1, nil); err == nil {
		t.Error("a segment without a control record is written")
	}
	if err := idoc.NewWriter(&bytes.Buffer{}, idoc.WriteOptions{}).Begin(map[string]string{"DOCNUM": "12A", "IDOCTYP": "ORDERS05"}); err == nil {
		t.Error("a number of letters is written")
	}
}

// FuzzReader reads anything: no panic, an end, and the same however the bytes come.
func FuzzReader(f *testing.F) {
	for _, form := range []idoc.Form{idoc.Padded, idoc.Exact, idoc.Trimmed, idoc.Endless, idoc.XML} {
		f.Add([]byte(order(f, idoc.WriteOptions{Form: form})))
	}
	f.Add([]byte("EDI_DC40  100"))
	f.Add([]byte("<a><IDOC><EDI_DC40><IDOCTYP>ORDERS05</IDOCTYP></EDI_DC40><E1EDP01><E1EDP19/></E1EDP01></IDOC></a>"))
	d := idoc.Standard()
	f.Fuzz(func(t *testing.T, data []byte) {
		first := transcript(idoc.NewReader(bytes.NewReader(data), idoc.Options{Definitions: d, MaxIDoc: 1 << 16}))
		if second := transcript(idoc.NewReader(iotest.HalfReader(bytes.NewReader(data)), idoc.Options{Definitions: d, MaxIDoc: 1 << 16})); !slices.Equal(first, second) {
			t.Fatalf("%q\nbut\n%q", first, second)
		}
	})
}
