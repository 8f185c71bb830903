package main

import (
	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// checkFlags say by what EDIFACT messages are checked.
type checkFlags struct {
	readAs string
}

func (f *checkFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.readAs, "read-as", "", "check all messages by this directory, as D.96A, whatever they name")
}

// messageChecker gives what is wrong with the messages of a file, event by event.
type messageChecker interface {
	Event(ev *edifact.Event) finding.List
}

// options gives what a validator needs.
func (f *checkFlags) options() ([]validate.Option, error) {
	if f.readAs == "" {
		return nil, nil
	}
	release, err := directory.Open(f.readAs)
	if err != nil {
		return nil, &usageError{err}
	}
	return []validate.Option{validate.ReadAs(release)}, nil
}

// checker makes a checker of a file.
func (f *checkFlags) checker() (messageChecker, error) {
	options, err := f.options()
	if err != nil {
		return nil, err
	}
	return validate.New(options...), nil
}
