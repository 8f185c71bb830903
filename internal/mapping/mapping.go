// Package mapping pairs places in a format with fields of a document: one definition reads and writes.
//
// A mapping is one YAML document. [Compile] reads it with all its faults at once. A [Reader] takes the segments of a
// message, or the rows of a file, and gives documents; [Mapping.Encode] gives the bytes of a file for documents.
//
//	m, found := mapping.Compile(text, mapping.Environment{File: "stock-csv.yaml", Codes: codes})
//	if found.HasErrors() {
//		return found
//	}
//	found, err := m.ReadRows(file, "STOCK.CSV", mapping.ReadOptions{Emit: func(d *document.Document) error { ... }})
//
// What it holds to:
//
//   - Missing, empty and zero are three things all the way.
//   - Two values for one field, or none for a mandatory one, are findings, never a silent choice. A document with an error
//     is not emitted; its neighbours are.
//   - Numbers are exact decimals. Expressions have no clock, no random source and no I/O.
//   - Every value can name its rule and its bytes when asked; when nobody asks, that costs nothing.
package mapping

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xlsx"
	"github.com/batchgate/batchgate/internal/document"
)

// The formats of files.
const (
	EDIFACT   = "edifact"
	Delimited = "delimited"
	Fixed     = "fixed"
	XML       = "xml"
	JSON      = "json"
	XLSX      = "xlsx"
	IDoc      = "idoc"
)

// Mapping is a compiled mapping. It never changes and may be used by many goroutines at once.
type Mapping struct {
	name, format string
	file         string
	kind         document.Kind
	shape        *document.Shape
	root         *scope
	scopes       []*scope // all, by number; the root is 0
	rules        []*rule  // all, by number
	required     []*rule  // of the document itself
	perGroup     bool     // a document for each group or row, not for each message or run of rows
	checks       []*check
	groupBy      string
	groupSum     []string

	// EDIFACT
	message             *directory.Message
	numbers             map[*directory.Node]int // rows of the segment table, from 1; the root is 0
	syntax              int
	syntaxSaid          bool
	agency, association string // of UNH: 0051 and 0057
	candidates          []*candidate
	conditions          int // number of group conditions
	nodes               []node
	fixed               []*fixedRule

	// Rows
	dialect     flatfile.Delimited
	layout      flatfile.Layout
	columns     []string // in the order of the file, where the mapping says it
	records     []*recordType
	constants   []*rowConstant
	mark, group byte // decimal and grouping mark

	tree     *treePlan    // XML and JSON
	workbook xlsx.Options // XLSX
	idoc     *idocMapping
}

// Name gives the mapping's name: that of `name:`, else the file's without its ending.
func (m *Mapping) Name() string { return m.name }

// Format gives "edifact", "delimited", "fixed", "xml", "json" or "idoc".
func (m *Mapping) Format() string { return m.format }

// Kind gives the kind of the documents that it reads and writes.
func (m *Mapping) Kind() document.Kind { return m.kind }

// Message gives the message type, "ORDERS", and Directory the directory, "D.96A"; "" in other formats.
func (m *Mapping) Message() string {
	if m.message == nil {
		return ""
	}
	return m.message.Type
}

// Directory gives the EDIFACT directory, "D.96A", or "".
func (m *Mapping) Directory() string {
	if m.message == nil {
		return ""
	}
	return m.message.Release.Name()
}

// Grouping gives what `group:` says: documents that agree in a field become one, with the sums of others. It is applied
// by who plans deliveries, not here.
func (m *Mapping) Grouping() (by string, sum []string) { return m.groupBy, slices.Clone(m.groupSum) }

// Fields lists the fields of the document that the mapping sets when it reads, as "lines.sku".
func (m *Mapping) Fields() []string {
	var names []string
	for _, r := range m.rules {
		if r.readable() && !r.scope.derived() {
			names = append(names, r.scope.fieldPath(r.field))
		}
	}
	return names
}

// Written lists the fields of the document that go into a file, as "lines.sku", with those that expressions take values
// from. A list that is made of others is not in it; they are.
func (m *Mapping) Written() []string {
	seen := map[string]bool{}
	for _, r := range m.rules {
		if r.write != nil {
			for _, f := range r.write.fields {
				seen[f] = true
			}
		} else if r.slot >= 0 && r.hasPlace() && !r.scope.derived() {
			seen[r.scope.fieldPath(r.field)] = true
		}
	}
	for _, s := range m.scopes {
		if s.of == nil {
			continue
		}
		for _, f := range s.of.fields {
			seen[f] = true
		}
	}
	return sortedKeys(seen)
}

// Remembered lists the fields whose written values answers will name, as "lines.number": who sends the file keeps them.
func (m *Mapping) Remembered() []string {
	var names []string
	for _, r := range m.rules {
		if r.remember {
			names = append(names, r.scope.fieldPath(r.field))
		}
	}
	return names
}

// Reference says that a field holds the number of another document, or of a line of it.
type Reference struct {
	Field string        // the field that holds it, "lines.order_line"
	Kind  document.Kind // of the document that is meant
	To    string        // the field of that document, "lines.number"
}

// References lists what `ref:` says.
func (m *Mapping) References() []Reference {
	var refs []Reference
	for _, r := range m.rules {
		if r.ref != (Reference{}) {
			refs = append(refs, r.ref)
		}
	}
	return refs
}

// scope is one level of a mapping: the document, or the items of a list.
type scope struct {
	number int
	name   string // of the list, "" for the document
	parent *scope
	shape  *document.Shape
	slot   int // in the parent's shape; -1 for a derived list
	rules  []*rule
	lists  []*scope
	leaves *yaml.Node // `write:`, read when all fields are known
	// computed are the values of `write:`: they only leave and have no field.
	computed []*rule
	depth    int

	of    *expression // the list that is written, where it is made of others
	route route       // where items that are read go; nil: to the list itself

	// EDIFACT: the group of each item, and how it is reached from that of the parent.
	group *directory.Node
	steps []step
	needs []int // conditions of groups that must hold

	perRow   bool        // rows: an item for each row
	record   *recordType // rows of several types: an item for each of this type
	tree     []treePart  // XML, JSON: from the item around it to its element
	idocPath []idocStep  // IDoc: the segments from the top to that of each item
	place    finding.Place
}

func (s *scope) derived() bool { return s.of != nil && s.slot < 0 }

// fieldPath gives "lines.sku".
func (s *scope) fieldPath(field string) string {
	if s.parent == nil {
		return field
	}
	return s.parent.fieldPath(s.name) + "." + field
}

// shapes gives the shapes that names in an expression of the scope may mean.
func (s *scope) shapes() []*document.Shape {
	if s.parent == nil {
		return []*document.Shape{s.shape}
	}
	return append(s.parent.shapes(), s.shape)
}

// rule is one line of a mapping: a field and its places.
type rule struct {
	number int // in Mapping.rules
	field  string
	slot   int
	typ    document.Type
	scope  *scope
	place  finding.Place // of the line in the mapping
	source string        // the line

	form     form
	codes    *CodeList
	unknown  unknownCode
	fallback document.Value // `default:`
	read     *expression
	write    *expression
	fit      fit
	sequence int
	remember bool
	required bool
	join     string // stands between the texts of several places; "" allows one
	key      bool   // numbers, GTINs, references: never changed to fit
	ref      Reference
	blocks   []string // of a block with `write: a ?? b`: the blocks to take the value from, in order
	others   []int    // the slot in each of them, or -1

	places  []*candidate // EDIFACT, in order of preference
	columns []string     // rows: the column's name and its other names
	record  *recordType  // rows of several types: the one in which the column stands
	column  int          // rows: its number from 1, where it has no name
	tree    []*treePlace // XML, JSON, in order of preference
}

// readable tells whether the rule sets its field when reading.
func (r *rule) readable() bool {
	return r.slot >= 0 && (r.hasPlace() || r.read != nil)
}

func (r *rule) hasPlace() bool {
	return len(r.places) > 0 || len(r.columns) > 0 || r.column > 0 || len(r.tree) > 0
}

// check is a condition that must hold for a document, made when all of its fields are there.
type check struct {
	expression *expression
	slots      []int
	place      finding.Place
	source     string
}

// fixedRule is a constant of the format.
type fixedRule struct {
	place  finding.Place
	source string
	text   string
	at     *candidate
}
