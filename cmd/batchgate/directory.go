package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact/directory"
)

func newDirectory(s streams) *cobra.Command {
	var from directoryFlags
	cmd := &cobra.Command{
		Use:   "directory",
		Short: "list and show the UN/EDIFACT directories; import further ones",
		Long: `batchgate holds the batch half of the UN/EDIFACT directories D.93A to D.24A. A further release, or a national one, is read from
the text files in which the UN publishes its directories, and put into the folder directories of a home. From then on the home's
mappings, guidelines and flows may name it, and all commands know it that are used in the home, or with --home.

A directory of a home stands in front of one that batchgate has itself: so it can be put right. batchgate check says so.`,
		RunE: help,
	}
	from.addHome(cmd)
	cmd.AddCommand(newDirectoryList(s, &from), newDirectoryShow(s, &from), newDirectoryImport(s, &from))
	return cmd
}

// directoryLine is one directory: docs/json.md, "directory list".
type directoryLine struct {
	Name     string `json:"name"`
	Messages int    `json:"messages"`
	Segments int    `json:"segments"`
	Source   string `json:"source"` // "batchgate", or "home"
	Hides    bool   `json:"hides,omitempty"`
}

func newDirectoryList(s streams, from *directoryFlags) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "list the directories, oldest first, those of the home last", Args: nothing,
		RunE: func(*cobra.Command, []string) error {
			known, err := from.set("")
			if err != nil {
				return err
			}
			var all []directoryLine
			for _, name := range directory.Names() {
				r, err := directory.Open(name)
				if err != nil {
					return err
				}
				all = append(all, directoryLine{Name: name, Messages: len(r.Messages()), Segments: len(r.Segments()), Source: "batchgate"})
			}
			for _, r := range known.Own() {
				all = append(all, directoryLine{r.Name(), len(r.Messages()), len(r.Segments()), "home", known.Hides(r)})
			}
			if asJSON {
				return jsonLines(s.out, all)
			}
			t := newTable(s.out, "DIRECTORY", "MESSAGES", "SEGMENTS", "FROM")
			for _, d := range all {
				source := d.Source
				if d.Hides {
					source += ", in front of batchgate's"
				}
				t.row(d.Name, fmt.Sprint(d.Messages), fmt.Sprint(d.Segments), source)
			}
			return t.flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON lines")
	return cmd
}

func newDirectoryShow(s streams, from *directoryFlags) *cobra.Command {
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
			r, err := openDirectory(args[0], from)
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
func openDirectory(name string, from *directoryFlags) (*directory.Release, error) {
	known, err := from.set("")
	if err != nil {
		return nil, err
	}
	r, err := known.Open(name)
	if err == nil {
		return r, nil
	}
	if _, missing := os.Stat(name); missing != nil {
		return nil, err
	}
	return readDirectory(name)
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
