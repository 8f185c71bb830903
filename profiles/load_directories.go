package profiles

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/mapping"
)

const (
	directoriesFolder = "directories"
	directoryRule     = "profile.directory"
)

// directoryFile is an EDIFACT directory of the home.
type directoryFile struct {
	file    string // path in the home
	release *directory.Release
}

// indexDirectories reads the home's own EDIFACT directories. They are found before the embedded ones.
func (l *loader) indexDirectories() {
	var own []*directory.Release
	for _, file := range l.inFolder(directoriesFolder) {
		place := finding.Place{File: l.place(file), Line: 1}
		r, err := directory.ReadFile(bytes.NewReader(l.files[file]))
		if err != nil {
			if bad, ok := errors.AsType[*directory.FileError](err); ok {
				place.Line, err = bad.Line, bad.Err
			}
			l.add(finding.Finding{Rule: directoryRule, Severity: finding.Error, Place: place, Message: err.Error(), Hint: "import it again: batchgate directory import"})
			continue
		}
		if before := l.directoryFile(r.Name()); before != nil {
			l.add(finding.Finding{Rule: directoryRule, Severity: finding.Error, Place: place, Related: &finding.Place{File: l.place(before.file), Line: 1},
				Message: fmt.Sprintf("there is a directory %s already", r.Name()), Hint: "it is " + l.place(before.file) + "; remove one of them"})
			continue
		}
		l.directories = append(l.directories, directoryFile{file, r})
		own = append(own, r)
	}
	l.known = directory.NewSet(own...)
	for _, d := range l.directories {
		if !l.replay && l.known.Hides(d.release) {
			l.add(finding.Finding{Rule: directoryRule, Severity: finding.Warning, Place: finding.Place{File: l.place(d.file), Line: 1},
				Message: fmt.Sprintf("it stands in front of the %s that batchgate has itself", d.release.Name()),
				Hint:    "that is how a directory is put right; remove the file if it is not meant"})
		}
	}
}

// directoryFile finds a directory of the home by its name; nil when there is none.
func (l *loader) directoryFile(name string) *directoryFile {
	for i, d := range l.directories {
		if d.release.Name() == name {
			return &l.directories[i]
		}
	}
	return nil
}

// directory notes that a message of a directory is used.
func (u *used) directory(d *directoryFile, message string) {
	if d == nil {
		return
	}
	if u.directories[d.file] == nil {
		u.directories[d.file] = map[string]bool{}
	}
	u.directories[d.file][message] = true
}

// anyDirectory notes which of the home's directories the messages of a flow may be of that takes those of any release: all
// that have the message.
func (l *flowLoader) anyDirectory() {
	if l.f.Read == nil || l.f.Read.Format() != mapping.EDIFACT || l.f.Take.Version != "" && l.f.Take.Release != "" {
		return
	}
	for i, d := range l.loader.directories {
		if _, err := d.release.Message(l.f.Take.Message); err == nil {
			l.used.directory(&l.loader.directories[i], l.f.Take.Message)
		}
	}
}

// directoryOf gives the file of a directory with no more messages than are used.
func (l *loader) directoryOf(file string, messages map[string]bool) []byte {
	var out bytes.Buffer
	for _, d := range l.directories {
		if d.file != file {
			continue
		}
		if err := d.release.Only(sortedKeys(messages)...).WriteFile(&out); err != nil { // into memory
			panic(fmt.Sprintf("profiles: directory %s: %s", file, err))
		}
	}
	return out.Bytes()
}

// LoadDirectories reads the EDIFACT directories of the home in a folder, and nothing else of it. A folder without any gives
// none.
func LoadDirectories(dir string) ([]*directory.Release, finding.List) {
	l := newLoader(Options{Dir: dir, Name: dir})
	l.readFolder(os.DirFS(dir), directoriesFolder, ".jsonl")
	l.indexDirectories()
	return l.known.Own(), l.result()
}
