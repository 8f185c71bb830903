package jsonfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/internal/window"
)

// Reader reads the records of a JSON file.
type Reader struct {
	o       Options
	f       framer
	file    string
	err     error
	started bool
	around  []level // the objects and arrays around the place that is read
	over    bool    // the root has ended
	number  int64
	rec     Record
	found   finding.Collector
	trail   trail
}

// level is an object or array around the records.
type level struct {
	array   bool
	depth   int // members of Options.Record that led here
	records bool
	count   int // elements or members so far
	kept    []Member
	held    int
	path    string
}

// trail tells who copies the file where its pieces stand.
type trail struct {
	start, end int64          // of the record
	opened     func(at int64) // behind the bracket of an array of records
	closed     func(at int64) // at its end
}

// Record is one record with the objects around it.
type Record struct {
	Tree
	around []level
	whole  bool
}

// Member is a member of an object around the records, with its value.
type Member struct {
	Name string
	*Tree
}

// Number gives the ordinal of the record in the file, from 1.
func (r *Record) Number() int64 { return r.record }

// Kept gives the members asked for by Options.Keep that stood before the record, in the object to which so many members of
// Options.Record lead.
func (r *Record) Kept(depth int) []Member {
	var all []Member
	for i := range r.around {
		if !r.around[i].array && r.around[i].depth == depth {
			all = append(all, r.around[i].kept...)
		}
	}
	return all
}

// Whole gives the bytes of the record, and false when they are not all held because it is too long.
func (r *Record) Whole() ([]byte, bool) { return r.raw, r.whole }

// NewReader gives a reader of a JSON file. Options that make no sense are the error of the first Read.
func NewReader(in io.Reader, o Options) *Reader {
	o, err := o.compile()
	r := &Reader{o: o, err: err}
	r.f.w = window.New(in, o.MaxRecord+4<<10, func(b []byte) int64 { return int64(len(b)) })
	return r
}

// SetFile gives the name that places name as their file. It is to be set before the first Read.
func (r *Reader) SetFile(name string) { r.file = name }

// Findings gives everything that was found so far.
func (r *Reader) Findings() finding.List { return r.found.List() }

// Records ranges over the records. It yields what Read returns and stops behind an error that ends the reading.
func (r *Reader) Records() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		for {
			rec, err := r.Read()
			if err == io.EOF {
				return
			}
			if !yield(rec, err) || r.err != nil {
				return
			}
		}
	}
}

// Read gives the next record, and io.EOF when there is none. With a *flatfile.RowError comes the broken record, and the
// next Read goes on. Any other error ends the reading and is returned again.
func (r *Reader) Read() (*Record, error) {
	if r.err != nil {
		return nil, r.err
	}
	rec, err := r.next()
	if _, broken := errors.AsType[*flatfile.RowError](err); err == nil || broken {
		return rec, err
	}
	r.err = r.final(err)
	return nil, r.err
}

func (r *Reader) next() (*Record, error) {
	if !r.started {
		if err := r.start(); err != nil {
			return nil, err
		}
	}
	r.f.rest()
	if r.o.Lines {
		return r.nextLine()
	}
	for {
		c, err := r.f.peek()
		if err != nil {
			return nil, err
		}
		rec, err := r.at(c)
		if err != nil || rec != nil {
			return rec, err
		}
	}
}

// start passes a byte order mark.
func (r *Reader) start() error {
	r.started = true
	for len(r.f.w.Data()) < 3 && r.f.w.More() {
	}
	d := r.f.w.Data()
	switch {
	case bytes.HasPrefix(d, []byte("\xEF\xBB\xBF")):
		r.f.p = 3
	case bytes.HasPrefix(d, []byte("\xFE\xFF")) || bytes.HasPrefix(d, []byte("\xFF\xFE")) || len(d) > 1 && (d[0] == 0 || d[1] == 0):
		e := r.ending(ruleCharset, "the file is UTF-16, and JSON is UTF-8", flatfile.ErrCharset)
		return e
	case len(d) == 0 && r.f.w.Err() == io.EOF:
		return r.ending(ruleEmpty, "the file has no bytes", flatfile.ErrEmpty)
	}
	return nil
}

// at looks at what begins with a byte; it gives a record when one was read.
func (r *Reader) at(c byte) (*Record, error) {
	n := len(r.around)
	switch {
	case c == 0:
		return nil, r.atEnd()
	case r.over:
		return nil, r.syntax(fmt.Sprintf("%q stands behind the root", c))
	case n == 0:
		return r.root(c)
	}
	l := &r.around[n-1]
	closing := byte('}')
	if l.array {
		closing = ']'
	}
	if c == closing && l.count == 0 {
		return nil, r.leave()
	}
	if l.count > 0 {
		if c == closing {
			return nil, r.leave()
		}
		if c != ',' {
			return nil, r.syntax(fmt.Sprintf(`"," or %q is missing`, closing))
		}
		r.f.p++
		var err error
		if c, err = r.f.peek(); err != nil {
			return nil, err
		}
		if c == 0 {
			return nil, r.atEnd()
		}
	}
	l.count++
	if l.array {
		return r.element(c, l)
	}
	return r.member(c, l)
}

func (r *Reader) atEnd() error {
	if r.over {
		return io.EOF
	}
	if len(r.around) == 0 {
		return r.ending(ruleEmpty, "the file holds no value", flatfile.ErrEmpty)
	}
	return errTruncated
}

// root looks at the value of the file.
func (r *Reader) root(c byte) (*Record, error) {
	switch {
	case c == '[' && len(r.o.Record) == 0:
		return nil, r.enter(level{array: true, records: true})
	case c == '[' || c == '{' && len(r.o.Record) > 0:
		return nil, r.enter(level{array: c == '['})
	case len(r.o.Record) > 0:
		return nil, r.shape("the file is no object, and the records are looked for in %s", strings.Join(r.o.Record, "."))
	}
	return r.take("")
}

// enter opens the object or array at p.
func (r *Reader) enter(l level) error {
	if len(r.around) >= r.o.MaxDepth {
		return r.ending(ruleDepth, fmt.Sprintf("objects and arrays nest deeper than %d", r.o.MaxDepth), flatfile.ErrTooLong)
	}
	r.f.p++
	r.around = append(r.around, l)
	if l.records && r.trail.opened != nil {
		r.trail.opened(r.f.w.Offset + int64(r.f.p))
	}
	return nil
}

// leave ends the innermost object or array.
func (r *Reader) leave() error {
	n := len(r.around) - 1
	if r.around[n].records && r.trail.closed != nil {
		r.trail.closed(r.f.w.Offset + int64(r.f.p))
	}
	r.f.p++
	r.around = r.around[:n]
	r.over = n == 0
	return nil
}

// element looks at an element of an array on the way, or of the records.
func (r *Reader) element(c byte, l *level) (*Record, error) {
	path := l.path + "/" + strconv.Itoa(l.count-1)
	if l.records {
		return r.take(path)
	}
	if c != '{' {
		return nil, r.shape("an element of %s is no object", orRoot(l.path))
	}
	return nil, r.enter(level{depth: l.depth, path: path})
}

func orRoot(path string) string {
	if path == "" {
		return "the root"
	}
	return path
}

// member looks at a member of an object around the records.
func (r *Reader) member(c byte, l *level) (*Record, error) {
	if c != '"' {
		return nil, r.syntax("a name in quotes is missing")
	}
	r.f.rest()
	if err := r.f.value(false); err != nil {
		return nil, err
	}
	t := Tree{raw: slices.Clone(r.f.w.Data()[:r.f.p])}
	if w := (&parser{t: &t, max: 1}).parse(); w != nil {
		return nil, r.syntaxAt(w)
	}
	name := t.Text(0)
	c, err := r.f.peek()
	if err != nil {
		return nil, err
	}
	if c != ':' {
		return nil, r.syntax(`":" is missing behind the name`)
	}
	r.f.p++
	if c, err = r.f.peek(); err != nil {
		return nil, err
	}
	path := l.path + "/" + pointerStep(name)
	if name != r.o.Record[l.depth] {
		return nil, r.beside(l, name, path)
	}
	last := l.depth+1 == len(r.o.Record)
	switch {
	case c == '[':
		return nil, r.enter(level{array: true, records: last, depth: l.depth + 1, path: path})
	case last:
		return r.take(path)
	case c == '{':
		return nil, r.enter(level{depth: l.depth + 1, path: path})
	}
	return nil, r.shape("%s is neither an object nor an array", path)
}

// beside keeps or passes over a member that does not lead to the records.
func (r *Reader) beside(l *level, name, path string) error {
	wanted := slices.ContainsFunc(r.o.Keep, func(k []string) bool {
		return len(k) == l.depth+1 && k[l.depth] == name && slices.Equal(k[:l.depth], r.o.Record[:l.depth])
	})
	r.f.rest()
	if !wanted {
		return r.f.value(true)
	}
	if err := r.f.value(false); err != nil {
		return err
	}
	t := &Tree{}
	r.ready(t, path)
	t.raw = slices.Clone(r.f.w.Data()[:r.f.p])
	if w := (&parser{t: t, max: r.o.MaxDepth}).parse(); w != nil {
		return r.syntaxAt(w)
	}
	if l.held += len(t.raw); l.held > r.o.MaxRecord {
		return r.ending(ruleTooLong, "what is to be kept with the records is longer than the limit of a record", flatfile.ErrTooLong)
	}
	if r.number > 0 {
		r.found.Add(finding.Finding{Rule: ruleLate, Severity: finding.Error, Place: t.Place(0),
			Message: fmt.Sprintf("%s stands behind records, which were read without it", path), Hint: "it has to stand before the records that it belongs to"})
	}
	l.kept = append(l.kept, Member{name, t})
	return nil
}

// ready gives a tree its place in the file.
func (r *Reader) ready(t *Tree, path string) {
	t.file, t.record, t.offset, t.line, t.column, t.path = r.file, 0, r.f.w.Offset, r.f.w.Line, r.f.w.Column, path
}

// take reads the record at p.
func (r *Reader) take(path string) (*Record, error) {
	r.f.rest()
	r.trail.start = r.f.w.Offset
	rec := r.begin(path)
	err := r.f.value(false)
	if err == nil && r.f.p > r.o.MaxRecord {
		err = errTooLong
	}
	if err == errTooLong {
		r.f.p = 0
		e := r.tooLong(rec)
		if err := r.f.value(true); err != nil {
			return nil, err
		}
		r.trail.end = r.f.w.Offset + int64(r.f.p)
		r.over = len(r.around) == 0
		return rec, e
	}
	if err != nil {
		return nil, err
	}
	r.trail.end = r.f.w.Offset + int64(r.f.p)
	r.over = len(r.around) == 0
	rec.raw = r.f.w.Data()[:r.f.p]
	return rec, r.parse(rec)
}

func (r *Reader) begin(path string) *Record {
	r.number++
	rec := &r.rec
	r.ready(&rec.Tree, path)
	rec.record, rec.around, rec.whole = r.number, r.around, true
	return rec
}

// parse looks at what a record holds.
func (r *Reader) parse(rec *Record) error {
	w := (&parser{t: &rec.Tree, max: r.o.MaxDepth}).parse()
	if w == nil {
		return nil
	}
	at := 0
	if len(rec.nodes) > 0 {
		at = len(rec.nodes) - 1
	} else {
		rec.nodes = append(rec.nodes, node{})
	}
	rec.nodes[0].parent = -1
	place := rec.placeOf(at, min(w.at, len(rec.raw)), min(w.at+1, len(rec.raw)))
	for i := range rec.nodes {
		if n := &rec.nodes[i]; n.stop == 0 {
			n.stop, n.end = uint32(len(rec.raw)), int32(len(rec.nodes))
		}
	}
	f := finding.Finding{Rule: w.rule, Severity: finding.Error, Place: place, Message: w.message, Source: excerpt(rec.raw, w.at)}
	r.found.Add(f)
	return &flatfile.RowError{Findings: finding.List{f}}
}

// tooLong makes the fault of a record that is longer than the limit.
func (r *Reader) tooLong(rec *Record) error {
	rec.raw, rec.whole = slices.Clone(r.f.w.Data()[:min(200, len(r.f.w.Data()))]), false
	rec.nodes = append(rec.nodes[:0], node{parent: -1, end: 1, stop: uint32(len(rec.raw))})
	f := finding.Finding{Rule: ruleTooLong, Severity: finding.Error, Place: rec.Place(0), Source: excerpt(rec.raw, 0),
		Message: fmt.Sprintf("the record is longer than the limit of %d bytes", r.o.MaxRecord), Hint: "the record is not read; raise max_record if it is right"}
	r.found.Add(f)
	return &flatfile.RowError{Findings: finding.List{f}}
}

// nextLine reads the next line that is not blank.
func (r *Reader) nextLine() (*Record, error) {
	c, err := r.f.peek()
	if err != nil {
		return nil, err
	}
	if c == 0 {
		return nil, io.EOF
	}
	r.f.rest()
	r.trail.start = r.f.w.Offset
	rec := r.begin("")
	err = r.f.line(false)
	if err == nil && r.f.p > r.o.MaxRecord {
		err = errTooLong
	}
	if err == errTooLong {
		r.f.p = 0
		e := r.tooLong(rec)
		if err := r.f.line(true); err != nil {
			return nil, err
		}
		r.trail.end = r.f.w.Offset + int64(r.f.p)
		return rec, e
	}
	if err != nil {
		return nil, err
	}
	r.trail.end = r.f.w.Offset + int64(r.f.p)
	rec.raw = bytes.TrimRight(r.f.w.Data()[:r.f.p], " \t\r")
	return rec, r.parse(rec)
}

// excerpt gives the line around a place.
func excerpt(b []byte, at int) string {
	at = min(at, len(b))
	from := max(0, at-80, bytes.LastIndexByte(b[:at], '\n')+1)
	line, _, _ := bytes.Cut(b[from:min(len(b), at+80)], []byte{'\n'})
	return finding.Cut(strings.ToValidUTF8(strings.TrimSpace(string(line)), "�"))
}

// ending makes the error that ends the reading, at the place that is read.
func (r *Reader) ending(rule, message string, cause error) *flatfile.Error {
	t := Tree{raw: r.f.w.Data(), file: r.file, offset: r.f.w.Offset, line: r.f.w.Line, column: r.f.w.Column, nodes: []node{{parent: -1}}}
	if n := len(r.around); n > 0 {
		t.path = r.around[n-1].path
	}
	at := min(r.f.p, len(t.raw))
	return &flatfile.Error{Finding: finding.Finding{Rule: rule, Severity: finding.Error, Place: t.placeOf(0, at, at), Message: message, Source: excerpt(t.raw, at)}, Err: cause}
}

func (r *Reader) syntax(message string) error { return r.ending(ruleSyntax, message, ErrSyntax) }

func (r *Reader) syntaxAt(w *syntax) error {
	r.f.p = w.at
	return r.ending(w.rule, w.message, ErrSyntax)
}

func (r *Reader) shape(format string, args ...any) error {
	return r.ending(ruleShape, fmt.Sprintf(format, args...), ErrShape)
}

// final makes the error that ends the reading.
func (r *Reader) final(err error) error {
	if err == io.EOF {
		return err
	}
	e, ok := errors.AsType[*flatfile.Error](err)
	switch {
	case ok:
	case err == errTooLong:
		e = r.ending(ruleTooLong, "a value outside of the records is longer than the limit of a record", flatfile.ErrTooLong)
	case err == errTruncated:
		e = r.ending(ruleTruncated, errTruncated.Error(), flatfile.ErrTruncated)
		e.Finding.Hint = "it may still be being written, or was cut off on its way"
	default:
		e = r.ending(ruleSource, err.Error(), err)
	}
	r.found.Add(e.Finding)
	return e
}
