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
	oldParent, closeOld, err := c.openFolder(fromDir)
	if err != nil {
		return err
	}
	defer closeOld()
	newParent := oldParent
	if toDir != fromDir {
		var closeNew func()
		if newParent, closeNew, err = c.openFolder(toDir); err != nil {
			return err
		}
		defer closeNew()
	}
	err = ignoringEINTR(func() error {
		return unix.Renameat2(oldParent, fromBase, newParent, toBase, unix.RENAME_NOREPLACE)
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.ENOTSUP):
		return errNoSuchRename
	}
	return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
}

// openFolder opens a folder below the root with one call where the kernel can see to it that nothing leads outside (Linux
// 5.6); os.Root opens each part of the name by itself. What the kernel refuses, os.Root is asked about.
func (c *Conn) openFolder(dir string) (fd int, release func(), err error) {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS}
	if top, err := c.top.SyscallConn(); err == nil {
		closed := top.Control(func(root uintptr) { fd, err = unix.Openat2(int(root), dir, &how) })
		if err == nil && closed == nil {
			return fd, func() { _ = unix.Close(fd) }, nil
		}
	}
	f, err := c.root.Open(dir)
	if err != nil {
		return 0, nil, err
	}
	return int(f.Fd()), func() { f.Close() }, nil
}

// ignoringEINTR repeats a call that a signal interrupted.
func ignoringEINTR(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}
