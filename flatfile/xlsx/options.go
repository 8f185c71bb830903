package xlsx

import (
	"errors"
	"fmt"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// Limits where none are set.
const (
	// DefaultMaxFile is the limit of a workbook as it lies there, in bytes: 256 MiB.
	DefaultMaxFile = 256 << 20
	// DefaultMaxUnpacked is that of all its parts together, unpacked: 2 GiB.
	DefaultMaxUnpacked = 2 << 30
	// DefaultHeaderWithin is how many rows are looked at for the header.
	DefaultHeaderWithin = 20
)

const (
	maxParts   = 10_000
	maxPart    = 1 << 20 // bytes of a part that are held in memory; bigger sheets and texts go through a file
	maxRatio   = 200     // of unpacked to packed bytes of the whole workbook, beyond a first 32 MiB
	maxColumns = 16_384
	maxRecord  = 1 << 20 // bytes of the texts of a row
	maxMerged  = 100_000
)

// Merged says what becomes of cells that are merged below the header.
type Merged uint8

const (
	// RefuseMerged makes them faults of their rows.
	RefuseMerged Merged = iota
	// FillMerged gives each of them the value of their range.
	FillMerged
	// FirstMerged leaves the value in the first cell of the range; the others are empty.
	FirstMerged
)

// Options says how a workbook is read.
type Options struct {
	// Sheet is the name of the sheet, "" the first one that is not hidden.
	Sheet string
	// Columns are the columns known. With a header they are found by name, in any order; without one they are those of the
	// sheet in this order.
	Columns []flatfile.Column
	// NoHeader says that the first row is a record.
	NoHeader bool
	// HeaderRow is the row of the header, from 1; 0 looks for it: the first row that has all required columns, or the most
	// of those known, within HeaderWithin rows.
	HeaderRow, HeaderWithin int
	// Merged says what becomes of merged cells below the header.
	Merged Merged
	// SkipHidden leaves out hidden rows; else they are read, and said.
	SkipHidden bool
	// Decimal is the decimal mark of numbers: 0 is '.'.
	Decimal byte
	// Layouts are the layouts, as package time has them, of date cells by the name of their column.
	Layouts map[string]string
	// MaxFile and MaxUnpacked are limits in bytes; 0 are the defaults.
	MaxFile, MaxUnpacked int64
}

func (o Options) compile() (Options, error) {
	if o.MaxFile == 0 {
		o.MaxFile = DefaultMaxFile
	}
	if o.MaxUnpacked == 0 {
		o.MaxUnpacked = DefaultMaxUnpacked
	}
	if o.HeaderWithin == 0 {
		o.HeaderWithin = DefaultHeaderWithin
	}
	if o.Decimal == 0 {
		o.Decimal = '.'
	}
	switch {
	case o.MaxFile < 0 || o.MaxUnpacked < 0:
		return o, optionError("limit", "a limit is negative", "")
	case o.HeaderRow < 0 || o.HeaderRow > 1<<20 || o.HeaderWithin < 0 || o.HeaderWithin > 1000:
		return o, optionError("header row", "there is no such row", "give a row from 1 on, or look within 1000")
	case o.Decimal != '.' && o.Decimal != ',':
		return o, optionError("decimal mark", fmt.Sprintf("%q is none", o.Decimal), `give "." or ","`)
	}
	for name, layout := range o.Layouts {
		if at := time.Date(2031, 11, 23, 0, 0, 0, 0, time.UTC); at.Format(layout) == layout {
			return o, optionError("layout", fmt.Sprintf("%q of %s is no layout of dates", layout, name), "write 2 January 2006 in the form wanted")
		}
	}
	return o, nil
}

func optionError(option, what, hint string) *flatfile.Error {
	return &flatfile.Error{
		Finding: finding.Finding{Rule: ruleOptions, Severity: finding.Error, Message: option + ": " + what, Hint: hint},
		Err:     flatfile.ErrOptions,
	}
}

// ErrWorkbook is the cause of an error that says that the file is no workbook that can be read.
var ErrWorkbook = errors.New("not a workbook")

// The names of what this package checks. They are stable: profiles refer to them.
const (
	ruleOptions   = "xlsx.options"
	ruleFile      = "xlsx.file"
	ruleLimit     = "xlsx.limit"
	ruleSheet     = "xlsx.sheet"
	ruleHeader    = "xlsx.header"
	ruleDuplicate = "xlsx.column-duplicate"
	ruleExtra     = "xlsx.column-extra"
	ruleHidden    = "xlsx.hidden"
	ruleFormula   = "xlsx.formula"
	ruleValue     = "xlsx.error-value"
	ruleMerged    = "xlsx.merged"
	ruleTooLong   = "xlsx.row-size"
	ruleDate      = "xlsx.date"
	ruleNumber    = "xlsx.number"
)
