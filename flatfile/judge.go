package flatfile

import (
	"fmt"

	"github.com/batchgate/batchgate/finding"
)

// judge says what is wrong with the record just taken, as a *RowError, or nil.
func (r *Reader) judge() error {
	if r.layout != nil {
		return r.refuse(r.layout.faults(&r.rec))
	}
	if len(r.dialect.kinds) > 0 && r.rec.row == nil {
		return r.refuse(append(r.quoteFaults(), r.strangeType()))
	}
	if r.want < 0 && !r.scan.odd() && !r.dialect.TrailingDelimiter {
		return nil
	}
	faults := r.quoteFaults()
	r.dropTrailing()
	switch n := len(r.rec.spans); {
	case r.want < 0 || n == r.want:
	case n < r.want:
		if !r.dialect.ShortRows {
			f := r.rec.finding(ruleRowShort, r.rec.body, r.rec.body, "the record has %d of %d fields: %s is missing", n, r.want, r.fieldName(n))
			f.Hint = "mend the row, or tolerate short rows"
			f.Place.Field = r.rec.Name(n)
			faults = append(faults, f)
		}
	default:
		extra := r.rec.spans[r.want]
		f := r.rec.finding(ruleRowLong, int(extra.start), r.rec.body, "the record has %d fields, not %d", n, r.want)
		f.Hint = fmt.Sprintf("put a value that holds %q into quotes", r.dialect.separator())
		if n == r.want+1 && extra.start == extra.end {
			f.Hint = "the last field is empty: tolerate a trailing delimiter if the partner always writes one"
		}
		f.Place.Field = r.rec.Name(r.want)
		if r.dialect.LongRows {
			f.Severity, f.Hint = finding.Warning, ""
			r.rec.spans = r.rec.spans[:r.want]
		}
		faults = append(faults, f)
	}
	return r.refuse(faults)
}

// fieldName gives the name of a field that the record need not have.
func (r *Reader) fieldName(i int) string { return "field " + r.rec.Name(i) }

// refuse keeps the faults of a record, and makes an error of them when one is severe.
func (r *Reader) refuse(faults finding.List) error {
	for _, f := range faults {
		r.found.add(f)
	}
	if faults.HasErrors() {
		return &RowError{Findings: faults}
	}
	return nil
}

// odd tells whether the scanner saw something in the record that needs judging.
func (s *scanner) odd() bool { return s.stray&s.open&s.nul != -1 }

// quoteFaults gives the faults of the record that have to do with its characters.
func (r *Reader) quoteFaults() finding.List {
	var faults finding.List
	if at := r.scan.nul; at >= 0 {
		f := r.rec.finding(ruleNUL, at, at+1, "the record holds a NUL byte")
		f.Hint = "the file may be damaged, still being written, or utf-16"
		faults = append(faults, f)
	}
	if at := r.scan.open; at >= 0 {
		f := r.rec.finding(ruleOpenQuote, at, at+1, "the quotes opened here are not closed on this line")
		f.Hint = "close them, or double a quote that is part of a quoted value"
		faults = append(faults, f)
	}
	if at := r.scan.stray; at >= 0 {
		f := r.rec.finding(ruleStrayQuote, at, at+1, "a quote stands within a field")
		f.Hint = "put the field into quotes and double the quote, or tolerate stray quotes"
		if r.dialect.StrayQuotes {
			f.Severity, f.Hint = finding.Warning, ""
		}
		faults = append(faults, f)
	}
	return faults
}

// dropTrailing takes the empty field behind a trailing delimiter off the record.
func (r *Reader) dropTrailing() {
	n := len(r.rec.spans)
	if !r.dialect.TrailingDelimiter || n < 2 || r.want >= 0 && n != r.want+1 {
		return
	}
	if last := r.rec.spans[n-1]; last.start == last.end {
		r.rec.spans = r.rec.spans[:n-1]
	}
}
