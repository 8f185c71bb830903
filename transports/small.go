package transports

import (
	"bytes"
	"context"
	"io"

	"github.com/batchgate/batchgate/transports/driver"
)

// WriteSmall places a small file that others may see: a reason beside a failed file, a done-file. It appears whole, by a
// rename, and never replaces another; a file of the same content that is there already is fine, so that it may be
// repeated. What a partner may fetch and must not get twice is placed with Stage and Publish instead.
func (e *Endpoint) WriteSmall(ctx context.Context, name string, content []byte) error {
	temp := TempName(name)
	if _, err := e.write(ctx, temp, bytes.NewReader(content), int64(len(content)), true); err != nil {
		return e.fail("write", name, "", err)
	}
	err := e.rename(ctx, temp, name, inOwnFolder(name))
	if err != nil && e.kind(err) == driver.Exists {
		err = e.settleTaken(ctx, temp, name, content, err)
	}
	if err != nil {
		return e.fail("write", name, "", err)
	}
	return e.syncAfter(ctx, "write", name, name)
}

// settleTaken removes the temporary file and accepts a taken name whose content is the wanted one.
func (e *Endpoint) settleTaken(ctx context.Context, temp, name string, content []byte, taken error) error {
	old, err := e.ReadSmall(ctx, name, len(content))
	if removeErr := e.conn.Remove(ctx, temp); removeErr != nil && e.kind(removeErr) != driver.NotFound {
		return removeErr
	}
	if err == nil && bytes.Equal(old, content) {
		return nil
	}
	return taken
}

// ReadSmall reads a whole file of at most limit bytes, such as a done-file with a size and a hash. A larger one is an
// error of Kind Unsupported.
func (e *Endpoint) ReadSmall(ctx context.Context, name string, limit int) ([]byte, error) {
	r, err := e.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(content) > limit {
		return nil, e.fail("read", name, "", driver.Faultf(driver.Unsupported, "more than %d bytes", limit))
	}
	return content, nil
}
