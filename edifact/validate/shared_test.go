package validate_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// read gives all findings about a file.
func read(t interface{ Helper() }, content []byte, opts ...validate.Option) (finding.List, error) {
	t.Helper()
	return readWith(validate.New(opts...), content)
}

func readWith(v *validate.Validator, content []byte) (finding.List, error) {
	var all finding.List
	for ev, err := range edifact.NewReader(bytes.NewReader(content)).Events() {
		if err != nil {
			return all, err
		}
		all = append(all, ev.Findings...)
		all = append(all, v.Event(ev)...)
	}
	return all, nil
}

// sample is a row of the samples' index.
type sample struct{ file, message, directory, level, expected string }

func samples(t testing.TB) (string, []sample) {
	t.Helper()
	folder := sharedtest.Path(t, "samples/edifact")
	index, err := os.Open(filepath.Join(folder, "index.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	var all []sample
	lines := bufio.NewScanner(index)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		if len(f) == 11 && f[0] != "file" {
			all = append(all, sample{f[0], f[1], f[2], f[3], f[10]})
		}
	}
	return folder, all
}

// disagreements are the samples on which this package and the independent checker differ, and why this package is left
// as it is.
var disagreements = map[string]string{
	"constructed/bad-unknown-directory.edi":       "a directory that is not known is a note: nobody can tell a slip from a release that is not at hand",
	"constructed/bad-unoa-lowercase.edi":          "a quirk: lower case in UNOA is a warning",
	"constructed/odd-bom.edi":                     "a quirk: the byte order mark is a warning",
	"constructed/odd-ebcdic.edi":                  "a quirk: EBCDIC is read, and a warning",
	"constructed/odd-leading-zeros-spaces.edi":    "six digits with leading zeros are n..6",
	"constructed/odd-nul-padding.edi":             "a quirk: padding is a warning",
	"constructed/odd-trailing-empties.edi":        "a quirk: superfluous separators are a note",
	"constructed/odd-v4-una-space-repetition.edi": "a quirk: a missing repetition separator is a warning",
	"real/meddis-d93a-glasdam-4.edi":              "the checker did not look for a control reference that stands twice",
	"real/tsdupd-d04a-gatemezing-1.edi":           "interactive messages have no directory here",
	"real/tsdupd-d04a-gatemezing-2.edi":           "interactive messages have no directory here",
}

// TestRealInterchangesGetTheExpectedVerdict compares the verdicts with those of an independent checker, which does not look
// at code values.
func TestRealInterchangesGetTheExpectedVerdict(t *testing.T) {
	folder, all := samples(t)
	agreed := 0
	for _, s := range all {
		content, err := os.ReadFile(filepath.Join(folder, s.file))
		if err != nil {
			t.Fatal(err)
		}
		found, err := read(t, content)
		bad := err != nil || found.HasErrors()
		if bad != strings.HasPrefix(s.expected, "valid") {
			agreed++
			continue
		}
		if disagreements[s.file] == "" {
			t.Errorf("%s: expected %q, got %v", s.file, s.expected, []finding.Finding(found))
		}
	}
	t.Logf("%d of %d agree", agreed, len(all))
	if agreed+len(disagreements) < len(all) {
		t.Error("more disagree than are known")
	}
}
