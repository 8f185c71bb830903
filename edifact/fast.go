package edifact

// fast makes the segment of the next marks when it is one like most: in a message, behind nothing but a line end, with a
// plain tag, and all of it plain data and separators that have been looked through. Otherwise it changes nothing, and next
// does the work. What it does is what next would do.
func (d *Decoder) fast() bool {
	w, s := &d.w, &d.seg
	if d.count.message == 0 || d.count.last != notService || d.object != nil || d.judge.any {
		return false
	}
	start, m0, line, lineStart := d.pos, w.m0, d.line, d.lineStart
	buf := w.buf[:w.end]
	if start+2 < len(buf) && buf[start] < ' ' {
		start, m0 = d.passLineEnd(buf, start, m0)
		if start == d.pos {
			return false
		}
		line, lineStart = line+1, w.base+int64(start)
	}
	if m0 >= len(w.marks) || int(w.marks[m0]>>markShift) != start+3 || !plainTag[buf[start]] || !isTag(buf[start:start+3]) {
		return false
	}
	for j, m := range w.marks[m0:] {
		k := m & markKind
		if k < kindTerminator {
			continue
		}
		stop := int(m>>markShift) + 1
		if k > kindTerminator || stop-start > d.opt.maxSegment {
			return false
		}
		s.buf, s.base = w.buf, w.base
		s.start, s.before, s.stop = start, d.pos, stop
		s.marks = w.marks[m0 : m0+j+1]
		s.known, s.breaks = false, false
		s.line, s.lineStart = line, lineStart
		if d.ctx.separators.Terminator == '\n' {
			line, lineStart = line+1, w.base+int64(stop)
		}
		d.before, w.keep, d.pos, d.line, d.lineStart = d.pos, d.pos, stop, line, lineStart
		w.m0 = m0 + j + 1
		d.count.message++
		s.ordinal = d.count.message
		return true
	}
	return false
}

// passLineEnd moves over a line end and its marks.
func (d *Decoder) passLineEnd(buf []byte, pos, m0 int) (int, int) {
	breaks := 1
	if buf[pos] == '\r' {
		breaks = 2
	}
	marks := d.w.marks[m0:]
	if buf[pos+breaks-1] != '\n' || len(marks) < breaks {
		return pos, m0
	}
	for i, m := range marks[:breaks] {
		if m != mark(pos+i)<<markShift|kindBreak {
			return pos, m0
		}
	}
	return pos + breaks, m0 + breaks
}
