package flatfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

// byteOrderMarks are what a file may begin with, and what it says.
var byteOrderMarks = []struct{ mark, charset string }{
	{"\xEF\xBB\xBF", "utf-8"}, {"\xFF\xFE", "utf-16le"}, {"\xFE\xFF", "utf-16be"},
}

// peeked is a reader whose first bytes were looked at.
type peeked struct {
	first []byte
	err   error
	r     io.Reader
}

// Read hands over the first bytes, then what the reader gave with them, then the rest.
func (p *peeked) Read(b []byte) (int, error) {
	if len(p.first) > 0 {
		n := copy(b, p.first)
		p.first = p.first[n:]
		return n, nil
	}
	if p.err != nil {
		return 0, p.err
	}
	return p.r.Read(b)
}

// start reads what stands before the first record.
func (r *Reader) start() error {
	r.started = true
	err := r.readMark()
	if err == nil && r.dialect != nil {
		err = r.readPreamble()
	}
	if err != nil {
		r.err = err
		return err
	}
	d := r.dialect
	r.plain = d != nil && len(d.comment) == 0 && !d.TrailingDelimiter && r.scan.quotes == 0 && r.charset.order == nil
	faults := r.faults.list
	r.faults = collection{}
	for _, f := range faults {
		r.found.add(f)
	}
	if faults.HasErrors() {
		return &FileError{Findings: faults}
	}
	return nil
}

// readMark looks at the first bytes for a byte order mark and readies the source.
func (r *Reader) readMark() error {
	first, err := peek(r.in, 3)
	if err == io.EOF && len(first) == 0 {
		return r.stop(ErrEmpty, ruleEmpty, r.here(), "the file is empty: 0 bytes", emptyHint)
	}
	if r.charset.ascii {
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
	in := &peeked{first: first, err: err, r: r.in}
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

// peek reads n bytes, or fewer and the error that came instead.
func peek(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	got := 0
	for idle := 0; got < n; {
		k, err := r.Read(b[got:])
		got += k
		if err != nil {
			return b[:got], err
		}
		if k > 0 {
			idle = 0
		} else if idle++; idle > 100 {
			return b[:got], io.ErrNoProgress
		}
	}
	return b, nil
}

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

// readPreamble reads the lines to skip and the header.
func (r *Reader) readPreamble() error {
	for range r.dialect.Skip {
		if err := r.skipLine(); err != nil {
			return err
		}
	}
	if !r.dialect.Header {
		return nil
	}
	for {
		n, err := r.frame()
		if err == io.EOF {
			return r.stop(ErrEmpty, ruleEmpty, r.here(), "the file has no header: it holds nothing but empty lines", emptyHint)
		}
		if err != nil {
			return err
		}
		if r.skipped(n) {
			continue
		}
		r.take(n)
		r.preamble = append(r.preamble, r.rec.Raw()...)
		r.readNames()
		return nil
	}
}

// skipLine passes over one line before the header.
func (r *Reader) skipLine() error {
	for {
		ended := r.src.ended()
		if at, n := lineEnd(r.src.data(), ended); at >= 0 {
			if line := r.src.data()[:at+n]; r.charset.order != nil {
				r.preamble = appendUTF16(r.preamble, line, r.charset.order)
			} else {
				r.preamble = append(r.preamble, line...)
			}
			if at+n > 0 {
				r.pass(at + n)
			}
			return nil
		}
		if !r.src.more() {
			if r.src.err != nil {
				return r.failed()
			}
			return r.tooLong()
		}
	}
}

// readNames makes the record just taken the header.
func (r *Reader) readNames() {
	r.rec.names = nil
	for _, f := range r.quoteFaults() {
		r.faults.add(f)
	}
	r.dropTrailing()
	r.header = make([]string, r.rec.Fields())
	for i := range r.header {
		name, err := r.rec.Text(i)
		var bad *CharsetError
		if errors.As(err, &bad) {
			r.faults.add(bad.Finding())
			lossy, _ := r.charset.appendLossy(nil, r.rec.Bytes(i))
			name = string(lossy)
		}
		r.header[i] = strings.TrimSpace(name)
	}
	r.want = len(r.header)
	r.rec.names = r.header
	r.indexHeader()
	r.matchColumns()
}

// indexHeader finds each name of the header, and complains about those that stand there twice.
func (r *Reader) indexHeader() {
	r.columns = make(map[string]int, len(r.header))
	places := map[int]finding.Place{} // of names that stand there again
	for i, name := range r.header {
		if name == "" {
			r.fault(finding.Note, ruleColumnUnnamed, i, nil, fmt.Sprintf("column %d has no name", i+1), "")
			continue
		}
		if first, twice := r.columns[name]; twice {
			if _, ok := places[first]; !ok {
				places[first] = r.rec.Place(first)
			}
			related := places[first]
			r.fault(finding.Error, ruleColumnDuplicate, i, &related, fmt.Sprintf("column %q stands in the header twice, as column %d and %d", name, first+1, i+1),
				"give each column a name of its own, or read the file without its header, by position")
			continue
		}
		r.columns[name] = i
	}
}

// fault adds a finding about a field of the header. Its place is not looked for where it is but counted.
func (r *Reader) fault(s finding.Severity, rule string, column int, related *finding.Place, message, hint string) {
	if !r.faults.onlyCounts(rule) {
		r.faults.add(finding.Finding{Rule: rule, Severity: s, Place: r.rec.Place(column), Related: related, Message: message, Hint: hint})
	}
}

// matchColumns finds the declared columns in the header.
func (r *Reader) matchColumns() {
	known := make(map[int]bool, len(r.header))
	byName := make(map[string]int, len(r.dialect.Columns))
	for _, c := range r.dialect.Columns {
		at := -1
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			i, ok := r.columns[name]
			if !ok || name == "" {
				continue
			}
			known[i] = true
			if at >= 0 && at != i {
				r.fault(finding.Error, ruleColumnDuplicate, i, nil, fmt.Sprintf("%q and %q both stand for column %q", r.header[at], r.header[i], c.Name), "take one of the two names out of the aliases")
				continue
			}
			at = i
		}
		switch {
		case at >= 0:
			byName[c.Name] = at
		case c.Required:
			r.missing(c)
		}
	}
	for name, i := range byName {
		r.columns[name] = i
		for _, c := range r.dialect.Columns {
			if c.Name == name {
				for _, alias := range c.Aliases {
					r.columns[alias] = i
				}
			}
		}
	}
	if len(r.dialect.Columns) == 0 {
		return
	}
	for i, name := range r.header {
		if !known[i] && name != "" && r.columns[name] == i {
			r.fault(finding.Note, ruleColumnExtra, i, nil, fmt.Sprintf("column %q is not known and not read", name), "")
		}
	}
}

// missing complains about a required column that the header does not have.
func (r *Reader) missing(c Column) {
	hint := "the header has " + strings.Join(r.header, ", ")
	for _, name := range append([]string{c.Name}, c.Aliases...) {
		if near := finding.Nearest(name, r.header); near != "" {
			hint = fmt.Sprintf("the header has %q: add it as an alias if that is the same", near)
			break
		}
	}
	if other := r.otherDelimiter(); other != "" {
		hint = other
	}
	p := r.rec.Where()
	p.Field = c.Name
	r.faults.add(finding.Finding{
		Rule: ruleColumnMissing, Severity: finding.Error, Place: p,
		Message: fmt.Sprintf("column %q is missing", c.Name), Hint: finding.Cut(hint), Source: finding.Cut(strings.Join(r.header, string(rune(r.scan.delim)))),
	})
}

// otherDelimiter says which delimiter a header of one field seems to have, as a hint, or "".
func (r *Reader) otherDelimiter() string {
	if len(r.header) != 1 {
		return ""
	}
	for _, d := range []string{";", ",", "\t", "|"} {
		if strings.Contains(r.header[0], d) {
			return fmt.Sprintf("the header is one field with %q in it: is that the delimiter?", d)
		}
	}
	return ""
}

// nameByPosition names the columns of a file without header.
func (r *Reader) nameByPosition(columns []Column) {
	if len(columns) == 0 {
		return
	}
	names := make([]string, len(columns))
	r.columns = map[string]int{}
	for i, c := range columns {
		names[i] = c.Name
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if name != "" {
				r.columns[name] = i
			}
		}
	}
	r.rec.names = names
}

// size gives the number of bytes in the file of what is held of it.
func (cs *charset) size(b []byte) int64 {
	if cs.order == nil {
		return int64(len(b))
	}
	return utf16Size(b)
}

// utf16Mark gives the byte order mark of a UTF-16 file.
func utf16Mark(order binary.ByteOrder) string {
	if order == binary.BigEndian {
		return "\xFE\xFF"
	}
	return "\xFF\xFE"
}
