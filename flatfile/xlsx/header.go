package xlsx

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// Header gives the names of the columns as they stand in the sheet, once the header was read.
func (r *Reader) Header() []string { return r.header }

// Column gives the index of a column by the name that the caller calls it, -1 where the sheet has none.
func (r *Reader) Column(name string) int {
	if at, ok := r.columns[name]; ok {
		return at
	}
	return -1
}

// ReadHeader reads up to the first record. Its error is what the first Read would return instead.
func (r *Reader) ReadHeader() error {
	if r.headed || r.err != nil {
		return r.err
	}
	r.headed = true
	r.columns = map[string]int{}
	var faults finding.List
	if r.o.NoHeader {
		for i, c := range r.o.Columns {
			r.header = append(r.header, c.Name)
			r.columns[c.Name] = i
		}
	} else {
		var err error
		if faults, err = r.findHeader(); err != nil {
			r.err = err
			return err
		}
	}
	r.layouts = make([]string, len(r.header))
	for _, c := range r.o.Columns {
		if at, ok := r.columns[c.Name]; ok {
			r.layouts[at] = r.o.Layouts[c.Name]
		}
	}
	for _, f := range faults {
		r.found.Add(f)
	}
	if faults.HasErrors() {
		return &flatfile.FileError{Findings: faults}
	}
	return nil
}

// findHeader looks for the row of the header.
func (r *Reader) findHeader() (finding.List, error) {
	last := r.o.HeaderWithin
	if r.o.HeaderRow > 0 {
		last = r.o.HeaderRow
	}
	best, bestScore := -1, 0
	for len(r.waiting) < last {
		h, err := r.pull()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		h.values = slices.Clone(h.values)
		h.cells = slices.Clone(h.cells)
		r.waiting = append(r.waiting, h)
		score, all := r.score(h.values)
		if r.o.HeaderRow == 0 && score > bestScore {
			best, bestScore = len(r.waiting)-1, score
		}
		if r.o.HeaderRow == 0 && all {
			best = len(r.waiting) - 1
			break
		}
	}
	switch {
	case len(r.waiting) == 0:
		return nil, r.headerError(flatfile.ErrEmpty, "the sheet %s is empty", r.sheet)
	case r.o.HeaderRow > len(r.waiting):
		return nil, r.headerError(flatfile.ErrEmpty, "the sheet %s has no row %d, where its header is looked for", r.sheet, r.o.HeaderRow)
	case r.o.HeaderRow > 0:
		best = r.o.HeaderRow - 1
	case best < 0 && len(r.o.Columns) == 0:
		best = r.firstFilled()
	}
	if best < 0 {
		return nil, r.headerError(ErrWorkbook, "none of the first %d rows of sheet %s has any of the columns %s", len(r.waiting), r.sheet, strings.Join(r.wanted(), ", "))
	}
	h := r.waiting[best]
	r.above, r.waiting = r.waiting[:best+1], r.waiting[best+1:]
	r.headAt = h.row
	return r.nameColumns(h), nil
}

func (r *Reader) headerError(cause error, format string, args ...any) *flatfile.Error {
	e := workbookError(ruleHeader, fmt.Sprintf(format, args...), "say `sheet:` or `header_row:` where the table stands elsewhere", cause)
	e.Finding.Place = r.place(1, 0)
	r.found.Add(e.Finding)
	return e
}

// firstFilled gives the first row of those held that has a value, or -1.
func (r *Reader) firstFilled() int {
	return slices.IndexFunc(r.waiting, func(h held) bool { return len(h.values) > 0 })
}

func (r *Reader) wanted() []string {
	var names []string
	for _, c := range r.o.Columns {
		names = append(names, c.Name)
	}
	return names
}

// score counts the known columns in a row; all tells whether none that is required is missing.
func (r *Reader) score(values []string) (n int, all bool) {
	all = len(r.o.Columns) > 0
	required := false
	for _, c := range r.o.Columns {
		here := slices.ContainsFunc(values, func(v string) bool { return isColumn(c, plainName(v)) })
		if here {
			n++
		} else if c.Required {
			all = false
		}
		required = required || c.Required
	}
	if !required {
		all = all && n == len(r.o.Columns)
	}
	return n, all
}

func isColumn(c flatfile.Column, name string) bool {
	return c.Name == name || slices.Contains(c.Aliases, name)
}

// plainName gives a name of a header without line breaks and blanks around.
func plainName(s string) string { return strings.Join(strings.Fields(s), " ") }

// nameColumns reads the names of the columns. A name that is merged over several columns counts for the first.
func (r *Reader) nameColumns(h held) finding.List {
	var faults finding.List
	say := func(severity finding.Severity, rule string, at int, hint, format string, args ...any) {
		faults = append(faults, finding.Finding{Rule: rule, Severity: severity, Place: r.place(h.row, at), Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	for i, v := range h.values {
		name := plainName(v)
		if name == "" && i < len(h.cells) && h.cells[i].kind == 'n' {
			name = v
		}
		r.header = append(r.header, name)
	}
	for _, c := range r.o.Columns {
		var at []int
		for i, name := range r.header {
			if isColumn(c, name) {
				at = append(at, i)
			}
		}
		switch {
		case len(at) == 1:
			r.columns[c.Name] = at[0]
		case len(at) > 1:
			say(finding.Error, ruleDuplicate, at[1], "", "the column %s stands twice in the header, first in %s", c.Name, r.place(h.row, at[0]).Path)
		case c.Required:
			near := finding.Nearest(c.Name, r.header)
			hint := ""
			if near != "" {
				hint = "did you mean " + near + "?"
			}
			say(finding.Error, ruleHeader, 0, hint, "the header has no column %s", c.Name)
		}
	}
	for i, name := range r.header {
		if name != "" && len(r.o.Columns) > 0 && !slices.ContainsFunc(r.o.Columns, func(c flatfile.Column) bool { return isColumn(c, name) }) {
			say(finding.Note, ruleExtra, i, "", "the column %s is not known", name)
		}
		if len(r.o.Columns) == 0 && name != "" {
			if _, twice := r.columns[name]; !twice {
				r.columns[name] = i
			}
		}
	}
	return faults
}

// mergeRow gives the cells of merged ranges below the header their values, or faults.
func (r *Reader) mergeRow(row int) {
	for len(r.merged) > 0 && r.merged[0].row1 <= row {
		if m := r.merged[0]; m.row1 > r.headAt {
			r.spans = append(r.spans, openRange{mergedRange: m})
		}
		r.merged = r.merged[1:]
	}
	r.spans = slices.DeleteFunc(r.spans, func(m openRange) bool { return m.row2 < row })
	for i := range r.spans {
		m := &r.spans[i]
		switch r.o.Merged {
		case RefuseMerged:
			r.fault(ruleMerged, m.column1-1, "", "the cell is merged with others: "+m.String(), "unmerge the cells, or say merged: fill or merged: first")
		case FillMerged:
			r.fillRange(m, row)
		}
	}
}

// openRange is a merged range that reaches the row that is read.
type openRange struct {
	mergedRange
	value string // of its first cell
}

// fillRange copies the value of a range into its cells of a row.
func (r *Reader) fillRange(m *openRange, row int) {
	if row == m.row1 && m.column1 <= len(r.known) {
		m.value = r.known[m.column1-1]
	}
	for c := m.column1; c <= m.column2 && c <= len(r.known); c++ {
		r.known[c-1] = m.value
	}
}

// String gives the range as "A2:A5".
func (m mergedRange) String() string {
	from, _ := excelize.CoordinatesToCellName(m.column1, m.row1)
	to, _ := excelize.CoordinatesToCellName(m.column2, m.row2)
	return from + ":" + to
}
