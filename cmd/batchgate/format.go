package main

import (
	"bufio"
	"fmt"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/flatfile"
)

// delimitedFlags describe a delimited file on the command line.
type delimitedFlags struct {
	delimiter, charset string
	noHeader           bool
}

func (f *delimitedFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.delimiter, "delimiter", ";", "delimiter of a file that is not EDIFACT")
	cmd.Flags().StringVar(&f.charset, "charset", "utf-8", "character set of a file that is not EDIFACT")
	cmd.Flags().BoolVar(&f.noHeader, "no-header", false, "the first row of the file holds no column names")
}

func (f *delimitedFlags) options() (flatfile.Delimited, error) {
	r, n := utf8.DecodeRuneInString(f.delimiter)
	if f.delimiter == `\t` || f.delimiter == "tab" {
		r, n = '\t', len(f.delimiter)
	}
	if n == 0 || n != len(f.delimiter) {
		return flatfile.Delimited{}, &usageError{fmt.Errorf("--delimiter %q is not one character", f.delimiter)}
	}
	d := flatfile.Delimited{Delimiter: r, Charset: f.charset, Header: !f.noHeader}
	if err := d.Check(); err != nil {
		return d, &usageError{err}
	}
	return d, nil
}

// isEDIFACT tells by its first bytes whether a file holds interchanges.
func isEDIFACT(r *bufio.Reader) bool {
	first, _ := r.Peek(512) // a shorter file gives what it has
	return edifact.Recognise(first)
}
