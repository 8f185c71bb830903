package edifact

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/batchgate/batchgate/finding"
)

// object is a binary object between UNO and UNP; ISO 9735-8.
type object struct {
	d    *Decoder
	left int64 // bytes not yet read; -1 when UNO does not say how many
}

// beginObject is called at UNO: what follows its terminator are bytes that no separator divides.
func (d *Decoder) beginObject() {
	length, err := strconv.ParseInt(string(d.seg.Bytes(3, 0, 0)), 10, 64) // S022, 0810
	if err != nil || length < 0 {
		length = -1
		f := about(RuleObject, d.seg.Place(3, 0, 0), "UNO does not say how long its object is")
		f.Source = d.ctx.charset.show(d.seg.Raw())
		d.report(f)
	}
	d.object = &object{d: d, left: length}
}

// Object reads the binary object behind a UNO segment, after which it has to be called, and before the next segment;
// what is left unread is skipped. Reading makes the segment invalid. It is nil where no object follows.
func (d *Decoder) Object() io.Reader {
	if d.object == nil || d.object.left < 0 {
		return nil
	}
	return d.object
}

// Read gives bytes of the object.
func (o *object) Read(p []byte) (int, error) {
	if o.d.object != o || o.left <= 0 {
		return 0, io.EOF
	}
	have, err := o.peek()
	if err != nil {
		return 0, err
	}
	n := copy(p, have)
	o.pass(n)
	return n, nil
}

// peek gives the next bytes of the object.
func (o *object) peek() ([]byte, error) {
	d := o.d
	d.before, d.w.keep = d.pos, d.pos
	have := d.ahead(1)
	if len(have) == 0 {
		if d.w.err != io.EOF {
			return nil, d.readError()
		}
		return nil, o.truncated()
	}
	return have[:min(int64(len(have)), o.left)], nil
}

func (o *object) truncated() error {
	f := about(RuleTruncated, o.d.placeAt(o.d.pos, 0), "the file ends within a binary object")
	if o.left > 0 {
		f.Message += fmt.Sprintf(", %d bytes before its end", o.left)
	}
	return &Error{Finding: f, Err: ErrTruncated}
}

func objectTooLong(start finding.Place, limit int) error {
	f := about(RuleObject, start, fmt.Sprintf("no UNP stands within %d bytes", limit))
	return &Error{Finding: f, Err: ErrTooLong}
}

// pass moves over bytes of the object.
func (o *object) pass(n int) {
	d := o.d
	passed := d.w.buf[d.pos : d.pos+n]
	if lines := bytes.Count(passed, []byte{'\n'}); lines > 0 {
		d.line += lines
		d.lineStart = d.w.offset(d.pos) + int64(bytes.LastIndexByte(passed, '\n')) + 1
	}
	d.pos += n
	o.left -= int64(n)
	d.w.m0 = len(d.w.marks)
	d.w.forget(d.pos)
}

// skipObject moves behind the rest of the object, to its UNP.
func (d *Decoder) skipObject() error {
	o := d.object
	d.object = nil
	for o.left > 0 {
		have, err := o.peek()
		if err != nil {
			return err
		}
		o.pass(len(have))
	}
	d.before, d.w.keep = d.pos, d.pos
	if o.left == 0 {
		if d.atTrailer(d.ahead(6)) { // with a line end before it
			return nil
		}
		d.report(about(RuleObject, d.placeAt(d.pos, 0), "the object is not followed by UNP: its length in UNO is wrong"))
	}
	return o.search()
}

// atTrailer tells whether bytes begin with UNP.
func (d *Decoder) atTrailer(b []byte) bool {
	b = bytes.TrimLeft(b, "\r\n")
	return len(b) >= 3 && string(b[:3]) == "UNP" && (len(b) == 3 || b[3] == d.ctx.separators.Element)
}

// search moves to the next UNP, as far away as a segment may be long. What stands before it goes to its Before.
func (o *object) search() error {
	d := o.d
	d.before, d.w.keep = d.pos, d.pos
	start := d.placeAt(d.pos, 0)
	want := []byte{'U', 'N', 'P', d.ctx.separators.Element}
	for {
		have := d.ahead(len(want))
		ended := len(have) < len(want)
		i := bytes.Index(have, want)
		switch {
		case i >= 0:
			o.pass(i)
		case ended:
			o.pass(len(have))
		default:
			o.pass(len(have) - len(want) + 1)
		}
		switch {
		case d.pos-d.before > d.opt.maxSegment:
			return objectTooLong(start, d.opt.maxSegment)
		case ended:
			return o.truncated()
		case i >= 0:
			return nil
		}
	}
}
