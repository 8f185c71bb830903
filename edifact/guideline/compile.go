package guideline

import (
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// written is what the entries say about a group, as they stand.
type written struct {
	rows map[string]*writtenRow
}

type writtenRow struct {
	general  *writtenUse
	variants []*writtenUse
}

type writtenUse struct {
	step   step
	entry  *entry // nil when only something within is spoken of
	inside *written
}

func newWritten() *written { return &written{rows: map[string]*writtenRow{}} }

// use gives what is said about a step, which is made if need be.
func (w *written) use(s step) *writtenUse {
	r := w.rows[s.id]
	if r == nil {
		r = &writtenRow{}
		w.rows[s.id] = r
	}
	if len(s.values) == 0 {
		if r.general == nil {
			r.general = &writtenUse{step: s, inside: newWritten()}
		}
		return r.general
	}
	for _, u := range r.variants {
		if u.step.key() == s.key() {
			return u
		}
	}
	u := &writtenUse{step: s, inside: newWritten()}
	r.variants = append(r.variants, u)
	return u
}

func (c *compiler) compile() {
	top := newWritten()
	for _, e := range c.d.entries {
		steps, problem := parsePath(e.path)
		if problem != "" {
			e.src.fault(e.node, RulePath, "write it as SG2[BY]/NAD", "%s %s", e.path, problem)
			continue
		}
		if err := locate(c.g.Message.Root, steps); err != nil {
			e.src.fault(e.node, RulePath, "paths are those of the segment table; see batchgate directory show "+c.g.Message.Release.Name()+" "+c.g.Message.Type, "%s: %v", e.path, err)
			continue
		}
		at := top
		for i, s := range steps {
			u := at.use(s)
			if i == len(steps)-1 {
				u.entry = e
			}
			at = u.inside
		}
		c.checkEntry(e, steps[len(steps)-1].node)
	}
	c.g.root = c.group(c.g.Message.Root, []*written{top}, "")
	c.g.terms = map[*directory.Node][]termRef{}
	for _, r := range c.d.rules {
		c.rule(r)
	}
}

// checkEntry says where an entry is wider than the directory.
func (c *compiler) checkEntry(e *entry, n *directory.Node) {
	if e.max > n.Max {
		e.src.fault(e.node, RuleValue, "a guideline can only narrow", "%s may stand %d times, in the directory %d", e.path, e.max, n.Max)
	}
	if e.use == "unused" && n.Mandatory && !strings.HasSuffix(e.path, "]") {
		e.src.fault(e.node, RuleValue, "a guideline can only narrow", "%s is mandatory in the directory and cannot be unused", e.path)
	}
	if n.Group && len(e.elements) > 0 {
		e.src.fault(e.node, RuleKey, "name them under "+e.path+"/"+n.Trigger().ID, "elements stand in segments, and %s is a group", e.path)
	}
	if e.by != "" && len(spotsOf(c.g.segmentOf(n), e.by)[0]) == 0 {
		e.src.fault(e.node, RulePath, "name an element of "+trigger(n), "%s has no element %q that could be the qualifier", trigger(n), finding.Cut(e.by))
	}
	if !n.Group {
		for _, el := range e.elements {
			c.checkElement(el, c.g.segmentOf(n))
		}
	}
}

func (c *compiler) checkElement(e *elementEntry, s *directory.Segment) {
	spots := spotsOf(s, e.path)[0]
	if len(spots) == 0 {
		hint := "it has " + strings.Join(s.Elements(), ", ")
		if near := finding.Nearest(e.path, s.Elements()); near != "" {
			hint = "did you mean " + near + "?"
		}
		e.src.fault(e.node, RulePath, hint, "%s has no element %q", s.Tag, finding.Cut(e.path))
		return
	}
	leaf := spots[0].Leaf
	switch {
	case leaf == nil && (e.format != nil || e.codes != nil):
		e.src.fault(e.node, RuleValue, "name one of its components, as "+e.path+"."+spots[0].Field.Composite.Components[0].ID, "%s is a composite and has no values of its own", e.path)
		return
	case leaf == nil:
	case e.format != nil && !e.format.Within(leaf.Format):
		e.src.fault(e.node, RuleValue, "a guideline can only narrow", "format %s is not within the directory's %s", e.format, leaf.Format)
	}
	if e.use == "unused" && mandatory(spots[0]) {
		e.src.fault(e.node, RuleValue, "a guideline can only narrow", "%s is mandatory in %s and cannot be unused", e.path, s.Tag)
	}
	for _, code := range e.codes {
		if n := len([]rune(code)); leaf != nil && (n > leaf.Format.Max || n < leaf.Format.Min) {
			e.src.fault(e.node, RuleValue, "codes in YAML are texts; put those with leading zeros in quotes", "code %q does not fit the format %s", finding.Cut(code), leaf.Format)
		}
	}
}

// mandatory tells whether a place has to be filled wherever its segment stands.
func mandatory(s directory.Spot) bool {
	if !s.Field.Mandatory || s.Leaf == nil || s.Field.Composite == nil {
		return s.Field.Mandatory
	}
	at := 0
	for _, comp := range s.Field.Composite.Components {
		if at == s.Component {
			return comp.Mandatory
		}
		at += max(comp.Repeat, 1)
	}
	return false
}

// group puts together what is said about a group, the more special first.
func (c *compiler) group(node *directory.Node, said []*written, path string) *group {
	g := &group{node: node, at: map[*directory.Node]*row{}}
	byID := map[string]*row{}
	for i, child := range node.Children {
		if before := byID[child.ID]; before != nil {
			one := &row{node: child, index: i, total: before.total, variants: before.variants}
			before.again, byID[child.ID] = one, one
			g.rows, g.at[child] = append(g.rows, one), one
			continue
		}
		var generals, all []*writtenUse
		var order []string
		variants := map[string][]*writtenUse{}
		for _, w := range said {
			r := w.rows[child.ID]
			if r == nil {
				continue
			}
			for _, u := range r.variants {
				if variants[u.step.key()] == nil {
					order = append(order, u.step.key())
				}
				variants[u.step.key()] = append(variants[u.step.key()], u)
			}
			if r.general != nil {
				generals = append(generals, r.general)
			}
		}
		if len(generals) == 0 && len(order) == 0 && !child.Mandatory {
			continue
		}
		one := &row{node: child, index: i, first: true}
		byID[child.ID] = one
		name := join(path, child.ID)
		if len(generals) > 0 || len(order) == 0 {
			one.total = c.use(child, name, generals, nil)
		}
		for _, key := range order {
			all = slices.Concat(variants[key], generals)
			one.variants = append(one.variants, c.use(child, name+"["+key+"]", variants[key], all))
		}
		g.rows = append(g.rows, one)
		g.at[child] = one
	}
	return g
}

func join(path, id string) string {
	if path == "" {
		return id
	}
	return path + "/" + id
}

// use makes what is said about the occurrences with some qualifiers. own says how often they stand, all what is in them.
func (c *compiler) use(n *directory.Node, name string, own, all []*writtenUse) *use {
	if all == nil {
		all = own
	}
	e := &entry{}
	for _, u := range own {
		if u.entry != nil {
			e = e.over(u.entry)
		}
	}
	var inside []*written
	for _, u := range all {
		if u.entry != nil {
			e = e.elementsOver(u.entry)
			if e.by == "" {
				e.by = u.entry.by
			}
		}
		inside = append(inside, u.inside)
	}
	c.g.uses++
	u := &use{id: c.g.uses - 1, name: name, by: e.by, required: e.use == "required", unused: e.use == "unused", max: e.max, note: e.note, refuse: e.others == "refused"}
	s := c.g.segmentOf(n)
	if len(own) > 0 {
		u.values = own[0].step.values
	}
	if u.by == "" {
		u.by = qualifierOf(s)
	}
	u.spots = firstSpot(s, u.by)
	if n.Group {
		u.inside = c.group(n, inside, name)
		return u
	}
	for _, el := range e.elements {
		u.elements = append(u.elements, newElement(el, s))
	}
	return u
}

func newElement(e *elementEntry, s *directory.Segment) *elementRule {
	r := &elementRule{path: e.path, spots: spotsOf(s, e.path), required: e.use == "required", unused: e.use == "unused",
		format: e.format, codes: e.codes, names: e.names, note: e.note}
	if len(r.spots[0]) > 0 {
		first := r.spots[0][0]
		if r.element = first.Leaf; r.element != nil {
			r.name = r.element.Name
		} else {
			r.name = strings.ToLower(first.Field.Composite.Name)
		}
	}
	if e.codes != nil {
		r.known = map[string]bool{}
		for _, code := range e.codes {
			r.known[code] = true
		}
	}
	return r
}
