package flatfile

import (
	"fmt"
	"io"
)

// pad is how many bytes after the data of a source may be looked at. They are zero.
const pad = 8

// firstBuffer is the size of a source's buffer until a record needs more.
const firstBuffer = 64 << 10

// source is a window on the bytes of a file. The window grows as one record needs it, never beyond limit.
type source struct {
	r     io.Reader
	buf   []byte // with pad bytes at the end that hold no data
	pos   int    // the first byte not taken yet
	end   int    // behind the last byte read
	limit int    // of data held at once
	err   error  // what the reader ended with, io.EOF included
	fills int    // how often more read on
}

// data gives what is read and not taken yet.
func (s *source) data() []byte { return s.buf[s.pos:s.end] }

// ended tells whether the file ends behind the data.
func (s *source) ended() bool { return s.err == io.EOF }

// more reads on. It gives false when the file has ended, the reader has failed, or limit is reached.
func (s *source) more() bool {
	if s.err != nil || s.end-s.pos >= s.limit {
		return false
	}
	s.makeRoom()
	s.fills++
	before := s.end
	space := s.buf[:min(len(s.buf)-pad, s.pos+s.limit)]
	for idle := 0; s.end < len(space) && s.err == nil; {
		n, err := s.r.Read(space[s.end:])
		if n < 0 || n > len(space)-s.end {
			err, n = fmt.Errorf("reader returned %d bytes for a buffer of %d", n, len(space)-s.end), 0
		}
		s.end += n
		s.err = err
		if n > 0 {
			idle = 0
		} else if idle++; idle > 100 && err == nil {
			s.err = io.ErrNoProgress
		}
	}
	clear(s.buf[s.end : s.end+pad])
	return s.end > before || s.err == io.EOF
}

// makeRoom moves what is not taken yet to the front, into a bigger buffer when it fills more than half of this one.
func (s *source) makeRoom() {
	held, to := s.end-s.pos, s.buf
	room := len(s.buf) - pad
	if largest := max(s.limit, firstBuffer); s.buf == nil || held > room/2 && room < largest {
		to = make([]byte, min(max(firstBuffer, 2*room), largest)+pad)
	}
	copy(to, s.buf[s.pos:s.end])
	s.buf, s.pos, s.end = to, 0, held
}
