package flatfile

import (
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// utf16Reader hands over a UTF-16 source as UTF-8. A surrogate without its partner becomes the three bytes that UTF-8
// would have for it, which are not valid UTF-8: so it is found as a bad byte, and places stay exact.
type utf16Reader struct {
	r     io.Reader
	order binary.ByteOrder
	in    []byte // bytes read and not turned yet
	out   []byte // UTF-8 not handed over yet
	err   error
	half  bool // the source ended within a unit
}

// Read hands over UTF-8.
func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		u.fill()
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// fill reads some more of the source and turns what is complete.
func (u *utf16Reader) fill() {
	if cap(u.in)-len(u.in) < 2 {
		grown := make([]byte, len(u.in), 32<<10)
		copy(grown, u.in)
		u.in = grown
	}
	n, err := u.r.Read(u.in[len(u.in):cap(u.in)])
	u.in, u.err = u.in[:len(u.in)+n], err
	u.out = u.out[:0]
	used := 0
	for used+2 <= len(u.in) {
		r, size := u.decode(u.in[used:])
		if size == 0 {
			break
		}
		u.out = appendLoose(u.out, r)
		used += size
	}
	u.in = u.in[:copy(u.in, u.in[used:])]
	if u.err == io.EOF && len(u.in)%2 == 1 {
		u.half, u.err = true, io.ErrUnexpectedEOF
	}
}

// decode gives the character at the start of b and its size in bytes, or 0 when more of the source is needed.
func (u *utf16Reader) decode(b []byte) (rune, int) {
	first := rune(u.order.Uint16(b))
	if first < 0xD800 || first > 0xDBFF {
		return first, 2
	}
	if len(b) < 4 {
		if u.err == nil {
			return 0, 0
		}
		return first, 2
	}
	second := rune(u.order.Uint16(b[2:]))
	if second < 0xDC00 || second > 0xDFFF {
		return first, 2
	}
	return 0x10000 + (first-0xD800)<<10 + (second - 0xDC00), 4
}

// appendLoose appends a character as UTF-8, a lone surrogate too.
func appendLoose(dst []byte, r rune) []byte {
	if r >= 0xD800 && r <= 0xDFFF {
		return append(dst, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return utf8.AppendRune(dst, r)
}

// appendUTF16 appends UTF-8, as utf16Reader makes it, as UTF-16.
func appendUTF16(dst, b []byte, order binary.ByteOrder) []byte {
	unit := func(u rune) { dst = append(dst, 0, 0); order.PutUint16(dst[len(dst)-2:], uint16(u)) }
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 && i+3 <= len(b) { // a lone surrogate
			r, n = rune(b[i]&0x0F)<<12|rune(b[i+1]&0x3F)<<6|rune(b[i+2]&0x3F), 3
		}
		if r >= 0x10000 {
			unit(0xD800 + (r-0x10000)>>10)
			unit(0xDC00 + (r-0x10000)&0x3FF)
		} else {
			unit(r)
		}
		i += n
	}
	return dst
}
