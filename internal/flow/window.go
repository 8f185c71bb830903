package flow

import "io"

// window shows a stream piece by piece, so that a small record costs neither a call nor a copy of its own.
type window struct {
	r       io.Reader // nil: the buffer is all there is
	buf     []byte
	at, end int
}

// show gives what comes next: at least n bytes, fewer only at the end of the stream. It is valid until the next show.
func (w *window) show(n int) ([]byte, error) {
	if w.end-w.at >= n || w.r == nil {
		return w.buf[w.at:w.end], nil
	}
	if n > len(w.buf) {
		w.buf = append(make([]byte, 0, n), w.buf[w.at:w.end]...)[:n]
		w.at, w.end = 0, w.end-w.at
	} else {
		w.at, w.end = 0, copy(w.buf, w.buf[w.at:w.end])
	}
	for empty := 0; w.end < n; {
		m, err := w.r.Read(w.buf[w.end:])
		w.end += m
		if err == io.EOF {
			w.r = nil
			break
		}
		if empty++; m > 0 {
			empty = 0
		}
		if err == nil && empty > 100 {
			err = io.ErrNoProgress
		}
		if err != nil {
			return nil, err
		}
	}
	return w.buf[:w.end], nil
}

// pass moves on over n bytes of what was shown.
func (w *window) pass(n int) { w.at += n }
