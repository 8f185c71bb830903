package jsonfile

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

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
