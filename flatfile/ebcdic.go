package flatfile

import (
	"strconv"
	"strings"
)

// The code pages are facts of IBM's published tables; how they are told here is our own. x/text has three of them only.
//go:generate go run ./generate -pages $ERP_FORMATS/data/ebcdic-codepages.tsv -out ebcdic_tables.go

// ebcdicName gives the canonical name of a code page.
func ebcdicName(number string) string { return "ibm" + number }

// ebcdicTable gives the characters of an EBCDIC code page by its canonical name, or false.
func ebcdicTable(name string) (table [256]rune, ok bool) {
	for _, page := range ebcdicPages {
		if ebcdicName(page.number) != name {
			continue
		}
		for i := range table {
			table[i] = hexRune(ebcdicBase[2*i : 2*i+2])
		}
		for difference := range strings.FieldsSeq(page.differences) {
			table[hexRune(difference[:2])] = hexRune(difference[2:])
		}
		return table, true
	}
	return table, false
}

// hexRune reads a number of the embedded tables, which a test checks.
func hexRune(s string) rune {
	n, _ := strconv.ParseUint(s, 16, 32)
	return rune(n)
}
