package edifact

import (
	"bytes"
	"fmt"
	"io"

	"golang.org/x/text/encoding/charmap"

	"github.com/batchgate/batchgate/finding"
)

// farthest is how many bytes the beginning of an interchange is recognised by: UNA, a line end, and UNB up to 0002.
const farthest = 64

// first gives the bytes by which an interchange at pos is recognised, no more and, but for the file's end, no fewer.
func (d *Decoder) first() []byte {
	b := d.ahead(farthest)
	return b[:min(len(b), farthest)]
}

// byteOrderMark is U+FEFF in UTF-8, which some programs write before everything else.
const byteOrderMark = "\xEF\xBB\xBF"

// seek moves to the beginning of the next interchange and makes its framing. What stands before it is reported.
func (d *Decoder) seek() error {
	if d.w.offset(d.pos) == 0 && bytes.HasPrefix(d.ahead(3), []byte(byteOrderMark)) {
		d.report(about(RuleByteOrderMark, d.placeAt(0, 3), "the file begins with a byte order mark"))
		d.pos += 3
	}
	if d.w.offset(d.pos) == 0 {
		d.uncode()
	}
	d.skipBlank()
	b := d.first()
	if len(b) == 0 {
		return d.atFileEnd()
	}
	if d.recognise(b, true) || !d.found && d.headless(b) {
		return d.begin()
	}
	return d.seekBehindJunk()
}

// uncode finds out whether the file stands in EBCDIC. From then on its bytes are those of ISO 8859-1.
func (d *Decoder) uncode() {
	if b := d.ahead(farthest); !isEBCDIC(b[:min(len(b), farthest)]) {
		return
	}
	code := newCoding(d.opt.charset.ebcdic)
	apply(&code.read, d.w.buf[d.pos:d.w.end])
	d.w.code = code
	message := "the file is coded in EBCDIC; it is read as " + code.name
	d.report(about(RuleEBCDIC, d.placeAt(0, 0), message))
}

// atFileEnd is called where nothing but blanks is left.
func (d *Decoder) atFileEnd() error {
	if d.w.err != io.EOF {
		return d.readError()
	}
	if d.found {
		return io.EOF
	}
	return &Error{Finding: about(RuleEmpty, d.placeAt(d.pos, 0), "the file is empty"), Err: ErrEmpty}
}

// seekBehindJunk looks for an interchange behind bytes that are none.
func (d *Decoder) seekBehindJunk() error {
	place := d.placeAt(d.pos, 0)
	source := d.ctx.charset.show(d.ahead(mostShown))
	start, head := d.w.offset(d.pos), bytes.Clone(d.first())
	for {
		rest := d.first()
		if len(rest) == 0 || d.pos-d.before > d.opt.maxSegment {
			break
		}
		if d.recognise(rest, false) {
			break
		}
		next := bytes.IndexByte(rest[1:], 'U') + 1
		if next == 0 {
			next = len(rest)
		}
		d.passLines(next)
	}
	place.Length = min(int(d.w.offset(d.pos)-start), d.opt.maxSegment)
	f := about(RuleJunk, place, fmt.Sprintf("%d bytes are no part of an interchange", place.Length))
	f.Source = source
	switch ended := len(d.ahead(1)) == 0; {
	case ended && d.w.err != io.EOF:
		return d.readError()
	case !d.found && (ended || d.pos-d.before > d.opt.maxSegment):
		return notEDIFACT(place, source, head)
	case d.pos-d.before > d.opt.maxSegment:
		f.Message = fmt.Sprintf("more than %d bytes are no part of an interchange", d.opt.maxSegment)
		return &Error{Finding: f, Err: ErrTooLong}
	case ended:
		d.report(f)
		return io.EOF
	}
	d.report(f)
	return d.begin()
}

// passLines moves over bytes outside of segments, counting lines.
func (d *Decoder) passLines(n int) {
	for range n {
		d.pos++
		if d.w.buf[d.pos-1] == '\n' {
			d.line++
			d.lineStart = d.w.offset(d.pos)
		}
	}
}

// notEDIFACT says what a file may be instead.
func notEDIFACT(place finding.Place, source string, first []byte) error {
	f := about(RuleNoInterchange, place, "no interchange begins in this file")
	f.Source = source
	switch {
	case bytes.HasPrefix(first, []byte("\xFF\xFE")), bytes.HasPrefix(first, []byte("\xFE\xFF")):
		f.Message = "the file is UTF-16"
		f.Hint = "let the sender write it in the character set that UNB names"
	case bytes.HasPrefix(first, []byte("<")):
		f.Message = "the file is XML or HTML"
		f.Hint = "look whether it is an error page that was saved as a file"
	}
	return &Error{Finding: f, Err: ErrNotEDIFACT}
}

// recognise tells whether bytes begin an interchange. Where nothing else can stand it is generous; in the midst of
// other bytes it wants to see the syntax identifier.
func (d *Decoder) recognise(b []byte, generous bool) bool {
	if len(b) < 4 || b[0] != 'U' {
		return false
	}
	switch string(b[:3]) {
	case "UNA":
		_, n := readUNA(b)
		if n == 0 {
			return false
		}
		rest := bytes.TrimLeft(b[n:], "\r\n \t")
		return isHeader(rest) || generous && len(rest) > 3 && isTag(rest[:3]) && !isAlnum(rest[3])
	case "UNB", "UIB":
		return isHeader(b) && (generous || len(identifierOf(b)) == 4)
	}
	return false
}

// isHeader tells whether bytes begin with UNB or UIB and a separator.
func isHeader(b []byte) bool {
	return len(b) > 3 && (string(b[:3]) == "UNB" || string(b[:3]) == "UIB") && !isAlnum(b[3]) && b[3] != ' '
}

// identifierOf gives the syntax identifier that follows UNB and its separator.
func identifierOf(b []byte) string {
	n := 4
	for n < len(b) && isUpper(b[n]) {
		n++
	}
	return string(b[min(4, len(b)):n])
}

// headless tells whether a file begins with a group or message that no UNB introduces.
func (d *Decoder) headless(b []byte) bool {
	if len(b) < 4 || b[3] != defaultSeparators.Element {
		return false
	}
	s := serviceOf(b[:3])
	return s == groupHeader || s == messageHeader
}

// beginsInterchange tells whether the segment at pos, which begins with U, is UNA or UNB: an interchange without UNZ
// before it, or the first one's own.
func (d *Decoder) beginsInterchange() bool {
	b := d.ahead(4)
	if len(b) < 4 || b[1] != 'N' && b[1] != 'I' || b[2] != 'A' && b[2] != 'B' {
		return false
	}
	b = d.first()
	if string(b[:3]) == "UNA" {
		return d.recognise(b, false)
	}
	return isHeader(b) && (b[3] == d.ctx.separators.Element || d.recognise(b, false))
}

// begin makes the framing of the interchange that begins at pos, and moves to its UNB.
func (d *Decoder) begin() error {
	d.judge.said = said{}
	d.count.outside(&d.ctx)
	b := d.first()
	given, n := Separators{}, 0
	if string(b[:3]) == "UNA" {
		given, n = readUNA(b)
		if n == shortUNA {
			d.report(about(RuleUNAShort, d.placeAt(d.pos, n), "UNA has five service characters instead of six"))
		}
	}
	una := d.placeAt(d.pos, n)
	d.passLines(n)
	d.skipBlank()
	expected := defaultSeparators
	if n > 0 {
		expected = given
	}
	h := readHeader(d.first(), expected, d.opt.lineBreaks == DropLineBreaks)
	separators, err := d.choose(given, n > 0, h, una)
	if err != nil {
		return err
	}
	d.una = n > 0
	d.frame(separators, h)
	d.inside, d.found = true, true
	return nil
}

// choose decides on the separators: those of UNA, or the ones that hold without.
func (d *Decoder) choose(given Separators, una bool, h header, at finding.Place) (Separators, error) {
	d.syntax = Syntax{Identifier: h.identifier, Version: h.version, Number: h.number()}
	without := DefaultSeparators(d.syntax.Number)
	if una {
		if !h.repeats() {
			given.Repetition = 0
		}
		wrong := given.check()
		if wrong == "" && h.element != given.Element {
			wrong = fmt.Sprintf("UNA says %q for the element separator, and %s is followed by %q", given.Element, h.tag, h.element)
		}
		if wrong == "" {
			return given, nil
		}
		f := about(RuleUNA, at, wrong)
		if h.element == without.Element && h.component == without.Component {
			d.report(f)
			return without, nil
		}
		return given, &Error{Finding: f, Err: ErrSeparators}
	}
	switch h.element {
	case without.Element:
		return without, nil
	case levelB.Element:
		return levelB, nil
	}
	f := about(RuleUNAMissing, d.placeAt(d.pos, 4), fmt.Sprintf("%s is followed by %q, and no UNA says so", h.tag, h.element))
	if d.found && h.element == d.ctx.separators.Element {
		f.Message += "; the separators of the interchange before are taken"
		d.report(f)
		return d.ctx.separators, nil
	}
	return without, &Error{Finding: f, Err: ErrSeparators}
}

// frame sets separators and character set for what follows.
func (d *Decoder) frame(s Separators, h header) {
	c, known := LookupCharset(h.identifier)
	forced := d.opt.forced && d.opt.charset.ebcdic == ""
	switch {
	case forced:
		c, known = d.opt.charset, true
	case d.w.code != nil && c.basic == nil:
		c = Charset{level: c.level, name: "iso-8859-1", table: charmap.ISO8859_1} // whatever the set: so it was uncoded
	}
	d.shifts = c.begin()
	f := framing{separators: s, charset: c, doubtful: c.table != nil && !forced && d.w.code == nil, code: d.w.code}
	if f != d.ctx.framing || !d.found || d.w.looked < d.pos {
		d.ctx.framing = f
		d.reframe()
	}
	if h.tag == "" || h.identifier == "" {
		return
	}
	if h.odd() {
		d.report(about(RuleSyntax, d.placeAt(d.pos, 0), fmt.Sprintf("syntax version %q is not known", h.version)))
	}
	if !known {
		d.report(about(RuleCharsetUnknown, d.placeAt(d.pos, 0), fmt.Sprintf("the character set of %q is not known", h.identifier)))
	}
	if d.syntax.Number >= 4 && s.Repetition == 0 {
		d.report(about(RuleRepetition, d.placeAt(d.pos, 0), "syntax 4 without a repetition separator"))
	}
}

// reframe makes marks anew from behind the current segment on, or from pos.
func (d *Decoder) reframe() {
	d.w.class.fill(&d.ctx.framing)
	d.w.forget(d.pos)
}
