package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

const (
	chunkSize  = 256 << 10
	chunkCount = 3 // one being read and written, one being hashed, one between
)

// copyHashing copies r to w while another goroutine hashes, so that content of any length costs little more than the
// slower of the two. Memory is chunkCount chunks.
func copyHashing(ctx context.Context, w io.Writer, r io.Reader) (Ref, error) {
	free := make(chan []byte, chunkCount)
	for range chunkCount {
		free <- make([]byte, chunkSize)
	}
	full := make(chan []byte, chunkCount)
	sum := make(chan []byte, 1)
	go func() {
		h := sha256.New()
		for chunk := range full {
			h.Write(chunk)
			free <- chunk[:chunkSize]
		}
		sum <- h.Sum(nil)
	}()
	size, err := copyChunks(ctx, w, r, free, full)
	close(full)
	hashed := <-sum
	if err != nil {
		return Ref{}, err
	}
	return Ref{Hash: hex.EncodeToString(hashed), Size: size}, nil
}

func copyChunks(ctx context.Context, w io.Writer, r io.Reader, free, full chan []byte) (size int64, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return size, err
		}
		chunk := <-free
		n, ended, err := fill(r, chunk)
		if err != nil {
			return size, err
		}
		if n > 0 {
			full <- chunk[:n]
			if _, err := w.Write(chunk[:n]); err != nil {
				return size, err
			}
			size += int64(n)
		}
		if ended {
			return size, nil
		}
	}
}

// fill reads until p is full or r has ended. io.ReadFull will not do: by it a source that says io.ErrUnexpectedEOF, because
// a transfer was cut off, looks like one that has ended.
func fill(r io.Reader, p []byte) (n int, ended bool, err error) {
	for n < len(p) {
		m, err := r.Read(p[n:])
		n += m
		if err == io.EOF { // itself: a wrapped one is a fault, not the end
			return n, true, nil
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, false, nil
}

// Checked passes content through and gives [ErrAltered] instead of the end when it does not have the hash.
func Checked(r io.ReadCloser, hash string) io.ReadCloser {
	return &checked{r: r, want: hash, sum: sha256.New()}
}

type checked struct {
	r    io.ReadCloser
	want string
	sum  hash.Hash
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Write(p[:n])
	if errors.Is(err, io.EOF) {
		if altered := same(c.want, hex.EncodeToString(c.sum.Sum(nil))); altered != nil {
			return n, altered
		}
	}
	return n, err
}

func (c *checked) Close() error { return c.r.Close() }
