package edifact

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Charset is a character set of an interchange: its name and what bytes stand for. The zero value knows ASCII alone.
type Charset struct {
	level  string           // "UNOC"
	name   string           // "iso-8859-1"; "" when unknown
	table  *charmap.Charmap // of a single-byte set above ASCII
	wide   bool             // UTF-8
	basic  *string          // the repertoire of UNOA or UNOB, which is less than ASCII
	shift  bool             // switches sets by the escape sequences of ISO 2022; with wide it begins in UTF-8
	multi  multibyte        // characters of several bytes
	ebcdic string           // a code page of mainframes, in which the whole file stands
}

// The repertoires of level A and B without the letters; ISO 9735-1 6.
var (
	repertoireA = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/='+:?!\"%&*;<>"
	repertoireB = repertoireA + "abcdefghijklmnopqrstuvwxyz"
)

// charsets are the sets that are known, by syntax identifier (0001) or by the set's own name.
var charsets = []Charset{
	{level: "UNOA", name: "iso-646", basic: &repertoireA},
	{level: "UNOB", name: "iso-646", basic: &repertoireB},
	{level: "UNOC", name: "iso-8859-1", table: charmap.ISO8859_1},
	{level: "UNOD", name: "iso-8859-2", table: charmap.ISO8859_2},
	{level: "UNOE", name: "iso-8859-5", table: charmap.ISO8859_5},
	{level: "UNOF", name: "iso-8859-7", table: charmap.ISO8859_7},
	{level: "UNOG", name: "iso-8859-3", table: charmap.ISO8859_3},
	{level: "UNOH", name: "iso-8859-4", table: charmap.ISO8859_4},
	{level: "UNOI", name: "iso-8859-6", table: charmap.ISO8859_6},
	{level: "UNOJ", name: "iso-8859-8", table: charmap.ISO8859_8},
	{level: "UNOK", name: "iso-8859-9", table: charmap.ISO8859_9},
	{level: "UNOL", name: "iso-8859-15", table: charmap.ISO8859_15},
	{level: "UNOW", name: "utf-8", wide: true, shift: true}, // see iso2022.go
	{level: "UNOX", name: "iso-2022", shift: true},
	{level: "UNOY", name: "utf-8", wide: true},
	{level: "KECA", name: "windows-949", multi: eucKR}, // of Korean EDI
	{level: "IATA", name: "us-ascii"},                  // the airlines' levels A and B
	{level: "IATB", name: "us-ascii"},
	{level: "us-ascii", name: "us-ascii"},
	{level: "utf-8", name: "utf-8", wide: true},
	{level: "windows-1250", name: "windows-1250", table: charmap.Windows1250},
	{level: "windows-1251", name: "windows-1251", table: charmap.Windows1251},
	{level: "windows-1252", name: "windows-1252", table: charmap.Windows1252},
	{level: "windows-1253", name: "windows-1253", table: charmap.Windows1253},
	{level: "windows-1254", name: "windows-1254", table: charmap.Windows1254},
	{level: "windows-1257", name: "windows-1257", table: charmap.Windows1257},
	{level: "ibm850", name: "ibm850", table: charmap.CodePage850},
	{level: "shift_jis", name: "shift_jis", multi: shiftJIS},
	{level: "euc-jp", name: "euc-jp", multi: eucJP},
	{level: "euc-kr", name: "euc-kr", multi: eucKR},
	{level: "gb18030", name: "gb18030", multi: gb18030},
	{level: "big5", name: "big5", multi: big5},
	{level: "ibm037", name: "ibm037", table: charmap.ISO8859_1, ebcdic: "ibm037"},
	{level: "ibm273", name: "ibm273", table: charmap.ISO8859_1, ebcdic: "ibm273"},
	{level: "ibm500", name: "ibm500", table: charmap.ISO8859_1, ebcdic: "ibm500"},
}

// LookupCharset finds a character set by syntax identifier ("UNOC") or by the set's own name ("iso-8859-1",
// "windows-1252", "utf-8", "shift_jis"). Case does not count.
func LookupCharset(name string) (Charset, bool) {
	for _, c := range charsets {
		if strings.EqualFold(c.level, name) {
			return c, true
		}
	}
	for _, c := range charsets {
		if strings.EqualFold(c.name, name) && c.basic == nil {
			return c, true
		}
	}
	return Charset{level: name}, false
}

// CharsetNames gives the names that LookupCharset knows.
func CharsetNames() []string {
	var names []string
	for _, c := range charsets {
		names = append(names, c.level)
	}
	return names
}

// Level gives the syntax identifier, "UNOC", or the name by which the set was looked up.
func (c Charset) Level() string { return c.level }

// Name gives the name of the set, "iso-8859-1", or "" for a set that is not known.
func (c Charset) Name() string { return c.name }

// Has tells whether the set has a character. Control characters belong to no set.
func (c Charset) Has(r rune) bool {
	if r >= utf8.RuneSelf && c.shift && !c.wide {
		_, ok := new(graphic).find(r)
		return ok && printable(r)
	}
	_, n := c.encode(r)
	return n > 0
}

// grouped tells whether some bytes belong together with others, so that they are no service characters.
func (c Charset) grouped() bool { return c.shift || c.multi != noMultibyte }

// group looks at a byte above ASCII or a control character. It gives the number of bytes that belong together from there
// on, 0 when it stands alone.
func (c Charset) group(b []byte, s *shifts) int {
	switch {
	case c.shift:
		return s.step(b)
	case c.multi != noMultibyte && b[0] >= utf8.RuneSelf:
		return min(c.multi.size(b), len(b))
	}
	return 0
}

// hasByte tells whether a byte above ASCII stands for a character. In UTF-8 it depends on its neighbours.
func (c Charset) hasByte(b byte) bool {
	return b < utf8.RuneSelf || c.wide || c.grouped() || c.table != nil && printable(c.table.DecodeByte(b))
}

// inRepertoire tells whether an ASCII byte belongs to level A or B; to all others they all belong.
func (c Charset) inRepertoire(b byte) bool {
	return c.basic == nil || strings.IndexByte(*c.basic, b) >= 0
}

// printable tells whether a character is text: neither C0 nor C1, nor what tables have for undefined bytes.
func printable(r rune) bool {
	return r >= ' ' && r < 0x7F || r >= 0xA0 && r != utf8.RuneError && r != 0xFEFF
}

// encode gives the bytes of a character and their number; 0 when the set does not have it.
func (c Charset) encode(r rune) (b [utf8.UTFMax]byte, n int) {
	switch {
	case !printable(r):
	case r < utf8.RuneSelf:
		if c.inRepertoire(byte(r)) {
			b[0], n = byte(r), 1
		}
	case c.wide:
		n = utf8.EncodeRune(b[:], r)
	case c.multi != noMultibyte:
		n = copy(b[:], c.multi.encode(r))
	case c.table != nil:
		if single, ok := c.table.EncodeRune(r); ok {
			b[0], n = single, 1
		}
	}
	return b, n
}

// appendText appends bytes as UTF-8, or gives the index of the first byte that is no character; -1 means all went well.
func (c Charset) appendText(dst, src []byte) ([]byte, int) {
	if c.shift {
		s := c.begin()
		return s.appendShifted(dst, src)
	}
	if c.name == "" {
		if at := bytes.IndexByte(src, escape); at >= 0 {
			return dst, at // it may switch to another set
		}
	}
	high := firstHigh(src)
	if high < 0 {
		return append(dst, src...), -1
	}
	if c.wide {
		if bad := firstInvalid(src); bad >= 0 {
			return dst, bad
		}
		return append(dst, src...), -1
	}
	if c.multi != noMultibyte {
		return c.multi.appendText(dst, src)
	}
	if c.table == nil {
		return dst, high
	}
	keep := len(dst)
	dst = append(dst, src[:high]...)
	for i := high; i < len(src); i++ {
		b := src[i]
		if b < utf8.RuneSelf {
			dst = append(dst, b)
			continue
		}
		r := c.table.DecodeByte(b)
		if !printable(r) {
			return dst[:keep], i
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst, -1
}

// firstHigh gives the index of the first byte above ASCII, or -1.
func firstHigh(b []byte) int {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return i
		}
	}
	return -1
}

// firstInvalid gives the index of the first byte that is not UTF-8, or -1.
func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// mostShown is how many bytes show makes use of.
const mostShown = 200

// show makes bytes readable for an excerpt, whatever they are, cut to a length that a finding keeps.
func (c Charset) show(b []byte) string {
	b = b[:min(len(b), mostShown)]
	if text, bad := c.appendText(nil, b); bad < 0 {
		return string(text)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
