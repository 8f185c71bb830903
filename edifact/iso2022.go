package edifact

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Level X of syntax 4 switches between character sets within a text, by the escape sequences of ISO 2022; ISO 9735-1,
// 0001. A service character counts where a byte stands for itself, in ASCII: not within characters of two bytes.
//
// Level W, which the service code lists have had since 2004, is ISO 10646-1 with the code extension technique to support
// UTF-8: by ISO 2022 the sequence ESC % G, or ESC % / and G, H or I, turns to UTF-8 and ESC % @ back. Hardly anybody writes
// them. Level W is therefore read as UTF-8 from the beginning, with or without the sequences; behind ESC % @ it is read as
// level X is. It is written as UTF-8 without sequences, as level Y is. Level X may turn to UTF-8 in the same way.

const (
	escape   = 0x1B
	shiftOut = 0x0E
	shiftIn  = 0x0F
)

// graphic is a set of characters that an escape sequence names: kind and final byte.
type graphic struct {
	kind  byte // '4': 94 characters, '6': 96, 'm': 94 by 94; 0: none
	final byte
}

var ascii = graphic{'4', 'B'}

// shifts is what escape sequences have set up to some place.
type shifts struct {
	g   [4]graphic // G0 to G3
	out bool       // G1 stands where ASCII does
	utf bool       // UTF-8 holds, and none of the sets
}

// begin gives what holds where an interchange begins.
func (c Charset) begin() shifts { return shifts{g: [4]graphic{ascii}, utf: c.wide} }

// masks tells whether the bytes below 0x80 that follow are parts of characters, so that none is a service character.
func (s *shifts) masks() bool { return !s.utf && (s.out || s.g[0].kind == 'm') }

// step looks at a byte that may switch: an escape sequence, a shift, or a single character of G2 or G3. It gives the
// number of bytes to pass over, 0 when it is none that is known.
func (s *shifts) step(b []byte) int {
	switch {
	case s.utf || b[0] == escape && len(b) > 1 && b[1] == '%':
		return s.turn(b)
	case b[0] == shiftOut && s.g[1].kind != 0:
		s.out = true
		return 1
	case b[0] == shiftIn:
		s.out = false
		return 1
	case b[0] != escape || len(b) < 3:
		return 0
	}
	switch at := b[1]; at {
	case '(', ')', '*', '+':
		s.g[at-'('] = graphic{'4', b[2]}
	case '-', '.', '/':
		s.g[at-','] = graphic{'6', b[2]}
	case '$':
		switch at := b[2]; {
		case at == '@' || at == 'A' || at == 'B':
			s.g[0] = graphic{'m', at}
		case at >= '(' && at <= '+' && len(b) > 3:
			s.g[at-'('] = graphic{'m', b[3]}
			return 4
		default:
			return 0
		}
	case 'N', 'O': // one character of G2, or G3
		if s.g[at-'N'+2].kind == 'm' {
			return 4
		}
		return 3
	default:
		return 0
	}
	return 3
}

// turn looks at an escape sequence that turns to UTF-8 or back, the only ones within UTF-8.
func (s *shifts) turn(b []byte) int {
	switch {
	case len(b) < 3 || b[0] != escape || b[1] != '%':
		return 0
	case b[2] == 'G' || b[2] == '@':
		s.utf = b[2] == 'G'
		return 3
	case b[2] == '/' && len(b) > 3 && b[3] >= 'G' && b[3] <= 'I': // levels 1 to 3 of ISO 10646
		s.utf = true
		return 4
	}
	return 0
}

// longestStep is how many bytes step wants to see.
const longestStep = 4

// appendShifted appends bytes as UTF-8, or gives the index of the first that is no character; -1 means all went well.
func (s *shifts) appendShifted(dst, src []byte) ([]byte, int) {
	keep := len(dst)
	for i := 0; i < len(src); {
		b := src[i]
		n, set := 1, s.g[0]
		if s.utf && b != escape {
			r, n := utf8.DecodeRune(src[i:])
			if r == utf8.RuneError && n == 1 {
				return dst[:keep], i
			}
			dst = append(dst, src[i:i+n]...)
			i += n
			continue
		}
		switch single := b == escape && i+2 < len(src) && (src[i+1] == 'N' || src[i+1] == 'O'); {
		case single && !s.utf:
			set = s.g[src[i+1]-'N'+2]
			i += 2
		case b == escape || b == shiftOut || b == shiftIn:
			if n = s.step(src[i:min(i+longestStep, len(src))]); n == 0 {
				return dst[:keep], i
			}
			i += n
			continue
		case b >= 0xA0:
			set = s.g[1]
		case s.out && b >= ' ':
			set = s.g[1]
		}
		if set.kind == 'm' {
			n = 2
		}
		if i+n > len(src) {
			return dst[:keep], i
		}
		r := set.decode(src[i : i+n])
		if r == utf8.RuneError {
			return dst[:keep], i
		}
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst, -1
}

// doubles are the sets of two bytes, as parts of sets that set the high bit, the likeliest first.
var doubles = []struct {
	final byte
	in    encoding.Encoding
	lead  string
}{
	{'B', japanese.EUCJP, ""}, {'C', korean.EUCKR, ""}, {'A', simplifiedchinese.GBK, ""}, {'D', japanese.EUCJP, "\x8F"}, {'@', japanese.EUCJP, ""},
}

// halves are the sets of 96 characters above ASCII.
var halves = []struct {
	final byte
	in    *charmap.Charmap
}{
	{'A', charmap.ISO8859_1}, {'B', charmap.ISO8859_2}, {'L', charmap.ISO8859_5}, {'F', charmap.ISO8859_7}, {'C', charmap.ISO8859_3},
	{'D', charmap.ISO8859_4}, {'G', charmap.ISO8859_6}, {'H', charmap.ISO8859_8}, {'M', charmap.ISO8859_9}, {'b', charmap.ISO8859_15},
}

// decode gives the character of one or two bytes, or utf8.RuneError.
func (g graphic) decode(b []byte) rune {
	low := b[0] &^ 0x80
	switch {
	case g.kind == 'm':
		return g.double(b)
	case g.kind == '6':
		for _, h := range halves {
			if r := h.in.DecodeByte(low | 0x80); h.final == g.final && printable(r) {
				return r
			}
		}
	case g.kind != '4' || low < ' ':
	case g.final == 'J' && low == '\\':
		return '¥'
	case g.final == 'J' && low == '~':
		return '‾'
	case g.final == 'I' && low >= 0x21 && low <= 0x5F:
		return '｡' + rune(low-0x21)
	case g.final == 'B' || g.final == 'J':
		return rune(low)
	}
	return utf8.RuneError
}

func (g graphic) double(b []byte) rune {
	for _, d := range doubles {
		if d.final != g.final || b[0]&^0x80 < '!' || b[1]&^0x80 < '!' {
			continue
		}
		text, err := d.in.NewDecoder().Bytes(append([]byte(d.lead), b[0]|0x80, b[1]|0x80))
		if r, n := utf8.DecodeRune(text); err == nil && n == len(text) && printable(r) {
			return r
		}
	}
	return utf8.RuneError
}

// find gives a set that has a character above ASCII, and the character's bytes in it.
func (g *graphic) find(r rune) (b []byte, ok bool) {
	for _, h := range halves {
		if c, ok := h.in.EncodeRune(r); ok && c >= 0xA0 {
			*g = graphic{'6', h.final}
			return []byte{c}, true
		}
	}
	for _, d := range doubles {
		code, err := d.in.NewEncoder().Bytes([]byte(string(r)))
		if err != nil || len(code) != len(d.lead)+2 || string(code[:len(d.lead)]) != d.lead || code[0] < 0xA1 && d.lead == "" {
			continue
		}
		*g = graphic{'m', d.final}
		code = []byte{code[len(d.lead)] &^ 0x80, code[len(d.lead)+1] &^ 0x80}
		if code[0] >= '!' && code[1] >= '!' && g.double(code) == r {
			return code, true
		}
	}
	return nil, false
}

// shifting writes a text with its escape sequences. It begins and ends in ASCII.
type shifting struct {
	high, low graphic // in G1, and instead of ASCII
}

// put appends one character above ASCII; false when no set has it.
func (s *shifting) put(dst []byte, r rune) ([]byte, bool) {
	var g graphic
	b, ok := g.find(r)
	switch {
	case !ok:
		return dst, false
	case g.kind == '6':
		dst = s.toASCII(dst)
		if s.high != g {
			dst, s.high = append(dst, escape, '-', g.final), g
		}
	case s.low != g:
		dst = append(dst, escape, '$')
		if g.final > 'B' {
			dst = append(dst, '(')
		}
		dst, s.low = append(dst, g.final), g
	}
	return append(dst, b...), true
}

// toASCII appends what makes ASCII stand again.
func (s *shifting) toASCII(dst []byte) []byte {
	if s.low.kind != 0 {
		s.low = graphic{}
		dst = append(dst, escape, '(', 'B')
	}
	return dst
}
