package drivertest

import (
	"context"
	"io"
	"iter"
	"sync"

	"github.com/batchgate/batchgate/transports/driver"
)

// Step is a call on a connection, its reader or its writer, just before or just after it happens.
type Step struct {
	// N counts the calls from 1; both moments of a call have the same number.
	N int
	// Op is list, stat, open, read, create, write, sync, close, abort, rename, remove, makedir or syncdir.
	Op string
	// Name is the file or folder, of a rename the old name.
	Name string
	// After tells the moment after the call from the one before.
	After bool
}

// Watch wraps a connection so that a test sees every call. An error that the hook gives before a call takes the call's
// place; one that it gives after a call takes the place of its result, as when an answer is lost. The hook may as well
// end the process. It is called by whatever goroutine makes the call. A listing is one call.
func Watch(conn driver.Conn, hook func(Step) error) *Watched {
	return &Watched{Conn: conn, steps: &steps{hook: hook, open: make(map[io.Closer]bool)}}
}

// Watched is a connection whose calls a test sees.
type Watched struct {
	driver.Conn
	steps *steps
}

// Kill closes the files that are open, without telling the hook, as the system does at the end of a process. What was
// written of them stays.
func (w *Watched) Kill() {
	w.steps.mu.Lock()
	defer w.steps.mu.Unlock()
	for file := range w.steps.open {
		_ = file.Close() // it may be closed already
	}
	clear(w.steps.open)
}

type steps struct {
	mu   sync.Mutex
	n    int
	open map[io.Closer]bool
	hook func(Step) error
}

// opened remembers a file until it is closed.
func (s *steps) opened(file io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[file] = true
}

// closed forgets a file when it was really closed.
func (s *steps) closed(file io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, file)
}

// around calls do between the two moments.
func (s *steps) around(op, name string, do func() error) error {
	s.mu.Lock()
	s.n++
	n := s.n
	s.mu.Unlock()
	if err := s.hook(Step{n, op, name, false}); err != nil {
		return err
	}
	err := do()
	if hookErr := s.hook(Step{n, op, name, true}); hookErr != nil {
		return hookErr
	}
	return err
}

func (w *Watched) List(ctx context.Context, dir string) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		var entries []driver.Entry
		err := w.steps.around("list", dir, func() error {
			for e, err := range w.Conn.List(ctx, dir) {
				if err != nil {
					return err
				}
				entries = append(entries, e)
			}
			return nil
		})
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
		if err != nil {
			yield(driver.Entry{}, err)
		}
	}
}

func (w *Watched) Stat(ctx context.Context, name string) (e driver.Entry, err error) {
	err = w.steps.around("stat", name, func() error {
		e, err = w.Conn.Stat(ctx, name)
		return err
	})
	return e, err
}

// Open gives nobody a file whose answer was lost; Kill closes it.
func (w *Watched) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	var file io.ReadCloser
	err := w.steps.around("open", name, func() (err error) {
		if file, err = w.Conn.Open(ctx, name); err == nil {
			w.steps.opened(file)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &watchedReader{file, w.steps, name}, nil
}

// Create gives nobody a file whose answer was lost; Kill closes it.
func (w *Watched) Create(ctx context.Context, name string) (driver.Writer, error) {
	var file driver.Writer
	err := w.steps.around("create", name, func() (err error) {
		if file, err = w.Conn.Create(ctx, name); err == nil {
			w.steps.opened(file)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &watchedWriter{file, w.steps, name}, nil
}

func (w *Watched) Rename(ctx context.Context, from, to string) error {
	return w.steps.around("rename", from, func() error { return w.Conn.Rename(ctx, from, to) })
}

func (w *Watched) Remove(ctx context.Context, name string) error {
	return w.steps.around("remove", name, func() error { return w.Conn.Remove(ctx, name) })
}

func (w *Watched) MakeDir(ctx context.Context, name string) error {
	return w.steps.around("makedir", name, func() error { return w.Conn.MakeDir(ctx, name) })
}

func (w *Watched) SyncDir(ctx context.Context, dir string) error {
	return w.steps.around("syncdir", dir, func() error { return w.Conn.SyncDir(ctx, dir) })
}

// Together is that of the connection, where it has one.
func (w *Watched) Together(ctx context.Context, dir string) (func() error, error) {
	bulk, ok := w.Conn.(driver.Bulk)
	if !ok {
		return nil, driver.Faultf(driver.Unsupported, "files are synced one by one")
	}
	sync, err := bulk.Together(ctx, dir)
	if err != nil {
		return nil, err
	}
	return func() error { return w.steps.around("sync", dir, sync) }, nil
}

type watchedReader struct {
	io.ReadCloser
	steps *steps
	name  string
}

func (r *watchedReader) Read(p []byte) (n int, err error) {
	err = r.steps.around("read", r.name, func() error {
		n, err = r.ReadCloser.Read(p)
		return err
	})
	return n, err
}

func (r *watchedReader) Close() error {
	return r.steps.around("close", r.name, func() error {
		r.steps.closed(r.ReadCloser)
		return r.ReadCloser.Close()
	})
}

type watchedWriter struct {
	driver.Writer
	steps *steps
	name  string
}

func (w *watchedWriter) Write(p []byte) (n int, err error) {
	err = w.steps.around("write", w.name, func() error {
		n, err = w.Writer.Write(p)
		return err
	})
	return n, err
}

func (w *watchedWriter) Sync() error { return w.steps.around("sync", w.name, w.Writer.Sync) }

func (w *watchedWriter) Close() error {
	return w.steps.around("close", w.name, func() error {
		w.steps.closed(w.Writer)
		return w.Writer.Close()
	})
}

func (w *watchedWriter) Abort() error {
	return w.steps.around("abort", w.name, func() error {
		w.steps.closed(w.Writer)
		return w.Writer.Abort()
	})
}
