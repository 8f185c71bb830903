package flatfile

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Eight bytes are looked at in one step: each pattern repeats a byte, each mask has the high bit of the bytes that match.
const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
	lowSeven = ^uint64(highBits)
)

// equal gives the mask of the bytes of x that are those of the pattern.
func equal(x, pattern uint64) uint64 {
	y := x ^ pattern
	return ^((y & lowSeven) + lowSeven | y) & highBits
}

// controls gives the mask of the bytes of x below 0x20, and perhaps of some after the first of them.
func controls(x uint64) uint64 { return (x - lowBits*0x20) &^ x & highBits }

// A span is a field within its record. The high bits of its end say how it is written.
type span struct{ start, end uint32 }

const (
	quoted   = 1 << 31 // begins with a quote
	doubled  = 1 << 30 // has doubled quotes within
	bent     = 1 << 29 // has something between its closing quote and the delimiter
	spanMask = bent - 1
)

// A scanner tells records of a delimited file apart. It keeps nothing from one record to the next but memory.
type scanner struct {
	delim, quote   byte // equal where there is no quoting
	delims, quotes uint64
	oneLine        bool

	spans []span
	body  int // the length of the record without its line end
	// What was seen in the record; positions are -1 where nothing was.
	quotedAny bool
	stray     int // the first quote that should not be there
	open      int // a quote not closed in its line, or in the data so far
	nul       int // the first NUL byte
}

// newScanner gives the scanner of a dialect.
func newScanner(d *dialect) scanner {
	return scanner{
		delim: d.delim, quote: d.quote, oneLine: d.OneLine,
		delims: lowBits * uint64(d.delim), quotes: lowBits * uint64(d.quote),
	}
}

// next finds the first record of b, which holds n bytes of the file and pad zero bytes more. It gives the length of the
// record with its line end, or 0 when its end is not in the data. ended says that the file ends behind the data.
func (s *scanner) next(b []byte, n int, ended bool) int {
	spans := s.spans[:0]
	s.stray, s.open, s.nul, s.quotedAny = -1, -1, -1, false
	start, form := 0, uint32(0)
	delimiters, quotes := s.delims, s.quotes
	for i := 0; ; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		delims := equal(x, delimiters)
		others := (controls(x) | equal(x, quotes)) &^ delims
		if others == 0 {
			for ; delims != 0; delims &= delims - 1 {
				at := i + bits.TrailingZeros64(delims)>>3
				spans = append(spans, span{uint32(start), uint32(at) | form})
				start, form = at+1, 0
			}
			continue
		}
		for hits := delims | others; hits != 0; hits &= hits - 1 {
			at := i + bits.TrailingZeros64(hits)>>3
			if at >= n {
				if !ended {
					return 0
				}
				s.finish(spans, start, n, form)
				return n
			}
			switch c := b[at]; {
			case c == s.delim:
				spans = append(spans, span{uint32(start), uint32(at) | form})
				start, form = at+1, 0
				continue
			case c == '\n':
				s.finish(spans, start, at, form)
				return at + 1
			case c == '\r':
				if at+1 == n && !ended {
					return 0
				}
				s.finish(spans, start, at, form)
				if at+1 < n && b[at+1] == '\n' {
					return at + 2
				}
				return at + 1
			case c == 0 && s.nul < 0:
				s.nul = at
				continue
			case c != s.quote:
				continue
			}
			if at != start || form != 0 {
				if s.stray < 0 {
					s.stray = at
				}
				continue
			}
			end, how := s.closing(b[:n], at, ended)
			if end < 0 {
				return 0
			}
			s.quotedAny = true
			form = quoted | how
			if end < n && b[end] != s.delim && b[end] != '\r' && b[end] != '\n' {
				form |= bent
				if s.stray < 0 {
					s.stray = end - 1
				}
			}
			i = end - 8 // go on behind the closing quote
			break
		}
	}
}

// finish closes the last field of a record.
func (s *scanner) finish(spans []span, start, end int, form uint32) {
	s.spans = append(spans, span{uint32(start), uint32(end) | form})
	s.body = end
}

// closing finds the end of the quoted field at b[at]: the place behind its closing quote, or -1 when that is not in the
// data. A field that has none ends where the line ends, or the file, and open says so.
func (s *scanner) closing(b []byte, at int, ended bool) (end int, form uint32) {
	limit := len(b)
	if s.oneLine {
		if eol := bytes.IndexAny(b[at:], "\r\n"); eol >= 0 {
			limit = at + eol
		} else if !ended {
			return -1, 0
		}
	}
	for i := at + 1; ; {
		q := bytes.IndexByte(b[i:limit], s.quote)
		if q < 0 {
			s.open = at
			if limit == len(b) && !(ended && s.oneLine) {
				return -1, 0
			}
			return limit, form
		}
		i += q + 1
		switch {
		case i < limit && b[i] == s.quote:
			form |= doubled
			i++
		case i == len(b) && !ended:
			return -1, 0
		default:
			return i, form
		}
	}
}

// lineEnd gives the place of the first line end in b and its length, or -1 when it is not in the data. ended says that
// the file ends behind b: then its end is one, of no length.
func lineEnd(b []byte, ended bool) (at, length int) {
	at = bytes.IndexByte(b, '\n')
	if at < 0 {
		at = len(b)
	}
	if r := bytes.IndexByte(b[:at], '\r'); r >= 0 {
		at = r
	}
	switch {
	case at == len(b) && ended:
		return at, 0
	case at == len(b) || b[at] == '\r' && at+1 == len(b) && !ended:
		return -1, 0
	case b[at] == '\r' && at+1 < len(b) && b[at+1] == '\n':
		return at, 2
	}
	return at, 1
}

// countLines gives the number of line ends in b, and the place behind the last of them.
func countLines(b []byte) (lines, behind int) {
	for {
		at, n := lineEnd(b[behind:], true)
		if n == 0 {
			return lines, behind
		}
		lines, behind = lines+1, behind+at+n
	}
}
