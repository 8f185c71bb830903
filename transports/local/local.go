// Package local is the transport to a folder of this machine, or of a share that is mounted on it.
//
// It stands on os.Root, so that neither ".." nor a symbolic link leads out of the root. A rename that never replaces is
// one step of the kernel: on Linux renameat2, on Windows by a handle that shares the file with readers only, so that a
// file that somebody still writes, or that another client renames in that moment, is InUse. On file systems that do not
// know such a rename a hard link and a removal take its place, and where there are no hard links either, a look before
// the rename.
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"sync"

	"github.com/batchgate/batchgate/transports/driver"
)

// parallel is how many calls at a time are useful: enough for syncs to share the journal's commits.
const parallel = 16

// Conn is one root folder. It implements driver.Conn.
type Conn struct {
	root    *os.Root
	path    string
	escapes error // what os.Root says of a name that leads out of it
	close   func() error
	top     *os.File // the root folder itself
	//lint:ignore U1000 Windows has no use for it
	looking sync.Mutex // held between the look and the rename, see renameAfterLook
}

// Open opens a root folder, which must exist.
func Open(path string) (*Conn, error) {
	if path == "" {
		return nil, driver.Faultf(driver.BadName, "no root folder is named")
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, &driver.Fault{Kind: kindOf(err), Err: fmt.Errorf("root folder %s: %w", path, errors.Unwrap(err))}
	}
	top, err := root.Open(".")
	if err != nil {
		root.Close()
		return nil, err
	}
	c := &Conn{root: root, top: top, path: path, close: sync.OnceValue(func() error { return errors.Join(top.Close(), root.Close()) })}
	_, err = root.Lstat("..")
	c.escapes = errors.Unwrap(err)
	return c, nil
}

// Close lets go of the root folder.
func (c *Conn) Close() error { return c.close() }

// Caps tells what a local folder can do.
func (c *Conn) Caps() driver.Caps {
	return driver.Caps{Parallel: parallel, Sync: true, AtomicRename: true}
}

// List reads a folder piece by piece, so that memory does not grow with it.
func (c *Conn) List(ctx context.Context, dir string) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		name, err := c.begin(ctx, dir)
		if err != nil {
			yield(driver.Entry{}, err)
			return
		}
		f, err := c.root.Open(name)
		if err != nil {
			yield(driver.Entry{}, err)
			return
		}
		defer f.Close()
		for {
			entries, err := f.ReadDir(256)
			for _, d := range entries {
				if err := ctx.Err(); err != nil {
					yield(driver.Entry{}, err)
					return
				}
				info, err := d.Info()
				if errors.Is(err, fs.ErrNotExist) {
					continue // it went while we listed
				}
				if err != nil {
					yield(driver.Entry{}, err)
					return
				}
				if !yield(entryOf(d.Name(), info), nil) {
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(driver.Entry{}, err)
				return
			}
		}
	}
}

// Stat does not follow a symbolic link.
func (c *Conn) Stat(ctx context.Context, name string) (driver.Entry, error) {
	p, err := c.begin(ctx, name)
	if err != nil {
		return driver.Entry{}, err
	}
	info, err := c.root.Lstat(p)
	if err != nil {
		return driver.Entry{}, err
	}
	_, base := driver.Split(name)
	return entryOf(base, info), nil
}

// Open reads a regular file.
func (c *Conn) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	p, err := c.begin(ctx, name)
	if err != nil {
		return nil, err
	}
	f, err := c.root.OpenFile(p, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = driver.Faultf(driver.Unsupported, "not a regular file")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &reader{ctx, f}, nil
}

// Remove deletes a file, not a folder.
func (c *Conn) Remove(ctx context.Context, name string) error {
	p, err := c.begin(ctx, name)
	if err != nil {
		return err
	}
	info, err := c.root.Lstat(p)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return driver.Faultf(driver.Unsupported, "it is a folder")
	}
	return c.root.Remove(p)
}

// MakeDir makes the missing folders from the top and syncs the one above each.
func (c *Conn) MakeDir(ctx context.Context, name string) error {
	p, err := c.begin(ctx, name)
	if err != nil || name == "." {
		return err
	}
	err = c.root.Mkdir(p, 0o777)
	parent, _ := driver.Split(name)
	if errors.Is(err, fs.ErrNotExist) && parent != "." {
		if err := c.MakeDir(ctx, parent); err != nil {
			return err
		}
		err = c.root.Mkdir(p, 0o777)
	}
	if errors.Is(err, fs.ErrExist) {
		info, statErr := c.root.Stat(p)
		if statErr == nil && info.IsDir() {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return c.SyncDir(ctx, parent)
}

// begin checks the context and turns a name into a path of this system.
func (c *Conn) begin(ctx context.Context, name string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if !driver.ValidName(name) {
		return "", driver.Faultf(driver.BadName, "not a name below the root")
	}
	return localName(name)
}

func entryOf(base string, info fs.FileInfo) driver.Entry {
	e := driver.Entry{Name: base, ModTime: info.ModTime(), ID: fileID(info)}
	switch {
	case info.IsDir():
		e.Type = driver.Dir
	case info.Mode().IsRegular():
		e.Type, e.Size = driver.File, info.Size()
	}
	return e
}

// reader stops reading when its context is done. It hides the file's own ways to copy, which would not stop.
type reader struct {
	ctx  context.Context
	file *os.File
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.file.Read(p)
}

func (r *reader) Close() error { return r.file.Close() }
