package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact/directory"
)

func newDirectory(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "directory",
		Short: "list and show the UN/EDIFACT directories; import further ones",
		Long: `batchgate holds the batch half of the UN/EDIFACT directories D.93A to D.24A. A further release, or a national one, is read from
the text files in which the UN publishes its directories, and used with --directory FILE.`,
		RunE: help,
	}
	cmd.AddCommand(newDirectoryList(s), newDirectoryShow(s), newDirectoryImport(s))
	return cmd
}

// directoryLine is one directory: docs/json.md, "directory list".
type directoryLine struct {
	Name     string `json:"name"`
	Messages int    `json:"messages"`
	Segments int    `json:"segments"`
}

func newDirectoryList(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "list the directories, oldest first", Args: nothing,
		RunE: func(*cobra.Command, []string) error {
			var all []directoryLine
			for _, name := range directory.Names() {
				r, err := directory.Open(name)
				if err != nil {
					return err
				}
				all = append(all, directoryLine{name, len(r.Messages()), len(r.Segments())})
			}
			if asJSON {
				return jsonLines(s.out, all)
			}
			t := newTable(s.out, "DIRECTORY", "MESSAGES", "SEGMENTS")
			for _, d := range all {
				t.row(d.Name, fmt.Sprint(d.Messages), fmt.Sprint(d.Segments))
			}
			return t.flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON lines")
	return cmd
}

func newDirectoryShow(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show DIRECTORY [MESSAGE|SEGMENT|COMPOSITE|ELEMENT]...",
		Short: "show the messages of a directory, or what it says about a message, segment, composite or element",
		Long: `show without further names lists the messages of a directory. With a name it shows the segment table of a message (ORDERS), the
elements of a segment (NAD) or composite (C082), or the format and the codes of an element (3035). Instead of a directory's name
a file may be named that "batchgate directory import" has written. Service segments are shown under service 1 to service 4.`,
		Example: `  batchgate directory show D.96A
  batchgate directory show D.96A ORDERS
  batchgate directory show D.01B NAD 3035`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{fmt.Errorf("%s takes the name of a directory, as D.96A", cmd.CommandPath())}
			}
			r, err := openDirectory(args[0])
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return listMessages(s, r, asJSON)
			}
			for _, id := range args[1:] {
				if asJSON {
					err = r.WriteLine(s.out, strings.ToUpper(id))
				} else {
					err = showPart(s.out, r, strings.ToUpper(id))
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON lines")
	return cmd
}

// openDirectory opens a directory by its name, or the file of one.
func openDirectory(name string) (*directory.Release, error) {
	if n, ok := strings.CutPrefix(strings.ToLower(name), "service "); ok && len(n) == 1 {
		return directory.OpenService(int(n[0] - '0'))
	}
	r, err := directory.Open(name)
	if err == nil {
		return r, nil
	}
	if _, missing := os.Stat(name); missing != nil {
		return nil, err
	}
	return readDirectory(name)
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

// messageLine is one message: docs/json.md, "directory show".
type messageLine struct {
	Message  string `json:"message"`
	Name     string `json:"name"`
	Segments int    `json:"segments"`
}

func listMessages(s streams, r *directory.Release, asJSON bool) error {
	t := newTable(s.out, "MESSAGE", "ROWS", "NAME")
	out := json.NewEncoder(s.out)
	for _, name := range r.Messages() {
		m, err := r.Message(name)
		if err != nil {
			return err
		}
		if asJSON {
			err = out.Encode(messageLine{name, m.Name, len(m.Nodes)})
		} else {
			t.row(name, fmt.Sprint(len(m.Nodes)), m.Name)
		}
		if err != nil {
			return err
		}
	}
	return t.flush()
}

func newDirectoryImport(s streams) *cobra.Command {
	var name, out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "import FILE|FOLDER...",
		Short: "read a directory from the text files in which the UN publishes it",
		Long: `import reads the official text files of a release: the directories of elements (EDED, or TRED), composites (EDCD, TRCD) and
segments (EDSD, TRSD), the code list (UNCL) and one file for each message (ORDERS_D.22A). They may be given as files, as a folder,
or as the zip file of the release with all the zip files in it. Interactive parts are passed over. What is not understood is
named with its line; a message with such a fault is left out.

The result is a file of JSON lines, for --directory of validate, explain and guideline.

Exit status: 0 all was read, 1 something was left out or nothing could be read, 2 wrong use.`,
		Example: `  batchgate directory import d22a.zip --name D.22A --out D.22A.jsonl
  batchgate validate ORDERS.EDI --directory D.22A.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || name == "" || out == "" {
				return &usageError{fmt.Errorf("%s takes files or a folder, --name and --out", cmd.CommandPath())}
			}
			texts, err := directoryTexts(args)
			if err != nil {
				return err
			}
			r, found := directory.FromTexts(name, texts)
			for _, f := range found {
				if err := sayFinding(s, f, asJSON); err != nil {
					return err
				}
			}
			if r == nil {
				return errFindings
			}
			if err := writeDirectory(out, r); err != nil {
				return err
			}
			fmt.Fprintf(s.err, "batchgate: %s: %d messages, %d segments out of %d files, %d things not understood\n", out, len(r.Messages()), len(r.Segments()), len(texts), len(found))
			if len(found) > 0 {
				return errFindings
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "name of the directory as messages give it, as D.22A")
	cmd.Flags().StringVar(&out, "out", "", "file to write")
	cmd.Flags().BoolVar(&asJSON, "json", false, "findings as JSON lines")
	return cmd
}

func writeDirectory(name string, r *directory.Release) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(r.WriteFile(f), f.Close())
}
