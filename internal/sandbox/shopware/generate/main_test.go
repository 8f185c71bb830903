package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/batchgate/batchgate/internal/sharedtest"
)

// TestTablesAreUpToDate makes the tables anew and compares them with the embedded ones.
func TestTablesAreUpToDate(t *testing.T) {
	source := sharedtest.Path(t, "platforms/shopware")
	out := t.TempDir()
	if err := run(source, "adminapi-6.7.10.0.pruned.json", "adminapi-6.6.10.13.pruned.json", "state-machines.json", out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"entities.txt", "states.txt"} {
		made, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		embedded, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(made) != string(embedded) {
			t.Errorf("%s differs from what the generator makes: run go generate", name)
		}
	}
}

func TestMissingDocumentsAreNamed(t *testing.T) {
	if err := run(t.TempDir(), "a.json", "b.json", "c.json", t.TempDir()); err == nil {
		t.Error("no error")
	}
}
