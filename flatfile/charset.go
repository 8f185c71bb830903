package flatfile

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/batchgate/batchgate/finding"
)

// wide says how many bytes stand for a character.
type wide uint8

const (
	single  wide = iota // one byte, by table
	utf8set             // UTF-8
	utf16le             // UTF-16, handed over as UTF-8 by a utf16Reader
	utf16be
	utf16bom // UTF-16 whose byte order mark says which
)

// undefined stands in a table for a byte that is no character.
const undefined rune = -1

// charset is a character set made ready.
type charset struct {
	name  string
	wide  wide
	ascii bool             // the bytes below 0x80 are ASCII
	table *[256]rune       // of a single-byte set
	bytes map[rune]byte    // the table turned round
	order binary.ByteOrder // of UTF-16 once known
}

// charsetTables are the single-byte sets, by canonical name.
var charsetTables = []struct {
	name    string
	charmap *charmap.Charmap
}{
	{"windows-1252", charmap.Windows1252}, {"windows-1250", charmap.Windows1250}, {"windows-1251", charmap.Windows1251},
	{"windows-1253", charmap.Windows1253}, {"windows-1254", charmap.Windows1254}, {"windows-1257", charmap.Windows1257},
	{"iso-8859-1", charmap.ISO8859_1}, {"iso-8859-2", charmap.ISO8859_2}, {"iso-8859-4", charmap.ISO8859_4},
	{"iso-8859-5", charmap.ISO8859_5}, {"iso-8859-7", charmap.ISO8859_7}, {"iso-8859-9", charmap.ISO8859_9},
	{"iso-8859-10", charmap.ISO8859_10}, {"iso-8859-13", charmap.ISO8859_13}, {"iso-8859-15", charmap.ISO8859_15},
	{"iso-8859-16", charmap.ISO8859_16},
	{"ibm437", charmap.CodePage437}, {"ibm850", charmap.CodePage850}, {"ibm852", charmap.CodePage852},
	{"ibm855", charmap.CodePage855}, {"ibm858", charmap.CodePage858}, {"ibm865", charmap.CodePage865},
	{"ibm866", charmap.CodePage866}, {"koi8-r", charmap.KOI8R}, {"macintosh", charmap.Macintosh},
}

// otherNames are further names of the sets, without blanks, hyphens and underscores.
var otherNames = map[string]string{
	"ansi": "windows-1252", "windows": "windows-1252", "latin1": "iso-8859-1", "latin2": "iso-8859-2", "latin9": "iso-8859-15",
	"pc8": "ibm437", "ascii": "us-ascii", "utf16": "utf-16", "ucs2": "utf-16", "37": "ibm037", "819": "iso-8859-1", "1208": "utf-8",
}

// Charsets gives the canonical names of the character sets known; ibm037 to ibm1149 are EBCDIC. Names are matched without
// case, blanks, hyphens and underscores, and "cp", "ccsid" and a bare number stand for "ibm" and "windows-" alike.
func Charsets() []string {
	names := []string{"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii"}
	for _, t := range charsetTables {
		names = append(names, t.name)
	}
	for _, p := range ebcdicPages {
		names = append(names, ebcdicName(p.number))
	}
	return names
}

// plain takes case, blanks, hyphens and underscores out of a name.
func plain(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}

// lookupCharset finds a set by any of its names; "" is UTF-8.
func lookupCharset(name string) (charset, error) {
	if name == "" || name == "utf-8" {
		return newCharset("utf-8"), nil
	}
	want := plain(name)
	if canonical, ok := otherNames[want]; ok {
		want = plain(canonical)
	}
	number, codePage := codePageNumber(want)
	for _, known := range Charsets() {
		p := plain(known)
		if p == want || codePage && (p == "ibm"+number || p == "windows"+number || p == "ibm0"+number) {
			return newCharset(known), nil
		}
	}
	hint := "the sets known are " + strings.Join(Charsets(), ", ")
	if near := finding.Nearest(name, Charsets()); near != "" {
		hint = "did you mean " + near + "?"
	}
	return charset{}, optionError("charset", fmt.Sprintf("%q is not known", name), hint)
}

// codePageNumber takes what stands before the number of a code page off a name.
func codePageNumber(name string) (number string, ok bool) {
	number = strings.TrimPrefix(strings.TrimPrefix(name, "ccsid"), "cp")
	return number, number != "" && strings.Trim(number, "0123456789") == ""
}

// newCharset makes the set with a canonical name ready.
func newCharset(name string) charset {
	cs := charset{name: name, ascii: true}
	switch name {
	case "utf-8":
		cs.wide = utf8set
	case "utf-16":
		cs.wide = utf16bom
	case "utf-16le":
		cs.wide, cs.order = utf16le, binary.LittleEndian
	case "utf-16be":
		cs.wide, cs.order = utf16be, binary.BigEndian
	default:
		cs.fill()
	}
	return cs
}

// fill makes the tables of a single-byte set. Bytes that Windows and ISO sets leave to control characters of no use in
// text (U+0080 to U+009F) count as undefined: where they occur, the declared set is almost always wrong.
func (cs *charset) fill() {
	cs.table, cs.bytes = new([256]rune), make(map[rune]byte, 256)
	decode := func(b byte) rune { return rune(b) }
	if table, ok := ebcdicTable(cs.name); ok {
		decode = func(b byte) rune { return table[b] }
	}
	for _, t := range charsetTables {
		if t.name == cs.name {
			decode = t.charmap.DecodeByte
		}
	}
	cs.ascii = decode('A') == 'A'
	for i := range cs.table {
		r := decode(byte(i))
		if r == utf8.RuneError || cs.ascii && r >= 0x80 && r < 0xA0 || cs.name == "us-ascii" && i >= 0x80 {
			r = undefined
		} else {
			cs.bytes[r] = byte(i)
		}
		cs.table[i] = r
	}
}

// unicode tells whether the reader sees the set as UTF-8.
func (cs *charset) unicode() bool { return cs.wide != single }

// appendDecoded appends bytes of the set as UTF-8. It gives the place of the first byte that is no character, or -1.
func (cs *charset) appendDecoded(dst, b []byte) ([]byte, int) {
	if cs.unicode() {
		if bad := firstInvalid(b); bad >= 0 {
			return dst, bad
		}
		return append(dst, b...), -1
	}
	if cs.ascii {
		n := asciiPrefix(b)
		dst = append(dst, b[:n]...)
		if n == len(b) {
			return dst, -1
		}
		return cs.appendByTable(dst, b, n)
	}
	return cs.appendByTable(dst, b, 0)
}

// appendByTable decodes byte by byte from a place on.
func (cs *charset) appendByTable(dst, b []byte, from int) ([]byte, int) {
	for i := from; i < len(b); i++ {
		r := cs.table[b[i]]
		if r == undefined {
			return dst, i
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst, -1
}

// appendLossy appends bytes as UTF-8 for people to look at: what is no character becomes U+FFFD. It gives the number of
// those.
func (cs *charset) appendLossy(dst, b []byte) ([]byte, int) {
	lost := 0
	for len(b) > 0 {
		out, bad := cs.appendDecoded(dst, b)
		if bad < 0 {
			return out, lost
		}
		dst, _ = cs.appendDecoded(dst, b[:bad])
		dst = utf8.AppendRune(dst, utf8.RuneError)
		b, lost = b[bad+1:], lost+1
	}
	return dst, lost
}

// unencodable is the error for a character that a set does not have.
type unencodable struct {
	charset string
	r       rune
}

// Error names the character and the set.
func (e *unencodable) Error() string {
	if e.r == utf8.RuneError {
		return "the text is not UTF-8, or holds the replacement character"
	}
	return fmt.Sprintf("%q (%U) is not a character of %s", e.r, e.r, e.charset)
}

// appendEncoded appends text in the set. UTF-16 stays UTF-8 here and is turned when written out.
func (cs *charset) appendEncoded(dst []byte, s string) ([]byte, error) {
	if cs.ascii && isASCII(s) {
		return append(dst, s...), nil
	}
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return dst, &unencodable{cs.name, utf8.RuneError}
		}
		if cs.unicode() {
			dst = utf8.AppendRune(dst, r)
			continue
		}
		b, ok := cs.bytes[r]
		if !ok {
			return dst, &unencodable{cs.name, r}
		}
		dst = append(dst, b)
	}
	return dst, nil
}

// guess says in which other set a byte would be a letter, as a hint, or "". rest is the text from that byte on.
func (cs *charset) guess(rest []byte) string {
	if r, n := utf8.DecodeRune(rest); cs.wide == single && r != utf8.RuneError && n > 1 {
		return fmt.Sprintf("the bytes there are %q in utf-8: declare that if the file is written so", r)
	}
	for _, name := range []string{"windows-1252", "ibm850"} {
		if name == cs.name || len(rest) == 0 || cs.wide != single && cs.wide != utf8set {
			continue
		}
		other := newCharset(name)
		if r := other.table[rest[0]]; unicode.IsLetter(r) || r == '€' {
			return fmt.Sprintf("it is %q in %s: declare that if the file is written so", r, name)
		}
	}
	return ""
}

// asciiPrefix gives the number of leading bytes below 0x80.
func asciiPrefix(b []byte) int {
	i := 0
	for ; i+32 <= len(b); i += 32 {
		w := b[i : i+32 : i+32]
		if (binary.LittleEndian.Uint64(w)|binary.LittleEndian.Uint64(w[8:])|binary.LittleEndian.Uint64(w[16:])|binary.LittleEndian.Uint64(w[24:]))&highBits != 0 {
			break
		}
	}
	for ; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&highBits != 0 {
			break
		}
	}
	if n := len(b); n >= 8 && n-i < 8 && binary.LittleEndian.Uint64(b[n-8:])&highBits == 0 {
		return n
	}
	for ; i < len(b) && b[i] < utf8.RuneSelf; i++ {
	}
	return i
}

// isASCII tells whether all bytes are below 0x80.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// firstInvalid gives the place of the first byte that is not UTF-8, or -1.
func firstInvalid(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}
