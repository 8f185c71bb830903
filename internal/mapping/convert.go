package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/document"
)

// formKind is how a value stands in a file.
type formKind uint8

const (
	formText formKind = iota
	formDecimal
	formDTM  // value and format code together, composite C507
	formDate // a Go layout
	formFlag
)

// form converts between the text of a value and the value, both ways.
type form struct {
	kind        formKind
	mark, group byte           // of a decimal; mark 0 takes point and comma, as EDIFACT does
	writeGroup  bool           // the grouping mark is written too
	digits      int            // after the mark when written; -1 as they are
	layouts     []dateLayout   // of a date, the first is written where it fits the value's precision
	zone        *time.Location // nil: the text holds its own, or none is needed
	code        string         // of DTM when written; "" is by precision
	yes, no     string
}

// conversionError is a text that a form does not take.
type conversionError struct {
	rule string
	what string
	hint string
}

func (e *conversionError) Error() string { return e.what }

// read converts a text. aux is the format code of a DTM. Blank texts are the caller's business.
func (f *form) read(b, aux []byte) (document.Value, error) {
	switch f.kind {
	case formDecimal:
		d, err := f.decimal(bytes.Trim(b, " "))
		if err != nil {
			return document.Value{}, err
		}
		return document.NumberValue(d), nil
	case formDTM:
		return f.readDTM(string(b), string(aux))
	case formDate:
		return f.readDate(strings.Trim(string(b), " "))
	case formFlag:
		switch string(b) {
		case f.yes:
			return document.FlagValue(true), nil
		case f.no:
			return document.FlagValue(false), nil
		}
		return document.Value{}, &conversionError{rule: ruleFlag, what: fmt.Sprintf("%q is neither %s nor %s", b, f.yes, f.no)}
	}
	return document.TextValue(string(b)), nil
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
	d, err := document.ParseDecimalBytes(b, mark, f.group)
	if err == nil {
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

// write converts a value to its text, and the format code of a DTM. mark is the decimal mark of the interchange.
func (f *form) write(v document.Value, mark byte) (text, aux string, err error) {
	switch f.kind {
	case formDecimal:
		d, ok := v.Number()
		if !ok {
			return "", "", fmt.Errorf("%q is not a number", v.Text())
		}
		text, err = f.writeDecimal(d, mark)
		return text, "", err
	case formDTM:
		return f.writeDTM(v)
	case formDate:
		text, err = f.writeDate(v)
		return text, "", err
	case formFlag:
		yes, ok := v.Flag()
		switch {
		case !ok:
			return "", "", fmt.Errorf("%q is not a flag", v.Text())
		case yes:
			return f.yes, "", nil
		}
		return f.no, "", nil
	}
	return v.Text(), "", nil
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
	text := d.String()
	whole, fraction, has := strings.Cut(text, ".")
	if f.writeGroup {
		whole = grouped(whole, f.group)
	}
	if !has {
		return whole, nil
	}
	return whole + string(rune(mark)) + fraction, nil
}

// grouped puts the grouping mark between every three digits.
func grouped(digits string, mark byte) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(mark)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// dateLayout is one way to write a date.
type dateLayout struct {
	layout    string
	precision document.Precision
}

// readDate reads a date in the first of its layouts that it has.
func (f *form) readDate(s string) (v document.Value, err error) {
	for i, l := range f.layouts {
		got, failed := f.readTime(s, l.layout, l.precision)
		if failed == nil {
			return got, nil
		}
		if i == 0 {
			err = failed
		}
	}
	return v, err
}

// writeDate writes a date in the first of its layouts that says no more than is known.
func (f *form) writeDate(v document.Value) (string, error) {
	m, _ := v.Moment()
	for _, l := range f.layouts {
		if m.Precision != document.Day || l.precision == document.Day {
			return f.writeTime(v, l.layout, l.precision)
		}
	}
	return f.writeTime(v, f.layouts[0].layout, f.layouts[0].precision)
}

// readTime reads a date or time by a layout. A time that the clocks of the zone skip is refused.
func (f *form) readTime(s, layout string, p document.Precision) (document.Value, error) {
	zone := f.zone
	if zone == nil || p == document.Day {
		zone = time.UTC
	}
	t, err := time.ParseInLocation(layout, s, zone)
	if err != nil {
		return document.Value{}, &conversionError{rule: ruleTime, what: fmt.Sprintf("%q is not a date or time in the form %s", s, describeLayout(layout))}
	}
	if p != document.Day && f.zone != nil && t.Location() == zone && t.Format(layout) != s {
		return document.Value{}, &conversionError{rule: ruleTime, what: fmt.Sprintf("%q is a time that the clocks of %s skip", s, zone)}
	}
	return document.TimeValue(document.Moment{Time: t, Precision: p}), nil
}

// writeTime writes a date or time by a layout, in the zone of the form.
func (f *form) writeTime(v document.Value, layout string, p document.Precision) (string, error) {
	m, ok := v.Moment()
	if !ok {
		return "", fmt.Errorf("%q is not a date or time", v.Text())
	}
	if m.Precision == document.Day && p != document.Day {
		return "", fmt.Errorf("%s is a day, and a time of the day is wanted", v.Text())
	}
	t := m.Time
	if f.zone != nil && m.Precision != document.Day {
		t = t.In(f.zone)
	}
	return t.Format(layout), nil
}

// describeLayout turns a Go layout into the letters that people know.
func describeLayout(layout string) string {
	return strings.NewReplacer("2006", "YYYY", "01", "MM", "02", "DD", "15", "hh", "04", "mm", "05", "ss", "06", "YY").Replace(layout)
}

// precisionOf tells how exactly a layout says a time.
func precisionOf(layout string) document.Precision {
	switch {
	case strings.Contains(layout, "05.0") || strings.Contains(layout, "05,0"):
		return document.Milli
	case strings.Contains(layout, "05"):
		return document.Second
	case strings.Contains(layout, "15") || strings.Contains(layout, "03") || strings.Contains(layout, "04"):
		return document.Minute
	}
	return document.Day
}

// dtmFormat is one format code (2379) of a DTM.
type dtmFormat struct {
	code, layout string
	precision    document.Precision
	zoned        bool // the text holds its zone
}

// The codes of 2379 that say one date or time. Others (weeks, months, periods) are no moment.
var dtmFormats = []dtmFormat{
	{"102", "20060102", document.Day, false},
	{"203", "200601021504", document.Minute, false},
	{"204", "20060102150405", document.Second, false},
	{"101", "060102", document.Day, false},
	{"201", "0601021504", document.Minute, false},
	{"202", "060102150405", document.Second, false},
	{"2", "020106", document.Day, false},
	{"205", "200601021504-0700", document.Minute, true},
	{"303", "200601021504MST", document.Minute, true},
	{"304", "20060102150405MST", document.Second, true},
}

func dtmByCode(code string) (dtmFormat, bool) {
	for _, f := range dtmFormats {
		if f.code == code {
			return f, true
		}
	}
	return dtmFormat{}, false
}

func (f *form) readDTM(value, code string) (document.Value, error) {
	known, ok := dtmByCode(code)
	switch {
	case code == "":
		return document.Value{}, &conversionError{rule: ruleTime, what: fmt.Sprintf("%q has no format code (2379)", value), hint: "102 is CCYYMMDD"}
	case !ok:
		return document.Value{}, &conversionError{rule: ruleTime, what: fmt.Sprintf("%q in format %s (2379) is not one date or time", value, code)}
	}
	if known.zoned && strings.HasSuffix(known.layout, "MST") && !strings.HasSuffix(value, "UTC") && !strings.HasSuffix(value, "GMT") {
		return document.Value{}, &conversionError{rule: ruleTime, what: fmt.Sprintf("the zone of %q is not known", value), hint: "UTC and GMT are"}
	}
	if known.precision != document.Day && !known.zoned && f.zone == nil {
		return document.Value{}, &conversionError{rule: ruleTime, what: fmt.Sprintf("%q is a time without a zone", value), hint: "say `zone:` in the mapping"}
	}
	own := *f
	if known.zoned {
		own.zone = nil
	}
	return own.readTime(value, known.layout, known.precision)
}

// writeDTM writes in the format that keeps the value's precision, or in the one that is declared.
func (f *form) writeDTM(v document.Value) (text, code string, err error) {
	m, ok := v.Moment()
	if !ok {
		return "", "", fmt.Errorf("%q is not a date or time", v.Text())
	}
	code = f.code
	if code == "" {
		code = [...]string{document.Day: "102", document.Minute: "203", document.Second: "204", document.Milli: "204"}[m.Precision]
	}
	known, _ := dtmByCode(code)
	own := *f
	if strings.HasSuffix(known.layout, "MST") {
		own.zone = time.UTC
	}
	text, err = own.writeTime(v, known.layout, known.precision)
	return text, code, err
}
