package xlsx

import (
	"fmt"
	"strings"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// record makes a record of a row.
func (r *Reader) record(h held) (*flatfile.Record, error) {
	r.row, r.faults = h.row, r.faults[:0]
	r.number++
	n := max(len(h.values), len(r.header))
	r.known = r.known[:0]
	size := 0
	for i := range n {
		v := ""
		if i < len(h.values) {
			v = h.values[i]
		}
		c := cell{}
		if i < len(h.cells) {
			c = h.cells[i]
		}
		v = r.value(v, c, i)
		size += len(v)
		r.known = append(r.known, v)
	}
	r.mergeRow(h.row)
	if size > maxRecord {
		r.fault(ruleTooLong, -1, "", fmt.Sprintf("the texts of the row are longer than %d bytes", maxRecord), "")
		clear(r.known)
	}
	if h.hidden {
		r.found.Add(finding.Finding{Rule: ruleHidden, Severity: finding.Note, Place: r.place(h.row, -1), Message: "a hidden row is read", Hint: "say hidden_rows: skip to leave such rows out"})
	}
	r.rec.SetCells(r.number, h.row, r.header, r.known)
	if len(r.faults) == 0 {
		return r.rec, nil
	}
	found := append(finding.List(nil), r.faults...)
	for _, f := range found {
		r.found.Add(f)
	}
	return r.rec, &flatfile.RowError{Findings: found}
}

func (r *Reader) fault(rule string, field int, value, message, hint string) {
	p := r.place(r.row, field)
	p.Record = r.number
	r.faults = append(r.faults, finding.Finding{Rule: rule, Severity: finding.Error, Place: p, Value: finding.Cut(value), Message: message, Hint: hint})
}

// value gives the text of a cell.
func (r *Reader) value(raw string, c cell, field int) string {
	switch {
	case c.formula && !c.valued:
		r.fault(ruleFormula, field, "", "the formula has no stored value", "open the workbook with Excel and save it, so that the values stand in it")
		return ""
	case c.kind == 'e':
		r.fault(ruleValue, field, raw, fmt.Sprintf("the cell holds the error %s", raw), "mend the formula")
		return ""
	case c.kind == 'b':
		if raw == "1" {
			return "TRUE"
		}
		return "FALSE"
	case c.kind == 'd':
		return strings.TrimSuffix(raw, "Z")
	case c.kind != 'n' || raw == "":
		return raw
	}
	f := r.form(c.style)
	if f.date || f.clock {
		return r.date(raw, f, field)
	}
	text, ok := number(raw)
	if !ok {
		r.fault(ruleNumber, field, raw, fmt.Sprintf("%q is no number that can be written out", raw), "")
		return ""
	}
	if f.zeros > 0 {
		return padded(text, f.zeros)
	}
	if r.o.Decimal != '.' {
		text = strings.Replace(text, ".", string(rune(r.o.Decimal)), 1)
	}
	return text
}

// date gives a date in the layout of its column.
func (r *Reader) date(raw string, f form, field int) string {
	t, err := moment(raw, r.date1904())
	if err != nil {
		r.fault(ruleDate, field, raw, err.Error(), "")
		return ""
	}
	layout := isoLayout(f, t)
	if field < len(r.layouts) && r.layouts[field] != "" {
		layout = r.layouts[field]
		if back, err := time.Parse(layout, t.Format(layout)); err != nil || !sameMoment(back, t) {
			r.fault(ruleDate, field, raw, fmt.Sprintf("%s does not fit into the layout of its column", t.Format("2006-01-02T15:04:05.000")), "give the column a layout with the time")
			return ""
		}
	}
	return t.Format(layout)
}

// sameMoment tells whether two times show the same on a clock.
func sameMoment(a, b time.Time) bool {
	const face = "2006-01-02T15:04:05"
	return a.Format(face) == b.Format(face)
}

// date1904 tells how the days of the workbook are counted.
func (r *Reader) date1904() bool {
	p := r.book.WorkBook.WorkbookPr
	return p != nil && p.Date1904
}

// form gives what the format of a style makes of numbers.
func (r *Reader) form(style int) form {
	f, known := r.styles[style]
	if known {
		return f
	}
	if s, err := r.book.GetStyle(style); err == nil {
		f = builtInForm(s.NumFmt)
		if s.CustomNumFmt != nil {
			f = customForm(*s.CustomNumFmt)
		}
	}
	r.styles[style] = f
	return f
}
