package edifact

import (
	"bytes"

	"golang.org/x/text/encoding/charmap"
)

// coding is a code page of mainframes under which a whole file stands. Its bytes are turned into those of ISO 8859-1 as
// they are read, one to one, so that places stay right and the file can be written back byte for byte.
type coding struct {
	name  string
	read  [256]byte // from the file
	write [256]byte // to the file
}

// pages say where a code page differs from IBM037. The service characters of the standard, letters A to Z and digits are
// the same in all of them.
var pages = map[string]map[byte]byte{
	"ibm037": {},
	"ibm273": {0x43: '{', 0x4A: 0xC4, 0x4F: '!', 0x59: '~', 0x5A: 0xDC, 0x5F: '^', 0x63: '[', 0x6A: 0xF6, 0x7C: 0xA7, 0xA1: 0xDF, 0xB0: 0xA2,
		0xB5: '@', 0xBA: 0xAC, 0xBB: '|', 0xC0: 0xE4, 0xCC: 0xA6, 0xD0: 0xFC, 0xDC: '}', 0xE0: 0xD6, 0xEC: '\\', 0xFC: ']'},
	"ibm500": {0x4A: '[', 0x4F: '!', 0x5A: ']', 0x5F: '^', 0xB0: 0xA2, 0xBA: 0xAC, 0xBB: '|'},
}

// newCoding makes the tables of a code page; of one that is not known those of IBM037.
func newCoding(name string) *coding {
	differs, ok := pages[name]
	if !ok {
		name = "ibm037"
	}
	c := &coding{name: name}
	for i := range 256 {
		c.read[i] = byte(charmap.CodePage037.DecodeByte(byte(i))) // all of them are in ISO 8859-1
	}
	c.read[0x15], c.read[0x25] = '\n', 0x85 // the new line of mainframes is our line feed
	for at, b := range differs {
		c.read[at] = b
	}
	for i, b := range c.read {
		c.write[b] = byte(i)
	}
	return c
}

// apply turns bytes into those of a table, where they stand.
func apply(table *[256]byte, b []byte) {
	for i, c := range b {
		b[i] = table[c]
	}
}

// isEBCDIC tells whether bytes begin with UNA, UNB or UIB in EBCDIC, behind blanks and line ends.
func isEBCDIC(b []byte) bool {
	b = bytes.TrimLeft(b, "\x40\x15\x25\x0D\x00")
	return bytes.HasPrefix(b, []byte("\xE4\xD5\xC1")) || bytes.HasPrefix(b, []byte("\xE4\xD5\xC2")) || bytes.HasPrefix(b, []byte("\xE4\xC9\xC2"))
}

// Recognise tells by the first bytes of a file whether it holds interchanges: whether UNA, UNB or UIB is the first that
// stands there, behind a byte order mark, blanks and line ends, in ASCII or EBCDIC. A file that begins with other text may
// hold interchanges further on, which a Decoder finds.
func Recognise(first []byte) bool {
	b := bytes.TrimLeft(bytes.TrimPrefix(first, []byte(byteOrderMark)), " \t\r\n\x00")
	for _, tag := range []string{"UNA", "UNB", "UIB"} {
		if bytes.HasPrefix(b, []byte(tag)) {
			return true
		}
	}
	return isEBCDIC(first)
}
