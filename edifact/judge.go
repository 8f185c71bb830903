package edifact

import (
	"fmt"
	"unicode/utf8"
)

// judgement is what the bytes of a segment make the decoder say about its character set. Each position counts from the
// segment's first byte; it is that of the first such byte, plus 1, 0 when there is none.
type judgement struct {
	any       bool // one of the positions is set
	high      int  // above ASCII
	bad       int  // not in the set
	control   int
	odd       int // ASCII, but not in level A or B
	lineBreak int
	said      said
}

// said is what has been reported already in this message, where once is enough, and what its text has turned out to be.
type said struct {
	lineBreak, control, padding, repertoire, mismatch bool

	text textKind
}

// textKind is what bytes above ASCII are in a message, by the first segment that has any.
type textKind uint8

const (
	unknownText textKind = iota
	singleBytes
	isUTF8
)

func (j *judgement) note(position *int, at int) {
	if *position == 0 {
		*position = at + 1
	}
	j.any = true
}

// byte looks at a byte of kindOther.
func (j *judgement) byte(d *Decoder, b byte, at int) {
	switch {
	case b >= utf8.RuneSelf:
		j.note(&j.high, at)
		if !d.ctx.charset.hasByte(b) {
			j.note(&j.bad, at)
		}
	case b < ' ' || b == 0x7F:
		j.note(&j.control, at)
	default:
		j.note(&j.odd, at)
	}
}

// report turns what was noted into findings.
func (j *judgement) report(d *Decoder) {
	s := &d.seg
	if j.lineBreak > 0 && !j.said.lineBreak && d.opt.lineBreaks == RefuseLineBreaks {
		j.said.lineBreak = true
		d.reportByte(RuleLineBreak, j.lineBreak-1, "a line break stands within a segment")
	}
	if j.control > 0 && !j.said.control {
		j.said.control = true
		d.reportByte(RuleControl, j.control-1, fmt.Sprintf("control character 0x%02X stands in a text", s.buf[s.start+j.control-1]))
	}
	if j.odd > 0 && !j.said.repertoire {
		j.said.repertoire = true
		d.reportByte(RuleRepertoire, j.odd-1, fmt.Sprintf("%q is no character of %s", s.buf[s.start+j.odd-1], d.ctx.charset.level))
	}
	if j.high > 0 {
		j.aboveASCII(d)
	}
	j.any, j.high, j.bad, j.control, j.odd, j.lineBreak = false, 0, 0, 0, 0, 0
}

// aboveASCII judges a segment with bytes above ASCII. Text of a single-byte set is hardly ever UTF-8 by chance, so the
// first segment with such bytes tells which of the two a message is.
func (j *judgement) aboveASCII(d *Decoder) {
	s, c := &d.seg, &d.ctx.charset
	if c.grouped() {
		j.grouped(d)
		return
	}
	bad := firstInvalid(s.Raw())
	if c.wide {
		if bad >= 0 {
			d.reportByte(RuleCharset, bad, fmt.Sprintf("byte 0x%02X is not a character of %s (%s)", s.buf[s.start+bad], c.level, c.name))
		}
		return
	}
	if j.said.text == unknownText {
		j.said.text = singleBytes
		if bad < 0 && d.ctx.doubtful {
			j.said.text = isUTF8
		}
	}
	switch {
	case bad < 0 && (j.said.text == isUTF8 || j.bad > 0):
		if !j.said.mismatch {
			j.said.mismatch = true
			d.reportByte(RuleCharsetMismatch, j.high-1, fmt.Sprintf("%s is declared, but the text is UTF-8", c.level))
		}
	case j.bad > 0:
		b := s.buf[s.start+j.bad-1]
		d.reportByte(RuleCharset, j.bad-1, fmt.Sprintf("byte 0x%02X is not a character of %s (%s)", b, c.level, c.name))
	}
}

// grouped judges a segment in a set whose characters have several bytes.
func (j *judgement) grouped(d *Decoder) {
	s, c := &d.seg, &d.ctx.charset
	for i := range s.marks {
		from, to := s.bounds(i)
		if bad := s.firstBad(from, to); bad >= 0 {
			at := from - s.start + bad
			d.reportByte(RuleCharset, at, fmt.Sprintf("byte 0x%02X is not a character of %s (%s)", s.buf[s.start+at], c.level, c.name))
			return
		}
	}
}

// padding reports a blank or fill byte between segments.
func (j *judgement) padding(d *Decoder) {
	if j.said.padding {
		return
	}
	j.said.padding = true
	f := about(RulePadding, d.placeAt(d.pos, 1), "blanks or fill bytes stand between segments")
	if !d.inside {
		f.Message = "blanks or fill bytes stand outside of interchanges"
	}
	d.report(f)
}

// reportByte reports a byte of the segment, by its position from the first.
func (d *Decoder) reportByte(rule string, at int, message string) {
	s := &d.seg
	p := s.Place(s.locate(s.start + at))
	p.Offset, p.Length = s.base+int64(s.start+at), 1
	p.Line, p.Column = s.lineOf(s.start + at)
	f := about(rule, p, message)
	f.Value, f.Source = fmt.Sprintf("0x%02X", s.buf[s.start+at]), d.ctx.charset.show(s.Raw())
	d.report(f)
}

// locate gives the component in which a position stands; -1, -1, -1 within the tag.
func (s *Segment) locate(pos int) (element, repeat, component int) {
	element = -1
	for _, m := range s.marks {
		if int(m>>markShift) >= pos {
			break
		}
		switch m & markKind {
		case kindElement:
			element, repeat, component = element+1, 0, 0
		case kindRepetition:
			repeat, component = repeat+1, 0
		default:
			component++
		}
	}
	if element < 0 {
		return -1, -1, -1
	}
	return element, repeat, component
}
