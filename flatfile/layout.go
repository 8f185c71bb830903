package flatfile

import (
	"bytes"
	"fmt"
	"io"

	"github.com/batchgate/batchgate/finding"
)

// Layout says how a fixed-width file looks: lines, or records of one length, whose fields stand at fixed places.
type Layout struct {
	Charset   string       // "" is utf-8; EBCDIC sets need Length
	Length    int          // bytes of a record without line ends; 0: records are lines
	Types     []RecordType // at least one
	TrustBOM  bool         // let a byte order mark overrule Charset
	MaxRecord int          // limit of a line in bytes; 0 is DefaultMaxRecord
}

// RecordType is one kind of record of a layout.
type RecordType struct {
	Name string
	// At and Value tell records of this type: the bytes from At on are those of Value. An empty Value takes any record.
	At     int
	Value  string
	Fields []FixedField
}

// FixedField is a field at a fixed place. Places count bytes from 0.
type FixedField struct {
	Name       string
	At, Length int
	Pad        byte // filling, taken off when reading; 0 is the blank
	Right      bool // the value stands at the right, the filling at the left
}

type layout struct {
	Layout
	charset charset
	max     int
	kinds   []*kind
	pad     byte // the blank in the character set
}

type kind struct {
	name   string
	at     int
	value  []byte
	fields []fixedField
	names  []string
}

type fixedField struct {
	at, length int
	pad        byte
	right      bool
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

func (l Layout) compile() (*layout, error) {
	cs, err := lookupCharset(l.Charset)
	if err != nil {
		return nil, err
	}
	c := &layout{Layout: l, charset: cs}
	if cs.wide != single && cs.wide != utf8set {
		return nil, optionError("charset", cs.name+" has no fixed width in bytes", "convert the file first, or use a single-byte set")
	}
	if !cs.ascii && l.Length == 0 {
		return nil, optionError("length", cs.name+" has line ends of its own", "give the record length")
	}
	if c.max, err = maxRecord(l.MaxRecord); err != nil {
		return nil, err
	}
	if l.Length < 0 || l.Length > c.max {
		return nil, optionError("length", fmt.Sprintf("%d bytes", l.Length), fmt.Sprintf("give 1 to %d", c.max))
	}
	if len(l.Types) == 0 {
		return nil, optionError("types", "the layout has no record type", "describe at least one")
	}
	blank, err := cs.appendEncoded(nil, " ")
	if err != nil {
		return nil, err
	}
	c.pad = blank[0]
	for _, t := range l.Types {
		k, err := c.kind(t)
		if err != nil {
			return nil, err
		}
		c.kinds = append(c.kinds, k)
	}
	return c, nil
}

func (l *layout) kind(t RecordType) (*kind, error) {
	value, err := l.charset.appendEncoded(nil, t.Value)
	if err != nil {
		return nil, optionError("type "+t.Name, err.Error(), "use characters of "+l.charset.name)
	}
	k := &kind{name: t.Name, at: t.At, value: value}
	for _, f := range t.Fields {
		if f.At < 0 || f.Length < 1 || l.Length > 0 && f.At+f.Length > l.Length {
			return nil, optionError("field "+f.Name, fmt.Sprintf("%d bytes at %d do not fit the record", f.Length, f.At), "check start and length")
		}
		pad := f.Pad
		if pad == 0 {
			pad = l.pad
		}
		k.fields = append(k.fields, fixedField{f.At, f.Length, pad, f.Right})
		k.names = append(k.names, f.Name)
	}
	return k, nil
}

// next gives the length of the first record of data with its line end, 0 when its end is not there yet.
func (l *layout) next(data []byte, ended bool) int {
	if l.Length > 0 {
		if len(data) >= l.Length {
			return l.Length
		}
		return 0
	}
	at, n := lineEnd(data, ended)
	if at < 0 {
		if ended {
			return len(data)
		}
		return 0
	}
	return at + n
}

// body gives the length of a record without its line end.
func (l *layout) body(raw []byte) int {
	if l.Length > 0 {
		return len(raw)
	}
	return len(bytes.TrimRight(raw, "\r\n"))
}

// cut finds the type of a record and its fields. A field beyond the record's end is missing.
func (l *layout) cut(rec *Record) {
	rec.body = l.body(rec.raw)
	rec.kind, rec.spans = nil, rec.spans[:0]
	for _, k := range l.kinds {
		if k.matches(rec.raw[:rec.body]) {
			rec.kind, rec.names = k, k.names
			break
		}
	}
	if rec.kind == nil {
		return
	}
	for _, f := range rec.kind.fields {
		start := min(f.at, rec.body)
		rec.spans = append(rec.spans, span{uint32(start), uint32(min(f.at+f.length, rec.body))})
	}
}

func (k *kind) matches(body []byte) bool {
	return len(k.value) == 0 || len(body) >= k.at+len(k.value) && bytes.Equal(body[k.at:k.at+len(k.value)], k.value)
}

// faults gives what is wrong with a record that was cut.
func (l *layout) faults(rec *Record) finding.List {
	if rec.kind != nil {
		return nil
	}
	f := rec.finding(ruleRecordType, 0, rec.body, "the record is of no type of the layout")
	f.Hint = "add its type to the layout, or check the file"
	return finding.List{f}
}

// trim takes the filling off a field.
func (f fixedField) trim(b []byte) []byte {
	if f.right {
		for len(b) > 1 && b[0] == f.pad {
			b = b[1:]
		}
		if len(b) == 1 && b[0] == f.pad && f.pad != '0' {
			return b[:0]
		}
		return b
	}
	for len(b) > 0 && b[len(b)-1] == f.pad {
		b = b[:len(b)-1]
	}
	return b
}
