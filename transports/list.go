package transports

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/transports/driver"
)

// File is one file of a listing.
type File struct {
	// Path is the file's name below the endpoint's root, as every method takes it. It is empty when Refused says why.
	Path string
	// Name is its last part, exactly as the server stores it; DisplayName makes it fit for people.
	Name string
	// Size is the number of bytes.
	Size int64
	// ModTime is when the content last changed; zero if the server does not say.
	ModTime time.Time
	// ID tells the file from a later one of the same name, where the server has such a thing; else empty.
	ID string
	// Refused says why no method can take this file: its name would lead to another folder. Else empty.
	Refused string
}

// List gives the files of a folder that match, in natural order of their names (see CompareNatural). Folders, links and
// devices are not files; names that begin with a dot are left out. A missing folder is an error of Kind NotFound.
func (e *Endpoint) List(ctx context.Context, dir string, m Match) ([]File, error) {
	if err := m.Check(); err != nil {
		return nil, e.fail("list", dir, "", driver.Faultf(driver.Unsupported, "%w", err))
	}
	var files []File
	for entry, err := range e.conn.List(ctx, dir) {
		if err != nil {
			return nil, e.fail("list", dir, "", err)
		}
		if entry.Type != driver.File || !m.wants(entry.Name) {
			continue
		}
		files = append(files, fileOf(dir, entry))
		if m.Limit > 0 && len(files) >= 2*m.Limit+1024 {
			files = m.first(files)
		}
	}
	return m.first(files), nil
}

// wants leaves out hidden names, or everything but our temporary ones, and asks the patterns.
func (m Match) wants(base string) bool {
	if m.Temp {
		return isTempBase(base) && m.Matches(base)
	}
	return !strings.HasPrefix(base, ".") && m.Matches(base)
}

// first sorts the files and keeps the first ones up to the limit.
func (m Match) first(files []File) []File {
	slices.SortFunc(files, func(a, b File) int { return CompareNatural(a.Name, b.Name) })
	if m.Limit > 0 && len(files) > m.Limit {
		clear(files[m.Limit:])
		files = files[:m.Limit]
	}
	return files
}

func fileOf(dir string, entry driver.Entry) File {
	f := File{Name: entry.Name, Size: entry.Size, ModTime: entry.ModTime, ID: entry.ID}
	if f.Refused = refuseBase(entry.Name); f.Refused == "" {
		f.Path = driver.Join(dir, entry.Name)
	}
	return f
}
