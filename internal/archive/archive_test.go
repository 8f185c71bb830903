package archive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

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

func (b blobs) Blobs(_ context.Context, after string, limit int) ([]string, error) {
	var all []string
	for _, hash := range slices.Sorted(maps.Keys(b)) {
		if hash > after && len(all) < limit {
			all = append(all, hash)
		}
	}
	return all, nil
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

func TestTransfersCutOffAreNotTakenForWhole(t *testing.T) {
	folder, err := archive.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := archive.New(folder, blobs{})
	for _, cut := range []error{io.ErrUnexpectedEOF, fmt.Errorf("data connection: %w", io.EOF)} {
		for _, n := range []int{0, 10, archive.SmallLimit, archive.SmallLimit + 1, 1 << 20} {
			r := io.MultiReader(strings.NewReader(strings.Repeat("x", n)), iotest.ErrReader(cut))
			if taken, err := a.Take(t.Context(), r); !errors.Is(err, cut) {
				t.Errorf("%v after %d bytes: taken %+v, %v", cut, n, taken.Ref, err)
			}
		}
	}
	for ref := range folder.List(t.Context()) {
		t.Errorf("left %v", ref)
	}
}

// altered puts bytes into a store and changes them behind its back.
func altered(t *testing.T, f *archive.Folder, dir, was, is string) archive.Ref {
	t.Helper()
	ref, err := f.Put(t.Context(), strings.NewReader(was))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, ref.Hash[:2], ref.Hash[2:])
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(is), 0o600); err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestVerifyNamesAlteredBytes(t *testing.T) {
	dir := t.TempDir()
	folder, err := archive.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	small := blobs{archive.Hash([]byte("ok")): []byte("ok"), archive.Hash([]byte("42")): []byte("43")}
	a := archive.New(folder, small)
	good, err := folder.Put(t.Context(), strings.NewReader("good"))
	if err != nil {
		t.Fatal(err)
	}
	bad := altered(t, folder, dir, "1,00", "9,00")
	seen := map[string]error{}
	for ref, err := range a.Verify(t.Context()) {
		seen[ref.Hash] = err
	}
	if len(seen) != 4 || seen[good.Hash] != nil || seen[archive.Hash([]byte("ok"))] != nil {
		t.Errorf("good bytes: %v", seen)
	}
	for _, hash := range []string{bad.Hash, archive.Hash([]byte("42"))} {
		if !errors.Is(seen[hash], archive.ErrAltered) || archive.Finding(hash, seen[hash]).Rule != "archive.altered" {
			t.Errorf("%s: %v", hash, seen[hash])
		}
	}
	if _, err := a.Read(t.Context(), bad.Hash, 100); !errors.Is(err, archive.ErrAltered) {
		t.Errorf("altered bytes were read: %v", err)
	}
	r, err := a.Open(t.Context(), bad.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadAll(archive.Checked(r, bad.Hash)); !errors.Is(err, archive.ErrAltered) {
		t.Errorf("altered bytes passed the check: %v", err)
	}
}

func TestDamagedBytesAreReplacedWhenTheyComeAgain(t *testing.T) {
	dir := t.TempDir()
	folder, err := archive.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, damage := range []string{"9,00", "", "longer than before"} {
		ref := altered(t, folder, dir, "1,00", damage)
		if _, err := folder.Put(t.Context(), strings.NewReader("1,00")); err != nil {
			t.Fatal(err)
		}
		if b, err := archive.New(folder, blobs{}).Read(t.Context(), ref.Hash, 100); string(b) != "1,00" {
			t.Errorf("damage %q: got %q, %v", damage, b, err)
		}
	}
}

func TestMissingNamesWhatLiesNowhere(t *testing.T) {
	folder, err := archive.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	stored, err := folder.Put(t.Context(), strings.NewReader("stored"))
	if err != nil {
		t.Fatal(err)
	}
	small := archive.Hash([]byte("small"))
	lost := archive.Hash([]byte("lost"))
	a := archive.New(folder, blobs{small: []byte("small")})
	wanted := func(yield func(string, error) bool) {
		_ = yield(stored.Hash, nil) && yield(lost, nil) && yield(small, nil)
	}
	var missing []string
	for hash, err := range a.Missing(t.Context(), wanted) {
		if !errors.Is(err, archive.ErrNotFound) || archive.Finding(hash, err).Rule != "archive.missing" {
			t.Errorf("%s: %v", hash, err)
		}
		missing = append(missing, hash)
	}
	if !slices.Equal(missing, []string{lost}) {
		t.Errorf("missing %v", missing)
	}
}

func TestStoredBytesAreReadOnlyAndStraysOfACrashGo(t *testing.T) {
	dir := t.TempDir()
	folder, err := archive.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := folder.Put(t.Context(), strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, ref.Hash[:2], ref.Hash[2:]))
	if err != nil || info.Mode().Perm()&0o222 != 0 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	old, young := filepath.Join(dir, "incoming", "put-old"), filepath.Join(dir, "incoming", "put-young")
	for _, stray := range []string{old, young} {
		if err := os.WriteFile(stray, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.NewFolder(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old stray is there: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("a file being written was removed: %v", err)
	}
}

// BenchmarkTake is archiving of 30 MB against hashing them alone, and against writing and syncing them alone.
func BenchmarkTake(b *testing.B) {
	data := bytes.Repeat([]byte("4012345678901;17;EUR;19.90;active\n"), 900_000)
	dir := b.TempDir()
	folder, err := archive.NewFolder(dir)
	if err != nil {
		b.Fatal(err)
	}
	a := archive.New(folder, blobs{})
	var hashing, writing, taking time.Duration
	b.SetBytes(int64(len(data)))
	for i := range b.N {
		data[0], data[1] = byte(i), byte(i>>8)
		start := time.Now()
		sha256.Sum256(data)
		hashing += time.Since(start)
		start = time.Now()
		if err := writeSynced(filepath.Join(dir, "plain"+strconv.Itoa(i)), data); err != nil {
			b.Fatal(err)
		}
		writing += time.Since(start)
		start = time.Now()
		if _, err := a.Take(b.Context(), bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
		taking += time.Since(start)
	}
	b.ReportMetric(float64(taking)/float64(hashing), "x-sha256")
	b.ReportMetric(float64(taking)/float64(writing), "x-write+sync")
}

func writeSynced(name string, data []byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(name))
}
