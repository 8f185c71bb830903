package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/finding"
)

// The guidelines of the document are right, its message keeps them, and each change of its table breaks the rule beside it and
// no other.
func TestGuidelinesOfTheDocumentDoWhatItSays(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "profiles.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Guidelines\n")
	section, _, _ = strings.Cut(section, "\n## ")
	home := t.TempDir()
	put := func(name, text string) string {
		name = filepath.Join(home, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, m := range regexp.MustCompile("(?s)```yaml\n# (guidelines/\\S+)\n(.*?)```").FindAllStringSubmatch(section, -1) {
		put(m[1], m[2])
	}
	message := regexp.MustCompile("(?s)```edi\n(.*?)```").FindStringSubmatch(section)[1]
	guide := filepath.Join(home, "guidelines", "hammerl-orders.yaml")
	if status, out, talk := command(t, "", "guideline", "check", guide, put("good.edi", message), "--json"); status != exitDone || out != "" || !strings.Contains(talk, "1 messages, 0 errors") {
		t.Fatalf("%d %s%s", status, out, talk)
	}
	changes := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (?:`([^`]+)`)? ?\\| `(guideline\\.\\S+)` \\|$").FindAllStringSubmatch(section, -1)
	if len(changes) < 10 {
		t.Fatalf("only %d changes", len(changes))
	}
	for _, c := range changes {
		if strings.Count(message, c[1]) == 0 {
			t.Errorf("the message has no %s", c[1])
		}
		_, out, _ := command(t, "", "guideline", "check", guide, put("bad.edi", strings.Replace(message, c[1], c[2], 1)), "--json", "--rule", "edifact.unt-count=off")
		var rules []string
		for line := range strings.Lines(out) {
			var f finding.Finding
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				t.Fatal(err)
			}
			if f.Severity == finding.Error {
				rules = append(rules, f.Rule)
			}
		}
		if !slices.Equal(slices.Compact(rules), []string{c[3]}) {
			t.Errorf("%s -> %s: %v, wants %s\n%s", c[1], c[2], rules, c[3], out)
		}
	}
}

// A draft fits the files that it was learnt from, and one of them damaged does not fit it. A message with an error teaches
// nothing, unless its fault is made milder.
func TestADraftFitsWhatItWasLearntFrom(t *testing.T) {
	home := t.TempDir()
	put := func(name, text string) string {
		name = filepath.Join(home, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	wrong := strings.Replace(order, "UNT+8", "UNT+9", 1)
	one, two, bad := put("one.edi", order), put("two.edi", strings.Replace(order, "QTY+21:3:PCE", "QTY+21:5:CT", 1)), put("bad.edi", wrong)
	status, draft, talk := command(t, "", "guideline", "derive", one, two, bad, "--name", "shop")
	if status != exitDone || !strings.Contains(talk, "nothing is learnt from message 1: "+bad) || !strings.Contains(talk, "learnt from 2 messages; 1 with errors") {
		t.Fatalf("%d %s", status, talk)
	}
	guide := put("shop.yaml", draft)
	if status, out, talk := command(t, "", "guideline", "check", guide, one, two); status != exitDone || out != "" {
		t.Errorf("%d %s%s", status, out, talk)
	}
	if status, out, _ := command(t, "", "guideline", "check", guide, one, put("damaged.edi", strings.Replace(order, "DTM+137", "DTM+2", 1)), two); status != exitFailed || strings.Count(out, "[guideline.") != 1 {
		t.Errorf("%d %s", status, out)
	}
	if _, _, talk := command(t, "", "guideline", "derive", one, bad, "--rule", "edifact.unt-count=warning"); !strings.Contains(talk, "learnt from 2 messages; 0 with errors") {
		t.Error(talk)
	}
}
