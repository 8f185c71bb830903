// Package sharedtest gives tests the facts and samples in a folder named shared, which lies beside a checkout where batchgate
// is developed. Elsewhere such tests are skipped, with what they need.
package sharedtest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Path gives the path of a file or folder below shared, "samples/edifact", or skips the test.
func Path(t testing.TB, name string) string {
	t.Helper()
	return Files(t, name)[0]
}

// Read gives what stands in a file below shared, or skips the test.
func Read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Files gives the paths below shared that a pattern of path/filepath fits, at least one, or skips the test.
func Files(t testing.TB, pattern string) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		found, err := filepath.Glob(filepath.Join(dir, "shared", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			return found
		}
	}
	t.Skipf("needs ../shared/%s beside the checkout", pattern)
	return nil
}

// SchemaFaults gives what xmllint says against an XML file by a schema below shared, "" where it is valid, or skips the test.
func SchemaFaults(t testing.TB, schema string, file []byte) string {
	t.Helper()
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("needs xmllint: Debian has it in libxml2-utils")
	}
	cmd := exec.Command(lint, "--noout", "--nonet", "--schema", Path(t, schema), "-")
	cmd.Stdin = bytes.NewReader(file)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	return string(out) + err.Error()
}
