package transports

import (
	"context"
	"sync"
	"sync/atomic"

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
			err = e.folder(dir).sync(func() error { return e.conn.SyncDir(ctx, dir) })
			done[dir] = err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// folderSync lets many who wait for a folder's sync share one: whoever comes while one is under way takes part in the next.
type folderSync struct {
	begun atomic.Int64
	mu    sync.Mutex
	done  int64 // the newest sync that succeeded
}

// folder gives what those share who sync a folder.
func (e *Endpoint) folder(dir string) *folderSync {
	e.mu.Lock()
	defer e.mu.Unlock()
	f, ok := e.folders[dir]
	if !ok {
		f = &folderSync{}
		e.folders[dir] = f
	}
	return f
}

// sync makes sure that a sync of the folder begins after now and succeeds.
func (f *folderSync) sync(run func() error) error {
	need := f.begun.Load() + 1
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done >= need {
		return nil
	}
	mine := f.begun.Add(1)
	err := run()
	if err == nil {
		f.done = mine
	}
	return err
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
