package flatfile

import (
	"bytes"
	"unicode/utf8"

	"github.com/batchgate/batchgate/finding"
)

// next gives the length of the first record of data with its word or line end, or 0 when its end is not in the data. Below
// 0 is where the records cannot be told apart any more.
func (l *layout) next(data []byte, ended bool) int {
	switch {
	case l.Words != NoWords:
		return l.nextWord(data)
	case l.ByType:
		return l.nextByType(data, ended)
	case l.Ended:
		return l.nextEnded(data, ended)
	case l.Length > 0:
		if len(data) >= l.Length {
			return l.Length
		}
		return 0
	}
	if n, sure := l.nextWhole(data, ended); n > 0 || !sure {
		return n
	}
	if at, n := l.findEnd(data, ended); at >= 0 {
		return at + n
	}
	return 0
}

// nextWhole gives the length of a line that ends with LF and is as long as its type says: it is one record, whatever it
// holds. 0 is another line; sure is false when more of the file has to tell.
func (l *layout) nextWhole(data []byte, ended bool) (n int, sure bool) {
	if l.longest == 0 {
		return 0, true
	}
	first := data[:min(len(data), l.longest+2)]
	at := bytes.IndexByte(first, '\n')
	switch {
	case at < 0:
		return 0, ended || len(first) == l.longest+2
	case at > 0 && l.whole(data[:at-lineEndBefore(data, at)]):
		return at + 1, true
	}
	return 0, true
}

// whole tells whether a line is one record, whatever it holds: it is as long as its type says, so that it cannot be two.
func (l *layout) whole(body []byte) bool {
	if l.longest == 0 || l.chars && !l.Unsearched {
		return false
	}
	l.seen = spot{}
	k := l.kindOf(body)
	return k != nil && k.length > 0 && (l.Unsearched || len(body) == k.length)
}

// lineEndBefore gives how many bytes of the line end with LF at a place stand before that.
func lineEndBefore(b []byte, at int) int {
	if b[at-1] == '\r' {
		return 1
	}
	return 0
}

// nextByType gives the length of a record by its type: 0 when it is not all there, -1 when it is of no type.
func (l *layout) nextByType(data []byte, ended bool) int {
	for _, k := range l.kinds {
		at := l.size(data, k.at)
		if at < 0 || len(data)-at < len(k.value) {
			if !ended {
				return 0
			}
			continue
		}
		if bytes.HasPrefix(data[at:], k.value) {
			return max(l.size(data, k.length), 0)
		}
	}
	return -1
}

// size gives the number of bytes that some places of a record take, or -1 where there are not so many.
func (l *layout) size(data []byte, places int) int {
	if !l.chars {
		if len(data) < places {
			return -1
		}
		return places
	}
	at := 0
	for ; places > 0; places-- {
		if at >= len(data) || !utf8.FullRune(data[at:]) {
			return -1
		}
		_, n := utf8.DecodeRune(data[at:])
		at += n
	}
	return at
}

// nextEnded gives the length of a record of one length with the line end behind it.
func (l *layout) nextEnded(data []byte, ended bool) int {
	if len(data) < l.Length {
		return 0
	}
	rest := data[l.Length:]
	at, n := l.findEnd(rest, true)
	switch {
	case len(rest) == 0 && ended:
		return l.Length
	case len(rest) < 2 && !ended:
		return 0
	case at != 0 || n == 0:
		return -1
	}
	return l.Length + n
}

// findEnd finds a line end as lineEnd does, those of EBCDIC too: new line 0x15, line feed 0x25.
func (l *layout) findEnd(data []byte, ended bool) (at, n int) {
	if l.charset.ascii {
		return lineEnd(data, ended)
	}
	at = bytes.IndexByte(data, 0x15)
	if at < 0 {
		at = len(data)
	}
	if f := bytes.IndexByte(data[:at], 0x25); f >= 0 {
		at = f
	}
	switch {
	case at == len(data) && !ended:
		return -1, 0
	case at == len(data):
		return at, 0
	case at > 0 && data[at] == 0x25 && data[at-1] == '\r':
		return at - 1, 2
	}
	return at, 1
}

// body gives the length of a record without its line end.
func (l *layout) body(raw []byte) int {
	switch {
	case l.Length > 0:
		return l.Length
	case l.Words != NoWords || l.ByType:
		return len(raw)
	}
	at := len(raw)
	switch {
	case at == 0:
	case l.charset.ascii && raw[at-1] == '\n' || !l.charset.ascii && raw[at-1] == 0x25:
		if at--; at > 0 && raw[at-1] == '\r' {
			at--
		}
	case l.charset.ascii && raw[at-1] == '\r' || !l.charset.ascii && raw[at-1] == 0x15:
		at--
	}
	return at
}

// cut finds the type of a record and its fields. A field beyond the record's end is missing.
func (l *layout) cut(rec *Record) {
	rec.body = l.body(rec.raw)
	rec.layout, rec.kind, rec.names = l, nil, nil
	head := l.head()
	body := rec.raw[head:rec.body]
	rec.spans = l.spans[:0]
	l.seen = spot{}
	k := l.kindOf(body)
	if k == nil {
		return
	}
	rec.kind, rec.names = k, k.names
	if len(body) >= k.width && l.place(k.width, body) == k.width {
		rec.spans = k.spans
		return
	}
	for _, f := range k.fields {
		rec.spans = append(rec.spans, span{uint32(head + l.place(f.at, body)), uint32(head + l.place(f.at+f.length, body))})
	}
	l.spans = rec.spans
}

// kindOf finds the type of a record.
func (l *layout) kindOf(body []byte) *kind {
	for _, k := range l.kinds {
		at := body
		if k.at > 0 {
			at = body[l.place(k.at, body):]
		}
		if hasMark(at, k.value) {
			return k
		}
	}
	return nil
}

// hasMark tells whether b begins with a mark. Marks are short, and mostly tell themselves apart in their first bytes.
func hasMark(b, mark []byte) bool {
	if len(b) < len(mark) {
		return false
	}
	for i, c := range mark {
		if b[i] != c {
			return false
		}
	}
	return true
}

// A spot is a character of a record: so many stand before it, in so many bytes.
type spot struct{ chars, bytes int }

// place gives the byte of a record at which a place of the layout is, or the record's end. Characters are counted from
// the place asked for before, as fields are mostly asked for in their order.
func (l *layout) place(at int, body []byte) int {
	if !l.chars || at == 0 {
		return min(at, len(body))
	}
	return l.placeOf(at, body)
}

// placeOf counts characters.
func (l *layout) placeOf(at int, body []byte) int {
	s := l.seen
	if at < s.chars || s.bytes > len(body) {
		s = spot{}
	}
	for s.chars < at && s.bytes < len(body) {
		rest := body[s.bytes:]
		if n := asciiPrefix(rest[:min(at-s.chars, len(rest))]); n > 0 {
			s.chars, s.bytes = s.chars+n, s.bytes+n
			continue
		}
		_, n := utf8.DecodeRune(rest)
		s.chars, s.bytes = s.chars+1, s.bytes+n
	}
	l.seen = s
	return s.bytes
}

// length gives the length of a record, in what the layout counts.
func (l *layout) length(body []byte) int {
	if l.chars {
		return utf8.RuneCount(body)
	}
	return len(body)
}

// faults gives what is wrong with the record just cut.
func (l *layout) faults(rec *Record) finding.List {
	var faults finding.List
	head := l.head()
	body := rec.raw[head:rec.body]
	if l.lines() && l.charset.ascii && !l.whole(body) {
		if at := bytes.IndexByte(body, 0); at >= 0 {
			f := rec.finding(ruleNUL, at, at+1, "the record holds a NUL byte")
			f.Hint = "the file may be damaged, still being written, or utf-16"
			faults = append(faults, f)
		}
	}
	k := rec.kind
	if k == nil {
		f := rec.finding(ruleRecordType, 0, rec.body, "the record is of no type of the layout")
		f.Hint = "add its type to the layout, or check the file"
		if l.Length > 0 && !l.Ended && len(body) > 0 && (body[0] == '\r' || body[0] == '\n') {
			f.Hint = "it begins with a line end: declare lines, not a record length"
		}
		return append(faults, f)
	}
	switch {
	case l.Length > 0:
	case !l.ShortRows && len(body) < k.width*l.wide() && l.length(body) < k.width:
		faults = append(faults, l.short(rec, l.length(body)))
	case k.length > 0 && len(body) > k.length && len(bytes.Trim(body[l.place(k.length, body):], string([]byte{l.blank}))) > 0:
		f := rec.finding(ruleRowLong, head+l.place(k.length, body), rec.body, "the record is %d long, not %d", l.length(body), k.length)
		f.Hint = "check the layout: a field may have become longer"
		faults = append(faults, f)
	}
	return faults
}

// short is the fault of a line that ends before its last field, at the first field cut.
func (l *layout) short(rec *Record, n int) finding.Finding {
	f := rec.finding(ruleRowShort, rec.body, rec.body, "the record is %d long, and its fields end at %d", n, rec.kind.width)
	f.Hint = "check the layout, or tolerate short rows if the partner leaves out blanks at the end"
	for i, field := range rec.kind.fields {
		if field.at+field.length > n {
			f.Place.Field = rec.Name(i)
			break
		}
	}
	return f
}

// trim takes the filling off a field.
func (f *fixedField) trim(b []byte) []byte {
	switch {
	case f.binary || f.number != NotNumber:
		return b
	case !f.right:
		for len(b) > 0 && b[len(b)-1] == f.pad {
			b = b[:len(b)-1]
		}
		return b
	}
	for len(b) > 1 && b[0] == f.pad {
		b = b[1:]
	}
	if len(b) == 1 && b[0] == f.pad && !f.zeros() {
		b = b[:0]
	}
	return b
}

// zeros tells whether a field is filled with zeros, in ASCII or EBCDIC.
func (f *fixedField) zeros() bool { return f.pad == '0' || f.pad == 0xF0 }
