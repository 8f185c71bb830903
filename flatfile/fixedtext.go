package flatfile

import "bytes"

// decode appends some bytes of the record as UTF-8, and gives the place of the first that is no character, or -1. Lines
// that are taken by their length were not searched for what no text of a line can hold.
func (rec *Record) decode(dst, b []byte) ([]byte, int) {
	if rec.layout != nil && rec.layout.longest > 0 {
		if at := bytes.IndexAny(b, "\x00\r"); at >= 0 {
			return dst, at
		}
	}
	return rec.charset.appendDecoded(dst, b)
}

// charsetError is the error for a byte of the record that is no character, in a field that ends at a place.
func (rec *Record) charsetError(at, end int, field string) *CharsetError {
	p := rec.placeOf(at, at+1)
	p.Field = field
	e := &CharsetError{Charset: rec.charset.name, Byte: rec.raw[at], Place: p, Hint: rec.charset.guess(rec.raw[at:end])}
	switch e.Byte {
	case 0:
		e.Hint = "the file may be damaged, still being written, or utf-16"
	case '\r':
		e.Hint = "it is a carriage return within a line: the file may be damaged, or a line of it is two"
	}
	return e
}
