package flatfile

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/batchgate/batchgate/finding"
)

// endMark is what CP/M and DOS put behind a text.
const endMark = 0x1A

// dropEndMark takes end marks behind the last byte of a file of lines off the data.
func (r *Reader) dropEndMark() {
	r.endMark = true
	data := r.src.data()
	rest := bytes.TrimRight(data, "\x1a")
	if len(rest) == len(data) || r.layout != nil && (!r.layout.lines() || !r.charset.ascii) {
		return
	}
	p := r.here()
	p.Offset += r.charset.size(rest)
	p.Length = int(r.charset.size(data[len(rest):]))
	lines, behind := countLines(rest)
	p.Line, p.Column = p.Line+lines, int(r.charset.size(rest[behind:]))+1
	r.found.add(finding.Finding{Rule: ruleEndMark, Severity: finding.Note, Place: p, Message: "end-of-file mark 0x1A skipped"})
	r.src.end -= len(data) - len(rest)
	clear(r.src.buf[r.src.end : r.src.end+pad])
}

// onlyEndMarks tells whether a file of records of one length has but an end mark or a line end behind its last record.
func (r *Reader) onlyEndMarks() bool {
	data := r.src.data()
	if r.layout == nil || r.layout.Words != NoWords || !r.charset.ascii || len(bytes.Trim(data, "\x1a\r\n")) > 0 {
		return false
	}
	r.note(ruleEndMark, data, "line end or end-of-file mark behind the last record skipped", "")
	r.offset += int64(len(data))
	r.src.pos = r.src.end
	return true
}

// here gives the place of the next record's first byte.
func (r *Reader) here() finding.Place {
	p := finding.Place{File: r.rec.file, Offset: r.offset}
	if r.line > 0 {
		p.Line, p.Column = r.line, 1
	}
	return p
}

// note counts something odd at the start of the next record.
func (r *Reader) note(rule string, what []byte, message, hint string) {
	p := r.here()
	p.Length = int(r.charset.size(what))
	r.found.add(finding.Finding{Rule: rule, Severity: finding.Note, Place: p, Message: message, Hint: hint})
}

// stop makes the error that ends the reading.
func (r *Reader) stop(cause error, rule string, p finding.Place, message, hint string) error {
	f := finding.Finding{Rule: rule, Severity: finding.Error, Place: p, Message: message, Hint: hint}
	r.found.add(f)
	return &Error{Finding: f, Err: cause}
}

// openPlace gives the place of the quote that is open in the data, and false when none is.
func (r *Reader) openPlace() (finding.Place, bool) {
	if r.dialect == nil || r.scan.open < 0 {
		return finding.Place{}, false
	}
	data := r.src.data()
	rec := Record{raw: data, charset: &r.charset, file: r.rec.file, offset: r.offset, line: r.line, number: r.number + 1, broken: true}
	return rec.placeOf(r.scan.open, r.scan.open+1), true
}

// truncated is the error for a file that ends within a record.
func (r *Reader) truncated() error {
	if p, ok := r.openPlace(); ok {
		return r.stop(ErrTruncated, ruleTruncated, p, "the file ends within the quotes opened here",
			"ask for the whole file; where quotes are not quoting, declare none, or records of one line")
	}
	p := r.here()
	p.Record, p.Length = r.number+1, int(r.charset.size(r.src.data()))
	want := r.layout.Length
	if r.layout.ByType {
		return r.stop(ErrTruncated, ruleTruncated, p, fmt.Sprintf("the file ends after %d bytes of a record", len(r.src.data())),
			"the file may still be being written, or its records have other lengths")
	}
	if r.layout.Words != NoWords {
		want = wordSize
		if p.Length >= wordSize {
			want = r.layout.word(r.src.data())
		}
	}
	return r.stop(ErrTruncated, ruleTruncated, p,
		fmt.Sprintf("the file ends after %d of the %d bytes of a record", len(r.src.data()), want),
		"the file may still be being written, or the record length is another one")
}

// tooLong is the error for a record beyond the limit.
func (r *Reader) tooLong() error {
	message := fmt.Sprintf("the record is longer than %d bytes", r.max)
	hint := "check delimiter and line ends, or set a higher limit"
	if p, ok := r.openPlace(); ok {
		return r.stop(ErrTooLong, ruleTooLong, p, message+": the quotes opened here are not closed", "close them, declare that records have one line, or set a higher limit")
	}
	p := r.here()
	p.Record = r.number + 1
	return r.stop(ErrTooLong, ruleTooLong, p, message, hint)
}

// failed is the error for a source that failed.
func (r *Reader) failed() error {
	p := r.here()
	p.Offset += r.charset.size(r.src.data())
	p.Line, p.Column = 0, 0
	if u, ok := r.src.r.(*utf16Reader); ok && u.half {
		return r.stop(ErrTruncated, ruleTruncated, p, "the file ends within a character", "ask for the whole file")
	}
	var known *Error
	if errors.As(r.src.err, &known) {
		return known
	}
	return r.stop(r.src.err, ruleSource, p, fmt.Sprintf("reading stopped after %d bytes: %v", p.Offset, r.src.err), "")
}
