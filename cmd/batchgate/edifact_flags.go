package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

// edifactFlags say how a partner's interchanges are read where they do not keep to the standard.
type edifactFlags struct {
	charset, lineBreaks string
	maxSegment          int
}

func (f *edifactFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.charset, "charset", "", "character set that the texts really have, whatever UNB says: UNOC, windows-1252, ibm273 ...")
	f.addReading(cmd)
}

// addReading adds those that a command for all formats has.
func (f *edifactFlags) addReading(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.lineBreaks, "line-breaks", "refuse", "line breaks within segments of EDIFACT: refuse (a finding), keep (as text) or drop (lines are wrapped)")
	cmd.Flags().IntVar(&f.maxSegment, "max-segment", 1<<20, "bytes that one segment of EDIFACT may have")
}

func (f *edifactFlags) options(name string) ([]edifact.Option, error) {
	opts := []edifact.Option{edifact.FileName(name), edifact.MaxSegment(f.maxSegment)}
	if f.charset != "" {
		c, ok := edifact.LookupCharset(f.charset)
		if !ok {
			return nil, unknown("--charset", f.charset, edifact.CharsetNames())
		}
		opts = append(opts, edifact.WithCharset(c))
	}
	modes := map[string]edifact.LineBreaks{"refuse": edifact.RefuseLineBreaks, "keep": edifact.KeepLineBreaks, "drop": edifact.DropLineBreaks}
	mode, ok := modes[f.lineBreaks]
	if !ok {
		return nil, unknown("--line-breaks", f.lineBreaks, []string{"refuse", "keep", "drop"})
	}
	return append(opts, edifact.WithLineBreaks(mode)), nil
}

// unknown is the error of a flag that has a name none knows.
func unknown(flag, value string, known []string) error {
	if near := finding.Nearest(value, known); near != "" {
		return &usageError{fmt.Errorf("%s %q is not known; is it %q", flag, value, near)}
	}
	return &usageError{fmt.Errorf("%s %q is not known; known are %s", flag, value, strings.Join(known, ", "))}
}

// newlineOf turns the name of a line end into its bytes.
func newlineOf(name string) (string, error) {
	switch name {
	case "none":
		return "", nil
	case "lf":
		return "\n", nil
	case "crlf":
		return "\r\n", nil
	}
	return "", unknown("--newline", name, []string{"lf", "crlf", "none"})
}
