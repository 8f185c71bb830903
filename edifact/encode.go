package edifact

import (
	"fmt"
	"unicode/utf8"

	"github.com/batchgate/batchgate/finding"
)

// position is where in a segment the encoder is, from 0, and the separators that are due before the next value that is
// not empty. Those of trailing empty values are never written.
type position struct {
	element, repeat, component    int
	elements, repeats, components int
}

func (p *position) step(lead mark) {
	switch lead {
	case kindElement:
		p.element, p.repeat, p.component = p.element+1, 0, 0
		p.elements, p.repeats, p.components = p.elements+1, 0, 0
	case kindRepetition:
		p.repeat, p.component = p.repeat+1, 0
		p.repeats, p.components = p.repeats+1, 0
	default:
		p.component++
		p.components++
	}
}

// encode appends a segment to the output.
func (e *Encoder) encode(b *Builder) error {
	s := &e.ctx.separators
	e.last = Segment{ctx: &e.ctx, base: e.written, before: len(e.out), start: len(e.out), line: e.line, lineStart: e.start, first: e.last.first, plain: e.last.plain}
	e.marks = e.marks[:0]
	e.out = append(e.out, b.tag...)
	p := position{element: -1}
	from := 0
	var work mark
	for _, v := range b.values {
		p.step(v.lead)
		text := b.text[from:v.end]
		from = v.end
		if v.lead == kindRepetition && s.Repetition == 0 {
			return &WriteError{Tag: b.tag, Element: p.element + 1, Repeat: p.repeat + 1, Err: ErrValue,
				Reason: "repetitions need syntax 4; write successive elements"}
		}
		if p.element < 0 && s.Repetition != 0 {
			return refuse(b.tag, ErrValue, "explicit nesting is of syntax 1 to 3; leave its numbers out")
		}
		if len(text) == 0 {
			continue
		}
		e.separate(&p, work)
		var err error
		if work, err = e.value(text); err != nil {
			err.(*WriteError).at(b.tag, p, text)
			return err
		}
	}
	e.mark(kindTerminator|work, s.Terminator)
	if size := len(e.out) - e.last.start; size > defaultMaxSegment {
		return refuse(b.tag, ErrTooLong, fmt.Sprintf("the segment has %d bytes, more than the %d that are read back", size, defaultMaxSegment))
	}
	e.last.buf, e.last.stop, e.last.marks = e.out, len(e.out), e.marks
	return nil
}

// at completes an error with the value that it is about.
func (w *WriteError) at(tag string, p position, text []byte) {
	w.Tag, w.Element, w.Repeat, w.Component = tag, p.element+1, p.repeat+1, p.component+1
	w.Value = finding.Cut(string(text))
}

// separate writes the separators that are due. work belongs to the value before them.
func (e *Encoder) separate(p *position, work mark) {
	s := &e.ctx.separators
	for ; p.elements > 0; p.elements-- {
		e.mark(kindElement|work, s.Element)
		work = 0
	}
	for ; p.repeats > 0; p.repeats-- {
		e.mark(kindRepetition|work, s.Repetition)
		work = 0
	}
	for ; p.components > 0; p.components-- {
		e.mark(kindComponent|work, s.Component)
		work = 0
	}
}

// mark writes a separator and remembers its place.
func (e *Encoder) mark(kind mark, b byte) {
	e.marks = append(e.marks, mark(len(e.out))<<markShift|kind)
	e.out = append(e.out, b)
}

// value appends one value, released and in the character set. It gives markWork when release characters were needed.
func (e *Encoder) value(text []byte) (work mark, err error) {
	plain := 0
	if e.ctx.charset.shift && firstHigh(text) >= 0 {
		return e.shifted(text)
	}
	for i := 0; i < len(text); {
		switch e.need[text[i]] {
		case needNothing:
			i++
			continue
		case needRelease:
			release := e.ctx.separators.Release
			if release == 0 {
				return 0, e.unreleased(text[i], i)
			}
			e.out = append(e.out, text[plain:i]...)
			e.out = append(e.out, release, text[i])
			work = markWork
			i++
		default:
			r, n := utf8.DecodeRune(text[i:])
			coded, size := e.ctx.charset.encode(r)
			if size == 0 || r == utf8.RuneError && n == 1 {
				return 0, &WriteError{Index: i, Rune: r, Err: ErrCharset, Reason: e.outside(r, n)}
			}
			e.out = append(e.out, text[plain:i]...)
			e.out = append(e.out, coded[:size]...)
			i += n
		}
		plain = i
	}
	e.out = append(e.out, text[plain:]...)
	return work, nil
}

// shifted appends a value with the escape sequences that its characters need.
func (e *Encoder) shifted(text []byte) (work mark, err error) {
	var s shifting
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		need, ok := e.need[text[i]], printable(r)
		switch {
		case ok && need == needCharset && n > 1:
			e.out, ok = s.put(e.out, r)
		case ok && need != needCharset:
			e.out = s.toASCII(e.out)
			if need == needRelease {
				if e.ctx.separators.Release == 0 {
					return 0, e.unreleased(text[i], i)
				}
				e.out, work = append(e.out, e.ctx.separators.Release), markWork
			}
			e.out = append(e.out, text[i])
		default:
			ok = false
		}
		if !ok {
			return 0, &WriteError{Index: i, Rune: r, Err: ErrCharset, Reason: e.outside(r, n)}
		}
		i += n
	}
	e.out = s.toASCII(e.out)
	return work, nil
}

// unreleased says that a service character cannot be written.
func (e *Encoder) unreleased(b byte, index int) error {
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
