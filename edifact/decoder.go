package edifact

import (
	"errors"
	"io"
	"iter"
	"slices"

	"github.com/batchgate/batchgate/finding"
)

// Decoder reads segments from a source. Its memory does not grow with the file: it holds one window of the source,
// which is as large as the longest segment, and at least 64 KiB.
//
// The decoder finds the separators and the character set of each interchange by itself. It returns an error, an
// *Error, where framing is lost; whatever else is wrong is among the Findings, and reading goes on.
type Decoder struct {
	w   window
	ctx segmentContext
	seg Segment
	opt options
	err error

	pos       int // behind the last segment
	before    int // first byte of what stands before the next segment
	line      int
	lineStart int64

	inside  bool // separators are known
	found   bool // an interchange, or at least a message, has begun somewhere
	syntax  Syntax
	una     bool
	count   ordinals
	object  *object
	shifts  shifts // behind the last segment
	judge   judgement
	notes   findings
	trailer []byte
}

// Syntax is what UNB says about the interchange's syntax.
type Syntax struct {
	Identifier string // 0001, "UNOC"
	Version    string // 0002 as it stands, "3"
	Number     int    // the version by which the interchange is read, 1 to 4
}

// NewDecoder makes a decoder that reads from r. Nothing is read before the first segment is asked for.
func NewDecoder(r io.Reader, opts ...Option) *Decoder {
	d := &Decoder{w: newWindow(r), opt: options{maxSegment: defaultMaxSegment}, line: 1}
	for _, o := range opts {
		o(&d.opt)
	}
	d.ctx = segmentContext{file: d.opt.file, lineBreaks: d.opt.lineBreaks, tags: newTagCache()}
	d.ctx.separators = defaultSeparators
	d.seg.ctx = &d.ctx
	return d
}

// ReadSegment gives the next segment, valid until the next read, or io.EOF behind the last. UNA is no segment: it
// stands in Before of its UNB. After an error every further read gives the same.
func (d *Decoder) ReadSegment() (*Segment, error) {
	if d.err != nil {
		return nil, d.err
	}
	if d.fast() {
		return &d.seg, nil
	}
	if err := d.next(); err != nil {
		d.err = err
		if err == io.EOF || errors.Is(err, ErrTruncated) {
			d.trailer = d.w.buf[d.before:d.w.end]
		}
		return nil, err
	}
	return &d.seg, nil
}

// Segments gives all segments. The last pair holds an error when framing is lost.
func (d *Decoder) Segments() iter.Seq2[*Segment, error] {
	return func(yield func(*Segment, error) bool) {
		for {
			seg, err := d.ReadSegment()
			if err == io.EOF {
				return
			}
			if !yield(seg, err) || err != nil {
				return
			}
		}
	}
}

// Findings gives what was odd or tolerated since it was last called, and forgets it. Of more than 1,000 findings that
// nobody takes, the rest is counted in one.
func (d *Decoder) Findings() finding.List { return d.notes.drain() }

// Separators gives the service characters of the current interchange.
func (d *Decoder) Separators() Separators { return d.ctx.separators }

// Charset gives the character set in which the current interchange is read.
func (d *Decoder) Charset() Charset { return d.ctx.charset }

// Syntax gives what the current UNB says about its syntax.
func (d *Decoder) Syntax() Syntax { return d.syntax }

// Coding gives the name of the code page of mainframes in which the file stands, "ibm037", or "". The bytes that segments
// give are then those of ISO 8859-1, one for one byte of the file.
func (d *Decoder) Coding() string {
	if d.w.code == nil {
		return ""
	}
	return d.w.code.name
}

// HasUNA tells whether the current interchange begins with UNA.
func (d *Decoder) HasUNA() bool { return d.una }

// Trailer gives what stands behind the last segment, once the end of the file has been reached.
func (d *Decoder) Trailer() []byte { return d.trailer }

// Offset gives the place in the file behind the last segment.
func (d *Decoder) Offset() int64 { return d.w.offset(d.pos) }

// next reads the next segment into d.seg.
func (d *Decoder) next() error {
	d.before, d.w.keep = d.pos, d.pos
	if d.object != nil && !d.securityFollows() {
		if err := d.skipObject(); err != nil {
			return err
		}
	}
	d.count.leave(d)
	for {
		if err := d.toSegment(); err != nil {
			return err
		}
		if err := d.cut(); err != nil {
			return err
		}
		if d.accept() {
			return nil
		}
	}
}

// toSegment moves to the first byte of a segment, over line breaks and whatever else stands there.
func (d *Decoder) toSegment() error {
	if !d.inside {
		return d.seek()
	}
	if d.pos < d.w.end {
		if b := d.w.buf[d.pos]; isUpper(b) && b != 'U' {
			return nil
		}
	}
	d.skipBlank()
	switch {
	case d.pos-d.before > d.opt.maxSegment:
		return d.tooLong()
	case d.pos == d.w.end:
		return d.atEnd()
	}
	if d.w.buf[d.pos] != 'U' || !d.beginsInterchange() {
		return nil
	}
	return d.begin()
}

// atEnd is called where no bytes are left and none are missing.
func (d *Decoder) atEnd() error {
	if d.w.err != io.EOF {
		return d.readError()
	}
	return io.EOF
}

func (d *Decoder) readError() error {
	return &Error{Finding: about(RuleRead, d.placeAt(d.pos, 0), "reading failed: "+d.w.err.Error()), Err: d.w.err}
}

// shift corrects positions after the window has moved.
func (d *Decoder) shift(moved int) {
	d.pos -= moved
	d.before -= moved
}

// look finds further marks; false at the end of the source.
func (d *Decoder) look() bool {
	moved, ok := d.w.look()
	d.shift(moved)
	return ok
}

// ahead gives the next n bytes, or fewer where the source ends.
func (d *Decoder) ahead(n int) []byte {
	if rest := d.w.end - d.pos; rest >= n {
		return d.w.buf[d.pos:d.w.end]
	}
	pos, b := d.w.ahead(d.pos, n)
	d.shift(d.pos - pos)
	return b
}

// skipBlank moves over line breaks, and over blanks and fill bytes, which are reported.
func (d *Decoder) skipBlank() {
	for {
		for d.pos < d.w.end && d.pos-d.before <= d.opt.maxSegment {
			switch d.w.buf[d.pos] {
			case '\n':
				d.line++
				d.lineStart = d.w.offset(d.pos) + 1
			case '\r':
			case 0x85: // the line feed of EBCDIC
				if d.w.code == nil {
					return
				}
			case ' ', '\t', 0, 0x1A:
				d.judge.padding(d)
			default:
				return
			}
			d.pos++
		}
		if d.pos-d.before > d.opt.maxSegment || len(d.ahead(1)) == 0 {
			return
		}
	}
}

// placeAt gives a place outside of segments.
func (d *Decoder) placeAt(pos, length int) finding.Place {
	offset := d.w.offset(pos)
	return finding.Place{
		File: d.opt.file, Message: d.ctx.message, Offset: offset, Length: length,
		Line: d.line, Column: int(offset - d.lineStart + 1),
	}
}

// findings collects what was found until somebody takes it.
type findings struct {
	list finding.List
	more int
}

const mostFindings = 1000

func (f *findings) add(x finding.Finding) {
	switch {
	case len(f.list) < mostFindings:
		f.list = append(f.list, x)
	case f.more == 0:
		f.list = append(f.list, about(RuleMany, x.Place, "further findings are only counted"))
		fallthrough
	default:
		f.more++
		f.list[mostFindings].Count = f.more
	}
}

func (f *findings) drain() finding.List {
	list := slices.Clip(f.list)
	*f = findings{}
	return list
}
