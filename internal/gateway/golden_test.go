package gateway_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What goes out is compared byte for byte with testdata/golden, but for the time of preparation and the control number:
// orders are independent of each other, so that either gets the first.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = regexp.MustCompile(`\+\d{6}:\d{4}\+\d+`).ReplaceAllString(got, "+YYMMDD:HHMM+CONTROL")
	got = regexp.MustCompile(`UNZ\+1\+\d+`).ReplaceAllString(got, "UNZ+1+CONTROL")
	file := filepath.Join("testdata", "golden", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s\ngot  %q\nwant %q", name, got, want)
	}
}

func TestGoldenBytesOfTheThreeFlows(t *testing.T) {
	w := newWorld(t, nil)
	w.put("edi/R1.EDI", "UNA:+.? 'UNB+UNOC:3+4005555000013:14+4012345000009:14+261125:0930+501++++1'"+retail+"UNZ+1+501'")
	w.put("out/STOCK1.CSV", header+"BG-1001;10;5\r\nBG-1001;20;7\r\nBG-1002;10;3\r\n")
	w.run()
	for _, name := range []string{"import/WEB00001.CSV", "edi-out/CONTRL000001.EDI"} {
		golden(t, filepath.Base(name), w.read(name))
	}
	number := regexp.MustCompile(`BGM\+220\+(\d+)`)
	orders := 0
	for _, name := range w.files("in") {
		text := w.read("in/" + name)
		if strings.HasSuffix(name, ".OK") {
			if text != "" {
				t.Errorf("%s holds %q", name, text)
			}
			continue
		}
		orders++
		golden(t, "order-"+number.FindStringSubmatch(text)[1]+".EDI", text)
	}
	if orders != 3 {
		t.Errorf("%d orders", orders)
	}
	for _, e := range w.shop.Journal() {
		if strings.Contains(e.Path, "_action/sync") && strings.Contains(e.Body, "stock") {
			golden(t, "stock-sync.json", e.Body)
		}
	}
}
