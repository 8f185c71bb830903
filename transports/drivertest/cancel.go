package drivertest

import (
	"bytes"
	"context"
	"io"

	"github.com/batchgate/batchgate/transports/driver"
)

func cancelTests() []test {
	return []test{
		{"BeforeAnyCallChangesNothing", cancelBefore},
		{"WhileWritingLeavesNothing", cancelWriting},
		{"BeforeCloseLeavesNothing", cancelBeforeClose},
		{"WhileReadingIsNoEnd", cancelReading},
		{"WhileListingIsAnError", cancelListing},
	}
}

// calls gives each kind of call that a connection has, on names that do not exist.
func calls(conn driver.Conn) map[string]func(context.Context) error {
	all := callsOn(conn, "a.edi")
	all["rename to"] = func(ctx context.Context) error { return conn.Rename(ctx, "a.edi", "b.edi") }
	return all
}

// callsOn gives each kind of call that a connection has, on one name.
func callsOn(conn driver.Conn, name string) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"list": func(ctx context.Context) error {
			for _, err := range conn.List(ctx, name) {
				return err
			}
			return nil
		},
		"stat": func(ctx context.Context) error { _, err := conn.Stat(ctx, name); return err },
		"open": func(ctx context.Context) error {
			r, err := conn.Open(ctx, name)
			if err == nil {
				_ = r.Close() // only the opening counts
			}
			return err
		},
		"create": func(ctx context.Context) error {
			w, err := conn.Create(ctx, name)
			if err == nil {
				_ = w.Abort() // only the creation counts
			}
			return err
		},
		"rename":   func(ctx context.Context) error { return conn.Rename(ctx, name, "b.edi") },
		"remove":   func(ctx context.Context) error { return conn.Remove(ctx, name) },
		"make dir": func(ctx context.Context) error { return conn.MakeDir(ctx, name) },
		"sync dir": func(ctx context.Context) error { return conn.SyncDir(ctx, name) },
	}
}

func cancelBefore(b *bench) {
	b.put("a.edi", []byte("a"))
	done, cancel := context.WithCancel(b.ctx)
	cancel()
	for name, call := range calls(b.conn) {
		b.wants(name, call(done), driver.Cancelled)
	}
	b.lists(".", "a.edi")
	b.holds("a.edi", []byte("a"))
}

func cancelWriting(b *bench) {
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	w, err := b.conn.Create(ctx, "a.edi")
	b.ok(err)
	_, err = w.Write([]byte("half"))
	b.ok(err)
	cancel()
	_, err = io.Copy(w, bytes.NewReader(make([]byte, 1<<20)))
	b.wants("write", err, driver.Cancelled)
	b.wants("close", w.Close(), driver.Cancelled)
	b.lists(".")
}

func cancelBeforeClose(b *bench) {
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	w, err := b.conn.Create(ctx, "a.edi")
	b.ok(err)
	_, err = w.Write([]byte("whole"))
	b.ok(err)
	b.ok(w.Sync())
	cancel()
	b.wants("close", w.Close(), driver.Cancelled)
	b.ok(w.Abort())
	b.lists(".")
}

func cancelReading(b *bench) {
	content := randomBytes(3 << 20)
	b.put("a.bin", content)
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	r, err := b.conn.Open(ctx, "a.bin")
	b.ok(err)
	defer r.Close()
	_, err = io.ReadFull(r, make([]byte, 1000))
	b.ok(err)
	cancel()
	_, err = io.Copy(io.Discard, r)
	b.wants("read", err, driver.Cancelled)
	b.holds("a.bin", content)
}

func cancelListing(b *bench) {
	b.put("a", nil)
	b.put("b", nil)
	b.put("c", nil)
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	seen := 0
	for _, err := range b.conn.List(ctx, ".") {
		if err != nil {
			b.wants("list", err, driver.Cancelled)
			return
		}
		seen++
		cancel()
	}
	if seen < 3 {
		b.Errorf("a cancelled listing ended after %d of 3 files without an error", seen)
	}
}
