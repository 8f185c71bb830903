package mem

import (
	"context"
	"io"
	"time"

	"github.com/batchgate/batchgate/transports/driver"
)

// reader gives a file's bytes, up to where its name lets them end.
type reader struct {
	ctx    context.Context
	rest   []byte
	limit  limit
	closed bool
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if r.closed {
		return 0, errEnded
	}
	rest := r.rest
	if r.limit.at >= 0 && len(rest) > r.limit.at && kindOf(r.limit.fault) != driver.Full {
		rest = rest[:r.limit.at]
		if len(rest) == 0 && r.limit.fault != nil {
			return 0, r.limit.fault
		}
	}
	if len(rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, rest)
	r.rest = r.rest[n:]
	r.limit.at -= min(n, max(r.limit.at, 0))
	return n, nil
}

func (r *reader) Close() error {
	r.closed = true
	return nil
}

// Create begins an empty file.
func (c *Conn) Create(ctx context.Context, name string) (driver.Writer, error) {
	if err := c.begin(ctx, name, callChange); err != nil {
		return nil, err
	}
	s := c.store
	s.mu.Lock()
	defer s.mu.Unlock()
	parent, _ := driver.Split(name)
	if err := s.folder(parent); err != nil {
		return nil, err
	}
	if old := s.nodes[name]; old != nil && old.dir {
		return nil, driver.Faultf(driver.Unsupported, "it is a folder")
	}
	n := &node{modTime: time.Now(), id: s.nextID()}
	s.nodes[name] = n
	return &writer{ctx: ctx, store: s, name: name, node: n, limit: limitOf(name)}, nil
}

// writer lets others see the file grow, as a disk does.
type writer struct {
	ctx   context.Context
	store *Store
	name  string
	node  *node
	limit limit
	done  bool
}

func (w *writer) Write(p []byte) (int, error) {
	if err := w.usable(); err != nil {
		return 0, err
	}
	kept := p
	if w.limit.at >= 0 && len(p) > w.limit.at {
		kept = p[:w.limit.at]
	}
	w.limit.at -= min(len(kept), max(w.limit.at, 0))
	w.store.mu.Lock()
	w.node.content = append(w.node.content, kept...)
	w.node.modTime = time.Now()
	w.store.mu.Unlock()
	if len(kept) < len(p) && w.limit.fault != nil {
		return len(kept), w.limit.fault
	}
	return len(p), nil
}

// Sync has nothing to do.
func (w *writer) Sync() error { return w.usable() }

func (w *writer) Close() error {
	if err := w.usable(); err != nil {
		_ = w.Abort() // cannot fail
		return err
	}
	w.done = true
	return nil
}

// Abort removes the file, unless another has its name by now.
func (w *writer) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.nodes[w.name] == w.node {
		delete(w.store.nodes, w.name)
	}
	return nil
}

func (w *writer) usable() error {
	if w.done {
		return errEnded
	}
	return w.ctx.Err()
}
