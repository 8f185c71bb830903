package edifact

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// multibyte is a character set in which a byte above ASCII begins a character of several bytes, whose further bytes may be
// those of service characters. No level of ISO 9735 names one; partners agree on them.
type multibyte byte

const (
	noMultibyte multibyte = iota
	shiftJIS
	eucJP
	eucKR // and its extension, Windows 949
	gb18030
	big5
)

func (m multibyte) encoding() encoding.Encoding {
	switch m {
	case shiftJIS:
		return japanese.ShiftJIS
	case eucJP:
		return japanese.EUCJP
	case eucKR:
		return korean.EUCKR
	case gb18030:
		return simplifiedchinese.GB18030
	}
	return traditionalchinese.Big5
}

// size gives the number of bytes of the character that begins with a byte above ASCII.
func (m multibyte) size(b []byte) int {
	switch c := b[0]; {
	case m == shiftJIS && c >= 0xA1 && c <= 0xDF:
		return 1
	case m == eucJP && c == 0x8F:
		return 3
	case m == gb18030 && len(b) > 1 && isDigit(b[1]):
		return 4
	}
	return 2
}

// decode gives the first character and its bytes, or utf8.RuneError.
func (m multibyte) decode(b []byte) (rune, int) {
	n := m.size(b)
	if n > len(b) {
		return utf8.RuneError, len(b)
	}
	text, err := m.encoding().NewDecoder().Bytes(b[:n])
	r, size := utf8.DecodeRune(text)
	if err != nil || size != len(text) || !printable(r) {
		return utf8.RuneError, n
	}
	return r, n
}

// encode gives the bytes of a character; none when the set does not have it.
func (m multibyte) encode(r rune) []byte {
	b, err := m.encoding().NewEncoder().Bytes([]byte(string(r)))
	if err != nil || len(b) == 0 {
		return nil
	}
	if back, n := m.decode(b); back != r || n != len(b) {
		return nil
	}
	return b
}

// appendText appends bytes as UTF-8, or gives the index of the first byte that is no character; -1 means all went well.
func (m multibyte) appendText(dst, src []byte) ([]byte, int) {
	keep := len(dst)
	for i := 0; i < len(src); {
		if src[i] < utf8.RuneSelf {
			dst = append(dst, src[i])
			i++
			continue
		}
		r, n := m.decode(src[i:])
		if r == utf8.RuneError {
			return dst[:keep], i
		}
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst, -1
}
