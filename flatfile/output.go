package flatfile

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/batchgate/batchgate/finding"
)

// output is what both writers have in common: it counts, encodes UTF-16, and knows the places of the last record.
type output struct {
	w       *bufio.Writer
	err     error // sticky: bad options, or what the underlying writer failed with
	started bool
	buf     []byte // the record being made
	spans   []span // of its fields
	offset  int64
	line    int
	// The record written last.
	number int64
	at     int64 // its offset
	first  int   // its first line
	broken bool  // it goes over several
}

// newOutput gives an output onto w; err is what is wrong with the options.
func newOutput(w io.Writer, err error) output {
	return output{w: bufio.NewWriterSize(w, 64<<10), err: err, line: 1}
}

// mark writes the byte order mark that a file starts with: where it is asked for in a Unicode set, and always where
// UTF-16 leaves the order open.
func (o *output) mark(cs *charset, wanted bool) {
	switch {
	case cs.wide == utf16bom:
		cs.order = binary.LittleEndian
	case !wanted || !cs.unicode():
		return
	}
	if cs.order != nil {
		o.send([]byte(utf16Mark(cs.order)))
		return
	}
	o.send([]byte("\xEF\xBB\xBF"))
}

// put writes the record made, which goes over so many lines, 0 in a file without. It is remembered for place.
func (o *output) put(cs *charset, number int64, lines int) error {
	o.number, o.at, o.first, o.broken = number, o.offset, o.line, lines > 1
	o.line += lines
	if cs.order != nil {
		return o.send(appendUTF16(nil, o.buf, cs.order))
	}
	return o.send(o.buf)
}

// send writes bytes as they are.
func (o *output) send(b []byte) error {
	n, err := o.w.Write(b)
	o.offset += int64(n)
	if err != nil {
		o.err = err
	}
	return err
}

// place gives where a value of the last record stands.
func (o *output) place(i int, cs *charset, names []string, lines bool) finding.Place {
	if i < 0 || i >= len(o.spans) || o.at == o.offset {
		return finding.Place{}
	}
	rec := Record{raw: o.buf, body: len(o.buf), spans: o.spans, charset: cs, names: names, number: o.number, offset: o.at, broken: o.broken}
	if lines {
		rec.line = o.first
	}
	return rec.Place(i)
}

// flush hands what is buffered to the underlying writer.
func (o *output) flush() error {
	if err := o.w.Flush(); err != nil {
		o.err = err
	}
	return o.err
}
