package mapping_test

import (
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// What integrators report as going wrong, for the formats whose records are trees; the cases of workbooks stand in
// flatfile/xlsx.
func TestPitfallsOfTreesAreSaidAndNeverGuessed(t *testing.T) {
	const head = "format: xml\nroot: Stock\ndocument: {kind: stock, each: Item}\nmap:\n  sku: SKU\n"
	for _, c := range []struct{ pitfall, mapping, file, documents, said string }{
		{"half-written file", head, "<Stock><Item><SKU>A</SKU></Item><Item><SK", `{"kind":"stock","sku":"A"}`, "the file ends within a tag"},
		{"declared set and content differ", head, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Stock><Item><SKU>M\xFCller</SKU></Item><Item><SKU>B</SKU></Item></Stock>", `{"kind":"stock","sku":"B"}`, "a byte here is not a character of utf-8"},
		{"UTF-16 declared in a file of bytes", head, "<?xml version=\"1.0\" encoding=\"UTF-16\"?><Stock/>", "", "the file declares UTF-16, and its bytes are utf-8"},
		{"UTF-16 declared in a file of bytes, and the mapping knows", head + "charset: utf-8\n", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><Stock><Item><SKU>A</SKU></Item></Stock>", `{"kind":"stock","sku":"A"}`, ""},
		{"decimal sign of another region", head + "  on_hand: N\n", "<Stock><Item><SKU>A</SKU><N>1,5</N></Item></Stock>", "", `"1,5" is not a number`},
		{"empty is not zero", head + "  on_hand: N\n", "<Stock><Item><SKU>A</SKU><N/></Item><Item><SKU>B</SKU><N>0</N></Item><Item><SKU>C</SKU></Item></Stock>",
			"{\"kind\":\"stock\",\"sku\":\"A\",\"on_hand\":null}\n{\"kind\":\"stock\",\"sku\":\"B\",\"on_hand\":0}\n{\"kind\":\"stock\",\"sku\":\"C\"}", ""},
		{"sentinel dates", head + "  counted_at: {path: D, as: {date: \"2006-01-02\"}}\n", "<Stock><Item><SKU>A</SKU><D>0000-00-00</D></Item></Stock>", "", `"0000-00-00" is not a date or time`},
		{"an element that nobody knows", head, "<Stock><Item><SKU>A</SKU><Colour>red</Colour></Item></Stock>", `{"kind":"stock","sku":"A"}`, "no line of the mapping takes /Stock/Item/Colour"},
		{"a name in another case", head, "<Stock><Item><Sku>A</Sku></Item></Stock>", "", "sku is missing"},
		{"two values for one field", head, "<Stock><Item><SKU>A</SKU><SKU>B</SKU></Item></Stock>", "", `sku has a second value "B", the first was "A"`},
		{"another namespace than agreed", head, "<Stock xmlns=\"urn:new\"><Item><SKU>A</SKU></Item></Stock>", "", `declare the namespace that the file uses: "urn:new"`},
		{"another document in the same folder", head, "<Order/>", "", "the root element is Order without a namespace, not Stock"},
		{"leading zeros and long numbers", strings.Replace(head, "format: xml\nroot: Stock\ndocument: {kind: stock, each: Item}", "format: json\ndocument: {kind: stock, each: items}", 1) + "  on_hand: N\n",
			`{"items":[{"SKU":"00123","N":12345678901234567890.123}]}`, `{"kind":"stock","sku":"00123","on_hand":12345678901234567890.123}`, ""},
		{"scientific notation", strings.Replace(head, "format: xml\nroot: Stock\ndocument: {kind: stock, each: Item}", "format: json\ndocument: {kind: stock, each: items}", 1) + "  on_hand: N\n",
			`{"items":[{"SKU":"A","N":1.23E+2},{"SKU":"B","N":1E+99}]}`, `{"kind":"stock","sku":"A","on_hand":123}`, `"1E+99" is not a number`},
		{"the same name twice in JSON", "format: json\ndocument: stock\nmap:\n  sku: SKU\n", `[{"SKU":"A","SKU":"B"},{"SKU":"C"}]`, `{"kind":"stock","sku":"C"}`, `the name "SKU" stands twice`},
	} {
		m := compileTree(t, reorder(c.mapping))
		docs, said := readAnyway(m, c.file)
		if strings.TrimSpace(docs) != c.documents || !strings.Contains(said, c.said) {
			t.Errorf("%s: documents\n%s\nsaid\n%s", c.pitfall, docs, said)
		}
	}
}

// reorder puts keys of the top that a case added behind its fields before them.
func reorder(src string) string {
	lines := strings.SplitAfter(src, "\n")
	var top, rest strings.Builder
	inMap := false
	for _, l := range lines {
		if inMap = strings.HasPrefix(l, "map:") || inMap && strings.HasPrefix(l, "  "); inMap {
			rest.WriteString(l)
		} else {
			top.WriteString(l)
		}
	}
	return top.String() + rest.String()
}

// readAnyway gives the documents of a file and everything that was said, an error that ended the reading too.
func readAnyway(m *mapping.Mapping, file string) (docs, said string) {
	var b, words strings.Builder
	found, err := m.ReadRows(strings.NewReader(file), "", mapping.ReadOptions{Emit: func(d *document.Document) error {
		b.Write(append(d.AppendJSON(nil), '\n'))
		return nil
	}})
	for _, f := range found {
		words.WriteString(f.String() + "\n")
	}
	if err != nil {
		words.WriteString(err.Error())
	}
	return b.String(), words.String()
}
