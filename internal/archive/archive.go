// Package archive is the content-addressed store of bytes: what came in and what went out, by the SHA-256 of its bytes.
//
// Small bytes live in the ledger's database, in the commit that mentions them, so that no crash leaves one without the
// other. Large ones go into a [Store], a folder by default, before the commit that mentions them; what a crash leaves
// there without a mention does no harm.
package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
)

// Ref names archived bytes.
type Ref struct {
	Hash string `json:"hash"` // SHA-256 in small hex digits
	Size int64  `json:"size"` // in bytes
}

// ErrNotFound says that the archive does not have bytes of that hash.
var ErrNotFound = errors.New("not in the archive")

// ErrFull says that there is no room left. Nothing half is left behind.
var ErrFull = errors.New("no room left in the archive: free disk space and try again")

// ErrAltered says that archived bytes are not those of their hash any more.
var ErrAltered = errors.New("archived bytes were altered")

// Store keeps bytes under their hash.
type Store interface {
	// Put reads to the end and stores the bytes durably. The same bytes are stored once.
	Put(ctx context.Context, r io.Reader) (Ref, error)
	// Open reads bytes back; ErrNotFound when there are none. They are not checked: see [Checked].
	Open(ctx context.Context, hash string) (io.ReadCloser, error)
	// Stat gives the hash with the size; ErrNotFound when there are no such bytes.
	Stat(ctx context.Context, hash string) (Ref, error)
	// List gives all hashes, in their order. An error ends it.
	List(ctx context.Context) iter.Seq2[Ref, error]
}

// Blobs gives the small bytes that live in the ledger.
type Blobs interface {
	// Blob gives bytes; false when they do not live there.
	Blob(ctx context.Context, hash string) (data []byte, ok bool, err error)
	// Blobs gives up to limit hashes after a hash, in their order.
	Blobs(ctx context.Context, after string, limit int) ([]string, error)
}

// SmallLimit is the number of bytes up to which they live in the ledger.
const SmallLimit = 64 << 10

// Archive is both: small bytes in the ledger, large ones in a store.
type Archive struct {
	store Store
	small Blobs
	heads sync.Pool // *[]byte, one byte longer than SmallLimit
}

// New joins a store and the ledger's blobs.
func New(store Store, small Blobs) *Archive {
	return &Archive{store: store, small: small, heads: sync.Pool{New: func() any {
		head := make([]byte, SmallLimit+1)
		return &head
	}}}
}

// Taken is what Take read.
type Taken struct {
	Ref
	// Small holds the bytes when they belong into the ledger, in the commit that mentions them; nil when they are stored.
	Small []byte
}

// Take reads to the end. Few bytes come back for the caller's commit, many are stored durably.
func (a *Archive) Take(ctx context.Context, r io.Reader) (Taken, error) {
	buffer := a.heads.Get().(*[]byte)
	defer a.heads.Put(buffer)
	n, ended, err := fill(r, *buffer)
	head := (*buffer)[:n]
	switch {
	case err != nil:
		return Taken{}, fmt.Errorf("archive: %w", err)
	case ended && n <= SmallLimit:
		small := append(make([]byte, 0, n), head...)
		return Taken{Ref: Ref{Hash(small), int64(n)}, Small: small}, nil
	}
	ref, err := a.store.Put(ctx, io.MultiReader(bytes.NewReader(head), r))
	return Taken{Ref: ref}, err
}

// Open reads bytes back from where they are.
func (a *Archive) Open(ctx context.Context, hash string) (io.ReadCloser, error) {
	data, ok, err := a.small.Blob(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", hash, err)
	}
	if ok {
		return io.NopCloser(bytes.NewReader(data)), nil
	}
	return a.store.Open(ctx, hash)
}

// Read gives all bytes, up to limit, checked against their hash.
func (a *Archive) Read(ctx context.Context, hash string, limit int64) ([]byte, error) {
	r, err := a.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", hash, err)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("read %s: it has more than %d bytes", hash, limit)
	case Hash(data) != hash:
		return nil, fmt.Errorf("%s: %w", hash, ErrAltered)
	}
	return data, nil
}

// Hash gives the hash under which bytes are archived.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
