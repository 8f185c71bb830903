package local

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/batchgate/batchgate/transports/driver"
)

// Create removes an old file of the name and begins a new one, rather than emptying the old: another name may lead to
// the same file, as after a crash between hard link and removal.
func (c *Conn) Create(ctx context.Context, name string) (driver.Writer, error) {
	p, err := c.begin(ctx, name)
	if err != nil {
		return nil, err
	}
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := c.root.OpenFile(p, flags, 0o666)
	if errors.Is(err, fs.ErrExist) {
		if err := c.Remove(ctx, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		f, err = c.root.OpenFile(p, flags, 0o666)
	}
	if err != nil {
		return nil, err
	}
	return &writer{ctx: ctx, conn: c, path: p, file: f}, nil
}

// writer is a file being written.
type writer struct {
	ctx  context.Context
	conn *Conn
	path string
	file *os.File
	done bool
}

func (w *writer) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.file.Write(p)
}

// Sync brings the bytes to the disk.
func (w *writer) Sync() error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.file.Sync()
}

// Close completes the file, or removes it where the context is done or the system could not keep the bytes.
func (w *writer) Close() error {
	if w.done {
		return fs.ErrClosed
	}
	if err := w.ctx.Err(); err != nil {
		return errors.Join(err, w.Abort())
	}
	w.done = true
	if err := w.file.Close(); err != nil {
		_ = w.conn.root.Remove(w.path) // the error of closing is the one that matters
		return err
	}
	return nil
}

// Abort removes the file.
func (w *writer) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	_ = w.file.Close() // the bytes are not wanted any more
	if err := w.conn.root.Remove(w.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
