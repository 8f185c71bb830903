package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

// errDifferent says that two files differ, which is on the screen already.
var errDifferent = fmt.Errorf("%w: the files differ", errFindings)

func newDiff(s streams) *cobra.Command {
	var flags edifactFlags
	var ignore []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "compare two EDIFACT files by what they say: messages, segments, elements",
		Long: `diff compares two EDIFACT files message by message and segment by segment, down to the component. How they are written
does not count: service characters, UNA, line ends, release characters, character sets, empty values at the end of elements
and segments. Messages are found again by type and document number, segments by tag and qualifier.

--ignore leaves places out: a tag (FTX), an element (BGM.2), a component (DTM.1.2), or "references" for dates, references
and counts of the envelope.

Exit status: 0 the same, 1 different, or a file breaks off, 2 wrong use.`,
		Example: `  batchgate diff ORDERS-OLD.EDI ORDERS-NEW.EDI
  batchgate diff --ignore references --ignore FTX --json A.EDI B.EDI`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 || args[0] == "-" || args[1] == "-" {
				return &usageError{fmt.Errorf("%s takes two files; %d given", cmd.CommandPath(), len(args))}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			skip, err := parseIgnored(ignore)
			if err != nil {
				return err
			}
			d := comparing{skip: skip, tell: func(c change) error {
				if asJSON {
					return json.NewEncoder(s.out).Encode(c)
				}
				_, err := fmt.Fprintln(s.out, c)
				return err
			}}
			return d.files(args[0], args[1], &flags, s.err)
		},
	}
	flags.add(cmd)
	cmd.Flags().StringArrayVar(&ignore, "ignore", nil, `a place that does not count: TAG, TAG.element or TAG.element.component, or "references"`)
	cmd.Flags().BoolVar(&asJSON, "json", false, "the differences as JSON lines")
	return cmd
}

// comparing compares two files.
type comparing struct {
	skip    ignored
	tell    func(change) error
	changes int
}

// files compares two files: first their units by name, then what is in those that have a partner.
func (d *comparing) files(left, right string, flags *edifactFlags, talk io.Writer) error {
	var names [2][]string
	for i, name := range []string{left, right} {
		u, err := openUnits(name, flags, io.Discard)
		if err != nil {
			return err
		}
		for x := u.peek(); x != nil; x = u.peek() {
			names[i] = append(names[i], x.key())
			u.next()
		}
		u.close()
		if u.err != nil {
			return u.err
		}
	}
	a, err := openUnits(left, flags, talk)
	if err != nil {
		return err
	}
	defer a.close()
	b, err := openUnits(right, flags, talk)
	if err != nil {
		return err
	}
	defer b.close()
	for _, s := range align(names[0], names[1]) {
		if err := d.span(s, a, b); err != nil {
			return err
		}
	}
	if err := errors.Join(a.err, b.err); err != nil {
		return err
	}
	if d.changes > 0 {
		return errDifferent
	}
	if a.lost || b.lost {
		return errFindings
	}
	return nil
}

// span compares the units of a span. Of those without an equal name, neighbours of one type are taken for one another.
func (d *comparing) span(s span, a, b *units) error {
	for s.a0 < s.a1 || s.b0 < s.b1 {
		var old, now *unit
		if s.a0 < s.a1 {
			old = a.peek()
		}
		if s.b0 < s.b1 {
			now = b.peek()
		}
		if a.err != nil || b.err != nil {
			return nil
		}
		switch {
		case old != nil && now != nil && old.kind == now.kind:
			if err := d.unit(old, now); err != nil {
				return err
			}
		case old != nil && (now == nil || s.a1-s.a0 >= s.b1-s.b0):
			now = nil
			if err := d.say(change{Change: "removed", unit: old, Old: old.title(), A: &old.segments[0].place}); err != nil {
				return err
			}
		default:
			old = nil
			if err := d.say(change{Change: "added", unit: now, New: now.title(), B: &now.segments[0].place}); err != nil {
				return err
			}
		}
		if old != nil {
			a.next()
			s.a0++
		}
		if now != nil {
			b.next()
			s.b0++
		}
	}
	return nil
}

func (d *comparing) say(c change) error {
	d.changes++
	c.Message, c.Type = c.unit.reference, c.unit.kind
	return d.tell(c)
}

// change is one difference: docs/json.md, "diff".
type change struct {
	Change    string         `json:"change"` // changed, removed, added
	Type      string         `json:"type"`   // type of the message, or tag of the envelope's segment
	Message   string         `json:"message,omitempty"`
	Tag       string         `json:"tag,omitempty"`
	Element   int            `json:"element,omitempty"`
	Repeat    int            `json:"repeat,omitempty"`
	Component int            `json:"component,omitempty"`
	Old       string         `json:"old,omitempty"`
	New       string         `json:"new,omitempty"`
	A         *finding.Place `json:"a,omitempty"`
	B         *finding.Place `json:"b,omitempty"`

	unit *unit
}

// String gives a change on one line.
func (c change) String() string {
	var parts []string
	for _, p := range []*finding.Place{c.A, c.B} {
		if p != nil {
			parts = append(parts, fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column))
		}
	}
	where := strings.Join(parts, " ") + ": " + c.unit.title()
	if c.Tag == "" {
		return where + " " + c.Change
	}
	if c.Tag != c.Type {
		where += ", " + c.Tag
	}
	if c.Element > 0 {
		where += fmt.Sprintf(", element %d", c.Element)
	}
	if c.Repeat > 1 {
		where += fmt.Sprintf(", repetition %d", c.Repeat)
	}
	if c.Component > 0 {
		where += fmt.Sprintf(", component %d", c.Component)
	}
	switch c.Change {
	case "removed":
		return where + " removed: " + c.Old
	case "added":
		return where + " added: " + c.New
	}
	return fmt.Sprintf("%s: %q is %q", where, c.Old, c.New)
}

// openUnits opens a file to be read unit by unit; where it breaks off is said to talk.
func openUnits(name string, flags *edifactFlags, talk io.Writer) (*units, error) {
	opts, err := flags.options(name)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return &units{file: file, in: edifact.NewReader(file, opts...), talk: talk}, nil
}
