package edifact

import (
	"bytes"
	"io"

	"github.com/batchgate/batchgate/finding"
)

// mostDetached is how many bytes a message may have to be read by itself.
const mostDetached = 1 << 20

// detached is a message whose bytes are read apart from the file around it.
type detached struct {
	interchange *Interchange
	group       *Group
	header      *MessageHeader
	findings    finding.List // of MessageStart
	end         int64        // of MessageStart
	framing     framing

	from, to  int   // in the job's bytes; what stands before UNH is the first
	start     int   // of UNH
	base      int64 // offset in the file of from
	line      int   // at from
	lineStart int64
}

// detach takes the message that begins with an event out of the file, and the reader goes on behind it; false when that
// cannot be done without reading it.
func (p *parallel[T]) detach(ev *Event) bool {
	d := p.in.dec
	if d.opt.lineBreaks == DropLineBreaks || d.ctx.charset.grouped() {
		return false
	}
	stop := d.messageEnd()
	if stop < 0 {
		return false
	}
	if p.next == nil {
		p.next, _ = p.free.Get().(*job[T])
		if p.next == nil {
			p.next = new(job[T])
		}
		p.next.done = make(chan struct{})
	}
	s, from := &d.seg, len(p.next.bytes)
	before := d.w.buf[d.before:s.start]
	m := detached{
		interchange: ev.Interchange, group: ev.Group, header: ev.Message, findings: ev.Findings, end: ev.End, framing: d.ctx.framing,
		from: from, start: from + len(before), base: d.w.offset(d.before),
		line: s.line, lineStart: s.lineStart,
	}
	p.next.bytes = append(p.next.bytes, d.w.buf[d.before:stop]...)
	m.to = len(p.next.bytes)
	p.next.messages = append(p.next.messages, m)
	d.leap(stop)
	p.in.message = nil
	return true
}

// messageEnd gives the end of the message whose UNH was read last, or -1 when another segment of the service comes before
// its UNT, or none within reach.
func (d *Decoder) messageEnd() int {
	reach := min(mostDetached, d.opt.maxSegment)
	d.w.keep = d.before
	at := d.pos
	for {
		i := bytes.IndexByte(d.w.buf[at:d.w.end], 'U')
		if i < 0 || at+i+4 > d.w.end {
			if i >= 0 {
				at += i
			} else {
				at = d.w.end
			}
			if d.w.end-d.pos > reach || !d.fillKeeping(&at) {
				return -1
			}
			continue
		}
		at += i
		if at-d.pos > reach {
			return -1
		}
		switch service, begins := d.serviceAt(at); {
		case !begins || service == notService:
			at++
		case service == messageTrailer:
			return d.segmentEnd(at, reach)
		default:
			return -1
		}
	}
}

// fillKeeping reads more, keeping the segment that was read last; at is a position that may move.
func (d *Decoder) fillKeeping(at *int) bool {
	moved, ok := d.w.fill()
	d.shift(moved)
	*at -= moved
	s := &d.seg
	s.buf, s.base = d.w.buf, d.w.base
	s.start, s.stop, s.before = s.start-moved, s.stop-moved, s.before-moved
	for i := range s.marks {
		s.marks[i] -= mark(moved) << markShift
	}
	return ok
}

// serviceAt tells whether a segment of the service that a message cannot hold begins at a position, and which. Whatever is
// doubtful is one.
func (d *Decoder) serviceAt(at int) (service, bool) {
	b := d.w.buf[at : at+4]
	if b[1] != 'N' && b[1] != 'I' && (b[1] != 'S' || b[2] != 'D') || isAlnum(b[3]) || string(b[:3]) == "UNS" || !d.beginsSegment(at) {
		return notService, false
	}
	if kind := serviceOf(b[:3]); kind != notService {
		if kind == messageTrailer && b[3] != d.ctx.separators.Element && b[3] != d.ctx.separators.Terminator {
			return interchangeTrailer, true
		}
		return kind, true
	}
	return interchangeTrailer, string(b[:3]) == "UNA"
}

// beginsSegment tells whether a segment begins at a position: whether an unreleased terminator stands before it.
func (d *Decoder) beginsSegment(at int) bool {
	s, buf := &d.ctx.separators, d.w.buf
	for at > d.pos && buf[at-1] != s.Terminator {
		switch b := buf[at-1]; b {
		case '\r', '\n', ' ', '\t', 0, 0x1A, 0x85:
			at--
		default:
			return false
		}
	}
	return at == d.pos || !d.released(at-1)
}

// released tells whether release characters take away the meaning of the byte at a position.
func (d *Decoder) released(at int) bool {
	release, n := d.ctx.separators.Release, 0
	for release != 0 && at-n > d.pos && d.w.buf[at-n-1] == release {
		n++
	}
	return n%2 == 1
}

// segmentEnd gives the end of the segment that begins at a position, or -1.
func (d *Decoder) segmentEnd(at, reach int) int {
	for {
		i := bytes.IndexByte(d.w.buf[at:d.w.end], d.ctx.separators.Terminator)
		if i < 0 {
			at = d.w.end
			if d.w.end-d.pos > reach || !d.fillKeeping(&at) {
				return -1
			}
			continue
		}
		at += i + 1
		if at-d.pos > reach {
			return -1
		}
		if !d.released(at - 1) {
			return at
		}
	}
}

// leap goes on behind a message that is read elsewhere.
func (d *Decoder) leap(stop int) {
	passed := d.w.buf[d.pos:stop]
	if lines := bytes.Count(passed, []byte{'\n'}); lines > 0 {
		d.line += lines
		d.lineStart = d.w.offset(d.pos) + int64(bytes.LastIndexByte(passed, '\n')) + 1
	}
	d.pos = stop
	d.w.pass(stop)
	d.count.outside(&d.ctx)
	d.count.last = notService
	d.judge.said = said{}
}

// newPieceDecoder makes a decoder for pieces of a file that another reads.
func newPieceDecoder(whole *Decoder) *Decoder {
	d := &Decoder{opt: whole.opt, inside: true, found: true, w: window{stride: chunkSize}}
	d.ctx = segmentContext{file: d.opt.file, lineBreaks: d.opt.lineBreaks, tags: newTagCache()}
	d.seg.ctx = &d.ctx
	return d
}

// piece makes the decoder read a message that was taken out.
func (d *Decoder) piece(b []byte, m *detached) {
	d.w.buf, d.w.end, d.w.base, d.w.err = b[m.from:m.to:m.to], m.to-m.from, m.base, io.EOF
	d.w.marks, d.w.m0, d.w.looked, d.w.keep = d.w.marks[:0], 0, 0, 0
	if d.ctx.framing != m.framing {
		d.ctx.framing = m.framing
		d.ctx.fillClasses(&d.w.class)
	}
	d.err, d.object, d.trailer = nil, nil, nil
	d.pos, d.before, d.line, d.lineStart = m.start-m.from, 0, m.line, m.lineStart
	d.syntax, d.una = m.interchange.Syntax, m.interchange.HasUNA
	d.count, d.judge = ordinals{}, judgement{}
	d.notes = findings{}
}

// readDetached tells a worker of a message.
func readDetached[T any](r *Reader, b []byte, m *detached, do func(*Event) T) (result T, err error) {
	r.dec.piece(b, m)
	s, err := r.dec.ReadSegment()
	if err != nil {
		return result, err
	}
	s.before = 0
	r.dec.Findings() // which MessageStart has already
	r.interchange, r.group, r.message = m.interchange, m.group, m.header
	r.segments, r.held, r.cut, r.stray, r.done, r.err = 1, false, false, false, false, nil
	r.ev = Event{Kind: MessageStart, Segment: s, Interchange: m.interchange, Group: m.group, Message: m.header, Findings: m.findings, End: m.end}
	result = do(&r.ev)
	for r.ev.Kind != MessageEnd {
		if _, err := r.Next(); err != nil {
			return result, err
		}
		result = do(&r.ev)
	}
	return result, nil
}
