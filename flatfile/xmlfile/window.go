package xmlfile

import (
	"bytes"
	"fmt"
	"io"
)

const firstBuffer = 64 << 10

// window is what is held of the file, as UTF-8. Positions are counted from what is kept: the start of the record, or of
// the token, that is being read.
type window struct {
	r     io.Reader
	buf   []byte
	keep  int // the first byte that is needed
	end   int // behind the last byte read
	limit int // of what is held at once
	err   error

	set    charset
	offset int64 // in the file, of keep
	line   int
	column int // bytes of the line before keep
}

// data gives what is kept and read.
func (w *window) data() []byte { return w.buf[w.keep:w.end] }

// full tells whether no more can be held.
func (w *window) full() bool { return w.end-w.keep >= w.limit }

// more reads on, as much as there is room for, so that a long token is looked at few times. It gives false when the file has ended, the source has failed, or the limit is reached.
func (w *window) more() bool {
	if w.err != nil || w.full() {
		return false
	}
	w.makeRoom()
	before := w.end
	space := w.buf[:min(len(w.buf), w.keep+w.limit)]
	for idle := 0; w.end < len(space) && w.err == nil; {
		n, err := w.r.Read(space[w.end:])
		if n < 0 || n > len(space)-w.end {
			n, err = 0, fmt.Errorf("reader returned %d bytes for a buffer of %d", n, len(space)-w.end)
		}
		w.end += n
		w.err = err
		if n > 0 {
			idle = 0
		} else if idle++; idle > 100 && err == nil {
			w.err = io.ErrNoProgress
		}
	}
	return w.end > before
}

// makeRoom moves what is kept to the front, into a bigger buffer when it fills more than half of this one.
func (w *window) makeRoom() {
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

// pass gives up the first n bytes of what is kept.
func (w *window) pass(n int) {
	b := w.buf[w.keep : w.keep+n]
	w.offset += w.set.size(b)
	if lines := bytes.Count(b, []byte{'\n'}); lines > 0 {
		w.line += lines
		w.column = 0
		b = b[bytes.LastIndexByte(b, '\n')+1:]
	}
	w.column += int(w.set.size(b))
	w.keep += n
}
