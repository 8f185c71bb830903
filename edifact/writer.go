package edifact

import (
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"
)

// InterchangeWriter writes whole interchanges: it makes UNB, UNG, UNH, UNT, UNE and UNZ, with their counts and
// references. Several interchanges can be written one behind the other.
type InterchangeWriter struct {
	enc      *Encoder
	b        Builder
	syntax   int
	control  string
	group    string
	message  string
	at       level
	segments int
	messages int
	inGroup  int
	groups   int
	used     seen
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

// SetPrepared fills in date and time of preparation as the interchange's syntax version wants them.
func (i *Interchange) SetPrepared(t time.Time) {
	i.Date, i.Time = t.Format("060102"), t.Format("1504")
	if i.syntaxNumber() >= 4 {
		i.Date = t.Format("20060102")
	}
}

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
	if i.Interactive {
		return refuse("UIB", ErrValue, "interactive interchanges are only read")
	}
	w.syntax = i.syntaxNumber()
	if i.Syntax.Version == "" {
		i.Syntax.Version = strconv.Itoa(w.syntax)
	}
	if i.Syntax.Identifier == "" {
		i.Syntax.Identifier = "UNOC"
	}
	if err := i.check(w.syntax); err != nil {
		return err
	}
	w.b.Reset("UNB").
		Element(i.Syntax.Identifier, i.Syntax.Version, i.ServiceCodes, i.Encoding).
		Element(i.Sender.ID, i.Sender.Qualifier, i.Sender.Internal, i.Sender.Sub).
		Element(i.Recipient.ID, i.Recipient.Qualifier, i.Recipient.Internal, i.Recipient.Sub).
		Element(i.Date, i.Time).Element(i.Control).Element(i.Password, i.PasswordQualifier).
		Element(i.Application).Element(i.Priority).Element(i.Acknowledgement).Element(i.Agreement).Element(i.Test)
	if err := w.enc.WriteSegment(&w.b); err != nil {
		return err
	}
	w.control, w.at = i.Control, inInterchange
	w.messages, w.groups = 0, 0
	w.used.reset()
	return nil
}

// BeginGroup writes UNG.
func (w *InterchangeWriter) BeginGroup(g Group) error {
	if w.at != inInterchange {
		return refuse("UNG", ErrOrder, "a group begins within an interchange, and not within a group or message")
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

// BeginMessage writes UNH.
func (w *InterchangeWriter) BeginMessage(m MessageHeader) error {
	if w.at != inInterchange && w.at != inGroup {
		return refuse("UNH", ErrOrder, "a message begins within an interchange, and not within a message")
	}
	if w.groups > 0 && w.at == inInterchange {
		return refuse("UNH", ErrOrder, "an interchange has groups, or messages without, but not both")
	}
	if err := m.check(); err != nil {
		return err
	}
	w.b.Reset("UNH").Element(m.Reference).
		Element(m.Type, m.Version, m.Release, m.Agency, m.Association, m.CodeLists, m.Subfunction).
		Element(m.CommonAccess).Element(m.Sequence, m.FirstLast)
	if w.used.before(m.Reference) {
		return &WriteError{Tag: "UNH", Element: 1, Value: m.Reference, Err: ErrValue, Reason: "the reference is used in this interchange already"}
	}
	if err := w.enc.WriteSegment(&w.b); err != nil {
		delete(w.used.names, m.Reference)
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
	if serviceOf([]byte(b.tag)) != notService {
		return refuse(b.tag, ErrOrder, "segments of the envelope are written by Begin and End methods")
	}
	if err := w.enc.WriteSegment(b); err != nil {
		return err
	}
	w.segments++
	return nil
}

// WriteObject writes a binary object within the message, as the encoder does.
func (w *InterchangeWriter) WriteObject(uno *Builder, r io.Reader) error {
	if w.at != inMessage {
		return refuse("UNO", ErrOrder, "an object stands within a message: call BeginMessage first")
	}
	w.segments += 2
	return w.enc.WriteObject(uno, r)
}

// EndMessage writes UNT. In syntax 1 to 3 a message has at most 999,999 segments.
func (w *InterchangeWriter) EndMessage() error {
	if w.at != inMessage {
		return refuse("UNT", ErrOrder, "no message is open")
	}
	if w.segments+1 > 999_999 && w.syntax < 4 {
		return refuse("UNT", ErrTooLong, fmt.Sprintf("the message has %d segments, more than UNT can count; write several messages", w.segments+1))
	}
	if err := w.enc.WriteSegment(w.b.Reset("UNT").Element(strconv.Itoa(w.segments + 1)).Element(w.message)); err != nil {
		return err
	}
	w.at = inInterchange
	if w.groups > 0 {
		w.at = inGroup
	}
	return nil
}

// End writes UNZ and flushes.
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
	if err := w.enc.WriteSegment(w.b.Reset("UNZ").Element(strconv.Itoa(count)).Element(w.control)); err != nil {
		return err
	}
	w.at = outsideAll
	return w.enc.Flush()
}

// fields are the values of an envelope with what the standard allows for them.
type fields []struct {
	element, component int
	name, value        string
	most               int
	mandatory          bool
}

// firstWrong gives the first field that is missing or too long, as an error.
func firstWrong(tag string, list fields) error {
	for _, f := range list {
		reason := ""
		switch n := utf8.RuneCountInString(f.value); {
		case n == 0 && f.mandatory:
			reason = "the " + f.name + " is missing"
		case n > f.most:
			reason = fmt.Sprintf("the %s has %d characters, at most %d are allowed", f.name, n, f.most)
		default:
			continue
		}
		return &WriteError{Tag: tag, Element: f.element, Component: f.component, Value: f.value, Reason: reason, Err: ErrValue}
	}
	return nil
}

// check says what is missing or too long for UNB.
func (i *Interchange) check(syntax int) error {
	internal, date := 14, 6
	if syntax >= 4 {
		internal, date = 35, 8
	}
	if len(i.Date) != date || !digits(i.Date) || len(i.Time) != 4 || !digits(i.Time) {
		return &WriteError{Tag: "UNB", Element: 4, Value: i.Date + ":" + i.Time, Err: ErrValue,
			Reason: fmt.Sprintf("date and time need %d and 4 digits in syntax %d; SetPrepared fills them in", date, syntax)}
	}
	return firstWrong("UNB", fields{
		{2, 1, "sender (0004)", i.Sender.ID, 35, true}, {2, 2, "qualifier (0007)", i.Sender.Qualifier, 4, false},
		{2, 3, "address for reverse routing (0008)", i.Sender.Internal, internal, false}, {2, 4, "sub-identification (0042)", i.Sender.Sub, 35, false},
		{3, 1, "recipient (0010)", i.Recipient.ID, 35, true}, {3, 2, "qualifier (0007)", i.Recipient.Qualifier, 4, false},
		{3, 3, "routing address (0014)", i.Recipient.Internal, internal, false}, {3, 4, "sub-identification (0046)", i.Recipient.Sub, 35, false},
		{5, 1, "control reference (0020)", i.Control, 14, true}, {6, 1, "password (0022)", i.Password, 14, false},
		{6, 2, "password qualifier (0025)", i.PasswordQualifier, 2, false}, {7, 1, "application reference (0026)", i.Application, 14, false},
		{8, 1, "priority (0029)", i.Priority, 1, false}, {9, 1, "acknowledgement request (0031)", i.Acknowledgement, 1, false},
		{10, 1, "agreement (0032)", i.Agreement, 35, false}, {11, 1, "test indicator (0035)", i.Test, 1, false},
	})
}

// check says what is missing or too long for UNH.
func (m *MessageHeader) check() error {
	return firstWrong("UNH", fields{
		{1, 1, "reference (0062)", m.Reference, 14, true}, {2, 1, "message type (0065)", m.Type, 6, true},
		{2, 2, "version (0052)", m.Version, 3, true}, {2, 3, "release (0054)", m.Release, 3, true}, {2, 4, "agency (0051)", m.Agency, 3, true},
		{2, 5, "association code (0057)", m.Association, 6, false}, {2, 6, "code list version (0110)", m.CodeLists, 6, false},
		{2, 7, "sub-function (0113)", m.Subfunction, 6, false}, {3, 1, "common access reference (0068)", m.CommonAccess, 35, false},
		{4, 1, "sequence (0070)", m.Sequence, 2, false}, {4, 2, "first and last (0073)", m.FirstLast, 1, false},
	})
}

func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}
