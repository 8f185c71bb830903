package document

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

// Decimal is an exact decimal number: money, quantities, rates. The zero Decimal is 0.
// Up to 18 digits are held in the value itself; longer numbers spill over. Its scale, the digits after the point, is
// kept as it was given: 12.50 stays 12.50.
type Decimal struct {
	coef  int64
	scale uint8
	big   *apd.Decimal // set when coef cannot hold the number
}

// MaxDigits is the number of digits that a decimal may have. More is an error, never a silent rounding.
const MaxDigits = 38

// ErrNumber is what reading a text that is not a number gives.
var ErrNumber = errors.New("not a number")

var exact = apd.BaseContext.WithPrecision(4 * MaxDigits)

// NewDecimal makes coef × 10^-scale.
func NewDecimal(coef int64, scale uint8) Decimal { return Decimal{coef: coef, scale: scale} }

// Int makes a whole number.
func Int(n int64) Decimal { return Decimal{coef: n} }

// ParseDecimal reads a number with a decimal point, as "-12.50". Nothing else is accepted: no exponent, no grouping, no blanks.
func ParseDecimal(s string) (Decimal, error) { return ParseDecimalBytes([]byte(s), '.', 0) }

// ParseDecimalBytes reads a number with the given decimal mark and, where group is not 0, grouping marks between the
// digits before it, in threes. A trailing minus is accepted, as SAP and AS/400 write it.
func ParseDecimalBytes(b []byte, mark, group byte) (Decimal, error) {
	digits, negative := b, false
	if n := len(digits); n > 0 {
		switch {
		case digits[0] == '-' || digits[0] == '+':
			negative, digits = digits[0] == '-', digits[1:]
		case digits[n-1] == '-':
			negative, digits = true, digits[:n-1]
		}
	}
	var coef uint64
	n, marked, grouped := 0, -1, -1 // digits so far, and how many of them stood before the marks
	for _, c := range digits {
		if d := c - '0'; d <= 9 {
			coef = coef*10 + uint64(d)
			n++
			continue
		}
		threes := n-grouped == 3 || grouped < 0
		switch {
		case c == mark && marked < 0 && threes:
			marked = n
		case c == group && group != 0 && marked < 0 && threes && n > 0 && (grouped >= 0 || n <= 3):
			grouped = n
		default:
			return Decimal{}, notNumber(b)
		}
	}
	if n == 0 || marked < 0 && grouped >= 0 && n-grouped != 3 {
		return Decimal{}, notNumber(b)
	}
	if n > 18 {
		return parseLong(b, digits, negative, mark, group)
	}
	d := Decimal{coef: int64(coef)}
	if marked >= 0 {
		d.scale = uint8(n - marked)
	}
	if negative {
		d.coef = -d.coef
	}
	return d, nil
}

func notNumber(b []byte) error { return fmt.Errorf("%q is %w", b, ErrNumber) }

// parseLong reads numbers of more than 18 digits.
func parseLong(whole, digits []byte, negative bool, mark, group byte) (Decimal, error) {
	plain := make([]byte, 0, len(digits)+1)
	if negative {
		plain = append(plain, '-')
	}
	n, marks := 0, 0
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			n++
			plain = append(plain, c)
		case c == mark && marks == 0:
			marks++
			plain = append(plain, '.')
		case group != 0 && c == group && marks == 0:
		default:
			return Decimal{}, notNumber(whole)
		}
	}
	if n > MaxDigits {
		return Decimal{}, fmt.Errorf("%q has %d digits, more than %d: %w", whole, n, MaxDigits, ErrNumber)
	}
	d, _, err := apd.NewFromString(string(plain))
	if err != nil {
		return Decimal{}, notNumber(whole)
	}
	return fromBig(d), nil
}

func (d Decimal) toBig() *apd.Decimal {
	if d.big != nil {
		return d.big
	}
	return apd.New(d.coef, -int32(d.scale))
}

func fromBig(b *apd.Decimal) Decimal {
	if b.Exponent > 0 { // write 1E+3 as 1000
		whole := new(apd.Decimal)
		if _, err := exact.Quantize(whole, b, 0); err == nil {
			b = whole
		}
	}
	if b.Coeff.IsInt64() && b.Exponent <= 0 && b.Exponent >= -math.MaxUint8 {
		c := b.Coeff.Int64()
		if b.Negative {
			c = -c
		}
		return Decimal{coef: c, scale: uint8(-b.Exponent)}
	}
	return Decimal{big: b}
}

// String gives the number with a decimal point and all digits of its scale.
func (d Decimal) String() string { return string(d.Append(nil)) }

// Append appends what String gives.
func (d Decimal) Append(dst []byte) []byte {
	if d.big != nil {
		return append(dst, d.big.Text('f')...)
	}
	u := uint64(d.coef)
	if d.coef < 0 {
		dst = append(dst, '-')
		u = -u
	}
	var buf [24]byte
	digits := strconv.AppendUint(buf[:0], u, 10)
	if d.scale == 0 {
		return append(dst, digits...)
	}
	for pad := int(d.scale) + 1 - len(digits); pad > 0; pad-- {
		if pad == int(d.scale)+1-len(digits) {
			dst = append(dst, '0', '.')
		} else {
			dst = append(dst, '0')
		}
	}
	if len(digits) > int(d.scale) {
		point := len(digits) - int(d.scale)
		dst = append(dst, digits[:point]...)
		dst = append(dst, '.')
		return append(dst, digits[point:]...)
	}
	return append(dst, digits...)
}

// Sign gives -1, 0 or 1.
func (d Decimal) Sign() int {
	if d.big != nil {
		return d.big.Sign()
	}
	switch {
	case d.coef < 0:
		return -1
	case d.coef > 0:
		return 1
	}
	return 0
}

// IsZero tells whether the number is 0.
func (d Decimal) IsZero() bool { return d.Sign() == 0 }

// Scale is the number of digits after the point.
func (d Decimal) Scale() int {
	if d.big != nil {
		return int(max(-d.big.Exponent, 0))
	}
	return int(d.scale)
}

// Neg gives -d.
func (d Decimal) Neg() Decimal {
	if d.big != nil {
		return fromBig(new(apd.Decimal).Neg(d.big))
	}
	return Decimal{coef: -d.coef, scale: d.scale}
}

// Abs gives the amount without its sign.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// Cmp compares by amount.
func (d Decimal) Cmp(e Decimal) int {
	if d.big == nil && e.big == nil && d.scale == e.scale {
		switch {
		case d.coef < e.coef:
			return -1
		case d.coef > e.coef:
			return 1
		}
		return 0
	}
	return d.toBig().Cmp(e.toBig())
}

// Add gives d + e exactly.
func (d Decimal) Add(e Decimal) Decimal {
	if d.big == nil && e.big == nil && d.scale == e.scale {
		sum := d.coef + e.coef
		if (sum > d.coef) == (e.coef > 0) {
			return Decimal{coef: sum, scale: d.scale}
		}
	}
	return d.compute(exact.Add, e)
}

// Sub gives d - e exactly.
func (d Decimal) Sub(e Decimal) Decimal { return d.Add(e.Neg()) }

// Mul gives d × e exactly.
func (d Decimal) Mul(e Decimal) Decimal {
	if d.big == nil && e.big == nil && int(d.scale)+int(e.scale) <= math.MaxUint8 {
		hi, lo := bits.Mul64(uint64(abs64(d.coef)), uint64(abs64(e.coef)))
		if hi == 0 && lo <= math.MaxInt64 {
			c := int64(lo)
			if (d.coef < 0) != (e.coef < 0) {
				c = -c
			}
			return Decimal{coef: c, scale: d.scale + e.scale}
		}
	}
	return d.compute(exact.Mul, e)
}

// ErrDivision is what dividing by zero gives.
var ErrDivision = errors.New("division by zero")

// Quo gives d / e, rounded half up to the given number of digits after the point.
func (d Decimal) Quo(e Decimal, digits int) (Decimal, error) {
	if e.IsZero() {
		return Decimal{}, ErrDivision
	}
	return d.compute(exact.Quo, e).Round(digits), nil
}

// Round rounds half up (away from zero) to the given number of digits after the point, also adding zeros.
func (d Decimal) Round(digits int) Decimal {
	if d.big == nil && int(d.scale) == digits {
		return d
	}
	ctx := *exact
	ctx.Rounding = apd.RoundHalfUp
	out := new(apd.Decimal)
	if _, err := ctx.Quantize(out, d.toBig(), -int32(digits)); err != nil {
		return d
	}
	return fromBig(out)
}

// Reduce drops zeros at the end of the fraction: 12.50 becomes 12.5.
func (d Decimal) Reduce() Decimal {
	if d.big != nil {
		out, _ := new(apd.Decimal).Reduce(d.big)
		return fromBig(out)
	}
	for d.scale > 0 && d.coef%10 == 0 {
		d.coef /= 10
		d.scale--
	}
	return d
}

// Int64 gives the number as an integer; false when it has a fraction or does not fit.
func (d Decimal) Int64() (int64, bool) {
	r := d.Reduce()
	return r.coef, r.big == nil && r.scale == 0
}

func (d Decimal) compute(op func(d, x, y *apd.Decimal) (apd.Condition, error), e Decimal) Decimal {
	out := new(apd.Decimal)
	// The context's precision is four times MaxDigits, so that only a division is ever rounded here.
	_, _ = op(out, d.toBig(), e.toBig())
	return fromBig(out)
}

func abs64(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
