package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

func newFmt(s streams) *cobra.Command {
	var flags edifactFlags
	var newline string
	var join bool
	cmd := &cobra.Command{
		Use:   "fmt FILE",
		Short: "write an EDIFACT file with one segment a line, or all in one",
		Long: `fmt writes an EDIFACT file to standard output with each segment on a line of its own; --join takes the line ends between
segments out again. Nothing else changes: separators, UNA, texts, character set and binary objects stay as they are.
Where the segment terminator itself is a line feed each segment has its line already. What is wrong with the file goes to
standard error; a file that breaks off is written as far as it goes.

Exit status: 0 done, 1 the file has faults, 2 wrong use.`,
		Example: `  batchgate fmt ORDERS.EDI | less
  batchgate fmt --join ORDERS.TXT > ORDERS.EDI
  batchgate fmt --line-breaks drop WRAPPED80.EDI`,
		Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			end, err := newlineOf(newline)
			if err != nil {
				return err
			}
			if join {
				end = ""
			}
			opts, err := flags.options(args[0])
			if err != nil {
				return err
			}
			file, err := openFile(args[0], s.in)
			if err != nil {
				return err
			}
			defer file.Close()
			out := bufio.NewWriterSize(s.out, 64<<10)
			f := formatting{dec: edifact.NewDecoder(file, opts...), enc: edifact.NewEncoder(out), newline: end, unwrap: flags.lineBreaks == "drop"}
			err = f.run()
			for _, found := range f.found {
				fmt.Fprintln(s.err, found)
			}
			if err := errors.Join(err, out.Flush()); err != nil {
				return err
			}
			if f.found.HasErrors() {
				return errFindings
			}
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&newline, "newline", "lf", "what ends a line: lf, crlf or none")
	cmd.Flags().BoolVar(&join, "join", false, "all segments in one line, as most partners send them")
	return cmd
}

// formatting copies a file with other line ends between its segments.
type formatting struct {
	dec     *edifact.Decoder
	enc     *edifact.Encoder
	newline string
	unwrap  bool // line breaks within segments go, too
	begun   bool
	found   finding.List
}

func (f *formatting) run() error {
	for {
		seg, err := f.dec.ReadSegment()
		f.found = append(f.found, f.dec.Findings()...)
		switch lost, ok := errors.AsType[*edifact.Error](err); {
		case err == io.EOF:
			return f.end()
		case ok:
			f.found = append(f.found, lost.Finding)
			return f.end()
		case err != nil:
			return err
		}
		if err := f.segment(seg); err != nil {
			return err
		}
	}
}

// segment writes one segment behind a line end, and the object that follows it.
func (f *formatting) segment(seg *edifact.Segment) error {
	before := unbroken(seg.Before())
	newline := f.newline
	if isBreak(seg.Separators().Terminator) {
		before, newline = seg.Before(), ""
	}
	if !f.begun {
		newline = ""
	}
	f.begun = true
	err := f.enc.CopyBytes([]byte(newline))
	if len(before) > 0 { // UNA
		err = errors.Join(err, f.enc.CopyBytes(before))
		if !isBreak(seg.Separators().Terminator) {
			err = errors.Join(err, f.enc.CopyBytes([]byte(f.newline)))
		}
	}
	if f.unwrap && !isBreak(seg.Separators().Terminator) && bytes.ContainsAny(seg.Raw(), "\r\n") {
		err = errors.Join(err, f.enc.CopyBytes(unbroken(seg.Raw())))
	} else {
		err = errors.Join(err, f.enc.CopyAlone(seg))
	}
	if object := f.dec.Object(); object != nil && err == nil {
		f.begun = false // UNP stands right behind the object
		err = f.enc.CopyObject(object)
	}
	return err
}

func (f *formatting) end() error {
	trailer := f.dec.Trailer()
	if f.begun && !isBreak(f.dec.Separators().Terminator) {
		trailer = append([]byte(f.newline), unbroken(trailer)...)
	}
	return f.enc.CopyTrailer(trailer)
}

func isBreak(b byte) bool { return b == '\n' || b == '\r' }

// unbroken gives bytes without line breaks.
func unbroken(b []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte{'\r'}, nil), []byte{'\n'}, nil)
}
