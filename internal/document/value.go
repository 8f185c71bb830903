package document

import (
	"strconv"
)

// Value is what stands in a slot. The zero Value is missing, which is neither empty nor zero.
type Value struct {
	kind valueKind
	flag bool
	num  Decimal
	text string
}

type valueKind uint8

const (
	missing valueKind = iota
	empty             // stood there, but blank, where a number, time or flag was expected
	textual
	number
	moment // text in the form that Time's Format gives
	boolean
)

// TextValue makes a text.
func TextValue(s string) Value { return Value{kind: textual, text: s} }

// NumberValue makes an exact number.
func NumberValue(d Decimal) Value { return Value{kind: number, num: d} }

// FlagValue makes a flag.
func FlagValue(b bool) Value { return Value{kind: boolean, flag: b} }

// TimeValue makes a point in time with its precision.
func TimeValue(t Moment) Value { return Value{kind: moment, text: t.String()} }

// EmptyValue is a value that stood there, but blank.
func EmptyValue() Value { return Value{kind: empty} }

// IsMissing tells whether there is no value at all.
func (v Value) IsMissing() bool { return v.kind == missing }

// IsBlank tells whether there is nothing to send: missing, empty, or an empty text.
func (v Value) IsBlank() bool {
	return v.kind == missing || v.kind == empty || v.kind == textual && v.text == ""
}

// IsNumber tells whether the value is a number.
func (v Value) IsNumber() bool { return v.kind == number }

// Text gives the value as text: numbers with a decimal point and their own scale, times as ISO 8601, flags as true and false.
func (v Value) Text() string {
	switch v.kind {
	case textual, moment:
		return v.text
	case number:
		return v.num.String()
	case boolean:
		return strconv.FormatBool(v.flag)
	}
	return ""
}

// Number gives the number; false when the value is none.
func (v Value) Number() (Decimal, bool) { return v.num, v.kind == number }

// Flag gives the flag; false as second result when the value is none.
func (v Value) Flag() (value, ok bool) { return v.flag, v.kind == boolean }

// Moment gives the point in time; false when the value is none.
func (v Value) Moment() (Moment, bool) {
	if v.kind != moment {
		return Moment{}, false
	}
	m, err := ParseMoment(v.text)
	return m, err == nil
}

// Equal compares two values exactly, except that numbers are equal by amount: 1.0 equals 1.00.
func (v Value) Equal(w Value) bool {
	if v.kind == number && w.kind == number {
		return v.num.Cmp(w.num) == 0
	}
	return v.kind == w.kind && v.flag == w.flag && v.text == w.text
}

func itoa(n int) string { return strconv.Itoa(n) }
