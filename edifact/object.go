package edifact

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// object is what stands behind a header that says how many bytes it has, and no separator divides: a binary object between
// UNO and UNP (ISO 9735-8), or encrypted data between USD and USU (ISO 9735-7).
type object struct {
	d       *Decoder
	left    int64 // bytes not yet read; -1 when the header does not say how many
	header  string
	trailer string
}

// beginObject is called at UNO and USD.
func (d *Decoder) beginObject() {
	o := &object{d: d, header: "UNO", trailer: "UNP"}
	element := 3 // S022, 0810
	if string(d.seg.tagBytes()) == "USD" {
		o.header, o.trailer, element = "USD", "USU", 0 // 0556
	}
	length, err := strconv.ParseInt(string(d.seg.Bytes(element, 0, 0)), 10, 64)
	if err != nil || length < 0 {
		length = -1
		f := about(RuleObject, d.seg.Place(element, 0, 0), o.header+" does not say how long its object is")
		f.Source = d.ctx.charset.show(d.seg.Raw())
		d.report(f)
	}
	o.left = length
	d.object = o
}

// Object reads the binary object behind a UNO segment, or the encrypted data behind USD. It has to be called behind the
// segment and before the next; the segment is invalid from then on, and what is left unread is skipped. It is nil where
// no object follows. Security headers between UNO and its object come first, as segments; the object follows the last.
func (d *Decoder) Object() io.Reader {
	if d.object == nil || d.object.left < 0 || d.securityFollows() {
		return nil
	}
	return d.object
}

// securityFollows tells whether a segment of a security header comes before the object; ISO 9735-5.
func (d *Decoder) securityFollows() bool {
	if d.object.header != "UNO" {
		return false
	}
	b := d.ahead(6)
	b = bytes.TrimLeft(b[:min(len(b), 6)], "\r\n")
	return len(b) > 3 && b[3] == d.ctx.separators.Element && isSecurityHeader(b[:3])
}

func isSecurityHeader[T string | []byte](tag T) bool {
	switch string(tag) {
	case "USH", "USA", "USC", "USR":
		return true
	}
	return false
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
	if code := o.d.w.code; code != nil {
		apply(&code.write, p[:n])
	}
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

// skipObject moves behind the rest of the object, to its trailer.
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
		if o.atTrailer(d.ahead(6)) { // with a line end before it
			return nil
		}
		d.report(about(RuleObject, d.placeAt(d.pos, 0), fmt.Sprintf("the object is not followed by %s: its length in %s is wrong", o.trailer, o.header)))
	}
	return o.search()
}

// atTrailer tells whether bytes begin with the trailer, or with a security trailer that stands before UNP.
func (o *object) atTrailer(b []byte) bool {
	b = bytes.TrimLeft(b[:min(len(b), 6)], "\r\n")
	if len(b) < 3 || len(b) > 3 && b[3] != o.d.ctx.separators.Element {
		return false
	}
	return string(b[:3]) == o.trailer || o.header == "UNO" && string(b[:3]) == "UST"
}

// search moves to the next trailer, as far away as a segment may be long. What stands before it goes to its Before.
func (o *object) search() error {
	d := o.d
	d.before, d.w.keep = d.pos, d.pos
	start := d.placeAt(d.pos, 0)
	want := append([]byte(o.trailer), d.ctx.separators.Element)
	for {
		have := d.ahead(len(want))
		ended := len(have) < len(want)
		i := bytes.Index(have, want)
		pass := i
		switch {
		case i >= 0:
		case ended:
			pass = len(have)
		default:
			pass = len(have) - len(want) + 1
		}
		left := d.opt.maxSegment - (d.pos - d.before)
		o.pass(min(pass, left+1))
		switch {
		case pass > left:
			f := about(RuleObject, start, fmt.Sprintf("no %s stands within %d bytes", o.trailer, d.opt.maxSegment))
			return &Error{Finding: f, Err: ErrTooLong}
		case ended:
			return o.truncated()
		case i >= 0:
			return nil
		}
	}
}
