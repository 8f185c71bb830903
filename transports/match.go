package transports

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Match says which files of a folder are meant. The zero Match means all of them.
//
// Patterns are those of path.Match (*, ?, [a-z]) for the file's name without its folder. Names and patterns are compared
// in Unicode's composed form, so that "Aufträge*" also takes the files of a system that stores ä as two characters.
type Match struct {
	// Include takes a file when one of these matches; empty takes every file.
	Include []string
	// Exclude leaves out what one of these matches, such as "*.part".
	Exclude []string
	// FoldCase makes upper and lower case the same, for programs that think as Windows does.
	FoldCase bool
	// Limit keeps the first so many files in natural order; 0 keeps all. With a limit memory does not grow with the folder.
	Limit int
	// Temp lists our own temporary names instead of the files that others see. Patterns then match the temporary name.
	Temp bool
}

// Check tells whether the patterns are well formed.
func (m Match) Check() error {
	for _, list := range [][]string{m.Include, m.Exclude} {
		for _, pattern := range list {
			if _, err := path.Match(pattern, ""); err != nil {
				return fmt.Errorf("pattern %q: %w; close every [ with ] and end no pattern with a backslash", pattern, err)
			}
		}
	}
	if m.Limit < 0 {
		return fmt.Errorf("limit %d: use 0 for no limit", m.Limit)
	}
	return nil
}

// Matches tells whether a name, without its folder, fits the patterns. Hidden and temporary names are List's business.
func (m Match) Matches(base string) bool {
	if len(m.Include) == 0 && len(m.Exclude) == 0 {
		return true
	}
	base = m.fold(base)
	return (len(m.Include) == 0 || m.any(m.Include, base)) && !m.any(m.Exclude, base)
}

func (m Match) any(patterns []string, base string) bool {
	for _, pattern := range patterns {
		if ok, err := path.Match(m.fold(pattern), base); ok && err == nil {
			return true
		}
	}
	return false
}

func (m Match) fold(s string) string {
	s = norm.NFC.String(s)
	if m.FoldCase {
		s = strings.ToLower(s)
	}
	return s
}
