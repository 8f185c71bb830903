package flatfile

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// Layout says how a fixed-width file looks: lines, or records of one length, whose fields stand at fixed places.
type Layout struct {
	// Charset is the character set of the file: "" is utf-8. EBCDIC sets need Length, UTF-16 sets need Characters.
	Charset string
	// Characters says that places and lengths count characters, as programs do that know Unicode; else they count bytes.
	// In a set of one byte a character both are the same.
	Characters bool
	// Length is the number of bytes of every record of a file without line ends; 0 says that records are lines.
	Length int
	// Types are the kinds of records, at least one. The first whose mark a record bears is its type.
	Types []RecordType

	// ShortRows tolerates lines that end before their last field, as editors and some systems leave them: what is not
	// there is missing, and a field cut short is taken as it stands.
	ShortRows bool
	// TrustBOM lets a byte order mark overrule Charset.
	TrustBOM bool

	// MaxRecord is the limit of a line in bytes, line end included: 0 is DefaultMaxRecord.
	MaxRecord int
	// LineEnd is what a writer ends lines with: "" is CR LF.
	LineEnd string
}

// RecordType is one kind of record of a layout.
type RecordType struct {
	// Name is what Record.Type gives.
	Name string
	// At and Value are the mark of the type: from place At on, counted from 0, its records have Value. An empty Value
	// takes any record.
	At    int
	Value string
	// Length is how long a line of this type is: a longer one is wrong unless only filling follows. 0 is not checked, so
	// that a layout need not describe what nobody reads. A writer fills up to it.
	Length int
	// Fields are the fields in the order in which a Record gives them. They may overlap and leave gaps.
	Fields []FixedField
}

// FixedField is a field at a fixed place.
type FixedField struct {
	// Name is what places and errors call the field.
	Name string
	// At is its place in the record, from 0, and Length how long it is: in bytes, or characters where the layout says so.
	At, Length int
	// Pad is the filling, taken off when reading: 0 is the blank. Of a field of zeros filled with zeros one is left.
	Pad byte
	// Right says that the value stands at the right and the filling at the left of it.
	Right bool
	// Binary says that the field holds no text: nothing is taken off its bytes, and Text refuses it.
	Binary bool
}

// layout is a Layout made ready.
type layout struct {
	Layout
	charset charset
	max     int
	lineEnd string
	kinds   []*kind
	chars   bool    // characters are counted, and may have several bytes
	starts  []int32 // of the characters of a record, where they do not all have one byte
}

// kind is a record type made ready.
type kind struct {
	name   string
	at     int
	value  []byte
	width  int // where the last field ends
	length int // 0: any
	fields []fixedField
	names  []string
}

// fixedField is a field made ready.
type fixedField struct {
	at, length int
	pad        byte
	right      bool
	binary     bool
}

// NewFixedReader gives a reader of a fixed-width file. Options that make no sense are the error of the first Read.
func NewFixedReader(r io.Reader, l Layout) *Reader {
	rd := &Reader{in: r, line: 1, want: -1}
	c, err := l.compile()
	if err != nil {
		rd.err = err
		return rd
	}
	rd.layout, rd.charset, rd.max = c, c.charset, c.max
	rd.rec.charset = &rd.charset
	if l.Length > 0 {
		rd.line = 0
	}
	return rd
}

// Check tells whether the layout makes sense. Its error is an *Error with the cause ErrOptions.
func (l Layout) Check() error {
	_, err := l.compile()
	return err
}

// compile checks the layout and fills in what was left out.
func (l Layout) compile() (*layout, error) {
	cs, err := lookupCharset(l.Charset)
	if err != nil {
		return nil, err
	}
	c := &layout{Layout: l, charset: cs, chars: l.Characters && cs.unicode()}
	if c.max, err = maxRecord(l.MaxRecord); err != nil {
		return nil, err
	}
	if c.lineEnd, err = lineEndOption(l.LineEnd); err != nil {
		return nil, err
	}
	if err := c.checkCharset(); err != nil {
		return nil, err
	}
	if len(l.Types) == 0 {
		return nil, optionError("types", "the layout has no record type", "describe at least one")
	}
	for _, t := range l.Types {
		k, err := c.kind(t)
		if err != nil {
			return nil, err
		}
		c.kinds = append(c.kinds, k)
	}
	return c, nil
}

// checkCharset refuses what cannot be counted.
func (l *layout) checkCharset() error {
	cs := &l.charset
	switch {
	case cs.wide > utf8set && !l.Characters:
		return optionError("charset", "the characters of "+cs.name+" are not bytes", "count characters")
	case l.Length > 0 && l.chars:
		return optionError("length", cs.name+" has no records of a fixed number of bytes where characters are counted", "count bytes, or read lines")
	case !cs.ascii && l.Length == 0:
		return optionError("length", cs.name+" has line ends of its own", "give the record length")
	case l.Length < 0 || l.Length > l.max:
		return optionError("length", fmt.Sprintf("%d bytes", l.Length), fmt.Sprintf("give 1 to %d, or 0 for lines", l.max))
	}
	return nil
}

// kind makes a record type ready.
func (l *layout) kind(t RecordType) (*kind, error) {
	what := "type " + t.Name
	value, err := l.charset.appendEncoded(nil, t.Value)
	if err != nil {
		return nil, optionError(what, err.Error(), "use characters of "+l.charset.name)
	}
	k := &kind{name: t.Name, at: t.At, value: value, width: t.At + utf8.RuneCountInString(t.Value), length: t.Length}
	if !l.chars {
		k.width = t.At + len(value)
	}
	if t.At < 0 || t.Length < 0 {
		return nil, optionError(what, "a place or length below 0", "count places from 0")
	}
	if len(value) == 0 {
		k.width = 0
	}
	blank := byte(' ')
	if b, err := l.charset.appendEncoded(nil, " "); err == nil && len(b) == 1 {
		blank = b[0]
	}
	for _, f := range t.Fields {
		if f.At < 0 || f.Length < 1 {
			return nil, optionError("field "+f.Name, fmt.Sprintf("length %d at %d", f.Length, f.At), "count places from 0, and give at least 1")
		}
		pad := f.Pad
		if pad == 0 {
			pad = blank
		}
		k.fields = append(k.fields, fixedField{f.At, f.Length, pad, f.Right, f.Binary})
		k.names = append(k.names, f.Name)
		k.width = max(k.width, f.At+f.Length)
	}
	limit := l.Length
	if limit == 0 {
		limit = l.max
	}
	if k.width > limit || t.Length > limit || t.Length > 0 && k.width > t.Length {
		return nil, optionError(what, fmt.Sprintf("its fields end at %d, behind the end of the record", k.width), "check starts and lengths")
	}
	return k, nil
}

// lineEndOption checks what a writer ends lines with, and gives it.
func lineEndOption(s string) (string, error) {
	switch s {
	case "":
		return "\r\n", nil
	case "\r\n", "\n", "\r":
		return s, nil
	}
	return "", optionError("line end", fmt.Sprintf("%q is no line end", s), `use "\r\n", "\n" or "\r"`)
}
