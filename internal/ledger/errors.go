package ledger

import (
	"errors"
	"fmt"
)

// Errors that callers tell apart. All are wrapped with what happened and where.
var (
	// ErrNotFound says that no row has the asked number, key or name.
	ErrNotFound = errors.New("not in the ledger")
	// ErrExists says that a row with the same unique key (effect, name and version) is there already.
	ErrExists = errors.New("already in the ledger")
	// ErrFull says that the disk or the database has no room. Nothing of the change was kept; the ledger stays usable
	// and takes changes again once there is room.
	ErrFull = errors.New("no room left for the ledger: free disk space and try again")
	// ErrBusy says that another process held the database for longer than the ledger waits. Nothing was changed.
	ErrBusy = errors.New("the ledger is locked by another process: stop it, or try again")
	// ErrConflict says that PostgreSQL broke a deadlock between processes at this change's cost. Nothing of it was kept;
	// trying again is safe.
	ErrConflict = errors.New("another process changed the same rows: try again")
	// ErrDamaged says that the file is no ledger or is damaged.
	ErrDamaged = errors.New("not a readable ledger: restore it from a backup")
	// ErrNewer says that a newer batchgate wrote this ledger.
	ErrNewer = errors.New("the ledger was written by a newer batchgate: use that version, or restore a backup made before it")
	// ErrFenced says that a lease has been taken over: whoever holds it must stop at once.
	ErrFenced = errors.New("the lease belongs to another process now")
	// ErrSpent says that a series of numbers has reached its last one.
	ErrSpent = errors.New("the number series is used up")
	// ErrClosed says that the ledger was closed.
	ErrClosed = errors.New("the ledger is closed")
	// ErrAborted says that the goroutine running a change ended inside it.
	ErrAborted = errors.New("the change was ended from inside by runtime.Goexit")
)

// PanicError is what [Ledger.Do] returns for a closure that panicked. Its changes are rolled back, nobody else's.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic in a ledger change: %v", e.Value) }
