package drivertest

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/batchgate/batchgate/transports/driver"
)

func fileTests() []test {
	return []test{
		{"EmptyFileIsAFile", emptyFile},
		{"LargeFileComesBackWhole", largeFile},
		{"StatTellsSizeTimeAndType", stat},
		{"CreateReplaces", createReplaces},
		{"CreateInMissingFolderIsNotFound", createWithoutFolder},
		{"AbortLeavesNothing", abort},
		{"AbortAfterCloseKeepsTheFile", abortAfterClose},
		{"WriteAfterCloseFails", writeAfterClose},
		{"OpenOfAFolderIsUnsupported", openFolder},
		{"RemoveOfAMissingFileIsNotFound", removeMissing},
		{"RemoveTakesNoFolder", removeFolder},
		{"MakeDirMakesParentsAndMayRepeat", makeDirNested},
		{"MakeDirOnAFileIsExists", makeDirOnFile},
		{"ReadOnlyFolderIsDenied", readOnly},
		{"SyncDirOfARealFolderWorks", syncDir},
		{"CallsAfterCloseFail", afterClose},
	}
}

func emptyFile(b *bench) {
	b.put("empty.csv", nil)
	b.holds("empty.csv", nil)
	e, err := b.conn.Stat(b.ctx, "empty.csv")
	b.ok(err)
	if e.Size != 0 || e.Type != driver.File {
		b.Errorf("entry %+v, want a file of 0 bytes", e)
	}
}

func largeFile(b *bench) {
	content := randomBytes(5<<20 + 17)
	w, err := b.conn.Create(b.ctx, "large.bin")
	b.ok(err)
	_, err = io.Copy(w, bytes.NewReader(content))
	b.ok(err)
	b.ok(w.Sync())
	b.ok(w.Close())
	b.holds("large.bin", content)
}

// randomBytes holds every byte value and every line end, so that a transfer in text mode shows.
func randomBytes(n int) []byte {
	random := rand.NewChaCha8([32]byte{1})
	content := make([]byte, n)
	_, _ = random.Read(content) // never fails
	return content
}

func stat(b *bench) {
	before := time.Now()
	b.put("a.edi", []byte("UNA:+.? '"))
	e, err := b.conn.Stat(b.ctx, "a.edi")
	b.ok(err)
	if e.Name != "a.edi" || e.Size != 9 || e.Type != driver.File {
		b.Errorf("entry %+v, want a.edi, 9 bytes, file", e)
	}
	// Clocks of servers differ by anything; a time zone mistaken for another shows all the same.
	if d := e.ModTime.Sub(before).Abs(); !e.ModTime.IsZero() && d > 10*time.Minute {
		b.Errorf("file written now is %v from now", d)
	}
	root, err := b.conn.Stat(b.ctx, ".")
	b.ok(err)
	if root.Type != driver.Dir {
		b.Errorf("root is %v, want a folder", root.Type)
	}
	_, err = b.conn.Stat(b.ctx, "missing.edi")
	b.wants("stat of a missing file", err, driver.NotFound)
	_, err = b.conn.Stat(b.ctx, "missing/a.edi")
	b.wants("stat in a missing folder", err, driver.NotFound)
}

func createReplaces(b *bench) {
	b.put("a.edi", []byte("the longer, older content"))
	b.put("a.edi", []byte("new"))
	b.holds("a.edi", []byte("new"))
	b.lists(".", "a.edi")
}

func createWithoutFolder(b *bench) {
	_, err := b.conn.Create(b.ctx, "missing/a.edi")
	b.wants("create", err, driver.NotFound)
	b.lists(".")
}

func abort(b *bench) {
	w, err := b.conn.Create(b.ctx, "a.edi")
	b.ok(err)
	_, err = w.Write([]byte("half"))
	b.ok(err)
	b.ok(w.Abort())
	b.ok(w.Abort())
	b.lists(".")
	if err := w.Close(); err == nil {
		b.Error("close after abort: no error")
	}
	b.lists(".")
}

func abortAfterClose(b *bench) {
	w, err := b.conn.Create(b.ctx, "a.edi")
	b.ok(err)
	_, err = w.Write([]byte("whole"))
	b.ok(err)
	b.ok(w.Close())
	b.ok(w.Abort())
	b.holds("a.edi", []byte("whole"))
}

func writeAfterClose(b *bench) {
	w, err := b.conn.Create(b.ctx, "a.edi")
	b.ok(err)
	b.ok(w.Close())
	if _, err := w.Write([]byte("late")); err == nil {
		b.Error("write after close: no error")
	}
	if err := w.Close(); err == nil {
		b.Error("second close: no error")
	}
	b.holds("a.edi", nil)
}

func openFolder(b *bench) {
	b.makeDir("in")
	_, err := b.conn.Open(b.ctx, "in")
	b.wants("open", err, driver.Unsupported)
	_, err = b.conn.Open(b.ctx, "missing")
	b.wants("open of a missing file", err, driver.NotFound)
}

func removeMissing(b *bench) {
	b.wants("remove", b.conn.Remove(b.ctx, "missing.edi"), driver.NotFound)
	b.put("a.edi", []byte("a"))
	b.ok(b.conn.Remove(b.ctx, "a.edi"))
	b.lists(".")
}

func removeFolder(b *bench) {
	b.makeDir("in")
	b.wants("remove", b.conn.Remove(b.ctx, "in"), driver.Unsupported, driver.Denied)
	b.lists(".", "in")
}

func makeDirNested(b *bench) {
	b.makeDir("processed/2026/11/25", "processed/2026/11/25", "processed", ".")
	b.put("processed/2026/11/25/a.edi", []byte("a"))
	b.lists("processed/2026/11/25", "a.edi")
	for e, err := range b.conn.List(b.ctx, "processed/2026") {
		b.ok(err)
		if e.Type != driver.Dir || e.Name != "11" {
			b.Errorf("entry %+v, want folder 11", e)
		}
	}
}

func makeDirOnFile(b *bench) {
	b.put("a.edi", []byte("a"))
	b.wants("make folder", b.conn.MakeDir(b.ctx, "a.edi"), driver.Exists)
	b.holds("a.edi", []byte("a"))
}

func readOnly(b *bench) {
	if b.place.Protect == nil {
		b.Skip("needs a place whose rights can be taken away")
	}
	b.makeDir("in", "out")
	b.put("in/a.edi", []byte("a"))
	b.put("out/b.edi", []byte("b"))
	b.place.Protect(b.TB, "in")
	_, err := b.conn.Create(b.ctx, "in/new.edi")
	b.wants("create", err, driver.Denied)
	b.wants("rename out of it", b.conn.Rename(b.ctx, "in/a.edi", "out/a.edi"), driver.Denied)
	b.wants("rename into it", b.conn.Rename(b.ctx, "out/b.edi", "in/b.edi"), driver.Denied)
	b.wants("remove", b.conn.Remove(b.ctx, "in/a.edi"), driver.Denied)
	b.wants("make folder", b.conn.MakeDir(b.ctx, "in/sub"), driver.Denied)
	b.holds("in/a.edi", []byte("a"))
	b.holds("out/b.edi", []byte("b"))
	b.lists("in", "a.edi")
	b.lists("out", "b.edi")
}

func syncDir(b *bench) {
	b.makeDir("in")
	b.ok(b.conn.SyncDir(b.ctx, "."))
	b.ok(b.conn.SyncDir(b.ctx, "in"))
}

func afterClose(b *bench) {
	conn := b.place.Connect(b.TB)
	b.ok(conn.Close())
	b.ok(conn.Close())
	for name, call := range calls(conn) {
		if call(b.ctx) == nil {
			b.Errorf("%s after close: no error", name)
		}
	}
	if got := b.names("."); !slices.Equal(got, nil) {
		b.Errorf("calls after close made %q", got)
	}
}
