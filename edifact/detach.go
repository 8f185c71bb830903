package edifact

import (
	"bytes"

	"github.com/batchgate/batchgate/finding"
)

// detached is a message whose bytes are read apart from the file around it.
type detached struct {
	part        int // of its batch
	interchange *Interchange
	group       *Group
	header      *MessageHeader
	findings    finding.List // of MessageStart
	end         int64        // of MessageStart
	framing     framing

	from, start, to int64 // offsets in the file: of what stands before UNH, of UNH, behind UNT
	line            int   // at start
	lineStart       int64
}

// mostDetached is how many bytes a message may have to be read by itself.
const mostDetached = 1 << 20

// What messageEnd gives where it finds no end.
const (
	notApart = -1 // the message has to be read to know
	notYet   = -2 // the window is full of messages, which are to be handed over first
)

// messageEnd gives the end of the message whose UNH was read last, as a position in the window. A message can be read by
// itself when no other segment of the service comes before its UNT, and that is within reach.
func (d *Decoder) messageEnd() int {
	if d.opt.lineBreaks == DropLineBreaks || d.ctx.charset.grouped() {
		return notApart
	}
	d.w.keep = d.before
	for at := d.pos; ; {
		i := bytes.IndexByte(d.w.buf[at:d.w.end], 'U')
		if i < 0 || at+i+4 > d.w.end {
			if i < 0 {
				i = d.w.end - at
			}
			at += i
			if stop := d.reachOn(&at); stop < 0 {
				return stop
			}
			continue
		}
		at += i
		switch service, begins := d.serviceAt(at); {
		case !begins || service == notService:
			at++
		case service == messageTrailer:
			return d.segmentEnd(at)
		default:
			return notApart
		}
	}
}

// reachOn reads more of a message, if that may be; at is a position that may move. It gives 0, or why not.
func (d *Decoder) reachOn(at *int) int {
	switch {
	case d.w.end-d.pos > min(mostDetached, d.opt.maxSegment):
		return notApart
	case d.w.isSpent(d.w.end):
		return notYet
	}
	moved, ok := d.w.fill()
	d.follow(moved)
	*at -= moved
	if !ok {
		return notApart
	}
	return 0
}

// follow corrects positions after the window has moved, those of the segment that was read last too.
func (d *Decoder) follow(moved int) {
	d.shift(moved)
	s := &d.seg
	s.buf, s.base = d.w.buf, d.w.base
	s.start, s.stop, s.before = s.start-moved, s.stop-moved, s.before-moved
	for i := range s.marks {
		s.marks[i] -= mark(moved) << markShift
	}
}

// serviceAt tells whether a segment of the service that a message cannot hold begins with the U at a position, and which.
// Whatever is doubtful is one.
func (d *Decoder) serviceAt(at int) (service, bool) {
	b, release := d.w.buf[at:at+4], d.ctx.separators.Release
	switch {
	case release != 0 && (b[1] == release || b[2] == release): // U?NB is a UNB
		return interchangeTrailer, d.beginsSegment(at)
	case b[1] != 'N' && b[1] != 'I' && (b[1] != 'S' || b[2] != 'D') || isAlnum(b[3]) || string(b[:3]) == "UNS" || !d.beginsSegment(at):
		return notService, false
	}
	kind := serviceOf(b[:3])
	switch {
	case kind == messageTrailer && (b[3] != d.ctx.separators.Element && b[3] != d.ctx.separators.Terminator || at > 0 && d.w.buf[at-1] == release):
		return interchangeTrailer, true
	case kind != notService:
		return kind, true
	}
	return interchangeTrailer, string(b[:3]) == "UNA"
}

// beginsSegment tells whether a segment begins at a position: whether an unreleased terminator stands before it, and nothing
// between but what belongs to no segment, and release characters, which do not change a tag.
func (d *Decoder) beginsSegment(at int) bool {
	s, buf := &d.ctx.separators, d.w.buf
	for at > d.pos && buf[at-1] != s.Terminator {
		switch b := buf[at-1]; b {
		case '\r', '\n', ' ', '\t', 0, 0x1A, 0x85:
			at--
		default:
			if b != s.Release || b == 0 {
				return false
			}
			at--
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

// segmentEnd gives the end of the segment that begins at a position, or why there is none.
func (d *Decoder) segmentEnd(at int) int {
	for {
		i := bytes.IndexByte(d.w.buf[at:d.w.end], d.ctx.separators.Terminator)
		if i < 0 {
			at = d.w.end
			if stop := d.reachOn(&at); stop < 0 {
				return stop
			}
			continue
		}
		at += i + 1
		if at-d.pos > min(mostDetached, d.opt.maxSegment) {
			return notApart
		}
		if !d.released(at - 1) {
			return at
		}
	}
}

// detach takes the message that begins with an event and ends at a position out of the file, and goes on behind it.
func (d *Decoder) detach(stop int, ev *Event) detached {
	s := &d.seg
	m := detached{
		interchange: ev.Interchange, group: ev.Group, header: ev.Message, findings: ev.Findings, end: ev.End, framing: d.ctx.framing,
		from: d.w.offset(d.before), start: d.w.offset(s.start), to: d.w.offset(stop),
		line: s.line, lineStart: s.lineStart,
	}
	d.w.share(d.before)
	passed := d.w.buf[d.pos:stop]
	if lines := bytes.Count(passed, []byte{'\n'}); lines > 0 {
		d.line += lines
		d.lineStart = d.w.offset(d.pos) + int64(bytes.LastIndexByte(passed, '\n')) + 1
	}
	d.pos, d.before, d.w.keep = stop, stop, stop
	d.w.pass(stop)
	d.count.outside(&d.ctx)
	d.count.last = notService
	d.judge.said = said{}
	return m
}

// handOver gives the bytes of detached messages away, with the offset in the file of the first, and takes a buffer for what
// follows. Without messages it gives that buffer back.
func (d *Decoder) handOver(spare []byte) (given []byte, base int64) {
	given, base, moved := d.w.exchange(spare)
	d.follow(moved)
	return given, base
}
