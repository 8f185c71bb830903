//go:build unix

package local

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// errNoSuchRename says that this file system does not know a rename that never replaces.
var errNoSuchRename = errors.New("the file system does not know a rename that never replaces")

func (c *Conn) rename(from, to string) error {
	err := c.renameNoReplace(from, to)
	if errors.Is(err, errNoSuchRename) {
		return c.renameByLink(from, to)
	}
	return err
}

// renameByLink gives the file its second name and takes away the first. After a crash in between both names lead to one
// file; repeating the rename then finishes it.
func (c *Conn) renameByLink(from, to string) error {
	err := c.root.Link(from, to)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrExist):
		if !c.sameFile(from, to) {
			return err
		}
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, fs.ErrPermission):
		return c.renameAfterLook(from, to)
	default:
		return err
	}
	err = c.root.Remove(from)
	if errors.Is(err, fs.ErrNotExist) && c.links(to) > 1 {
		// Another was faster and the file has its name too: ours goes. With one name left that name is the winner's.
		_ = c.root.Remove(to)
	}
	return err
}

// renameAfterLook is for file systems without hard links. Our own renames wait for each other; what another program
// places under the new name in just that moment is replaced, and nothing better is to be had there.
func (c *Conn) renameAfterLook(from, to string) error {
	c.looking.Lock()
	defer c.looking.Unlock()
	if _, err := c.root.Lstat(from); err != nil {
		return err
	}
	_, err := c.root.Lstat(to)
	if err == nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrExist}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return c.root.Rename(from, to)
}

func (c *Conn) sameFile(a, b string) bool {
	x, err := c.root.Lstat(a)
	if err != nil {
		return false
	}
	y, err := c.root.Lstat(b)
	return err == nil && os.SameFile(x, y)
}

// links is how many names a file has.
func (c *Conn) links(name string) uint64 {
	info, err := c.root.Lstat(name)
	if err != nil {
		return 0
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 0
}
