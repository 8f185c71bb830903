package validate

import (
	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
)

// Most segments are right. clean says so in one pass over their bytes; check looks at all others closely and is the one
// that reports. What clean does not understand (release characters, repetitions, control characters) it leaves to check,
// so that it may be too strict but never too lax.

// The classes of bytes in a segment.
const (
	data uint8 = iota
	component
	element
	terminator
	odd
)

// classes is the class of each byte under some separators.
type classes struct {
	separators edifact.Separators
	known      bool
	of         [256]uint8
}

func (t *classes) set(s edifact.Separators) {
	if t.known && t.separators == s {
		return
	}
	t.separators, t.known = s, true
	for i := range t.of {
		t.of[i] = data
		if i < ' ' || i == 0x7F {
			t.of[i] = odd
		}
	}
	t.of[s.Release], t.of[s.Repetition] = odd, odd
	t.of[s.Component], t.of[s.Element], t.of[s.Terminator] = component, element, terminator
}

// clean tells whether a segment has nothing to report. raw is the segment with its terminator.
func (v *Validator) clean(l *layout, raw []byte) bool {
	if len(raw) < 5 || v.class.of[raw[3]] != element || len(l.fields) == 0 || l.depends != nil {
		return false
	}
	fields := l.fields
	f := &fields[0]
	n, at, start := 1, f.leaf, 4
	present := uint64(0)
	for i := 4; i < len(raw); i++ {
		kind := v.class.of[raw[i]]
		if kind == data {
			continue
		}
		if i > start {
			if at >= f.end || !v.right(&l.leaves[at], raw[start:i]) {
				return false
			}
			present |= 1 << (at - f.leaf)
		}
		switch kind {
		case component:
			at++
			start = i + 1
			continue
		case odd:
			return false
		}
		if present == 0 {
			if f.mandatory || at > f.leaf {
				return false
			}
		} else if f.mandatoryMask&^present != 0 || i == start {
			return false
		}
		if kind == terminator {
			return present != 0 && int(l.last) < n
		}
		if n == len(fields) {
			return false
		}
		f = &fields[n]
		n++
		at, start, present = f.leaf, i+1, 0
	}
	return false
}

// right tells whether a value has nothing to report.
func (v *Validator) right(l *leaf, b []byte) bool {
	n := int32(len(b))
	switch l.class {
	case directory.Numeric:
		digits := 0
		for _, x := range b {
			if x-'0' <= 9 {
				digits++
			}
		}
		if digits != len(b) {
			if n = v.marked(b); n < 0 {
				return false
			}
		}
	case directory.Alphabetic:
		if hasDigit(b) {
			return false
		}
		fallthrough
	default:
		if v.wide && l.min > 0 {
			return false // characters have to be counted
		}
	}
	return n <= l.max && n >= l.min && (l.codes == nil || l.codes.Has(b))
}

// marked counts the digits of a number with a sign or a decimal mark, -1 when something about it is odd.
func (v *Validator) marked(b []byte) int32 {
	digits, mark := int32(0), -1
	for i, x := range b {
		switch {
		case x-'0' <= 9:
			digits++
		case x == '-' && i == 0:
		case (x == '.' || x == ',') && mark < 0 && i > 0 && i < len(b)-1 && b[i-1] != '-' && (v.decimal == 0 || v.decimal == x):
			mark = i
		default:
			return -1
		}
	}
	if digits == 0 {
		return -1
	}
	return digits
}
