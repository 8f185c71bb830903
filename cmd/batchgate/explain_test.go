package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/sharedtest"
)

const faulty = "UNA:+.? 'UNB+UNOC:3+4098765000003:14+4012345000009:14+261125:0930+77'UNH+1+ORDERS:D:96A:UN'BGM+220+4711+9'DTM+137:20261125:102'" +
	"NAD+BY+4098765000003::9++Hof?'laden <b>M\xFCller'LIN+1++4099999000017:EN'QTY+21:three:PCE'LIN+2'UNS+S'UNT+9+1'UNZ+2+77'"

func TestExplainNamesSegmentsElementsAndCodesAndMarksFaultsInPlace(t *testing.T) {
	status, out, _ := command(t, faulty, "explain", "-")
	if status != exitFailed {
		t.Errorf("status %d", status)
	}
	out = strings.Join(strings.Fields(out), " ")
	for _, want := range []string{
		"UNB Interchange header", "0020 Interchange control reference", "BGM Beginning of message", "220 = Order", "SG25, the 2nd",
		"NAD+BY+4098765000003::9++Hof?'laden <b>Müller'", "6060 Quantity three ^ error: 6060 (Quantity) is no number",
		"0036 Number of messages or groups 2 ^ error: UNZ says 2 messages, counted 1",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q in\n%s", want, out)
		}
	}
}

func TestExplainAsHTMLIsOnePageAndEscapesWhatStandsInTheFile(t *testing.T) {
	_, out, _ := command(t, faulty, "explain", "-", "--html")
	for _, never := range []string{"<script", "http://", "https://", "<b>M", "@import", "src="} {
		if strings.Contains(out, never) {
			t.Errorf("holds %q", never)
		}
	}
	for _, want := range []string{"<!DOCTYPE html>", "&lt;b&gt;Müller", `class="error"`, "2 of severity error", "</html>"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q", want)
		}
	}
}

func TestExplainRefusesWhatIsNoEDIFACT(t *testing.T) {
	if status, _, talk := command(t, "a;b\n1;2\n", "explain", "-"); status != exitFailed || !strings.Contains(talk, "no EDIFACT") {
		t.Errorf("status %d, %s", status, talk)
	}
	if status, _, _ := command(t, faulty, "explain", "-", "--json", "--html"); status != exitUsage {
		t.Errorf("status %d", status)
	}
	if status, _, talk := command(t, faulty, "explain", "-", "--read-as", "D.22A"); status != exitUsage || !strings.Contains(talk, "D.21B") {
		t.Errorf("status %d, %s", status, talk)
	}
}

// TestExplainShowsAllOfEverySample explains the samples beside the checkout: each finding of validate stands in it once.
func TestExplainShowsAllOfEverySample(t *testing.T) {
	files := sharedtest.Files(t, "samples/edifact/*/*.edi")
	shown := 0
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, plain, _ := command(t, "", "validate", name, "--json")
		if !strings.HasPrefix(strings.TrimLeft(strings.TrimPrefix(string(content), "\uFEFF"), " \r\n\t"), "UN") {
			continue
		}
		_, out, _ := command(t, "", "explain", name, "--json")
		found := 0
		for line := range strings.Lines(out) {
			var s explained
			if err := json.Unmarshal([]byte(line), &s); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			found += len(s.all())
			shown++
		}
		if want := strings.Count(plain, "\n"); found != want {
			t.Errorf("%s: %d findings shown, validate has %d", filepath.Base(name), found, want)
		}
	}
	t.Logf("%d segments of %d files", shown, len(files))
}
