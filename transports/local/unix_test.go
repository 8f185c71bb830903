//go:build unix

package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/drivertest"
	"github.com/batchgate/batchgate/transports/local"
)

func TestConformanceWithHardLinksInPlaceOfRename(t *testing.T) {
	t.Parallel()
	drivertest.Run(t, func(t testing.TB) drivertest.Place {
		root := memoryDir(t)
		return drivertest.Place{Connect: func(t testing.TB) driver.Conn { return local.Linking{Conn: open(t, root)} }}
	})
}

func TestConformanceWithALookBeforeRename(t *testing.T) {
	t.Parallel()
	drivertest.Run(t, func(t testing.TB) drivertest.Place {
		root := memoryDir(t)
		return drivertest.Place{Connect: func(t testing.TB) driver.Conn { return careless{local.Looking{Conn: open(t, root)}} }}
	})
}

// memoryDir gives a folder where a sync costs nothing, if there is one; what is tried here is not about disks.
func memoryDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "batchgate-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// careless says what a look before the rename cannot promise.
type careless struct{ local.Looking }

func (c careless) Caps() driver.Caps {
	caps := c.Looking.Caps()
	caps.AtomicRename = false
	return caps
}

func TestCrashBetweenLinkAndRemovalIsFinishedByRenamingAgain(t *testing.T) {
	root := t.TempDir()
	conn := local.Linking{Conn: open(t, root)}
	defer conn.Close()
	write(t, filepath.Join(root, ".a.batchgate"), "a")
	if err := os.Link(filepath.Join(root, ".a.batchgate"), filepath.Join(root, "a")); err != nil {
		t.Fatal(err)
	}
	if err := conn.Rename(t.Context(), ".a.batchgate", "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(root, ".a.batchgate")); !os.IsNotExist(err) {
		t.Errorf("old name is left: %v", err)
	}
	if got, err := os.ReadFile(filepath.Join(root, "a")); err != nil || string(got) != "a" {
		t.Errorf("%q, %v", got, err)
	}
}

// staging anew must not write through to a file that was published by a hard link.
func TestCreateLeavesOtherNamesOfTheFileAlone(t *testing.T) {
	root := t.TempDir()
	conn := open(t, root)
	defer conn.Close()
	write(t, filepath.Join(root, ".a.batchgate"), "published")
	if err := os.Link(filepath.Join(root, ".a.batchgate"), filepath.Join(root, "a")); err != nil {
		t.Fatal(err)
	}
	w, err := conn.Create(t.Context(), ".a.batchgate")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(root, "a")); string(got) != "published" {
		t.Errorf("published file now holds %q", got)
	}
}

func TestSymbolicLinksDoNotLeadOut(t *testing.T) {
	ctx := t.Context()
	outside, root := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "secret.txt"), "secret")
	write(t, filepath.Join(root, "a.edi"), "a")
	for name, target := range map[string]string{"folder": outside, "file.txt": filepath.Join(outside, "secret.txt"), "up": ".."} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	conn := open(t, root)
	ep := transports.New("erp", conn)
	defer ep.Close()
	_, openErr := ep.Open(ctx, "file.txt")
	_, folderErr := ep.Open(ctx, "folder/secret.txt")
	_, listErr := ep.List(ctx, "folder", transports.Match{})
	_, upErr := ep.List(ctx, "up", transports.Match{})
	_, stageErr := ep.Stage(ctx, "folder/.a.batchgate", strings.NewReader("a"), 1)
	_, moveErr := ep.Move(ctx, "a.edi", "folder/sub/a.edi")
	for what, err := range map[string]error{
		"open a link":             openErr,
		"open behind a link":      folderErr,
		"list a link":             listErr,
		"list a link upward":      upErr,
		"stage behind a link":     stageErr,
		"move behind a link":      moveErr,
		"claim behind a link":     ep.Claim(ctx, "a.edi", "folder/a.edi"),
		"claim from behind one":   ep.Claim(ctx, "folder/secret.txt", "b.edi"),
		"remove behind a link":    ep.Remove(ctx, "folder/secret.txt"),
		"make dir behind a link":  ep.MakeDir(ctx, "folder/sub"),
		"write small behind link": ep.WriteSmall(ctx, "folder/a.done", nil),
	} {
		if transports.KindOf(err) != driver.BadName {
			t.Errorf("%s: %v", what, err)
		}
	}
	files, err := ep.List(ctx, ".", transports.Match{})
	if err != nil || len(files) != 1 || files[0].Name != "a.edi" {
		t.Errorf("links are listed: %+v, %v", files, err)
	}
	left, err := os.ReadDir(outside)
	if err != nil || len(left) != 1 {
		t.Errorf("outside there are %v, %v", left, err)
	}
}

func TestFolderMayBeALinkInsideTheRoot(t *testing.T) {
	root := t.TempDir()
	conn := open(t, root)
	ep := transports.New("erp", conn)
	defer ep.Close()
	write(t, filepath.Join(root, "volume2", "in", "a.edi"), "a")
	if err := os.Symlink("volume2/in", filepath.Join(root, "in")); err != nil {
		t.Fatal(err)
	}
	if err := ep.Claim(t.Context(), "in/a.edi", "in/.batchgate/claim/a.edi"); err != nil {
		t.Fatal(err)
	}
	if got, err := ep.ReadSmall(t.Context(), "in/.batchgate/claim/a.edi", 10); err != nil || string(got) != "a" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestOpenOfAPipeDoesNotWait(t *testing.T) {
	root := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(root, "pipe.edi"), 0o600); err != nil {
		t.Skipf("needs a file system with named pipes: %v", err)
	}
	conn := open(t, root)
	defer conn.Close()
	_, err := conn.Open(t.Context(), "pipe.edi")
	if conn.Kind(err) != driver.Unsupported {
		t.Errorf("open: %v", err)
	}
	for e, err := range conn.List(t.Context(), ".") {
		if err != nil || e.Type != driver.Other {
			t.Errorf("listed as %+v, %v", e, err)
		}
	}
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
