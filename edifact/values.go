package edifact

import "unicode/utf8"

// find makes the index of elements: where the values of each begin among the marks.
func (s *Segment) find() {
	if s.known {
		return
	}
	s.known, s.cursor = true, cursor{element: -1}
	s.first = append(s.first[:0], 0)
	for i, m := range s.marks {
		if m&markKind == kindElement {
			s.first = append(s.first, i+1)
		}
	}
	s.first = append(s.first, len(s.marks))
}

// element gives the values of an element, as a range of marks.
func (s *Segment) element(element int) (first, end int, ok bool) {
	s.find()
	if element < 0 || element+2 >= len(s.first) {
		return 0, 0, false
	}
	return s.first[element+1], s.first[element+2], true
}

// repeat gives the values of one repetition, as a range of marks; an empty one when it is absent.
func (s *Segment) repeat(element, repeat int) (first, end int) {
	first, end, ok := s.element(element)
	if !ok || repeat < 0 {
		return end, end
	}
	if s.ctx.separators.Repetition == 0 {
		if repeat > 0 {
			return end, end
		}
		return first, end
	}
	at := s.cursor
	if at.element != element || at.repeat > repeat {
		at = cursor{element: element, first: first, end: s.repeatEnd(first, end)}
	}
	for at.repeat < repeat && at.end < end {
		at.repeat++
		at.first, at.end = at.end, s.repeatEnd(at.end, end)
	}
	s.cursor = at
	if at.repeat < repeat {
		return end, end
	}
	return at.first, at.end
}

// cursor is a repetition with its values. It makes going through many repetitions as cheap as through few.
type cursor struct{ element, repeat, first, end int }

// repeatEnd gives the end of the repetition that begins with a value, as an index in marks.
func (s *Segment) repeatEnd(first, end int) int {
	for i := first; i < end-1; i++ {
		if s.marks[i]&markKind == kindRepetition {
			return i + 1
		}
	}
	return end
}

// index gives the mark of a component, or -1.
func (s *Segment) index(element, repeat, component int) int {
	first, end := s.repeat(element, repeat)
	if component < 0 || component >= end-first {
		return -1
	}
	return first + component
}

// bounds gives the bytes of a value as positions in buf.
func (s *Segment) bounds(i int) (from, to int) {
	from = s.start
	if i > 0 {
		from = int(s.marks[i-1]>>markShift) + 1
	}
	return from, int(s.marks[i] >> markShift)
}

// value gives a value without release characters.
func (s *Segment) value(i int) []byte {
	from, to := s.bounds(i)
	if s.marks[i]&markWork != 0 {
		return s.clean(from, to)
	}
	return s.buf[from:to:to]
}

// clean takes release characters and dropped line breaks out of a value. The result stands at the value's own offset in
// plain, so that asking again costs no memory and does not touch other values.
func (s *Segment) clean(from, to int) []byte {
	if need := s.stop - s.start; cap(s.plain) < need {
		s.plain = make([]byte, need)
	} else {
		s.plain = s.plain[:cap(s.plain)]
	}
	at := from - s.start
	n := at
	s.eachClean(from, to, func(pos int) bool {
		s.plain[n] = s.buf[pos]
		n++
		return true
	})
	return s.plain[at:n:n]
}

// rawIndex turns an index in a clean value into one in the bytes of the file.
func (s *Segment) rawIndex(from, to, index int) int {
	found := to - from
	s.eachClean(from, to, func(pos int) bool {
		if index == 0 {
			found = pos - from
			return false
		}
		index--
		return true
	})
	return found
}

// eachClean calls f with the position of each byte that belongs to a value.
func (s *Segment) eachClean(from, to int, f func(pos int) bool) {
	release, drop := s.ctx.separators.Release, s.ctx.lineBreaks == DropLineBreaks
	released, grouped := false, s.ctx.charset.grouped()
	var state shifts
	if grouped {
		state = *s.shiftsAt(from)
	}
	for pos := from; pos < to; pos++ {
		b := s.buf[pos]
		if grouped && (b >= utf8.RuneSelf || b < ' ' || state.masks()) {
			for n := max(1, s.ctx.charset.group(s.buf[pos:min(pos+longestStep, to)], &state)); n > 1; n-- {
				if !f(pos) {
					return
				}
				pos++
			}
			if !f(pos) {
				return
			}
			released = false
			continue
		}
		switch {
		case drop && (b == '\r' || b == '\n'):
			continue
		case !released && b == release && release != 0:
			released = true
			continue
		}
		released = false
		if !f(pos) {
			return
		}
	}
}

// shiftsAt gives what escape sequences have set up before a position in the segment.
func (s *Segment) shiftsAt(pos int) *shifts {
	state := s.shifts
	if state.g[0].kind == 0 {
		state = s.ctx.charset.begin()
	}
	if !s.ctx.charset.shift {
		return &state
	}
	for i := s.start; i < pos; {
		n := 0
		if b := s.buf[i]; b < ' ' {
			n = state.step(s.buf[i:min(i+longestStep, pos)])
		}
		i += max(n, 1)
	}
	return &state
}

// firstBad gives the index of the first byte of a value, as it stands in the file, that is no character, or -1.
func (s *Segment) firstBad(from, to int) int {
	var bad int
	if s.ctx.charset.shift {
		_, bad = s.shiftsAt(from).appendShifted(nil, s.clean(from, to))
	} else {
		_, bad = s.ctx.charset.appendText(nil, s.clean(from, to))
	}
	if bad < 0 {
		return -1
	}
	return s.rawIndex(from, to, bad)
}

// span gives the bytes of a component, a repetition or an element as positions in buf.
func (s *Segment) span(element, repeat, component int) (from, to int) {
	first, end, ok := s.element(element)
	switch {
	case !ok:
		return s.stop - 1, s.stop - 1
	case repeat < 0:
	default:
		first, end = s.repeat(element, repeat)
		if component >= 0 && first < end {
			if component >= end-first {
				_, to = s.bounds(end - 1)
				return to, to
			}
			first += component
			end = first + 1
		}
	}
	if first >= end {
		_, to = s.bounds(end - 1)
		return to, to
	}
	from, _ = s.bounds(first)
	_, to = s.bounds(end - 1)
	return from, to
}

// lineOf gives line and column of a position in the segment, both from 1.
func (s *Segment) lineOf(pos int) (line, column int) {
	line, start := s.line, s.lineStart
	if s.breaks {
		for i := s.start; i < pos; i++ {
			if s.buf[i] == '\n' {
				line++
				start = s.base + int64(i) + 1
			}
		}
	}
	return line, int(s.base + int64(pos) - start + 1)
}
