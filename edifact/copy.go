package edifact

// Copy writes a segment as it was read, with everything that stood before it: UNA, line breaks and whatever else. What
// follows is written under the separators and in the character set of that segment. A file whose segments and trailer
// are all copied is the same file, byte for byte.
func (e *Encoder) Copy(s *Segment) error {
	if e.err != nil {
		return e.err
	}
	if err := e.recodeAs(s); err != nil {
		return err
	}
	e.asIs(s.Before())
	return e.CopyAlone(s)
}

// recodeAs makes what follows stand in the code page in which a segment was read.
func (e *Encoder) recodeAs(s *Segment) error {
	if s.ctx.code == nil {
		return e.recode("")
	}
	return e.recode(s.ctx.code.name)
}

// CopyAlone writes a segment as it was read, as Copy does, without what stood before it.
func (e *Encoder) CopyAlone(s *Segment) error {
	if e.err != nil {
		return e.err
	}
	if err := e.recodeAs(s); err != nil {
		return err
	}
	start := len(e.out)
	moved := start - s.start
	e.marks = e.marks[:0]
	for _, m := range s.marks {
		e.marks = append(e.marks, mark(int(m)+moved<<markShift))
	}
	line, lineStart := e.line, e.start
	e.asIs(s.Raw())
	if s.ctx.framing != e.ctx.framing {
		e.ctx.framing = s.ctx.framing
		e.fillNeeds()
	}
	e.ctx.lineBreaks = s.ctx.lineBreaks
	e.wroteAt(start)
	e.last.marks, e.marked = e.marks, true
	e.last.line, e.last.lineStart, e.last.breaks, e.last.shifts = line, lineStart, s.breaks, s.shifts
	service := serviceOf(s.tagBytes())
	e.wrote(service)
	if service == messageHeader {
		e.ctx.message = texts{s}.at(referenceOf(s.tagBytes()), 0)
	}
	e.open = service != interchangeTrailer
	if len(e.out) < flushAt {
		return nil
	}
	return e.flushKeeping()
}

// CopyTrailer writes what a decoder gives as Trailer, behind the last segment that was copied, and flushes.
func (e *Encoder) CopyTrailer(b []byte) error {
	if err := e.CopyBytes(b); err != nil {
		return err
	}
	return e.Flush()
}

// CopyBytes writes bytes as they are, between segments: a UNA, line ends.
func (e *Encoder) CopyBytes(b []byte) error {
	if e.err != nil {
		return e.err
	}
	e.asIs(b)
	return nil
}

// direct writes to the encoder's writer without its buffer, counting bytes and lines.
type direct struct{ e *Encoder }

func (d direct) Write(b []byte) (int, error) {
	n, err := d.e.w.Write(b)
	for i, c := range b[:n] {
		if c == '\n' {
			d.e.line++
			d.e.start = d.e.written + int64(i) + 1
		}
	}
	d.e.written += int64(n)
	return n, err
}

// asIs appends bytes, counting lines.
func (e *Encoder) asIs(b []byte) {
	from := len(e.out)
	e.out = append(e.out, b...)
	for i, c := range b {
		if c == '\n' {
			e.line++
			e.start = e.written + int64(from+i) + 1
		}
	}
}
