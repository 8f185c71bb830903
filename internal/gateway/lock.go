package gateway

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Lock is the right of one process to work on a home. A process that ends, however it ends, gives it back.
type Lock struct{ file *os.File }

// ErrLocked says that another process works on the home.
var ErrLocked = errors.New("another batchgate works on this home: stop it first, or use another home")

// LockHome takes the right to work on a home whose data folder is given.
func LockHome(data string) (*Lock, error) {
	name := filepath.Join(data, "lock")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the home: %w", err)
	}
	if err := lockFile(f); err != nil {
		_ = f.Close()
		if isLocked(err) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock the home: %w", err)
	}
	return &Lock{f}, nil
}

// Release gives the right back.
func (l *Lock) Release() error { return l.file.Close() }
