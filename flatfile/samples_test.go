package flatfile_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

func TestSampleWithAQuoteLeftOpenCostsItsRowOnly(t *testing.T) {
	file := sharedtest.Read(t, "samples/csv/omni-single-row.csv")
	d := flatfile.Delimited{Delimiter: '|', Header: true, OneLine: true}
	rows, faults, err := read(flatfile.NewReader(strings.NewReader(file), d))
	if err != nil || len(rows) != 2 || len(faults) != 3 {
		t.Fatalf("%d rows, %q, %v", len(rows), faults, err)
	}
	for i, want := range []string{"3:4 (record 2, field HIGH TEMP C): error: the record has 1 of 9 fields", "4:37 (record 3, field NOTE): error: the quotes opened here are not closed", "4:81 (record 3, field LAT)"} {
		if !strings.HasPrefix(faults[i], want) {
			t.Errorf("got %s, want %s", faults[i], want)
		}
	}
	d.OneLine = false
	if _, _, err := read(flatfile.NewReader(strings.NewReader(file), d)); !errors.Is(err, flatfile.ErrTruncated) {
		t.Errorf("without one line a record: %v", err)
	}
}

func TestSamplesOfSeveralRecordTypesAreRead(t *testing.T) {
	for name, want := range map[string][]int{
		"csv/omni-fixed-multi-row.csv":          {4, 4, 4, 4},
		"csv/omni-headerfooter.csv":             {1, 4, 4, 1, 1, 4, 1},
		"csv/omni-nested-H-L.csv":               {4, 7, 7, 4, 7, 7},
		"as400/cpytoimpf-default-synthetic.csv": {6, 6, 6},
	} {
		file := sharedtest.Read(t, "samples/"+name)
		d := flatfile.Delimited{Charset: "windows-1252"}
		rows, faults, err := read(flatfile.NewReader(strings.NewReader(file), d))
		if err != nil || len(faults) > 0 {
			t.Errorf("%s: %q %v", name, faults, err)
		}
		var got []int
		for _, row := range rows {
			got = append(got, len(row))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if strings.HasPrefix(name, "as400") && (rows[0][4] != "KÖPAREN MEKANISKA AB" || rows[1][3] != `Fäste 5" galvat`) {
			t.Errorf("%s: %q %q", name, rows[0][4], rows[1][3])
		}
	}
}

func TestEverySampleIsCopiedByteForByte(t *testing.T) {
	for _, name := range []string{
		"csv/omni-fixed-multi-row.csv", "csv/omni-headerfooter.csv", "csv/omni-nested-H-L.csv", "as400/cpytoimpf-default-synthetic.csv",
		"pyramid/vendre-style-order-synthetic.txt",
	} {
		file := sharedtest.Read(t, "samples/"+name)
		d := flatfile.Delimited{Charset: "windows-1252"}
		checkCopy(t, name, file, flatfile.NewReader(strings.NewReader(file), d), func(out *bytes.Buffer, preamble []byte, rows [][]byte) error {
			_, err := d.CopyRows(out, preamble, slices.Values(rows))
			return err
		})
	}
	for _, name := range []string{
		"fixedwidth/omni-header-footer.txt", "fixedwidth/omni-single-row.txt", "fixedwidth/sap-simpleplain2xml-tc1.txt", "fixedwidth/sap-simpleplain2xml-tc5.txt",
		"fixedwidth/sap-structureplaintoxml-tc5.txt", "as400/fixed-cp1252-trailing-minus-synthetic.txt",
	} {
		file := sharedtest.Read(t, "samples/"+name)
		l := flatfile.Layout{Charset: "windows-1252", Types: []flatfile.RecordType{{Name: "any"}}}
		checkCopy(t, name, file, flatfile.NewFixedReader(strings.NewReader(file), l), func(out *bytes.Buffer, preamble []byte, rows [][]byte) error {
			_, err := l.CopyRows(out, preamble, slices.Values(rows))
			return err
		})
	}
}

// checkCopy reads a file and copies all its records: that is the file, but for the line end that its last line may lack.
func checkCopy(t *testing.T, name, file string, r *flatfile.Reader, copyRows func(*bytes.Buffer, []byte, [][]byte) error) {
	t.Helper()
	var rows [][]byte
	for rec, err := range r.Records() {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rows = append(rows, bytes.Clone(rec.Raw()))
	}
	var out bytes.Buffer
	if err := copyRows(&out, r.Preamble(), rows); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if got := out.String(); got != file && strings.TrimRight(got, "\r\n") != strings.TrimRight(strings.ReplaceAll(file, "\n\n", "\n"), "\r\n") {
		t.Errorf("%s: the copy is another file:\n%q\n%q", name, got, file)
	}
}

func TestTheSameDataInTwoFormatsGiveTheSameValues(t *testing.T) {
	delimited, fixed := sharedtest.Read(t, "samples/fixedwidth/sap-simpleplain2xml-tc4.txt"), sharedtest.Read(t, "samples/fixedwidth/sap-simpleplain2xml-tc2.txt")
	want, faults, err := read(flatfile.NewReader(strings.NewReader(delimited), flatfile.Delimited{Header: true}))
	if err != nil || len(faults) > 0 || len(want) != 3 {
		t.Fatalf("%q %q %v", want, faults, err)
	}
	at := 0
	row := flatfile.RecordType{Length: 63}
	for i, n := range []int{6, 10, 10, 3, 3, 4, 4, 15, 8} {
		row.Fields = append(row.Fields, flatfile.FixedField{Name: string(rune('A' + i)), At: at, Length: n})
		at += n
	}
	got, faults, err := read(flatfile.NewFixedReader(strings.NewReader(fixed), flatfile.Layout{Types: []flatfile.RecordType{row}}))
	if err != nil || len(faults) > 0 {
		t.Fatalf("%q %v", faults, err)
	}
	for _, row := range want {
		for i := range row {
			row[i] = strings.TrimRight(row[i], " ")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSampleOfAnOldSystemIsReadByItsTypes(t *testing.T) {
	file := sharedtest.Read(t, "samples/as400/fixed-cp1252-trailing-minus-synthetic.txt")
	l := flatfile.Layout{Charset: "windows-1252", Types: []flatfile.RecordType{
		{Name: "head", Value: "H", Fields: []flatfile.FixedField{{Name: "customer", At: 1, Length: 7}, {Name: "order", At: 8, Length: 10}, {Name: "date", At: 18, Length: 8}, {Name: "name", At: 26, Length: 30}, {Name: "currency", At: 56, Length: 3}}},
		{Name: "line", Value: "L", Fields: []flatfile.FixedField{{Name: "line", At: 1, Length: 5, Pad: '0', Right: true}, {Name: "sku", At: 6, Length: 18}, {Name: "text", At: 24, Length: 30}, {Name: "quantity", At: 54, Length: 11}, {Name: "unit", At: 65, Length: 3}}},
	}}
	want := []string{
		"head[0001007|B104711|20260302|KÖPAREN MEKANISKA AB|SEK]",
		"line[10|EV-77-A|Fäste, galvat|0000009600|ST]",
		"line[20|EV-90|Retur återtag|0000000200-|ST]",
	}
	if diff := cmp.Diff(want, transcript(flatfile.NewFixedReader(strings.NewReader(file), l))); diff != "" {
		t.Error(diff)
	}
}
