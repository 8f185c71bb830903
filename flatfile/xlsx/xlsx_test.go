package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xlsx"
)

// workbook makes a workbook by other means than the package's own writer.
func workbook(t testing.TB, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read gives the rows as texts, and the faults.
func read(t testing.TB, file []byte, o xlsx.Options) (rows, faults []string, last error) {
	t.Helper()
	r, err := xlsx.NewReader(bytes.NewReader(file), o)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	r.SetFile("STOCK.XLSX")
	for rec, err := range r.Records() {
		if row, ok := errors.AsType[*flatfile.RowError](err); ok {
			for _, f := range row.Findings {
				faults = append(faults, f.String())
			}
			continue
		}
		if err != nil {
			return rows, faults, err
		}
		var values []string
		for i := range rec.Fields() {
			text, _ := rec.Text(i)
			values = append(values, text)
		}
		rows = append(rows, strings.Join(values, "|"))
	}
	return rows, faults, nil
}

func stockBook(f *excelize.File) error {
	date, zeros := "dd.mm.yyyy", "0000000000000"
	dates, err1 := f.NewStyle(&excelize.Style{CustomNumFmt: &date})
	gtin, err2 := f.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
	return errors.Join(err1, err2,
		f.SetCellValue("Sheet1", "A1", "Lagerbestand November"),
		f.MergeCell("Sheet1", "A1", "D1"),
		f.SetSheetRow("Sheet1", "A3", &[]any{"Artikel-\nnummer", "Bestand", "Gezählt am", "EAN", "Preis"}),
		f.SetSheetRow("Sheet1", "A4", &[]any{"00123", 12.5, 46350.0, 12345678901.0, 0.1 + 0.2}),
		f.SetSheetRow("Sheet1", "A6", &[]any{"BG-2", 4006381333931.0, 46350.75, "0012345678905", 1e-5}),
		f.SetCellStyle("Sheet1", "C4", "C6", dates), f.SetCellStyle("Sheet1", "D4", "D4", gtin))
}

func TestCellsComeAsPeopleSeeThem(t *testing.T) {
	file := workbook(t, stockBook)
	rows, faults, err := read(t, file, xlsx.Options{Columns: []flatfile.Column{{Name: "Artikel- nummer", Required: true}, {Name: "Bestand", Required: true}}})
	want := "[00123|12.5|2026-11-24|0012345678901|0.3 BG-2|4006381333931|2026-11-24T18:00:00|0012345678905|0.00001]"
	if err != nil || len(faults) > 0 || fmt.Sprint(rows) != want {
		t.Errorf("%q\n%q %v", rows, faults, err)
	}
	rows, _, _ = read(t, file, xlsx.Options{HeaderRow: 3, Decimal: ',', Columns: []flatfile.Column{{Name: "Gezählt am"}}, Layouts: map[string]string{"Gezählt am": "02.01.2006 15:04"}})
	if len(rows) != 2 || !strings.HasPrefix(rows[0], "00123|12,5|24.11.2026 00:00|") {
		t.Errorf("with a layout: %q", rows)
	}
}

func TestPlacesNameSheetAndCell(t *testing.T) {
	r, err := xlsx.NewReader(bytes.NewReader(workbook(t, stockBook)), xlsx.Options{Columns: []flatfile.Column{{Name: "Bestand", Required: true}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.SetFile("S.XLSX")
	rec, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	if p := rec.Place(r.Column("Bestand")); p.String() != "S.XLSX:4 (record 1, field Bestand, Sheet1!B4)" {
		t.Error(p)
	}
}

func TestTheDaysOf1904AreReckoned(t *testing.T) {
	file := workbook(t, func(f *excelize.File) error {
		yes := true
		date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		return errors.Join(err, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}), f.SetSheetRow("Sheet1", "A1", &[]any{"Tag"}),
			f.SetCellValue("Sheet1", "A2", 44888.0), f.SetCellStyle("Sheet1", "A2", "A2", date))
	})
	if rows, _, err := read(t, file, xlsx.Options{}); err != nil || fmt.Sprint(rows) != "[2026-11-24]" {
		t.Error(rows, err)
	}
}

func TestFaultyCellsCostTheirRowOnly(t *testing.T) {
	file := workbook(t, func(f *excelize.File) error {
		date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		return errors.Join(err, f.SetSheetRow("Sheet1", "A1", &[]any{"SKU", "N"}),
			f.SetSheetRow("Sheet1", "A2", &[]any{"A", 1}), f.SetSheetRow("Sheet1", "A3", &[]any{"B"}), f.SetCellFormula("Sheet1", "B3", "1+1"),
			f.SetSheetRow("Sheet1", "A4", &[]any{"C", 60.0}), f.SetCellStyle("Sheet1", "B4", "B4", date),
			f.SetSheetRow("Sheet1", "A5", &[]any{"D", 5}), f.SetSheetRow("Sheet1", "A6", &[]any{"E", 6}), f.MergeCell("Sheet1", "B5", "B6"),
			f.SetSheetRow("Sheet1", "A7", &[]any{"F", 7}), f.SetRowVisible("Sheet1", 7, false))
	})
	rows, faults, err := read(t, file, xlsx.Options{})
	if err != nil || fmt.Sprint(rows) != "[A|1 F|7]" || len(faults) != 4 {
		t.Fatalf("%q %q %v", rows, faults, err)
	}
	for i, want := range []string{"Sheet1!B3): error: the formula has no stored value", "Sheet1!B4): error: 29 February 1900", "Sheet1!B5): error: the cell is merged with others: B5:B6", "merged"} {
		if !strings.Contains(faults[i], want) {
			t.Errorf("%s, want %s", faults[i], want)
		}
	}
	rows, _, _ = read(t, file, xlsx.Options{Merged: xlsx.FillMerged, SkipHidden: true})
	if fmt.Sprint(rows) != "[A|1 D|5 E|5]" {
		t.Errorf("filled: %q", rows)
	}
}

func TestTheSheetIsChosenByNameOrIsTheFirstInSight(t *testing.T) {
	file := workbook(t, func(f *excelize.File) error {
		_, err := f.NewSheet("Lager Süd")
		return errors.Join(err, f.SetCellValue("Sheet1", "A1", "x"), f.SetSheetRow("Lager Süd", "A1", &[]any{"SKU"}), f.SetSheetRow("Lager Süd", "A2", &[]any{"S-1"}),
			f.SetSheetVisible("Lager Süd", true), func() error { f.SetActiveSheet(1); return f.SetSheetVisible("Sheet1", false) }())
	})
	if rows, _, err := read(t, file, xlsx.Options{}); err != nil || fmt.Sprint(rows) != "[S-1]" {
		t.Error(rows, err)
	}
	if _, _, err := read(t, file, xlsx.Options{Sheet: "Lager Sud"}); err == nil || !strings.Contains(err.Error(), "did you mean Lager Süd?") {
		t.Error(err)
	}
}

func TestWhatIsNoWorkbookSaysSo(t *testing.T) {
	good := workbook(t, stockBook)
	bomb := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, _ := z.Create("xl/worksheets/sheet1.xml")
		_, _ = io.CopyN(w, zeros{}, 64<<20)
		_ = z.Close()
		return b.Bytes()
	}()
	for _, c := range []struct {
		name, want string
		file       []byte
		o          xlsx.Options
		cause      error
	}{
		{"empty", "no bytes", nil, xlsx.Options{}, flatfile.ErrEmpty},
		{"CSV", "no zip archive", []byte("a;b\n1;2\n"), xlsx.Options{}, xlsx.ErrWorkbook},
		{"xls", "old xls workbook", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...), xlsx.Options{}, xlsx.ErrWorkbook},
		{"cut off", "the archive cannot be read", good[:len(good)/2], xlsx.Options{}, flatfile.ErrTruncated},
		{"bomb", "times its size", bomb, xlsx.Options{}, flatfile.ErrTooLong},
		{"too long", "longer than 100 bytes", good, xlsx.Options{MaxFile: 100}, flatfile.ErrTooLong},
		{"unpacks to too much", "unpacks to more than 1000 bytes", good, xlsx.Options{MaxUnpacked: 1000}, flatfile.ErrTooLong},
		{"no such header", "none of the first", good, xlsx.Options{Columns: []flatfile.Column{{Name: "Farbe", Required: true}}}, xlsx.ErrWorkbook},
	} {
		_, _, err := read(t, c.file, c.o)
		if !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	_, _, err := read(t, good, xlsx.Options{Columns: []flatfile.Column{{Name: "Bestand"}, {Name: "Preise", Required: true}}})
	if whole, ok := errors.AsType[*flatfile.FileError](err); !ok || !strings.Contains(whole.Error(), "did you mean Preis?") {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestNothingIsLeftInTheTemporaryFolder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	_, _, _ = read(t, workbook(t, stockBook), xlsx.Options{})
	_, _, _ = read(t, []byte("PK\x03\x04 broken"), xlsx.Options{})
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	_ = os.Remove(dir)
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []xlsx.Cell {
			return []xlsx.Cell{
				{Text: rapid.StringMatching(`[ -~äöüß€]{0,20}`).Draw(t, "text")},
				{Kind: xlsx.Number, Text: rapid.StringMatching(`-?(0|[1-9][0-9]{0,7})(\.[0-9]{0,6}[1-9])?`).Draw(t, "number")},
				{Kind: xlsx.Day, At: time.Date(rapid.IntRange(1901, 2200).Draw(t, "year"), 3, rapid.IntRange(1, 28).Draw(t, "day"), 0, 0, 0, 0, time.UTC)},
				{Kind: xlsx.Time, At: time.Date(2026, 1, 1, 0, 0, rapid.IntRange(1, 86399).Draw(t, "second"), 0, time.UTC)},
			}
		}), 1, 5).Draw(t, "rows")
		var b, again bytes.Buffer
		for _, out := range []io.Writer{&b, &again} {
			w := xlsx.NewWriter(out, xlsx.WriterOptions{Columns: []string{"Text", "Number", "Day", "Time"}})
			for _, row := range rows {
				if err := w.Write(row); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Fatal("the same rows give other bytes")
		}
		r, err := xlsx.NewReader(bytes.NewReader(b.Bytes()), xlsx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for i, row := range rows {
			rec, err := r.Read()
			if err != nil {
				t.Fatal(i, err)
			}
			number := strings.Replace(row[1].Text, "-0", "0", 1)
			if strings.HasPrefix(row[1].Text, "-0.") {
				number = row[1].Text
			}
			for k, want := range []string{row[0].Text, number, row[2].At.Format("2006-01-02"), row[3].At.Format("2006-01-02T15:04:05")} {
				if got, _ := rec.Text(k); got != want {
					t.Fatalf("row %d: %q, want %q", i, got, want)
				}
			}
		}
	})
}

func TestWriterRefusesWhatExcelWouldChange(t *testing.T) {
	w := xlsx.NewWriter(io.Discard, xlsx.WriterOptions{Columns: []string{"A"}})
	for _, c := range []xlsx.Cell{
		{Kind: xlsx.Number, Text: "1234567890123456.7"}, {Text: strings.Repeat("x", 40_000)}, {Text: "a\x01"}, {Kind: xlsx.Day, At: time.Date(1899, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if _, ok := errors.AsType[*flatfile.ValueError](w.Write([]xlsx.Cell{c})); !ok {
			t.Errorf("%.20v is taken", c)
		}
	}
	if err := xlsx.NewWriter(io.Discard, xlsx.WriterOptions{Columns: []string{"A", "a"}}).Close(); !errors.Is(err, flatfile.ErrOptions) {
		t.Error(err)
	}
}

func TestFailedRowsComeBackAsAWorkbook(t *testing.T) {
	file := workbook(t, stockBook)
	o := xlsx.Options{Columns: []flatfile.Column{{Name: "Bestand", Required: true}}}
	var out bytes.Buffer
	if n, err := xlsx.CopyFailed(&out, bytes.NewReader(file), o, func(row int) bool { return row == 6 }); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	rows, faults, err := read(t, out.Bytes(), o)
	if err != nil || len(faults) > 0 || fmt.Sprint(rows) != "[BG-2|4006381333931|2026-11-24T18:00:00|0012345678905|0.00001]" {
		t.Errorf("%q %q %v", rows, faults, err)
	}
}
