package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/profiles"
)

// checkFlags say by what EDIFACT messages are checked.
type checkFlags struct {
	directoryFlags
	readAs    string
	guideline string
	rules     []string
	flow      string
}

func (f *checkFlags) add(cmd *cobra.Command) {
	f.directoryFlags.add(cmd)
	cmd.Flags().StringVar(&f.readAs, "read-as", "", "check all messages by this directory, as D.96A, whatever they name")
	cmd.Flags().StringVar(&f.guideline, "guideline", "", "file of a guideline that the messages have to keep too; see batchgate guideline")
	f.addRules(cmd)
	cmd.Flags().StringVar(&f.flow, "flow", "", "check as this flow of the home does, as PARTNER/FLOW: by its guideline, its rules and what its profile says of interchanges")
}

func (f *checkFlags) addRules(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.rules, "rule", nil, "what a rule counts for, as edifact.unt-count=warning: error, warning, note or off; see batchgate rules")
}

// checks is what checkFlags say, read.
type checks struct {
	known    *directory.Set
	readAs   *directory.Release
	guide    *guideline.Guideline
	levels   finding.Levels
	received profiles.Received
}

func (f *checkFlags) read() (*checks, error) {
	c := &checks{levels: finding.Levels{}}
	var err error
	if f.flow != "" {
		if f.guideline != "" || len(f.files) > 0 {
			return nil, &usageError{errors.New("--flow brings its guideline and directories; leave --guideline and --directory out")}
		}
		err = f.readFlow(c)
	} else {
		c.known, err = f.set(f.guideline)
	}
	if err != nil {
		return nil, err
	}
	if err := f.readRules(c.levels); err != nil {
		return nil, err
	}
	if f.readAs != "" {
		if c.readAs, err = c.known.Open(f.readAs); err != nil {
			return nil, &usageError{err}
		}
	}
	if f.guideline == "" {
		return c, nil
	}
	g, found, err := readGuideline(f.guideline, c.known)
	if err != nil {
		return nil, err
	}
	if g == nil {
		return nil, fmt.Errorf("%w; see batchgate guideline check %s", found, f.guideline)
	}
	c.guide = g
	return c, nil
}

// readRules reads --rule.
func (f *checkFlags) readRules(levels finding.Levels) error {
	for _, text := range f.rules {
		name, level, _ := strings.Cut(text, "=")
		if !slices.Contains(finding.LevelNames(), level) {
			return &usageError{fmt.Errorf("--rule %q: write NAME=LEVEL with a level of %s", text, strings.Join(finding.LevelNames(), ", "))}
		}
		if hint, err := profiles.CheckRule(name); err != nil {
			return &usageError{fmt.Errorf("--rule: %w; %s", err, hint)}
		}
		levels[name] = level
	}
	return nil
}

// readFlow takes over what a flow checks by.
func (f *checkFlags) readFlow(c *checks) error {
	home, found := profiles.LoadDir(f.folder(""), profiles.Options{Engine: engine()})
	var faults finding.List
	for _, one := range found {
		if one.Severity == finding.Error && one.Rule != "profile.secret" { // nothing is connected to
			faults = append(faults, one)
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w; see batchgate check", faults)
	}
	flow, ok := home.Flow(f.flow)
	if !ok {
		var known []string
		for _, one := range home.Flows() {
			known = append(known, one.ID())
		}
		return unknown("--flow", f.flow, known)
	}
	for name, level := range flow.Rules {
		c.levels[name] = level
	}
	c.known, c.guide, c.received = home.Directories, flow.Guideline, flow.Profile.Received
	return nil
}

// options gives what a validator needs.
func (c *checks) options() []validate.Option {
	options := []validate.Option{validate.Directories(c.known)}
	if c.readAs != nil {
		options = append(options, validate.ReadAs(c.readAs))
	}
	return options
}

// reading gives how a file is read.
func (c *checks) reading(name string) []edifact.Option {
	options := []edifact.Option{edifact.FileName(name), edifact.WithLineBreaks(c.received.LineBreaks)}
	if set, ok := edifact.LookupCharset(c.received.Charset); ok {
		options = append(options, edifact.WithCharset(set))
	}
	return options
}

// checker makes a check of events.
func (c *checks) checker() func(*edifact.Event) finding.List {
	v := validate.New(c.options()...)
	if c.guide == nil {
		return v.Event
	}
	return (&guided{v, c.guide.NewChecker()}).event
}

// guided checks by the directory and by a guideline.
type guided struct {
	v *validate.Validator
	c *guideline.Checker
}

func (g *guided) event(ev *edifact.Event) finding.List {
	found := g.v.Event(ev)
	return g.c.Event(ev, g.v.Row(), found)
}

// interchanges checks a file on all cores and gives what is wrong, message by message. Where framing is lost, that is the last.
func (c *checks) interchanges(in io.Reader, name string, each func(validate.Checked)) error {
	for one, err := range validate.Parallel(in, runtime.GOMAXPROCS(0), c.checker, c.reading(name)...) {
		if broken, ok := errors.AsType[*edifact.Error](err); ok {
			each(validate.Checked{Findings: finding.List{broken.Finding}}) // at its own level: what follows is not read
			return nil
		}
		if err != nil {
			return err
		}
		one.Findings = c.levels.ApplyAll(one.Findings)
		each(one)
	}
	return nil
}
