package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/flatfile/sniff"
)

func newSniff(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "sniff FILE",
		Short: "guess what a file is, with the evidence, and draft the mapping that reads it",
		Long: `sniff looks at the first megabyte of a file and guesses its format, character set, delimiter, header, decimal mark, dates and
types of records. It says why it thinks so, and what a person has to decide, and drafts the head of a mapping and the source
of a flow to go on from. A guess stays a guess: ask who sends the file.

Exit status: 0 guessed, 1 nothing fits, 2 wrong use.`,
		Example: `  batchgate sniff STOCK.CSV
  batchgate sniff ORDERS.DAT --json | jq .evidence`,
		Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := openFile(args[0], s.in)
			if err != nil {
				return err
			}
			defer file.Close()
			in := bufio.NewReaderSize(file, sniff.HeadSize)
			head, err := in.Peek(sniff.HeadSize)
			if err != nil && err != io.EOF {
				return err
			}
			g := sniff.Look(head, err == io.EOF)
			if asJSON {
				enc := json.NewEncoder(s.out)
				enc.SetEscapeHTML(false)
				err = enc.Encode(g)
			} else {
				err = printGuess(s.out, g, args[0])
			}
			if err == nil && g.Format == "" {
				return errFindings
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the guess as one JSON object")
	return cmd
}

// printGuess writes a guess for people.
func printGuess(w io.Writer, g *sniff.Guess, file string) error {
	var b strings.Builder
	what := g.Format
	if what == "" {
		what = "nothing known"
	}
	if g.Kind != "" {
		what += " (" + g.Kind + ")"
	}
	fmt.Fprintf(&b, "guess: %s", what)
	if g.Charset != "" {
		fmt.Fprintf(&b, ", %s", g.Charset)
	}
	b.WriteString("\n\nevidence:\n")
	for _, e := range g.Evidence {
		fmt.Fprintf(&b, "  %s\n", e)
	}
	if len(g.Warnings) > 0 {
		b.WriteString("\nlook at:\n")
		for _, e := range g.Warnings {
			fmt.Fprintf(&b, "  %s\n", e)
		}
	}
	if draft := g.Draft(); draft != "" {
		fmt.Fprintf(&b, "\n# draft of a mapping, mappings/NAME.yaml\n%s", draft)
		pattern := "*" + filepath.Ext(filepath.Base(file))
		fmt.Fprintf(&b, "\n# draft of the flow's source, in the profile\nfrom: {connection: erp, folder: out, match: %q}\nmapping: NAME\n", pattern)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
