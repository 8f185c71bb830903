package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Folder is a store in a folder: ab/cdef… for each hash, read-only. What is there is whole: bytes are written under a
// temporary name, synced, renamed, and the folder synced.
type Folder struct{ dir string }

// NewFolder opens a store, making the folder when it is missing.
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(filepath.Join(dir, incoming), 0o750); err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	return &Folder{dir}, nil
}

// incoming holds what is being written; what a crash leaves there is removed by the next Put of the same name or by hand.
const incoming = "incoming"

// Put stores bytes.
func (f *Folder) Put(ctx context.Context, r io.Reader) (Ref, error) {
	ref, err := f.put(ctx, r)
	if err != nil {
		return Ref{}, fmt.Errorf("archive: %w", full(err))
	}
	return ref, nil
}

func (f *Folder) put(ctx context.Context, r io.Reader) (ref Ref, err error) {
	tmp, err := os.CreateTemp(filepath.Join(f.dir, incoming), "put-*")
	if err != nil {
		return ref, err
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
	}()
	h := sha256.New()
	ref.Size, err = copyHashed(ctx, tmp, h, r)
	if err != nil {
		return ref, err
	}
	ref.Hash = hex.EncodeToString(h.Sum(nil))
	if err := tmp.Sync(); err != nil {
		return ref, err
	}
	if err := tmp.Close(); err != nil {
		return ref, err
	}
	return ref, f.keep(tmp.Name(), f.path(ref.Hash))
}

// keep gives a written file its name. A file of that name has the same bytes and stays.
func (f *Folder) keep(tmp, path string) error {
	if _, err := os.Stat(path); err == nil {
		return os.Remove(tmp)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	if err := os.Chmod(tmp, 0o440); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	return syncDir(f.dir)
}

// copyHashed writes on one goroutine and hashes on another, so that the one does not wait for the other.
func copyHashed(ctx context.Context, w io.Writer, h hash.Hash, r io.Reader) (int64, error) {
	const size = 256 << 10
	type chunk struct {
		buf []byte
		n   int
	}
	free, full := make(chan []byte, 3), make(chan chunk, 3)
	for range 3 {
		free <- make([]byte, size)
	}
	hashed := make(chan struct{})
	go func() {
		defer close(hashed)
		for c := range full {
			h.Write(c.buf[:c.n])
			free <- c.buf
		}
	}()
	total, err := func() (int64, error) {
		var total int64
		for {
			if err := ctx.Err(); err != nil {
				return total, err
			}
			buf := <-free
			n, err := io.ReadFull(r, buf)
			if n > 0 {
				if _, err := w.Write(buf[:n]); err != nil {
					return total, err
				}
				full <- chunk{buf, n}
				total += int64(n)
			}
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return total, nil
			}
			if err != nil {
				return total, err
			}
		}
	}()
	close(full)
	<-hashed
	return total, err
}

// Open reads bytes back.
func (f *Folder) Open(_ context.Context, hash string) (io.ReadCloser, error) {
	if !validHash(hash) {
		return nil, fmt.Errorf("%q is no hash: %w", hash, ErrNotFound)
	}
	file, err := os.Open(f.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", hash, ErrNotFound)
	}
	return file, err
}

// List gives all hashes in their order.
func (f *Folder) List(ctx context.Context) iter.Seq2[Ref, error] {
	return func(yield func(Ref, error) bool) {
		stop := errors.New("stop")
		err := filepath.WalkDir(f.dir, func(path string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case e.IsDir() && e.Name() == incoming:
				return fs.SkipDir
			case e.IsDir():
				return nil
			}
			hash := filepath.Base(filepath.Dir(path)) + e.Name()
			if !validHash(hash) {
				return nil
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			if !yield(Ref{hash, info.Size()}, nil) {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield(Ref{}, fmt.Errorf("list the archive: %w", err))
		}
	}
}

func (f *Folder) path(hash string) string { return filepath.Join(f.dir, hash[:2], hash[2:]) }

func validHash(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}
