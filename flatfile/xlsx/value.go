package xlsx

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// number gives the text of a number as Excel holds it: fifteen digits that count, no exponent. ok is false when it is none.
func number(raw string) (string, bool) {
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || f != f || f > 1e300 || f < -1e300 {
		return raw, false
	}
	mantissa, exponent := raw, 0
	if at := strings.IndexAny(raw, "eE"); at >= 0 {
		if exponent, err = strconv.Atoi(strings.TrimPrefix(raw[at+1:], "+")); err != nil || exponent > 30 || exponent < -30 {
			return raw, false
		}
		mantissa = raw[:at]
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits, point := whole+fraction, len(whole)+exponent
	leading := len(digits) - len(strings.TrimLeft(digits, "0"))
	digits, point = digits[leading:], point-leading
	if len(digits) > 15 {
		digits, point = round15(digits, point)
	}
	text := place(digits, point)
	if negative && text != "0" {
		text = "-" + text
	}
	return text, true
}

// round15 rounds a run of digits to the fifteen that Excel shows.
func round15(digits string, point int) (string, int) {
	up := digits[15] >= '5'
	b := []byte(digits[:15])
	for i := len(b) - 1; up && i >= 0; i-- {
		if b[i]++; b[i] <= '9' {
			up = false
			break
		}
		b[i] = '0'
	}
	if up {
		return "1" + string(b), point + 1
	}
	return string(b), point
}

// place puts the decimal point into a run of digits, and drops zeros that say nothing.
func place(digits string, point int) string {
	if digits == "" {
		return "0"
	}
	if point <= 0 {
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	}
	if len(digits) < point {
		digits += strings.Repeat("0", point-len(digits))
	}
	whole, fraction := digits[:point], strings.TrimRight(digits[point:], "0")
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// padded gives a whole number the zeros of a format like 00000.
func padded(text string, width int) string {
	if strings.ContainsAny(text, ".-") || len(text) >= width {
		return text
	}
	return strings.Repeat("0", width-len(text)) + text
}

// form is what a number format makes of a number.
type form struct {
	date, clock bool
	zeros       int // of a format that is nothing but zeros
}

// builtInForms are the formats that have numbers alone (ECMA-376 18.8.30); others are no dates.
func builtInForm(id int) form {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id >= 57 && id <= 58:
		return form{date: true}
	case id == 22:
		return form{date: true, clock: true}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55 || id == 56:
		return form{clock: true}
	}
	return form{}
}

// customForm reads a format code: what stands in quotes, brackets or behind a backslash does not count.
func customForm(code string) form {
	code, _, _ = strings.Cut(code, ";")
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			n := strings.IndexByte(code[i+1:], '"')
			if n < 0 {
				n = len(code) - i - 2
			}
			i += n + 1
		case '[':
			n := strings.IndexByte(code[i:], ']')
			if n < 0 {
				n = len(code) - i - 1
			}
			if inner := strings.ToLower(code[i+1 : i+n]); strings.Trim(inner, "hms") == "" {
				b.WriteString("h") // [h]: hours that run on
			}
			i += n
		case '\\', '_', '*':
			i++
		default:
			b.WriteByte(c)
		}
	}
	bare := strings.ToLower(b.String())
	f := form{date: strings.ContainsAny(bare, "yd"), clock: strings.ContainsAny(bare, "hs")}
	if !f.date && !f.clock && strings.Contains(bare, "m") && !strings.Contains(bare, "general") {
		f.date = true
	}
	if strings.Contains(bare, "general") {
		f = form{}
	}
	if bare != "" && strings.Trim(bare, "0") == "" && len(bare) > 1 {
		f.zeros = len(bare)
	}
	return f
}

// moment reckons the day and time of a serial number, exactly to the millisecond. 1900 is taken for a leap year, as Excel
// does: 60 is no day.
func moment(raw string, date1904 bool) (time.Time, error) {
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || f < 0 || f >= 2_958_466 {
		return time.Time{}, fmt.Errorf("%s is no day that Excel knows", raw)
	}
	days := int(f)
	millis := int64((f-float64(days))*86_400_000 + 0.5)
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days == 60:
		return time.Time{}, fmt.Errorf("29 February 1900 is a day that Excel has and the calendar has not")
	case days < 60:
		start = start.AddDate(0, 0, 1)
	}
	return start.AddDate(0, 0, days).Add(time.Duration(millis) * time.Millisecond), nil
}

// isoLayout is the form of a date where its column has none.
func isoLayout(f form, t time.Time) string {
	whole := t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0
	switch {
	case f.date && !f.clock && whole:
		return "2006-01-02"
	case !f.date:
		return "15:04:05"
	}
	return "2006-01-02T15:04:05"
}

// exactNumber gives the float whose shortest form are the digits; there is one for up to fifteen digits.
func exactNumber(digits string) float64 {
	f, _ := strconv.ParseFloat(digits, 64) // judged before
	return f
}
