// Package driver is what a file transport has to do for batchgate: the contract between transports.Endpoint and a
// protocol (a local folder, SFTP, FTP, memory).
//
// A driver is small on purpose. What is the same for all protocols (temporary names, natural order, numbered names,
// size checks, helpful error text) lives in transports.Endpoint; a driver moves bytes and names and sorts the errors
// of its protocol into a [Kind], because only it knows them. Package drivertest holds every promise made here
// against a driver.
//
// # Names
//
// A name is a path relative to the root of the connection, with slashes on every system: "in/ORDERS_1.edi". The root
// itself is ".". Names are bytes: a driver hands out what the server stores and takes back exactly that, without
// changing case or Unicode form; a name need not be valid UTF-8. A driver never leaves its root. An empty name, an
// absolute one, one with an empty, "." or ".." part, with a NUL byte, or one that leads out of the root by a symbolic
// link is refused with Kind [BadName]; the same holds for a name that the server cannot store.
//
// # Calls
//
// Methods are safe for concurrent use; [Caps.Parallel] says how many calls at a time are useful. A call whose context
// is done returns the context's error and leaves nothing half-done behind; what has to be cleaned up then is cleaned
// up with a short time limit of its own. A connection that broke gives [Temporary] once and dials again at the next
// call; nobody above has to reopen it.
package driver

import (
	"context"
	"io"
	"iter"
	"time"
)

// Conn is a connection to one folder tree of a server.
type Conn interface {
	// List gives what stands in a folder, in any order, without "." and "..", itself not going deeper. Files that come
	// or go meanwhile may be in it or not; they are no error. An error ends the listing. A missing folder is NotFound.
	List(ctx context.Context, dir string) iter.Seq2[Entry, error]

	// Stat tells about one file or folder.
	Stat(ctx context.Context, name string) (Entry, error)

	// Open reads a file from its start. What is not a regular file is Unsupported. The reader ends with io.EOF only
	// when the server said that the file ended; a broken line is an error.
	Open(ctx context.Context, name string) (io.ReadCloser, error)

	// Create begins an empty file that takes the place of one of the same name. It is for names of our own only: the
	// old file may be gone before the new one is complete, and a file that was opened before keeps its bytes where the
	// server allows. A missing folder is NotFound.
	Create(ctx context.Context, name string) (Writer, error)

	// Rename gives a file a new name in one step that others see wholly or not at all. It never replaces: where the new
	// name is taken it fails with Exists and both files stay as they are. NotFound says that the old name or the new
	// name's folder is missing; it comes before Exists, so that a rename whose answer was lost is recognised when it is
	// tried again. Of several clients that rename the same file at once exactly one succeeds;
	// the others get NotFound, Exists or InUse.
	Rename(ctx context.Context, from, to string) error

	// Remove deletes a file. A folder is Unsupported or Denied.
	Remove(ctx context.Context, name string) error

	// MakeDir makes a folder and those above it, and makes their names durable where the protocol can. A folder that is
	// there already is fine; a file in its place is Exists.
	MakeDir(ctx context.Context, name string) error

	// SyncDir makes the names in a folder durable: after it a power cut undoes no Create, Rename or Remove that came
	// before. It does nothing where the protocol has no such thing (see Caps.Sync).
	SyncDir(ctx context.Context, dir string) error

	// Caps tells what this server can do. It makes no call.
	Caps() Caps

	// Kind sorts an error that this connection returned, also from its readers and writers. It looks through wrapping.
	Kind(err error) Kind

	// Close ends the connection. Calls after it fail; closing again does nothing.
	Close() error
}

// Writer writes one file. It ends with Close or Abort; calls after that, but for another Abort, are errors.
type Writer interface {
	io.Writer

	// Sync makes the bytes written so far durable, where the protocol can (see Caps.Sync).
	Sync() error

	// Close completes the file. On an error, or when the context of Create is done, the file is removed as far as the
	// server lets us.
	Close() error

	// Abort gives up: the file is removed. After Close it does nothing.
	Abort() error
}

// Entry is one file or folder as the server lists it.
type Entry struct {
	// Name is the last part of the name, exactly as the server stores it.
	Name string
	// Size is the number of bytes, of a file.
	Size int64
	// ModTime is when the content last changed, as exact as the server says it (see Caps.Resolution); zero if unknown.
	ModTime time.Time
	// Type tells files from folders and from what is neither.
	Type Type
	// ID tells a file from another that later has the same name, where the server has such a thing (an inode number);
	// else empty. A rename keeps it.
	ID string
}

// Type is what an Entry is.
type Type uint8

const (
	// Other is neither file nor folder: a symbolic link, a pipe, a device.
	Other Type = iota
	// File is a regular file.
	File
	// Dir is a folder.
	Dir
)

// String gives "file", "folder" or "other".
func (t Type) String() string {
	switch t {
	case File:
		return "file"
	case Dir:
		return "folder"
	default:
		return "other"
	}
}

// Caps is what a server can do. What it cannot is data here, not a missing method.
type Caps struct {
	// Parallel is how many calls at a time are useful; below 1 means 1.
	Parallel int
	// Sync tells whether Writer.Sync and SyncDir survive a power cut of the server.
	Sync bool
	// AtomicRename tells whether the server itself refuses a rename onto a taken name. If not, the driver looks first, one
	// rename of this connection at a time, and a file that another client places in that moment may be replaced.
	AtomicRename bool
	// Resolution is the step of Entry.ModTime; 0 means as exact as Go's clock.
	Resolution time.Duration
}
