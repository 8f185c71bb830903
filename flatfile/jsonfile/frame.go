package jsonfile

import (
	"bytes"
	"errors"
	"io"

	"github.com/batchgate/batchgate/flatfile/internal/window"
)

var (
	errTooLong   = errors.New("longer than the limit")
	errTruncated = errors.New("the file ends within a value")
)

// framer finds where values end without looking at what they hold.
type framer struct {
	w window.Window
	p int // what is taken of what is kept
}

// rest gives up what is taken.
func (f *framer) rest() {
	f.w.Pass(f.p)
	f.p = 0
}

// peek gives the next byte that is no white space; 0 at the end of the file.
func (f *framer) peek() (byte, error) {
	for {
		d := f.w.Data()
		if f.p = skipBlanks(d, f.p); f.p < len(d) {
			return d[f.p], nil
		}
		f.rest()
		if !f.w.More() {
			if f.w.Err() == io.EOF {
				return 0, nil
			}
			return 0, f.w.Err()
		}
	}
}

// value takes the value that begins at p. With drop nothing of it is kept, and it may have any size.
func (f *framer) value(drop bool) error {
	s := shape{}
	ended, err := f.take(drop, s.scan)
	if ended && (!s.plain || s.depth > 0) {
		return errTruncated
	}
	return f.toEnd(ended, err)
}

// line takes the rest of a line, without its end.
func (f *framer) line(drop bool) error {
	return f.toEnd(f.take(drop, func(d []byte) (int, bool) {
		n := bytes.IndexByte(d, '\n')
		return n, n >= 0
	}))
}

// take takes what stands up to where find says, and tells when the file ends before: then nothing is taken but what was
// dropped.
func (f *framer) take(drop bool, find func(d []byte) (int, bool)) (ended bool, err error) {
	for at := f.p; ; {
		d := f.w.Data()
		if n, found := find(d[at:]); found {
			f.p = at + n
			return false, nil
		}
		at = len(d)
		if drop {
			f.p = at
			f.rest()
			at = 0
		}
		if f.w.More() {
			continue
		}
		switch err := f.w.Err(); err {
		case io.EOF:
			return true, nil
		case nil:
			return false, errTooLong
		default:
			return false, err
		}
	}
}

// toEnd takes what is left of the file when it has ended.
func (f *framer) toEnd(ended bool, err error) error {
	if ended {
		f.p = len(f.w.Data())
	}
	return err
}

// shape is where in a value a scan stands.
type shape struct {
	depth   int
	quoted  bool
	escaped bool
	plain   bool // a number or word
}

// scan goes on through a value and gives its end when it is there.
func (s *shape) scan(d []byte) (int, bool) {
	for i := 0; i < len(d); i++ {
		c := d[i]
		switch {
		case s.escaped:
			s.escaped = false
		case s.quoted:
			n := bytes.IndexAny(d[i:], `"\`)
			if n < 0 {
				return 0, false
			}
			if i += n; d[i] == '\\' {
				s.escaped = true
			} else if s.quoted = false; s.depth == 0 {
				return i + 1, true
			}
		case c == '"' && !s.plain:
			s.quoted = true
		case c == '{' || c == '[':
			s.depth++
		case (c == '}' || c == ']') && s.depth > 0:
			if s.depth--; s.depth == 0 {
				return i + 1, true
			}
		case s.depth > 0:
		case c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t' || c == '\n' || c == '\r':
			return i, true
		default:
			s.plain = true
		}
	}
	return 0, false
}
