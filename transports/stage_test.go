package transports_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/mem"
)

// bulk is a connection that syncs many files at once and counts what is synced how.
type bulk struct {
	driver.Conn
	single, together atomic.Int64
	fails            error
}

func (b *bulk) Caps() driver.Caps {
	c := b.Conn.Caps()
	c.Sync = true
	return c
}

func (b *bulk) Create(ctx context.Context, name string) (driver.Writer, error) {
	w, err := b.Conn.Create(ctx, name)
	return bulkWriter{w, b}, err
}

func (b *bulk) Together(_ context.Context, dir string) (func() error, error) {
	if dir == "odd" {
		return nil, driver.Faultf(driver.Unsupported, "one by one")
	}
	return func() error {
		b.together.Add(1)
		return b.fails
	}, nil
}

type bulkWriter struct {
	driver.Writer
	bulk *bulk
}

func (w bulkWriter) Sync() error {
	w.bulk.single.Add(1)
	return w.Writer.Sync()
}

func drafts(dir string, n int) []transports.Draft {
	var all []transports.Draft
	for i := range n {
		all = append(all, transports.Draft{Temp: transports.TempName(fmt.Sprintf("%s/a%d.edi", dir, i)), Body: strings.NewReader("x"), Size: 1})
	}
	return all
}

func TestManyDraftsOfAFolderShareOneSync(t *testing.T) {
	conn := &bulk{Conn: mem.NewStore().Connect()}
	e := transports.New("erp", conn)
	for _, dir := range []string{"in", "odd"} {
		if err := e.MakeDir(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		dir              string
		n                int
		together, single int64
	}{{"in", 20, 1, 0}, {"in", 1, 0, 1}, {"odd", 20, 0, 20}} {
		conn.together.Store(0)
		conn.single.Store(0)
		if err := errors.Join(e.StageAll(t.Context(), drafts(c.dir, c.n))...); err != nil {
			t.Fatal(err)
		}
		if conn.together.Load() != c.together || conn.single.Load() != c.single {
			t.Errorf("%d drafts in %s: %d synced together, %d alone", c.n, c.dir, conn.together.Load(), conn.single.Load())
		}
	}
}

func TestASharedSyncThatFailsLeavesNoDraft(t *testing.T) {
	conn := &bulk{Conn: mem.NewStore().Connect(), fails: driver.Faultf(driver.Full, "no room")}
	e := transports.New("erp", conn)
	if err := e.MakeDir(t.Context(), "in"); err != nil {
		t.Fatal(err)
	}
	for _, err := range e.StageAll(t.Context(), drafts("in", 5)) {
		if transports.KindOf(err) != driver.Full {
			t.Error(err)
		}
	}
	if left, err := e.List(t.Context(), "in", transports.Match{Temp: true}); err != nil || len(left) > 0 {
		t.Errorf("%d drafts are left, %v", len(left), err)
	}
}
