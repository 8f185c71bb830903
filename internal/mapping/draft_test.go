package mapping_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/flatfile/sniff"
	"github.com/batchgate/batchgate/internal/mapping"
)

// A guess is right where its draft, once a person has named a column, compiles and reads the file.
func TestDraftsOfGuessesCompile(t *testing.T) {
	for _, w := range workedExamples(t) {
		m, _ := mapping.Compile([]byte(w.fences["yaml mapping"]), mapping.Environment{})
		if m == nil || m.Format() == mapping.EDIFACT || m.Format() == mapping.XLSX {
			continue
		}
		t.Run(w.title, func(t *testing.T) {
			g := sniff.Look([]byte(w.file(t)), true)
			if g.Format != m.Format() {
				t.Fatalf("guessed %s, it is %s: %q", g.Format, m.Format(), g.Evidence)
			}
			if g.Format != mapping.Delimited && g.Format != mapping.Fixed || len(g.Records) == 0 {
				return
			}
			first := regexp.MustCompile(`columns: \[(?:mark, )?"?([^\],"]*)`).FindStringSubmatch(g.Draft())
			place := "field1"
			switch {
			case g.Header:
				place = g.Records[0].Columns[0].Name
			case first != nil:
				place = first[1]
			}
			field := "sku"
			if record := regexp.MustCompile(`each: (\w+)}`).FindStringSubmatch(g.Draft()); record != nil && record[1] != "row" {
				place, field = record[1]+"."+place, "number"
			}
			text := strings.Replace(g.Draft(), "# sku: ...", field+": "+place, 1)
			read, found := mapping.Compile([]byte(text), mapping.Environment{})
			if read == nil {
				t.Fatalf("%v\n%s", found, text)
			}
			if docs, _, found := readText(t, read, w.file(t)); len(docs) == 0 {
				t.Errorf("%v\n%s", found, text)
			}
		})
	}
}
