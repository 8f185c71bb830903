package drivertest

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/batchgate/batchgate/transports/driver"
)

func renameTests() []test {
	return []test{
		{"NeverReplacesAFile", renameOntoFile},
		{"NeverReplacesAFolder", renameOntoFolder},
		{"OfAMissingFileIsNotFound", renameMissing},
		{"OfAMissingFileOntoATakenNameIsNotFound", renameDoneBefore},
		{"IntoAMissingFolderIsNotFound", renameIntoMissing},
		{"BetweenFoldersKeepsContentAndIdentity", renameKeeps},
		{"OfOneFileByManyHasOneWinner", func(b *bench) {
			raceClaims(b, func(client, i int) string { return fmt.Sprintf("claim_%d/%03d", client, i) })
		}},
		{"OfOneFileByManyToOneNameHasOneWinner", func(b *bench) {
			raceClaims(b, func(_, i int) string { return fmt.Sprintf("claim_0/%03d", i) })
		}},
		{"OfManyFilesToOneNameHasOneWinner", racePublish},
		{"OfManyFilesToOneNameOnOneConnectionHasOneWinner", raceOnOneConnection},
	}
}

func renameOntoFile(b *bench) {
	b.put("a.edi", []byte("a"))
	b.put("b.edi", []byte("b"))
	b.wants("rename", b.conn.Rename(b.ctx, "a.edi", "b.edi"), driver.Exists)
	b.holds("a.edi", []byte("a"))
	b.holds("b.edi", []byte("b"))
}

func renameOntoFolder(b *bench) {
	b.put("a.edi", []byte("a"))
	b.makeDir("in", "full")
	b.put("full/b.edi", []byte("b"))
	b.wants("rename onto an empty folder", b.conn.Rename(b.ctx, "a.edi", "in"), driver.Exists)
	b.wants("rename onto a folder", b.conn.Rename(b.ctx, "a.edi", "full"), driver.Exists)
	b.holds("a.edi", []byte("a"))
	b.lists("full", "b.edi")
	b.lists("in")
}

func renameMissing(b *bench) {
	b.wants("rename", b.conn.Rename(b.ctx, "missing.edi", "b.edi"), driver.NotFound)
	b.lists(".")
}

// a rename that was done, but whose answer was lost, must not look as if somebody else had the name.
func renameDoneBefore(b *bench) {
	b.put("temp", []byte("a"))
	b.ok(b.conn.Rename(b.ctx, "temp", "final"))
	b.wants("rename again", b.conn.Rename(b.ctx, "temp", "final"), driver.NotFound)
	b.holds("final", []byte("a"))
}

func renameIntoMissing(b *bench) {
	b.put("a.edi", []byte("a"))
	b.wants("rename", b.conn.Rename(b.ctx, "a.edi", "missing/a.edi"), driver.NotFound)
	b.holds("a.edi", []byte("a"))
	b.lists(".", "a.edi")
}

func renameKeeps(b *bench) {
	b.makeDir("in", "done/2026")
	b.put("in/a.edi", []byte("a"))
	before, err := b.conn.Stat(b.ctx, "in/a.edi")
	b.ok(err)
	b.ok(b.conn.Rename(b.ctx, "in/a.edi", "done/2026/b.edi"))
	after, err := b.conn.Stat(b.ctx, "done/2026/b.edi")
	b.ok(err)
	if before.ID != after.ID || before.Size != after.Size || !before.ModTime.Equal(after.ModTime) {
		b.Errorf("before %+v, after %+v", before, after)
	}
	b.holds("done/2026/b.edi", []byte("a"))
	b.lists("in")
}

// raceClaims lets four clients claim the same files at once.
func raceClaims(b *bench, claim func(client, i int) string) {
	const clients, files = 4, 100
	b.makeDir("in", "claim_0", "claim_1", "claim_2", "claim_3")
	for i := range files {
		b.put(fmt.Sprintf("in/%03d", i), fmt.Append(nil, i))
	}
	var wins [files]atomic.Int32
	var winner [files]atomic.Value
	var group sync.WaitGroup
	start := make(chan struct{})
	for client := range clients {
		conn := b.connect()
		group.Go(func() {
			<-start
			for i := range files {
				to := claim(client, i)
				err := conn.Rename(b.ctx, fmt.Sprintf("in/%03d", i), to)
				if err == nil {
					wins[i].Add(1)
					winner[i].Store(to)
					continue
				}
				b.wants("lost claim", err, driver.NotFound, driver.Exists, driver.InUse)
			}
		})
	}
	close(start)
	group.Wait()
	for i := range files {
		if n := wins[i].Load(); n != 1 {
			b.Errorf("file %d has %d winners", i, n)
			continue
		}
		b.holds(winner[i].Load().(string), fmt.Append(nil, i))
	}
	b.lists("in")
}

// racePublish lets four clients rename a file of their own to one name.
func racePublish(b *bench) {
	if !b.conn.Caps().AtomicRename {
		b.Skip("needs a server that refuses a taken name itself")
	}
	raceToOneName(b, []driver.Conn{b.connect(), b.connect(), b.connect(), b.connect()})
}

// raceOnOneConnection is kept by every driver: our own renames never replace each other's files.
func raceOnOneConnection(b *bench) {
	raceToOneName(b, []driver.Conn{b.conn, b.conn, b.conn, b.conn})
}

// raceToOneName lets each connection rename a file of its own to one name, in many rounds.
func raceToOneName(b *bench, conns []driver.Conn) {
	for round := range 50 {
		final := fmt.Sprintf("final_%03d", round)
		for i := range conns {
			b.put(fmt.Sprint("temp_", i), fmt.Append(nil, i))
		}
		winner := -1
		for i, err := range renameAll(b, conns, final) {
			if err != nil {
				b.wants("lost rename", err, driver.Exists)
				b.holds(fmt.Sprint("temp_", i), fmt.Append(nil, i))
				continue
			}
			if winner >= 0 {
				b.Errorf("%s: %d and %d both won", final, winner, i)
			}
			winner = i
		}
		b.holds(final, fmt.Append(nil, winner))
	}
}

// renameAll renames temp_0, temp_1 and so on at once.
func renameAll(b *bench, conns []driver.Conn, final string) []error {
	errs := make([]error, len(conns))
	start := make(chan struct{})
	var group sync.WaitGroup
	for i, conn := range conns {
		group.Go(func() {
			<-start
			errs[i] = conn.Rename(b.ctx, fmt.Sprint("temp_", i), final)
		})
	}
	close(start)
	group.Wait()
	return errs
}
