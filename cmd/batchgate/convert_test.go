package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mappings of one stock file in each format.
var mappingsOfStock = map[string]string{
	"csv":  "format: delimited\ndelimiter: \";\"\nline_end: lf\ndocument: {kind: stock, each: row}\nmap:\n  sku: Artikelnr\n  on_hand: {path: Bestand, as: {decimal: \",\"}}\n",
	"xml":  "format: xml\nroot: Stock\ndocument: {kind: stock, each: Item}\nmap:\n  sku: \"@No\"\n  on_hand: OnHand\n",
	"json": "format: json\ndocument: {kind: stock, each: stock.items}\nmap:\n  sku: sku\n  on_hand: qty\n",
	"xlsx": "format: xlsx\ndocument: {kind: stock, each: row}\nmap:\n  sku: SKU\n  on_hand: Menge\n",
}

const stockRows = "Artikelnr;Bestand\n00123;12,5\nBG-2;-3\n"

func TestConvertTurnsAnyFormatIntoAnyOtherAndBack(t *testing.T) {
	dir := t.TempDir()
	for name, text := range mappingsOfStock {
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	by := func(name string) string { return filepath.Join(dir, name+".yaml") }
	for from := range mappingsOfStock {
		status, file, talk := command(t, stockRows, "convert", "-", "--read", by("csv"), "--write", by(from))
		if status != exitDone {
			t.Fatalf("csv to %s: %d %s", from, status, talk)
		}
		for to := range mappingsOfStock {
			status, out, talk := command(t, file, "convert", "-", "--read", by(from), "--write", by(to))
			if status != exitDone {
				t.Fatalf("%s to %s: %d %s", from, to, status, talk)
			}
			if status, back, talk := command(t, out, "convert", "-", "--read", by(to), "--write", by("csv")); status != exitDone || back != stockRows {
				t.Errorf("%s to %s and back to csv: %d %s\n%s", from, to, status, talk, back)
			}
		}
	}
	status, out, _ := command(t, stockRows, "convert", "-", "--read", by("csv"))
	if status != exitDone || out != "{\"kind\":\"stock\",\"sku\":\"00123\",\"on_hand\":12.5}\n{\"kind\":\"stock\",\"sku\":\"BG-2\",\"on_hand\":-3}\n" {
		t.Errorf("%d\n%s", status, out)
	}
	if status, out, _ = command(t, out, "convert", "-", "--write", by("xml")); status != exitDone || !strings.Contains(out, `<Item No="00123">`) {
		t.Errorf("documents to xml: %d\n%s", status, out)
	}
}

func TestConvertSaysWhatItLeavesOutAndNeverWritesOverAFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range mappingsOfStock {
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"convert", "-", "--read", filepath.Join(dir, "csv.yaml"), "--write", filepath.Join(dir, "json.yaml"), "--out", filepath.Join(dir, "S{number}.JSON")}
	status, _, talk := command(t, stockRows+"BG-3;x\n", args...)
	if status != exitFailed || !strings.Contains(talk, `"x" is not a number`) {
		t.Errorf("%d %s", status, talk)
	}
	for _, name := range []string{"S00123.JSON", "SBG-2.JSON"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if status, _, talk := command(t, stockRows, args...); status != exitFailed || !strings.Contains(talk, "is there already") {
		t.Errorf("%d %s", status, talk)
	}
	if status, _, _ := command(t, stockRows, "convert", "-"); status != exitUsage {
		t.Errorf("without mappings: %d", status)
	}
}

const readXML = "<?xml version=\"1.0\"?>\n<s:Stock xmlns:s=\"urn:s\">\n <s:Item No=\"1\"><s:SKU>A &amp; B</s:SKU></s:Item>\n <s:Item><s:SKU>&bad;</s:SKU></s:Item>\n</s:Stock>\n"

func TestReadAndValidateKnowXMLJSONAndWorkbooks(t *testing.T) {
	status, out, talk := command(t, readXML, "read", "-", "--record", "s:Stock/s:Item")
	if status != exitFailed || !strings.Contains(talk, "the entity &bad; is not expanded") ||
		!strings.Contains(out, `{"path":"/s:Stock/s:Item/s:SKU","value":"A & B","place":{"file":"-","offset":71,`) || !strings.Contains(out, `"path":"/s:Stock/s:Item/@No","value":"1"`) {
		t.Errorf("%d\n%s\n%s", status, out, talk)
	}
	status, out, talk = command(t, "{\"a\":[{\"b\":1},{\"b\":01}]}", "validate", "-", "--record", "a")
	if status != exitFailed || !strings.Contains(out, "(record 2, /a/1/b): error: a number has no zeros before it") || !strings.Contains(talk, "JSON, 1 good records, 1 errors") {
		t.Errorf("%d\n%s\n%s", status, out, talk)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "xml.yaml")
	if err := os.WriteFile(file, []byte(mappingsOfStock["xml"]), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, talk = command(t, `<Stock><Item No="1"><OnHand>x</OnHand></Item></Stock>`, "validate", "-", "--mapping", file)
	if status != exitFailed || !strings.Contains(out, `/Stock/Item/OnHand): error: on_hand: "x" is not a number`) || !strings.Contains(talk, "by mapping xml, 0 documents") {
		t.Errorf("%d\n%s\n%s", status, out, talk)
	}
}
