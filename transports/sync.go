package transports

import (
	"context"
	"sync"

	"github.com/batchgate/batchgate/transports/driver"
)

// syncAfter makes the names in the folders of some paths durable, each folder once.
func (e *Endpoint) syncAfter(ctx context.Context, op, about string, paths ...string) error {
	if err := e.syncFolders(ctx, make(map[string]error), paths); err != nil {
		return e.fail(op, about, "", err)
	}
	return nil
}

// syncFolders syncs the folders of paths that done does not hold yet, and gives the first error about any of them.
func (e *Endpoint) syncFolders(ctx context.Context, done map[string]error, paths []string) error {
	if !e.caps.Sync {
		return nil
	}
	var first error
	for _, p := range paths {
		dir, _ := driver.Split(p)
		err, known := done[dir]
		if !known {
			err = e.conn.SyncDir(ctx, dir)
			done[dir] = err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// syncEach makes durable what many operations did, each folder once. Where that fails, those that did well so far have
// failed too: their names may be lost in a power cut.
func (e *Endpoint) syncEach(ctx context.Context, op string, errs []error, paths func(i int) []string) {
	done := make(map[string]error)
	for i := range errs {
		if errs[i] != nil {
			continue
		}
		p := paths(i)
		if err := e.syncFolders(ctx, done, p); err != nil {
			errs[i] = e.fail(op, p[0], "", err)
		}
	}
}

// each calls do for 0 to n-1, as many at a time as the server likes.
func (e *Endpoint) each(n int, do func(i int)) {
	var group sync.WaitGroup
	slots := make(chan struct{}, e.caps.Parallel)
	for i := range n {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	group.Wait()
}
