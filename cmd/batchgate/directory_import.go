package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// importing reads official texts and writes a directory.
type importing struct {
	s         streams
	from      *directoryFlags
	name, out string
	replace   bool
	asJSON    bool
}

func newDirectoryImport(s streams, from *directoryFlags) *cobra.Command {
	i := importing{s: s, from: from}
	cmd := &cobra.Command{
		Use:   "import FILE|FOLDER...",
		Short: "read a directory from the text files in which the UN publishes it",
		Long: `import reads the official text files of a release: the directories of elements (EDED, or TRED), composites (EDCD, TRCD) and
segments (EDSD, TRSD), the code list (UNCL) and one file for each message (ORDERS_D.22A). They may be given as files, as a folder,
or as the zip file of the release with all the zip files in it. Interactive parts are passed over. What is not understood is
named with its line; a message with such a fault is left out.

The UN's archives of D.93A, D.94B and D.95A hold no code list: name that of D.94A, or of D.95B, with them. Without one no codes
are checked, and that is said.

--name is what messages say in 0052 and 0054 of their UNH, with a point between: D.22A for ORDERS:D:22A:UN.

The result is a file of JSON lines in the folder directories of the home, which is the current folder or that of --home: all of
the home uses it. With --out it is written elsewhere, for --directory of validate, explain, convert and guideline.

Exit status: 0 all was read, 1 something was left out or nothing could be read, 2 wrong use.`,
		Example: `  batchgate directory import d22a.zip --name D.22A --home my-home
  batchgate directory import texts/ --name D.22A --out D.22A.jsonl
  batchgate validate ORDERS.EDI --directory D.22A.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || i.name == "" {
				return &usageError{fmt.Errorf("%s takes files or a folder, and --name", cmd.CommandPath())}
			}
			return i.run(args)
		},
	}
	cmd.Flags().StringVar(&i.name, "name", "", "name of the directory as messages give it, as D.22A")
	cmd.Flags().StringVar(&i.out, "out", "", "file to write, in place of directories/NAME.jsonl of the home")
	cmd.Flags().BoolVar(&i.replace, "replace", false, "put it in place of a file that is there already")
	cmd.Flags().BoolVar(&i.asJSON, "json", false, "findings as JSON lines")
	return cmd
}

func (i *importing) run(args []string) error {
	name, err := directory.ParseName(i.name)
	if err != nil {
		return &usageError{fmt.Errorf("--name: %w", err)}
	}
	out, err := i.target(name)
	if err != nil {
		return err
	}
	texts, err := directoryTexts(args)
	if err != nil {
		return err
	}
	r, found := directory.FromTexts(name, texts)
	for _, f := range found {
		if err := sayFinding(i.s, f, i.asJSON); err != nil {
			return err
		}
	}
	if r == nil {
		return errFindings
	}
	if err := writeDirectory(out, r); err != nil {
		return err
	}
	lost := len(found) - found.Count(finding.Note)
	fmt.Fprintf(i.s.err, "batchgate: %s: %s, %d messages, %d segments out of %d files, %d things not understood\n", out, name, len(r.Messages()), len(r.Segments()), len(texts), lost)
	if _, err := directory.Open(name); err == nil && i.out == "" {
		fmt.Fprintf(i.s.err, "batchgate: it stands in front of the %s that batchgate has itself\n", name)
	}
	if lost > 0 {
		return errFindings
	}
	return nil
}

// target gives the file to write, in a home that is there.
func (i *importing) target(name string) (string, error) {
	out := i.out
	if out == "" {
		home := i.from.folder("")
		if _, err := os.Stat(filepath.Join(home, "profiles")); err != nil {
			return "", &usageError{fmt.Errorf("%s is no home: it has no folder profiles; name the home with --home, or a file with --out", home)}
		}
		folder := filepath.Join(home, "directories")
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return "", err
		}
		out = filepath.Join(folder, name+".jsonl")
	}
	if _, err := os.Stat(out); err == nil && !i.replace {
		return "", fmt.Errorf("%s is there already; --replace puts the new one in its place", out)
	}
	return out, nil
}

// writeDirectory writes the file whole or not at all: a home that runs may read it at any time.
func writeDirectory(name string, r *directory.Release) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".batchgate-*")
	if err != nil {
		return err
	}
	err = errors.Join(r.WriteFile(f), f.Sync(), f.Close())
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
