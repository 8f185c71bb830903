package edifact

// Last gives the segment that was written last, to ask where its values stand in the output: Place(1, 0, 0) is element
// 2. It is valid until the next write.
func (e *Encoder) Last() *Segment {
	if !e.marked {
		e.marked = true
		e.markLast()
	}
	return &e.last
}

// wroteAt says where the segment stands that was written last. What is in it is found out when somebody asks.
func (e *Encoder) wroteAt(start int) {
	s := &e.last
	s.buf, s.base = e.out, e.written
	s.start, s.before, s.stop = start, start, len(e.out)
	s.line, s.lineStart = e.line, e.start
	s.known, s.breaks = false, false
	e.marked = false
}

// markLast finds the values of the segment that was written last.
func (e *Encoder) markLast() {
	s := &e.last
	e.marks = e.marks[:0]
	if !e.classed {
		e.class.fill(&e.ctx.framing)
		e.classed = true
	}
	var work mark
	state := e.ctx.charset.begin()
	for pos := s.start; pos < s.stop; pos++ {
		b := s.buf[pos]
		kind := e.class.kind[b]
		switch {
		case kind == kindOther && e.ctx.charset.grouped():
			pos += max(e.ctx.charset.group(s.buf[pos:min(pos+longestStep, s.stop)], &state), 1) - 1
		case kind == 0, kind == kindOther, kind == kindBreak, kind <= kindRelease && state.masks():
		case kind == kindRelease:
			pos, work = pos+1, markWork
		default:
			e.marks = append(e.marks, mark(pos)<<markShift|kind|work)
			work = 0
		}
	}
	s.marks = e.marks
}
