package edifact

import (
	"io"
	"iter"

	"github.com/batchgate/batchgate/finding"
)

// EventKind says what an Event tells.
type EventKind uint8

// The kinds of events, in the order in which they come.
const (
	InterchangeStart EventKind = iota + 1 // UNB, or UIB
	GroupStart                            // UNG
	MessageStart                          // UNH, or UIH
	SegmentRead                           // a segment of the message
	MessageEnd                            // UNT, or UIT, or where it is missing
	GroupEnd                              // UNE, or where it is missing
	InterchangeEnd                        // UNZ, or UIZ, or where it is missing
	StraySegment                          // a segment outside of messages: of a package, of security, or one that belongs nowhere
	FileEnd                               // always the last; its findings are about what stands behind
)

// String gives "message start" and the like.
func (k EventKind) String() string {
	names := []string{"", "interchange start", "group start", "message start", "segment", "message end", "group end", "interchange end", "stray segment", "file end"}
	if int(k) < len(names) {
		return names[k]
	}
	return ""
}

// Event is one step through a file. It is valid until the next; Interchange, Group and Message stay valid.
type Event struct {
	Kind EventKind
	// Segment is the segment that the event tells of: UNH at MessageStart, UNT at MessageEnd. It is nil where a header or
	// trailer is missing, and at FileEnd.
	Segment *Segment
	// Interchange, Group and Message are what the event stands in, nil outside of one. The ends have theirs.
	Interchange *Interchange
	Group       *Group
	Message     *MessageHeader
	// Findings is what was odd or wrong since the event before.
	Findings finding.List
	// Complete tells of an end that its trailer is there, and of FileEnd that the file could be read to its end.
	Complete bool
	// Truncated tells of an end that the file broke off, or that framing was lost, before its trailer.
	Truncated bool
	// Count is, at MessageEnd, the number of segments with UNH and UNT; at GroupEnd and InterchangeEnd the number of
	// messages and packages, as counted.
	Count int
	// End is the offset in the file behind what has been read of it.
	End int64
}

// Reader reads a file as events: interchanges, groups, messages and their segments. It checks counts and references,
// and goes on behind a fault with the next UNH, UNT or UNB, so that a fault makes one finding and costs one message.
type Reader struct {
	dec  *Decoder
	ev   Event
	held bool // the decoder's segment has not been told of yet
	cut  bool // the held segment has shown that a trailer before it is missing, which is reported once
	err  error
	done bool

	interchange *Interchange
	group       *Group
	message     *MessageHeader
	segments    int // in the message
	messages    int // in the interchange
	inGroup     int // messages in the group
	groups      int
	stray       bool // the segments outside of messages have been reported
	references  seen
	controls    seen
}

// NewReader makes a reader of r with the options of a decoder.
func NewReader(r io.Reader, opts ...Option) *Reader {
	return &Reader{dec: NewDecoder(r, opts...)}
}

// Decoder gives the decoder underneath, to ask for separators, character set or a binary object. Segments must not be
// read from it, nor findings taken.
func (r *Reader) Decoder() *Decoder { return r.dec }

// Next gives the next event, or io.EOF behind FileEnd. Where framing is lost, the ends of all that was open and FileEnd
// come first, and then the *Error.
func (r *Reader) Next() (*Event, error) {
	if r.done {
		return nil, r.err
	}
	if !r.held && r.err == nil {
		if _, err := r.dec.ReadSegment(); err != nil {
			r.err = err
		} else {
			r.held = true
		}
	}
	r.ev = Event{Interchange: r.interchange, Group: r.group, Message: r.message}
	if r.err != nil {
		r.close()
		return &r.ev, nil
	}
	r.step(&r.dec.seg)
	return &r.ev, nil
}

// Events gives all events. The last pair holds an error when framing is lost.
func (r *Reader) Events() iter.Seq2[*Event, error] {
	return func(yield func(*Event, error) bool) {
		for {
			ev, err := r.Next()
			if err == io.EOF {
				return
			}
			if !yield(ev, err) || err != nil {
				return
			}
		}
	}
}

// step makes the event of a segment. A segment that shows that a trailer is missing before it makes the end's event
// first and stays held.
func (r *Reader) step(s *Segment) {
	if plainTag[s.buf[s.start]] {
		r.inside(s, notService)
		return
	}
	switch kind := serviceOf(s.tagBytes()); kind {
	case interchangeHeader:
		if !r.closeMissing(kind) {
			r.openInterchange(s)
		}
	case groupHeader:
		if !r.closeMissing(kind) && !r.openImplied(s) {
			r.openGroup(s)
		}
	case messageHeader:
		if !r.closeMissing(kind) && !r.openImplied(s) {
			r.openMessage(s)
		}
	case messageTrailer:
		r.endMessage(s)
	case groupTrailer:
		if !r.closeMissing(kind) {
			r.endGroup(s)
		}
	case interchangeTrailer:
		if !r.closeMissing(kind) {
			r.endInterchange(s)
		}
	default:
		r.inside(s, kind)
	}
}

// closeMissing ends the innermost of what is open and cannot stay open at a header or trailer.
func (r *Reader) closeMissing(at service) bool {
	place := r.dec.seg.Place(-1, -1, -1)
	switch {
	case r.message != nil:
		r.leaveMessage(false)
		r.missing(RuleUNTMissing, r.ev.Message.Place, place, "the message has no UNT")
	case r.group != nil && at != messageHeader && at != groupTrailer:
		r.leaveGroup(false)
		r.missing(RuleUNEMissing, r.ev.Group.Place, place, "the group has no UNE")
	case r.interchange != nil && at == interchangeHeader:
		r.leaveInterchange(false)
		r.missing(RuleUNZMissing, r.ev.Interchange.Place, place, "the interchange has no UNZ")
	default:
		return false
	}
	r.ev.End = r.dec.w.offset(r.dec.seg.before)
	return true
}

// missing reports a trailer that should stand before place, with the place of its header. Of several that are missing at
// one place only the innermost is reported: something was cut off there.
func (r *Reader) missing(rule string, header, place finding.Place, message string) {
	if r.cut {
		r.ev.Truncated = true
		return
	}
	r.cut = true
	f := about(rule, place, message+" before "+place.Tag)
	f.Place.Message = header.Message
	f.Related = &header
	r.report(f)
}

func (r *Reader) report(f finding.Finding) { r.ev.Findings = append(r.ev.Findings, f) }

// take tells of the held segment.
func (r *Reader) take(kind EventKind, s *Segment) {
	r.ev.Kind, r.ev.Segment = kind, s
	r.held, r.cut = false, false
	r.ev.End = r.dec.w.offset(s.stop)
	if list := r.dec.Findings(); list != nil {
		r.ev.Findings = append(r.ev.Findings, list...)
	}
}

// inside tells of a segment that opens and closes nothing.
func (r *Reader) inside(s *Segment, kind service) {
	if r.message != nil {
		r.segments++
		r.take(SegmentRead, s)
		return
	}
	if r.openImplied(s) {
		return
	}
	r.take(StraySegment, s)
	switch kind {
	case objectHeader: // a package; ISO 9735-8
		r.countMessage()
	case objectTrailer, security, encryptionHeader:
	default:
		r.outside(about(RuleOutsideMessage, s.Place(-1, -1, -1), "the segment stands outside of messages"))
	}
}

// outside reports the first of several segments that stand outside of messages.
func (r *Reader) outside(f finding.Finding) {
	if !r.stray {
		f.Source = r.dec.ctx.charset.show(r.dec.seg.Raw())
		r.report(f)
	}
	r.stray = true
}

func (r *Reader) countMessage() {
	r.messages++
	if r.group != nil {
		r.inGroup++
	}
}

// close makes the events behind the last segment, the innermost end first.
func (r *Reader) close() {
	r.ev.End = r.dec.Offset()
	if list := r.dec.Findings(); list != nil {
		r.ev.Findings = append(r.ev.Findings, list...)
	}
	place := r.dec.placeAt(r.dec.pos, 0)
	what := ""
	switch {
	case r.message != nil:
		what = "the file ends within a message"
		r.leaveMessage(false)
	case r.group != nil:
		what = "the file ends before UNE and UNZ"
		r.leaveGroup(false)
	case r.interchange != nil:
		what = "the file ends before UNZ"
		r.leaveInterchange(false)
	default:
		r.ev.Kind, r.ev.Complete, r.done = FileEnd, r.err == io.EOF, true
		return
	}
	r.ev.Truncated = true
	if r.err == io.EOF && !r.cut && (r.ev.Kind != InterchangeEnd || r.ev.Interchange.introduced()) {
		r.report(about(RuleTruncated, place, what))
	}
	r.cut = true // said once
}
