package local_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

func TestFileThatIsStillWrittenIsInUse(t *testing.T) {
	root := t.TempDir()
	ep := transports.New("erp", open(t, root))
	defer ep.Close()
	f, err := os.Create(filepath.Join(root, "a.edi"))
	if err != nil {
		t.Fatal(err)
	}
	if err := ep.Claim(t.Context(), "a.edi", ".batchgate/claim/a.edi"); transports.KindOf(err) != driver.InUse {
		t.Errorf("claim while it is written: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := ep.Claim(t.Context(), "a.edi", ".batchgate/claim/a.edi"); err != nil {
		t.Errorf("claim after it is closed: %v", err)
	}
}

func TestNamesThatWindowsReadsAsSomethingElseAreRefused(t *testing.T) {
	ep := transports.New("erp", open(t, t.TempDir()))
	defer ep.Close()
	for _, name := range []string{`C:\boot.ini`, `C:boot.ini`, `..\a.edi`, `in\..\..\a.edi`, `\\server\share\a.edi`, "a.edi:stream", "NUL", "COM1", "a.edi.", "a.edi "} {
		if _, err := ep.Open(t.Context(), name); transports.KindOf(err) != driver.BadName {
			t.Errorf("open %q: %v", name, err)
		}
		if err := ep.Claim(t.Context(), "a.edi", name); transports.KindOf(err) != driver.BadName {
			t.Errorf("claim to %q: %v", name, err)
		}
	}
}
