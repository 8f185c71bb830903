package flow

import (
	"bufio"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/validate"
)

// Tools is what reading a file leaves for the next one: a buffer, and what is known about kinds of messages. They serve one
// file at a time.
type Tools struct {
	in    *bufio.Reader
	check *validate.Validator
	known *directory.Set // that check was made for
}

// NewTools makes tools.
func NewTools() *Tools { return &Tools{in: bufio.NewReaderSize(nil, 128<<10)} }

// checker gives a validator that looks directories up in a set.
func (t *Tools) checker(known *directory.Set) *validate.Validator {
	if t.check == nil || t.known != known {
		t.check, t.known = validate.New(validate.Directories(known)), known
	}
	return t.check
}
