package archive_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/archive/archivetest"
)

func TestFolder(t *testing.T) {
	archivetest.Run(t, func(t *testing.T) archive.Store {
		f, err := archive.NewFolder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return f
	})
}

type blobs map[string][]byte

func (b blobs) Blob(_ context.Context, hash string) ([]byte, bool, error) {
	data, ok := b[hash]
	return data, ok, nil
}

func TestFewBytesGoToTheLedgerAndManyToTheStore(t *testing.T) {
	folder, err := archive.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	small := blobs{}
	a := archive.New(folder, small)
	for _, n := range []int{0, 1, archive.SmallLimit, archive.SmallLimit + 1, 3 << 20} {
		data := bytes.Repeat([]byte{'x'}, n)
		taken, err := a.Take(t.Context(), bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if (taken.Small != nil) != (n <= archive.SmallLimit) {
			t.Errorf("%d bytes: small %v", n, taken.Small != nil)
		}
		if taken.Small != nil {
			small[taken.Hash] = taken.Small
		}
		got, err := a.Read(t.Context(), taken.Hash, 4<<20)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes: %d came back, %v", n, len(got), err)
		}
	}
}

func TestVerifyNamesAlteredBytes(t *testing.T) {
	dir := t.TempDir()
	folder, err := archive.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	a := archive.New(folder, blobs{})
	good, err := folder.Put(t.Context(), strings.NewReader("good"))
	if err != nil {
		t.Fatal(err)
	}
	bad, err := folder.Put(t.Context(), strings.NewReader("1,00"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, bad.Hash[:2], bad.Hash[2:])
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("9,00"), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := map[string]error{}
	for ref, err := range a.Verify(t.Context()) {
		seen[ref.Hash] = err
	}
	if len(seen) != 2 || seen[good.Hash] != nil || !errors.Is(seen[bad.Hash], archive.ErrAltered) {
		t.Errorf("%v", seen)
	}
	if _, err := a.Read(t.Context(), bad.Hash, 100); !errors.Is(err, archive.ErrAltered) {
		t.Errorf("altered bytes were read: %v", err)
	}
}
