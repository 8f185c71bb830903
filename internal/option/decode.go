package option

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
)

// Decode reads a block of a file. It gives every value that is right and a finding for every one that is not. The
// values have no defaults: [Table.Layer] adds them.
func (t *Table) Decode(src *Source, n *yaml.Node, layer Layer) (Values, finding.List) {
	d := &decoder{src: src, layer: layer}
	v := d.table(t, n, n)
	return v, d.found
}

type decoder struct {
	src   *Source
	layer Layer
	found finding.List
}

func (d *decoder) fault(n *yaml.Node, rule, hint, format string, args ...any) {
	f := d.src.At(n, rule, fmt.Sprintf(format, args...))
	f.Hint = hint
	d.found = append(d.found, f)
}

// table reads a block; at is where a missing setting is reported.
func (d *decoder) table(t *Table, n, at *yaml.Node) Values {
	v := Values{table: t, set: map[string]entry{}, tried: map[string]bool{}}
	switch {
	case n == nil || isNull(n):
	case n.Kind == yaml.ScalarNode && t.Short != "":
		o, _ := t.Find(t.Short)
		d.option(v, o, n, n)
	case n.Kind != yaml.MappingNode:
		d.fault(n, "option.type", "it has the settings "+strings.Join(t.Names(), ", "), "a %s is a block of settings, not %s", t.Name, kindName(n))
		return v
	default:
		for i := 0; i+1 < len(n.Content); i += 2 {
			d.key(v, n.Content[i], n.Content[i+1])
		}
	}
	for _, o := range t.Options {
		if o.Required && !v.tried[o.Name] {
			d.fault(at, "option.missing", o.hint(), "%s is missing in this %s", o.Name, t.Name)
		}
	}
	return v
}

func (d *decoder) key(v Values, key, value *yaml.Node) {
	if o, ok := v.table.Find(key.Value); ok {
		if _, twice := v.set[o.Name]; !twice {
			d.option(v, o, key, value)
		}
		return
	}
	hint := v.table.Elsewhere[key.Value]
	if hint == "" {
		hint = UnknownHint(key.Value, v.table.Names())
	}
	d.fault(key, "option.unknown", hint, "unknown key %q in %s", finding.Cut(key.Value), v.table.Name)
}

// UnknownHint names the nearest known name, or all of them.
func UnknownHint(name string, known []string) string {
	if near := finding.Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) == 0 {
		return ""
	}
	return "known are " + strings.Join(known, ", ")
}

func (d *decoder) option(v Values, o *Option, key, n *yaml.Node) {
	var value any
	ok := false
	v.tried[o.Name] = true
	switch {
	case o.Type == Block:
		value, ok = d.table(o.Block, n, key), true
	case isNull(n):
		d.fault(key, "option.value", o.hint(), "%s has no value", o.Name)
	case o.Type == Map || o.Type == Tree:
		value, ok = d.pairs(o, n)
	case n.Kind == yaml.SequenceNode && (o.Type == Texts || o.Type == Patterns):
		value, ok = d.texts(o, n)
	case n.Kind != yaml.ScalarNode:
		d.fault(n, "option.type", o.hint(), "%s is a %s, not %s", o.Name, o.Type, kindName(n))
	default:
		value, ok = d.scalar(o, n)
	}
	if ok {
		v.set[o.Name] = entry{value: value, origin: Origin{d.layer, d.src.Place(n)}, node: n, source: d.src}
	}
}

func (d *decoder) scalar(o *Option, n *yaml.Node) (any, bool) {
	value, err := o.parse(n.Value)
	if err != nil {
		d.value(n, o, err)
		return nil, false
	}
	return value, true
}

func (d *decoder) value(n *yaml.Node, o *Option, err error) {
	message, hint, _ := strings.Cut(err.Error(), "; ")
	if _, secret := errors.AsType[*hidden](err); secret { // neither the value nor its line is repeated
		f := d.src.At(n, SecretRule, fmt.Sprintf("%s %s", o.Name, message))
		f.Source, f.Hint = "", hint
		d.found = append(d.found, f)
		return
	}
	f := d.src.At(n, "option.value", fmt.Sprintf("%s %q %s", o.Name, finding.Cut(n.Value), message))
	f.Hint, f.Value = hint, finding.Cut(n.Value)
	d.found = append(d.found, f)
}

func (d *decoder) texts(o *Option, n *yaml.Node) (any, bool) {
	all := []string{}
	ok := true
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || isNull(item) {
			d.fault(item, "option.type", o.hint(), "%s is a %s, not of %s", o.Name, o.Type, kindName(item))
			ok = false
			continue
		}
		if err := o.checkText(item.Value); err != nil {
			d.value(item, o, err)
			ok = false
			continue
		}
		all = append(all, item.Value)
	}
	return all, ok
}

func (d *decoder) pairs(o *Option, n *yaml.Node) (any, bool) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, "option.type", o.hint(), "%s has %s, not %s", o.Name, o.Type, kindName(n))
		return nil, false
	}
	var all []Pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if d.pair(o, key, value) {
			all = append(all, Pair{key.Value, value.Value, key, value, d.src, Origin{d.layer, d.src.Place(value)}})
		}
	}
	return all, true
}

func (d *decoder) pair(o *Option, key, value *yaml.Node) bool {
	switch {
	case key.Kind != yaml.ScalarNode:
		d.fault(key, "option.type", o.hint(), "names in %s are plain texts, not %s", o.Name, kindName(key))
	case len(o.Names) > 0 && !slices.Contains(o.Names, key.Value):
		d.fault(key, "option.unknown", UnknownHint(key.Value, o.Names), "unknown name %q in %s", finding.Cut(key.Value), o.Name)
	case o.Type == Tree:
		return true
	case value.Kind != yaml.ScalarNode || isNull(value):
		d.fault(value, "option.type", o.hint(), "%q in %s is a text, not %s", finding.Cut(key.Value), o.Name, kindName(value))
	case len(o.Allowed) > 0 && !slices.Contains(o.Allowed, value.Value):
		d.value(value, o, notAllowed(value.Value, o.Allowed))
	default:
		return true
	}
	return false
}

// hint says how a setting is written.
func (o *Option) hint() string {
	switch {
	case o.Example != "":
		return fmt.Sprintf("write it as %s: %s", o.Name, o.Example)
	case len(o.Allowed) > 0:
		return o.Name + " is one of " + strings.Join(o.Allowed, ", ")
	case o.Block != nil:
		return "it has the settings " + strings.Join(o.Block.Names(), ", ")
	}
	return ""
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func kindName(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a block"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "nothing"
	}
	return fmt.Sprintf("%q", finding.Cut(n.Value))
}
