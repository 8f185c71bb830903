package window

import (
	"fmt"
	"io"
)

// Fill reads until b is full, or gives what the source ended with, io.EOF included. A source that gives nothing again and
// again is io.ErrNoProgress.
func Fill(r io.Reader, b []byte) (n int, err error) {
	for idle := 0; n < len(b) && err == nil; {
		var k int
		k, err = r.Read(b[n:])
		if k < 0 || k > len(b)-n {
			return n, fmt.Errorf("reader returned %d bytes for a buffer of %d", k, len(b)-n)
		}
		n += k
		if k > 0 {
			idle = 0
		} else if idle++; idle > 100 && err == nil {
			err = io.ErrNoProgress
		}
	}
	return n, err
}

// Peek looks at the first n bytes of a source, fewer where it ends before, and gives the error that came with them.
func Peek(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := Fill(r, b)
	return b[:got], err
}

// Rejoin gives a source again from what Peek gave of it, or the rest of that.
func Rejoin(first []byte, err error, r io.Reader) io.Reader {
	return &peeked{first: first, err: err, r: r}
}

// peeked is a reader whose first bytes were looked at.
type peeked struct {
	first []byte
	err   error
	r     io.Reader
}

// Read hands over the first bytes, then what the reader gave with them, then the rest.
func (p *peeked) Read(b []byte) (int, error) {
	if len(p.first) > 0 {
		n := copy(b, p.first)
		p.first = p.first[n:]
		return n, nil
	}
	if p.err != nil {
		return 0, p.err
	}
	return p.r.Read(b)
}
