package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

func newExplain(s streams) *cobra.Command {
	var asJSON, asHTML bool
	var check checkFlags
	cmd := &cobra.Command{
		Use:   "explain FILE",
		Short: "show an EDIFACT file with the names of all that stands in it, and its faults in place",
		Long: `explain shows each segment of an EDIFACT file with its name and group, each element and component with its number, name and
value, each code with its name, and what is wrong right where it is wrong. The names are those of the directory that the
message names. With --html it writes one page that needs nothing else, to send to a partner or to keep.

Exit status: 0 nothing worse than warnings, 1 a finding of severity error, 2 wrong use.`,
		Example: `  batchgate explain ORDERS.EDI
  batchgate explain ORDERS.EDI --html > orders.html
  batchgate explain ORDERS.EDI --guideline guidelines/hammerl-orders.yaml`,
		Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			if asJSON && asHTML {
				return &usageError{errors.New("--json and --html exclude each other")}
			}
			file, err := twice(args[0], s.in)
			if err != nil {
				return err
			}
			defer file.Close()
			out := bufio.NewWriter(s.out)
			var sink explainSink = &explainText{w: out, colour: isTerminal(s.out)}
			switch {
			case asJSON:
				sink = newExplainJSON(out)
			case asHTML:
				sink = newExplainHTML(out, args[0])
			}
			by, err := check.read()
			if err != nil {
				return err
			}
			e := explaining{name: args[0], sink: sink, by: by}
			return cmp.Or(e.run(file), out.Flush(), e.verdict())
		},
	}
	check.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "segments as JSON lines")
	cmd.Flags().BoolVar(&asHTML, "html", false, "one self-contained HTML page")
	return cmd
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// mostPiped is how much of standard input is kept to be read twice.
const mostPiped = 64 << 20

// twice opens what can be read from its beginning again.
func twice(name string, in io.Reader) (io.ReadSeekCloser, error) {
	if name != "-" {
		return os.Open(name)
	}
	f, err := os.CreateTemp("", "batchgate-explain-")
	if err != nil {
		return nil, err
	}
	spool := &spooled{f}
	n, err := io.Copy(f, io.LimitReader(in, mostPiped+1))
	if err == nil && n > mostPiped {
		err = fmt.Errorf("standard input holds more than %d MiB; name a file", mostPiped>>20)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, spool.Close())
	}
	return spool, nil
}

// spooled is a copy of standard input that is removed when it is closed.
type spooled struct{ *os.File }

func (s *spooled) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

// explaining reads a file twice: findings come at the end of a message, and are shown within it.
type explaining struct {
	name  string
	by    *checks
	sink  explainSink
	found finding.List
	bad   bool
}

func (e *explaining) verdict() error {
	if e.bad {
		return errFindings
	}
	return nil
}

func (e *explaining) run(file io.ReadSeeker) error {
	if !isEDIFACT(bufio.NewReaderSize(file, 1024)) {
		return fmt.Errorf("%s is no EDIFACT: it begins with none of UNA, UNB and UIB; see batchgate read", e.name)
	}
	if err := e.collect(file); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	x := explainer{found: e.found}
	v := validate.New(e.by.options()...)
	for ev, err := range edifact.NewReader(file, e.by.reading(e.name)...).Events() {
		if err != nil {
			break // collect has said it
		}
		v.Event(ev)
		if ev.Segment == nil {
			continue
		}
		for _, s := range x.explain(ev, v) {
			if err := e.sink.segment(s); err != nil {
				return err
			}
		}
	}
	return e.sink.end(x.found)
}

// collect reads the file for its findings.
func (e *explaining) collect(file io.ReadSeeker) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	err := e.by.interchanges(file, e.name, func(c validate.Checked) { e.found = append(e.found, c.Findings...) })
	if err != nil {
		return err
	}
	e.bad = e.found.HasErrors()
	e.found.Sort()
	return nil
}
