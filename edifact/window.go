package edifact

import (
	"io"
)

const (
	firstSize  = 4 << 10  // bytes read first: most files are small
	windowSize = 64 << 10 // bytes read at once after that; the window grows only for a segment that is longer
	chunkSize  = 8 << 10  // bytes looked through at once, so that bytes and marks stay in the fastest cache
)

// A mark is a byte that is no plain data: its position in the window, shifted, and its kind.
type mark = uint32

const (
	markShift = 4
	markKind  = 7 // the bits of the kind
	markWork  = 8 // the value that ends here holds release characters or dropped line breaks
)

// The kinds of marks. What is above kindTerminator makes a segment take the slow way.
const (
	kindComponent mark = 1 + iota
	kindElement
	kindRepetition
	kindTerminator
	kindRelease
	kindBreak // carriage return, line feed
	kindOther // a byte that may not belong to the character set
)

// window is a piece of the source with the marks in it. Bytes from keep on are not given up.
type window struct {
	src  io.Reader
	err  error // what the source returned at last; io.EOF at its end
	buf  []byte
	base int64   // offset in the source of buf[0]
	keep int     // first byte still wanted
	end  int     // bytes in buf
	code *coding // in which the source stands, when it is not ASCII

	class  classes
	marks  []mark // positions in buf, from m0 on those not yet used
	m0     int
	looked int // bytes up to here have been looked through for marks
	stride int // bytes looked through at once

	first int // bytes from here on are shared and not given up either; unshared when there are none
	size  int // bytes read at once after the first
}

func newWindow(src io.Reader) window {
	return window{src: src, stride: chunkSize, first: unshared, size: windowSize, buf: make([]byte, firstSize)}
}

// offset gives the place in the source of a position in the window.
func (w *window) offset(pos int) int64 { return w.base + int64(pos) }

// fill reads more bytes behind the last. It may move what is kept to the front: positions are then less by the number
// returned. ok is false at the end of the source, or when it fails.
func (w *window) fill() (moved int, ok bool) {
	if w.err != nil {
		return 0, false
	}
	if w.end == len(w.buf) {
		moved = w.makeRoom()
	}
	for range 100 {
		n, err := w.src.Read(w.buf[w.end:])
		if w.code != nil {
			apply(&w.code.read, w.buf[w.end:w.end+n])
		}
		w.end += n
		if err != nil {
			w.err = err
		}
		if n > 0 || err != nil {
			return moved, n > 0
		}
	}
	w.err = io.ErrNoProgress
	return moved, false
}

// makeRoom moves what is kept to the front, and lets the window grow when that gives too little.
func (w *window) makeRoom() (moved int) {
	moved = min(w.keep, w.first)
	if moved < len(w.buf)/4 || len(w.buf) < w.size {
		return w.moveTo(make([]byte, max(2*len(w.buf), w.size)), moved)
	}
	return w.moveTo(w.buf, moved)
}

// moveTo puts what stands behind a position into a buffer, at its front.
func (w *window) moveTo(buf []byte, moved int) int {
	copy(buf, w.buf[moved:w.end])
	w.buf = buf
	for i := w.m0; i < len(w.marks); i++ {
		w.marks[i] -= mark(moved) << markShift
	}
	w.base += int64(moved)
	w.end -= moved
	w.looked -= moved
	w.keep -= moved
	if w.first != unshared {
		w.first -= moved
	}
	return moved
}

// look finds the marks of the next bytes, reading more when there are none. Marks before m0 are given up.
func (w *window) look() (moved int, ok bool) {
	if w.looked == w.end {
		if moved, ok = w.fill(); !ok {
			return moved, false
		}
	}
	if w.m0 > 0 {
		w.marks = w.marks[:copy(w.marks, w.marks[w.m0:])]
		w.m0 = 0
	}
	chunk := w.buf[w.looked:min(w.looked+w.stride, w.end)]
	n := len(w.marks)
	if cap(w.marks) < n+len(chunk)+1 {
		w.marks = append(make([]mark, 0, 2*(n+len(chunk)+1)), w.marks...)
	}
	w.marks = w.marks[:n+w.scan(chunk, w.marks[n:n+len(chunk)+1])]
	w.looked += len(chunk)
	return moved, true
}

// scan writes the marks of a chunk and gives their number. It has no branch that depends on the bytes: every byte
// writes a mark, and only those with a kind are kept.
func (w *window) scan(chunk []byte, marks []mark) int {
	class := &w.class
	pos := mark(w.looked) << markShift
	n := uint(0)
	for _, b := range chunk {
		if n >= uint(len(marks)) {
			break
		}
		marks[n] = pos + class.kind[b]
		n += uint(class.marks[b])
		pos += 1 << markShift
	}
	return int(n)
}

// forget gives up the marks from a position on: the bytes there are looked through again, under other classes.
func (w *window) forget(pos int) {
	n := len(w.marks)
	for n > w.m0 && int(w.marks[n-1]>>markShift) >= pos {
		n--
	}
	w.marks = w.marks[:n]
	w.looked = pos
}

// pass drops the marks before a position, and does not look for more of them.
func (w *window) pass(pos int) {
	w.looked = max(w.looked, pos)
	for w.m0 < len(w.marks) && int(w.marks[w.m0]>>markShift) < pos {
		w.m0++
	}
}

// ahead makes sure that n bytes from a position on are in the window, unless the source ends before. It gives the
// position, which may have moved, and the bytes that are there, n or more, or all that are left.
func (w *window) ahead(pos, n int) (int, []byte) {
	for w.end-pos < n {
		moved, ok := w.fill()
		pos -= moved
		if !ok {
			break
		}
	}
	return pos, w.buf[pos:w.end]
}
