// Package mem is a transport in memory, for tests, demos and the quick start.
//
// A [Store] is what a server would be; each [Store.Connect] is a client of it. File names may ask for faults, as a name
// like "order-temperror-2.edi" does: see [Store].
package mem

import (
	"context"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/batchgate/batchgate/transports/driver"
)

// parallel is how many calls at a time are useful.
const parallel = 4

// Store holds files and folders. Its methods and those of its connections may be used by many goroutines at once.
//
// A word in the last part of a name, with no letter next to it, asks for a fault; so do temporary and claimed names made
// of it:
//
//	temperror   Temporary, at open, create, rename and remove
//	denied      Denied, at the same
//	inuse       InUse, at the same
//	throttled   Throttled, at the same
//	diskfull    Full, at the first byte written
//	gone        listed, but NotFound for everything else
//	cut-at-N    the connection breaks after N bytes, read or written
//	short-at-N  the file seems to end after N bytes read, or keeps only N bytes written, and nothing says so
//	slow        each call takes 100 ms; slow-250ms another time
//
// A number after temperror, denied, inuse or throttled (temperror-2) means: only the first so many calls on that name.
type Store struct {
	mu     sync.Mutex
	nodes  map[string]*node
	serial int64
	spent  map[string]int // faults used up, by name
}

// node is a file or a folder. A file's content is never changed in place.
type node struct {
	dir     bool
	content []byte
	modTime time.Time
	id      string
}

// NewStore makes an empty store, which has only its root folder.
func NewStore() *Store {
	return &Store{nodes: map[string]*node{".": {dir: true}}, spent: make(map[string]int)}
}

// Put places a file, with the folders above it, whatever its name asks for. It replaces.
func (s *Store) Put(name string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for dir, _ := driver.Split(name); dir != "."; dir, _ = driver.Split(dir) {
		if s.nodes[dir] == nil {
			s.nodes[dir] = &node{dir: true, modTime: time.Now()}
		}
	}
	s.nodes[name] = &node{content: slices.Clone(content), modTime: time.Now(), id: s.nextID()}
}

// Get gives a file's content, whatever its name asks for.
func (s *Store) Get(name string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.nodes[name]
	if n == nil || n.dir {
		return nil, false
	}
	return slices.Clone(n.content), true
}

// Files gives the names of all files, sorted.
func (s *Store) Files() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for name, n := range s.nodes {
		if !n.dir {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Connect gives another client of the store.
func (s *Store) Connect() *Conn { return &Conn{store: s} }

// Conn is a client of a store. It implements driver.Conn.
type Conn struct {
	store  *Store
	mu     sync.Mutex
	closed bool
}

// Close ends the connection; the store stays.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	return nil
}

// Caps tells what a store can do. Memory survives no power cut.
func (c *Conn) Caps() driver.Caps { return driver.Caps{Parallel: parallel, AtomicRename: true} }

// Kind sorts errors.
func (c *Conn) Kind(err error) driver.Kind { return kindOf(err) }

// List gives what stood in the folder at its first step.
func (c *Conn) List(ctx context.Context, dir string) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		entries, err := c.entries(ctx, dir)
		if err != nil {
			yield(driver.Entry{}, err)
			return
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				yield(driver.Entry{}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (c *Conn) entries(ctx context.Context, dir string) ([]driver.Entry, error) {
	if err := c.check(ctx, dir); err != nil {
		return nil, err
	}
	s := c.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.folder(dir); err != nil {
		return nil, err
	}
	var entries []driver.Entry
	for name, n := range s.nodes {
		if parent, base := driver.Split(name); parent == dir && name != "." {
			entries = append(entries, n.entry(base))
		}
	}
	return entries, nil
}

// Stat tells about a file or folder.
func (c *Conn) Stat(ctx context.Context, name string) (driver.Entry, error) {
	if err := c.begin(ctx, name, callLook); err != nil {
		return driver.Entry{}, err
	}
	s := c.store
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.nodes[name]
	if n == nil {
		return driver.Entry{}, notFound()
	}
	_, base := driver.Split(name)
	return n.entry(base), nil
}

// Rename gives a file a new name and never replaces.
func (c *Conn) Rename(ctx context.Context, from, to string) error {
	if err := c.begin(ctx, from, callChange); err != nil {
		return err
	}
	if err := c.check(ctx, to); err != nil {
		return err
	}
	s := c.store
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.nodes[from]
	parent, _ := driver.Split(to)
	switch {
	case n == nil:
		return notFound()
	case n.dir:
		return driver.Faultf(driver.Unsupported, "it is a folder")
	case s.folder(parent) != nil:
		return s.folder(parent)
	case s.nodes[to] != nil:
		return exists()
	}
	s.nodes[to] = n
	delete(s.nodes, from)
	return nil
}

// Remove deletes a file.
func (c *Conn) Remove(ctx context.Context, name string) error {
	if err := c.begin(ctx, name, callChange); err != nil {
		return err
	}
	s := c.store
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := s.nodes[name]; {
	case n == nil:
		return notFound()
	case n.dir:
		return driver.Faultf(driver.Unsupported, "it is a folder")
	}
	delete(s.nodes, name)
	return nil
}

// MakeDir makes a folder and those above it.
func (c *Conn) MakeDir(ctx context.Context, name string) error {
	if err := c.check(ctx, name); err != nil {
		return err
	}
	s := c.store
	s.mu.Lock()
	defer s.mu.Unlock()
	var missing []string
	for dir := name; dir != "."; dir, _ = driver.Split(dir) {
		n := s.nodes[dir]
		if n == nil {
			missing = append(missing, dir)
			continue
		}
		if !n.dir {
			return exists()
		}
		break
	}
	for _, dir := range slices.Backward(missing) {
		s.nodes[dir] = &node{dir: true, modTime: time.Now()}
	}
	return nil
}

// SyncDir has nothing to do.
func (c *Conn) SyncDir(ctx context.Context, dir string) error {
	if err := c.check(ctx, dir); err != nil {
		return err
	}
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	return c.store.folder(dir)
}

// Open reads a file as it was at this moment.
func (c *Conn) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := c.begin(ctx, name, callChange); err != nil {
		return nil, err
	}
	s := c.store
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := s.nodes[name]; {
	case n == nil:
		return nil, notFound()
	case n.dir:
		return nil, driver.Faultf(driver.Unsupported, "not a regular file")
	default:
		return &reader{ctx: ctx, rest: n.content, limit: limitOf(name)}, nil
	}
}

// check is what every call begins with.
func (c *Conn) check(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return fs.ErrClosed
	}
	if !driver.ValidName(name) {
		return driver.Faultf(driver.BadName, "not a name below the root")
	}
	return nil
}

// begin checks, and then does what the name asks for.
func (c *Conn) begin(ctx context.Context, name string, call call) error {
	if err := c.check(ctx, name); err != nil {
		return err
	}
	if err := slow(ctx, name); err != nil {
		return err
	}
	return c.store.obey(name, call)
}

// folder tells whether there is a folder of a name.
func (s *Store) folder(dir string) error {
	switch n := s.nodes[dir]; {
	case n == nil:
		return notFound()
	case !n.dir:
		return driver.Faultf(driver.NoFolder, "it is a file")
	}
	return nil
}

// nextID gives a new file's identity.
func (s *Store) nextID() string {
	s.serial++
	return strconv.FormatInt(s.serial, 36)
}

func (n *node) entry(base string) driver.Entry {
	e := driver.Entry{Name: strings.Clone(base), Type: driver.Dir, ModTime: n.modTime, ID: n.id}
	if !n.dir {
		e.Type, e.Size = driver.File, int64(len(n.content))
	}
	return e
}

func notFound() error { return driver.Faultf(driver.NotFound, "%w", fs.ErrNotExist) }
func exists() error   { return driver.Faultf(driver.Exists, "%w", fs.ErrExist) }
