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
	last    Record // the record written last
	offset  int64
	line    int
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

// put writes the record made, and remembers it for Place.
func (o *output) put(cs *charset, number int64, names []string, lines bool) error {
	o.last = Record{raw: o.buf, body: len(o.buf), spans: o.spans, charset: cs, names: names, number: number, offset: o.offset}
	if lines {
		o.last.line = o.line
		n, _ := countLines(o.buf)
		o.line += n
		o.last.broken = n > 1
	}
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
func (o *output) place(i int) finding.Place {
	if i < 0 || i >= len(o.spans) {
		return finding.Place{}
	}
	return o.last.Place(i)
}

// flush hands what is buffered to the underlying writer.
func (o *output) flush() error {
	if err := o.w.Flush(); err != nil {
		o.err = err
	}
	return o.err
}
