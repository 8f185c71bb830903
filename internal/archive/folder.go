package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// strayAge is the age from which a temporary file is taken for the rest of a crash.
const strayAge = 24 * time.Hour

// Folder is a store in a folder: ab/cdef… for each hash, read-only. What is there is whole: bytes are written under a
// temporary name, synced, renamed, and the folder synced. Any number of processes may use one folder.
type Folder struct {
	dir    string
	create func() (file, error) // a temporary file in the same file system
}

// file is what Put needs of a temporary file.
type file interface {
	io.WriteCloser
	Name() string
	Sync() error
	Chmod(fs.FileMode) error
}

// incoming holds what is being written.
const incoming = "incoming"

// NewFolder opens a store, making the folder when it is missing.
func NewFolder(dir string) (*Folder, error) {
	temporary := filepath.Join(dir, incoming)
	if err := os.MkdirAll(temporary, 0o750); err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	removeStray(temporary)
	return &Folder{dir: dir, create: func() (file, error) { return os.CreateTemp(temporary, "put-*") }}, nil
}

// removeStray removes what a crash left, as far as it can; a file it cannot remove does no harm.
func removeStray(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > strayAge {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

func (f *Folder) path(hash string) string { return filepath.Join(f.dir, hash[:2], hash[2:]) }

// Put stores bytes.
func (f *Folder) Put(ctx context.Context, r io.Reader) (Ref, error) {
	ref, err := f.put(ctx, r)
	if err != nil {
		return Ref{}, fmt.Errorf("archive: %w", full(err))
	}
	return ref, nil
}

func (f *Folder) put(ctx context.Context, r io.Reader) (ref Ref, err error) {
	temporary, err := f.create()
	if err != nil {
		return Ref{}, err
	}
	defer func() {
		if err != nil {
			_ = temporary.Close()
			_ = os.Remove(temporary.Name())
		}
	}()
	ref, err = copyHashing(ctx, temporary, r)
	if err != nil {
		return Ref{}, err
	}
	if f.has(ctx, ref) {
		return ref, errors.Join(temporary.Close(), os.Remove(temporary.Name()), f.syncDirs(ref))
	}
	if err = temporary.Sync(); err != nil {
		return Ref{}, err
	}
	if err = temporary.Chmod(0o440); err != nil {
		return Ref{}, err
	}
	if err = temporary.Close(); err != nil {
		return Ref{}, err
	}
	return ref, f.settle(ctx, temporary.Name(), ref)
}

// has tells whether the bytes lie there unharmed. They are read for it: what was damaged is replaced by what has just come.
func (f *Folder) has(ctx context.Context, ref Ref) bool {
	r, err := os.Open(f.path(ref.Hash))
	if err != nil {
		return false
	}
	defer r.Close()
	got, err := copyHashing(ctx, io.Discard, r)
	return err == nil && got == ref
}

// settle moves a finished file to its place.
func (f *Folder) settle(ctx context.Context, from string, ref Ref) error {
	to := f.path(ref.Hash)
	if err := os.Mkdir(filepath.Dir(to), 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		// Windows refuses to replace a read-only file, or one that another process has just put or reads.
		if f.has(ctx, ref) {
			return errors.Join(os.Remove(from), f.syncDirs(ref))
		}
		if os.Chmod(to, 0o640) != nil {
			return err
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
	}
	return f.syncDirs(ref)
}

// syncDirs makes the names durable, also those that another process has made a moment ago and not yet synced.
func (f *Folder) syncDirs(ref Ref) error {
	return errors.Join(syncDir(filepath.Dir(f.path(ref.Hash))), syncDir(f.dir))
}

// Open reads bytes back.
func (f *Folder) Open(_ context.Context, hash string) (io.ReadCloser, error) {
	if !validHash(hash) {
		return nil, fmt.Errorf("%q is no hash: %w", hash, ErrNotFound)
	}
	r, err := os.Open(f.path(hash))
	if err != nil {
		return nil, absent(hash, err)
	}
	return r, nil
}

// Stat gives the hash with the size.
func (f *Folder) Stat(_ context.Context, hash string) (Ref, error) {
	if !validHash(hash) {
		return Ref{}, fmt.Errorf("%q is no hash: %w", hash, ErrNotFound)
	}
	info, err := os.Stat(f.path(hash))
	if err != nil {
		return Ref{}, absent(hash, err)
	}
	return Ref{Hash: hash, Size: info.Size()}, nil
}

func absent(hash string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", hash, ErrNotFound)
	}
	return fmt.Errorf("read %s: %w", hash, err)
}

// List gives all hashes in their order. Files that have no place here are passed over.
func (f *Folder) List(ctx context.Context) iter.Seq2[Ref, error] {
	return func(yield func(Ref, error) bool) {
		parents, err := os.ReadDir(f.dir) // sorted
		if err != nil {
			yield(Ref{}, fmt.Errorf("list the archive: %w", err))
			return
		}
		for _, p := range parents {
			if p.IsDir() && len(p.Name()) == 2 && !f.listParent(ctx, p.Name(), yield) {
				return
			}
		}
	}
}

func (f *Folder) listParent(ctx context.Context, parent string, yield func(Ref, error) bool) bool {
	entries, err := os.ReadDir(filepath.Join(f.dir, parent))
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		yield(Ref{}, fmt.Errorf("list the archive: %w", err))
		return false
	}
	for _, e := range entries {
		hash := parent + e.Name()
		if !validHash(hash) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) { // removed while listing
			continue
		}
		if err != nil {
			yield(Ref{}, fmt.Errorf("list the archive: %w", err))
			return false
		}
		if !yield(Ref{Hash: hash, Size: info.Size()}, nil) {
			return false
		}
	}
	return true
}

// validHash tells whether a text has the form of a hash; it also keeps odd ones from becoming paths.
func validHash(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}
