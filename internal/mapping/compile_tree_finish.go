package mapping

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
)

// treeOrder reads `order: {Order: [cbc:ID, ...]}`, the order of the elements in another one.
func (c *compiler) treeOrder(n *yaml.Node) {
	if n == nil {
		return
	}
	t := c.m.tree
	for _, e := range c.entries(n) {
		parent, ok := c.orderName(e.key)
		if !ok {
			continue
		}
		if t.ordered[parent] {
			continue
		}
		t.ordered[parent] = true
		for _, child := range c.texts(e.value) {
			if name, ok := c.orderName(child); ok {
				t.mention(parent, name)
			}
		}
	}
}

func (c *compiler) orderName(n *yaml.Node) (int32, bool) {
	p, err := parseTreePath(n.Value, c.m.tree.xml)
	if err == nil && (len(p.steps) != 1 || p.up > 0 || p.absolute || len(p.steps[0].conditions) > 0) {
		err = &pathError{message: "an order names elements, without what stands in them"}
	}
	if err != nil {
		c.pathFault(n, err)
		return 0, false
	}
	return c.treeName(n, p.steps[0])
}

// treeFixed reads the constants: written always, checked when reading.
func (c *compiler) treeFixed(n *yaml.Node) {
	if n == nil {
		return
	}
	for _, e := range c.entries(n) {
		text, ok := c.text(e.value)
		if !ok {
			continue
		}
		place, ok := c.treePlace(e.key, treePath{}, c.m.root)
		if !ok {
			continue
		}
		place.number = -1
		place.fixed = &fixedRule{place: c.placeOf(e.key), source: c.lines.Source(e.key.Line), text: text}
		c.m.tree.fixed = append(c.m.tree.fixed, place)
	}
}

// finishTree reads what only leaves, and looks whether the parts fit each other.
func (c *compiler) finishTree(top map[string]*yaml.Node) {
	t := c.m.tree
	c.eachComputed(top["write"], c.treeComputed)
	c.mentionParts(t.root[0].name, t.each) // behind what stands around the records, where no order is said
	c.treeTwice()
	c.treeOrdered()
	if t.xml {
		t.xmlOptions.Namespaces = map[string]string{}
		t.xmlOptions.Record = c.recordPath(t.each)
		for _, path := range c.keepPaths() {
			t.xmlOptions.Keep = append(t.xmlOptions.Keep, c.recordPath(path))
		}
		return
	}
	if c.m.perGroup {
		t.jsonOptions.Record = t.locals(t.each)
	}
	for _, path := range c.keepPaths() {
		t.jsonOptions.Keep = append(t.jsonOptions.Keep, t.locals(path))
	}
}

// locals gives the names of a path.
func (t *treePlan) locals(parts []treePart) []string {
	var names []string
	for _, p := range parts {
		names = append(names, t.names[p.name].local)
	}
	return names
}

// recordPath writes a path from the root with prefixes of its own, n0, n1, ...
func (c *compiler) recordPath(parts []treePart) string {
	t := c.m.tree
	var steps []string
	for _, p := range append(append([]treePart(nil), t.root...), parts...) {
		name := t.names[p.name]
		if name.space == "" {
			steps = append(steps, name.local)
			continue
		}
		prefix := ""
		for known, space := range t.xmlOptions.Namespaces {
			if space == name.space {
				prefix = known
			}
		}
		if prefix == "" {
			prefix = fmt.Sprintf("n%d", len(t.xmlOptions.Namespaces))
			t.xmlOptions.Namespaces[prefix] = name.space
		}
		steps = append(steps, prefix+":"+name.local)
	}
	return strings.Join(steps, "/")
}

// keepPaths lists the elements beside the records that the mapping wants.
func (c *compiler) keepPaths() [][]treePart {
	t := c.m.tree
	if !c.m.perGroup {
		return nil
	}
	var all [][]treePart
	known := map[string]bool{}
	want := func(p *treePlace, s *scope) {
		if s.parent != nil || !p.absolute && p.up == 0 {
			return // within the record; lists reach out of it by an absolute path only
		}
		from := 0
		if !p.absolute {
			from = len(t.each) - p.up
		}
		at := from
		for _, part := range p.parts {
			if at < len(t.each) && part.name == t.each[at].name {
				at++
				continue
			}
			if !t.names[part.name].attribute && at < len(t.each) {
				path := append(append([]treePart(nil), t.each[:at]...), treePart{name: part.name})
				if key := fmt.Sprint(path); !known[key] {
					known[key] = true
					all = append(all, path)
				}
			}
			return
		}
	}
	for _, r := range c.m.rules {
		for _, p := range r.tree {
			if p.absolute {
				want(p, c.m.root)
				continue
			}
			want(p, r.scope)
		}
	}
	for _, p := range t.fixed {
		want(p, c.m.root)
	}
	for _, test := range t.root[0].conditions {
		want(&treePlace{absolute: true, parts: test.parts}, c.m.root)
	}
	return all
}

// treeComputed reads one value of `write:`: a place and an expression over the document, or over an item of a list.
func (c *compiler) treeComputed(s *scope, e entry) {
	place, ok := c.treePlace(e.key, treePath{}, s)
	if !ok {
		return
	}
	if r := c.leaving(s, e); r != nil {
		r.tree, place.rule = []*treePlace{place}, r
	}
}

// treeTwice refuses two rules that write the same place.
func (c *compiler) treeTwice() {
	seen := map[string]*rule{}
	all := slices.Clone(c.m.rules)
	for _, s := range c.m.scopes {
		all = append(all, s.computed...)
	}
	for _, r := range all {
		if len(r.tree) == 0 {
			continue
		}
		p := r.tree[0]
		key := fmt.Sprint(r.scope.number, p.up, p.absolute, p.parts)
		if other, twice := seen[key]; twice && r.others == nil {
			n := &yaml.Node{Kind: yaml.ScalarNode, Line: r.place.Line, Column: r.place.Column, Value: r.field}
			c.warn(n, 0, ruleNever, "", "%s and %s (line %d) have the same place: what one writes the other cannot", r.field, other.field, other.place.Line)
			continue
		}
		seen[key] = r
	}
}

// treeOrdered refuses an element that `order:` forgot.
func (c *compiler) treeOrdered() {
	t := c.m.tree
	check := func(parent int32, parts []treePart, place finding.Place, source string) {
		for _, p := range parts {
			if _, known := t.order[parent][p.name]; t.ordered[parent] && !known && !t.names[p.name].attribute {
				c.found = append(c.found, finding.Finding{Rule: ruleNever, Severity: finding.Error, Place: place, Source: source,
					Message: fmt.Sprintf("the order of %s does not name %s", t.written(parent), t.written(p.name)), Hint: "add it to `order:` where it stands in the file"})
			}
			parent = p.name
		}
	}
	for _, p := range append(append([]*treePlace(nil), t.places...), t.fixed...) {
		s := c.m.root
		place, source := finding.Place{}, ""
		if p.rule != nil {
			s, place, source = p.rule.scope, p.rule.place, p.rule.source
		} else {
			place, source = p.fixed.place, p.fixed.source
		}
		if from, ok := c.namesAround(s, treePath{up: p.up, absolute: p.absolute}); ok {
			check(from, p.parts, place, source)
		}
	}
	for _, s := range c.m.scopes {
		if s.parent != nil {
			check(c.lastName(s.parent), s.tree, s.place, c.lines.Source(s.place.Line))
		}
	}
}
