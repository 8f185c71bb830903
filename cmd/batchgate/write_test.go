package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

const headedFixed = `format: fixed
charset: windows-1252
line_end: crlf
layout: {sku: 1-8, stock: 9-14}
document: {kind: stock, each: row}
map: {sku: sku, on_hand: {path: stock, as: {decimal: "."}}}
`

const typedRows = `format: delimited
delimiter: ";"
records:
  head: {mark: H, columns: [mark, number]}
  line: {mark: L, columns: [mark, sku, quantity]}
document: {kind: order, each: head}
map:
  number: head.number
  lines: {each: line, sku: line.sku, quantity: line.quantity}
`

// TestWriteGivesBackTheBytesThatReadTook writes files in their usual form: what read shows is all that stands in them.
func TestWriteGivesBackTheBytesThatReadTook(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"fixed.yaml": headedFixed, "typed.yaml": typedRows} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		file        string
		read, write []string
	}{
		"rows":           {"a;b\r\n1;\"x;y\"\r\n;\"say \"\"so\"\"\"\r\n", nil, nil},
		"rows, no names": {"1|M\xFCller\n2|\n", []string{"--no-header", "--delimiter", "|", "--charset", "windows-1252"}, []string{"--delimiter", "|", "--charset", "windows-1252", "--newline", "lf"}},
		"fixed width":    {"BG-1      12.5\r\nM\xFCller      -3\r\n", []string{"--mapping", "fixed.yaml"}, []string{"--mapping", "fixed.yaml"}},
		"types of rows":  {"H;100\r\nL;BG-1;2\r\nL;BG-2;3\r\n", []string{"--mapping", "typed.yaml"}, []string{"--mapping", "typed.yaml"}},
		"json":           {`{"a":[{"x":1.50,"y":"z/~"},{"x":null,"l":[]}],"b":true,"c":{"0":"no element"},"d":[[],[[1]]]}` + "\n", nil, nil},
		"json lines":     {"{\"a\":1}\n{\"a\":{\"b\":\"\"}}\n", []string{"--lines"}, []string{"--lines"}},
		"json records":   {`{"data":{"items":[{"n":1},{"n":2}]}}` + "\n", []string{"--record", "data.items"}, nil},
		"xml": {`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Stock xmlns="urn:s" xmlns:x="urn:x" x:day="1"><Item No="1"><SKU>A &amp; B</SKU><x:Note/></Item><Item><SKU>2</SKU><SKU>3</SKU></Item></Stock>` + "\n",
			nil, nil},
		"xml records": {`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Stock><Item No="1"/><Item><SKU>2</SKU></Item></Stock>` + "\n", []string{"--record", "Stock/Item"}, nil},
	} {
		status, lines, talk := command(t, c.file, append([]string{"read", "-"}, inFolder(dir, c.read)...)...)
		if status != exitDone || talk != "" {
			t.Errorf("%s: read: status %d, %s", name, status, talk)
		}
		status, out, talk := command(t, lines, append([]string{"write", "-"}, inFolder(dir, c.write)...)...)
		if status != exitDone || out != c.file || talk != "" {
			t.Errorf("%s: status %d, %s\ngot  %q\nwant %q", name, status, talk, out, c.file)
		}
	}
}

// inFolder puts names of mappings into a folder.
func inFolder(dir string, args []string) (all []string) {
	for _, a := range args {
		if strings.HasSuffix(a, ".yaml") {
			a = filepath.Join(dir, a)
		}
		all = append(all, a)
	}
	return all
}

func TestWriteMakesAWorkbookOfRows(t *testing.T) {
	_, lines, _ := command(t, "sku;stock\r\n00123;5\r\nBG-2;\r\n", "read", "-")
	status, book, talk := command(t, lines, "write", "-", "--as", "xlsx")
	if status != exitDone || talk != "" {
		t.Fatalf("status %d, %s", status, talk)
	}
	_, back, talk := command(t, book, "read", "-")
	if got, want := valuesOf(t, back), [][]string{{"00123", "5"}, {"BG-2", ""}}; cmp.Diff(want, got) != "" || talk != "" {
		t.Errorf("%s%s", cmp.Diff(want, got), talk)
	}
	status, _, talk = command(t, lines+`{"record":3,"values":["a","b","c"]}`, "write", "-", "--as", "xlsx")
	if status != exitFailed || !strings.Contains(talk, "line 3: record 3: 3 values, but the first row has 2 columns") {
		t.Errorf("status %d, %s", status, talk)
	}
}

// valuesOf gives the values of lines of rows.
func valuesOf(t *testing.T, lines string) (all [][]string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		var row rowLine
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		all = append(all, row.Values)
	}
	return all
}

const idocLines = `{"idoc":1,"segment":"EDI_DC40","number":0,"level":0,"values":[{"path":"DOCNUM","value":"0000000000000042"},{"path":"DOCREL","value":"740"},{"path":"DIRECT","value":"2"},{"path":"IDOCTYP","value":"ORDERS05"},{"path":"MESTYP","value":"ORDERS"},{"path":"SNDPRN","value":"SHOP"}]}
{"idoc":1,"segment":"E1EDK01","number":1,"level":1,"values":[{"path":"CURCY","value":"EUR"},{"path":"BELNR","value":"10234"}]}
{"idoc":1,"segment":"E1EDP01","number":2,"level":1,"values":[{"path":"POSEX","value":"000010"},{"path":"MENGE","value":"2"}]}
{"idoc":1,"segment":"E1EDP19","number":3,"level":2,"values":[{"path":"QUALF","value":"002"},{"path":"IDTNR","value":"BG-1001"}]}
`

func TestWriteMakesIDocsInEveryForm(t *testing.T) {
	want := []string{"E1EDK01 1 CURCY=EUR BELNR=10234", "E1EDP01 1 POSEX=000010 MENGE=2", "E1EDP19 2 QUALF=002 IDTNR=BG-1001"}
	for _, form := range []string{"padded", "exact", "trimmed", "endless", "xml"} {
		status, file, talk := command(t, idocLines, "write", "-", "--form", form)
		if status != exitDone || talk != "" {
			t.Errorf("%s: status %d, %s", form, status, talk)
		}
		status, back, talk := command(t, file, "read", "-")
		if got := segmentsOf(t, back); status != exitDone || cmp.Diff(want, got) != "" {
			t.Errorf("%s: status %d, %s%s", form, status, talk, cmp.Diff(want, got))
		}
	}
	bad := strings.Replace(idocLines, "ORDERS05", "ORDERS99", 1) + strings.Replace(idocLines, "10234", strings.Repeat("x", 36), 1)
	status, out, talk := command(t, bad, "write", "-")
	if status != exitFailed || strings.Count(talk, "\n") != 2 || !strings.Contains(talk, "line 1:") || !strings.Contains(talk, "line 6:") || strings.Count(out, "\n") != 3 {
		t.Errorf("a refused control record takes its IDoc along, a refused segment itself alone: status %d, %s%s", status, talk, out)
	}
	if status, _, _ := command(t, idocLines, "write", "-", "--form", "pdf"); status != exitUsage {
		t.Errorf("status %d", status)
	}
}

// segmentsOf gives name, level and values of the data segments in lines.
func segmentsOf(t *testing.T, lines string) (all []string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		var seg idocLine
		if err := json.Unmarshal([]byte(line), &seg); err != nil {
			t.Fatal(err)
		}
		if seg.Number == 0 {
			continue
		}
		text := seg.Segment + " " + string(rune('0'+seg.Level))
		for _, v := range seg.Values {
			text += " " + v.Path + "=" + v.Value
		}
		all = append(all, text)
	}
	return all
}

func TestWriteSaysWhatIsNoLineOfRead(t *testing.T) {
	for line, want := range map[string]string{
		`{"record":1}`: "none that read gives",
		`{"format":"json","record":1,"values":[{"path":"/a","value":"01","type":"number"}]}`:                                 "/a:",
		`{"format":"json","record":1,"values":[{"path":"/a","value":"yes","type":"boolean"}]}`:                               `"yes" is no value of the type "boolean"`,
		`{"format":"json","record":1,"values":[{"path":"a","value":"x"}]}`:                                                   "begins with a slash",
		`{"format":"xml","values":[{"path":"/a","value":"x"}]}` + "\n" + `{"format":"xml","values":[]}`:                      "line 2: place.path is missing",
		`{"format":"xml","namespaces":{"p":"urn:p"},"values":[{"path":"/p:a","value":"x"},{"path":"/p:a/q:b","value":"x"}]}`: "/p:a/q:b:",
		`{"format":"xml","record":1,"values":[{"path":"/a b","value":"x"}],"place":{}}`:                                      "/a b:",
	} {
		if status, _, talk := command(t, line, "write", "-"); status != exitFailed || !strings.Contains(talk, want) {
			t.Errorf("%s: status %d, %s", line, status, talk)
		}
	}
	if status, _, talk := command(t, `{"values":[{}]}`, "write", "-", "--as", "xlsx"); status != exitFailed || !strings.Contains(talk, "line 1:") {
		t.Errorf("no row: status %d, %s", status, talk)
	}
}

// TestWriteGivesBackWhatStandsInTheXMLSamples reads, writes and reads the samples beside the checkout: the values are the same.
func TestWriteGivesBackWhatStandsInTheXMLSamples(t *testing.T) {
	files := sharedtest.Files(t, "samples/*/*.xml")
	compared := 0
	for _, name := range files {
		_, lines, _ := command(t, "", "read", name)
		if !strings.Contains(lines, `{"format":"xml"`) {
			continue // an IDoc, or one that does not end
		}
		status, file, talk := command(t, lines, "write", "-")
		if status != exitDone || talk != "" {
			t.Errorf("%s: status %d, %s", name, status, talk)
		}
		_, back, _ := command(t, file, "read", "-")
		if diff := cmp.Diff(treesOf(t, lines), treesOf(t, back), cmp.AllowUnexported(treeRecord{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		compared++
	}
	if compared < 100 {
		t.Errorf("only %d of %d files were compared", compared, len(files))
	}
}

// treesOf gives the records of lines without their places.
func treesOf(t *testing.T, lines string) (all []treeRecord) {
	t.Helper()
	for line := range strings.Lines(lines) {
		var rec treeRecord
		if err := json.Unmarshal([]byte(line), &rec); err != nil {
			t.Fatal(err)
		}
		for i := range rec.Values {
			rec.Values[i].Place = finding.Place{}
		}
		all = append(all, treeRecord{Namespaces: rec.Namespaces, Values: rec.Values})
	}
	return all
}

// FuzzWrite wants that no lines make write panic, and that XML and JSON that it writes have no fault.
func FuzzWrite(f *testing.F) {
	f.Add(`{"format":"xml","namespaces":{"":"urn:s"},"values":[{"path":"/S/I[1]/@n","value":"1"},{"path":"/S/I[1]/a","value":"x"},{"path":"/S/I[2]","value":""}]}`, "")
	f.Add(`{"format":"json","values":[{"path":"/a/0/x","value":"1.5","type":"number"},{"path":"/a/1","value":"","type":"null"},{"path":"/b","value":"","type":"array"}]}`, "")
	f.Add(`{"record":1,"names":["a","b"],"values":["1","x;y"]}`+"\n"+`{"record":2,"values":["2"]}`, "xlsx")
	f.Add(`{"tag":"UNB","elements":[[["UNOC","3"]]]}`+"\n"+`{"tag":"UNZ"}`, "")
	f.Add(idocLines, "")
	f.Fuzz(func(t *testing.T, lines, as string) {
		var file, talk bytes.Buffer
		status := run(t.Context(), []string{"write", "-", "--as=" + as}, streams{strings.NewReader(lines), &file, &talk})
		tree := strings.HasPrefix(file.String(), "<?xml") || strings.HasPrefix(file.String(), "{")
		if status != exitDone || !tree || isIDoc(bufio.NewReader(bytes.NewReader(file.Bytes()))) {
			return
		}
		if status, _, talk := command(t, file.String(), "validate", "-"); status != exitDone {
			t.Errorf("%s\nbecame %s\n%s", lines, file.String(), talk)
		}
	})
}
