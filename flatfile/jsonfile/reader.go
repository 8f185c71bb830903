package jsonfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/internal/records"
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
	r.f.w = window.New(in, o.MaxRecord+4<<10, window.Plain)
	return r
}

// SetFile gives the name that places name as their file. It is to be set before the first Read.
func (r *Reader) SetFile(name string) { r.file = name }

// Findings gives everything that was found so far.
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
