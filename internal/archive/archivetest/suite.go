// Package archivetest is the suite that every store of the archive passes.
package archivetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/batchgate/batchgate/internal/archive"
)

// Run runs the suite on empty stores.
func Run(t *testing.T, open func(t *testing.T) archive.Store) {
	for name, data := range map[string][]byte{"empty": {}, "small": []byte("UNB+UNOC:3'"), "large": bytes.Repeat([]byte("0123456789abcde\n"), 200_000)} {
		t.Run(name+" bytes come back", func(t *testing.T) {
			s := open(t)
			ref, err := s.Put(t.Context(), iotest.HalfReader(bytes.NewReader(data)))
			if err != nil || ref.Hash != archive.Hash(data) || ref.Size != int64(len(data)) {
				t.Fatalf("%+v, %v", ref, err)
			}
			if stat, err := s.Stat(t.Context(), ref.Hash); err != nil || stat != ref {
				t.Errorf("stat gives %+v, %v", stat, err)
			}
			if got := read(t, s, ref.Hash); !bytes.Equal(got, data) {
				t.Errorf("%d bytes came back of %d", len(got), len(data))
			}
		})
	}
	t.Run("the same bytes are stored once", func(t *testing.T) {
		s := open(t)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := s.Put(context.WithoutCancel(t.Context()), strings.NewReader("same")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n := 0
		for ref, err := range s.List(t.Context()) {
			if err != nil || ref.Hash != archive.Hash([]byte("same")) {
				t.Errorf("%+v, %v", ref, err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("stored %d times", n)
		}
	})
	t.Run("hashes are listed in their order, until the caller has enough", func(t *testing.T) {
		s := open(t)
		var want []string
		for i := range 40 {
			ref, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", i)))
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, ref.Hash)
		}
		slices.Sort(want)
		var got []string
		for ref, err := range s.List(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ref.Hash)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		for range s.List(t.Context()) {
			break
		}
	})
	t.Run("a source that breaks leaves nothing", func(t *testing.T) {
		s := open(t)
		broken := errors.New("connection reset")
		if _, err := s.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		for ref := range s.List(t.Context()) {
			t.Errorf("left %v", ref)
		}
	})
	t.Run("a cancelled put leaves nothing", func(t *testing.T) {
		s := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Put(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		for ref := range s.List(t.Context()) {
			t.Errorf("left %v", ref)
		}
	})
	t.Run("what is not there is said", func(t *testing.T) {
		s := open(t)
		for _, hash := range []string{archive.Hash([]byte("x")), "", "../../etc/passwd"} {
			if _, err := s.Open(t.Context(), hash); !errors.Is(err, archive.ErrNotFound) {
				t.Errorf("%q: %v", hash, err)
			}
			if _, err := s.Stat(t.Context(), hash); !errors.Is(err, archive.ErrNotFound) {
				t.Errorf("stat %q: %v", hash, err)
			}
		}
	})
}

func read(t *testing.T, s archive.Store, hash string) []byte {
	t.Helper()
	r, err := s.Open(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
