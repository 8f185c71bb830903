package local

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/batchgate/batchgate/transports/driver"
)

// Together syncs the whole file system of a folder, once for many files. Where that does not surely bring bytes to the
// disk and tell when it could not, it is Unsupported: Linux tells since 5.8, and of network file systems nothing is known.
// The folder is opened before the files are written, so that no fault of writing them goes by unseen.
func (c *Conn) Together(ctx context.Context, dir string) (sync func() error, err error) {
	name, err := c.begin(ctx, dir)
	if err != nil {
		return nil, err
	}
	f, err := c.root.Open(name)
	if err != nil {
		return nil, err
	}
	if !syncsSurely(f) {
		return nil, errors.Join(driver.Faultf(driver.Unsupported, "files of this file system are synced one by one"), f.Close())
	}
	return func() error {
		err := ignoringEINTR(func() error { return unix.Syncfs(int(f.Fd())) })
		if err != nil {
			err = &os.PathError{Op: "syncfs", Path: dir, Err: err}
		}
		return errors.Join(err, f.Close())
	}, nil
}

func syncsSurely(f *os.File) bool {
	var fs unix.Statfs_t
	if unix.Fstatfs(int(f.Fd()), &fs) != nil {
		return false
	}
	switch fs.Type {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC:
		return kernelAtLeast(5, 8)
	}
	return false
}

func kernelAtLeast(major, minor int) bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	var have [2]int
	if _, err := fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &have[0], &have[1]); err != nil {
		return false
	}
	return have[0] > major || have[0] == major && have[1] >= minor
}
