package flatfile

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Words says which length words stand before the records of a file without line ends, as mainframes write them.
type Words uint8

const (
	// NoWords: records are lines, or have one length.
	NoWords Words = iota
	// RecordWords: before each record stand four bytes, its length and two zeros (RDW).
	RecordWords
	// BlockWords: records with length words stand in blocks, before each of which stands such a word too (BDW).
	BlockWords
)

// Layout says how a fixed-width file looks: lines, records of one length, or records behind length words, whose fields
// stand at fixed places.
type Layout struct {
	// Charset is the character set of the file: "" is utf-8. UTF-16 sets need Characters.
	Charset string
	// Characters says that places and lengths count characters, as programs do that know Unicode; else they count bytes.
	// In a set of one byte a character both are the same.
	Characters bool
	// Length is the number of bytes of every record of a file without line ends; 0 says that records are lines.
	Length int
	// Ended says that a line end follows each record of Length bytes all the same. Records are told apart by their length,
	// so that packed and binary fields may hold the bytes of a line end.
	Ended bool
	// ByType says that there are no line ends, and each record is as long as the Length of its type says.
	ByType bool
	// Words says that records have length words before them.
	Words Words
	// WordsLittle says that length words are little endian, and WordsBare that they do not count their own four bytes.
	WordsLittle, WordsBare bool
	// Skip is the number of bytes before the first record that are none, at most 1 MiB.
	Skip int
	// Types are the kinds of records, at least one. The first whose mark a record bears is its type.
	Types []RecordType

	// ShortRows tolerates lines that end before their last field, as editors and some systems leave them: what is not
	// there is missing, and a field cut short is taken as it stands.
	ShortRows bool
	// TrustBOM lets a byte order mark overrule Charset.
	TrustBOM bool
	// Unsearched leaves it to who reads the records to look for NUL bytes and lone carriage returns within lines that end
	// with a line feed, as far as they are not longer than their type. Else lines of another length than that of their type
	// are searched for them, and a carriage return ends a line.
	Unsearched bool

	// MaxRecord is the limit of a line in bytes, line end included: 0 is DefaultMaxRecord.
	MaxRecord int
	// LineEnd is what a writer ends lines with: "" is CR LF, and the new line character U+0085 (byte 0x15) in EBCDIC.
	LineEnd string
	// Trim lets a writer leave out the blanks at the end of a line. Its reader needs ShortRows then.
	Trim bool
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
	// Number says how the digits of a number are held, and Text then gives it as people write it: -12.50. A field of
	// blanks is an empty number, and so is a packed one of zero bytes; that is not the same as 0. Binary numbers are never
	// empty.
	Number NumberForm
	// Decimals is how many of the digits stand behind the implied decimal point.
	Decimals int
	// Sign says where the sign stands. Packed numbers have it in their last half byte and binary ones in their first bit;
	// there NoSign says that they are never below zero.
	Sign SignPlace
}

// layout is a Layout made ready.
type layout struct {
	Layout
	charset charset
	max     int
	lineEnd string
	kinds   []*kind
	chars   bool   // characters are counted, and may have several bytes
	seen    spot   // the character of a record that was asked for last
	longest int    // bytes of a line of a type that has a length; 0: lines are searched for what should not be within
	left    int    // bytes of the block that is read
	spans   []span // memory for those of a record
	cleared int    // the filling of the source that clean is about
	clean   bool   // it holds no NUL byte, and no CR where lines end with LF
	blank   byte
}

// lines tells whether records are told apart by line ends.
func (l *layout) lines() bool { return l.Length == 0 && l.Words == NoWords && !l.ByType }

// wide gives how many bytes a place may have.
func (l *layout) wide() int {
	if l.chars {
		return utf8.UTFMax
	}
	return 1
}

// head gives how many bytes of a record are its length word.
func (l *layout) head() int {
	if l.Words == NoWords {
		return 0
	}
	return wordSize
}

// kind is a record type made ready.
type kind struct {
	name   string
	at     int
	value  []byte
	width  int // where the last field ends
	length int // 0: any
	fields []fixedField
	spans  []span // of the fields, where characters are bytes
	names  []string
}

// fixedField is a field made ready.
type fixedField struct {
	at, length int
	pad        byte
	right      bool
	binary     bool
	number     NumberForm
	decimals   int
	sign       SignPlace
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
	if !c.lines() && !l.Ended {
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
	if err := c.endLines(); err != nil {
		return nil, err
	}
	if err := c.checkCharset(); err != nil {
		return nil, err
	}
	c.blank = cs.blank()[0]
	if len(l.Types) == 0 {
		return nil, optionError("types", "the layout has no record type", "describe at least one")
	}
	for _, t := range l.Types {
		k, err := c.kind(t)
		if err != nil {
			return nil, err
		}
		c.kinds = append(c.kinds, k)
		if c.lines() && cs.ascii {
			c.longest = max(c.longest, k.length*c.wide())
		}
	}
	return c, nil
}

// endLines settles what a writer ends lines with.
func (l *layout) endLines() (err error) {
	if l.charset.ascii || l.LineEnd == "\r\n" || l.LineEnd == "\n" {
		l.lineEnd, err = lineEndOption(l.LineEnd)
		if !l.charset.ascii && err == nil {
			l.lineEnd = strings.ReplaceAll(l.lineEnd, "\n", "\x25") // CR is the same byte
		}
		return err
	}
	if l.LineEnd != "" && l.LineEnd != "\u0085" {
		return optionError("line end", fmt.Sprintf("%q is no line end in %s", l.LineEnd, l.charset.name), `use "\u0085", "\n" or "\r\n"`)
	}
	l.lineEnd = "\x15"
	return nil
}

// checkCharset refuses what cannot be counted.
func (l *layout) checkCharset() error {
	cs := &l.charset
	switch {
	case cs.wide > utf8set && !l.Characters:
		return optionError("charset", "the characters of "+cs.name+" are not bytes", "count characters")
	case !l.lines() && !l.ByType && l.chars:
		return optionError("length", cs.name+" has no records of a fixed number of bytes where characters are counted", "count bytes, or read lines")
	case l.ByType && (l.Length > 0 || l.Words != NoWords):
		return optionError("length", "records are told apart by their types, or by a length, not by both", "give one of the two")
	case l.Length > 0 && l.Words != NoWords:
		return optionError("length", "records have one length, or a length word each, not both", "give one of the two")
	case l.Words > BlockWords:
		return optionError("words", "there are no such length words", "use RecordWords or BlockWords")
	case l.Skip < 0 || l.Skip > DefaultMaxRecord || l.Skip > l.max:
		return optionError("skip", fmt.Sprintf("%d bytes to skip", l.Skip), fmt.Sprintf("give 0 to %d", min(l.max, DefaultMaxRecord)))
	case l.Ended && l.Length == 0:
		return optionError("length", "line ends behind records of one length are declared, and no length", "give the record length")
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
	if l.ByType && t.Length == 0 {
		return nil, optionError(what, "records are told apart by the lengths of their types, and it has none", "give its length")
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
	for _, f := range t.Fields {
		if f.At < 0 || f.Length < 1 {
			return nil, optionError("field "+f.Name, fmt.Sprintf("length %d at %d", f.Length, f.At), "count places from 0, and give at least 1")
		}
		if err := l.checkNumber(f); err != nil {
			return nil, err
		}
		pad := f.Pad
		if pad == 0 {
			pad = l.blank
		}
		k.fields = append(k.fields, fixedField{f.At, f.Length, pad, f.Right, f.Binary, f.Number, f.Decimals, f.Sign})
		k.spans = append(k.spans, span{uint32(l.head() + f.At), uint32(l.head() + f.At + f.Length)})
		k.names = append(k.names, f.Name)
		k.width = max(k.width, f.At+f.Length)
	}
	limit := l.Length
	if limit == 0 {
		limit = l.max
	}
	if l.Words != NoWords {
		limit = largestWord
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
