package transports

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/batchgate/batchgate/transports/driver"
)

// Endpoint is a folder tree on a transport. Its methods may be used by many goroutines at once.
type Endpoint struct {
	name string
	conn driver.Conn
	caps driver.Caps

	mu      sync.Mutex
	folders map[string]*folderSync
}

// New makes an endpoint of a connection. The name stands in error texts; it is the one that people gave the endpoint.
// The endpoint owns the connection from now on.
func New(name string, conn driver.Conn) *Endpoint {
	caps := conn.Caps()
	caps.Parallel = max(caps.Parallel, 1)
	return &Endpoint{name: name, conn: conn, caps: caps, folders: map[string]*folderSync{}}
}

// Name gives the endpoint's name.
func (e *Endpoint) Name() string { return e.name }

// Caps tells what the server can do.
func (e *Endpoint) Caps() driver.Caps { return e.caps }

// Close ends the connection.
func (e *Endpoint) Close() error {
	if err := e.conn.Close(); err != nil {
		return e.fail("close", "", "", err)
	}
	return nil
}

// Stat tells about one file or folder.
func (e *Endpoint) Stat(ctx context.Context, name string) (driver.Entry, error) {
	entry, err := e.conn.Stat(ctx, name)
	if err != nil {
		return driver.Entry{}, e.fail("stat", name, "", err)
	}
	return entry, nil
}

// CheckFolder tells whether a folder is there and is one. It never creates it.
func (e *Endpoint) CheckFolder(ctx context.Context, dir string) error {
	entry, err := e.conn.Stat(ctx, dir)
	if err != nil {
		return e.fail("list", dir, "", err)
	}
	if entry.Type != driver.Dir {
		return e.fail("list", dir, "", driver.Faultf(driver.NoFolder, "there is a %s of that name", entry.Type))
	}
	return nil
}

// MakeDir makes a folder and those above it; one that is there is fine.
func (e *Endpoint) MakeDir(ctx context.Context, dir string) error {
	if err := e.conn.MakeDir(ctx, dir); err != nil {
		return e.fail("make", dir, "", err)
	}
	return nil
}

// Remove makes sure that a file is gone. That it was gone before is no error, so that it may be repeated.
func (e *Endpoint) Remove(ctx context.Context, name string) error {
	err := e.conn.Remove(ctx, name)
	if err != nil && e.kind(err) != driver.NotFound {
		return e.fail("remove", name, "", err)
	}
	return e.syncAfter(ctx, "remove", name, name)
}

// Open reads a file as a stream. Errors of the reader are of type *Error too.
func (e *Endpoint) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	return e.OpenSized(ctx, name, -1)
}

// OpenSized reads a file that must have exactly size bytes, as a listing said: where fewer or more come, the reader ends
// with an error of Kind Incomplete in place of io.EOF. A size below 0 means that any is right.
func (e *Endpoint) OpenSized(ctx context.Context, name string, size int64) (io.ReadCloser, error) {
	r, err := e.conn.Open(ctx, name)
	if err != nil {
		return nil, e.fail("open", name, "", err)
	}
	return &reader{ReadCloser: r, endpoint: e, name: name, size: size}, nil
}

// kind sorts an error of this endpoint's connection or of the endpoint itself.
func (e *Endpoint) kind(err error) driver.Kind {
	if body, ok := errors.AsType[*bodyError](err); ok {
		return body.kind()
	}
	if f, ok := errors.AsType[*driver.Fault](err); ok {
		return f.Kind
	}
	if inner, ok := errors.AsType[*Error](err); ok {
		return inner.Kind
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return driver.Cancelled
	}
	return e.conn.Kind(err)
}

func (e *Endpoint) fail(op, name, to string, err error) *Error {
	return &Error{Op: op, Endpoint: e.name, Path: name, To: to, Kind: e.kind(err), Err: err}
}
