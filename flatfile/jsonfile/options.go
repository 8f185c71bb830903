package jsonfile

import (
	"errors"
	"fmt"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// DefaultMaxRecord is the limit of a record in bytes where none is set: 16 MiB. DefaultMaxDepth is that of its depth.
const (
	DefaultMaxRecord = 16 << 20
	DefaultMaxDepth  = 100
)

const largestMaxRecord = 1 << 28

// Options says how a JSON file is read.
type Options struct {
	// Record names the members that lead from the root object to the array whose elements are the records. Without it they
	// are those of the root array, or the root is the only record.
	Record []string
	// Keep are paths of members beside those of Record that are wanted with each record behind them.
	Keep [][]string
	// Lines says that each line is a record.
	Lines bool
	// MaxRecord is the limit of a record in bytes, MaxDepth that of nested objects and arrays; 0 are the defaults.
	MaxRecord, MaxDepth int
}

// Check tells whether the options make sense. Its error is a *flatfile.Error with the cause flatfile.ErrOptions.
func (o Options) Check() error {
	_, err := o.compile()
	return err
}

func (o Options) compile() (Options, error) {
	if o.MaxRecord == 0 {
		o.MaxRecord = DefaultMaxRecord
	}
	if o.MaxDepth == 0 {
		o.MaxDepth = DefaultMaxDepth
	}
	switch {
	case o.MaxRecord < 0 || o.MaxRecord > largestMaxRecord:
		return o, optionError("record limit", fmt.Sprintf("%d bytes", o.MaxRecord), fmt.Sprintf("give 1 to %d", largestMaxRecord))
	case o.MaxDepth < 0 || o.MaxDepth > 10_000:
		return o, optionError("depth limit", fmt.Sprintf("%d levels", o.MaxDepth), "give 1 to 10000")
	case o.Lines && len(o.Record) > 0:
		return o, optionError("record", "a file of lines has no path to its records", "give one of both")
	}
	for _, k := range o.Keep {
		if len(k) == 0 || len(k) > len(o.Record) {
			return o, optionError("keep", fmt.Sprintf("%q is not beside the records", k), "name a member of an object around the records")
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

// ErrSyntax is the cause of an error that says that the file is not JSON from its place on, ErrShape of one that says that
// the records are not where they are wanted.
var (
	ErrSyntax = errors.New("not JSON")
	ErrShape  = errors.New("another shape")
)

// The names of what this package checks. They are stable: profiles refer to them.
const (
	ruleOptions   = "json.options"
	ruleSource    = "json.source"
	ruleEmpty     = "json.empty"
	ruleTruncated = "json.truncated"
	ruleTooLong   = "json.record-size"
	ruleDepth     = "json.depth"
	ruleCharset   = "json.charset"
	ruleSyntax    = "json.syntax"
	ruleTwice     = "json.name-twice"
	ruleShape     = "json.shape"
	ruleLate      = "json.late"
)
