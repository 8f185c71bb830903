package flatfile

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/internal/text"
)

// Record is one record of a file, valid until the next Read. Its fields are counted from 0.
type Record struct {
	raw     []byte // with its line end
	body    int    // the length without its line end
	spans   []span
	quote   byte
	charset *charset
	names   []string
	kind    *kind    // of a fixed-width record
	layout  *layout  // of a fixed-width record
	row     *rowKind // of a delimited one, where there are several
	escape  byte     // of a delimited one whose spans have escapes
	literal bool     // an apostrophe before a value is none of it
	file    string
	number  int64
	offset  int64
	line    int  // 0 in a file without lines
	broken  bool // has line ends within
	plain   int  // so many fields at its start are printable ASCII without quotes or escapes
	scratch []byte
	cells   func(field int) finding.Place // of a record that does not stand in lines
}

// Clone gives a copy that stays valid.
func (rec *Record) Clone() *Record {
	c := *rec
	c.raw, c.spans, c.scratch = bytes.Clone(rec.raw), slices.Clone(rec.spans), nil
	if rec.layout != nil {
		own := *rec.layout // it counts the characters of the copy by itself
		c.layout = &own
	}
	return &c
}

// Fields gives the number of fields: those that stand in a delimited record, those of the layout in a fixed-width one.
func (rec *Record) Fields() int { return len(rec.spans) }

// Has tells whether a field stands in the record. One that does not is missing, which is not the same as empty.
func (rec *Record) Has(i int) bool {
	return i >= 0 && i < len(rec.spans) && (rec.kind == nil || int(rec.spans[i].start) < rec.body)
}

// Quoted tells whether a field stands in quotes.
func (rec *Record) Quoted(i int) bool { return rec.Has(i) && rec.spans[i].end&quoted != 0 }

// Name gives the name of a field, or its number, from 1, where it has none.
func (rec *Record) Name(i int) string {
	if i >= 0 && i < len(rec.names) && rec.names[i] != "" {
		return rec.names[i]
	}
	return strconv.Itoa(i + 1)
}

// Type gives the name of the type of the record, or "" in a file that has but one.
func (rec *Record) Type() string {
	switch {
	case rec.kind != nil:
		return rec.kind.name
	case rec.row != nil:
		return rec.row.name
	}
	return ""
}

// Number gives the ordinal of the record in the file, from 1. The header, empty lines and comments are not counted.
func (rec *Record) Number() int64 { return rec.number }

// Raw gives the record as it stands in the file, with its line end.
func (rec *Record) Raw() []byte {
	if rec.charset.order != nil {
		return appendUTF16(nil, rec.raw, rec.charset.order)
	}
	return rec.raw
}

// Plain gives how many fields, from the first on, are known to be printable ASCII without quotes: all of most records of a
// delimited file, none where that was not looked at. PlainBytes gives their text without a second look.
func (rec *Record) Plain() int { return rec.plain }

// PlainBytes gives what Bytes gives for one of the fields that Plain counts.
func (rec *Record) PlainBytes(i int) []byte {
	s := &rec.spans[i]
	return rec.raw[s.start:s.end]
}

// Bytes gives the value of a field in the file's character set, or nil when it is missing: without quotes, without the
// padding of a fixed-width field. The characters of a UTF-16 file come as UTF-8.
func (rec *Record) Bytes(i int) []byte {
	if uint(i) >= uint(len(rec.spans)) {
		return nil
	}
	s := rec.spans[i]
	if s.end&^spanMask != 0 {
		return rec.plainText(rec.unquote(rec.raw[s.start:s.end&spanMask], s.end))
	}
	b := rec.raw[s.start:s.end]
	if rec.kind == nil {
		return rec.plainText(b)
	}
	if !rec.Has(i) {
		return nil
	}
	return rec.kind.fields[i].trim(b)
}

// plainText takes the apostrophe off a value that it keeps from being a formula.
func (rec *Record) plainText(b []byte) []byte {
	if rec.literal && len(b) > 1 && b[0] == '\'' && (b[1] == '\'' || formulaStart(b[1])) {
		return b[1:]
	}
	return b
}

// unquote takes the quotes off a field, and the escapes.
func (rec *Record) unquote(b []byte, form uint32) []byte {
	if form&quoted == 0 {
		return rec.unescape(b, false)
	}
	inner := b
	if form&bent != 0 { // tolerated or part of a broken record
		inner = bytes.TrimRight(b, " \t")
		if len(inner) < 2 || inner[len(inner)-1] != rec.quote {
			return b
		}
	}
	if len(inner) >= 2 && inner[len(inner)-1] == rec.quote {
		inner = inner[1 : len(inner)-1]
	} else {
		inner = inner[1:] // never closed
	}
	if form&(doubled|bent|escaped) == 0 {
		return inner
	}
	if form&escaped != 0 {
		return rec.unescape(inner, true)
	}
	from := len(rec.scratch)
	for {
		q := bytes.IndexByte(inner, rec.quote)
		if q < 0 || q+1 >= len(inner) {
			rec.scratch = append(rec.scratch, inner...)
			break
		}
		rec.scratch = append(rec.scratch, inner[:q+1]...)
		inner = inner[q+1:]
		if inner[0] == rec.quote {
			inner = inner[1:]
		}
	}
	return rec.scratch[from:len(rec.scratch):len(rec.scratch)]
}

// unescape takes the escapes out of a value, and where it was in quotes one of two quotes.
func (rec *Record) unescape(b []byte, inQuotes bool) []byte {
	from := len(rec.scratch)
	for i := 0; i < len(b); i++ {
		if i+1 < len(b) && (b[i] == rec.escape || inQuotes && b[i] == rec.quote && b[i+1] == rec.quote) {
			i++
		}
		rec.scratch = append(rec.scratch, b[i])
	}
	return rec.scratch[from:len(rec.scratch):len(rec.scratch)]
}

// Text gives the value of a field as UTF-8: "" for an empty and for a missing one. Its error is a *CharsetError when a
// byte is not a character of the declared set, and a *RowError for a field declared binary and for one that holds no number
// where one is declared.
func (rec *Record) Text(i int) (string, error) {
	b := rec.Bytes(i)
	if rec.odd(i) || !rec.charset.ascii || !text.Printable(b) {
		text, err := rec.AppendText(nil, i)
		return string(text), err
	}
	return string(b), nil
}

// AppendText appends the value of a field as UTF-8 and gives the same errors as Text. On an error dst comes back as it was.
func (rec *Record) AppendText(dst []byte, i int) ([]byte, error) {
	b := rec.Bytes(i)
	if rec.odd(i) {
		f := rec.kind.fields[i]
		if f.binary {
			return dst, &RowError{Findings: finding.List{rec.binaryFault(i)}}
		}
		out, wrong, at := f.append(dst, b, rec.charset)
		if wrong != "" {
			return dst, rec.numberFault(i, wrong, at)
		}
		return out, nil
	}
	out, bad := rec.decode(dst, b)
	if bad < 0 {
		return out, nil
	}
	return dst, rec.badByte(i)
}

// odd tells whether the bytes of a field are not its text.
func (rec *Record) odd(i int) bool {
	return rec.kind != nil && rec.Has(i) && (rec.kind.fields[i].binary || rec.kind.fields[i].number != NotNumber)
}

// binaryFault is the fault of a mapping that takes a binary field for text.
func (rec *Record) binaryFault(i int) finding.Finding {
	return finding.Finding{
		Rule: ruleBinary, Severity: finding.Error, Place: rec.Place(i),
		Message: "the field is declared binary and has no text", Hint: "decode its bytes, or declare it as text",
	}
}

// badByte is the error for the first byte of a field that is no character. Quotes and padding are characters, so that the
// field can be searched as it stands.
func (rec *Record) badByte(i int) error {
	start, end := int(rec.spans[i].start), int(rec.spans[i].end&spanMask)
	_, bad := rec.decode(nil, rec.raw[start:end])
	return rec.charsetError(start+max(bad, 0), end, rec.Name(i))
}

// Place gives the place of a field as it stands, with quotes and padding; that of a missing one is the record's end.
func (rec *Record) Place(i int) finding.Place {
	if rec.cells != nil {
		return rec.cellPlace(i)
	}
	p := finding.Place{}
	if rec.Has(i) {
		p = rec.placeOf(int(rec.spans[i].start), int(rec.spans[i].end&spanMask))
	} else {
		p = rec.placeOf(rec.body, rec.body)
	}
	p.Field = rec.Name(i)
	return p
}

// Where gives the place of the record as a whole, without its line end.
func (rec *Record) Where() finding.Place {
	if rec.cells != nil {
		return rec.cellPlace(-1)
	}
	return rec.placeOf(0, rec.body)
}

// placeOf gives the place of some bytes of the record.
func (rec *Record) placeOf(start, end int) finding.Place {
	p := finding.Place{
		File:   rec.file,
		Offset: rec.offset + rec.charset.size(rec.raw[:start]),
		Length: int(rec.charset.size(rec.raw[start:end])),
		Record: rec.number,
	}
	if rec.line > 0 {
		lines, behind := 0, 0
		if rec.broken {
			lines, behind = countLines(rec.raw[:start])
		}
		p.Line = rec.line + lines
		p.Column = int(rec.charset.size(rec.raw[behind:start])) + 1
	}
	return p
}

// finding makes a finding about some bytes of the record.
func (rec *Record) finding(rule string, start, end int, format string, args ...any) finding.Finding {
	p := rec.placeOf(start, end)
	p.Field = rec.fieldAt(start)
	text, _ := rec.charset.appendLossy(nil, rec.raw[:min(rec.body, finding.MaxValue+8)])
	return finding.Finding{
		Rule: rule, Severity: finding.Error, Place: p,
		Message: fmt.Sprintf(format, args...), Source: finding.Cut(string(text)),
	}
}

// fieldAt gives the name of the delimited field that a byte of the record stands in.
func (rec *Record) fieldAt(at int) string {
	if rec.kind != nil {
		return ""
	}
	for i, s := range rec.spans {
		if at <= int(s.end&spanMask) {
			return rec.Name(i)
		}
	}
	return ""
}
