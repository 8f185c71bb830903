package local

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"github.com/batchgate/batchgate/transports/driver"
)

// renameNoReplace is renameat2 between two folders that were opened below the root; the last parts of the names are not
// followed, so that no symbolic link leads it outside.
func (c *Conn) renameNoReplace(from, to string) error {
	fromDir, fromBase := driver.Split(from)
	toDir, toBase := driver.Split(to)
	oldParent, err := c.root.Open(fromDir)
	if err != nil {
		return err
	}
	defer oldParent.Close()
	newParent := oldParent
	if toDir != fromDir {
		if newParent, err = c.root.Open(toDir); err != nil {
			return err
		}
		defer newParent.Close()
	}
	err = ignoringEINTR(func() error {
		return unix.Renameat2(int(oldParent.Fd()), fromBase, int(newParent.Fd()), toBase, unix.RENAME_NOREPLACE)
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.ENOTSUP):
		return errNoSuchRename
	}
	return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
}

// ignoringEINTR repeats a call that a signal interrupted.
func ignoringEINTR(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}
