package flatfile

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

// start reads what stands before the first record.
func (r *Reader) start() error {
	r.started = true
	err := r.readMark()
	if err == nil && r.dialect != nil {
		err = r.readPreamble()
	}
	if err == nil && r.layout != nil {
		err = r.skipBytes()
	}
	if err != nil {
		r.err = err
		return err
	}
	d := r.dialect
	if l := r.layout; l != nil {
		r.plain = l.Words == NoWords && !l.ByType && !l.Ended && l.charset.order == nil && (l.charset.ascii || l.Length > 0)
		l.cleared = -1
	} else {
		r.plain = d != nil && len(d.lead) == 0 && !d.escapes && len(d.kinds) == 0 && len(d.comment) == 0 && !d.TrailingDelimiter && r.scan.quotes == 0 && r.charset.order == nil
	}
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

// readPreamble reads the lines to skip and the header.
func (r *Reader) readPreamble() error {
	if err := r.sepLine(); err != nil {
		return err
	}
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

// skipBytes passes over what stands before the first record of a fixed-width file.
func (r *Reader) skipBytes() error {
	n := r.layout.Skip
	for len(r.src.data()) < n {
		if r.src.ended() {
			return r.stop(ErrTruncated, ruleTruncated, r.here(), fmt.Sprintf("the file ends within the %d bytes to skip", n), "")
		}
		if !r.src.more() && r.src.err != nil && !r.src.ended() {
			return r.failed()
		}
	}
	b := r.src.data()[:n]
	if r.charset.order != nil {
		r.preamble = appendUTF16(r.preamble, b, r.charset.order)
	} else {
		r.preamble = append(r.preamble, b...)
	}
	lines, _ := countLines(b)
	if r.line > 0 {
		r.line += lines
	}
	r.offset += r.charset.size(b)
	r.src.pos += n
	return nil
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
		Message: fmt.Sprintf("column %q is missing", c.Name), Hint: finding.Cut(hint), Source: finding.Cut(strings.Join(r.header, r.dialect.separator())),
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
