package drivertest

import (
	"fmt"
	"slices"
	"sync"

	"github.com/batchgate/batchgate/transports/driver"
)

func listTests() []test {
	return []test{
		{"EmptyFolderHasNothing", func(b *bench) { b.lists(".") }},
		{"MissingFolderIsNotFound", listMissing},
		{"ManyFilesAreAllThere", listMany},
		{"IsNotDeep", listFlat},
		{"MayEndEarly", listEndsEarly},
		{"FilesThatStayAreThereWhileOthersComeAndGo", listChurn},
		{"FileGoneBeforeOpenIsNotFound", listGone},
	}
}

func listMissing(b *bench) {
	for _, err := range b.conn.List(b.ctx, "missing") {
		b.wants("list", err, driver.NotFound)
		return
	}
	b.Error("a missing folder is listed as empty")
}

func listMany(b *bench) {
	var want []string
	b.makeDir("in")
	for i := range 700 {
		name := fmt.Sprintf("order_%04d.edi", i)
		b.put("in/"+name, []byte(name))
		want = append(want, name)
	}
	b.lists("in", want...)
	for e, err := range b.conn.List(b.ctx, "in") {
		b.ok(err)
		if e.Size != int64(len(e.Name)) || e.Type != driver.File {
			b.Fatalf("entry %+v, want a file of %d bytes", e, len(e.Name))
		}
	}
}

func listFlat(b *bench) {
	b.makeDir("in/sub")
	b.put("in/sub/deep.edi", nil)
	b.put("in/a.edi", nil)
	b.lists("in", "a.edi", "sub")
	b.lists(".", "in")
}

func listEndsEarly(b *bench) {
	for i := range 10 {
		b.put(fmt.Sprint(i), nil)
	}
	for range 20 {
		for _, err := range b.conn.List(b.ctx, ".") {
			b.ok(err)
			break
		}
	}
	if got := b.names("."); len(got) != 10 {
		b.Errorf("after broken off listings there are %q", got)
	}
}

func listChurn(b *bench) {
	var stay []string
	for i := range 100 {
		stay = append(stay, fmt.Sprintf("stay_%03d", i))
		b.put(stay[i], nil)
	}
	stop := make(chan struct{})
	var group sync.WaitGroup
	for client := range 2 {
		conn := b.connect()
		group.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				name := fmt.Sprintf("come_%d_%d", client, i%10)
				if err := churn(b, conn, name); err != nil {
					b.Errorf("churn: %v", err)
					return
				}
			}
		})
	}
	for range 20 {
		got := b.names(".")
		for _, name := range stay {
			if !slices.Contains(got, name) {
				b.Errorf("%s is missing in a listing of %d", name, len(got))
			}
		}
	}
	close(stop)
	group.Wait()
}

func churn(b *bench, conn driver.Conn, name string) error {
	w, err := conn.Create(b.ctx, name)
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := conn.Rename(b.ctx, name, name+".moved"); err != nil {
		return err
	}
	return conn.Remove(b.ctx, name+".moved")
}

func listGone(b *bench) {
	b.put("a.edi", []byte("a"))
	names := b.names(".")
	other := b.connect()
	b.ok(other.Remove(b.ctx, "a.edi"))
	_, err := b.conn.Open(b.ctx, names[0])
	b.wants("open", err, driver.NotFound)
}
