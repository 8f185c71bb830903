package acknowledge

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
)

// Envelope is what an answer needs from outside: the same envelope gives the same bytes.
type Envelope struct {
	// Control is the control reference (0020) of the answer's own interchange.
	Control string
	// Reference is the message reference (0062), "1" when empty.
	Reference string
	// Time is the time of preparation, in the zone that is to be told.
	Time time.Time
	// Version is that of CONTRL, "D:3", "2:2" or "4:1", where empty means the one that belongs to the syntax version; or
	// that of APERAK, "D:01B", where empty means "D:96A".
	Version string
	// Level is the syntax identifier (0001). Empty means one that has the characters of the references: for CONTRL that of
	// the interchange that is answered, or UNOC; for APERAK, which has texts, UNOC before that of the interchange.
	Level string
	// Directories is where that of an APERAK is looked up; nil has the embedded ones.
	Directories *directory.Set
}

// Encode writes the answer as an interchange of its own. It goes from the recipient to the sender of the one that is
// answered, in its syntax version and with its test indicator.
func (c *Contrl) Encode(e Envelope) ([]byte, error) {
	out, err := e.atLevel([]string{c.Syntax.Identifier, "UNOC"}, func(level string) ([]byte, error) { return c.encode(e, level) })
	if err != nil {
		return nil, fmt.Errorf("CONTRL for interchange %s: %w", c.Control, err)
	}
	return out, nil
}

// atLevel encodes at the level that is wanted, else at the first known one that has all characters.
func (e Envelope) atLevel(levels []string, encode func(level string) ([]byte, error)) (out []byte, err error) {
	if e.Level != "" {
		return encode(e.Level)
	}
	for _, level := range levels {
		if set, ok := edifact.LookupCharset(level); !ok || set.Name() == "" {
			continue
		}
		if out, err = encode(level); !errors.Is(err, edifact.ErrCharset) {
			break
		}
	}
	return out, err
}

func (c *Contrl) encode(e Envelope, level string) ([]byte, error) {
	h := edifact.MessageHeader{Type: "CONTRL", Agency: "UN"}
	h.Version, h.Release = versionOf(e.Version, answerSyntax(c.Syntax))
	i := edifact.Interchange{Syntax: c.Syntax, Sender: c.Recipient, Recipient: c.Sender, Test: c.Test}
	return e.write(level, i, h, func(s *segments) { s.contrl(c) })
}

// answerSyntax gives the syntax version of an answer: that of the interchange that is answered, as near as there is one.
func answerSyntax(s edifact.Syntax) int { return min(max(s.Number, 1), 4) }

// write writes an interchange of one message.
func (e Envelope) write(level string, i edifact.Interchange, h edifact.MessageHeader, message func(*segments)) ([]byte, error) {
	var out bytes.Buffer
	w := edifact.NewInterchangeWriter(&out)
	syntax := answerSyntax(i.Syntax)
	i.Syntax = edifact.Syntax{Identifier: level, Version: strconv.Itoa(syntax), Number: syntax}
	i.Control = e.Control
	i.SetPrepared(e.Time)
	if err := w.Begin(i); err != nil {
		return nil, err
	}
	h.Reference = cmp.Or(e.Reference, "1")
	if err := w.BeginMessage(h); err != nil {
		return nil, err
	}
	s := segments{w: w, syntax: syntax}
	message(&s)
	if s.err != nil {
		return nil, s.err
	}
	if err := w.EndMessage(); err != nil {
		return nil, err
	}
	if err := w.End(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// versionOf gives version and release of CONTRL for a syntax version.
func versionOf(wanted string, syntax int) (version, release string) {
	if wanted == "" {
		wanted = [...]string{"2:2", "2:2", "D:3", "4:1"}[syntax-1]
	}
	for i := range wanted {
		if wanted[i] == ':' {
			return wanted[:i], wanted[i+1:]
		}
	}
	return wanted, ""
}

// segments writes the segments of an answer, until one fails.
type segments struct {
	w      *edifact.InterchangeWriter
	b      edifact.Builder
	syntax int
	err    error
}

func (s *segments) write() {
	if s.err == nil {
		s.err = s.w.WriteSegment(&s.b)
	}
}

func (s *segments) contrl(c *Contrl) {
	s.b.Reset("UCI").Element(cut(c.Control, 14)).Element(parts(c.Sender)...).Element(parts(c.Recipient)...).Element(string(c.Action))
	s.fault(c.Fault)
	s.write()
	for i := range c.Messages {
		s.message(&c.Messages[i])
	}
	for i := range c.Groups {
		g := &c.Groups[i]
		s.b.Reset("UCF").Element(cut(g.Reference, 14)).Element(cut(g.Sender.ID, 35), cut(g.Sender.Qualifier, 4)).
			Element(cut(g.Recipient.ID, 35), cut(g.Recipient.Qualifier, 4)).Element(string(g.Action))
		s.fault(g.Fault)
		s.write()
		for j := range g.Messages {
			s.message(&g.Messages[j])
		}
	}
}

func parts(p edifact.Party) []string { return []string{p.ID, p.Qualifier, p.Internal, p.Sub} }

// message writes UCM and what belongs to it. An answer has to be valid itself: what is too long in a header is cut.
func (s *segments) message(m *Message) {
	agency := 2
	if s.syntax >= 4 {
		agency = 3
	}
	s.b.Reset("UCM").Element(cut(m.Reference, 14)).
		Element(cut(m.Type, 6), cut(m.Version, 3), cut(m.Release, 3), cut(m.Agency, agency), cut(m.Association, 6)).Element(string(m.Action))
	s.fault(m.Fault)
	s.write()
	for i := range m.Segments {
		u := &m.Segments[i]
		s.b.Reset("UCS").Element(strconv.Itoa(u.Position)).Element(u.Code)
		s.write()
		for _, f := range u.Elements {
			s.b.Reset("UCD").Element(f.Code)
			s.position(f)
			s.write()
		}
	}
}

// fault adds code, segment and element of a fault.
func (s *segments) fault(f Fault) {
	s.b.Element(f.Code).Element(f.Segment)
	s.position(f)
}

// position adds S011. It counts the tag as the first element.
func (s *segments) position(f Fault) {
	if f.Element == 0 {
		return
	}
	s.b.Element(strconv.Itoa(f.Element+1), optional(f.Component))
	if s.syntax >= 4 {
		s.b.Component(optional(f.Repeat))
	}
}

func optional(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// cut shortens a value to the characters that its element has room for.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}
