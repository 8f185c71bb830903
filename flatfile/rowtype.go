package flatfile

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

// rowKind is a type of row made ready.
type rowKind struct {
	name  string
	value []byte
	names []string
}

// types checks the types of rows.
func (c *dialect) types() error {
	if len(c.Types) == 0 {
		return nil
	}
	if c.Header || len(c.Columns) > 0 {
		return optionError("types", "a file of several types of rows has no header and no columns of its own", "give each type its columns")
	}
	if c.TypeColumn < 0 {
		return optionError("types", "the column of the types is below 0", "count columns from 0")
	}
	for _, t := range c.Types {
		value, err := c.charset.appendEncoded(nil, t.Value)
		if err != nil {
			return optionError("type "+t.Name, err.Error(), "use characters of "+c.charset.name)
		}
		k := rowKind{name: t.Name, value: value}
		for _, other := range c.kinds {
			if other.name == t.Name || bytes.Equal(other.value, value) {
				return optionError("type "+t.Name, fmt.Sprintf("its name or its mark %q is that of another type", t.Value), "give each type its own")
			}
		}
		for _, column := range t.Columns {
			k.names = append(k.names, column.Name)
		}
		if err := checkColumns(t.Columns); err != nil {
			return err
		}
		if len(k.names) <= c.TypeColumn {
			return optionError("type "+t.Name, "it has no column for its mark", "name all columns, that of the mark too")
		}
		c.kinds = append(c.kinds, k)
	}
	return nil
}

// findType finds the type of the row just taken, and what is expected of it.
func (r *Reader) findType() {
	rec := &r.rec
	rec.row, rec.names, r.want = nil, nil, -1
	mark := bytes.TrimRight(rec.Bytes(r.dialect.TypeColumn), " ")
	for i := range r.dialect.kinds {
		if k := &r.dialect.kinds[i]; bytes.Equal(k.value, mark) {
			rec.row, rec.names, r.want = k, k.names, len(k.names)
			return
		}
	}
}

// strangeType is the fault of a row of no type.
func (r *Reader) strangeType() finding.Finding {
	column := r.dialect.TypeColumn
	p := r.rec.Place(column)
	f := r.rec.finding(ruleRecordType, 0, r.rec.body, "the row is of no type that is declared: column %d has %q", column+1, finding.Cut(string(r.rec.Bytes(column))))
	f.Place.Offset, f.Place.Length, f.Place.Line, f.Place.Column, f.Place.Field = p.Offset, p.Length, p.Line, p.Column, p.Field
	var marks []string
	for _, t := range r.dialect.Types {
		marks = append(marks, t.Value)
	}
	f.Hint = "declared are " + strings.Join(marks, ", ") + "; add its type, or check the file"
	return f
}

// sepLine looks for the line "sep=;" that spreadsheets write and read.
func (r *Reader) sepLine() error {
	for len(r.src.data()) < 16 && !r.src.ended() {
		if !r.src.more() && !r.src.ended() {
			return nil // what is wrong shows when the first record is read
		}
	}
	data := r.src.data()
	if len(data) < 5 || !bytes.EqualFold(data[:4], []byte("sep=")) {
		return nil
	}
	at, n := lineEnd(data[:min(len(data), 16)], r.src.ended())
	if at < 0 || n == 0 {
		return nil
	}
	says, lost := r.charset.appendLossy(nil, data[4:at])
	if runes := []rune(string(says)); len(runes) != 1 || lost > 0 {
		return nil
	}
	if string(says) != r.dialect.separator() {
		if err := r.otherSeparator(string(says), at); err != nil {
			return err
		}
	}
	return r.skipLine()
}

// otherSeparator judges a line "sep=" that says another delimiter than is declared.
func (r *Reader) otherSeparator(says string, length int) error {
	p := r.here()
	p.Length = length
	f := finding.Finding{Rule: ruleSepLine, Severity: finding.Error, Place: p, Value: says,
		Message: fmt.Sprintf("the file begins with sep=%s, but %q is declared as its delimiter", says, r.dialect.separator()),
		Hint:    "declare that delimiter, or let the line decide"}
	if !r.dialect.SepLine {
		r.faults.add(f)
		return nil
	}
	f.Severity, f.Hint = finding.Warning, ""
	f.Message = fmt.Sprintf("the file is read with the delimiter %q by its first line, not %q", says, r.dialect.separator())
	r.faults.add(f)
	d := r.dialect.Delimited
	d.Delimiter = []rune(says)[0]
	c, err := d.compile()
	if err != nil {
		return err
	}
	r.use(c)
	r.want = c.expected
	return nil
}

// formulaStart tells the characters with which a spreadsheet begins a formula.
func formulaStart(c byte) bool {
	return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r'
}

// formula tells whether a spreadsheet would take a value for a formula.
func formula(v string) bool {
	return v != "" && formulaStart(v[0]) && !signedNumber(v)
}

// signedNumber tells whether a value is a number as people write them.
func signedNumber(v string) bool {
	digits := strings.TrimLeft(v, "+-")
	return len(v)-len(digits) <= 1 && digits != "" && strings.Trim(digits, "0123456789.,") == "" && strings.ContainsAny(digits, "0123456789")
}
