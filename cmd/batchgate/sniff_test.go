package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSniffShowsItsEvidenceAndADraft(t *testing.T) {
	status, out, _ := command(t, "Artikelnr;Bestand\r\nEV-77;1,5\r\nEV-90;2\r\n", "sniff", "-")
	for _, want := range []string{"guess: delimited, utf-8", "delimiter ;: 3 of 3 rows have 2 fields", "header: column 2 is called", "decimal mark ,", "format: delimited", "from: {connection: erp"} {
		if status != exitDone || !strings.Contains(out, want) {
			t.Errorf("status %d, no %q in %s", status, want, out)
		}
	}
	if status, out, _ := command(t, "", "sniff", "--json", "-"); status != exitFailed || !strings.Contains(out, `"evidence":["the file is empty"]`) {
		t.Errorf("status %d, %s", status, out)
	}
}

func TestReadTakesIDocsAndLayouts(t *testing.T) {
	head := "EDI_DC40  1000000000000004711      2   ORDERS05\n"
	data := "E2EDK01005                    100000000000000471100000100000001    SEK\n"
	status, out, talk := command(t, head+data, "read", "-")
	if status != exitDone || !strings.Contains(out, `"segment":"E1EDK01","release":"005","number":1,"level":1,"values":[{"path":"CURCY","value":"SEK"`) {
		t.Errorf("status %d, %s%s", status, out, talk)
	}
	if status, out, talk := command(t, head+strings.Replace(data, "4711", "4799", 1), "validate", "-"); status != exitFailed || !strings.Contains(out, "[idoc.document-number]") {
		t.Errorf("status %d, %s%s", status, out, talk)
	}
	mapping := filepath.Join(t.TempDir(), "stock.yaml")
	if err := os.WriteFile(mapping, []byte("format: fixed\nlayout: {sku: 1-5, n: {at: 6-8, number: display, decimals: 1}}\ndocument: {kind: stock, each: row}\nmap: {sku: sku}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, talk = command(t, "EV-77012\nEV-78x12\n", "read", "--mapping", mapping, "-")
	if status != exitFailed || !strings.Contains(out, `"names":["sku","n"],"values":["EV-77","1.2"]`) || !strings.Contains(talk, "2:6 (record 2, field n): error") {
		t.Errorf("status %d, %s%s", status, out, talk)
	}
}
