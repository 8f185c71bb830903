package edifact

import (
	"errors"
	"fmt"

	"github.com/batchgate/batchgate/finding"
)

// Causes of an [*Error], to be asked for with errors.Is.
var (
	// ErrEmpty: the file has no bytes but blanks.
	ErrEmpty = errors.New("empty file")
	// ErrNotEDIFACT: no interchange begins anywhere in the file, or not within the limit for one segment.
	ErrNotEDIFACT = errors.New("not an EDIFACT file")
	// ErrTruncated: the file ends within a segment or within a binary object.
	ErrTruncated = errors.New("truncated file")
	// ErrTooLong: a segment, or what stands between two segments, is longer than the limit.
	ErrTooLong = errors.New("segment too long")
	// ErrSeparators: the service characters contradict each other, so that segments cannot be told apart.
	ErrSeparators = errors.New("unusable separators")
	// ErrCharset: a byte or a character that the character set does not have.
	ErrCharset = errors.New("not in the character set")
	// ErrValue: a tag, an element or an envelope field that cannot be written.
	ErrValue = errors.New("cannot be written")
	// ErrOrder: a method of a writer is called where the envelope does not allow it.
	ErrOrder = errors.New("wrong order of calls")
)

// Error ends the reading of a file: from its place on, segments cannot be told apart.
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

// CharsetError says that a value holds a byte that is no character of the interchange's set.
type CharsetError struct {
	// Level is the syntax identifier, "UNOC", and Charset the set that it stands for, "iso-8859-1".
	Level, Charset string
	// Byte is the first offending byte.
	Byte byte
	// Place is the place of that byte.
	Place finding.Place
}

// Error names the byte, the set and the place.
func (e *CharsetError) Error() string { return e.Finding().String() }

// Unwrap gives ErrCharset.
func (e *CharsetError) Unwrap() error { return ErrCharset }

// Finding gives the error in the form shared by all formats, under the rule "edifact.charset".
func (e *CharsetError) Finding() finding.Finding {
	f := about(RuleCharset, e.Place, fmt.Sprintf("byte 0x%02X is not a character of %s", e.Byte, e.set()))
	f.Value = fmt.Sprintf("0x%02X", e.Byte)
	return f
}

func (e *CharsetError) set() string {
	if e.Charset == "" {
		return e.Level
	}
	return fmt.Sprintf("%s (%s)", e.Level, e.Charset)
}

// WriteError says that a segment cannot be written. Nothing of it has been written, and the next may be.
type WriteError struct {
	// Tag is the segment; Element, Repeat and Component are the position in it, counted from 1. 0 means the segment as a whole.
	Tag                        string
	Element, Repeat, Component int
	// Value is what was to be written, shortened.
	Value string
	// Rune is the offending character, Index its byte in the value. They count when Err is ErrCharset.
	Rune  rune
	Index int
	// Reason says why it cannot be written, and what to do.
	Reason string
	// Err is ErrCharset, ErrValue, ErrTooLong, ErrSeparators or ErrOrder.
	Err error
}

// Error names the segment, the position, the value and the reason.
func (e *WriteError) Error() string {
	where := finding.Place{Tag: e.Tag, Segment: 0, Element: e.Element, Repeat: e.Repeat, Component: e.Component}.String()
	if e.Tag != "" {
		where = "segment " + e.Tag + prefixed(", ", where)
	}
	if e.Value != "" {
		where += fmt.Sprintf(": %q", e.Value)
	}
	if where == "" {
		return e.Reason
	}
	return where + ": " + e.Reason
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// Unwrap gives the cause.
func (e *WriteError) Unwrap() error { return e.Err }
