package flatfile

import (
	"bytes"
	"fmt"

	"github.com/batchgate/batchgate/finding"
)

// NumberForm says how a fixed-width field holds a number.
type NumberForm uint8

const (
	// NotNumber: the field holds text, which may be a number as people write it.
	NotNumber NumberForm = iota
	// Display: a digit in each character (zoned in EBCDIC), the decimal point implied.
	Display
	// Packed: two digits in each byte, the sign in the last half byte (COMP-3).
	Packed
	// BinaryNumber: two's complement, big endian, of up to eight bytes (COMP, COMP-4).
	BinaryNumber
	// BinaryLittle: the same, little endian, as PCs write it.
	BinaryLittle
)

// SignPlace says where the sign of a number stands.
type SignPlace uint8

const (
	// NoSign: the number is never below zero.
	NoSign SignPlace = iota
	// SignTrailing: behind the digits stands +, - or a blank.
	SignTrailing
	// SignLeading: before the digits stands +, - or a blank.
	SignLeading
	// Overpunch: the last digit bears the sign, in its zone (S9 DISPLAY). Where a transfer made text of the file it is a
	// letter: { and A to I for +0 to +9, } and J to R for -0 to -9.
	Overpunch
	// OverpunchFirst: the first digit bears it (SIGN LEADING).
	OverpunchFirst
	// Signed says of packed and binary numbers that they may be below zero.
	Signed
)

// checkNumber refuses forms that contradict themselves.
func (l *layout) checkNumber(f FixedField) error {
	what := "field " + f.Name
	switch {
	case f.Number == NotNumber:
		if f.Decimals != 0 || f.Sign != NoSign {
			return optionError(what, "decimals or a sign are declared, and no form of number", "say how the number is held")
		}
		return nil
	case f.Number > BinaryLittle || f.Sign > Signed:
		return optionError(what, "there is no such form of number", "use Display, Packed, BinaryNumber or BinaryLittle")
	case f.Binary:
		return optionError(what, "a number is no binary field", "leave Binary out")
	case f.Number == Display && f.Sign == Signed:
		return optionError(what, "it is not said where the sign stands", "use SignTrailing, SignLeading or an overpunch")
	case f.Number != Display && f.Sign != NoSign && f.Sign != Signed:
		return optionError(what, "packed and binary numbers have their sign within", "use Signed")
	case l.chars && f.Number != Display:
		return optionError(what, "its bytes are no characters, and the layout counts characters", "count bytes")
	case (f.Number == BinaryNumber || f.Number == BinaryLittle) && f.Length > 8:
		return optionError(what, fmt.Sprintf("a binary number of %d bytes", f.Length), "give 1 to 8")
	case f.Decimals < 0 || f.Decimals > maxDigits || f.Length > maxDigits:
		return optionError(what, "a number has at most 38 digits", "check length and decimals")
	}
	return nil
}

// maxDigits is how many digits a number may have.
const maxDigits = 38

// append appends a number as people write it: digits, a point where there are decimals, a minus before them. wrong says
// what is wrong with the bytes, and at which of them.
func (f fixedField) append(dst, b []byte, cs *charset) (out []byte, wrong string, at int) {
	blank := cs.blank()
	if f.number < BinaryNumber && len(bytes.Trim(b, blank)) == 0 || f.number == Packed && len(bytes.Trim(b, "\x00")) == 0 {
		return dst, "", -1
	}
	var digits [maxDigits]byte
	var n int
	var negative bool
	switch f.number {
	case Packed:
		n, negative, wrong, at = unpack(digits[:], b)
	case BinaryNumber, BinaryLittle:
		n, negative = f.fromBinary(digits[:], b)
	default:
		n, negative, wrong, at = f.fromDisplay(digits[:], b, cs, blank[0])
	}
	if wrong == "" && negative && f.sign == NoSign {
		wrong, at = "it is below zero, and no sign is declared", len(b)-1
	}
	if wrong != "" {
		return dst, wrong, at
	}
	return appendDigits(dst, digits[:n], f.decimals, negative), "", -1
}

// appendDigits writes digits with a decimal point, without zeros before them.
func appendDigits(dst, digits []byte, decimals int, negative bool) []byte {
	if negative && len(bytes.Trim(digits, "0")) > 0 {
		dst = append(dst, '-')
	}
	for len(digits) > decimals+1 && digits[0] == '0' {
		digits = digits[1:]
	}
	whole := len(digits) - decimals
	if whole <= 0 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, digits[:whole]...)
	}
	if decimals == 0 {
		return dst
	}
	dst = append(dst, '.')
	for ; whole < 0; whole++ {
		dst = append(dst, '0')
	}
	return append(dst, digits[whole:]...)
}

// unpack reads packed digits: signs A, C, E and F are plus, B and D are minus.
func unpack(digits, b []byte) (n int, negative bool, wrong string, at int) {
	if 2*len(b)-1 > len(digits) {
		return 0, false, "it has too many digits", 0
	}
	for i, c := range b {
		high, low := c>>4, c&0x0F
		last := i == len(b)-1
		if high > 9 || low > 9 && !last || last && low < 0x0A {
			what := "no digit"
			if last && high <= 9 {
				what = "no sign"
			}
			return 0, false, fmt.Sprintf("the byte 0x%02X holds %s of a packed number", c, what), i
		}
		digits[n] = '0' + high
		n++
		if !last {
			digits[n] = '0' + low
			n++
		} else {
			negative = low == 0x0B || low == 0x0D
		}
	}
	return n, negative, "", -1
}

// fromBinary reads a number in two's complement.
func (f fixedField) fromBinary(digits, b []byte) (n int, negative bool) {
	var u uint64
	for i := range b {
		c := b[i]
		if f.number == BinaryLittle {
			c = b[len(b)-1-i]
		}
		u = u<<8 | uint64(c)
	}
	if bits := uint(8 * len(b)); f.sign != NoSign && u>>(bits-1)&1 == 1 {
		negative = true
		u = -u
		if bits < 64 {
			u &= 1<<bits - 1
		}
	}
	text := fmt.Appendf(nil, "%0*d", f.decimals+1, u)
	return copy(digits, text), negative
}

// fromDisplay reads digits in characters.
func (f fixedField) fromDisplay(digits, b []byte, cs *charset, blank byte) (n int, negative bool, wrong string, at int) {
	from, to := 0, len(b)
	for from < to && b[from] == blank {
		from++
	}
	for to > from && b[to-1] == blank {
		to--
	}
	switch f.sign {
	case SignLeading:
		if sign, ok := cs.sign(b[from]); ok {
			negative, from = sign, from+1
		}
	case SignTrailing:
		if sign, ok := cs.sign(b[to-1]); ok {
			negative, to = sign, to-1
		}
	}
	if from < to && b[from] == blank || from == to {
		return 0, false, "it has no digits", min(from, len(b)-1)
	}
	for i := from; i < to; i++ {
		d, sign, ok := cs.digit(b[i], f.sign == Overpunch && i == to-1 || f.sign == OverpunchFirst && i == from)
		if !ok {
			return 0, false, fmt.Sprintf("the byte 0x%02X is no digit", b[i]), i
		}
		if n == len(digits) {
			return 0, false, "it has too many digits", i
		}
		negative = negative || sign
		digits[n] = '0' + d
		n++
	}
	return n, negative, "", -1
}

// blank gives the blank of the set.
func (cs *charset) blank() string {
	if cs.ascii {
		return " "
	}
	return "\x40"
}

// sign tells a plus from a minus.
func (cs *charset) sign(b byte) (negative, ok bool) {
	if cs.ascii {
		return b == '-', b == '-' || b == '+'
	}
	return b == 0x60, b == 0x60 || b == 0x4E
}

// digit gives the digit that a byte is. signed says that it may bear a sign.
func (cs *charset) digit(b byte, signed bool) (d byte, negative, ok bool) {
	if !cs.ascii {
		d = b & 0x0F
		zone := b >> 4
		if !signed {
			return d, false, zone == 0x0F && d <= 9
		}
		return d, zone == 0x0D || zone == 0x0B, zone >= 0x0A && d <= 9
	}
	switch {
	case b >= '0' && b <= '9':
		return b - '0', false, true
	case !signed:
	case b >= 'A' && b <= 'I':
		return b - 'A' + 1, false, true
	case b >= 'J' && b <= 'R':
		return b - 'J' + 1, true, true
	case b >= 'p' && b <= 'y': // of other translators
		return b - 'p', true, true
	case b == '{':
		return 0, false, true
	case b == '}':
		return 0, true, true
	case cs.table != nil && cs.table[b] == 'ä': // +0 of code page 278
		return 0, false, true
	case cs.table != nil && cs.table[b] == 'å': // and its -0
		return 0, true, true
	}
	return 0, false, false
}

// numberFault is what is wrong with the number in a field.
func (rec *Record) numberFault(i int, wrong string, at int) error {
	start := int(rec.spans[i].start) + at
	p := rec.placeOf(start, start+1)
	p.Field = rec.Name(i)
	f := finding.Finding{Rule: ruleNumber, Severity: finding.Error, Place: p, Message: "the field holds no number of its form: " + wrong,
		Value: fmt.Sprintf("% X", rec.raw[rec.spans[i].start:rec.spans[i].end&spanMask])}
	if rec.kind.fields[i].number == Packed {
		f.Hint = "check place and length; a transfer as text destroys packed numbers: fetch the file as binary"
	}
	return &RowError{Findings: finding.List{f}}
}
