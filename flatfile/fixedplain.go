package flatfile

import "bytes"

// readPlainFixed reads a record that there is nothing to say about, as most are, or gives false.
func (r *Reader) readPlainFixed() bool {
	l, s, rec := r.layout, &r.src, &r.rec
	b := s.buf[s.pos:s.end]
	n, body := l.Length, l.Length
	if n == 0 {
		at := bytes.IndexByte(b, '\n')
		if at < 0 && s.more() {
			b = s.data()
			at = bytes.IndexByte(b, '\n')
		}
		if at < 1 || b[0] == endMark {
			return false
		}
		n, body = at+1, at
		if b[at-1] == '\r' {
			body--
		}
		if lineEnds(n-body) != r.lineEnd || body == 0 { // lf and crlf are the lengths they have
			return false
		}
	} else if len(b) < n {
		return false
	}
	if n > r.max {
		return false
	}
	l.seen = spot{}
	k := l.kindOf(b[:body])
	if k == nil {
		return false
	}
	if body < k.width || k.length > 0 && body > k.length {
		return false
	}
	if l.chars && k.width > 0 && l.place(k.width, b[:body]) != k.width {
		return false
	}
	if l.Length == 0 && !(l.Unsearched && k.length > 0) && (body != k.length || l.chars) && !r.cleanLine(b[:body]) {
		return false
	}
	r.number++
	rec.raw, rec.body = b[:n:n], body
	if rec.kind != k || len(rec.spans) != len(k.spans) || len(k.spans) > 0 && &rec.spans[0] != &k.spans[0] {
		rec.kind, rec.layout, rec.names, rec.spans = k, l, k.names, k.spans
	}
	rec.number, rec.offset, rec.line = r.number, r.offset, r.line
	s.pos += n
	r.offset += int64(n)
	if r.line > 0 {
		r.line++
	}
	return true
}

// cleanLine tells whether a line has nothing within that needs a second look. Most of that is known of the whole of what
// was read last, which costs next to nothing for each line.
func (r *Reader) cleanLine(line []byte) bool {
	l := r.layout
	if data := r.src.data(); l.cleared != r.src.fills {
		l.cleared = r.src.fills
		l.clean = bytes.IndexByte(data, 0) < 0 && (r.lineEnd != lf || bytes.IndexByte(data, '\r') < 0)
	}
	return l.clean && (r.lineEnd == lf || bytes.IndexByte(line, '\r') < 0)
}
