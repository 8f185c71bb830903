package transports

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/batchgate/batchgate/transports/driver"
)

// Draft is a file to be staged.
type Draft struct {
	// Temp is the temporary name (see IsTemp).
	Temp string
	// Body gives the bytes; it is read once, to its end.
	Body io.Reader
	// Size is how many bytes the body must have; below 0 if that is not known.
	Size int64
}

// Stage writes a file under a temporary name that nobody picks up, checks its size on the server and makes it durable.
// It gives the number of bytes. A file of an earlier attempt under that name is replaced; on an error nothing is left.
func (e *Endpoint) Stage(ctx context.Context, temp string, body io.Reader, size int64) (int64, error) {
	n, err := e.write(ctx, temp, body, size, true)
	if err != nil {
		return n, e.fail("stage", temp, "", err)
	}
	if err := e.syncAfter(ctx, "stage", temp, temp); err != nil {
		e.discard(ctx, temp)
		return n, err
	}
	return n, nil
}

// StageAll stages many files, several at a time, and makes them durable together. The result has an error, or nil, for
// each draft; one that fails does not stop the others. Bodies may be read at the same time.
func (e *Endpoint) StageAll(ctx context.Context, drafts []Draft) []error {
	errs := make([]error, len(drafts))
	syncs := e.together(ctx, drafts)
	e.each(len(drafts), func(i int) {
		dir, _ := driver.Split(drafts[i].Temp)
		if _, err := e.write(ctx, drafts[i].Temp, drafts[i].Body, drafts[i].Size, syncs[dir] == nil); err != nil {
			errs[i] = e.fail("stage", drafts[i].Temp, "", err)
		}
	})
	for dir, sync := range syncs {
		if err := sync(); err != nil {
			e.notStaged(ctx, dir, drafts, errs, err)
		}
	}
	e.syncEach(ctx, "stage", errs, func(i int) []string { return []string{drafts[i].Temp} })
	return errs
}

// enoughTogether is the number of files from which one sync of all costs less than one of each.
const enoughTogether = 4

// together begins the common writing of drafts and gives the syncs that end it, by folder. Folders with few drafts, or of
// a server that knows no such thing, are left out: each file is synced by itself.
func (e *Endpoint) together(ctx context.Context, drafts []Draft) map[string]func() error {
	bulk, ok := e.conn.(driver.Bulk)
	if !ok || !e.caps.Sync || len(drafts) < enoughTogether {
		return nil
	}
	count := map[string]int{}
	for _, d := range drafts {
		if driver.ValidName(d.Temp) {
			dir, _ := driver.Split(d.Temp)
			count[dir]++
		}
	}
	syncs := map[string]func() error{}
	for dir, n := range count {
		if n < enoughTogether {
			continue
		}
		if sync, err := bulk.Together(ctx, dir); err == nil { // else the writing finds out why
			syncs[dir] = sync
		}
	}
	return syncs
}

// notStaged gives an error to the drafts of a folder that did well so far, and removes them.
func (e *Endpoint) notStaged(ctx context.Context, dir string, drafts []Draft, errs []error, cause error) {
	for i, d := range drafts {
		if own, _ := driver.Split(d.Temp); own == dir && errs[i] == nil {
			errs[i] = e.fail("stage", d.Temp, "", cause)
			e.discard(ctx, d.Temp)
		}
	}
}

// write makes the file but not yet its name durable; without sync the caller does both.
func (e *Endpoint) write(ctx context.Context, temp string, body io.Reader, size int64, sync bool) (int64, error) {
	if !driver.ValidName(temp) || !IsTemp(temp) {
		return 0, driver.Faultf(driver.BadName, "not a temporary name")
	}
	w, err := e.create(ctx, temp)
	if err != nil {
		return 0, err
	}
	n, err := copyBody(ctx, w, body, size)
	if err == nil && sync {
		err = w.Sync()
	}
	if err != nil {
		_ = w.Abort() // the first error is the one that matters; a leftover has a name that nobody picks up
		return n, err
	}
	if err := w.Close(); err != nil {
		return n, err
	}
	if err := e.checkSize(ctx, temp, n); err != nil {
		e.discard(ctx, temp)
		return n, err
	}
	return n, nil
}

// discardTime is how long an attempt to clean up may take once the caller has given up.
const discardTime = 10 * time.Second

// discard removes a temporary file after a fault, as well as it can: the fault is what matters.
func (e *Endpoint) discard(ctx context.Context, temp string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardTime)
	defer cancel()
	_ = e.conn.Remove(ctx, temp)
}

// create begins the file, and makes its folder where that is our own.
func (e *Endpoint) create(ctx context.Context, temp string) (driver.Writer, error) {
	w, err := e.conn.Create(ctx, temp)
	if err == nil || e.kind(err) != driver.NotFound {
		return w, err
	}
	if !inOwnFolder(temp) {
		return nil, noFolder(temp)
	}
	dir, _ := driver.Split(temp)
	if err := e.conn.MakeDir(ctx, dir); err != nil {
		return nil, err
	}
	return e.conn.Create(ctx, temp)
}

// checkSize asks the server how much it stored: a transfer in text mode, or one that was cut, shows here.
func (e *Endpoint) checkSize(ctx context.Context, temp string, size int64) error {
	entry, err := e.conn.Stat(ctx, temp)
	if err != nil {
		return err
	}
	if entry.Size == size {
		return nil
	}
	return driver.Faultf(driver.Incomplete, "the server stored %d bytes of %d sent", entry.Size, size)
}

// copyBody copies the body and tells its faults from those of the connection.
func copyBody(ctx context.Context, w io.Writer, body io.Reader, size int64) (int64, error) {
	source := &bodyReader{ctx: ctx, body: body, size: size}
	_, err := io.Copy(w, source)
	switch {
	case source.err != nil:
		return source.read, source.err
	case err != nil:
		return source.read, err
	case size >= 0 && source.read != size:
		return source.read, wrongSize(source.read, size, true)
	}
	return source.read, nil
}

// bodyReader counts what is read of a body, stops at the end of the context and at too many bytes, and keeps the error.
type bodyReader struct {
	ctx  context.Context
	body io.Reader
	size int64
	read int64
	err  error
}

func (b *bodyReader) Read(p []byte) (int, error) {
	if b.err = b.ctx.Err(); b.err != nil {
		return 0, b.err
	}
	n, err := b.body.Read(p)
	b.read += int64(n)
	if err != nil && err != io.EOF {
		b.err = &bodyError{err}
		return n, b.err
	}
	if b.size >= 0 && b.read > b.size {
		b.err = wrongSize(b.read, b.size, false)
		return n, b.err
	}
	return n, err
}

// bodyError is a fault of the bytes' source and not of the endpoint that they go to.
type bodyError struct{ err error }

func (b *bodyError) Error() string {
	return "the bytes to be written could not be read: " + b.err.Error()
}
func (b *bodyError) Unwrap() error { return b.err }

// kind is Unknown, whatever the source calls it: a source whose disk is full says nothing about this endpoint.
func (b *bodyError) kind() driver.Kind {
	if errors.Is(b.err, context.Canceled) || errors.Is(b.err, context.DeadlineExceeded) {
		return driver.Cancelled
	}
	return driver.Unknown
}

func noFolder(name string) error {
	dir, _ := driver.Split(name)
	return driver.Faultf(driver.NoFolder, "%s", dir)
}
