package guideline_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// TestADraftFitsWhatItWasDrawnFrom derives a guideline and checks the very messages by it: nothing may be found, and what
// was never seen is refused.
func TestADraftFitsWhatItWasDrawnFrom(t *testing.T) {
	other := strings.Split(strings.NewReplacer("UNH+1", "UNH+2", "IMD+F", "PIA+1+SKU:SA'IMD+F").Replace(strings.Join(order, "'")), "'")
	file := interchange(order, other)
	var d guideline.Deriver
	if err := d.Read(bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	text, err := d.Draft("draft")
	if err != nil {
		t.Fatal(err)
	}
	g := compile(t, string(text))
	if found := check(t, g, file); len(found) > 0 {
		t.Errorf("%v\n%s", found, text)
	}
	for _, want := range []string{"BGM:  # in 2 of 2", "SG2[BY]", `codes: ["220"]`, "SG25/QTY[21]", "EAN008"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("lacks %q in\n%s", want, text)
		}
	}
	for old, rule := range map[string]string{"DTM+2:": guideline.RuleQualifier, "BGM+220": guideline.RuleCode, "NAD+SU": guideline.RuleQualifier} {
		found := check(t, g, interchange(edited(old, map[string]string{"DTM+2:": "DTM+63:", "BGM+220": "BGM+221", "NAD+SU": "NAD+DP"}[old])))
		if len(found) != 1 || found[0].Rule != rule {
			t.Errorf("%s: %v", old, found)
		}
	}
}

func TestNothingToLearnFromIsSaid(t *testing.T) {
	var d guideline.Deriver
	if err := d.Read(strings.NewReader("UNB+UNOC:3+a+b+261124:1015+1'UNH+1+ORDERS:X:99Z:UN'UNT+2+1'UNZ+1+1'")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Draft("x"); err == nil || !strings.Contains(err.Error(), "1 of other types") {
		t.Errorf("got %v", err)
	}
}

// TestDraftsOfRealFilesFitThem does the same with each sample beside the checkout.
func TestDraftsOfRealFilesFitThem(t *testing.T) {
	files := sharedtest.Files(t, "samples/edifact/real/*.edi")
	drafted := 0
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var d guideline.Deriver
		if d.Read(bytes.NewReader(content)) != nil {
			continue
		}
		text, err := d.Draft("draft")
		if err != nil {
			continue
		}
		g, found := guideline.Compile(text, guideline.Environment{File: "draft.yaml"})
		if g == nil {
			t.Errorf("%s: %v", filepath.Base(name), found)
			continue
		}
		drafted++
		if d.Faulty > 0 || d.Passed > 0 {
			continue
		}
		for _, f := range check(t, g, content) {
			if strings.HasPrefix(f.Rule, "guideline.") {
				t.Errorf("%s: %v", filepath.Base(name), f)
				break
			}
		}
		if len(g.Markdown()) < 500 {
			t.Errorf("%s: guide of %d bytes", name, len(g.Markdown()))
		}
	}
	t.Logf("%d drafts of %d files", drafted, len(files))
}

func TestGuideNamesWhatIsUsed(t *testing.T) {
	guide := string(compile(t, hammerl).Markdown())
	for _, want := range []string{
		"# Orders of Hammerl", "| message | ORDERS, Purchase order message |", "narrows | retail-orders",
		"| DTM\\[2\\] | Date/time/period | M 35 | required | 1 |", "`22Z` sample order", "`220` order", "format an..17",
		"- **currency**: prices need their currency. if SG25/SG28/PRI is present, then SG7/CUX is required.",
		"In each SG25: QTY.C186.6411 is PCE or KGM",
	} {
		if !strings.Contains(guide, want) {
			t.Errorf("lacks %q in\n%s", want, guide)
		}
	}
}

// TestDraftsOfAllFilesOfAKindFitTheGoodOnes learns from all samples of a message and directory together.
func TestDraftsOfAllFilesOfAKindFitTheGoodOnes(t *testing.T) {
	files := sharedtest.Files(t, "samples/edifact/*/*.edi")
	kinds := map[string][][]byte{}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`UNH.[^+]*\+([A-Z]{6}:D:\d\d[AB])`).FindSubmatch(content); m != nil {
			kinds[string(m[1])] = append(kinds[string(m[1])], content)
		}
	}
	learnt := 0
	for kind, contents := range kinds {
		d := guideline.Deriver{Wanted: kind[:6]}
		contents = slices.DeleteFunc(contents, func(content []byte) bool {
			return d.Read(bytes.NewReader(content)) != nil // what stands before a loss of framing is learnt
		})
		text, err := d.Draft("draft")
		if err != nil {
			continue
		}
		learnt += d.Messages
		g, found := guideline.Compile(text, guideline.Environment{File: "draft.yaml"})
		if g == nil {
			t.Errorf("%s: %v", kind, found)
			continue
		}
		for _, content := range contents {
			alone := guideline.Deriver{Wanted: d.Wanted}
			if err := alone.Read(bytes.NewReader(content)); err != nil || alone.Faulty > 0 {
				continue
			}
			for _, f := range check(t, g, content) {
				if strings.HasPrefix(f.Rule, "guideline.") && f.Rule != guideline.RuleMessage {
					t.Errorf("%s: %v", kind, f)
				}
			}
		}
	}
	if learnt < 80 {
		t.Errorf("only %d messages were learnt from", learnt)
	}
}
