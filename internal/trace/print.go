package trace

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/ledger"
)

// maxPrinted is how many documents of a chain are printed; the JSON has all.
const maxPrinted = 20

// Print writes a chain for people: what came in, each value on its way, what went out, and what is known about it. Times
// are in UTC.
func Print(w io.Writer, c Chain) error {
	p := printer{}
	p.arrival(c)
	p.documents(c)
	p.delivery(c)
	p.around(c)
	_, err := w.Write(p.out.Bytes())
	return err
}

// printer collects lines.
type printer struct{ out bytes.Buffer }

func (p *printer) line(indent int, format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	fmt.Fprintf(&p.out, "%s%s\n", strings.Repeat("  ", indent), text)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

func (p *printer) arrival(c Chain) {
	a := c.Arrival
	state := string(a.State)
	if a.Outcome != "" {
		state += ", " + a.Outcome
	}
	p.line(0, "a%d %s from %s: %s", a.ID, a.Name, a.Source, state)
	if a.ReplayOf != 0 {
		p.line(1, "replay %d of a%d", a.Replay, a.ReplayOf)
	}
	if a.RemainderOf != 0 {
		p.line(1, "remainder of a%d", a.RemainderOf)
	}
	p.line(1, "%s arrived, %d bytes, sha256 %s", stamp(a.CreatedAt), a.Size, a.Hash)
	if a.Reason != "" {
		p.line(1, "reason: %s", a.Reason)
	}
	for _, m := range c.Messages {
		if m.Type == "" && m.Control == "" {
			continue
		}
		p.line(1, "message %s %s %s from %s in interchange %s, bytes %d to %d: %s", m.Reference, m.Type, m.Version, m.Sender, m.Control, m.Offset, m.Offset+m.Length, m.State)
	}
}

func (p *printer) documents(c Chain) {
	for i, d := range c.Documents {
		if i == maxPrinted {
			p.line(1, "and %d documents more", len(c.Documents)-i)
			return
		}
		state := ""
		if d.State != "" && d.State != "planned" {
			state = ": " + d.State
		}
		p.line(1, "%s %s, flow %s%s", d.Kind, keyText(d.Key), d.Flow, state)
		if d.Note != "" {
			p.line(2, "note: %s", d.Note)
		}
		if d.Refused != nil {
			p.line(2, "refused: %s [%s]", d.Refused.Message, d.Refused.Rule)
		}
		p.values(d)
	}
}

// values prints what went out value by value, and the rest of the document in one line. Of a document that went nowhere
// everything is printed.
func (p *printer) values(d Document) {
	sent := slices.ContainsFunc(d.Values, func(v Value) bool { return len(v.To) > 0 })
	var rest []string
	for _, v := range d.Values {
		if sent && len(v.To) == 0 {
			rest = append(rest, v.unsent())
			continue
		}
		p.value(v)
	}
	if len(rest) > 0 {
		p.line(2, "not sent: %s", strings.Join(rest, ", "))
	}
}

// unsent shows a value in a few words: that of the document, or of the rows that it was made of.
func (v Value) unsent() string {
	if v.Value != "" || len(v.From) == 0 {
		return v.Field + " = " + v.Value
	}
	var rows []string
	for _, f := range v.From {
		rows = append(rows, f.Value)
	}
	return v.Field + " = " + strings.Join(rows, " | ")
}

// value prints one value: where from, the field, where to.
func (p *printer) value(v Value) {
	from := make([]string, 0, len(v.From))
	for _, f := range v.From {
		from = append(from, f.text())
	}
	to := make([]string, 0, len(v.To))
	for _, t := range v.To {
		to = append(to, t.text(v.Value))
	}
	if len(from) <= 1 && len(to) <= 1 {
		p.line(2, "%s", chainText(strings.Join(from, ""), v, strings.Join(to, "")))
		return
	}
	p.line(2, "%s", chainText("", v, ""))
	for _, f := range from {
		p.line(3, "<- %s", f)
	}
	for _, t := range to {
		p.line(3, "-> %s", t)
	}
}

func chainText(from string, v Value, to string) string {
	text := v.Field
	if v.Value != "" {
		text += " = " + v.Value
	}
	if from != "" {
		text += " <- " + from
	}
	if to != "" {
		text += " -> " + to
	}
	return text
}

func (f From) text() string {
	text := placeText(f.Place)
	if f.Raw != "" {
		text += fmt.Sprintf(" %q", f.Raw)
	}
	if text == "" {
		text = "default"
	}
	return strings.TrimSpace(text) + ruleText(f.Rule)
}

// text gives the place with the value, where that is not the document's as it stands.
func (t To) text(value string) string {
	text := placeText(t.Place)
	if t.Value != value {
		text += fmt.Sprintf(" %q", t.Value)
	}
	return strings.TrimSpace(text) + ruleText(t.Rule)
}

// placeText gives a place with its first byte, by which it is found in the archived bytes.
func placeText(at finding.Place) string {
	text := at.String()
	if at.Path == "" && at.Length > 0 {
		text = fmt.Sprintf("%s, byte %d", text, at.Offset)
	}
	return text
}

func ruleText(rule finding.Place) string {
	switch {
	case rule.Line > 0:
		return fmt.Sprintf(" (%s:%d)", rule.File, rule.Line)
	case rule.Path != "":
		return " (" + rule.Path + ")"
	}
	return ""
}

func (p *printer) delivery(c Chain) {
	d := c.Delivery
	if d == nil {
		p.line(1, "nothing was sent")
		return
	}
	p.line(1, "d%d %s to %s: %s, %d documents", d.ID, d.Kind, d.Target, d.State, d.Count)
	if d.Reason != "" {
		p.line(2, "reason: %s", d.Reason)
	}
	if c.File != "" {
		p.line(2, "file %s", c.File)
	}
	if d.BodyHash != "" {
		p.line(2, "sha256 %s, profile version %s", d.BodyHash, short(d.Profile))
	}
	if c.Check != nil {
		verdict := "recomputed: the same bytes come out"
		if !c.Check.Agrees {
			verdict = "recomputed: IT DOES NOT AGREE with what went out"
		}
		p.line(2, "%s", verdict)
		for _, n := range c.Check.Notes {
			p.line(3, "%s", n)
		}
	}
	p.attempts(2, c.Attempts)
	if !d.FetchedAt.IsZero() {
		p.line(2, "%s fetched", stamp(d.FetchedAt))
	}
	if !d.AckedAt.IsZero() {
		p.line(2, "%s acknowledged: %s", stamp(d.AckedAt), d.Acked)
	}
}

func (p *printer) attempts(indent int, all []ledger.Attempt) {
	for _, a := range all {
		took := ""
		if !a.EndedAt.IsZero() {
			took = fmt.Sprintf(" in %d ms", a.EndedAt.Sub(a.StartedAt).Milliseconds())
		}
		p.line(indent, "%s %s, try %d: %s%s", stamp(a.StartedAt), a.Step, a.N, a.State, took)
		if a.Request != "" {
			p.line(indent+1, "%s -> %s", a.Request, oneLine(a.Answer))
		}
		if a.Error != "" {
			p.line(indent+1, "error: %s", oneLine(a.Error))
		}
	}
}

// maxLine is how many bytes of an answer a line shows.
const maxLine = 200

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxLine {
		s = strings.ToValidUTF8(s[:maxLine], "") + " …"
	}
	return s
}

func (p *printer) around(c Chain) {
	if len(c.Settling) > 0 {
		p.line(1, "settled %s", stamp(c.Arrival.SettledAt))
		p.attempts(2, c.Settling)
	}
	for _, f := range c.Findings {
		p.line(1, "%s", f.Finding.String())
	}
	for _, e := range c.Events {
		p.line(1, "%s %s by %s %s", stamp(e.At), e.What, e.Actor, e.Detail)
	}
	if c.More > 0 {
		p.line(1, "the arrival has %d deliveries more: batchgate deliveries list --arrival a%d", c.More, c.Arrival.ID)
	}
}
