package local_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/drivertest"
	"github.com/batchgate/batchgate/transports/local"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	drivertest.Run(t, func(t testing.TB) drivertest.Place {
		root := t.TempDir()
		return drivertest.Place{
			Connect: func(t testing.TB) driver.Conn { return open(t, root) },
			Protect: func(t testing.TB, dir string) { protect(t, root, dir) },
		}
	})
}

// open connects to a folder; the caller closes.
func open(t testing.TB, root string) *local.Conn {
	t.Helper()
	conn, err := local.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestRootMustBeAFolderThatIsThere(t *testing.T) {
	dir := t.TempDir()
	missing, file := filepath.Join(dir, "missing"), filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{missing, file, ""} {
		conn, err := local.Open(root)
		if err == nil {
			conn.Close()
			t.Errorf("opened %q", root)
			continue
		}
		if !strings.Contains(err.Error(), root) {
			t.Errorf("%q is not named: %v", root, err)
		}
	}
	if _, err := os.Stat(missing); !os.IsNotExist(err) {
		t.Errorf("missing root: %v", err)
	}
}

func TestIdentityTellsANewFileOfTheSameName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a system whose listings tell files apart by more than their names: Windows has none")
	}
	root := t.TempDir()
	conn := open(t, root)
	defer conn.Close()
	ids := map[string]bool{}
	for _, content := range []string{"first", "second"} {
		// The first file stays, under another name, so that its number is not given to the second.
		if err := os.WriteFile(filepath.Join(root, "a.edi"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		e, err := conn.Stat(t.Context(), "a.edi")
		if err != nil {
			t.Fatal(err)
		}
		ids[e.ID] = true
		if err := conn.Rename(t.Context(), "a.edi", content); err != nil {
			t.Fatal(err)
		}
	}
	if len(ids) != 2 || ids[""] {
		t.Errorf("identities %v", ids)
	}
}
