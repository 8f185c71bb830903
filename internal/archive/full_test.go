package archive

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cramped is a file on a disk with room for a few bytes.
type cramped struct {
	*os.File
	room int
	sync error
}

func (c *cramped) Write(p []byte) (int, error) {
	if len(p) > c.room {
		n, _ := c.File.Write(p[:c.room])
		c.room = 0
		return n, &os.PathError{Op: "write", Path: c.Name(), Err: diskFull}
	}
	c.room -= len(p)
	return c.File.Write(p)
}

func (c *cramped) Sync() error { return c.sync }

func TestFullDiskLeavesNothingAndTheStoreGoesOn(t *testing.T) {
	dir := t.TempDir()
	f, err := NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	roomy := f.create
	for name, bad := range map[string]cramped{"while writing": {room: 3 << 18}, "while syncing": {room: 1 << 30, sync: diskFull}} {
		f.create = func() (file, error) {
			tmp, err := roomy()
			if err != nil {
				return nil, err
			}
			bad.File = tmp.(*os.File)
			return &bad, nil
		}
		if _, err := f.Put(t.Context(), strings.NewReader(strings.Repeat("x", 1<<20))); !errors.Is(err, ErrFull) {
			t.Errorf("%s: got %v", name, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
	f.create = roomy
	if _, err := f.Put(t.Context(), strings.NewReader("x")); err != nil {
		t.Error(err)
	}
}
