package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/batchgate/batchgate/internal/sharedtest"
)

// TestCommittedDataIsWhatTheTablesGive makes the data anew from the tables beside the checkout.
func TestCommittedDataIsWhatTheTablesGive(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a run without -short: it reads all tables")
	}
	tables := sharedtest.Path(t, "edifact-directories")
	out := t.TempDir()
	if err := run(tables, out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tables.bin", "messages.bin", "codes.bin"} {
		made, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(filepath.Join("..", "data", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made, committed) {
			t.Errorf("%s: %d bytes made, %d committed, not the same; run go generate", name, len(made), len(committed))
		}
	}
}

func TestFormatsThatNobodyKnowsAreRefused(t *testing.T) {
	for _, text := range []string{"", "x..3", "an", "an..", "n.3"} {
		if f, err := parseFormat(text); err == nil {
			t.Errorf("%q is %v", text, f)
		}
	}
}
