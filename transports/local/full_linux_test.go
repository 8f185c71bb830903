package local_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

// mountSmall gives a folder with room for a megabyte.
func mountSmall(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if os.Geteuid() != 0 {
		t.Skip("needs root, who can mount a small file system to fill")
	}
	if err := unix.Mount("batchgate-test", root, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("needs the right to mount a small file system to fill: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(root, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return root
}

func TestFullDiskIsFinalAndLeavesNothing(t *testing.T) {
	root := mountSmall(t)
	ep := transports.New("erp", open(t, root))
	defer ep.Close()
	two := make([]byte, 2<<20)
	_, err := ep.Stage(t.Context(), ".ORD12.EDI.batchgate", bytes.NewReader(two), int64(len(two)))
	const want = "stage erp:.ORD12.EDI.batchgate: disk full (no space left on device); free space and retry, nothing was published"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if kind := transports.KindOf(err); kind != driver.Full || kind.Transient() {
		t.Errorf("kind %v, transient %v", kind, kind.Transient())
	}
	if left, err := os.ReadDir(root); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := ep.Stage(t.Context(), ".ORD12.EDI.batchgate", strings.NewReader("small"), 5); err != nil {
		t.Errorf("after the fault: %v", err)
	}
}

func TestReadOnlyMountIsDenied(t *testing.T) {
	root := mountSmall(t)
	write(t, root+"/a.edi", "a")
	if err := unix.Mount("", root, "", unix.MS_REMOUNT|unix.MS_RDONLY, "size=1m"); err != nil {
		t.Skipf("needs the right to mount a file system read only: %v", err)
	}
	ep := transports.New("erp", open(t, root))
	defer ep.Close()
	if err := ep.Claim(t.Context(), "a.edi", ".batchgate/claim/a.edi"); transports.KindOf(err) != driver.Denied {
		t.Errorf("claim: %v", err)
	}
	if got, err := ep.ReadSmall(t.Context(), "a.edi", 10); err != nil || string(got) != "a" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestRenameToAnotherFileSystemIsRefusedAsSuch(t *testing.T) {
	root := mountSmall(t)
	write(t, root+"/a.edi", "a")
	inner := root + "/other"
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("batchgate-test", inner, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("needs the right to mount a second file system: %v", err)
	}
	defer unix.Unmount(inner, unix.MNT_DETACH)
	ep := transports.New("erp", open(t, root))
	defer ep.Close()
	if err := ep.Claim(t.Context(), "a.edi", "other/a.edi"); transports.KindOf(err) != driver.Unsupported {
		t.Errorf("claim: %v", err)
	}
	if _, err := os.Stat(root + "/a.edi"); err != nil {
		t.Error(err)
	}
}
