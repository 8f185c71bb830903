package guideline

import (
	"errors"
	"slices"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// Guideline is what a partner or an industry uses of a message. It never changes and may be used by many goroutines.
type Guideline struct {
	Name, Title string
	// Extends names the guidelines that this one narrows further, the nearest first.
	Extends []string
	Message *directory.Message
	// Associations are the association assigned codes (0057) that are taken; none means any.
	Associations []string

	refuse bool // what is not named is not used
	root   *group
	rules  []*conditional
	terms  map[*directory.Node][]termRef
	uses   int // number of uses, for counting
}

// Environment is what a guideline needs from outside.
type Environment struct {
	// File is the name of the guideline's file, for places.
	File string
	// Find gives the text of another guideline, and the name of its file. Without it none can be extended.
	Find func(name string) (text []byte, file string, ok bool)
	// Directories is where the guideline's directory is looked up; nil has the embedded ones.
	Directories *directory.Set
}

// group is what is used within a group, or within the message.
type group struct {
	node *directory.Node
	rows []*row // those that are used or spoken of, in the order of the table
	at   map[*directory.Node]*row
}

// row is what is said about one row of the segment table within a group.
type row struct {
	node     *directory.Node
	index    int  // among its parent's children
	total    *use // of all occurrences; nil when only some qualifiers are spoken of
	variants []*use
	again    *row // the segment stands at this later row of the group too: both are one to the guideline
	first    bool // of such rows
}

// use is what is said about the occurrences at a row, or about those with some qualifiers.
type use struct {
	id       int
	name     string   // "SG2[BY]"
	values   []string // qualifiers; none for all occurrences
	by       string
	required bool
	unused   bool
	max      int // 0: as the directory
	note     string
	elements []*elementRule
	refuse   bool // elements that are not named are not used
	inside   *group
	spots    [2][]directory.Spot // of the qualifier, in syntax 1 to 3 and in 4
}

// elementRule is what is said about an element of a segment.
type elementRule struct {
	path     string
	element  *directory.Element // nil for a composite
	name     string
	spots    [2][]directory.Spot
	required bool
	unused   bool
	format   *directory.Format
	codes    []string
	known    map[string]bool
	names    map[string]string
	note     string
}

// maxExtends is how many guidelines may stand upon each other.
const maxExtends = 16

// Compile reads a guideline. All that is wrong with it is found at once; it is nil when there is an error.
func Compile(text []byte, env Environment) (*Guideline, finding.List) {
	d := define(env.File, text)
	chain := []*definition{d}
	for at := d; at.extends != nil; at = chain[len(chain)-1] {
		base, ok := extended(at, env, chain)
		if !ok {
			return nil, foundIn(chain)
		}
		chain = append(chain, base)
	}
	if found := foundIn(chain); slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Rule == RuleSyntax }) {
		return nil, found
	}
	for i := len(chain) - 2; i >= 0; i-- {
		chain[i].over(chain[i+1])
	}
	c := &compiler{d: d, src: d.src, g: &Guideline{Name: d.name, Title: d.title, Associations: d.associations, refuse: d.others == "refused"}}
	for _, b := range chain[1:] {
		c.g.Extends = append(c.g.Extends, b.name)
	}
	if c.open(env) {
		c.compile()
	}
	found := foundIn(chain)
	if found.HasErrors() {
		return nil, found
	}
	return c.g, found
}

// foundIn gives what is wrong with a guideline and those that it extends.
func foundIn(chain []*definition) finding.List {
	var found finding.List
	for _, d := range chain {
		found = append(found, d.src.found...)
	}
	found.Sort()
	return found
}

// extended reads the guideline that another one extends.
func extended(d *definition, env Environment, chain []*definition) (*definition, bool) {
	name := d.extends.Value
	switch {
	case len(chain) > maxExtends:
		d.src.fault(d.extends, RuleValue, "put some of them together", "more than %d guidelines stand upon each other", maxExtends)
		return nil, false
	case slices.ContainsFunc(chain, func(c *definition) bool { return c.name == name }):
		d.src.fault(d.extends, RuleValue, "let one of them extend nothing", "%s extends itself in the end", name)
		return nil, false
	case env.Find == nil:
		d.src.fault(d.extends, RuleValue, "put both into one folder", "no other guideline is at hand, %q neither", finding.Cut(name))
		return nil, false
	}
	text, file, ok := env.Find(name)
	if !ok {
		d.src.fault(d.extends, RuleValue, "write it as "+name+".yaml beside this one", "there is no guideline %q", finding.Cut(name))
		return nil, false
	}
	base := define(file, text)
	if base.name == "" {
		base.name = name
	}
	return base, true
}

// compiler attaches a definition to the segment table of its message.
type compiler struct {
	d   *definition
	src *source
	g   *Guideline
}

// open finds directory and message.
func (c *compiler) open(env Environment) bool {
	top := c.src.root
	whole := true
	for _, needed := range [][3]string{{"guideline", c.d.name, "hammerl-orders"}, {"message", c.d.message, "ORDERS"}, {"directory", c.d.directory, "D.96A"}} {
		if needed[1] == "" {
			c.src.fault(top, RuleValue, "write it as "+needed[0]+": "+needed[2], "the guideline has no %s", needed[0])
			whole = false
		}
	}
	if !whole {
		return false
	}
	release, err := env.Directories.Open(c.d.directory)
	if err == nil {
		c.g.Message, err = release.Message(c.d.message)
	}
	if err != nil {
		hint := "see batchgate directory list"
		if unknown, ok := errors.AsType[*directory.UnknownError](err); ok && unknown.Nearest != "" {
			hint = "did you mean " + unknown.Nearest + "?"
			if unknown.Kind == "directory" {
				hint += " Another release is read with batchgate directory import"
			}
		}
		c.src.fault(top, RulePath, hint, "%v", err)
		return false
	}
	return true
}
