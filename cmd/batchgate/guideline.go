package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

func newGuideline(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "guideline",
		Short: "draft, check and print what a partner uses of EDIFACT messages",
		Long: `A guideline narrows a message of a directory to what a partner or an industry uses: segments and groups, how often, elements,
formats, codes, and what depends on what. It is a YAML file, in a home below guidelines/, and a flow names it with
guideline: NAME. "batchgate guideline derive" drafts one from real files; "show" prints one as a guide for people.

  guideline: hammerl-orders
  message: ORDERS
  directory: D.96A
  extends: retail-orders       # a file beside this one, which is narrowed further
  others: refused              # what is not named is not used; else it is allowed
  segments:
    BGM: {elements: {C002.1001: {codes: [220, 224]}, "1004": {use: required, format: an..17}}}
    DTM[137]: {use: required, max: 1}      # in brackets: with this qualifier
    SG2[BY]: {use: required}
    SG2[BY]/NAD: {elements: {C082.3039: {use: required, format: n13}}}
    SG25/PIA: {use: unused}
  rules:
    - {name: currency, if: {SG25/SG28/PRI: present}, then: {SG7/CUX: required}, message: prices need their currency}`,
		RunE: help,
	}
	cmd.AddCommand(newGuidelineDerive(s), newGuidelineShow(s), newGuidelineCheck(s))
	return cmd
}

func newGuidelineDerive(s streams) *cobra.Command {
	var name, message string
	var from checkFlags
	cmd := &cobra.Command{
		Use:   "derive FILE...",
		Short: "draft a guideline from real files",
		Long: `derive reads files of a partner and writes a guideline that they fit: what stood in every message is required, what stood in
none is refused, codes are those that were seen; lengths and counts stand in comments. It learns from messages without
errors of one type and directory; of each other one it says why nothing is learnt from it, and --rule makes a fault milder that
this partner's messages have. Look through the draft: it knows no more than the files. "guideline check DRAFT FILES..." tells
which other files fit it.

Exit status: 0 drafted, 1 nothing to learn from, 2 wrong use.`,
		Example: `  batchgate guideline derive archive/ORD*.EDI --name hammerl-orders > guidelines/hammerl-orders.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{fmt.Errorf("%s takes at least one file", cmd.CommandPath())}
			}
			known, err := from.set("")
			if err != nil {
				return err
			}
			d := guideline.Deriver{Wanted: strings.ToUpper(message), Options: []validate.Option{validate.Directories(known)}, Levels: finding.Levels{}}
			if err := from.readRules(d.Levels); err != nil {
				return err
			}
			for _, arg := range args {
				if err := learn(&d, arg, s); err != nil {
					return err
				}
			}
			draft, err := d.Draft(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.err, "batchgate: learnt from %d messages; %d with errors and %d of other types or directories were left out\n", d.Messages, d.Faulty, d.Passed)
			_, err = s.out.Write(draft)
			return err
		},
	}
	from.directoryFlags.add(cmd)
	from.addRules(cmd)
	cmd.Flags().StringVar(&name, "name", "draft", "name of the guideline")
	cmd.Flags().StringVar(&message, "message", "", "message type to learn from, as ORDERS; without it that of the first message")
	return cmd
}

func learn(d *guideline.Deriver, name string, s streams) error {
	file, err := openFile(name, s.in)
	if err != nil {
		return err
	}
	defer file.Close()
	d.Left = func(h *edifact.MessageHeader, first finding.Finding) {
		first.Place.File = name
		fmt.Fprintf(s.err, "batchgate: nothing is learnt from message %s: %v\n", h.Reference, first)
	}
	err = d.Read(file)
	if broken, ok := errors.AsType[*edifact.Error](err); ok { // what stands before is good
		f := broken.Finding
		f.Place.File = name
		fmt.Fprintln(s.err, f)
		return nil
	}
	return err
}

func newGuidelineShow(s streams) *cobra.Command {
	var asJSON bool
	var from directoryFlags
	cmd := &cobra.Command{
		Use:     "show FILE",
		Short:   "print a guideline as an implementation guide, in Markdown",
		Example: `  batchgate guideline show guidelines/hammerl-orders.yaml > orders.md`,
		Args:    oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			g, err := openGuideline(args[0], s, &from, false)
			if err != nil {
				return err
			}
			if asJSON {
				return jsonLines(s.out, g.Parts())
			}
			_, err = s.out.Write(g.Markdown())
			return err
		},
	}
	from.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "segments and groups as JSON lines")
	return cmd
}

func newGuidelineCheck(s streams) *cobra.Command {
	var asJSON bool
	var from checkFlags
	cmd := &cobra.Command{
		Use:   "check GUIDELINE [FILE...]",
		Short: "name everything that is wrong with a guideline, or with files that should keep it",
		Long: `check reads a guideline and those that it extends and names all faults at once: unknown settings, paths that the directory
does not have, formats that are wider than the directory's, each with file, line, column and a way out. Files that are named
behind it are checked by it and by its directory, as validate does.

Exit status: 0 no error, 1 a finding of severity error, 2 wrong use.`,
		Example: `  batchgate guideline check guidelines/hammerl-orders.yaml
  batchgate guideline check guidelines/hammerl-orders.yaml archive/ORD*.EDI`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{fmt.Errorf("%s takes a guideline, and files that should keep it", cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if _, err := openGuideline(args[0], s, &from.directoryFlags, asJSON); err != nil {
				return err
			}
			from.guideline = args[0]
			var worst error
			for _, name := range args[1:] {
				if err := keeps(name, s, &from, asJSON); err != nil {
					worst = err
					if !errors.Is(err, errFindings) {
						return err
					}
				}
			}
			return worst
		},
	}
	from.directoryFlags.add(cmd)
	from.addRules(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "findings as JSON lines")
	return cmd
}

// keeps checks a file by a guideline.
func keeps(name string, s streams, by *checkFlags, asJSON bool) error {
	file, err := openFile(name, s.in)
	if err != nil {
		return err
	}
	defer file.Close()
	v := validating{out: s.out, asJSON: asJSON}
	if err := v.interchanges(file, name, by); err != nil {
		return err
	}
	return v.end(s.err, name)
}

// openGuideline reads a guideline; those that it extends stand beside it. What is wrong goes to standard output.
func openGuideline(name string, s streams, from *directoryFlags, asJSON bool) (*guideline.Guideline, error) {
	known, err := from.set(name)
	if err != nil {
		return nil, err
	}
	g, found, err := readGuideline(name, known)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if err := sayFinding(s, f, asJSON); err != nil {
			return nil, err
		}
	}
	if g == nil {
		return nil, errFindings
	}
	return g, nil
}

func readGuideline(name string, known *directory.Set) (*guideline.Guideline, finding.List, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	g, found := guideline.Compile(text, guideline.Environment{File: name, Directories: known, Find: func(other string) ([]byte, string, bool) {
		if other != filepath.Base(other) || other == ".." {
			return nil, "", false
		}
		beside := filepath.Join(filepath.Dir(name), other+".yaml")
		text, err := os.ReadFile(beside)
		return text, beside, err == nil
	}})
	return g, found, nil
}
