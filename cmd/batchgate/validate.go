package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

func newValidate(s streams) *cobra.Command {
	var flags delimitedFlags
	var check checkFlags
	var trees treeFlags
	by := mappingFlags{directories: &check.directoryFlags}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "validate FILE",
		Short: "name everything that is wrong with a file, with its place and a way out",
		Long: `validate checks a whole file and names all its faults at once. EDIFACT is checked by the directory that each message names:
segments, groups, elements, formats, code values, counts and references; with --guideline by that too, and with --flow as that flow
of the home does. Directories that were imported into the home are known. --rule changes what a rule counts for.
IDocs, XML, JSON and Excel workbooks are recognised by themselves; anything else is checked as a delimited file. With --mapping a
file of any format is read as that mapping reads it, with its values, code lists and checks.

Exit status: 0 nothing worse than warnings, 1 a finding of severity error, 2 wrong use.`,
		Example: `  batchgate validate ORDERS.EDI
  batchgate validate ORDERS.EDI --guideline guidelines/hammerl-orders.yaml
  batchgate validate ORDERS.EDI --rule edifact.unt-count=warning --rule edifact.code-unknown=off
  batchgate validate ORDERS.EDI --home my-home --flow retail-orders/orders
  batchgate validate STOCK.CSV --charset windows-1252 --json
  batchgate validate STOCK.XML --mapping mappings/stock-xml.yaml`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			options, err := flags.options()
			if err != nil {
				return err
			}
			file, err := openFile(args[0], s.in)
			if err != nil {
				return err
			}
			defer file.Close()
			in := bufio.NewReaderSize(file, 64<<10)
			v := validating{out: s.out, asJSON: asJSON}
			switch kind := recognise(in); {
			case by.read != "":
				err = v.mapped(in, args[0], &by, s.err)
			case kind == edifactFile:
				err = v.interchanges(in, args[0], &check)
			case kind != delimitedFile:
				charset := ""
				if cmd.Flags().Changed("charset") {
					charset = flags.charset
				}
				v.kind = kind
				err = trees.eachRecord(kind, in, args[0], charset, func(any) error { v.rowCount++; return nil }, v.say)
			default:
				err = v.rows(in, args[0], options)
			}
			if err != nil {
				return err
			}
			return v.end(s.err, args[0])
		},
	}
	flags.add(cmd)
	check.add(cmd)
	trees.add(cmd)
	cmd.Flags().StringVar(&by.read, "mapping", "", "mapping that the file is read with")
	cmd.Flags().StringVar(&by.codes, "codes", "", "folder with the mapping's code lists; otherwise codes beside the mapping's folder")
	cmd.Flags().BoolVar(&asJSON, "json", false, "findings as JSON lines")
	return cmd
}

type validating struct {
	out      io.Writer
	asJSON   bool
	edifact  bool
	kind     kindOfFile
	mapping  string // that the file was read with
	messages int
	rowCount int64
	count    [3]int // findings by severity
	failed   error  // of writing
}

func (v *validating) say(found ...finding.Finding) {
	for _, f := range found {
		v.count[f.Severity] += max(f.Count, 1)
		var err error
		if v.asJSON {
			err = json.NewEncoder(v.out).Encode(f)
		} else {
			_, err = fmt.Fprintln(v.out, f)
			if f.Source != "" && err == nil {
				_, err = fmt.Fprintf(v.out, "    %s\n", f.Source)
			}
		}
		v.failed = errors.Join(v.failed, err)
	}
}

func (v *validating) end(talk io.Writer, name string) error {
	what := v.kind.what(v.rowCount)
	if v.mapping != "" {
		what = fmt.Sprintf("by mapping %s, %d documents", v.mapping, v.rowCount)
	}
	if v.edifact {
		what = fmt.Sprintf("EDIFACT, %d messages", v.messages)
	}
	fmt.Fprintf(talk, "batchgate: %s: %s, %d errors, %d warnings, %d notes\n", name, what, v.count[finding.Error], v.count[finding.Warning], v.count[finding.Note])
	if v.failed == nil && v.count[finding.Error] > 0 {
		return errFindings
	}
	return v.failed
}

func (v *validating) interchanges(in io.Reader, name string, flags *checkFlags) error {
	v.edifact = true
	by, err := flags.read()
	if err != nil {
		return err
	}
	return by.interchanges(in, name, func(c validate.Checked) {
		if c.Message != nil {
			v.messages++
		}
		v.say(c.Findings...)
	})
}

func (v *validating) rows(in io.Reader, name string, d flatfile.Delimited) error {
	file := flatfile.NewReader(in, d)
	file.SetFile(name)
	return eachGood(file.Records(), file.Findings, v.say, func(rec *flatfile.Record) error {
		v.rowCount++
		for i := range rec.Fields() {
			_, err := rec.Text(i)
			if bad, ok := errors.AsType[*flatfile.CharsetError](err); ok {
				v.say(bad.Finding())
			}
		}
		return nil
	})
}
