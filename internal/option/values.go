package option

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// Layer is the level on which a value was given.
type Layer string

// The layers, lowest first. A higher one overrides single settings of a lower one.
const (
	Default Layer = "default"
	Preset  Layer = "preset"
	Partner Layer = "partner"
	Flow    Layer = "flow"
	Shared  Layer = "shared" // connections and settings of the whole home
)

// Origin says which layer and line a value came from.
type Origin struct {
	Layer Layer         `json:"layer"`
	Place finding.Place `json:"place"` // empty for defaults
}

// Share is a percentage that may be off.
type Share struct {
	On      bool
	Percent document.Decimal
}

// String gives the share as it stands in a profile.
func (s Share) String() string {
	if !s.On {
		return "off"
	}
	return s.Percent.String() + "%"
}

// Pair is one entry of a Map or Tree.
type Pair struct {
	Key, Text string
	KeyNode   *yaml.Node // key and value as they stand in the file
	Node      *yaml.Node
	Source    *Source
	Origin    Origin
}

// entry is one value with where it came from.
type entry struct {
	value  any // string, int64, Decimal, Duration, Share, bool, []string, Time, day, Reference, []Pair or Values
	origin Origin
	node   *yaml.Node
	source *Source
}

// Values are the settings of one block. The zero Values has none. The methods take the names of the table and panic on
// others, and on another type than the table's: names in code are constants.
type Values struct {
	table *Table
	set   map[string]entry
	tried map[string]bool // settings that stand in a file, right or wrong
}

func (v Values) get(name string, types ...Type) (entry, bool) {
	if v.table == nil {
		return entry{}, false
	}
	o, ok := v.table.Find(name)
	if !ok {
		panic(fmt.Sprintf("option: %s has no setting %q", v.table.Name, name))
	}
	if len(types) > 0 && !slices.Contains(types, o.Type) {
		panic(fmt.Sprintf("option: %s of %s is a %s", name, v.table.Name, o.Type))
	}
	e, ok := v.set[name]
	return e, ok
}

// Table gives the table of the values; nil for the zero Values.
func (v Values) Table() *Table { return v.table }

// Has tells whether a setting has a value, given or default.
func (v Values) Has(name string) bool { _, ok := v.get(name); return ok }

// Given tells whether a setting was given by somebody, so that it is no default.
func (v Values) Given(name string) bool {
	e, ok := v.get(name)
	return ok && e.origin.Layer != Default
}

// Stands tells whether a setting stands in a file, even with a value that was refused. It keeps a check from saying that
// something is missing which is only wrong.
func (v Values) Stands(name string) bool { return v.Given(name) || v.tried[name] }

// Text gives a text, folder or choice; of a reference its form in the file.
func (v Values) Text(name string) string {
	e, _ := v.get(name, Text, Folder, Choice)
	switch t := e.value.(type) {
	case string:
		return t
	case Reference:
		return t.String()
	}
	return ""
}

// Reference gives where a secret, or a text given as a reference, is found.
func (v Values) Reference(name string) (Reference, bool) {
	e, _ := v.get(name, Secret, Text, Folder)
	r, ok := e.value.(Reference)
	return r, ok
}

// Int gives a whole number.
func (v Values) Int(name string) int {
	e, _ := v.get(name, Int)
	n, _ := e.value.(int64)
	return int(n)
}

// Decimal gives an exact number.
func (v Values) Decimal(name string) document.Decimal {
	e, _ := v.get(name, Decimal)
	d, _ := e.value.(document.Decimal)
	return d
}

// Duration gives a duration.
func (v Values) Duration(name string) time.Duration {
	e, _ := v.get(name, Duration)
	d, _ := e.value.(time.Duration)
	return d
}

// Share gives a percentage.
func (v Values) Share(name string) Share {
	e, _ := v.get(name, Percent)
	s, _ := e.value.(Share)
	return s
}

// Flag gives a flag.
func (v Values) Flag(name string) bool {
	e, _ := v.get(name, Flag)
	b, _ := e.value.(bool)
	return b
}

// Texts gives a list of texts or patterns.
func (v Values) Texts(name string) []string {
	e, _ := v.get(name, Texts, Patterns)
	l, _ := e.value.([]string)
	return slices.Clone(l)
}

// Time gives a point in time; the zero time when there is none. A date is the start of its day in the zone.
func (v Values) Time(name string, zone *time.Location) time.Time {
	e, _ := v.get(name, Time)
	switch t := e.value.(type) {
	case time.Time:
		return t
	case day:
		y, m, d := time.Time(t).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, zone)
	}
	return time.Time{}
}

// Map gives texts by name.
func (v Values) Map(name string) map[string]string {
	e, _ := v.get(name, Map)
	pairs, _ := e.value.([]Pair)
	m := make(map[string]string, len(pairs))
	for _, p := range pairs {
		m[p.Key] = p.Text
	}
	return m
}

// Pairs gives the entries of a Map or Tree, in the order of the file, a lower layer's first.
func (v Values) Pairs(name string) []Pair {
	e, _ := v.get(name, Map, Tree)
	pairs, _ := e.value.([]Pair)
	return pairs
}

// Block gives the settings of a block.
func (v Values) Block(name string) Values {
	e, _ := v.get(name, Block)
	b, _ := e.value.(Values)
	return b
}

// Origin gives where the value at a dotted path came from ("guards.rows_drop", "rules.edifact.unt-count"). Paths come
// from people: an unknown one gives false.
func (v Values) Origin(path string) (Origin, bool) {
	for s := range v.Settings() {
		if s.Path == path {
			return s.Origin, true
		}
	}
	return Origin{}, false
}

// Fault makes an error about a setting, at the place it was given; or, for a default or none, without a line.
func (v Values) Fault(name, rule, message string) finding.Finding {
	e, _ := v.get(name)
	if e.source == nil {
		return finding.Finding{Rule: rule, Severity: finding.Error, Message: message}
	}
	return e.source.At(e.node, rule, message)
}

// Setting is one effective value, for people.
type Setting struct {
	Path   string `json:"path"`
	Value  string `json:"value"` // as it would stand in a profile; secrets as their reference
	Origin Origin `json:"origin"`
}

// Settings gives all effective values in the table's order.
func (v Values) Settings() func(yield func(Setting) bool) {
	return func(yield func(Setting) bool) { v.walk("", yield) }
}

func (v Values) walk(prefix string, yield func(Setting) bool) bool {
	if v.table == nil {
		return true
	}
	for _, o := range v.table.Options {
		e, ok := v.set[o.Name]
		if !ok {
			continue
		}
		switch value := e.value.(type) {
		case Values:
			if !value.walk(prefix+o.Name+".", yield) {
				return false
			}
		case []Pair:
			for _, p := range value {
				if !yield(Setting{prefix + o.Name + "." + p.Key, p.Text, p.Origin}) {
					return false
				}
			}
		default:
			if !yield(Setting{prefix + o.Name, show(value), e.origin}) {
				return false
			}
		}
	}
	return true
}

func show(value any) string {
	switch v := value.(type) {
	case time.Duration:
		return FormatDuration(v)
	case time.Time:
		return v.Format(time.RFC3339)
	case day:
		return time.Time(v).Format("2006-01-02")
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

// Layer lays values over each other, later ones over earlier ones, and all over the table's defaults. Blocks and maps
// are merged setting by setting.
func (t *Table) Layer(layers ...Values) Values {
	sum := Values{table: t, set: map[string]entry{}, tried: map[string]bool{}}
	for _, l := range layers {
		maps.Copy(sum.tried, l.tried)
	}
	for i := range t.Options {
		o := &t.Options[i]
		var given []entry
		for _, l := range layers {
			if e, ok := l.set[o.Name]; ok {
				given = append(given, e)
			}
		}
		if e, ok := o.merge(given); ok {
			sum.set[o.Name] = e
		}
	}
	return sum
}

func (o *Option) merge(given []entry) (entry, bool) {
	switch {
	case o.Type == Block:
		return o.mergeBlocks(given)
	case len(given) == 0 && o.Default == "":
		return entry{}, false
	case len(given) == 0:
		return o.standard(), true
	case o.Type == Map || o.Type == Tree:
		last := given[len(given)-1]
		last.value = mergePairs(given)
		return last, true
	}
	return given[len(given)-1], true
}

func (o *Option) mergeBlocks(given []entry) (entry, bool) {
	if len(given) == 0 {
		if o.OnDemand {
			return entry{}, false
		}
		return entry{value: o.Block.Layer(), origin: Origin{Layer: Default}}, true
	}
	var blocks []Values
	for _, e := range given {
		blocks = append(blocks, e.value.(Values))
	}
	last := given[len(given)-1]
	last.value = o.Block.Layer(blocks...)
	return last, true
}

func mergePairs(given []entry) []Pair {
	var sum []Pair
	at := map[string]int{}
	for _, e := range given {
		for _, p := range e.value.([]Pair) {
			if i, ok := at[p.Key]; ok {
				sum[i] = p
				continue
			}
			at[p.Key] = len(sum)
			sum = append(sum, p)
		}
	}
	return sum
}

// standard gives the default. It panics on a default that the option itself would refuse: tables are code.
func (o *Option) standard() entry {
	value, err := o.parse(o.Default)
	if err != nil {
		panic(fmt.Sprintf("option: default of %s: %q %s", o.Name, o.Default, err))
	}
	return entry{value: value, origin: Origin{Layer: Default}}
}

// Only gives the values whose names another table has too, as values of that table.
func (v Values) Only(t *Table) Values {
	part := Values{table: t, set: maps.Clone(v.set), tried: v.tried}
	maps.DeleteFunc(part.set, func(name string, _ entry) bool { _, ok := t.Find(name); return !ok })
	return part
}
