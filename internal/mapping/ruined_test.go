package mapping_test

import (
	"strings"
	"testing"
)

func TestWhatASpreadsheetRuinedIsFound(t *testing.T) {
	m := compiledText(t, "format: delimited\ndelimiter: \";\"\ndocument: {kind: stock, each: row}\nmap: {sku: SKU, gtin: EAN, on_hand: N}\n")
	for row, want := range map[string]string{
		"A;7,31235E+12;1":   `error: gtin is "7,31235E+12": a spreadsheet made that of a longer number`,
		"7.31E+12;;1":       `error: sku is "7.31E+12"`,
		"A;7612345678900;1": "", // as it is
		"A;12345678905;1":   "warning: gtin has 11 digits: with the zeros that a spreadsheet drops it would be the GTIN 0012345678905",
		"A;12345678904;1":   "", // no GTIN with zeros either
		"A;345678906;1":     "",
		"-7,31E+12 ;;1":     `error: sku is`,
		"E+A;;1":            "", // an article number of letters
	} {
		docs, _, found := readText(t, m, "SKU;EAN;N\n"+row+"\n")
		all := ""
		for _, f := range found {
			all += f.String()
		}
		if want == "" && all != "" || !strings.Contains(all, want) || strings.Contains(want, "error") == (len(docs) == 1) {
			t.Errorf("%s: %q, %d documents", row, all, len(docs))
		}
	}
}
