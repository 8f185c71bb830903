package profiles

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/option"
)

const (
	homeName        = "batchgate.yaml"
	connectionsName = "connections.yaml"
	maxFile         = 16 << 20 // bytes of one file; code lists are the largest
)

// loader collects a home and everything that is wrong with it.
type loader struct {
	opt    Options
	lookup option.Lookup
	replay bool // out of a bundle: references are not looked up
	found  finding.List

	files     map[string][]byte // by path in the home
	shared    map[string]*Connection
	mappings  map[string]*mappingDocument
	codes     map[string]*mapping.CodeList // of codes/NAME.csv or .xlsx, by NAME
	codeFiles map[string]string            // where they stand, by NAME
	guided    map[string]bool              // files of guidelines that flows use

	directories []directoryFile
	known       *directory.Set // the home's directories and the embedded ones
}

func newLoader(opt Options) *loader {
	return &loader{opt: opt, lookup: opt.lookup(), files: map[string][]byte{}, guided: map[string]bool{}}
}

// place is the name of a file in findings.
func (l *loader) place(name string) string { return path.Join(l.opt.Name, name) }

func (l *loader) add(f ...finding.Finding) { l.found = append(l.found, f...) }

// readAll takes the files of a home into memory: all later work is done on these bytes, and a bundle has the same.
func (l *loader) readAll(fsys fs.FS) {
	for _, name := range []string{homeName, connectionsName} {
		if _, err := fs.Stat(fsys, name); err == nil {
			l.readFile(fsys, name)
		}
	}
	for folder, endings := range map[string][]string{"profiles": {".yaml", ".yml"}, "mappings": {".yaml", ".yml"}, "codes": {".csv", ".xlsx"}, "guidelines": {".yaml", ".yml"}, directoriesFolder: {".jsonl"}} {
		l.readFolder(fsys, folder, endings...)
	}
}

// readFolder takes the files of one folder with some endings. Only profiles has to be there.
func (l *loader) readFolder(fsys fs.FS, folder string, endings ...string) {
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil && (folder == "profiles" || !isMissing(err)) {
		l.add(finding.Finding{Rule: "profile.home", Severity: finding.Error, Place: finding.Place{File: l.place(folder)},
			Message: "the folder cannot be read: " + cause(err), Hint: "is this the home? batchgate init makes a new one"})
	}
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && slices.Contains(endings, path.Ext(e.Name())) {
			l.readFile(fsys, path.Join(folder, e.Name()))
		}
	}
}

func (l *loader) readFile(fsys fs.FS, name string) {
	b, err := readLimited(fsys, name)
	if err != nil {
		l.add(finding.Finding{Rule: "profile.file", Severity: finding.Error, Place: finding.Place{File: l.place(name)},
			Message: "the file cannot be read: " + cause(err), Hint: "check its rights and size"})
		return
	}
	if path.Ext(name) == ".xlsx" {
		if b, err = rowsOfWorkbook(b); err != nil {
			l.add(finding.Finding{Rule: "profile.codes", Severity: finding.Error, Place: finding.Place{File: l.place(name)},
				Message: "the workbook cannot be read: " + err.Error(), Hint: "save it as .xlsx, or as .csv with the header ours;theirs"})
			return
		}
	}
	l.files[name] = b
}

func readLimited(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("it has more than %d bytes", maxFile)
	}
	return b, err
}

// inFolder gives the paths of a folder's files in order.
func (l *loader) inFolder(folder string) []string {
	var names []string
	for name := range l.files {
		if path.Dir(name) == folder {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// parse reads a file as settings; ok is false when it is no block of settings.
func (l *loader) parse(name string) (*option.Source, bool) {
	src, found := option.Parse(l.place(name), l.files[name])
	l.add(found...)
	return src, src.Root != nil
}

// settings reads batchgate.yaml.
func (l *loader) settings(h *Home) {
	table := homeTable()
	var given option.Values
	if _, ok := l.files[homeName]; ok {
		if src, ok := l.parse(homeName); ok {
			var found finding.List
			given, found = table.Decode(src, src.Root, option.Shared)
			l.add(found...)
		}
	}
	v := table.Layer(given)
	h.Archive = l.opt.local(v.Text("archive"))
	ledger := v.Block("ledger")
	h.Ledger = LedgerSettings{Dialect: "sqlite", DSN: l.opt.local("data/batchgate.db")}
	switch r, postgres := ledger.Reference("postgres"); {
	case postgres && ledger.Has("sqlite"):
		l.add(ledger.Fault("postgres", "profile.ledger", "the ledger is one database, either sqlite or postgres"))
	case postgres:
		h.Ledger = LedgerSettings{Dialect: "postgres", DSN: l.resolve(ledger, "postgres", r)}
	case ledger.Has("sqlite"):
		h.Ledger.DSN = l.opt.local(ledger.Text("sqlite"))
	}
}

// resolve looks up a reference. Out of a bundle nothing is looked up.
func (l *loader) resolve(v option.Values, name string, r option.Reference) string {
	if l.replay {
		return ""
	}
	value, err := l.lookup.Resolve(r)
	if err != nil {
		message, hint, _ := strings.Cut(err.Error(), "; ")
		f := v.Fault(name, "profile.secret", fmt.Sprintf("%s: %s", name, message))
		f.Hint = hint
		l.add(f)
	}
	return value
}

// result gives the findings, each once, in order of file and line.
func (l *loader) result() finding.List {
	type key struct {
		place         finding.Place
		rule, message string
	}
	l.hideSecrets()
	seen := map[key]bool{}
	list := slices.DeleteFunc(l.found, func(f finding.Finding) bool {
		k := key{f.Place, f.Rule, f.Message}
		again := seen[k]
		seen[k] = true
		return again
	})
	list.Sort()
	return list
}

// hideSecrets takes the source out of every finding whose line holds a secret.
func (l *loader) hideSecrets() {
	type line struct {
		file string
		n    int
	}
	secret := map[line]bool{}
	for _, f := range l.found {
		if f.Rule == option.SecretRule {
			secret[line{f.Place.File, f.Place.Line}] = true
		}
	}
	for i, f := range l.found {
		if secret[line{f.Place.File, f.Place.Line}] {
			l.found[i].Source = ""
		}
	}
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// cause gives an error without the operation and path that the place says already.
func cause(err error) string {
	for {
		pe, ok := err.(*fs.PathError)
		if !ok {
			return err.Error()
		}
		err = pe.Err
	}
}
