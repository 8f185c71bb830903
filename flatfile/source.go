package flatfile

import (
	"io"

	"github.com/batchgate/batchgate/flatfile/internal/window"
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
	space := s.buf[:min(len(s.buf)-pad, s.pos+s.limit)]
	n, err := window.Fill(s.r, space[s.end:])
	s.end, s.err = s.end+n, err
	clear(s.buf[s.end : s.end+pad])
	return n > 0 || err == io.EOF
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
