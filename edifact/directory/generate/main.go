// Command generate makes the embedded data of package directory from a folder of tables.
//
// The folder holds one folder a release (D96A, D01B ...) with the tables of its messages, segments, composites,
// elements and codes as tab separated text, and a folder "service" with the segments of syntax 1 to 4. The batch half
// of the directories is taken; the interactive half is not. The build never runs this command: its output is committed.
//
// Usage: go run ./generate -tables FOLDER -out data
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	tables := flag.String("tables", "", "folder of tables, one folder a release")
	out := flag.String("out", "data", "folder to write to")
	flag.Parse()
	if err := run(*tables, *out); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run reads all releases and writes the three files.
func run(tables, out string) error {
	if tables == "" {
		return fmt.Errorf("no folder of tables given; use -tables FOLDER")
	}
	releases, err := listReleases(tables)
	if err != nil {
		return err
	}
	s := newStore()
	for i, folder := range releases {
		s.releases = append(s.releases, releaseName(folder))
		if err := s.addRelease(i, filepath.Join(tables, folder)); err != nil {
			return fmt.Errorf("release %s: %w", folder, err)
		}
		codes := folder
		if later, ok := codesOf[folder]; ok {
			codes = later
		}
		if err := s.addCodes(i, filepath.Join(tables, codes)); err != nil {
			return fmt.Errorf("codes of %s: %w", folder, err)
		}
	}
	for syntax := 1; syntax <= 4; syntax++ {
		i := len(s.releases)
		s.releases = append(s.releases, fmt.Sprintf("service %d", syntax))
		if err := s.addService(i, syntax, filepath.Join(tables, "service")); err != nil {
			return fmt.Errorf("service segments of syntax %d: %w", syntax, err)
		}
	}
	return s.write(out)
}

// codesOf names the release whose code lists stand in for those of a release that has none at hand: codes were added
// from release to release and hardly ever removed.
var codesOf = map[string]string{"D93A": "D94A", "D94B": "D94A", "D95A": "D95B"}
