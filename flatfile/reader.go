package flatfile

import (
	"bytes"
	"io"
	"iter"
	"slices"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/internal/records"
	"github.com/batchgate/batchgate/flatfile/internal/window"
)

// Reader reads the records of a file, of any size in the memory of its longest record.
type Reader struct {
	in      io.Reader
	src     source
	dialect *dialect // of a delimited file
	layout  *layout  // of a fixed-width file
	scan    scanner
	charset charset
	max     int

	started bool
	err     error
	offset  int64 // in the file, of the next record
	line    int
	number  int64
	want    int // the number of fields of a record, or -1
	lineEnd lineEnds
	endMark bool // end marks behind the last record were looked for
	plain   bool // readPlain may be tried

	header   []string
	columns  map[string]int
	preamble []byte
	rec      Record
	found    collection
	faults   collection // of the file as a whole, to be returned before the first record
}

// NewReader gives a reader of a delimited file. Options that make no sense are the error of the first Read.
func NewReader(r io.Reader, d Delimited) *Reader {
	rd := &Reader{in: r, line: 1, want: -1}
	c, err := d.compile()
	if err != nil {
		rd.err = err
		return rd
	}
	rd.use(c)
	rd.want = c.expected
	return rd
}

// use makes a dialect that of the reader.
func (r *Reader) use(c *dialect) {
	r.dialect, r.charset, r.max, r.scan = c, c.charset, c.max, newScanner(c)
	r.rec.quote, r.rec.escape, r.rec.literal, r.rec.charset = c.quote, c.escape, c.Formulas == FormulaEscape, &r.charset
	if !c.Header {
		r.nameByPosition(c.Columns)
	}
}

// SetFile gives the name that places name as their file. It is to be set before the first Read.
func (r *Reader) SetFile(name string) { r.rec.file = name }

// Read gives the next record, and io.EOF when there is none. With a *RowError comes the broken record, and the next Read
// goes on; so it does after a *FileError. Any other error ends the reading and is returned again.
func (r *Reader) Read() (*Record, error) {
	if r.plain {
		if r.layout == nil && r.readPlain() || r.layout != nil && r.readPlainFixed() {
			return &r.rec, nil
		}
	}
	return r.readAny()
}

// readPlain reads a record that there is nothing to say about, as most are, or gives false.
func (r *Reader) readPlain() bool {
	rec, s := &r.rec, &r.src
	b := s.buf[s.pos:s.end]
	n, body, fields := r.scan.plain(b)
	if n == 0 || n > r.max || fields != r.want && r.want >= 0 || b[0] == endMark {
		return false
	}
	if ends := lineEnds(n - body); ends != r.lineEnd { // lf and crlf are the lengths they have
		return false
	}
	if len(rec.spans) != fields {
		rec.spans = r.scan.spans[:fields]
	}
	r.number++
	rec.raw, rec.body, rec.broken, rec.plain = b[:n:n], body, false, 0
	if r.scan.text && !rec.literal {
		rec.plain = fields
	}
	rec.number, rec.offset, rec.line = r.number, r.offset, r.line
	s.pos += n
	r.offset += int64(n)
	r.line++
	return true
}

// readAny reads any record.
func (r *Reader) readAny() (*Record, error) {
	if r.err != nil {
		return nil, r.err
	}
	if !r.started {
		if err := r.start(); err != nil {
			return nil, err
		}
	}
	for {
		n, err := r.frame()
		if err != nil {
			r.err = err
			return nil, err
		}
		if r.skipped(n) {
			continue
		}
		r.number++
		r.take(n)
		return &r.rec, r.judge()
	}
}

// Records ranges over the records. It yields what Read returns and stops behind an error that ends the reading.
func (r *Reader) Records() iter.Seq2[*Record, error] {
	return records.All(r.Read, func() bool { return r.err != nil })
}

// ReadHeader reads up to the first record, so that Header, Column and Preamble can be asked. Its error is what the first
// Read would return instead.
func (r *Reader) ReadHeader() error {
	if r.err != nil || r.started {
		return r.err
	}
	return r.start()
}

// Header gives the names of the columns in the file's order, without blanks around them; nil without a header. It is
// known after ReadHeader or the first Read.
func (r *Reader) Header() []string { return slices.Clone(r.header) }

// Column gives the place of a column, by a name of the header, or the name or an alias of a declared column, or -1.
func (r *Reader) Column(name string) int {
	if i, ok := r.columns[name]; ok {
		return i
	}
	return -1
}

// Preamble gives the bytes before the first record as they stand in the file: byte order mark, lines skipped, header.
// Comments and empty lines among them are left out.
func (r *Reader) Preamble() []byte { return bytes.Clone(r.preamble) }

// Findings gives all that was found so far, tolerated faults and notes included. See the package's documentation for how
// it is kept small.
func (r *Reader) Findings() finding.List { return slices.Clone(r.found.list) }

// Charset gives the character set in use, by its canonical name: after a byte order mark was trusted, what that says.
func (r *Reader) Charset() string { return r.charset.name }

// Named tells whether the columns have names: by a header, by declaration, or by a layout.
func (r *Reader) Named() bool { return r.layout != nil || len(r.columns) > 0 }

// ASCII tells whether the bytes below 0x80 are ASCII in the character set in use, as in all but EBCDIC.
func (r *Reader) ASCII() bool { return r.charset.ascii }

// frame finds the next record and gives its length with its line end. At the end of the file it gives io.EOF.
func (r *Reader) frame() (int, error) {
	for {
		ended := r.src.ended()
		if ended && !r.endMark {
			r.dropEndMark()
		}
		if data := r.src.data(); len(data) > 0 {
			n := 0
			if r.layout != nil {
				if n = r.layout.next(data, ended); n < 0 {
					return 0, r.lost()
				}
			} else if n = r.comment(data, ended); n == 0 {
				n = r.scan.next(r.src.buf[r.src.pos:], len(data), ended)
			}
			if n > r.max {
				return 0, r.tooLong()
			}
			if n > 0 {
				return n, nil
			}
		} else if ended && (r.layout == nil || r.layout.left <= 0) {
			return 0, io.EOF
		}
		if ended && r.onlyEndMarks() {
			return 0, io.EOF
		}
		if ended {
			return 0, r.truncated()
		}
		if !r.src.more() {
			if r.src.err != nil {
				return 0, r.failed()
			}
			return 0, r.tooLong()
		}
	}
}

// comment gives the length of a comment line at the start of data, or 0 when there is none. It asks for more data by the
// scanner finding no end.
func (r *Reader) comment(data []byte, ended bool) int {
	c := r.dialect.comment
	if len(c) == 0 || !bytes.HasPrefix(data, c) {
		return 0
	}
	at, n := lineEnd(data, ended)
	if at < 0 {
		return 0
	}
	r.scan.body = at
	return at + n
}

// skipped passes over what is no record: empty lines, comments, and end marks of old systems.
func (r *Reader) skipped(n int) bool {
	if r.block(n) {
		return true
	}
	raw := r.src.data()[:n]
	body := r.bodyOf(n)
	switch {
	case r.layout != nil && !r.layout.lines():
		return false
	case body == 0:
		r.note(ruleEmptyLine, raw[:0], "empty line skipped", "")
	case raw[0] == endMark && len(bytes.Trim(raw[:body], "\x1a")) == 0:
		r.note(ruleEndMark, raw[:body], "end-of-file mark 0x1A skipped", "")
	case r.dialect != nil && len(r.dialect.comment) > 0 && bytes.HasPrefix(raw, r.dialect.comment):
	default:
		return false
	}
	r.pass(n)
	return true
}

// bodyOf gives the length of the record just framed, without its line end.
func (r *Reader) bodyOf(n int) int {
	if r.layout != nil {
		return r.layout.body(r.src.data()[:n])
	}
	return r.scan.body
}

// pass goes on behind n bytes that are one line.
func (r *Reader) pass(n int) {
	r.offset += r.charset.size(r.src.data()[:n])
	r.src.pos += n
	r.line++
}

// take makes the n bytes just framed the record and goes on behind them.
func (r *Reader) take(n int) {
	rec, s := &r.rec, &r.src
	rec.raw, rec.plain = s.buf[s.pos:s.pos+n:s.pos+n], 0
	rec.number, rec.offset, rec.line = r.number, r.offset, r.line
	if r.layout != nil {
		r.layout.cut(rec)
		r.scan.ends = lineEndOf(rec.raw[rec.body:])
		r.layout.left -= n
	} else {
		rec.body, rec.spans, rec.broken = r.scan.body, r.scan.spans, r.scan.broken
		rec.scratch = rec.scratch[:0]
		if len(r.dialect.kinds) > 0 {
			r.findType()
		}
		if rec.broken {
			lines, _ := countLines(rec.raw[:rec.body])
			r.line += lines
		}
	}
	s.pos += n
	r.offset += int64(n)
	if r.charset.order != nil {
		r.offset += window.UTF16(rec.raw) - int64(n)
	}
	if r.line > 0 {
		r.line++
	}
	if r.scan.ends&^r.lineEnd != 0 {
		r.newLineEnd(r.scan.ends)
	}
}

// lineEnds is a set of the line ends seen in a file.
type lineEnds uint8

const (
	lf lineEnds = 1 << iota
	crlf
	cr
)

// lineEndOf gives the line end that b is.
func lineEndOf(b []byte) lineEnds {
	switch {
	case len(b) == 2:
		return crlf
	case len(b) == 0:
		return 0
	case b[0] == '\n':
		return lf
	}
	return cr
}

// newLineEnd notes that the file has a line end that it did not have before.
func (r *Reader) newLineEnd(ends lineEnds) {
	if r.lineEnd != 0 && r.lineEnd&(r.lineEnd-1) == 0 {
		f := r.rec.finding(ruleLineEnds, r.rec.body, len(r.rec.raw), "line ends are mixed from here on")
		f.Severity, f.Place.Field, f.Source = finding.Note, "", ""
		r.found.add(f)
	}
	r.lineEnd |= ends
}
