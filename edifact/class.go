package edifact

import "unicode/utf8"

// framing is what decides about the bytes of an interchange.
type framing struct {
	separators Separators
	charset    Charset
	doubtful   bool    // the text may be UTF-8 under another name
	code       *coding // in which the file stands, when it is not ASCII
}

// classes say of each byte which kind of mark it makes, 0 for plain data, and how many: 1 or 0.
type classes struct {
	kind  [256]mark
	marks [256]byte
}

// fill makes the classes of a framing.
func (c *classes) fill(f *framing) {
	*c = classes{}
	for i := range c.kind {
		if f.other(byte(i)) {
			c.set(byte(i), kindOther)
		}
	}
	c.set('\r', kindBreak)
	c.set('\n', kindBreak)
	s := f.separators
	for _, one := range [...]struct {
		b    byte
		kind mark
	}{
		{s.Component, kindComponent}, {s.Element, kindElement}, {s.Release, kindRelease},
		{s.Repetition, kindRepetition}, {s.Terminator, kindTerminator},
	} {
		if one.b != 0 {
			c.set(one.b, one.kind)
		}
	}
}

func (c *classes) set(b byte, kind mark) { c.kind[b], c.marks[b] = kind, 1 }

// other tells whether a byte has to be looked at more closely.
func (f *framing) other(b byte) bool {
	switch {
	case b < ' ' || b == 0x7F:
		return true
	case b < utf8.RuneSelf:
		return !f.charset.inRepertoire(b)
	case f.charset.name == "":
		return false // nothing is known about the set
	}
	return f.doubtful || f.charset.wide || f.charset.grouped() || !f.charset.hasByte(b)
}
