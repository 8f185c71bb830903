package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/internal/document"
)

// signs are what stands before and behind a number below zero: "(" and ")", or nothing and " CR".
type signs struct{ before, behind string }

// within gives the number between the signs, and whether both are there.
func (s *signs) within(b []byte) ([]byte, bool) {
	if s == nil || len(b) <= len(s.before)+len(s.behind) {
		return b, false
	}
	inner, before := bytes.CutPrefix(b, []byte(s.before))
	inner, behind := bytes.CutSuffix(inner, []byte(s.behind))
	return bytes.Trim(inner, " "), before && behind
}

// decimal reads a number. Its errors name the form that is wanted.
func (f *form) decimal(b []byte) (document.Decimal, error) {
	mark := f.mark
	if mark == 0 {
		mark = '.'
		if bytes.IndexByte(b, ',') >= 0 {
			mark = ','
		}
	}
	digits, negative := f.negative.within(b)
	d, err := document.ParseDecimalBytes(digits, mark, f.group)
	switch {
	case err == nil && negative && d.Sign() < 0:
		return d, &conversionError{rule: ruleNumber, what: fmt.Sprintf("%q has two signs", b)}
	case err == nil && negative:
		return d.Neg(), nil
	case err == nil:
		return d, nil
	}
	e := &conversionError{rule: ruleNumber, what: fmt.Sprintf("%q is not a number", b)}
	if f.mark != 0 {
		e.hint = fmt.Sprintf("the decimal mark is declared as %q", f.mark)
	}
	if !errors.Is(err, document.ErrNumber) {
		e.what = err.Error()
	}
	return d, e
}

func (f *form) writeDecimal(d document.Decimal, mark byte) (string, error) {
	if f.digits >= 0 {
		r := d.Round(f.digits)
		if r.Cmp(d) != 0 {
			return "", fmt.Errorf("%s has more than %d digits after the mark", d, f.digits)
		}
		d = r
	}
	if f.mark != 0 {
		mark = f.mark
	}
	before, behind := "", ""
	if d.Sign() < 0 {
		before, d = "-", d.Neg()
		if f.negative != nil {
			before, behind = f.negative.before, f.negative.behind
		}
	}
	whole, fraction, has := strings.Cut(d.String(), ".")
	if f.writeGroup {
		whole = grouped(whole, f.group)
	}
	if has {
		fraction = string(rune(mark)) + fraction
	}
	return before + whole + fraction + behind, nil
}

// grouped puts the grouping mark between every three digits.
func grouped(digits string, mark byte) string {
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(mark)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}
