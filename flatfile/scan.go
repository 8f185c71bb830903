package flatfile

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Eight bytes are looked at in one step. The masks have the high bit of each byte that is looked for, and perhaps of some
// behind the first such byte, which is why each hit is looked at again.
const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// below gives the mask of the bytes of x that are less than those of limit, which are at most 0x80.
func below(x, limit uint64) uint64 { return (x - limit) &^ x & highBits }

// A span is a field within its record. The high bits of its end say how it is written.
type span struct{ start, end uint32 }

const (
	quoted   = 1 << 31 // begins with a quote
	doubled  = 1 << 30 // has doubled quotes within
	bent     = 1 << 29 // has something between its closing quote and the delimiter
	escaped  = 1 << 28 // has escapes within
	spanMask = escaped - 1
)

// A scanner tells records of a delimited file apart. It keeps nothing from one record to the next but memory.
type scanner struct {
	delim, quote byte   // equal where there is no quoting; the last byte of the delimiter
	lead         []byte // the bytes of the delimiter before it
	escape       byte
	oneLine      bool
	delims       uint64 // the delimiter in each byte
	// Control characters and the quote are found in one comparison: flip makes the quote 0x20 and leaves control
	// characters below that; limit is 0x20, or 0x21 where there is a quote. A quote for which that does not work is
	// looked for by itself: quotes is then the quote in each byte, and else 0.
	flip, limit, quotes uint64
	escapes             uint64 // the escape in each byte, or 0

	spans []span
	body  int      // the length of the record without its line end
	ends  lineEnds // its line end
	text  bool     // plain saw nothing but printable ASCII
	// What next saw in the record; positions are -1 where nothing was.
	broken bool // has line ends within
	stray  int  // the first quote that should not be there
	open   int  // a quote not closed in its line, or in the data so far
	nul    int  // the first NUL byte
}

// newScanner gives the scanner of a dialect.
func newScanner(d *dialect) scanner {
	s := scanner{delim: d.delim, lead: d.lead, quote: d.quote, escape: d.escape, oneLine: d.OneLine, delims: lowBits * uint64(d.delim), limit: lowBits * 0x20, spans: make([]span, 0, 64), open: -1}
	switch {
	case d.noQuote:
	case d.quote >= 0x20 && d.quote < 0x40:
		s.flip, s.limit = lowBits*uint64(d.quote^0x20), lowBits*0x21
	default:
		s.quotes = lowBits * uint64(d.quote)
	}
	if d.escapes {
		s.escapes = lowBits * uint64(d.escape)
	}
	return s
}

// plain finds the first record of b if it is not empty and has neither quotes nor anything else to look at, and gives its
// length with and without its line end, and how many of the spans it filled. Otherwise, or when its end is not well
// within b, it gives 0, and next has to look. s.text then tells whether the record is surely printable ASCII. It is small
// to be fast.
func (s *scanner) plain(b []byte) (n, body, fields int) {
	spans, start, odd := s.spans[:0], 0, uint64(0)
	delim, delims, flip, limit := s.delim, s.delims, s.flip, s.limit
	for i := 0; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i : i+8])
		odd |= x
		for hits := below(x^flip, limit) | below(x^delims, lowBits); hits != 0; hits &= hits - 1 {
			at := i + bits.TrailingZeros64(hits)>>3
			c := b[at]
			if c == delim {
				if len(spans) == cap(spans) {
					return 0, 0, 0
				}
				spans = append(spans, span{uint32(start), uint32(at)})
				start = at + 1
				continue
			}
			if c == '\r' || c == '\n' {
				s.text = odd&highBits == 0
				return plainEnd(b, append(spans, span{uint32(start), uint32(at)}), cap(spans))
			}
			if c == s.quote || c == 0 {
				return 0, 0, 0
			}
			if c < ' ' {
				odd = highBits
			}
		}
	}
	return 0, 0, 0
}

// plainEnd ends a plain record, whose last span ends where its line ends.
func plainEnd(b []byte, spans []span, room int) (n, body, fields int) {
	body, fields = int(spans[len(spans)-1].end), len(spans)
	switch {
	case body == 0 || fields > room:
	case b[body] == '\n':
		return body + 1, body, fields
	case body+1 < len(b) && b[body+1] == '\n':
		return body + 2, body, fields
	}
	return 0, 0, 0 // empty, a lone CR, or one at the end of the data
}

// next finds the first record of b, which holds n bytes of the file and pad zero bytes more. It gives the length of the
// record with its line end, or 0 when its end is not in the data. ended says that the file ends behind the data.
func (s *scanner) next(b []byte, n int, ended bool) int {
	spans := s.spans[:0]
	s.stray, s.open, s.nul, s.broken = -1, -1, -1, false
	start, form := 0, uint32(0)
	inside, second := false, -1 // within quotes; the second of two characters that stand for one
	for i := 0; ; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		hits := below(x^s.flip, s.limit) | below(x^s.delims, lowBits)
		if s.quotes != 0 {
			hits |= below(x^s.quotes, lowBits)
		}
		if s.escapes != 0 {
			hits |= below(x^s.escapes, lowBits)
		}
		for ; hits != 0; hits &= hits - 1 {
			at := i + bits.TrailingZeros64(hits)>>3
			c := b[at]
			switch {
			case at == second && at < n:
				s.broken = s.broken || c == '\r' || c == '\n'
			case s.escapes != 0 && c == s.escape && at < n:
				if at+1 >= n && !ended {
					return 0
				}
				if at+1 < n && !(s.oneLine && (b[at+1] == '\r' || b[at+1] == '\n')) {
					form, second = form|escaped, at+1
				}
			case c == '\r' || c == '\n':
				if inside && !s.oneLine {
					s.broken = true
					continue
				}
				if c == '\r' && at+1 == n && !ended {
					return 0
				}
				if inside {
					s.open = start
				}
				return s.finish(b[:n], append(spans, span{uint32(start), uint32(at) | form}))
			case c == 0 && at >= n: // behind the data
				if inside {
					s.open = start
				}
				if !ended || inside && !s.oneLine {
					return 0
				}
				return s.finish(b[:n], append(spans, span{uint32(start), uint32(n) | form}))
			case c == 0:
				if s.nul < 0 {
					s.nul = at
				}
			case inside:
				if c != s.quote {
					continue
				}
				if at+1 == n && !ended {
					return 0
				}
				if at+1 < n && b[at+1] == s.quote {
					form, second = form|doubled, at+1
					continue
				}
				inside = false
				if at+1 < n && b[at+1] != '\r' && b[at+1] != '\n' {
					switch s.delimiter(b[at+1:n], ended) {
					case unsure:
						return 0
					case no:
						form |= bent
						s.strayAt(at)
					}
				}
			case c == s.delim:
				if len(s.lead) > 0 && !bytes.HasSuffix(b[start:at], s.lead) {
					continue
				}
				spans = append(spans, span{uint32(start), uint32(at-len(s.lead)) | form})
				start, form = at+1, 0
			case c != s.quote:
			case at == start:
				inside, form = true, quoted
			default:
				s.strayAt(at)
			}
		}
	}
}

// answer is one that may need more of the file.
type answer uint8

const (
	no answer = iota
	yes
	unsure
)

// delimiter tells whether b begins with the delimiter.
func (s *scanner) delimiter(b []byte, ended bool) answer {
	n := len(s.lead)
	switch {
	case n == 0 && b[0] == s.delim:
		return yes
	case n == 0:
		return no
	case len(b) > n && bytes.HasPrefix(b, s.lead) && b[n] == s.delim:
		return yes
	case len(b) <= n && bytes.HasPrefix(s.lead, b) && !ended:
		return unsure
	}
	return no
}

// strayAt remembers the first quote that should not be there.
func (s *scanner) strayAt(at int) {
	if s.stray < 0 {
		s.stray = at
	}
}

// finish ends a record where its last field ends, and gives its length with the line end that is there.
func (s *scanner) finish(b []byte, spans []span) int {
	s.spans, s.body = spans, int(spans[len(spans)-1].end&spanMask)
	switch rest := b[s.body:]; {
	case len(rest) == 0:
		s.ends = 0
		return s.body
	case rest[0] == '\n':
		s.ends = lf
	case len(rest) > 1 && rest[1] == '\n':
		s.ends = crlf
		return s.body + 2
	default:
		s.ends = cr
	}
	return s.body + 1
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
