package edifact

import (
	"fmt"
	"unicode/utf8"

	"github.com/batchgate/batchgate/finding"
)

// encode appends a segment to the output. Separators are written before the next value that is not empty: those of
// trailing empty values never are.
func (e *Encoder) encode(b *Builder) error {
	s := &e.ctx.separators
	start := len(e.out)
	out := append(e.out, b.tag...)
	elements, repeats, components := 0, 0, 0 // separators that are due
	for i := range b.values {
		v := &b.values[i]
		switch v.lead {
		case kindComponent:
			components++
		case kindElement:
			elements, repeats, components = elements+1, 0, 0
		default:
			repeats, components = repeats+1, 0
			if s.Repetition == 0 {
				return b.refused(i, &WriteError{Err: ErrValue, Reason: "repetitions need syntax 4; write successive elements"})
			}
		}
		if len(v.text) == 0 {
			continue
		}
		for ; elements > 0; elements-- {
			out = append(out, s.Element)
		}
		for ; repeats > 0; repeats-- {
			out = append(out, s.Repetition)
		}
		for ; components > 0; components-- {
			out = append(out, s.Component)
		}
		if e.plain(v.text) {
			out = append(out, v.text...)
			continue
		}
		var err error
		if out, err = e.value(out, v.text); err != nil {
			return b.refused(i, err)
		}
	}
	if len(b.values) > 0 && b.values[0].lead == kindComponent && s.Repetition != 0 {
		return refuse(b.tag, ErrValue, "explicit nesting is of syntax 1 to 3; leave its numbers out")
	}
	out = append(out, s.Terminator)
	if size := len(out) - start; size > defaultMaxSegment {
		return refuse(b.tag, ErrTooLong, fmt.Sprintf("the segment has %d bytes, more than the %d that are read back", size, defaultMaxSegment))
	}
	e.out = out
	return nil
}

// refused completes an error with the value that it is about.
func (b *Builder) refused(value int, err error) error {
	w := err.(*WriteError)
	w.Tag, w.Value = b.tag, finding.Cut(b.values[value].text)
	element, repeat, component := -1, 0, 0
	for _, v := range b.values[:value+1] {
		switch v.lead {
		case kindElement:
			element, repeat, component = element+1, 0, 0
		case kindRepetition:
			repeat, component = repeat+1, 0
		default:
			component++
		}
	}
	w.Element, w.Repeat, w.Component = element+1, repeat+1, component+1
	return w
}

// plain tells whether a value can be written as it is.
func (e *Encoder) plain(text string) bool {
	need := &e.need
	for i := 0; i < len(text); i++ {
		if need[text[i]] != needNothing {
			return false
		}
	}
	return true
}

// value appends one value, released and in the character set.
func (e *Encoder) value(out []byte, text string) ([]byte, error) {
	if e.ctx.charset.shift && !e.ctx.charset.wide {
		return e.shifted(out, text)
	}
	plain := 0
	for i := 0; i < len(text); {
		switch e.need[text[i]] {
		case needNothing:
			i++
			continue
		case needRelease:
			release := e.ctx.separators.Release
			if release == 0 {
				return out, unreleased(text[i], i)
			}
			out = append(out, text[plain:i]...)
			out = append(out, release, text[i])
			i++
		default:
			r, n := utf8.DecodeRuneInString(text[i:])
			coded, size := e.ctx.charset.encode(r)
			if size == 0 || r == utf8.RuneError && n == 1 {
				return out, &WriteError{Index: i, Rune: r, Err: ErrCharset, Reason: e.outside(r, n)}
			}
			out = append(out, text[plain:i]...)
			out = append(out, coded[:size]...)
			i += n
		}
		plain = i
	}
	return append(out, text[plain:]...), nil
}

// shifted appends a value with the escape sequences that its characters need.
func (e *Encoder) shifted(out []byte, text string) ([]byte, error) {
	var s shifting
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		need, ok := e.need[text[i]], printable(r)
		switch {
		case ok && need == needCharset && n > 1:
			out, ok = s.put(out, r)
		case ok && need != needCharset:
			out = s.toASCII(out)
			if need == needRelease {
				if e.ctx.separators.Release == 0 {
					return out, unreleased(text[i], i)
				}
				out = append(out, e.ctx.separators.Release)
			}
			out = append(out, text[i])
		default:
			ok = false
		}
		if !ok {
			return out, &WriteError{Index: i, Rune: r, Err: ErrCharset, Reason: e.outside(r, n)}
		}
		i += n
	}
	return s.toASCII(out), nil
}

// unreleased says that a service character cannot be written.
func unreleased(b byte, index int) error {
	return &WriteError{Index: index, Rune: rune(b), Err: ErrValue, Reason: fmt.Sprintf("%q is a service character, and there is no release character", b)}
}

// outside says why a character cannot be written.
func (e *Encoder) outside(r rune, n int) string {
	c := e.ctx.charset
	switch {
	case r == utf8.RuneError && n == 1:
		return "the value is not UTF-8"
	case r == '\n' || r == '\r':
		return "a line break cannot stand in a value; write its lines as components"
	}
	return fmt.Sprintf("%q (U+%04X) is no character of %s (%s)", r, r, c.level, c.name)
}
