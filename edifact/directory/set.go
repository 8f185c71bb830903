package directory

import (
	"slices"
	"strings"
)

// Set is the directories that names are looked up in: releases of one's own first, then those of this package. So a
// release of one's own hides an embedded one of the same name; [Set.Hides] tells. The zero Set and a nil one have the
// embedded ones alone. A Set never changes and may be used by many goroutines.
type Set struct{ own []*Release }

// NewSet makes a set of some releases of one's own, with all embedded ones behind them. Of two with the same name the first
// is found.
func NewSet(own ...*Release) *Set { return &Set{slices.Clone(own)} }

// Open gives a directory by its name, which is understood as the function [Open] does. Another name gives an
// [UnknownError].
func (s *Set) Open(name string) (*Release, error) {
	wanted := plainName(name)
	for _, r := range s.Own() {
		if plainName(r.name) == wanted {
			return r, nil
		}
	}
	r, err := Open(name)
	if err != nil {
		err = &UnknownError{Kind: "directory", Name: strings.TrimSpace(name), Nearest: nearestName(name, s.Names())}
	}
	return r, err
}

// Own gives the releases of one's own.
func (s *Set) Own() []*Release {
	if s == nil {
		return nil
	}
	return s.own
}

// Names gives the names of all directories: the embedded ones, oldest first, then those of one's own that hide none.
func (s *Set) Names() []string {
	names := Names()
	for _, r := range s.Own() {
		if !slices.Contains(names, r.name) {
			names = append(names, r.name)
		}
	}
	return names
}

// Hides tells whether a release stands in front of an embedded one of the same name.
func (s *Set) Hides(r *Release) bool {
	_, err := Open(r.name)
	return err == nil
}
