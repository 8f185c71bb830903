package xmlfile

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// textForm says what has to be done to make a text of the bytes of the file.
type textForm uint8

const (
	plainText  textForm = iota // nothing
	blankText                  // nothing; it is white space alone
	brokenText                 // references or line ends to be turned
)

// form looks at the characters of a text token and finds its faults.
func (s *scanner) form(d []byte, t span) textForm {
	b := d[t.start:t.end]
	i := 0
	for i < len(b) && classes[b[i]]&blank != 0 && b[i] != '\r' {
		i++
	}
	if i == len(b) {
		return blankText
	}
	for i < len(b) && classes[b[i]]&special == 0 {
		i++
	}
	if i == len(b) {
		return plainText
	}
	if bytes.IndexByte(b[i:], ']') >= 0 {
		if at := bytes.Index(b, []byte("]]>")); at >= 0 {
			s.fault(t.start+at, 3, ruleSyntax, `"]]>" cannot stand in text: write ]]&gt;`, "")
		}
	}
	s.checkText(d, t)
	if bytes.IndexByte(b, '&') >= 0 || bytes.IndexByte(b, '\r') >= 0 {
		if len(bytes.TrimLeft(b, " \t\r\n")) == 0 {
			return blankText
		}
		return brokenText
	}
	return plainText
}

// checkText finds characters that cannot stand in XML, and references that mean nothing.
func (s *scanner) checkText(d []byte, t span) {
	s.checkChars(d, t)
	for p := t.start; p < t.end; p++ {
		n := bytes.IndexByte(d[p:t.end], '&')
		if n < 0 {
			return
		}
		p += n
		if _, size, why := reference(d[p:t.end]); size == 0 {
			s.fault(p, 1, ruleEntity, why, "")
		}
	}
}

// checkChars finds the first character that cannot stand in XML, or is none in the file's set.
func (s *scanner) checkChars(d []byte, t span) {
	for p := t.start; p < t.end; {
		c := d[p]
		if c >= 0x20 && c < utf8.RuneSelf || classes[c]&blank != 0 {
			p++
			continue
		}
		r, n := utf8.DecodeRune(d[p:t.end])
		switch {
		case r == utf8.RuneError && (n <= 1 || s.set.encoding != nil), s.set.name == "us-ascii":
			s.fault(p, n, ruleCharset, fmt.Sprintf("a byte here is not a character of %s", s.set.name), "the file is written in another character set than it declares: declare the right one, or say `charset:`")
			return
		case !isChar(r):
			s.fault(p, n, ruleSyntax, fmt.Sprintf("the character %U cannot stand in XML", r), "")
			return
		}
		p += n
	}
}

// reference gives the character of a reference and its size in bytes; 0 and why when it means nothing.
func reference(b []byte) (r rune, size int, why string) {
	end := bytes.IndexByte(b[:min(len(b), 64)], ';')
	if end < 0 {
		return 0, 0, `"&" begins a reference that ends with ";": written as text it is &amp;`
	}
	name := b[1:end]
	switch string(name) {
	case "amp":
		return '&', 5, ""
	case "lt":
		return '<', 4, ""
	case "gt":
		return '>', 4, ""
	case "quot":
		return '"', 6, ""
	case "apos":
		return '\'', 6, ""
	}
	if len(name) < 2 || name[0] != '#' {
		if !isName(name) {
			return 0, 0, `"&" begins a reference that ends with ";": written as text it is &amp;`
		}
		return 0, 0, fmt.Sprintf("the entity &%s; is not expanded: only amp, lt, gt, quot and apos are known", name)
	}
	r, ok := number(name[1:])
	if !ok || !isChar(r) {
		return 0, 0, fmt.Sprintf("&%s; is not a character of XML", name)
	}
	return r, end + 1, ""
}

// number reads the digits of a character reference.
func number(b []byte) (rune, bool) {
	base := rune(10)
	if b[0] == 'x' {
		base, b = 16, b[1:]
	}
	r := rune(0)
	for _, c := range b {
		digit := rune(99)
		switch {
		case c >= '0' && c <= '9':
			digit = rune(c - '0')
		case c >= 'a' && c <= 'f':
			digit = rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			digit = rune(c-'A') + 10
		}
		if digit >= base {
			return 0, false
		}
		if r = r*base + digit; r > utf8.MaxRune {
			return 0, false
		}
	}
	return r, len(b) > 0
}

// appendText appends a text with its references turned and its line ends made "\n" (XML 1.0, 2.11). In an attribute white
// space becomes blanks (3.3.3). What is wrong was found before; here it stays as it is.
func appendText(dst, b []byte, attribute bool) []byte {
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '&':
			if r, n, _ := reference(b[i:]); n > 0 {
				dst = utf8.AppendRune(dst, r)
				i += n - 1
				continue
			}
		case c == '\r':
			if i+1 < len(b) && b[i+1] == '\n' {
				continue
			}
			c = '\n'
		}
		if attribute && (c == '\n' || c == '\t') {
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}
