package local

import (
	"context"
	"errors"
	"io/fs"

	"github.com/batchgate/batchgate/transports/driver"
)

// Kind sorts the system's errors.
func (c *Conn) Kind(err error) driver.Kind {
	if c.escapes != nil && errors.Is(err, c.escapes) {
		return driver.BadName
	}
	return kindOf(err)
}

func kindOf(err error) driver.Kind {
	if f, ok := errors.AsType[*driver.Fault](err); ok {
		return f.Kind
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return driver.Cancelled
	}
	if k := systemKind(err); k != driver.Unknown {
		return k
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return driver.NotFound
	case errors.Is(err, fs.ErrExist):
		return driver.Exists
	case errors.Is(err, fs.ErrPermission):
		return driver.Denied
	}
	return driver.Unknown
}
