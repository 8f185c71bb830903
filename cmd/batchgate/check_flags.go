package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// checkFlags say by what EDIFACT messages are checked.
type checkFlags struct {
	readAs    string
	guideline string
	directory []string
}

func (f *checkFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.readAs, "read-as", "", "check all messages by this directory, as D.96A, whatever they name")
	f.addDirectory(cmd)
	cmd.Flags().StringVar(&f.guideline, "guideline", "", "file of a guideline that the messages have to keep too; see batchgate guideline")
}

func (f *checkFlags) addDirectory(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.directory, "directory", nil, "file of a further directory that messages may name; see batchgate directory import")
}

// messageChecker gives what is wrong with the messages of a file, event by event.
type messageChecker interface {
	Event(ev *edifact.Event) finding.List
}

// options gives what a validator needs.
func (f *checkFlags) options() ([]validate.Option, error) {
	open, err := f.opener()
	if err != nil {
		return nil, err
	}
	options := []validate.Option{validate.Directories(open)}
	if f.readAs == "" {
		return options, nil
	}
	release, err := open(f.readAs)
	if err != nil {
		return nil, &usageError{err}
	}
	return append(options, validate.ReadAs(release)), nil
}

// opener opens directories, those of files among them.
func (f *checkFlags) opener() (func(string) (*directory.Release, error), error) {
	var own []*directory.Release
	for _, name := range f.directory {
		r, err := readDirectory(name)
		if err != nil {
			return nil, err
		}
		own = append(own, r)
	}
	return directory.Opener(own...), nil
}

// checker makes a checker of a file.
func (f *checkFlags) checker() (messageChecker, error) {
	options, err := f.options()
	if err != nil {
		return nil, err
	}
	open, err := f.opener()
	if err != nil {
		return nil, err
	}
	v := validate.New(options...)
	if f.guideline == "" {
		return v, nil
	}
	g, found, err := readGuideline(f.guideline, open)
	switch {
	case err != nil:
		return nil, err
	case g == nil:
		return nil, fmt.Errorf("%w; see batchgate guideline check %s", found, f.guideline)
	}
	return &guided{v, g.NewChecker()}, nil
}

// guided checks by the directory and by a guideline.
type guided struct {
	v *validate.Validator
	c *guideline.Checker
}

func (g *guided) Event(ev *edifact.Event) finding.List {
	found := g.v.Event(ev)
	return g.c.Event(ev, g.v.Row(), found)
}
