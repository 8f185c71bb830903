package mapping

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/jsonfile"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// startTree reads what an XML or JSON file looks like.
func (c *compiler) startTree(root *yaml.Node, top map[string]*yaml.Node, each *yaml.Node) bool {
	t := &treePlan{xml: c.m.format == XML, number: map[treeName]int32{}, order: map[int32]map[int32]int{}, ordered: map[int32]bool{}}
	c.m.tree = t
	if n := top["decimal"]; n != nil {
		if c.m.mark = c.oneMark(n); c.m.mark == ',' {
			c.m.group = '.'
		}
	}
	if n := top["trim"]; n != nil {
		t.keepBlanks = !c.flag(n)
	}
	if t.xml && !c.startXML(root, top) || !t.xml && !c.startJSON(top) {
		return false
	}
	if each != nil {
		c.m.perGroup = true
		text, ok := c.text(each)
		if !ok {
			return false
		}
		p, err := parseTreePath(text, t.xml)
		if err == nil && (p.up > 0 || p.absolute || len(p.steps) == 0 || p.steps[len(p.steps)-1].attribute) {
			err = &pathError{message: "each is the path of the element that repeats, from the root"}
		}
		if err != nil {
			c.pathFault(each, err)
			return false
		}
		if t.each, ok = c.treeParts(each, p.steps); !ok {
			return false
		}
	}
	c.treeOrder(top["order"])
	for _, test := range t.root[0].conditions {
		c.mentionParts(t.root[0].name, test.parts)
	}
	c.treeFixed(top["fixed"])
	return true
}

// isTree tells whether the records of the format are trees.
func (c *compiler) isTree() bool { return c.m.format == XML || c.m.format == JSON }

// treeBlock reads the element below which the fields of a block stand.
func (c *compiler) treeBlock(at *yaml.Node, b, outer *block) bool {
	if outer != nil {
		b.tree = outer.tree
	}
	if at == nil {
		return true
	}
	p, err := parseTreePath(at.Value, c.m.tree.xml)
	if err == nil && len(p.steps) > 0 && p.steps[len(p.steps)-1].attribute {
		err = &pathError{message: "at ends with an element"}
	}
	if err != nil {
		c.pathFault(at, err)
		return false
	}
	b.tree = p.under(b.tree)
	return true
}

// startXML reads namespaces, root and how XML is written.
func (c *compiler) startXML(root *yaml.Node, top map[string]*yaml.Node) bool {
	t := c.m.tree
	if n := top["namespaces"]; n != nil {
		for _, e := range c.entries(n) {
			if space, ok := c.text(e.value); ok {
				t.namespaces = append(t.namespaces, xmlfile.Namespace{Prefix: e.key.Value, Name: space})
			}
		}
	}
	n := top["root"]
	if n == nil {
		c.fault(root, ruleKey, "write root: Order, the name of the file's first element", "root is missing")
		return false
	}
	text, ok := c.text(n)
	if !ok {
		return false
	}
	p, err := parseTreePath(text, true)
	if err == nil && (len(p.steps) != 1 || p.up > 0 || p.absolute || p.steps[0].attribute || p.steps[0].nth > 0) {
		err = &pathError{message: "root is the name of one element, with conditions where files of several kinds have the same"}
	}
	if err != nil {
		c.pathFault(n, err)
		return false
	}
	if t.root, ok = c.treeParts(n, p.steps); !ok {
		return false
	}
	t.xmlOptions = xmlfile.Options{Charset: c.optionalText(top["charset"]), MaxRecord: c.optionalNumber(top["max_record"], 1<<28), MaxDepth: c.optionalNumber(top["max_depth"], 10_000)}
	t.xmlWriter = xmlfile.WriterOptions{Charset: c.optionalText(top["charset"]), Namespaces: t.namespaces, Indent: 2, LineEnd: c.lineEnd(top["line_end"]), Doctype: c.optionalText(top["doctype"])}
	if n := top["indent"]; n != nil {
		t.xmlWriter.Indent, _ = c.number(n, 0, 8)
	}
	if n := top["bom"]; n != nil {
		t.xmlWriter.BOM = c.flag(n)
	}
	c.checkTree(root, top, errors.Join(t.xmlOptions.Check(), t.xmlWriter.Check()))
	return true
}

// startJSON reads how JSON looks.
func (c *compiler) startJSON(top map[string]*yaml.Node) bool {
	t := c.m.tree
	t.jsonOptions = jsonfile.Options{MaxRecord: c.optionalNumber(top["max_record"], 1<<28), MaxDepth: c.optionalNumber(top["max_depth"], 10_000)}
	if n := top["lines"]; n != nil {
		t.jsonOptions.Lines = c.flag(n)
	}
	t.jsonWriter = jsonfile.WriterOptions{Lines: t.jsonOptions.Lines, Indent: 2, LineEnd: c.lineEnd(top["line_end"])}
	if n := top["indent"]; n != nil {
		t.jsonWriter.Indent, _ = c.number(n, 0, 8)
	}
	t.root = []treePart{{name: t.of(treeName{local: ""})}}
	return true
}

// checkTree reports options that make no sense, at the key that they stand in.
func (c *compiler) checkTree(root *yaml.Node, top map[string]*yaml.Node, err error) {
	e, ok := errors.AsType[*flatfile.Error](err)
	if !ok {
		return
	}
	n := root
	for _, key := range []string{"charset", "namespaces", "doctype", "max_record", "max_depth"} {
		word, _, _ := strings.Cut(key, "_")
		if top[key] != nil && strings.Contains(e.Finding.Message, strings.TrimSuffix(word, "s")) {
			n = top[key]
			break
		}
	}
	c.fault(n, ruleValue, e.Finding.Hint, "%s", e.Finding.Message)
}

// treeParts resolves the names of a path.
func (c *compiler) treeParts(n *yaml.Node, steps []treeStep) ([]treePart, bool) {
	var parts []treePart
	for _, st := range steps {
		name, ok := c.treeName(n, st)
		if !ok {
			return nil, false
		}
		part := treePart{name: name, nth: st.nth}
		for _, cond := range st.conditions {
			inner, ok := c.treeParts(n, cond.steps)
			if !ok {
				return nil, false
			}
			part.conditions = append(part.conditions, treeTest{inner, cond.values, cond.not})
		}
		parts = append(parts, part)
	}
	return parts, true
}

// treeName resolves one name in the namespaces of the mapping.
func (c *compiler) treeName(n *yaml.Node, st treeStep) (int32, bool) {
	t := c.m.tree
	if !t.xml {
		return t.of(treeName{local: st.name}), true
	}
	prefix, local, found := strings.Cut(st.name, ":")
	if !found {
		prefix, local = "", st.name
	}
	name := treeName{local: local, attribute: st.attribute}
	if found || !st.attribute {
		known := false
		for _, ns := range t.namespaces {
			if ns.Prefix == prefix {
				name.space, known = ns.Name, true
			}
		}
		if prefix == "xml" && !known {
			name.space, known = "http://www.w3.org/XML/1998/namespace", true
		}
		if found && !known {
			var prefixes []string
			for _, ns := range t.namespaces {
				prefixes = append(prefixes, ns.Prefix)
			}
			c.faultAt(n, st.at, rulePlace, didYouMean(prefix, prefixes), "the prefix %q is not one of the namespaces", prefix)
			return 0, false
		}
	}
	if err := (xmlfile.Options{Record: local}).Check(); err != nil {
		c.faultAt(n, st.at, rulePlace, "", "%q is not a name of XML", st.name)
		return 0, false
	}
	return t.of(name), true
}

// treeEach reads the element of a list's items.
func (c *compiler) treeEach(n *yaml.Node, s *scope) bool {
	p, err := parseTreePath(n.Value, c.m.tree.xml)
	if err == nil && (p.up > 0 || p.absolute || len(p.steps) == 0 || p.steps[len(p.steps)-1].attribute) {
		err = &pathError{message: "each is the path of the element that repeats, from the one around it"}
	}
	if err != nil {
		c.pathFault(n, err)
		return false
	}
	var ok bool
	s.tree, ok = c.treeParts(n, p.steps)
	if ok {
		c.mentionParts(c.lastName(s.parent), s.tree)
	}
	return ok
}

// lastName gives the name of the element that is an item of a scope.
func (c *compiler) lastName(s *scope) int32 {
	t := c.m.tree
	switch {
	case s.parent != nil:
		return s.tree[len(s.tree)-1].name
	case len(t.each) > 0:
		return t.each[len(t.each)-1].name
	}
	return t.root[0].name
}

// mentionParts gives the elements of a path, and what its conditions make, their places in the order of writing.
func (c *compiler) mentionParts(parent int32, parts []treePart) {
	t := c.m.tree
	for _, p := range parts {
		if !t.ordered[parent] {
			t.mention(parent, p.name)
		}
		for _, test := range p.conditions {
			c.mentionParts(p.name, test.parts)
		}
		parent = p.name
	}
}

// treeField reads the places of a rule.
func (c *compiler) treeField(n *yaml.Node, r *rule, b *block) bool {
	ok := true
	for _, text := range c.texts(n) {
		at := treePath{}
		if b != nil {
			at = b.tree
		}
		place, found := c.treePlace(text, at, r.scope)
		if !found {
			ok = false
			continue
		}
		place.rule, place.number = r, len(c.m.tree.places)
		c.m.tree.places = append(c.m.tree.places, place)
		r.tree = append(r.tree, place)
	}
	return ok && len(r.tree) > 0
}

// treePlace reads one place, below the element of a block where there is one.
func (c *compiler) treePlace(n *yaml.Node, at treePath, s *scope) (*treePlace, bool) {
	p, err := parseTreePath(n.Value, c.m.tree.xml)
	if err != nil {
		c.pathFault(n, err)
		return nil, false
	}
	p = p.under(at)
	place := &treePlace{up: p.up, absolute: p.absolute, path: n.Value}
	var ok bool
	if place.parts, ok = c.treeParts(n, p.steps); !ok {
		return nil, false
	}
	around, ok := c.namesAround(s, p)
	if !ok {
		c.faultAt(n, 0, rulePlace, "", "../ goes beyond the file")
		return nil, false
	}
	c.mentionParts(around, place.parts)
	return place, true
}

// under puts a path below an element.
func (p treePath) under(at treePath) treePath {
	if p.absolute || p.up > 0 || at.text == "" {
		return p
	}
	out := p
	out.up, out.absolute = at.up, at.absolute
	out.steps = append(append([]treeStep(nil), at.steps...), p.steps...)
	return out
}

// namesAround gives the name of the element from which a path starts; false when it goes beyond the file.
func (c *compiler) namesAround(s *scope, p treePath) (int32, bool) {
	chain := c.chain(s)
	switch {
	case p.absolute:
		return chain[0], true
	case p.up >= len(chain):
		return 0, false
	}
	return chain[len(chain)-1-p.up], true
}

// chain gives the names of the elements from the root to an item of a scope.
func (c *compiler) chain(s *scope) []int32 {
	var names []int32
	if s.parent != nil {
		names = c.chain(s.parent)
	} else {
		names = append(names, c.m.tree.root[0].name)
		for _, p := range c.m.tree.each {
			names = append(names, p.name)
		}
		return names
	}
	for _, p := range s.tree {
		names = append(names, p.name)
	}
	return names
}
