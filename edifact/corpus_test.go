package edifact_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/batchgate/batchgate/edifact/internal/corpus"
)

// made gives a file of the corpus.
func made(t testing.TB, o corpus.Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := corpus.Generate(&out, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// orders gives ORDERS with a line end behind each segment.
func orders(t testing.TB, seed uint64, size int64, newline string) []byte {
	return made(t, corpus.Options{Seed: seed, Size: size, Newline: newline})
}

// samples gives the files of the shared sample collection, or skips.
func samples(t testing.TB) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		files, _ := filepath.Glob(filepath.Join(dir, "shared", "samples", "edifact", "*", "*.edi"))
		if len(files) > 0 {
			return files
		}
	}
	t.Skip("needs ../shared/samples/edifact beside the checkout")
	return nil
}
