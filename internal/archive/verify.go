package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/batchgate/batchgate/finding"
)

// blobPage is how many small ones are listed at a time.
const blobPage = 500

// Verify reads everything again, in the store and in the ledger, and compares it with its hash. It gives each entry with
// nil or what is wrong; an error without a hash is of the listing and ends it.
func (a *Archive) Verify(ctx context.Context) iter.Seq2[Ref, error] {
	return func(yield func(Ref, error) bool) {
		for ref, err := range a.store.List(ctx) {
			if err == nil {
				err = a.verifyStored(ctx, ref.Hash)
			}
			if ctx.Err() != nil {
				ref, err = Ref{}, ctx.Err()
			}
			if !yield(ref, err) || ref.Hash == "" {
				return
			}
		}
		a.verifySmall(ctx, yield)
	}
}

func (a *Archive) verifyStored(ctx context.Context, hash string) error {
	r, err := a.store.Open(ctx, hash)
	if err != nil {
		return err
	}
	defer r.Close()
	got, err := copyHashing(ctx, io.Discard, r)
	if err != nil {
		return fmt.Errorf("read %s: %w", hash, err)
	}
	return same(hash, got.Hash)
}

func (a *Archive) verifySmall(ctx context.Context, yield func(Ref, error) bool) {
	for after := ""; ; {
		hashes, err := a.small.Blobs(ctx, after, blobPage)
		if err != nil {
			yield(Ref{}, fmt.Errorf("list the archive: %w", err))
			return
		}
		if len(hashes) == 0 {
			return
		}
		for _, hash := range hashes {
			data, ok, err := a.small.Blob(ctx, hash)
			if err == nil && ok {
				err = same(hash, Hash(data))
			}
			if ctx.Err() != nil {
				yield(Ref{}, ctx.Err())
				return
			}
			if !yield(Ref{hash, int64(len(data))}, err) {
				return
			}
		}
		after = hashes[len(hashes)-1]
	}
}

func same(want, got string) error {
	if want != got {
		return fmt.Errorf("%s: %w (their hash is now %s)", want, ErrAltered, got)
	}
	return nil
}

// Missing gives those of the wanted hashes that lie nowhere, with [ErrNotFound], or that cannot be looked for, with the
// reason. An error without a hash is that of wanted, and ends it.
func (a *Archive) Missing(ctx context.Context, wanted iter.Seq2[string, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for hash, err := range wanted {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield("", err)
				return
			}
			if err := a.find(ctx, hash); err != nil && !yield(hash, err) {
				return
			}
		}
	}
}

func (a *Archive) find(ctx context.Context, hash string) error {
	_, err := a.store.Stat(ctx, hash)
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	_, ok, inLedger := a.small.Blob(ctx, hash)
	switch {
	case inLedger != nil:
		return inLedger
	case !ok:
		return err
	}
	return nil
}

// Finding says what is wrong with archived bytes, in the words of findings.
func Finding(hash string, err error) finding.Finding {
	f := finding.Finding{Severity: finding.Error, Place: finding.Place{File: hash}}
	switch {
	case errors.Is(err, ErrAltered):
		f.Rule, f.Message = "archive.altered", "the archived bytes are not those of their hash any more"
		f.Hint = "restore them from a backup, and find out who could write to the archive"
	case errors.Is(err, ErrNotFound):
		f.Rule, f.Message = "archive.missing", "the ledger mentions these bytes, but they are not in the archive"
		f.Hint = "restore them from a backup"
	default:
		f.Rule, f.Message = "archive.unreadable", "the archived bytes cannot be read: "+err.Error()
		f.Hint = "check the disk and the rights of the archive's folder"
	}
	return f
}
