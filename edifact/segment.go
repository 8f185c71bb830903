package edifact

import (
	"slices"

	"github.com/batchgate/batchgate/finding"
)

// Segment is one segment of an interchange as it stands in the file. It is valid until the next read; Clone keeps it.
//
// Data elements, repetitions and components are counted from 0, the tag not counted. In syntax 1 to 3 there are no
// repetitions: each element then has exactly one, and what repeats stands as successive elements.
type Segment struct {
	ctx    *segmentContext
	buf    []byte
	start  int    // first byte of the tag
	stop   int    // behind the terminator
	before int    // first byte of what stands between the segment before and this one
	marks  []mark // ends of all values, the tag's first
	first  []int  // index in marks of the first value of the tag and of each element; made when asked for
	known  bool   // first is made
	cursor cursor // the repetition asked for last
	plain  []byte // values without release characters, each at its own offset from start

	base      int64 // offset in the file of buf[0]
	line      int
	lineStart int64 // offset in the file of the line's first byte
	breaks    bool  // the segment holds line breaks
	ordinal   int
	shifts    shifts // before the segment; of sets that switch
}

// segmentContext is what a segment shares with its neighbours.
type segmentContext struct {
	framing
	lineBreaks LineBreaks
	file       string
	message    string // reference of the message around
	tags       tagCache
}

// Tag gives the segment's tag, "NAD".
func (s *Segment) Tag() string {
	return s.ctx.tags.intern(s.tagBytes())
}

func (s *Segment) tagBytes() []byte {
	if s.marks[0]&markWork != 0 {
		return s.clean(s.start, int(s.marks[0]>>markShift))
	}
	return s.buf[s.start : s.marks[0]>>markShift]
}

// Nesting gives the numbers of explicit nesting that stand behind the tag in syntax 1 to 3, as in "LIN:1:2", or nil.
func (s *Segment) Nesting() [][]byte {
	s.find()
	var numbers [][]byte
	for i := 1; i < s.first[1]; i++ {
		numbers = append(numbers, s.value(i))
	}
	return numbers
}

// Elements gives the number of data elements, trailing empty ones included.
func (s *Segment) Elements() int {
	s.find()
	return len(s.first) - 2
}

// Repeats gives how often an element is repeated: 0 when the segment ends before it, otherwise 1 or more.
func (s *Segment) Repeats(element int) int {
	first, end, ok := s.element(element)
	if !ok {
		return 0
	}
	n := 1
	for _, m := range s.marks[first : end-1] {
		if m&markKind == kindRepetition {
			n++
		}
	}
	return n
}

// Components gives the number of components of one repetition of an element, trailing empty ones included, or 0.
func (s *Segment) Components(element, repeat int) int {
	first, end := s.repeat(element, repeat)
	return end - first
}

// Bytes gives one component without release characters, in the character set of the file, or nil when it is absent.
// An element without components has one component, number 0. The bytes are valid until the next read.
func (s *Segment) Bytes(element, repeat, component int) []byte {
	i := s.index(element, repeat, component)
	if i < 0 {
		return nil
	}
	return s.value(i)
}

// Text gives one component as UTF-8; "" when it is absent or empty. A byte that the character set of the interchange
// does not have is a *CharsetError.
func (s *Segment) Text(element, repeat, component int) (string, error) {
	b := s.Bytes(element, repeat, component)
	if firstHigh(b) < 0 && s.ctx.charset.name != "" && !s.ctx.charset.shift {
		return string(b), nil
	}
	text, err := s.AppendText(nil, element, repeat, component)
	return string(text), err
}

// AppendText appends one component as UTF-8 to dst. After an error, a *CharsetError, dst is as it was.
func (s *Segment) AppendText(dst []byte, element, repeat, component int) ([]byte, error) {
	b := s.Bytes(element, repeat, component)
	var bad int
	if s.ctx.charset.shift && b != nil {
		from, _ := s.bounds(s.index(element, repeat, component))
		dst, bad = s.shiftsAt(from).appendShifted(dst, b)
	} else {
		dst, bad = s.ctx.charset.appendText(dst, b)
	}
	if bad < 0 {
		return dst, nil
	}
	return dst, s.charsetError(element, repeat, component, bad)
}

// charsetError names a byte of a value; index counts without release characters.
func (s *Segment) charsetError(element, repeat, component, index int) error {
	i := s.index(element, repeat, component)
	from, to := s.bounds(i)
	p := s.Place(element, repeat, component)
	pos := from + s.rawIndex(from, to, index)
	p.Offset = s.base + int64(pos)
	p.Length = 1
	p.Line, p.Column = s.lineOf(pos)
	return &CharsetError{Level: s.ctx.charset.level, Charset: s.ctx.charset.name, Byte: s.buf[pos], Place: p}
}

// Raw gives the segment as it stands in the file, its terminator included.
func (s *Segment) Raw() []byte { return s.buf[s.start:s.stop] }

// Before gives the bytes between the segment before and this one: line breaks, a UNA, whatever does not belong to a
// segment. Before and Raw of all segments, and the decoder's Trailer, are the file byte for byte.
func (s *Segment) Before() []byte { return s.buf[s.before:s.start] }

// Offset gives the place of the first byte of the tag in the file.
func (s *Segment) Offset() int64 { return s.base + int64(s.start) }

// Ordinal gives the number of the segment in its message, UNH is 1; outside of messages those of the interchange that stand
// there are counted, UNB is 1.
func (s *Segment) Ordinal() int { return s.ordinal }

// Separators gives the service characters under which the segment was read.
func (s *Segment) Separators() Separators { return s.ctx.separators }

// Charset gives the character set in which the segment is read.
func (s *Segment) Charset() Charset { return s.ctx.charset }

// Place gives the place of a component; with component -1 that of a repetition, with repeat -1 that of an element, and
// with element -1 that of the segment. A part that is absent has the place where it would begin, with length 0.
func (s *Segment) Place(element, repeat, component int) finding.Place {
	p := finding.Place{File: s.ctx.file, Segment: s.ordinal, Message: s.ctx.message}
	if tag := s.tagBytes(); isTag(tag) {
		p.Tag = s.Tag()
	}
	from, to := s.start, s.stop
	if element >= 0 {
		from, to = s.span(element, repeat, component)
		p.Element = element + 1
		if repeat >= 0 {
			p.Repeat = repeat + 1
			if component >= 0 {
				p.Component = component + 1
			}
		}
	}
	p.Offset, p.Length = s.base+int64(from), to-from
	p.Line, p.Column = s.lineOf(from)
	return p
}

// Clone gives a copy that stays valid.
func (s *Segment) Clone() *Segment {
	c := *s
	ctx := *s.ctx
	c.ctx = &ctx
	c.buf = slices.Clone(s.buf[s.before:s.stop])
	c.start, c.stop, c.before = s.start-s.before, s.stop-s.before, 0
	c.base = s.base + int64(s.before)
	c.marks = make([]mark, len(s.marks))
	for i, m := range s.marks {
		c.marks[i] = m - mark(s.before)<<markShift
	}
	c.first, c.known, c.plain, c.cursor = nil, false, nil, cursor{}
	return &c
}
