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
)

// shared finds a folder beside the checkout, or skips the test.
func shared(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if found := filepath.Join(dir, "shared", path); exists(found) {
			return found
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skipf("skipped: ../shared/%s is not beside the checkout", path)
		}
		dir = parent
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// read gives all findings about a file.
func read(t testing.TB, content []byte, opts ...validate.Option) (finding.List, error) {
	t.Helper()
	var all finding.List
	v := validate.New(opts...)
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
	folder := shared(t, filepath.Join("samples", "edifact"))
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

// TestRealInterchangesGetTheExpectedVerdict compares the verdicts with those of an independent checker. Code values are
// warnings here and not checked there.
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
		want := !strings.HasPrefix(s.expected, "valid")
		if bad == want {
			agreed++
			continue
		}
		t.Logf("%s: expected %q", s.file, s.expected)
		for _, f := range found {
			if f.Severity > finding.Note {
				t.Logf("   %v", f)
			}
		}
	}
	t.Logf("%d of %d agree", agreed, len(all))
}
