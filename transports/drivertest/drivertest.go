// Package drivertest holds every promise of package driver, and what transports.Endpoint makes of it, against a protocol.
//
// A protocol's own test says how to get an empty folder and runs the suite:
//
//	func TestConformance(t *testing.T) {
//		drivertest.Run(t, func(t *testing.T) drivertest.Place {
//			server := start(t)
//			return drivertest.Place{Connect: func(t *testing.T) driver.Conn { return dial(t, server) }}
//		})
//	}
//
// What a server cannot have is skipped with a reason. [Watch] is for tests that fail, cancel or kill at a chosen step.
package drivertest

import (
	"bytes"
	"context"
	"io"
	"slices"
	"testing"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

// Place is an empty folder on a server, made for one test.
type Place struct {
	// Connect gives another client of the folder. The suite closes it.
	Connect func(t testing.TB) driver.Conn
	// Protect takes from everybody the right to change a folder, and skips the test with a reason where that is not to be
	// had. Nil skips.
	Protect func(t testing.TB, dir string)
}

// Run holds the suite against the protocol. Place is called for each test anew.
func Run(t *testing.T, place func(t testing.TB) Place) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"File", fileTests()},
		{"Name", nameTests()},
		{"List", listTests()},
		{"Rename", renameTests()},
		{"Cancel", cancelTests()},
		{"Endpoint", endpointTests()},
		{"Crash", crashTests()},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, tt := range group.tests {
				t.Run(tt.name, func(t *testing.T) { tt.run(newBench(t, place(t))) })
			}
		})
	}
}

// test is one rule of the suite.
type test struct {
	name string
	run  func(b *bench)
}

// bench is what a test works with: one client, and the means to get more.
type bench struct {
	testing.TB
	ctx   context.Context
	place Place
	conn  driver.Conn
}

func newBench(t testing.TB, place Place) *bench {
	b := &bench{TB: t, ctx: t.Context(), place: place}
	b.conn = b.connect()
	return b
}

// connect gives another client, closed at the end of the test.
func (b *bench) connect() driver.Conn {
	b.Helper()
	conn := b.place.Connect(b.TB)
	b.Cleanup(func() {
		if err := conn.Close(); err != nil {
			b.Errorf("close: %v", err)
		}
	})
	return conn
}

// endpoint gives an endpoint on a client of its own.
func (b *bench) endpoint() *transports.Endpoint {
	return transports.New("test", b.connect())
}

// ok ends the test on an error.
func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// wants checks the kind of an error.
func (b *bench) wants(what string, err error, want ...driver.Kind) {
	b.Helper()
	if err == nil {
		b.Errorf("%s: no error, want %v", what, want)
		return
	}
	kind := b.conn.Kind(err)
	if e := transports.KindOf(err); e != driver.Unknown {
		kind = e
	}
	if !slices.Contains(want, kind) {
		b.Errorf("%s: kind %q of %v, want %v", what, kind, err, want)
	}
}

// put writes a file, and skips the test where the server cannot store the name.
func (b *bench) put(name string, content []byte) {
	b.Helper()
	w, err := b.conn.Create(b.ctx, name)
	if err != nil && slices.Contains([]driver.Kind{driver.BadName, driver.Unsupported}, b.conn.Kind(err)) {
		b.Skipf("needs a server that can store the name %q: %v", name, err)
	}
	b.ok(err)
	_, err = w.Write(content)
	b.ok(err)
	b.ok(w.Sync())
	b.ok(w.Close())
}

// get reads a file.
func (b *bench) get(name string) []byte {
	b.Helper()
	r, err := b.conn.Open(b.ctx, name)
	b.ok(err)
	content, err := io.ReadAll(r)
	b.ok(err)
	b.ok(r.Close())
	return content
}

// holds checks a file's content.
func (b *bench) holds(name string, want []byte) {
	b.Helper()
	if got := b.get(name); !bytes.Equal(got, want) {
		b.Errorf("%q holds %d bytes %.40q, want %d bytes %.40q", name, len(got), got, len(want), want)
	}
}

// names lists a folder, sorted.
func (b *bench) names(dir string) []string {
	b.Helper()
	var names []string
	for e, err := range b.conn.List(b.ctx, dir) {
		b.ok(err)
		names = append(names, e.Name)
	}
	slices.Sort(names)
	return names
}

// lists checks which names a folder has.
func (b *bench) lists(dir string, want ...string) {
	b.Helper()
	want = slices.Sorted(slices.Values(want))
	if got := b.names(dir); !slices.Equal(got, want) {
		b.Errorf("folder %q holds %q, want %q", dir, got, want)
	}
}

func (b *bench) makeDir(names ...string) {
	b.Helper()
	for _, name := range names {
		b.ok(b.conn.MakeDir(b.ctx, name))
	}
}
