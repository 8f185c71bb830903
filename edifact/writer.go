package edifact

import (
	"fmt"
	"io"
	"strconv"
)

// InterchangeWriter writes whole interchanges: it makes UNB, UNG, UNH, UNT, UNE and UNZ, or their interactive sisters, with
// their counts and references. Several interchanges can be written one behind the other.
type InterchangeWriter struct {
	enc         *Encoder
	b           Builder
	syntax      int
	interactive bool
	control     string
	group       string
	message     string
	at          level
	segments    int
	messages    int
	inGroup     int
	groups      int
	used        seen
}

// level is how deep in the envelope a writer is.
type level uint8

const (
	outsideAll level = iota
	inInterchange
	inGroup
	inMessage
)

// NewInterchangeWriter makes a writer to w with the options of an encoder.
func NewInterchangeWriter(w io.Writer, opts ...EncodeOption) *InterchangeWriter {
	return &InterchangeWriter{enc: NewEncoder(w, opts...)}
}

// Encoder gives the encoder underneath, to ask for Last and Offset. Segments must not be written to it.
func (w *InterchangeWriter) Encoder() *Encoder { return w.enc }

func (i *Interchange) syntaxNumber() int {
	if i.Syntax.Version == "" && i.Syntax.Number > 0 {
		return i.Syntax.Number
	}
	return header{version: i.Syntax.Version}.number()
}

// Begin writes UNA and UNB. Without a syntax it is UNOC, version 3. Sender, recipient, date, time and control reference
// have to be there.
func (w *InterchangeWriter) Begin(i Interchange) error {
	if w.at != outsideAll {
		return refuse("UNB", ErrOrder, "the interchange before has no End yet")
	}
	w.syntax, w.interactive = i.syntaxNumber(), i.Interactive
	if i.Syntax.Version == "" {
		i.Syntax.Version = strconv.Itoa(w.syntax)
	}
	if i.Syntax.Identifier == "" {
		i.Syntax.Identifier = "UNOC"
	}
	if err := i.check(w.syntax); err != nil {
		return err
	}
	i.build(&w.b)
	if err := w.enc.WriteSegment(&w.b); err != nil {
		return err
	}
	w.control, w.at = i.Control, inInterchange
	w.messages, w.groups = 0, 0
	w.used.reset()
	return nil
}

// build makes UNB, or UIB.
func (i *Interchange) build(b *Builder) {
	syntax := []string{i.Syntax.Identifier, i.Syntax.Version, i.ServiceCodes, i.Encoding}
	if i.Interactive {
		b.Reset("UIB").Element(syntax...).Element(i.Control).Element().Element().Element().
			Element(i.Sender.fields()...).Element(i.Recipient.fields()...).
			Element(i.Date, i.Time).Element().Element(i.Test)
		return
	}
	b.Reset("UNB").Element(syntax...).
		Element(i.Sender.fields()...).Element(i.Recipient.fields()...).
		Element(i.Date, i.Time).Element(i.Control).Element(i.Password, i.PasswordQualifier).
		Element(i.Application).Element(i.Priority).Element(i.Acknowledgement).Element(i.Agreement).Element(i.Test)
}

func (p Party) fields() []string { return []string{p.ID, p.Qualifier, p.Internal, p.Sub} }

// BeginGroup writes UNG.
func (w *InterchangeWriter) BeginGroup(g Group) error {
	if w.at != inInterchange || w.interactive {
		return refuse("UNG", ErrOrder, "a group begins within a batch interchange, and not within a group or message")
	}
	if err := firstWrong("UNG", fields{{1, 1, "type (0038)", g.Type, 6, w.syntax < 4}, {5, 1, "reference (0048)", g.Reference, 14, true}}); err != nil {
		return err
	}
	w.b.Reset("UNG").Element(g.Type).Element(g.Sender.ID, g.Sender.Qualifier).Element(g.Recipient.ID, g.Recipient.Qualifier).
		Element(g.Date, g.Time).Element(g.Reference).Element(g.Agency).Element(g.Version, g.Release, g.Association).Element(g.Password)
	if err := w.enc.WriteSegment(&w.b); err != nil {
		return err
	}
	w.group, w.at, w.inGroup = g.Reference, inGroup, 0
	w.groups++
	return nil
}

// EndGroup writes UNE.
func (w *InterchangeWriter) EndGroup() error {
	if w.at != inGroup {
		return refuse("UNE", ErrOrder, "no group is open, or a message in it is")
	}
	w.at = inInterchange
	return w.enc.WriteSegment(w.b.Reset("UNE").Element(strconv.Itoa(w.inGroup)).Element(w.group))
}

// BeginMessage writes UNH, or UIH in an interactive interchange.
func (w *InterchangeWriter) BeginMessage(m MessageHeader) error {
	if w.at != inInterchange && w.at != inGroup {
		return refuse("UNH", ErrOrder, "a message begins within an interchange, and not within a message")
	}
	if w.groups > 0 && w.at == inInterchange {
		return refuse("UNH", ErrOrder, "an interchange has groups, or messages without, but not both")
	}
	if w.interactive {
		w.b.Reset("UIH").Element(m.Type, m.Version, m.Release, m.Subfunction, m.Agency, m.Association).
			Element(m.Reference).Element(m.CommonAccess)
	} else {
		w.b.Reset("UNH").Element(m.Reference).
			Element(m.Type, m.Version, m.Release, m.Agency, m.Association, m.CodeLists, m.Subfunction).
			Element(m.CommonAccess).Element(m.Sequence, m.FirstLast)
	}
	if err := m.check(w.b.tag); err != nil {
		return err
	}
	if m.Reference != "" && w.used.before(m.Reference) {
		return &WriteError{Tag: w.b.tag, Element: 1, Value: m.Reference, Err: ErrValue, Reason: "the reference is used in this interchange already"}
	}
	if err := w.enc.WriteSegment(&w.b); err != nil {
		w.used.forget(m.Reference)
		return err
	}
	w.message, w.segments = m.Reference, 1
	w.messages++
	if w.at == inGroup {
		w.inGroup++
	}
	w.at = inMessage
	return nil
}

// WriteSegment writes a segment of the message. Segments of the envelope write themselves.
func (w *InterchangeWriter) WriteSegment(b *Builder) error {
	if w.at != inMessage {
		return refuse(b.tag, ErrOrder, "a segment stands within a message: call BeginMessage first")
	}
	if s := serviceOf(b.tag); s != notService && s != security {
		return refuse(b.tag, ErrOrder, "segments of the envelope are written by Begin and End methods")
	}
	if err := w.enc.WriteSegment(b); err != nil {
		return err
	}
	w.segments++
	return nil
}

// WriteObject writes a binary object within the message, or a package of its own between messages, as the encoder does.
func (w *InterchangeWriter) WriteObject(header *Builder, r io.Reader) error {
	switch w.at {
	case outsideAll:
		return refuse(header.tag, ErrOrder, "an object stands within an interchange: call Begin first")
	case inMessage:
		w.segments += 2
	default:
		w.messages++
		if w.at == inGroup {
			w.inGroup++
		}
	}
	return w.enc.WriteObject(header, r)
}

// EndMessage writes UNT, or UIT. In syntax 1 to 3 a message has at most 999,999 segments.
func (w *InterchangeWriter) EndMessage() error {
	if w.at != inMessage {
		return refuse("UNT", ErrOrder, "no message is open")
	}
	if w.segments+1 > 999_999 && w.syntax < 4 {
		return refuse("UNT", ErrTooLong, fmt.Sprintf("the message has %d segments, more than UNT can count; write several messages", w.segments+1))
	}
	trailer := w.b.Reset("UNT").Element(strconv.Itoa(w.segments + 1)).Element(w.message)
	if w.interactive {
		trailer = w.b.Reset("UIT").Element(w.message).Element(strconv.Itoa(w.segments + 1))
	}
	if err := w.enc.WriteSegment(trailer); err != nil {
		return err
	}
	w.at = inInterchange
	if w.groups > 0 {
		w.at = inGroup
	}
	return nil
}

// End writes UNZ, or UIZ, and flushes.
func (w *InterchangeWriter) End() error {
	if w.at != inInterchange {
		return refuse("UNZ", ErrOrder, "no interchange is open, or something in it is")
	}
	count := w.messages
	if w.groups > 0 {
		count = w.groups
	}
	if count == 0 {
		return refuse("UNZ", ErrOrder, "an interchange holds at least one message")
	}
	trailer := w.b.Reset("UNZ").Element(strconv.Itoa(count)).Element(w.control)
	if w.interactive {
		trailer = w.b.Reset("UIZ").Element(w.control).Element(strconv.Itoa(count))
	}
	if err := w.enc.WriteSegment(trailer); err != nil {
		return err
	}
	w.at = outsideAll
	return w.enc.Flush()
}
