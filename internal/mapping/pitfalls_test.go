package mapping_test

import (
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/mapping"
)

// The cases are those that integrators report of files; each names what is said about it. "" is nothing to say.
func TestPitfallsOfFilesAreNamed(t *testing.T) {
	csv := func(options string) string {
		return "format: delimited\ndelimiter: \";\"\n" + options + "document: {kind: stock, each: row}\nmap: {sku: SKU, on_hand: {path: N, as: {decimal: \",\"}}, counted_at: {path: D, as: {date: \"02.01.2006\"}}}\n"
	}
	fixed := func(options string) string {
		return "format: fixed\n" + options + "layout: {sku: 1-5, n: {at: 6-9, number: packed, decimals: 2, sign: true}}\ndocument: {kind: stock, each: row}\nmap: {sku: sku, on_hand: n}\n"
	}
	for name, c := range map[string]struct {
		mapping, in string
		docs        int
		says        string
	}{
		"half-written file: a cut record of fixed length":   {fixed("record: 9\n"), "EV-77\x00\x01\x25\x0CEV-78\x00", 1, "the file ends after 6 of the 9 bytes of a record"},
		"half-written file: cut within quotes":              {csv(""), "SKU;N;D\nA;1;02.03.2026\n\"B;2", 1, "the file ends within the quotes opened here"},
		"an empty file":                                     {csv(""), "", 0, "the file is empty: 0 bytes"},
		"encodings: a character set that is another":        {csv(""), "SKU;N;D\nGr\xFCn;1;02.03.2026\nB;1;02.03.2026\n", 1, "byte 0xFC is not a character of utf-8; it is 'ü' in windows-1252"},
		"encodings: a byte order mark of another set":       {csv("charset: windows-1252\n"), "\xEF\xBB\xBFSKU;N;D\nA;1;02.03.2026\n", 0, "the file begins with the byte order mark of utf-8, but windows-1252 is declared"},
		"encodings: one that is trusted":                    {csv("charset: windows-1252\ntrust_bom: true\n"), "\xEF\xBB\xBFSKU;N;D\nÄ;1;02.03.2026\n", 1, "is read as utf-8 by its byte order mark"},
		"EBCDIC: packed fields that a text transfer ruined": {fixed("charset: cp278\nrecord: 9\n"), "\xC5\xE5\x60\xF7\xF7\x00\x01\x25\x29", 0, "fetch the file as binary"},
		"EBCDIC: zoned signs that became letters":           {"format: fixed\nlayout: {sku: 1-5, n: {at: 6-9, number: display, sign: overpunch}}\ndocument: {kind: stock, each: row}\nmap: {sku: sku, on_hand: n}\n", "EV-77012}\n", 1, ""},
		"blanks in packed fields are no zero":               {fixed("charset: cp278\nrecord: 9\n"), "\xC5\xE5\x60\xF7\xF7\x40\x40\x40\x40", 1, ""},
		"decimal sign: another one than declared":           {csv(""), "SKU;N;D\nA;1.5;02.03.2026\nB;1,5;02.03.2026\n", 1, `"1.5" is not a number; the decimal mark is declared as ','`},
		"decimal sign: thousands":                           {csv(""), "SKU;N;D\nA;1.234,50;02.03.2026\n", 1, ""},
		"sign place: behind the number":                     {csv(""), "SKU;N;D\nA;14,53-;02.03.2026\n", 1, ""},
		"sign place: around the number, not declared":       {csv(""), "SKU;N;D\nA;(14,53);02.03.2026\n", 0, `"(14,53)" is not a number`},
		"locale exports: a date of another region":          {csv(""), "SKU;N;D\nA;1;03/02/2026\n", 0, "is not a date or time in the form DD.MM.YYYY"},
		"dates: one that is none":                           {csv(""), "SKU;N;D\nA;1;31.02.2026\n", 0, "is not a date or time"},
		"Excel: numbers of many digits":                     {csv(""), "SKU;N;D\n7,31E+12;1;02.03.2026\n", 0, "a spreadsheet made that of a longer number"},
		"quotes: in the middle of a field":                  {csv(""), "SKU;N;D\n5\" bolt;1;02.03.2026\nB;1;02.03.2026\n", 1, "a quote stands within a field"},
		"quotes: tolerated by name":                         {csv("stray_quotes: true\n"), "SKU;N;D\n5\" bolt;1;02.03.2026\n", 1, "a quote stands within a field"},
		"quotes: a newline within":                          {csv(""), "SKU;N;D\n\"A\nB\";1;02.03.2026\n", 1, ""},
		"different column counts: too few":                  {csv(""), "SKU;N;D\nA;1\nB;1;02.03.2026\n", 1, "the record has 2 of 3 fields: field D is missing"},
		"different column counts: too many":                 {csv(""), "SKU;N;D\nA;1;02.03.2026;x\nB;1;02.03.2026\n", 1, "the record has 4 fields, not 3"},
		"different column counts: more, tolerated":          {csv("long_rows: true\n"), "SKU;N;D\nA;1;02.03.2026;x\n", 1, "the record has 4 fields, not 3"},
		"header drift: a column in the middle":              {csv(""), "SKU;X;N;D\nA;y;1;02.03.2026\n", 1, `column "X" is not known and not read`},
		"header drift: a required column is gone":           {csv(""), "Art;N;D\nA;1;02.03.2026\n", 0, `column "SKU" is missing`},
		"empty versus zero":                                 {csv(""), "SKU;N;D\nA;;\nB;0;\n", 2, ""},
		"another delimiter by sep=":                         {csv(""), "sep=,\nSKU,N,D\nA,1,02.03.2026\n", 0, "the file begins with sep=,"},
		"the wrong delimiter":                               {csv(""), "SKU,N,D\nA,1,02.03.2026\n", 0, `the header is one field with "," in it: is that the delimiter?`},
		"a damaged file: zero bytes":                        {csv(""), "SKU;N;D\nA\x00;1;02.03.2026\nB;1;02.03.2026\n", 1, "the record holds a NUL byte"},
		"an end mark of old systems":                        {csv(""), "SKU;N;D\nA;1;02.03.2026\n\x1a", 1, "end-of-file mark 0x1A skipped"},
		"mixed line ends":                                   {csv(""), "SKU;N;D\r\nA;1;02.03.2026\nB;2;02.03.2026\r\n", 2, "line ends are mixed from here on"},
		"an IDoc of an old release":                         {"format: idoc\nbasic: ORDERS05\ndocument: order\nmap: {number: E1EDK01.BELNR}\n", "EDI_DC    100", 0, "of a release before 4.0"},
	} {
		docs, _, found := readText(t, compiledText(t, c.mapping), c.in)
		all := ""
		for _, f := range found {
			all += f.String() + "\n"
		}
		if len(docs) != c.docs || !strings.Contains(all, c.says) || c.says == "" && all != "" {
			t.Errorf("%s: %d documents %q\n%s", name, len(docs), docs, all)
		}
	}
	if _, found := mapping.Compile([]byte(csv("charset: latin-99\n")), mapping.Environment{}); !strings.Contains(found.Error(), `"latin-99" is not known`) {
		t.Error(found)
	}
}
