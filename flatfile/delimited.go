package flatfile

import (
	"fmt"
	"unicode/utf8"
)

// NoQuote as [Delimited.Quote] says that the file has no quoting: a quote is a character like any other.
const NoQuote rune = -1

// DefaultMaxRecord is the limit of a record in bytes where none is set: 1 MiB.
const DefaultMaxRecord = 1 << 20

// largestMaxRecord keeps positions within a record in 28 bits.
const largestMaxRecord = 1<<28 - 1

// Quoting says when a writer puts a value into quotes.
type Quoting uint8

const (
	// QuoteNeeded quotes what would otherwise be read differently.
	QuoteNeeded Quoting = iota
	// QuoteAlways quotes every value, and every name in the header.
	QuoteAlways
	// QuoteNever quotes nothing, and refuses what would need it.
	QuoteNever
)

// Formulas says what becomes of values that a spreadsheet would take for a formula and execute.
type Formulas uint8

const (
	// FormulaKeep writes them as they are, for programs that are no spreadsheets.
	FormulaKeep Formulas = iota
	// FormulaEscape writes an apostrophe before them, and before values that begin as such a one does.
	FormulaEscape
	// FormulaRefuse refuses them.
	FormulaRefuse
)

// RowType is one kind of row of a delimited file that has several.
type RowType struct {
	// Name is what Record.Type gives.
	Name string
	// Value is the mark of the type in the column of the types.
	Value string
	// Columns are its columns in their order, that of the mark included.
	Columns []Column
}

// Column is a column that the caller knows.
type Column struct {
	// Name is what the caller calls it, and what a writer puts into the header.
	Name string
	// Aliases are other names under which it may stand in a header.
	Aliases []string
	// Required says that a file without it is wrong.
	Required bool
}

// Delimited says how a delimited file looks. The zero value is RFC 4180 in UTF-8 without a header: comma, double quotes,
// any line ends read, CR LF written.
type Delimited struct {
	// Delimiter stands between fields: 0 is the comma.
	Delimiter rune
	// Quote stands around fields, doubled within: 0 is the double quote, NoQuote none. It must be one byte in the character
	// set.
	Quote rune
	// Escape makes the character behind it one like any other, within quotes and without: 0 is none. A quote within a
	// quoted field is then escaped when written, and doubled or escaped when read. It must be one byte too.
	Escape rune
	// Charset is the character set of the file: "" is utf-8. See Charsets for the names.
	Charset string
	// Header says that the first record holds the names of the columns.
	Header bool
	// Columns are the columns known. With a header they are found by name, in any order; without one they are the
	// columns of the file in this order, and "" names none. A writer writes them in this order.
	Columns []Column
	// Types are the kinds of rows of a file that has several, told apart by the value in the column TypeColumn, counted from
	// 0. There is no header then, and no Columns.
	Types      []RowType
	TypeColumn int
	// SepLine takes the delimiter from a first line "sep=;", as spreadsheets know it; a writer writes that line. Without it
	// such a line is passed over where it says what is declared, and wrong where it says something else.
	SepLine bool
	// Skip is the number of lines before the header or first record that are not read, at most 1000.
	Skip int
	// Comment is how a line starts that is no record: "" is none.
	Comment string
	// OneLine says that a record never goes over a line end: a quote left open breaks its own line only.
	OneLine bool

	// StrayQuotes tolerates quotes that are neither around a field nor doubled: 5" bolt, "5" bolt". Such a field is
	// taken as it stands, without the quotes around it where it has both.
	StrayQuotes bool
	// ShortRows tolerates records with fewer fields than columns; the fields missing are not there, which is not empty.
	ShortRows bool
	// LongRows tolerates records with more fields than columns; the others are not read.
	LongRows bool
	// TrailingDelimiter tolerates a delimiter after the last field. A writer writes it.
	TrailingDelimiter bool
	// TrustBOM lets a byte order mark overrule Charset.
	TrustBOM bool

	// MaxRecord is the limit of a record in bytes, line end included: 0 is DefaultMaxRecord.
	MaxRecord int

	// Quoting says when a writer quotes.
	Quoting Quoting
	// Formulas says what a writer does with values that a spreadsheet would take for a formula: those that begin with =, +,
	// -, @, a tab or a carriage return and are no number. A reader takes the apostrophe of FormulaEscape off again.
	Formulas Formulas
	// LineEnd is what a writer ends records with: "" is CR LF. Reading takes CR LF, LF and CR alike.
	LineEnd string
	// BOM lets a writer start a Unicode file with a byte order mark. UTF-16 without le or be always has one.
	BOM bool
}

// Check tells whether the options make sense. Its error is an *Error with the cause ErrOptions.
func (d Delimited) Check() error {
	_, err := d.compile()
	return err
}

// dialect is Delimited made ready for reading and writing.
type dialect struct {
	Delimited
	charset  charset
	delim    byte   // the last of the bytes of the delimiter
	lead     []byte // those before it
	quote    byte   // the delimiter where there is no quoting
	noQuote  bool
	escape   byte // where escapes says that there is one
	escapes  bool
	kinds    []rowKind
	comment  []byte
	max      int
	lineEnd  string
	expected int // the number of fields of a record, or -1
}

// compile checks the options and fills in what was left out.
func (d Delimited) compile() (*dialect, error) {
	cs, err := lookupCharset(d.Charset)
	if err != nil {
		return nil, err
	}
	if !cs.ascii {
		return nil, optionError("charset", cs.name+" cannot be delimited", "use a fixed-width layout, or a character set that contains ASCII")
	}
	c := &dialect{Delimited: d, charset: cs, expected: -1}
	if err = c.delimiter(); err != nil {
		return nil, err
	}
	c.quote, c.noQuote = c.delim, d.Quote == NoQuote
	if !c.noQuote {
		if c.quote, err = oneByte(cs, "quote", d.Quote, '"'); err != nil {
			return nil, err
		}
		if c.quote == c.delim {
			return nil, optionError("quote", fmt.Sprintf("quote and delimiter are both %q", string(rune(c.quote))), "choose two different characters")
		}
	}
	if err := c.escaping(); err != nil {
		return nil, err
	}
	if c.max, err = maxRecord(d.MaxRecord); err != nil {
		return nil, err
	}
	if d.Skip < 0 || d.Skip > 1000 {
		return nil, optionError("skip", fmt.Sprintf("%d lines to skip", d.Skip), "give 0 to 1000")
	}
	if c.lineEnd, err = lineEndOption(d.LineEnd); err != nil {
		return nil, err
	}
	if c.comment, err = cs.appendEncoded(nil, d.Comment); err != nil {
		return nil, optionError("comment", err.Error(), "use characters of "+cs.name)
	}
	if !d.Header && len(d.Columns) > 0 {
		c.expected = len(d.Columns)
	}
	if err := c.types(); err != nil {
		return nil, err
	}
	return c, checkColumns(d.Columns)
}

// delimiter finds the bytes of the delimiter, which may be several in UTF-8.
func (c *dialect) delimiter() error {
	if r := c.Delimiter; r >= utf8.RuneSelf && c.charset.unicode() && utf8.ValidRune(r) {
		b := []byte(string(r))
		c.lead, c.delim = b[:len(b)-1], b[len(b)-1]
		return nil
	}
	var err error
	c.delim, err = oneByte(c.charset, "delimiter", c.Delimiter, ',')
	return err
}

// separator gives the delimiter as text.
func (c *dialect) separator() string {
	if c.Delimiter == 0 {
		return ","
	}
	return string(c.Delimiter)
}

// escaping checks the escape.
func (c *dialect) escaping() (err error) {
	if c.Escape == 0 {
		return nil
	}
	if c.escape, err = oneByte(c.charset, "escape", c.Escape, 0); err != nil {
		return err
	}
	c.escapes = true
	if c.escape == c.delim || !c.noQuote && c.escape == c.quote {
		return optionError("escape", fmt.Sprintf("%q is the escape and the delimiter or quote too", string(c.Escape)), "a doubled quote needs no escape")
	}
	return nil
}

// oneByte gives the byte of a delimiter or quote in the character set.
func oneByte(cs charset, option string, r, otherwise rune) (byte, error) {
	if r == 0 {
		r = otherwise
	}
	b, err := cs.appendEncoded(nil, string(r))
	if err != nil || len(b) != 1 || !utf8.ValidRune(r) {
		return 0, optionError(option, fmt.Sprintf("%q is not one byte in %s", r, cs.name), "choose another character or the file's own character set")
	}
	if b[0] == '\r' || b[0] == '\n' || b[0] == 0 || b[0] == 0x1A {
		return 0, optionError(option, fmt.Sprintf("%q cannot be the %s", r, option), "choose a character that ends no line and no file")
	}
	return b[0], nil
}

// maxRecord gives the limit of a record, checked.
func maxRecord(n int) (int, error) {
	switch {
	case n == 0:
		return DefaultMaxRecord, nil
	case n < 0 || n > largestMaxRecord:
		return 0, optionError("record limit", fmt.Sprintf("%d bytes", n), fmt.Sprintf("give 1 to %d", largestMaxRecord))
	}
	return n, nil
}

// checkColumns refuses a name that two columns claim.
func checkColumns(columns []Column) error {
	owner := make(map[string]string, len(columns))
	for _, c := range columns {
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if other, taken := owner[name]; taken && name != "" {
				return optionError("columns", fmt.Sprintf("%q names both column %q and column %q", name, other, c.Name), "give every column names of its own")
			}
			owner[name] = c.Name
		}
	}
	return nil
}
