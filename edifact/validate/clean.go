package validate

import (
	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
)

// Most segments are right. clean says so in one pass over the ends of their values, as the decoder has found them; check
// looks at all others closely and is the one that reports. What clean does not understand, as repetitions, it leaves
// to check, so that it may be too strict but never too lax.

// clean tells whether a segment has nothing to report, dependency notes left out.
func (v *Validator) clean(l *layout, s *edifact.Segment) bool {
	raw := s.Raw()
	marks, base := s.Marks()
	fields := l.fields
	if len(marks) < 2 || edifact.MarkKind(marks[0]) != edifact.MarkElement || len(fields) == 0 {
		return false
	}
	f := &fields[0]
	n, at, start := 1, f.leaf, edifact.MarkEnd(marks[0])-base+1
	present := uint64(0)
	for j, m := range marks[1:] {
		i := edifact.MarkEnd(m) - base
		empty := i == start
		if !empty {
			value := raw[start:i]
			if !edifact.MarkPlain(m) {
				value = s.MarkValue(j + 1)
			}
			if at >= f.end || len(value) == 0 || !v.right(&l.leaves[at], value) {
				return false
			}
			present |= 1 << (at - f.leaf)
		}
		start = i + 1
		kind := edifact.MarkKind(m)
		if kind == edifact.MarkComponent {
			at++
			continue
		}
		if kind == edifact.MarkRepetition {
			return false
		}
		if present == 0 {
			if f.mandatory || at > f.leaf {
				return false
			}
		} else if f.mandatoryMask&^present != 0 || empty {
			return false
		}
		if kind == edifact.MarkTerminator {
			return present != 0 && int(l.last) < n
		}
		if n == len(fields) {
			return false
		}
		f = &fields[n]
		n++
		at, present = f.leaf, 0
	}
	return false
}

// right tells whether a value has nothing to report.
func (v *Validator) right(l *leaf, b []byte) bool {
	n := int32(len(b))
	switch {
	case l.class == directory.Numeric:
		if !allDigits(b) {
			if n = v.marked(b); n < 0 {
				return false
			}
		}
	case l.class == directory.Alphabetic && hasDigit(b):
		return false
	case v.wide && l.min > 0:
		return false // characters have to be counted
	}
	return n <= l.max && n >= l.min && (l.codes == nil || l.codes.Has(b))
}

func allDigits(b []byte) bool {
	for _, x := range b {
		if x-'0' > 9 {
			return false
		}
	}
	return true
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
