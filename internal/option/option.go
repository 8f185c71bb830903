// Package option describes settings as tables: one table for each transport, platform and block of a profile, one row
// for each setting with its type, default, allowed values and meaning. Everything that has to know a setting reads its
// row: the decoding of YAML with all faults at once ([Table.Decode]), the layers in which a profile, a partner and a flow
// override each other ([Table.Layer]), the help texts and the reference page ([Table.WriteHelp], [Table.WriteMarkdown]).
package option

// Type is the type of a setting.
type Type uint8

// The types of settings.
const (
	Text     Type = iota // one line of text
	Int                  // a whole number
	Decimal              // an exact number with a decimal point
	Duration             // 90s, 10m, 6h, 14d, or several: 1h30m
	Percent              // 30%, or off
	Flag                 // true or false
	Texts                // a list of texts; a single text stands for a list of one
	Choice               // one of the allowed words
	Secret               // a reference to a secret: env:NAME or file:PATH
	Folder               // a path; in a profile always with /
	Patterns             // file name patterns as "*.EDI", one or a list
	Time                 // 2026-12-01, or with time and zone 2026-12-01T06:00:00+01:00
	Map                  // texts by name
	Tree                 // by name, whatever the reader of the table makes of it
	Block                // settings of its own
)

// String gives the type as users read it.
func (t Type) String() string {
	return [...]string{"text", "whole number", "number", "duration", "percentage", "true or false", "list of texts", "choice",
		"secret", "folder", "pattern", "time", "texts by name", "entries by name", "block"}[t]
}

// Option is one setting.
type Option struct {
	Name    string
	Type    Type
	Default string   // as it would stand in the file; "" is no default
	Allowed []string // the words of a Choice, the values of a Map
	Names   []string // the names that a Map may have; empty: any
	Example string
	Help    string // one sentence without a final period
	// Required settings have no default and must be given.
	Required bool
	// Reference lets a text or folder also be given as env:NAME or file:PATH.
	Reference bool
	// Min is the smallest Int or Duration (in seconds); Max the largest, 0 meaning none.
	Min, Max int64
	// Check refuses a value of a Text, Folder or Texts; its error ends the sentence "NAME "value" ...".
	Check func(value string) error
	// Block is the table of a Block.
	Block *Table
	// OnDemand marks a block that means something by being there. Its defaults apply only then.
	OnDemand bool
}

// Table is the settings of one block.
type Table struct {
	Name    string // as it stands in messages: "connection with transport local"
	Help    string // what the block is, one sentence
	Options []Option
	// Short names the setting that a plain value stands for: "to: shop" is "to: {connection: shop}".
	Short string
	// Elsewhere says of a key that people may expect here where it belongs or what to use instead.
	Elsewhere map[string]string
}

// Find gives a setting by its name.
func (t *Table) Find(name string) (*Option, bool) {
	for i := range t.Options {
		if t.Options[i].Name == name {
			return &t.Options[i], true
		}
	}
	return nil, false
}

// Names lists the table's settings.
func (t *Table) Names() []string {
	names := make([]string, len(t.Options))
	for i, o := range t.Options {
		names[i] = o.Name
	}
	return names
}

// With gives a table with the rows of others added, under a new name.
func (t *Table) With(name string, others ...*Table) *Table {
	sum := *t
	sum.Name = name
	sum.Options = append([]Option(nil), t.Options...)
	for _, o := range others {
		sum.Options = append(sum.Options, o.Options...)
	}
	return &sum
}
