package local_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// immutable is FS_IMMUTABLE_FL of linux/fs.h: not even root may change the folder.
const immutable = 0x10

// protect takes the right to change a folder away, by its mode or, from root, by the immutable flag.
func protect(t testing.TB, root, dir string) {
	t.Helper()
	path := filepath.Join(root, dir)
	if os.Geteuid() != 0 {
		chmod(t, path, 0o555)
		t.Cleanup(func() { chmod(t, path, 0o755) })
		return
	}
	if err := setImmutable(path, true); err != nil {
		t.Skipf("needs another user than root, whom rights do not hold back, or a file system with the immutable flag: %v", err)
	}
	t.Cleanup(func() {
		if err := setImmutable(path, false); err != nil {
			t.Errorf("immutable flag of %s stays: %v", path, err)
		}
	})
}

func chmod(t testing.TB, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func setImmutable(path string, on bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	flags, err := unix.IoctlGetUint32(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err != nil {
		return err
	}
	flags &^= immutable
	if on {
		flags |= immutable
	}
	return unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, int(flags))
}
