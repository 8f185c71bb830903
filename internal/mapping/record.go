package mapping

import (
	"io"
	"iter"

	"github.com/batchgate/batchgate/finding"
)

// Record is one unit of any format: an EDIFACT segment, a row, a fixed-width line. It is valid until the next one is read.
type Record interface {
	// Tag names the type of the record: the segment's tag, the record type of a fixed-width line, "" for rows.
	Tag() string
	// Append appends the value at a field as UTF-8. ok is false when nothing stands there: a missing value, not an empty
	// one. The error names a byte that the declared character set does not have.
	Append(dst []byte, f Field) (value []byte, ok bool, err error)
	// Place says where the value stands in the file.
	Place(f Field) finding.Place
	// Raw gives the bytes of the whole record as they stand.
	Raw() []byte
}

// Field is a place inside a record, counted from 0: element, repetition and component of a segment; for rows Element is
// the column and the others are 0.
type Field struct{ Element, Repeat, Component int }

// Codec reads and writes the records of a format.
type Codec interface {
	// Read gives the records of a file in order. A record is valid until the next one. Loss of framing ends the
	// sequence with an error.
	Read(r io.Reader) iter.Seq2[Record, error]
	Write(w io.Writer) RecordWriter
}

// RecordWriter writes records field by field.
type RecordWriter interface {
	// Begin starts a record of a type.
	Begin(tag string) error
	// Put sets the value at a field, in any order within the record, and gives the place it will have once End was called.
	Put(f Field, value string) error
	// End writes the record and gives its place in the output.
	End() (finding.Place, error)
	// Close writes what stands at the end of a file.
	Close() error
}
