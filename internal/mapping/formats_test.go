package mapping_test

import (
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// worked is one example of docs/formats.md: what its fences hold, by their kind.
type worked struct {
	title  string
	fences map[string]string
}

// workedExamples reads docs/formats.md. A fence says in its first line what it holds: "```yaml mapping".
func workedExamples(t *testing.T) []worked {
	t.Helper()
	text, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []worked
	kind := ""
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "```") && kind != "":
			kind = ""
		case strings.HasPrefix(line, "```"):
			kind = strings.TrimSpace(strings.TrimPrefix(line, "```"))
		case kind != "":
			all[len(all)-1].fences[kind] += line
		case strings.HasPrefix(line, "## "):
			all = append(all, worked{strings.TrimSpace(line[3:]), map[string]string{}})
		}
	}
	return all
}

// file gives the bytes of an example's file.
func (w worked) file(t *testing.T) string {
	t.Helper()
	if digits, ok := w.fences["hex file"]; ok {
		b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if cells, ok := w.fences["cells file"]; ok {
		return workbookOf(t, cells)
	}
	for kind, text := range w.fences {
		if strings.HasSuffix(kind, " file") {
			return encodedAs(t, text)
		}
	}
	t.Fatal("the example has no file")
	return ""
}

func TestWorkedExamplesOfFormatsHoldBothWays(t *testing.T) {
	examples := workedExamples(t)
	if len(examples) < 5 {
		t.Fatalf("docs/formats.md has %d examples", len(examples))
	}
	for _, w := range examples {
		t.Run(w.title, func(t *testing.T) {
			m, found := mapping.Compile([]byte(w.fences["yaml mapping"]), mapping.Environment{File: "docs/formats.md"})
			if m == nil || len(found) > 0 {
				t.Fatal(found)
			}
			in := w.file(t)
			docs, found := readWorked(t, m, in)
			if found.HasErrors() {
				t.Fatal(found)
			}
			if diff := cmp.Diff(strings.TrimSpace(w.fences["json documents"]), strings.Join(docs, "\n")); diff != "" {
				t.Fatal(diff)
			}
			var all []*document.Document
			for _, text := range docs {
				d, err := document.ParseJSON([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, d)
			}
			out, found, err := m.Encode(all, mapping.WriteOptions{Envelope: workedEnvelope})
			if err != nil || found.HasErrors() {
				t.Fatal(found, err)
			}
			if _, ok := w.fences["cells file"]; ok {
				again, _, found := readText(t, m, string(out))
				if diff := cmp.Diff(docs, again); diff != "" || found.HasErrors() {
					t.Fatal(diff, found)
				}
				return
			}
			want := in
			for kind, text := range w.fences {
				if strings.HasSuffix(kind, " written") {
					want = text
				}
			}
			if diff := cmp.Diff(want, string(out)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// readWorked reads an example's file. An interchange is read message by message.
func readWorked(t *testing.T, m *mapping.Mapping, in string) (docs []string, found finding.List) {
	t.Helper()
	if m.Format() != mapping.EDIFACT {
		docs, _, found = readText(t, m, in)
		return docs, found
	}
	all, found := readMessages(t, m, []byte(in), mapping.ReadOptions{})
	for _, d := range all {
		docs = append(docs, string(d.AppendJSON(nil)))
	}
	return docs, found
}

// encodedAs turns an example's file into the character set that it declares.
func encodedAs(t *testing.T, text string) string {
	if !strings.Contains(text, `encoding="iso-8859-1"`) && !strings.Contains(text, "UNB+UNOC") {
		return text
	}
	out, err := charmap.ISO8859_1.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// workbookOf makes a workbook of rows with | between cells and # behind numbers and dates, by other means than ours.
func workbookOf(t *testing.T, cells string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	err = errors.Join(err, f.SetSheetName("Sheet1", "Lager"))
	for i, row := range strings.Split(strings.TrimSpace(cells), "\n") {
		for k, text := range strings.Split(row, "|") {
			at, _ := excelize.CoordinatesToCellName(k+1, i+1)
			digits, typed := strings.CutSuffix(text, "#")
			number, notNumber := strconv.ParseFloat(digits, 64)
			day, notDay := time.Parse("2006-01-02", digits)
			switch {
			case typed && notNumber == nil:
				err = errors.Join(err, f.SetCellValue("Lager", at, number))
			case typed && notDay == nil:
				err = errors.Join(err, f.SetCellValue("Lager", at, day), f.SetCellStyle("Lager", at, at, date))
			default:
				err = errors.Join(err, f.SetCellStr("Lager", at, text))
			}
		}
	}
	var b strings.Builder
	if err = errors.Join(err, f.Write(&b)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// workedEnvelope is what the examples are written with, where a format has an envelope.
var workedEnvelope = mapping.Envelope{Sender: "7300020000008", SenderQualifier: "14", Recipient: "7300010000001", RecipientQualifier: "14", Newline: "\n", Control: "4711", Time: time.Date(2026, 3, 2, 14, 30, 15, 0, time.UTC)}
