// Package window holds what is needed of a file that is read as a stream, no more than a limit.
package window

import (
	"bytes"
	"io"
)

const firstBuffer = 64 << 10

// Window is what is held of a file, as UTF-8. Positions are counted from what is kept: the start of the record, or of
// the token, that is being read.
type Window struct {
	r     io.Reader
	buf   []byte
	keep  int // the first byte that is needed
	end   int // behind the last byte read
	limit int // of what is held at once
	err   error

	// Offset is that of what is kept in the file, Line its line from 1, and Column the bytes of that line before it.
	Offset int64
	Line   int
	Column int
	// Size gives how many bytes of the file some of the UTF-8 was.
	Size func(b []byte) int64
}

// New gives a window on a source of UTF-8 that holds at most limit bytes at once.
func New(r io.Reader, limit int, size func([]byte) int64) Window {
	return Window{r: r, limit: limit, Line: 1, Size: size}
}

// Of gives a window on bytes that are all there.
func Of(b []byte) Window {
	return Window{buf: b, end: len(b), limit: len(b) + 1, err: io.EOF, Line: 1, Size: Plain}
}

// Err gives what the source ended with, io.EOF included.
func (w *Window) Err() error { return w.err }

// Data gives what is kept and read.
func (w *Window) Data() []byte { return w.buf[w.keep:w.end] }

// Full tells whether no more can be held.
func (w *Window) Full() bool { return w.end-w.keep >= w.limit }

// More reads on, as much as there is room for, so that a long token is looked at few times. It gives false when the file has ended, the source has failed, or the limit is reached.
func (w *Window) More() bool {
	if w.err != nil || w.Full() {
		return false
	}
	w.makeRoom()
	space := w.buf[:min(len(w.buf), w.keep+w.limit)]
	n, err := Fill(w.r, space[w.end:])
	w.end, w.err = w.end+n, err
	return n > 0
}

// makeRoom moves what is kept to the front, into a bigger buffer when it fills more than half of this one.
func (w *Window) makeRoom() {
	held, to := w.end-w.keep, w.buf
	if len(w.buf)-w.end >= firstBuffer/2 {
		return
	}
	if most := max(w.limit, firstBuffer); w.buf == nil || held > len(w.buf)/2 && len(w.buf) < most {
		to = make([]byte, min(max(firstBuffer, 2*len(w.buf)), most))
	}
	copy(to, w.buf[w.keep:w.end])
	w.buf, w.keep, w.end = to, 0, held
}

// Pass gives up the first n bytes of what is kept.
func (w *Window) Pass(n int) {
	b := w.buf[w.keep : w.keep+n]
	w.Offset += w.Size(b)
	if lines := bytes.Count(b, []byte{'\n'}); lines > 0 {
		w.Line += lines
		w.Column = 0
		b = b[bytes.LastIndexByte(b, '\n')+1:]
	}
	w.Column += int(w.Size(b))
	w.keep += n
}
