package mapping

import (
	"bytes"
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
	negative    *signs         // around a number below zero; nil is a minus before it, or behind it when read
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
