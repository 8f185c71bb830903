package transports

import (
	"context"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/transports/driver"
)

// Renaming is a file that gets a new name.
type Renaming struct {
	From, To string
}

// Moved is what became of a Renaming.
type Moved struct {
	// Name is the name that the file now has.
	Name string
	// Err is nil, or of type *Error.
	Err error
}

// Claim takes a file for us by renaming it; of several that try, one succeeds and the others get Kind NotFound, or InUse
// while the first is at it. A claim inside OwnFolder makes its folder. Where the account may not rename, Kind is Denied, and a lease has to do. A claim is
// not durable: a power cut may leave the file at its old name, or, of several claims, undo some.
func (e *Endpoint) Claim(ctx context.Context, name, claim string) error {
	if err := e.rename(ctx, name, claim, inOwnFolder(claim)); err != nil {
		return e.fail("claim", name, claim, err)
	}
	return nil
}

// Publish gives a staged file its final name and makes that durable. A taken name is Kind Exists: nothing is replaced and
// the staged file stays. NotFound says that the temporary name is gone from its folder: the file was published before,
// and that is durable. A missing folder, of either name, is NoFolder.
func (e *Endpoint) Publish(ctx context.Context, temp, final string) error {
	return e.PublishAll(ctx, []Renaming{{temp, final}})[0]
}

// PublishAll publishes many files, several at a time, and makes their names durable together. The result has an error,
// or nil, for each, as Publish gives it; one that fails does not stop the others. The order in which the names appear is
// not that of the list.
func (e *Endpoint) PublishAll(ctx context.Context, files []Renaming) []error {
	errs := make([]error, len(files))
	e.each(len(files), func(i int) {
		errs[i] = e.publish(ctx, files[i])
	})
	e.syncRenamed(ctx, "publish", files, errs)
	return errs
}

func (e *Endpoint) publish(ctx context.Context, r Renaming) error {
	err := driver.Faultf(driver.BadName, "not a temporary name")
	if IsTemp(r.From) {
		err = e.rename(ctx, r.From, r.To, inOwnFolder(r.To))
	}
	if err != nil {
		return e.fail("publish", r.From, r.To, err)
	}
	return nil
}

// Move gives a file a new name, makes the folders of that name as needed, and makes the move durable. Where the name is
// taken it takes a numbered one: "a.edi" becomes "a.2.edi". It gives the name used. NotFound says that the file is gone,
// which after a crash means that it was moved before.
func (e *Endpoint) Move(ctx context.Context, from, to string) (string, error) {
	moved := e.MoveAll(ctx, []Renaming{{from, to}})[0]
	return moved.Name, moved.Err
}

// MoveAll moves many files, several at a time, and makes the moves durable together. One that fails does not stop the
// others.
func (e *Endpoint) MoveAll(ctx context.Context, files []Renaming) []Moved {
	used := make([]Renaming, len(files))
	errs := make([]error, len(files))
	e.each(len(files), func(i int) {
		name, err := e.moveNumbered(ctx, files[i])
		used[i] = Renaming{files[i].From, name}
		if err != nil {
			errs[i] = e.fail("move", files[i].From, files[i].To, err)
		}
	})
	e.syncRenamed(ctx, "move", used, errs)
	moved := make([]Moved, len(files))
	for i := range files {
		moved[i] = Moved{used[i].To, errs[i]}
	}
	return moved
}

// moveNumbered renames to the wanted name or the next free numbered one.
func (e *Endpoint) moveNumbered(ctx context.Context, r Renaming) (string, error) {
	to, n := r.To, 1
	for {
		err := e.rename(ctx, r.From, to, true)
		if err == nil {
			return to, nil
		}
		if e.kind(err) != driver.Exists {
			return "", err
		}
		if n, err = e.freeNumber(ctx, r.To, n); err != nil {
			return "", err
		}
		to = numbered(r.To, n)
	}
}

// freeNumber gives a number above a taken one whose name is free. It gallops, so that the thousandth file of one name
// costs a few looks and not a thousand; which numbers are free in a gap does not matter.
func (e *Endpoint) freeNumber(ctx context.Context, name string, taken int) (int, error) {
	free := taken + 1
	for step := 1; ; step *= 2 {
		is, err := e.exists(ctx, numbered(name, free))
		if err != nil {
			return 0, err
		}
		if !is {
			break
		}
		taken, free = free, free+step
	}
	for free-taken > 1 {
		middle := taken + (free-taken)/2
		is, err := e.exists(ctx, numbered(name, middle))
		switch {
		case err != nil:
			return 0, err
		case is:
			taken = middle
		default:
			free = middle
		}
	}
	return free, nil
}

// numbered puts a number before the extension.
func numbered(name string, n int) string {
	dir, base := driver.Split(name)
	stem, ext := base, ""
	if dot := strings.LastIndexByte(base, '.'); dot > 0 {
		stem, ext = base[:dot], base[dot:]
	}
	ext = "." + strconv.Itoa(n) + ext
	return driver.Join(dir, cut(stem, maxBase-len(ext))+ext)
}

// rename renames and finds out what a missing name means. NotFound then says that the old name is gone from a folder
// that is there; an empty mount point, or a new name's missing folder, must not look like work done before.
func (e *Endpoint) rename(ctx context.Context, from, to string, makeFolder bool) error {
	err := e.conn.Rename(ctx, from, to)
	if err == nil || e.kind(err) != driver.NotFound {
		return err
	}
	there, statErr := e.exists(ctx, from)
	if statErr != nil {
		return statErr
	}
	if !there {
		return e.gone(ctx, from, err)
	}
	if !makeFolder {
		return noFolder(to)
	}
	dir, _ := driver.Split(to)
	if err := e.conn.MakeDir(ctx, dir); err != nil {
		return err
	}
	return e.conn.Rename(ctx, from, to)
}

// gone tells a file that is gone from a folder that is gone.
func (e *Endpoint) gone(ctx context.Context, name string, notFound error) error {
	dir, _ := driver.Split(name)
	there, err := e.exists(ctx, dir)
	switch {
	case err != nil:
		return err
	case !there:
		return noFolder(name)
	}
	return notFound
}

func (e *Endpoint) exists(ctx context.Context, name string) (bool, error) {
	_, err := e.conn.Stat(ctx, name)
	if err == nil {
		return true, nil
	}
	if e.kind(err) == driver.NotFound {
		return false, nil
	}
	return false, err
}

// syncRenamed makes renames durable, each folder once. Those found gone were renamed before, perhaps without getting as
// far as the sync, so their folders are synced too.
func (e *Endpoint) syncRenamed(ctx context.Context, op string, files []Renaming, errs []error) {
	done := make(map[string]error)
	for i, r := range files {
		paths := []string{r.From}
		gone := errs[i] != nil && KindOf(errs[i]) == driver.NotFound
		if errs[i] != nil && !gone {
			continue
		}
		if r.To != "" {
			paths = append(paths, r.To)
		}
		err := e.syncFolders(ctx, done, paths)
		if err == nil || gone && e.kind(err) == driver.NotFound {
			continue
		}
		errs[i] = e.fail(op, r.From, r.To, err)
	}
}
