package flatfile

import (
	"errors"
	"fmt"

	"github.com/batchgate/batchgate/finding"
)

// Causes of an [*Error] or a [*ValueError], to be asked for with errors.Is.
var (
	// ErrEmpty: the file has no bytes, or no header where one is declared.
	ErrEmpty = errors.New("empty file")
	// ErrTruncated: the file ends within quotes, within a record of fixed length or within a character.
	ErrTruncated = errors.New("truncated file")
	// ErrTooLong: a record is longer than the limit, or a value longer than its field.
	ErrTooLong = errors.New("too long")
	// ErrCharset: bytes or characters that the declared character set does not have.
	ErrCharset = errors.New("not in the character set")
	// ErrFraming: a length word or the line end behind a record is not where the layout says it is.
	ErrFraming = errors.New("records cannot be told apart")
	// ErrOptions: the options contradict themselves or name something unknown.
	ErrOptions = errors.New("bad options")
	// ErrNumber: a value is no number of the form that its field holds.
	ErrNumber = errors.New("not a number")
	// ErrFormula: a spreadsheet would take the value for a formula.
	ErrFormula = errors.New("reads as a formula")
	// ErrUnquotable: a value would need quotes, and quotes are not allowed.
	ErrUnquotable = errors.New("needs quotes")
	// ErrFieldCount: a record to write has another number of fields than the columns declared.
	ErrFieldCount = errors.New("wrong number of fields")
)

// Error ends the reading of a file: from its place on, records cannot be told apart.
type Error struct {
	// Finding says what happened, where, and what to do.
	Finding finding.Finding
	// Err is the cause: one of the package's Err values, or what the source returned.
	Err error
}

// Error gives the finding on one line.
func (e *Error) Error() string { return e.Finding.String() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// RowError says that one record is broken. The record is returned with it, and the next Read goes on after it.
type RowError struct {
	// Findings are the faults of the record, at least one of them an error.
	Findings finding.List
}

// Error gives the first fault of the record and how many more there are.
func (e *RowError) Error() string { return e.Findings.Error() }

// FileError says that the file as a whole does not fit what was declared. It is returned once, before the first record.
type FileError struct {
	// Findings are all faults of the header and of the byte order mark, at least one of them an error.
	Findings finding.List
}

// Error gives the first fault of the file and how many more there are.
func (e *FileError) Error() string { return e.Findings.Error() }

// CharsetError says that a field holds a byte that is not a character of the declared set, or that no text of a line holds:
// NUL, or a carriage return.
type CharsetError struct {
	// Charset is the declared set by its canonical name.
	Charset string
	// Byte is the first offending byte.
	Byte byte
	// Place is the place of that byte; Field names the field it stands in.
	Place finding.Place
	// Hint names the set in which the byte would be a letter, or says what else it may come from, or is "".
	Hint string
}

// Error names the byte, the set and the place.
func (e *CharsetError) Error() string { return e.Finding().String() }

// Unwrap gives ErrCharset.
func (e *CharsetError) Unwrap() error { return ErrCharset }

// Finding gives the error in the form shared by all formats, under the rule "flatfile.charset".
func (e *CharsetError) Finding() finding.Finding {
	f := finding.Finding{
		Rule:     ruleCharset,
		Severity: finding.Error,
		Place:    e.Place,
		Value:    fmt.Sprintf("0x%02X", e.Byte),
		Message:  fmt.Sprintf("byte 0x%02X is not a character of %s", e.Byte, e.Charset),
		Hint:     e.Hint,
	}
	if e.Byte < ' ' {
		f.Message = fmt.Sprintf("byte 0x%02X is a control character, and no text", e.Byte)
	}
	return f
}

// ValueError says that a value cannot be written. Nothing of its record has been written, and the next may be.
type ValueError struct {
	// Record is the ordinal of the record, from 1, the header not counted: 0 is the header.
	Record int64
	// Field is the name or number of the field, or "" for the record as a whole.
	Field string
	// Value is what was to be written, shortened.
	Value string
	// Reason says why it cannot be written, and what to do.
	Reason string
	// Err is ErrCharset, ErrTooLong, ErrUnquotable, ErrNumber, ErrFormula, ErrFieldCount or ErrOptions.
	Err error
}

// Error names record, field, value and reason.
func (e *ValueError) Error() string {
	where := fmt.Sprintf("record %d", e.Record)
	if e.Record == 0 {
		where = "header"
	}
	if e.Field != "" {
		where += ", field " + e.Field
	}
	if e.Value == "" {
		return fmt.Sprintf("%s: %s", where, e.Reason)
	}
	return fmt.Sprintf("%s: %q: %s", where, e.Value, e.Reason)
}

// Unwrap gives the cause.
func (e *ValueError) Unwrap() error { return e.Err }
