package edifact

import (
	"bytes"
	"fmt"
	"io"

	"github.com/batchgate/batchgate/finding"
)

// cut finds the end of the segment that begins at pos. Most segments hold nothing but data and separators: their marks
// are taken as they are. cutClosely does the others.
func (d *Decoder) cut() error {
	d.w.pass(d.pos)
	d.seg.breaks = false
	j := 0
	for {
		for _, m := range d.w.marks[d.w.m0+j:] {
			if k := m & markKind; k >= kindTerminator {
				if k == kindTerminator {
					return d.finish(j+1, j+1)
				}
				return d.cutClosely(j)
			}
			j++
		}
		if err := d.lookOn(); err != nil {
			return err
		}
	}
}

// lookOn finds further marks of a segment, as far as it may be long.
func (d *Decoder) lookOn() error {
	if d.w.looked-d.pos > d.opt.maxSegment {
		return d.tooLong()
	}
	if d.look() {
		return nil
	}
	if d.w.err != io.EOF {
		return d.readError()
	}
	return d.truncated()
}

// cutClosely goes on from mark j of a segment with release characters, line breaks or odd bytes. It keeps only the
// marks that separate values.
func (d *Decoder) cutClosely(j int) error {
	w := &d.w
	keep, work := j, mark(0)
	released, grouped := -1, 0
	d.seg.shifts = d.shifts
	for {
		for ; j < len(w.marks)-w.m0; j++ {
			m := w.marks[w.m0+j]
			kind, at := m&markKind, int(m>>markShift)-d.pos
			if at == released && kind <= kindRelease || at < grouped || kind <= kindRelease && d.shifts.masks() {
				continue
			}
			switch kind {
			case kindRelease:
				released, work = at+1, markWork
			case kindBreak:
				d.judge.note(&d.judge.lineBreak, at)
				d.seg.breaks = true
				if d.opt.lineBreaks == DropLineBreaks {
					work = markWork
					if at == released {
						released++
					}
				}
			case kindOther:
				if n := d.group(at); n > 0 {
					grouped = at + n
				} else {
					d.judge.byte(d, w.buf[d.pos+at], at)
				}
			default:
				w.marks[w.m0+keep] = m | work
				keep++
				work = 0
				if kind == kindTerminator {
					return d.finish(keep, j+1)
				}
			}
		}
		if err := d.lookOn(); err != nil {
			return err
		}
	}
}

// group gives the number of bytes that belong together from a byte of the segment on, 0 when it stands alone.
func (d *Decoder) group(at int) int {
	if !d.ctx.charset.grouped() {
		return 0
	}
	pos, b := d.w.ahead(d.pos+at, longestStep)
	d.shift(d.pos + at - pos)
	n := d.ctx.charset.group(b[:min(len(b), longestStep)], &d.shifts)
	if n == 0 && d.ctx.charset.shift && (b[0] == escape || b[0] == shiftOut) {
		n = 1 // of no meaning, which judging the text says
	}
	if n > 0 {
		d.judge.note(&d.judge.high, at)
	}
	return n
}

// finish makes the segment of the next marks: keep of them are its values, used are done with.
func (d *Decoder) finish(keep, used int) error {
	w, s := &d.w, &d.seg
	s.buf, s.base = w.buf, w.base
	s.start, s.before = d.pos, d.before
	s.marks = w.marks[w.m0 : w.m0+keep]
	s.stop = int(s.marks[keep-1]>>markShift) + 1
	s.known = false
	s.line, s.lineStart = d.line, d.lineStart
	w.m0 += used
	if s.stop-s.start > d.opt.maxSegment {
		return d.tooLong()
	}
	d.pos = s.stop
	d.shifts.g[0] = ascii // again, behind each segment
	return nil
}

// accept looks at the segment that was cut. An empty one is reported and left out.
func (d *Decoder) accept() bool {
	s := &d.seg
	tag := s.buf[s.start : s.marks[0]>>markShift]
	if len(tag) == 0 && len(s.marks) == 1 {
		d.report(about(RuleEmptySegment, d.placeAt(s.start, s.stop-s.start), "a segment terminator ends nothing"))
		d.count.empty++
		d.endLine()
		return false
	}
	if s.breaks || s.marks[0]&markWork != 0 {
		tag = s.tagBytes()
	}
	s.ordinal = d.count.next(d, tag)
	if !isTag(tag) && !d.wrapped(tag) {
		f := about(RuleTag, s.Place(-1, -1, -1), fmt.Sprintf("%q is no tag of a segment", d.ctx.charset.show(tag)))
		f.Value, f.Source = d.ctx.charset.show(tag), d.ctx.charset.show(s.Raw())
		d.report(f)
	}
	if d.judge.any {
		d.judge.report(d)
	}
	d.endLine()
	return true
}

// wrapped tells whether a tag is one when the line breaks in it are left out. They are reported, which is enough.
func (d *Decoder) wrapped(tag []byte) bool {
	return d.judge.lineBreak > 0 && isTag(unbroken(tag))
}

// unbroken gives bytes without line breaks.
func unbroken(b []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte{'\r'}, nil), []byte{'\n'}, nil)
}

// endLine counts the lines that end within the segment or with it.
func (d *Decoder) endLine() {
	s := &d.seg
	if s.breaks {
		d.line, d.lineStart = s.lastLine()
	}
	if d.ctx.separators.Terminator == '\n' {
		d.line++
		d.lineStart = s.base + int64(s.stop)
	}
}

// lastLine gives the line in which the segment ends.
func (s *Segment) lastLine() (line int, start int64) {
	line, start = s.line, s.lineStart
	for i := s.start; i < s.stop-1; i++ {
		if s.buf[i] == '\n' {
			line++
			start = s.base + int64(i) + 1
		}
	}
	return line, start
}

func (d *Decoder) tooLong() error {
	place := d.placeAt(d.pos, d.opt.maxSegment)
	f := about(RuleTooLong, place, fmt.Sprintf("the segment is longer than %d bytes", d.opt.maxSegment))
	source := d.ahead(min(mostShown, d.opt.maxSegment))
	f.Source = d.ctx.charset.show(source[:min(len(source), d.opt.maxSegment)])
	return &Error{Finding: f, Err: ErrTooLong}
}

func (d *Decoder) truncated() error {
	place := d.placeAt(d.pos, d.w.end-d.pos)
	place.Segment, place.Tag = d.count.upcoming(), d.ctx.charset.show(tagOf(d.w.buf[d.pos:d.w.end]))
	f := about(RuleTruncated, place, "the file ends within a segment")
	f.Source = d.ctx.charset.show(d.w.buf[d.pos:d.w.end])
	return &Error{Finding: f, Err: ErrTruncated}
}

// tagOf gives the tag at the beginning of bytes, or nothing.
func tagOf(b []byte) []byte {
	if len(b) >= 3 && isTag(b[:3]) {
		return b[:3]
	}
	return nil
}

func (d *Decoder) report(f finding.Finding) { d.notes.add(f) }
