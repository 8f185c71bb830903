package xmlfile

import (
	"errors"
	"io"
	"iter"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/internal/records"
	"github.com/batchgate/batchgate/flatfile/internal/window"
)

var (
	errTooLong   = errors.New("longer than the limit")
	errTruncated = errors.New("the file ends within a tag, comment or section")
)

// Reader reads the records of an XML file.
type Reader struct {
	in      io.Reader
	plan    *plan
	s       scanner
	names   *names
	scope   *scope
	scopes  []*scope // of the open elements of a tree, where they declare namespaces
	around  []frame  // the open elements around the records
	started bool
	over    bool // the root has ended
	err     error

	record []Name // the path of the records
	keep   [][]Name
	number int64
	rec    Record
	faults finding.List // of the record
	file   string
	found  finding.Collector
	own    []binding
	trail  trail
}

// frame is an open element around the records.
type frame struct {
	tag     string // its name as it stands
	scope   *scope // outside of it
	tree    Tree   // of its start tag
	kept    []*Tree
	held    int  // bytes of what is kept
	records bool // a record was read in it
}

// trail is where pieces of the file begin and end, for who copies them.
type trail struct {
	start, end int64 // of the record, in the file
	opened     func(at int64)
	closed     func(at int64)
}

// Record is one record with the elements around it.
type Record struct {
	Tree
	around []frame
	whole  bool
}

// Around gives the number of elements around the record; 0 is the root.
func (r *Record) Around() int { return len(r.around) }

// Outer gives an element around the record: its name and attributes, without what stands in it.
func (r *Record) Outer(depth int) *Tree { return &r.around[depth].tree }

// Kept gives the elements asked for by Options.Keep that stood before the record in an element around it.
func (r *Record) Kept(depth int) []*Tree { return r.around[depth].kept }

// Number gives the ordinal of the record in the file, from 1.
func (r *Record) Number() int64 { return r.record }

// Whole gives the bytes of the record as UTF-8, and false when they are not all held because it is too long.
func (r *Record) Whole() ([]byte, bool) { return r.raw, r.whole }

// NewReader gives a reader of an XML file. Options that make no sense are the error of the first Read.
func NewReader(r io.Reader, o Options) *Reader {
	rd := &Reader{in: r, names: newNames()}
	p, err := o.compile()
	if err != nil {
		rd.err = err
		return rd
	}
	rd.plan = p
	rd.record = rd.pathNames(p.record)
	for _, k := range p.keep {
		rd.keep = append(rd.keep, rd.pathNames(k))
	}
	return rd
}

func (r *Reader) pathNames(path []qualified) []Name {
	var ids []Name
	for _, q := range path {
		id, _ := r.names.of(q)
		ids = append(ids, id)
	}
	return ids
}

// SetFile gives the name that places name as their file. It is to be set before the first Read.
func (r *Reader) SetFile(name string) { r.file = name }

// Name gives the number that a name has in this file.
func (r *Reader) Name(space, local string) Name {
	id, ok := r.names.of(qualified{space, local})
	if !ok {
		return NoName
	}
	return id
}

// NameOf gives the namespace and the local part of a name.
func (r *Reader) NameOf(n Name) (space, local string) {
	q := r.names.get(n)
	return q.space, q.local
}

// Charset gives the character set of the file once a record was read.
func (r *Reader) Charset() string { return r.s.set.name }

// Findings gives everything that was found so far, broken records and what was tolerated.
func (r *Reader) Findings() finding.List { return r.found.List() }

// Records ranges over the records. It yields what Read returns and stops behind an error that ends the reading.
func (r *Reader) Records() iter.Seq2[*Record, error] {
	return records.All(r.Read, func() bool { return r.err != nil })
}

// Read gives the next record, and io.EOF when there is none. With a *flatfile.RowError comes the broken record, and the
// next Read goes on. Any other error ends the reading and is returned again.
func (r *Reader) Read() (*Record, error) {
	if r.err != nil {
		return nil, r.err
	}
	rec, err := r.readNext()
	if err == nil {
		return rec, nil
	}
	if _, ok := errors.AsType[*flatfile.RowError](err); ok {
		return rec, err
	}
	r.err = r.final(err)
	return nil, r.err
}

func (r *Reader) readNext() (*Record, error) {
	if !r.started {
		if err := r.start(); err != nil {
			return nil, err
		}
	}
	r.rest()
	for {
		r.s.drop = true
		if err := r.s.next(); err != nil {
			return nil, err
		}
		if err := r.outerFaults(); err != nil {
			return nil, err
		}
		found, err := r.outer()
		if err != nil {
			return nil, err
		}
		if found {
			return r.take()
		}
		r.rest()
	}
}

// rest gives up everything before the place that is read.
func (r *Reader) rest() {
	r.s.w.Pass(r.s.p)
	r.s.p = 0
}

// start finds out the character set and passes the byte order mark.
func (r *Reader) start() error {
	r.started = true
	head, err := window.Peek(r.in, 1024)
	if len(head) == 0 {
		if err == io.EOF {
			return r.ending(ruleEmpty, "the file has no bytes", flatfile.ErrEmpty)
		}
		return err
	}
	d := detect(head, r.plan.Charset)
	w, rest := &r.s.w, d.set.decoded(window.Rejoin(head[d.mark:], err, r.in))
	*w = window.New(rest, r.plan.MaxRecord+4<<10, d.set.size)
	r.s.set = d.set
	if d.fault != "" {
		e := r.ending(ruleCharset, d.fault, flatfile.ErrCharset)
		e.Finding.Hint = d.hint
		return e
	}
	w.Offset, w.Column = int64(d.mark), d.mark
	r.scope = newScope(nil, nil)
	return nil
}

// ending makes the error that ends the reading, at the place that is read.
func (r *Reader) ending(rule, message string, cause error) *flatfile.Error {
	w := &r.s.w
	p := finding.Place{File: r.file, Offset: w.Offset, Line: max(w.Line, 1), Column: w.Column + 1}
	if r.s.p > 0 && w.Size != nil {
		p = r.place(r.s.p, r.s.p)
	}
	p.Path = r.outerPath()
	return &flatfile.Error{Finding: finding.Finding{Rule: rule, Severity: finding.Error, Place: p, Message: message}, Err: cause}
}

// final makes the error that ends the reading of one of the scanner's.
func (r *Reader) final(err error) error {
	if err == io.EOF {
		return err
	}
	e, ok := errors.AsType[*flatfile.Error](err)
	if !ok {
		switch l, isLost := errors.AsType[*lost](err); {
		case isLost:
			e = r.ending(l.rule, l.message, l.cause)
			at := r.place(l.at, l.at+1)
			at.Path = e.Finding.Place.Path
			e.Finding.Place, e.Finding.Source = at, r.excerpt(l.at)
			if e.Err == nil {
				e.Err = ErrSyntax
			}
		case err == errTooLong:
			e = r.ending(ruleTooLong, "a tag or declaration is longer than the limit of a record", flatfile.ErrTooLong)
		case err == errTruncated:
			e = r.ending(ruleTruncated, errTruncated.Error(), flatfile.ErrTruncated)
			e.Finding.Hint = "it may still be being written, or was cut off on its way"
		default:
			e = r.ending(ruleSource, err.Error(), err)
		}
	}
	r.found.Add(e.Finding)
	return e
}

// ErrSyntax is the cause of an error that says that the file is not XML from its place on.
var ErrSyntax = errors.New("not XML")

// ErrRoot is the cause of an error that says that the file holds something else than records of the path wanted.
var ErrRoot = errors.New("another root")

// place gives the place of some bytes of what is held.
func (r *Reader) place(start, end int) finding.Place {
	d := r.s.w.Data()
	start, end = min(start, len(d)), min(end, len(d))
	t := Tree{raw: d, size: r.s.w.Size, file: r.file, offset: r.s.w.Offset, line: r.s.w.Line, column: r.s.w.Column}
	return t.placeOf(-1, start, end, "")
}

// excerpt gives the line around a place of what is held.
func (r *Reader) excerpt(at int) string {
	d := r.s.w.Data()
	at = min(at, len(d))
	from, to := at, at
	for from > 0 && d[from-1] != '\n' && at-from < 80 {
		from--
	}
	for to < len(d) && d[to] != '\n' && to-at < 80 {
		to++
	}
	return readable(d[from:to])
}

// outerPath gives the path of the elements around the place that is read.
func (r *Reader) outerPath() string {
	path := ""
	for i := range r.around {
		path += "/" + r.around[i].tag
	}
	return path
}
