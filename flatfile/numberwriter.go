package flatfile

import (
	"bytes"
	"fmt"
	"math/big"
	"strings"
)

// encode gives the bytes of a number, written as -12.50, in a field of its form.
func (f fixedField) encode(v string, cs *charset) ([]byte, *refusal) {
	if v == "" && f.number < BinaryNumber {
		return bytes.Repeat([]byte(cs.blank()), f.length), nil
	}
	digits, negative, no := f.digits(v)
	if no != nil {
		return nil, no
	}
	switch f.number {
	case Packed:
		return f.pack(digits, negative)
	case BinaryNumber, BinaryLittle:
		return f.toBinary(digits, negative)
	}
	return f.toDisplay(digits, negative, cs)
}

// digits gives the digits of a number with those behind the implied point, without zeros before them.
func (f fixedField) digits(v string) (digits string, negative bool, no *refusal) {
	rest := strings.TrimPrefix(v, "-")
	negative = rest != v
	whole, fraction, marked := strings.Cut(rest, ".")
	if whole == "" || marked && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return "", false, &refusal{"it is no number as -12.50", ErrNumber}
	}
	if kept := strings.TrimRight(fraction, "0"); len(kept) > f.decimals {
		return "", false, &refusal{fmt.Sprintf("it has more than %d decimals", f.decimals), ErrTooLong}
	}
	fraction = (fraction + strings.Repeat("0", f.decimals))[:f.decimals]
	digits = strings.TrimLeft(whole+fraction, "0")
	negative = negative && digits != ""
	if negative && f.sign == NoSign {
		return "", false, &refusal{"it is below zero, and the field has no sign", ErrNumber}
	}
	return digits, negative, nil
}

// pack writes two digits into each byte, and the sign into the last half byte.
func (f fixedField) pack(digits string, negative bool) ([]byte, *refusal) {
	if len(digits) > 2*f.length-1 {
		return nil, &refusal{fmt.Sprintf("it has %d digits, and the field has room for %d", len(digits), 2*f.length-1), ErrTooLong}
	}
	digits = strings.Repeat("0", 2*f.length-1-len(digits)) + digits
	sign := byte(0x0F)
	if f.sign != NoSign {
		sign = 0x0C
	}
	if negative {
		sign = 0x0D
	}
	out := make([]byte, f.length)
	for i := range out {
		low := sign
		if 2*i+1 < len(digits) {
			low = digits[2*i+1] - '0'
		}
		out[i] = (digits[2*i]-'0')<<4 | low
	}
	return out, nil
}

// toBinary writes two's complement.
func (f fixedField) toBinary(digits string, negative bool) ([]byte, *refusal) {
	n, _ := new(big.Int).SetString("0"+digits, 10)
	bits := 8 * f.length
	if f.sign != NoSign {
		bits--
	}
	limit := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	if negative {
		n.Neg(n)
	}
	if n.Cmp(limit) >= 0 || new(big.Int).Neg(limit).Cmp(n) > 0 {
		return nil, &refusal{fmt.Sprintf("it does not fit the %d bytes of the field", f.length), ErrTooLong}
	}
	if negative {
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*f.length)))
	}
	out := n.FillBytes(make([]byte, f.length))
	if f.number == BinaryLittle {
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
	}
	return out, nil
}

// toDisplay writes a digit into each character.
func (f fixedField) toDisplay(digits string, negative bool, cs *charset) ([]byte, *refusal) {
	room := f.length
	if f.sign == SignLeading || f.sign == SignTrailing {
		room--
	}
	if len(digits) > room {
		return nil, &refusal{fmt.Sprintf("it has %d digits, and the field has room for %d", len(digits), room), ErrTooLong}
	}
	text := []byte(strings.Repeat("0", room-len(digits)) + digits)
	sign := byte(' ')
	if negative {
		sign = '-'
	}
	signed := -1
	switch f.sign {
	case SignLeading:
		text = append([]byte{sign}, text...)
	case SignTrailing:
		text = append(text, sign)
	case Overpunch:
		signed = len(text) - 1
	case OverpunchFirst:
		signed = 0
	}
	for i, c := range text {
		text[i] = cs.zoned(c, i == signed, negative)
	}
	return text, nil
}

// zoned gives the byte of a digit, with the sign where it bears it, or of a sign that stands by itself.
func (cs *charset) zoned(c byte, signed, negative bool) byte {
	if cs.ascii {
		switch {
		case !signed:
			return c
		case negative:
			return "}JKLMNOPQR"[c-'0']
		}
		return "{ABCDEFGHI"[c-'0']
	}
	switch {
	case c == ' ':
		return 0x40
	case c == '-':
		return 0x60
	case signed && negative:
		return 0xD0 | c&0x0F
	case signed:
		return 0xC0 | c&0x0F
	}
	return 0xF0 | c&0x0F
}
