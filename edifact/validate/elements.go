package validate

import (
	"unicode/utf8"

	"github.com/batchgate/batchgate/edifact/directory"
)

// check compares the elements of the segment with its layout. Of headers, presence is checked elsewhere.
func (v *Validator) check(l *layout, header bool) {
	n := v.seg.Elements()
	for e := range n {
		if e >= len(l.fields) {
			v.tooManyElements(l, e, n)
			return
		}
		f := &l.fields[e]
		if f.repeats == 1 && v.syntax < 4 {
			v.field(l, f, e, 0, header)
			continue
		}
		v.repeated(l, f, e, header)
	}
	if n > 0 && !l.fields[n-1].mandatory && v.seg.Components(n-1, 0) <= 1 && len(v.seg.Bytes(n-1, 0, 0)) == 0 {
		v.trailing(n - 1)
	}
	if header {
		return
	}
	if l.depends != nil {
		v.dependencies(l)
	}
	for e := n; e < len(l.fields); e++ {
		if l.fields[e].mandatory {
			v.reportAbsent(&l.fields[e], e)
			return // the segment ends too early: one fault, not one for each element
		}
	}
}

// repeated checks all repetitions of an element.
func (v *Validator) repeated(l *layout, f *field, e int, header bool) {
	count := v.seg.Repeats(e)
	for r := range count {
		if r >= int(f.repeats) {
			v.tooManyRepeats(f, e, r, count)
			return
		}
		v.field(l, f, e, r, header || r > 0)
	}
}

// field checks one element, or one repetition of it.
func (v *Validator) field(l *layout, f *field, e, r int, header bool) {
	count := v.seg.Components(e, r)
	leaves := l.leaves[f.leaf:f.end]
	present := uint64(0)
	for c := range count {
		b := v.seg.Bytes(e, r, c)
		if len(b) == 0 {
			continue
		}
		if c >= len(leaves) {
			v.tooManyComponents(f, e, r, c, len(leaves))
			break
		}
		present |= 1 << c
		v.value(f, &leaves[c], b, e, r, c)
	}
	switch {
	case present == 0:
		if f.mandatory && !header {
			v.reportAbsent(f, e)
		}
	case f.mandatoryMask&^present != 0:
		v.reportComponents(f, leaves, present, e, r, header)
	}
	if count > 1 && len(v.seg.Bytes(e, r, count-1)) == 0 {
		v.trailing(e)
	}
}

// value checks one component that is not empty. A value makes at most one finding.
func (v *Validator) value(f *field, l *leaf, b []byte, e, r, c int) {
	n := int32(len(b))
	if l.class == directory.Numeric {
		var ok bool
		if n, ok = v.number(l, b, e, r, c); !ok {
			return
		}
	} else {
		if v.wide {
			n = int32(utf8.RuneCount(b))
		}
		if l.class == directory.Alphabetic && hasDigit(b) {
			v.reportFormat(l, b, e, r, c)
			return
		}
	}
	if (n > l.max || n < l.min) && l.class != directory.Numeric {
		n = v.characters(n, e, r, c)
	}
	switch {
	case n > l.max:
		v.reportLength(elementLength, l, b, n, e, r, c)
	case n < l.min:
		v.reportLength(elementShort, l, b, n, e, r, c)
	case l.codes != nil && !l.codes.Has(b):
		v.code(f, l, b, e, r, c)
	}
}

// characters counts the characters of a value anew, where a character may have several bytes, or escape sequences none.
func (v *Validator) characters(n int32, e, r, c int) int32 {
	if text, err := v.seg.Text(e, r, c); err == nil {
		return int32(utf8.RuneCountInString(text))
	}
	return n
}

// number checks a numeric value and counts its digits: neither sign nor decimal mark counts, and a digit stands on both
// sides of the mark (ISO 9735-1 10). false tells that a finding was made.
func (v *Validator) number(l *leaf, b []byte, e, r, c int) (digits int32, ok bool) {
	mark := -1
	for i, x := range b {
		switch {
		case x-'0' <= 9:
			digits++
		case x == '-' && i == 0:
		case (x == '.' || x == ',') && mark < 0:
			mark = i
		default:
			v.reportFormat(l, b, e, r, c)
			return 0, false
		}
	}
	switch {
	case digits == 0:
		v.reportFormat(l, b, e, r, c)
		return 0, false
	case mark < 0:
		return digits, true
	case v.decimal != 0 && b[mark] != v.decimal:
		v.reportMark(l, b, e, r, c)
		return 0, false
	case mark == len(b)-1 || mark == 0 || b[mark-1] == '-':
		v.reportDigit(l, b, e, r, c)
		return 0, false
	}
	return digits, true
}

// code looks further where the directory's list lacks a code: the composite may name another list, or whoever keeps one,
// and the partner may have agreed upon it.
func (v *Validator) code(f *field, l *leaf, b []byte, e, r, c int) {
	if l.extra[string(b)] {
		return
	}
	if f.list >= 0 && len(v.seg.Bytes(e, r, int(f.list))) > 0 && int(f.list) != c {
		return
	}
	if f.agency >= 0 && int(f.agency) != c {
		if agency := v.seg.Bytes(e, r, int(f.agency)); len(agency) > 0 && string(agency) != "6" { // 6 is UN/ECE itself
			return
		}
	}
	v.reportCode(l, b, e, r, c)
}

func hasDigit(b []byte) bool {
	for _, x := range b {
		if x-'0' <= 9 {
			return true
		}
	}
	return false
}
