package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

func newSplit(s streams) *cobra.Command {
	var flags edifactFlags
	var sp splitting
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "split FILE",
		Short: "put each message or interchange of an EDIFACT file into a file of its own",
		Long: `split writes one file for each message (--by message) or each interchange (--by interchange). Every file is a whole
interchange: a message gets UNA and UNB of the interchange around it, UNG and UNE of its group, and a UNZ with count 1 and
the interchange's control reference. Messages and whole interchanges are copied byte for byte, wrong counts in them
included. What stands outside of messages, and a message that breaks off, is named.

Files are called as the input with a running number: ORDERS-0001.EDI. No file is ever overwritten.

Exit status: 0 done, 1 the file has faults, 2 wrong use.`,
		Example: `  batchgate split ORDERS.EDI --into parts
  batchgate split MAILBAG.EDI --by interchange --into parts --json`,
		Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			opts, err := flags.options(args[0])
			if err != nil {
				return err
			}
			if sp.by != "message" && sp.by != "interchange" {
				return unknown("--by", sp.by, []string{"message", "interchange"})
			}
			file, err := openFile(args[0], s.in)
			if err != nil {
				return err
			}
			defer file.Close()
			name := filepath.Base(args[0])
			if name == "-" {
				name = "part.edi"
			}
			sp.extension = filepath.Ext(name)
			sp.base = strings.TrimSuffix(name, sp.extension)
			sp.say = func(found ...finding.Finding) {
				for _, f := range found {
					fmt.Fprintln(s.err, f)
					sp.faulty = sp.faulty || f.Severity == finding.Error
				}
			}
			sp.told = func(p part) error {
				if asJSON {
					return json.NewEncoder(s.out).Encode(p)
				}
				_, err := fmt.Fprintln(s.out, p)
				return err
			}
			err = sp.run(edifact.NewReader(file, opts...))
			fmt.Fprintf(s.err, "batchgate: %s: %d files\n", args[0], sp.number)
			if err == nil && sp.faulty {
				return errFindings
			}
			return err
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&sp.by, "by", "message", "what gets a file of its own: message or interchange")
	cmd.Flags().StringVar(&sp.into, "into", ".", "folder for the files; it is made when it is not there")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the files as JSON lines")
	return cmd
}

// part is one file that was written: docs/json.md, "split".
type part struct {
	File      string `json:"file"`
	Control   string `json:"control"`             // 0020 of its interchange
	Reference string `json:"reference,omitempty"` // 0062 of its message
	Type      string `json:"type,omitempty"`      // "ORDERS:D:96A:UN:EAN008"
	Messages  int    `json:"messages"`
	Complete  bool   `json:"complete"` // its trailers are there
	Offset    int64  `json:"offset"`   // of what was copied, in the input
}

// String gives a part on one line.
func (p part) String() string {
	what := fmt.Sprintf("%d messages", p.Messages)
	if p.Type != "" {
		what = "message " + p.Reference + " " + p.Type
	}
	if !p.Complete {
		what += ", incomplete"
	}
	return fmt.Sprintf("%s\tinterchange %s, %s", p.File, p.Control, what)
}

// splitting writes the parts of one file.
type splitting struct {
	by, into        string
	base, extension string
	say             func(...finding.Finding)
	told            func(part) error
	faulty          bool

	in     *edifact.Reader
	number int
	out    *partFile // nil where nothing is written
	header *edifact.Segment
	group  *edifact.Segment
	una    []byte // before UNB; nil where the interchange has none and needs none
}

func (sp *splitting) run(in *edifact.Reader) error {
	sp.in = in
	for ev, err := range in.Events() {
		if err != nil {
			if lost, ok := errors.AsType[*edifact.Error](err); ok {
				sp.say(lost.Finding)
				return nil
			}
			return errors.Join(err, sp.abandon())
		}
		sp.say(ev.Findings...)
		if err := sp.event(ev); err != nil {
			return errors.Join(err, sp.abandon())
		}
	}
	return nil
}

// abandon closes a part that an error has left open.
func (sp *splitting) abandon() error {
	if sp.out == nil {
		return nil
	}
	return sp.out.close()
}

func (sp *splitting) event(ev *edifact.Event) error {
	switch ev.Kind {
	case edifact.InterchangeStart:
		sp.header, sp.group = nil, nil
		sp.una = unaFor(ev.Interchange)
		if ev.Segment != nil {
			sp.header = ev.Segment.Clone()
		}
		if sp.by == "interchange" {
			return sp.startInterchange(ev)
		}
		return nil
	case edifact.GroupStart:
		sp.group = ev.Segment.Clone()
	case edifact.GroupEnd:
		sp.group = nil
	case edifact.MessageStart:
		if sp.by == "message" {
			return sp.startMessage(ev)
		}
	}
	if sp.out == nil {
		return nil
	}
	if ev.Segment != nil {
		if err := sp.copySegment(ev); err != nil {
			return err
		}
	}
	switch {
	case ev.Kind == edifact.MessageEnd && sp.by == "message":
		return sp.endMessage(ev)
	case ev.Kind == edifact.InterchangeEnd && sp.by == "interchange":
		return sp.endInterchange(ev)
	}
	return nil
}

// unaFor gives the UNA that an interchange has, or needs when it stands alone.
func unaFor(i *edifact.Interchange) []byte {
	standard := edifact.DefaultSeparators(i.Syntax.Number)
	if i.HasUNA || i.Separators != standard && i.Separators != edifact.LevelBSeparators() {
		return i.Separators.UNA()
	}
	return nil
}

// open begins the next part with UNA and UNB.
func (sp *splitting) open(offset int64) error {
	sp.number++
	out, err := createPart(sp.into, fmt.Sprintf("%s-%04d%s", sp.base, sp.number, sp.extension))
	if err != nil {
		return err
	}
	sp.out = out
	out.part = part{File: out.name, Offset: offset}
	if err := out.enc.CopyBytes(sp.una); err != nil || sp.header == nil {
		return err
	}
	return out.enc.CopyAlone(sp.header)
}

func (sp *splitting) startInterchange(ev *edifact.Event) error {
	offset := ev.End
	if sp.header != nil {
		offset = sp.header.Offset()
	}
	if err := sp.open(offset); err != nil {
		return err
	}
	sp.out.part.Control = ev.Interchange.Control
	return nil
}

func (sp *splitting) startMessage(ev *edifact.Event) error {
	if err := sp.open(ev.Segment.Offset()); err != nil {
		return err
	}
	p := &sp.out.part
	p.Control, p.Reference, p.Type, p.Messages = ev.Interchange.Control, ev.Message.Reference, ev.Message.String(), 1
	sp.out.lineEnd = lineEnd(ev.Segment.Before())
	if sp.group != nil {
		if err := errors.Join(sp.out.enc.CopyBytes(sp.out.lineEnd), sp.out.enc.CopyAlone(sp.group)); err != nil {
			return err
		}
	}
	return errors.Join(sp.out.enc.CopyBytes(sp.out.lineEnd), sp.out.enc.CopyAlone(ev.Segment))
}

// copySegment copies a segment with what stands before it, and the object behind it.
func (sp *splitting) copySegment(ev *edifact.Event) error {
	if err := sp.out.enc.Copy(ev.Segment); err != nil {
		return err
	}
	if object := sp.in.Decoder().Object(); object != nil {
		return sp.out.enc.CopyObject(object)
	}
	return nil
}

// endMessage writes the trailers around a message and closes the part.
func (sp *splitting) endMessage(ev *edifact.Event) error {
	out := sp.out
	out.part.Complete = ev.Complete
	control := ev.Interchange.Control
	var b edifact.Builder
	var err error
	if sp.group != nil {
		reference, _ := sp.group.Text(4, 0, 0)
		err = errors.Join(out.enc.CopyBytes(out.lineEnd), out.enc.WriteSegment(b.Reset("UNE").Element("1").Element(reference)))
	}
	trailer := b.Reset("UNZ").Element("1").Element(control)
	if ev.Interchange.Interactive {
		trailer = b.Reset("UIZ").Element(control).Element("1")
	}
	if sp.header != nil {
		err = errors.Join(err, out.enc.CopyBytes(out.lineEnd), out.enc.WriteSegment(trailer))
	}
	return errors.Join(err, out.enc.CopyBytes(out.lineEnd), sp.close())
}

func (sp *splitting) endInterchange(ev *edifact.Event) error {
	sp.out.part.Complete, sp.out.part.Messages = ev.Complete, ev.Count
	return sp.close()
}

// close closes the part and tells of it.
func (sp *splitting) close() error {
	out := sp.out
	sp.out = nil
	if err := out.close(); err != nil {
		return err
	}
	return sp.told(out.part)
}
