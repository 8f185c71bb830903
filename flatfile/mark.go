package flatfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/internal/window"
)

// byteOrderMarks are what a file may begin with, and what it says.
var byteOrderMarks = []struct{ mark, charset string }{
	{"\xEF\xBB\xBF", "utf-8"}, {"\xFF\xFE", "utf-16le"}, {"\xFE\xFF", "utf-16be"},
}

// readMark looks at the first bytes for a byte order mark and readies the source.
func (r *Reader) readMark() error {
	first, err := window.Peek(r.in, 3)
	if err == io.EOF && len(first) == 0 {
		return r.stop(ErrEmpty, ruleEmpty, r.here(), "the file is empty: 0 bytes", emptyHint)
	}
	if r.charset.ascii && (r.layout == nil || r.layout.lines()) { // any bytes may begin a binary record
		for _, m := range byteOrderMarks {
			if bytes.HasPrefix(first, []byte(m.mark)) {
				if err := r.foundMark(m.mark, m.charset); err != nil {
					return err
				}
				first = first[len(m.mark):]
				break
			}
		}
	}
	in := window.Rejoin(first, err, r.in)
	r.src = source{r: in, limit: r.max + 2}
	if r.charset.wide == utf16bom {
		return r.stop(ErrCharset, ruleBOM, r.here(), "utf-16 is declared, and the file has no byte order mark", "declare utf-16le or utf-16be")
	}
	if r.charset.order != nil {
		r.src.r = &utf16Reader{r: in, order: r.charset.order}
	}
	if r.src.more(); r.src.ended() && len(r.src.data()) == 0 {
		return r.stop(ErrEmpty, ruleEmpty, r.here(), "the file is empty: it has a byte order mark and nothing else", emptyHint)
	}
	return nil
}

// emptyHint says what an empty file often is.
const emptyHint = "a file without records is often a failed export"

// foundMark judges a byte order mark against the declared character set.
func (r *Reader) foundMark(mark, says string) error {
	p := r.here()
	p.Length = len(mark)
	r.preamble = append(r.preamble, mark...)
	r.offset = int64(len(mark))
	if says == r.charset.name {
		return nil
	}
	declared := r.charset.name
	if r.charset.wide == utf16bom && says != "utf-8" {
		r.charset = newCharset(says)
		return nil
	}
	f := finding.Finding{
		Rule: ruleBOM, Severity: finding.Error, Place: p, Value: fmt.Sprintf("% X", mark),
		Message: fmt.Sprintf("the file begins with the byte order mark of %s, but %s is declared", says, declared),
		Hint:    fmt.Sprintf("declare %s, or let the byte order mark decide", says),
	}
	if r.trustsMark() {
		f.Severity, f.Hint = finding.Warning, ""
		f.Message = fmt.Sprintf("the file is read as %s by its byte order mark, not as %s", says, declared)
		r.faults.add(f)
		return r.switchCharset(says)
	}
	r.faults.add(f)
	return nil
}

// trustsMark tells whether a byte order mark overrules what is declared.
func (r *Reader) trustsMark() bool {
	if r.layout != nil {
		return r.layout.TrustBOM
	}
	return r.dialect.TrustBOM
}

// switchCharset reads the file in another character set than declared.
func (r *Reader) switchCharset(name string) error {
	if r.layout != nil {
		l := r.layout.Layout
		l.Charset = name
		c, err := l.compile()
		if err == nil {
			r.layout, r.charset = c, c.charset
		}
		return err
	}
	d := r.dialect.Delimited
	d.Charset = name
	c, err := d.compile()
	if err == nil {
		r.use(c)
	}
	return err
}

// size gives the number of bytes in the file of what is held of it.
func (cs *charset) size(b []byte) int64 {
	if cs.order == nil {
		return window.Plain(b)
	}
	return window.UTF16(b)
}

// utf16Mark gives the byte order mark of a UTF-16 file.
func utf16Mark(order binary.ByteOrder) string {
	if order == binary.BigEndian {
		return "\xFE\xFF"
	}
	return "\xFF\xFE"
}
