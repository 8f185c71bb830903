package edifact

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// EncodeOption changes how an Encoder writes. Without options it writes a UNA, the separators of the standard, and no
// line breaks.
type EncodeOption func(*encodeOptions)

type encodeOptions struct {
	separators Separators
	given      bool
	withoutUNA bool
	newline    string
	charset    Charset
	forced     bool // charset holds whatever UNB says
}

// WithSeparators sets the service characters. 0 in Repetition means '*' in syntax 4; a blank means none.
func WithSeparators(s Separators) EncodeOption {
	return func(o *encodeOptions) { o.separators, o.given = s, true }
}

// WithoutUNA leaves UNA out, which is possible with the separators of the standard only.
func WithoutUNA() EncodeOption { return func(o *encodeOptions) { o.withoutUNA = true } }

// WithNewlines writes a line end behind each segment: "\n" or "\r\n".
func WithNewlines(newline string) EncodeOption { return func(o *encodeOptions) { o.newline = newline } }

// InCharset writes all texts in a set, whatever UNB declares, for partners that declare another than they read. Find it
// with LookupCharset.
func InCharset(c Charset) EncodeOption {
	return func(o *encodeOptions) { o.charset, o.forced = c, true }
}

// Encoder writes segments. It takes syntax version and character set of an interchange from its UNB, as a decoder does,
// and refuses to write what a decoder would not read back as it was given: then a *WriteError says where and why, and
// nothing of the segment has been written. Output is buffered until Flush.
type Encoder struct {
	w   io.Writer
	opt encodeOptions
	ctx segmentContext
	err error // of the writer; ends all

	open    bool // within an interchange
	due     due
	written int64
	out     []byte
	code    *coding   // in which out is written
	need    [256]byte // what a byte of a value needs: see needRelease
	last    Segment
	kept    []byte  // bytes of last, once out is flushed
	marked  bool    // the values of last are known
	class   classes // for marked; made when asked for
	classed bool
	marks   []mark
	line    int
	start   int64 // offset of the line's first byte
	message int   // ordinal in the message, 0 outside
	total   int   // ordinal outside of messages
}

// What a byte of a value needs before it can be written.
const (
	needNothing = iota
	needRelease // the release character before it
	needCharset // a look at the character
)

const flushAt = 64 << 10

// NewEncoder makes an encoder that writes to w.
func NewEncoder(w io.Writer, opts ...EncodeOption) *Encoder {
	e := &Encoder{w: w, line: 1}
	for _, o := range opts {
		o(&e.opt)
	}
	e.ctx.tags = newTagCache()
	e.last.ctx = &e.ctx
	return e
}

// Flush writes what is buffered to the writer.
func (e *Encoder) Flush() error {
	if e.err != nil {
		return e.err
	}
	if e.code != nil {
		apply(&e.code.write, e.out)
	}
	if _, err := e.w.Write(e.out); err != nil {
		e.err = fmt.Errorf("write EDIFACT: %w", err)
		return e.err
	}
	e.written += int64(len(e.out))
	e.out = e.out[:0]
	return nil
}

// Offset gives the number of bytes written so far, the buffered ones included.
func (e *Encoder) Offset() int64 { return e.written + int64(len(e.out)) }

// Separators gives the service characters of the interchange that is written.
func (e *Encoder) Separators() Separators { return e.ctx.separators }

// Charset gives the character set of the interchange that is written.
func (e *Encoder) Charset() Charset { return e.ctx.charset }

// WriteSegment writes a segment. The first of an interchange is UNB; UNA is written before it. Behind UNO and USD, and
// segments of security that follow UNO, the object is due, which CopyObject writes.
func (e *Encoder) WriteSegment(b *Builder) error {
	if e.err != nil {
		return e.err
	}
	if e.message == 0 {
		e.ctx.message = ""
	}
	service := serviceOf(b.tag)
	if service == interchangeHeader && !e.open {
		if err := e.recode(e.opt.charset.ebcdic); err != nil {
			return err
		}
	}
	from, line, start := len(e.out), e.line, e.start
	object := e.due
	err := e.ready(b, service)
	if err == nil && (service == objectHeader || service == encryptionHeader) {
		object, err = announce(b)
	}
	segment := len(e.out)
	if err == nil {
		err = e.encode(b)
	}
	if err != nil {
		e.out, e.line, e.start = e.out[:from], line, start
		return err
	}
	e.due = object
	e.wroteAt(segment)
	e.wrote(service)
	if service == messageHeader {
		e.ctx.message = b.at(referenceOf(b.tag), 0)
	}
	e.endLine(e.ctx.separators.Terminator)
	if e.opt.newline != "" && e.due.header == "" && !isBreak(e.ctx.separators.Terminator) {
		e.out = append(e.out, e.opt.newline...)
		e.line++
		e.start = e.Offset()
	}
	if len(e.out) < flushAt {
		return nil
	}
	return e.flushKeeping()
}

// flushKeeping flushes without losing the bytes of the last segment.
func (e *Encoder) flushKeeping() error {
	s := &e.last
	moved := s.start
	e.kept = append(e.kept[:0], e.out[moved:]...)
	if err := e.Flush(); err != nil {
		return err
	}
	for i := range s.marks {
		s.marks[i] -= mark(moved) << markShift
	}
	s.buf, s.base = e.kept, s.base+int64(moved)
	s.start, s.before, s.stop = 0, 0, s.stop-moved
	return nil
}

func isBreak(b byte) bool { return b == '\n' || b == '\r' }

// ready checks the tag, and whether it may stand here; at UNB it makes the framing and writes UNA.
func (e *Encoder) ready(b *Builder, service service) error {
	if !isTag(b.tag) || b.tag == "UNA" {
		return refuse(b.tag, ErrValue, "a tag is three upper-case letters or digits, a letter first; UNA is written by itself")
	}
	if service == interchangeHeader {
		return e.begin(b)
	}
	if !e.open {
		return refuse(b.tag, ErrOrder, "an interchange begins with UNB")
	}
	if e.due.header != "" && !(e.due.header == "UNO" && isSecurityHeader(b.tag)) {
		return refuse(b.tag, ErrOrder, "the object of "+e.due.header+" is due: call CopyObject first")
	}
	return nil
}

func refuse(tag string, err error, reason string) error {
	return &WriteError{Tag: tag, Reason: reason, Err: err}
}

// begin makes the framing of an interchange from its UNB and writes its UNA.
func (e *Encoder) begin(b *Builder) error {
	if e.open {
		return refuse(b.tag, ErrOrder, "the interchange before has no UNZ yet")
	}
	h := header{tag: b.tag, identifier: b.at(0, 0), version: b.at(0, 1)}
	c, known := LookupCharset(h.identifier)
	if e.opt.forced {
		c, known = e.opt.charset, true
	}
	if h.odd() || !known || len(h.identifier) != 4 {
		return &WriteError{Tag: b.tag, Element: 1, Value: h.identifier + ":" + h.version, Err: ErrValue,
			Reason: "syntax identifier and version have to be known ones, such as UNOC and 3"}
	}
	standard := DefaultSeparators(h.number())
	s := standard
	if e.opt.given {
		s = e.opt.separators
		switch {
		case !h.repeats(), s.Repetition == ' ':
			s.Repetition = 0
		case h.number() >= 4 && s.Repetition == 0:
			s.Repetition = standard.Repetition
		}
		if s.Decimal == 0 {
			s.Decimal = standard.Decimal
		}
	}
	if wrong := s.check(); wrong != "" {
		return refuse(b.tag, ErrSeparators, wrong)
	}
	if e.opt.withoutUNA && s != standard && s != levelB {
		return refuse(b.tag, ErrSeparators, "separators of your own need UNA")
	}
	switch e.opt.newline {
	case "", "\n", "\r\n":
	default:
		return refuse(b.tag, ErrSeparators, `newlines are "\n" or "\r\n"`)
	}
	e.ctx.framing = framing{separators: s, charset: c, code: e.code}
	e.fillNeeds()
	if e.opt.withoutUNA {
		return nil
	}
	e.out = append(e.out, s.UNA()...)
	e.endLine(s.Terminator)
	if e.opt.newline != "" && !isBreak(s.Terminator) {
		e.out = append(e.out, e.opt.newline...)
		e.endLine('\n')
	}
	return nil
}

// recode makes what follows stand in a code page of mainframes, or in none.
func (e *Encoder) recode(name string) error {
	switch {
	case name == "" && e.code == nil, e.code != nil && e.code.name == name:
		return nil
	}
	if err := e.flushKeeping(); err != nil {
		return err
	}
	e.code = nil
	if name != "" {
		e.code = newCoding(name)
	}
	return nil
}

func (e *Encoder) endLine(b byte) {
	if b == '\n' {
		e.line++
		e.start = e.Offset()
	}
}

// fillNeeds makes the table of what bytes need.
func (e *Encoder) fillNeeds() {
	e.classed = false
	s, c := e.ctx.separators, e.ctx.charset
	for i := range e.need {
		e.need[i] = needNothing
		if b := byte(i); b >= utf8.RuneSelf || b < ' ' || b == 0x7F || !c.inRepertoire(b) {
			e.need[i] = needCharset
		}
	}
	for _, b := range []byte{s.Component, s.Element, s.Terminator, s.Release, s.Repetition} {
		if b != 0 && e.need[b] == needNothing {
			e.need[b] = needRelease
		}
	}
}

// wrote keeps the count behind a segment.
func (e *Encoder) wrote(service service) {
	switch service {
	case interchangeHeader:
		e.open, e.total, e.message = true, 0, 0
	case messageHeader:
		e.message = 0
	case interchangeTrailer, groupHeader, groupTrailer:
		e.open, e.message = service != interchangeTrailer, 0
	}
	switch {
	case e.message > 0, service == messageHeader:
		e.message++
		e.last.ordinal = e.message
	default:
		e.total++
		e.last.ordinal = e.total
	}
	if service == messageTrailer {
		e.message = 0
	}
}
