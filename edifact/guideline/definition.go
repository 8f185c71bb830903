package guideline

import (
	"maps"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// definition is a guideline as it is written, or several laid over each other.
type definition struct {
	name, title, message, directory, others string
	associations                            []string
	extends                                 *yaml.Node
	src                                     *source
	entries                                 []*entry // in the order of the file
	rules                                   []*conditional
	nameNode                                *yaml.Node
}

// entry is what is said about a path of the segment table.
type entry struct {
	path     string
	use      string // "required", "optional", "unused", or "" when nothing is said
	max      int
	by       string // element that is the qualifier
	others   string // of elements: "allowed" or "refused"
	note     string
	elements []*elementEntry
	src      *source
	node     *yaml.Node
}

// elementEntry is what is said about an element of a segment.
type elementEntry struct {
	path   string // "1004", "C082.3039"
	use    string
	format *directory.Format
	codes  []string
	names  map[string]string // what the codes mean here
	note   string
	src    *source
	node   *yaml.Node
}

// define reads the text of a guideline.
func define(file string, text []byte) *definition {
	d := &definition{src: parse(file, text)}
	if d.src.root == nil {
		if len(d.src.found) == 0 {
			d.src.add(RuleSyntax, finding.Place{File: file, Line: 1}, "begin with guideline: NAME, message: and directory:", "the guideline is empty")
		}
		return d
	}
	s := d.src
	for key, value := range s.pairs(s.root, "a guideline") {
		switch key.Value {
		case "guideline":
			d.name, d.nameNode = s.text(key, value), value
		case "title":
			d.title = s.text(key, value)
		case "message":
			d.message = s.text(key, value)
		case "directory":
			d.directory = s.text(key, value)
		case "association":
			d.associations = d.list(key, value)
		case "extends":
			if s.text(key, value) != "" {
				d.extends = value
			}
		case "others":
			d.others = s.choice(key, value, "allowed", "refused")
		case "segments":
			for path, settings := range s.pairs(value, "segments") {
				d.entries = append(d.entries, d.entry(path, settings))
			}
		case "rules":
			d.conditionals(value)
		default:
			s.unknown(key, "a guideline", "guideline", "title", "message", "directory", "association", "extends", "others", "segments", "rules")
		}
	}
	return d
}

// list gives one value or several.
func (d *definition) list(key, n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		if one := d.src.text(key, n); one != "" {
			return []string{one}
		}
		return nil
	}
	var all []string
	for _, item := range n.Content {
		if one := d.src.text(key, item); one != "" {
			all = append(all, one)
		}
	}
	return all
}

func (d *definition) entry(path, settings *yaml.Node) *entry {
	s := d.src
	e := &entry{path: path.Value, src: s, node: path}
	for key, value := range s.pairs(settings, path.Value) {
		switch key.Value {
		case "use":
			e.use = s.choice(key, value, "required", "optional", "unused")
		case "max":
			n, err := strconv.Atoi(s.text(key, value))
			if err != nil || n < 1 {
				s.fault(value, RuleValue, "write a number of 1 or more", "max is %q", value.Value)
			}
			e.max = max(n, 0)
		case "by":
			e.by = s.text(key, value)
		case "others":
			e.others = s.choice(key, value, "allowed", "refused")
		case "note":
			e.note = s.text(key, value)
		case "elements":
			for path, settings := range s.pairs(value, "elements") {
				e.elements = append(e.elements, d.element(path, settings))
			}
		default:
			s.unknown(key, path.Value, "use", "max", "by", "others", "note", "elements")
		}
	}
	return e
}

func (d *definition) element(path, settings *yaml.Node) *elementEntry {
	s := d.src
	e := &elementEntry{path: path.Value, src: s, node: path}
	for key, value := range s.pairs(settings, path.Value) {
		switch key.Value {
		case "use":
			e.use = s.choice(key, value, "required", "optional", "unused")
		case "format":
			f, ok := directory.ParseFormat(s.text(key, value))
			if !ok {
				s.fault(value, RuleValue, "write a, n or an and a length, as an..35 or n8", "format %q is none", value.Value)
				continue
			}
			e.format = &f
		case "codes":
			d.codes(e, key, value)
		case "value":
			if v := s.text(key, value); v != "" {
				e.codes = []string{v}
			}
		case "note":
			e.note = s.text(key, value)
		default:
			s.unknown(key, path.Value, "use", "format", "codes", "value", "note")
		}
	}
	return e
}

// codes reads a list of codes, or codes with what they mean to the partner.
func (d *definition) codes(e *elementEntry, key, value *yaml.Node) {
	if value.Kind != yaml.MappingNode {
		e.codes = d.list(key, value)
		return
	}
	e.names = map[string]string{}
	for code, name := range d.src.pairs(value, "codes") {
		e.codes = append(e.codes, code.Value)
		e.names[code.Value] = d.src.text(code, name)
	}
}

// over lays a guideline over the one that it extends.
func (d *definition) over(base *definition) {
	for own, inherited := range map[*string]string{&d.title: base.title, &d.message: base.message, &d.directory: base.directory, &d.others: base.others} {
		if *own == "" {
			*own = inherited
		}
	}
	if d.associations == nil {
		d.associations = base.associations
	}
	entries := slices.Clone(base.entries)
	for _, e := range d.entries {
		i := slices.IndexFunc(entries, func(b *entry) bool { return b.path == e.path })
		if i < 0 {
			entries = append(entries, e)
			continue
		}
		entries[i] = e.over(entries[i])
	}
	d.entries = entries
	rules := slices.Clone(base.rules)
	for _, r := range d.rules {
		i := slices.IndexFunc(rules, func(b *conditional) bool { return b.name == r.name && r.name != "" })
		if i < 0 {
			rules = append(rules, r)
			continue
		}
		rules[i] = r
	}
	d.rules = rules
}

// over gives an entry with what it does not say itself taken from another. Elements are taken one by one.
func (e *entry) over(base *entry) *entry {
	c := *e
	if c.use == "" {
		c.use = base.use
	}
	if c.max == 0 {
		c.max = base.max
	}
	if c.by == "" {
		c.by = base.by
	}
	if c.note == "" {
		c.note = base.note
	}
	return c.elementsOver(base)
}

// elementsOver takes over what another entry says about elements.
func (e *entry) elementsOver(base *entry) *entry {
	c := *e
	if c.others == "" {
		c.others = base.others
	}
	c.elements = slices.Clone(base.elements)
	for _, own := range e.elements {
		i := slices.IndexFunc(c.elements, func(b *elementEntry) bool { return b.path == own.path })
		if i < 0 {
			c.elements = append(c.elements, own)
			continue
		}
		c.elements[i] = own.over(c.elements[i])
	}
	return &c
}

func (e *elementEntry) over(base *elementEntry) *elementEntry {
	c := *e
	if c.use == "" {
		c.use = base.use
	}
	if c.format == nil {
		c.format = base.format
	}
	if c.codes == nil {
		c.codes = base.codes
	}
	if c.note == "" {
		c.note = base.note
	}
	names := maps.Clone(base.names)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, c.names)
	c.names = names
	return &c
}
