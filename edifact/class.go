package edifact

import "unicode/utf8"

// framing is what decides about the bytes of an interchange.
type framing struct {
	separators Separators
	charset    Charset
	doubtful   bool    // the text may be UTF-8 under another name
	code       *coding // in which the file stands, when it is not ASCII
}

// fillClasses makes the class table of a framing.
func (f *framing) fillClasses(class *[256]byte) {
	for i := range class {
		class[i] = 0
		if f.other(byte(i)) {
			class[i] = classNamed | byte(kindOther)
		}
	}
	class['\r'] = classNamed | byte(kindBreak)
	class['\n'] = classNamed | byte(kindBreak)
	s := f.separators
	for _, c := range [...]struct {
		b    byte
		kind mark
	}{
		{s.Component, kindComponent}, {s.Element, kindElement}, {s.Release, kindRelease},
		{s.Repetition, kindRepetition}, {s.Terminator, kindTerminator},
	} {
		if c.b != 0 {
			class[c.b] = classNamed | byte(c.kind)
		}
	}
}

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
