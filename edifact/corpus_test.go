package edifact_test

import (
	"bytes"
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
