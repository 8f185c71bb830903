package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

// explainSink takes segments, and at the end what belongs to none.
type explainSink interface {
	segment(*explained) error
	end(rest finding.List) error
}

// explainJSON writes a JSON line for each segment.
type explainJSON struct{ out *json.Encoder }

func newExplainJSON(w *bufio.Writer) *explainJSON {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return &explainJSON{out}
}

func (j *explainJSON) segment(s *explained) error { return j.out.Encode(s) }

func (j *explainJSON) end(rest finding.List) error {
	if len(rest) == 0 {
		return nil
	}
	return j.out.Encode(&explained{Findings: rest, Place: rest[0].Place})
}

// explainText writes for a terminal: a segment's line, and a line for each value, deeper groups further to the right.
type explainText struct {
	w      *bufio.Writer
	colour bool
}

// The colours of a terminal.
const (
	plainText = "\x1b[0m"
	boldText  = "\x1b[1m"
	dimText   = "\x1b[2m"
	redText   = "\x1b[31m"
	amberText = "\x1b[33m"
)

func (t *explainText) paint(colour, text string) string {
	if !t.colour || text == "" {
		return text
	}
	return colour + text + plainText
}

// visible keeps control characters of a file out of a terminal.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return '·'
		}
		return r
	}, s)
}

func (t *explainText) segment(s *explained) error {
	indent := strings.Repeat("  ", len(s.Groups))
	if s.Occurrence > 0 {
		group := strings.Repeat("  ", len(s.Groups)-1) + s.Groups[len(s.Groups)-1]
		fmt.Fprintf(t.w, "%s\n", t.paint(dimText, fmt.Sprintf("%s, the %s", group, ordinal(s.Occurrence))))
	}
	fmt.Fprintf(t.w, "%s%s  %s  %s\n", indent, t.paint(boldText, visible(s.Tag)), s.Name, t.paint(dimText, visible(s.Raw)))
	indent += "    "
	t.findings(indent, s.Findings)
	for _, e := range s.Elements {
		t.element(indent, e)
	}
	return nil
}

func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}

func (t *explainText) element(indent string, e explainedElement) {
	if !e.Composite && len(e.Components) == 1 {
		c := e.Components[0]
		if c.ID == "" && c.Name == "" {
			c.ID, c.Name = e.ID, e.Name
		}
		t.value(indent, c)
		t.findings(indent+"  ", e.Findings)
		return
	}
	repeat := ""
	if e.Repeat > 1 {
		repeat = fmt.Sprintf(", repetition %d", e.Repeat)
	}
	fmt.Fprintf(t.w, "%s%s\n", indent, strings.TrimSpace(fmt.Sprintf("%-4s %s%s", e.ID, e.Name, repeat)))
	t.findings(indent+"  ", e.Findings)
	for _, c := range e.Components {
		if c.Value != "" || len(c.Findings) > 0 {
			t.value(indent+"  ", c)
		}
	}
}

// nameWidth is the column of values, so that they stand below each other.
const nameWidth = 44

func (t *explainText) value(indent string, c explainedComponent) {
	label := indent + strings.TrimSpace(fmt.Sprintf("%-4s %s", c.ID, c.Name))
	value := t.paint(boldText, visible(c.Value))
	if c.Code != "" {
		value += "  = " + c.Code
	}
	fmt.Fprintf(t.w, "%-*s  %s\n", nameWidth, label, value)
	t.findings(indent+"  ", c.Findings)
}

func (t *explainText) findings(indent string, found finding.List) {
	for _, f := range found {
		colour := map[finding.Severity]string{finding.Error: redText, finding.Warning: amberText, finding.Note: dimText}[f.Severity]
		text := fmt.Sprintf("%s^ %s: %s", indent, f.Severity, visible(f.Message))
		if f.Count > 1 {
			text += fmt.Sprintf(" (%d times)", f.Count)
		}
		if f.Hint != "" {
			text += "; " + f.Hint
		}
		fmt.Fprintln(t.w, t.paint(colour, text+" ["+f.Rule+"]"))
	}
}

func (t *explainText) end(rest finding.List) error {
	t.findings("", rest)
	return nil
}
