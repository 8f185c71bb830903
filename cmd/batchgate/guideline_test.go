package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAGuidelineGoesFromFilesToVerdict derives a guideline, prints it, and validates and explains by it.
func TestAGuidelineGoesFromFilesToVerdict(t *testing.T) {
	dir := t.TempDir()
	orders, draft, own := filepath.Join(dir, "o.edi"), filepath.Join(dir, "draft.yaml"), filepath.Join(dir, "own.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(orders, order)
	status, out, talk := command(t, "", "guideline", "derive", orders, "--name", "draft")
	if status != exitDone || !strings.Contains(talk, "learnt from 1 messages") {
		t.Fatalf("%d %s", status, talk)
	}
	write(draft, out)
	write(own, "guideline: own\nextends: draft\ntitle: Our orders\nsegments:\n  DTM[2]: {use: required}\n")
	if status, out, talk := command(t, "", "validate", orders, "--guideline", draft); status != exitDone || out != "" {
		t.Errorf("by the draft: %d %s %s", status, out, talk)
	}
	if status, out, _ := command(t, "", "validate", orders, "--guideline", own); status != exitFailed || !strings.Contains(out, "guideline.segment-missing") {
		t.Errorf("by one that wants more: %d %s", status, out)
	}
	if status, out, _ := command(t, "", "explain", orders, "--guideline", own); status != exitFailed || !strings.Contains(out, "^ error: DTM is missing") {
		t.Errorf("explained: %d %s", status, out)
	}
	if status, out, _ := command(t, "", "guideline", "show", own); status != exitDone || !strings.Contains(out, "# Our orders") || !strings.Contains(out, "SG2\\[BY\\]") {
		t.Errorf("shown: %d %s", status, out)
	}
	if status, out, _ := command(t, "", "guideline", "show", own, "--json"); status != exitDone || !strings.Contains(out, `"path":"DTM[2]"`) {
		t.Errorf("shown: %d %s", status, out)
	}
	write(own, "guideline: own\nextends: draft\nsegments:\n  DTN: {use: required}\n")
	if status, out, _ := command(t, "", "guideline", "check", own); status != exitFailed || !strings.Contains(out, "own.yaml:4:3") || !strings.Contains(out, "nearest known: DTM") {
		t.Errorf("checked: %d %s", status, out)
	}
	if status, _, talk := command(t, "", "validate", orders, "--guideline", own); status != exitFailed || !strings.Contains(talk, "guideline check") {
		t.Errorf("by a broken one: %d %s", status, talk)
	}
}
