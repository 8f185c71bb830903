package profiles

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/option"
)

// Home is everything that a home folder says. Where loading found errors it may be incomplete and must not be run.
type Home struct {
	Ledger      LedgerSettings
	Archive     string                 // folder of the archive
	Connections map[string]*Connection // the shared ones, by name
	Profiles    []*Profile             // in the order of their partners' names
	Directories *directory.Set         // EDIFACT directories: those of the home's folder directories, then the embedded ones
}

// LedgerSettings says which database the ledger is.
type LedgerSettings struct {
	Dialect string // "sqlite" or "postgres"
	DSN     string // file of an SQLite database, URL of a PostgreSQL one; the latter is secret
}

// Options is what loading needs from outside. The zero Options works.
type Options struct {
	// Dir is the path of the home on this machine. Relative paths of folders, secret files and databases start there.
	Dir string
	// Name stands before the file names of places, "shop-home".
	Name string
	// Engine is the version of batchgate; it is part of every profile's version.
	Engine string
	// Getenv looks up environment variables; nil is os.LookupEnv.
	Getenv func(name string) (string, bool)
	// ReadFile reads secret files; nil is os.ReadFile, relative to Dir.
	ReadFile func(path string) ([]byte, error)
}

func (o Options) lookup() option.Lookup {
	l := option.Lookup{Getenv: o.Getenv, ReadFile: o.ReadFile}
	if l.Getenv == nil {
		l.Getenv = os.LookupEnv
	}
	if l.ReadFile == nil {
		l.ReadFile = func(path string) ([]byte, error) { return os.ReadFile(o.local(path)) }
	}
	return l
}

// local gives a path of this machine, relative ones starting at the home.
func (o Options) local(path string) string {
	if path == "" || o.Dir == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(o.Dir, filepath.FromSlash(path))
}

// LoadDir loads the home in a folder.
func LoadDir(dir string, opt Options) (*Home, finding.List) {
	opt.Dir = dir
	return Load(os.DirFS(dir), opt)
}

// Load loads a home and checks all of it.
func Load(fsys fs.FS, opt Options) (*Home, finding.List) {
	l := newLoader(opt)
	l.readAll(fsys)
	h := &Home{}
	l.settings(h)
	l.shared = l.connectionsFile(connectionsName)
	h.Connections = l.shared
	l.indexDirectories()
	h.Directories = l.known
	l.indexMappings()
	l.indexCodes()
	h.Profiles = l.profiles()
	l.unusedMappings()
	l.unusedGuidelines()
	return h, l.result()
}

// Flow finds a flow by its ID, "partner/flow".
func (h *Home) Flow(id string) (*Flow, bool) {
	for _, p := range h.Profiles {
		for _, f := range p.Flows {
			if f.ID() == id {
				return f, true
			}
		}
	}
	return nil, false
}

// Flows gives the flows of all profiles.
func (h *Home) Flows() []*Flow {
	var all []*Flow
	for _, p := range h.Profiles {
		all = append(all, p.Flows...)
	}
	return all
}

// Partner finds a profile by its partner's name.
func (h *Home) Partner(name string) (*Profile, bool) {
	for _, p := range h.Profiles {
		if p.Partner == name {
			return p, true
		}
	}
	return nil, false
}
