package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/profiles"
)

// directoryFlags say in which EDIFACT directories a command looks names up: files that are named, then those of a home, then
// the embedded ones.
type directoryFlags struct {
	home  string
	files []string
}

func (f *directoryFlags) add(cmd *cobra.Command) {
	f.addHome(cmd)
	cmd.Flags().StringArrayVar(&f.files, "directory", nil, "file of a further directory, before those of the home; see batchgate directory import")
}

func (f *directoryFlags) addHome(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&f.home, "home", "", "home whose directories hold; otherwise that of the mapping or guideline that is named, else the current folder")
}

// folder gives the home that holds; beside is a file of it, "" where none is named.
func (f *directoryFlags) folder(beside string) string {
	if f.home != "" {
		return f.home
	}
	if beside != "" {
		at := filepath.Join(filepath.Dir(beside), "..")
		if _, err := os.Stat(filepath.Join(at, "directories")); err == nil {
			return at
		}
	}
	return "."
}

// set reads the directories; beside is a mapping or guideline that is named, or "".
func (f *directoryFlags) set(beside string) (*directory.Set, error) {
	var own []*directory.Release
	for _, name := range f.files {
		r, err := readDirectory(name)
		if err != nil {
			return nil, err
		}
		own = append(own, r)
	}
	ofHome, found := profiles.LoadDirectories(f.folder(beside))
	for _, one := range found {
		if one.Severity == finding.Error {
			return nil, errors.New(one.String())
		}
	}
	return directory.NewSet(slices.Concat(own, ofHome)...), nil
}

func readDirectory(name string) (*directory.Release, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := directory.ReadFile(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
