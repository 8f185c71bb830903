package mapping

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// fieldPos is a place within a segment, counted from 0.
type fieldPos struct{ element, repeat, component int }

// fieldCondition is what must stand at a place. Where several places are equal, any of them will do.
type fieldCondition struct {
	fields []fieldPos
	values []string
	leaf   *directory.Element
}

// step is a group on the way to a place, and how its instances are told apart.
type step struct {
	group      *directory.Node
	conditions []fieldCondition
	number     int // of the conditions among those of the mapping; -1 where there are none
}

// spot is one of several equal places in a segment: a composite that may stand more than once, a repetition.
type spot struct {
	fields     []fieldPos // one, or the parts of one text
	format     fieldPos   // of a DTM: its format code
	hasFormat  bool
	conditions []fieldCondition // within the composite
	leaf       *directory.Element
}

// candidate is a place where a value of a rule may stand.
type candidate struct {
	number     int
	rule       *rule
	segment    *directory.Node
	anchor     *directory.Node // the group whose instance bounds it; the root for the message
	steps      []step          // from the anchor down
	needs      []int           // conditions of groups, from the anchor down
	conditions []fieldCondition
	spots      []spot
	inherited  bool // stands outside of the items of its scope
	path       string
}

// ediCompiler finds places in a message.
type ediCompiler struct {
	c        *compiler
	message  *directory.Message
	release  *directory.Release
	service  *directory.Release
	root     *directory.Node
	numbers  map[*directory.Node]int
	numbered map[string]int // conditions of groups by their text
	triggers map[int][]fieldCondition
	bearers  map[int]*directory.Node
}

// startEDIFACT opens the message in its directory.
func (c *compiler) startEDIFACT(root *yaml.Node, top map[string]*yaml.Node, each *yaml.Node) bool {
	if top["message"] == nil || top["directory"] == nil {
		c.fault(root, ruleKey, "write message: ORDERS and directory: D.96A", "message or directory is missing")
		return false
	}
	release, err := directory.Open(top["directory"].Value)
	if err != nil {
		c.fault(top["directory"], ruleValue, didYouMean(top["directory"].Value, directory.Names()), "there is no directory %q", finding.Cut(top["directory"].Value))
		return false
	}
	message, err := release.Message(top["message"].Value)
	if err != nil {
		c.fault(top["message"], ruleValue, didYouMean(top["message"].Value, release.Messages()), "%s has no message %q", release.Name(), finding.Cut(top["message"].Value))
		return false
	}
	c.m.message, c.m.syntax = message, 3
	if n := top["syntax"]; n != nil {
		if i, ok := c.number(n, 1, 4); ok {
			c.m.syntax, c.m.syntaxSaid = i, true
		}
	}
	if n := top["association"]; n != nil {
		c.m.agency, _ = c.text(n)
	}
	service, _ := directory.OpenService(c.m.syntax)
	c.edi = &ediCompiler{c: c, message: message, release: release, service: service, root: message.Root,
		numbers: map[*directory.Node]int{message.Root: 0}, numbered: map[string]int{}, triggers: map[int][]fieldCondition{}, bearers: map[int]*directory.Node{}}
	for i, n := range message.Nodes {
		c.edi.numbers[n] = i + 1
	}
	c.m.root.group = message.Root
	if each != nil {
		c.m.perGroup = true
		return c.edi.each(each, c.m.root)
	}
	return true
}

// each reads the group of a scope.
func (e *ediCompiler) each(n *yaml.Node, s *scope) bool {
	text, ok := e.c.text(n)
	if !ok {
		return false
	}
	p, err := parsePath(text)
	if err == nil && (p.hasPlace || p.up > 0 || p.absolute) {
		err = &pathError{message: "each ends with a group, as SG25 or SG10/SG15", hint: "a list repeats with a group, not with a segment"}
	}
	if err != nil {
		e.c.pathFault(n, err)
		return false
	}
	from := e.root
	if s.parent != nil {
		from = s.parent.group
	}
	steps, ok := e.walk(n, p, from)
	if !ok {
		return false
	}
	s.steps, s.group = steps, steps[len(steps)-1].group
	s.needs = needsOf(steps)
	return true
}

func needsOf(steps []step) []int {
	var needs []int
	for _, st := range steps {
		if st.number >= 0 {
			needs = append(needs, st.number)
		}
	}
	return needs
}

// groups finds the groups of a path from a scope.
func (e *ediCompiler) groups(n *yaml.Node, p path, s *scope) (*directory.Node, []step, bool) {
	anchor := e.anchor(n, p, s)
	if anchor == nil {
		return nil, nil, false
	}
	steps, ok := e.walk(n, p, anchor)
	return anchor, steps, ok
}

// anchor gives the group from which a path starts.
func (e *ediCompiler) anchor(n *yaml.Node, p path, s *scope) *directory.Node {
	if p.absolute {
		return e.root
	}
	at := s.group
	for range p.up {
		if at.Parent == nil {
			e.c.fault(n, rulePlace, "", "../ goes beyond the message")
			return nil
		}
		at = at.Parent
	}
	return at
}

// walk follows the groups of a path downwards.
func (e *ediCompiler) walk(n *yaml.Node, p path, from *directory.Node) ([]step, bool) {
	at := from
	var steps []step
	for _, g := range p.groups {
		next := childOf(at, g.name)
		if next == nil {
			e.c.faultAt(n, offsetIn(n, p, g.at), rulePlace, e.whereIs(g.name, from), "%s has no group %s", e.nodeName(at), g.name)
			return nil, false
		}
		st := step{group: next, number: -1}
		var ok bool
		if st.conditions, ok = e.groupConditions(n, p, next, g.conditions); !ok {
			return nil, false
		}
		if len(st.conditions) > 0 {
			st.number = e.numberOf(next, st.conditions)
		}
		steps, at = append(steps, st), next
	}
	return steps, true
}

// offsetIn gives an offset in the text of a node for one in a path; the path of a block has another text.
func offsetIn(n *yaml.Node, p path, at int) int {
	if n.Value == p.text {
		return at
	}
	return 0
}

func childOf(at *directory.Node, id string) *directory.Node {
	for _, child := range at.Children {
		if child.ID == id {
			return child
		}
	}
	return nil
}

// nodeName names a group for messages.
func (e *ediCompiler) nodeName(n *directory.Node) string {
	if n.Parent == nil {
		return e.message.Type + " " + e.release.Name()
	}
	return n.Path()
}

// whereIs is the hint that says where in the message a group or segment stands, relative to a group.
func (e *ediCompiler) whereIs(id string, from *directory.Node) string {
	var inside, elsewhere []string
	names := map[string]bool{}
	for _, n := range e.message.Nodes {
		names[n.ID] = true
		if n.ID != id {
			continue
		}
		path := n.Path()
		if from.Parent == nil {
			inside = append(inside, path)
		} else if rest, ok := strings.CutPrefix(path, from.Path()+"/"); ok {
			inside = append(inside, rest)
		} else {
			elsewhere = append(elsewhere, "/"+path)
		}
	}
	if all := append(inside, elsewhere...); len(all) > 0 {
		if len(all) > 4 {
			all = append(all[:4:4], "…")
		}
		return fmt.Sprintf("%s is %s", id, strings.Join(all, ", "))
	}
	return didYouMean(id, sortedKeys(names))
}

// numberOf numbers the conditions of a group; equal ones have the same number.
func (e *ediCompiler) numberOf(g *directory.Node, conditions []fieldCondition) int {
	key := g.Path()
	for _, c := range conditions {
		key += fmt.Sprint(c.fields, c.values)
	}
	if i, ok := e.numbered[key]; ok {
		return i
	}
	i := len(e.numbered)
	e.numbered[key], e.triggers[i], e.bearers[i] = i, conditions, g
	return i
}

// groupConditions finds the places of a group's conditions in its trigger.
func (e *ediCompiler) groupConditions(n *yaml.Node, p path, g *directory.Node, list []pathCondition) ([]fieldCondition, bool) {
	trigger := g.Trigger()
	for _, c := range list {
		if c.segment != "" && c.segment != trigger.ID {
			e.c.faultAt(n, offsetIn(n, p, c.at), rulePlace, fmt.Sprintf("write [%s.%s=…]", trigger.ID, c.element),
				"%s is chosen by its first segment %s, not by %s", g.ID, trigger.ID, c.segment)
			return nil, false
		}
	}
	return e.conditionsIn(n, p, trigger.ID, list)
}

// conditionsIn finds the places of conditions in a segment.
func (e *ediCompiler) conditionsIn(n *yaml.Node, p path, tag string, list []pathCondition) ([]fieldCondition, bool) {
	var out []fieldCondition
	for _, c := range list {
		if c.segment != "" && c.segment != tag {
			e.c.faultAt(n, offsetIn(n, p, c.at), rulePlace, "", "%s cannot be chosen by a place in %s", tag, c.segment)
			return nil, false
		}
		id := c.element
		if c.composite != "" {
			id = c.composite + "." + c.element
		}
		spots := e.find(tag, id)
		if len(spots) == 0 {
			e.unknownElement(n, offsetIn(n, p, c.at), tag, id)
			return nil, false
		}
		fc := fieldCondition{values: c.values, leaf: spots[0].Leaf}
		for _, s := range spots {
			for r := range s.Repeats {
				fc.fields = append(fc.fields, fieldPos{s.Element, r, s.Component})
			}
		}
		if !e.canHold(n, offsetIn(n, p, c.at), fc) {
			return nil, false
		}
		out = append(out, fc)
	}
	return out, true
}

// canHold tells whether the values of a condition can stand at its place.
func (e *ediCompiler) canHold(n *yaml.Node, at int, c fieldCondition) bool {
	codes := e.release.CodeList(c.leaf.ID)
	for _, v := range c.values {
		if !fits(c.leaf.Format, v) {
			e.c.faultAt(n, at, ruleNever, "", "%s (%s) is never %q", c.leaf.ID, c.leaf.Format, finding.Cut(v))
			return false
		}
		if codes != nil && c.leaf.HasCodes && !codes.Has([]byte(v)) {
			e.c.warn(n, at, ruleNever, didYouMean(v, codes.Values()), "%q is no code of %s in %s", finding.Cut(v), c.leaf.ID, e.release.Name())
		}
	}
	return true
}

// fits tells whether a text has the form of an element.
func fits(f directory.Format, v string) bool {
	runes := len([]rune(v))
	if f.Class == directory.Numeric {
		digits := strings.NewReplacer("-", "", ".", "", ",", "").Replace(v)
		return isDigits(digits) && digits != "" && len(digits) <= f.Max && len(digits) >= f.Min
	}
	return runes <= f.Max && runes >= f.Min && (f.Class != directory.Alphabetic || !strings.ContainsAny(v, "0123456789"))
}

// segmentOf gives the definition of a segment, of the directory or of the service segments.
func (e *ediCompiler) segmentOf(tag string) *directory.Segment {
	if s, ok := e.release.Segment(tag); ok {
		return s
	}
	if e.service != nil {
		if s, ok := e.service.Segment(tag); ok {
			return s
		}
	}
	return nil
}

func (e *ediCompiler) find(tag, id string) []directory.Spot {
	s := e.segmentOf(tag)
	if s == nil {
		return nil
	}
	return s.Find(id, e.c.m.syntax)
}

// unknownElement says that a segment has no such element, and which are near.
func (e *ediCompiler) unknownElement(n *yaml.Node, at int, tag, id string) {
	s := e.segmentOf(tag)
	if s == nil {
		e.c.faultAt(n, at, rulePlace, "", "%s has no segment %s", e.release.Name(), tag)
		return
	}
	known := s.Elements()
	hint := didYouMean(id, known)
	composite, element, ok := strings.Cut(id, ".")
	for _, name := range known {
		if ok && (strings.HasSuffix(name, "."+element) || name == element) {
			hint = fmt.Sprintf("did you mean %s.%s?", tag, name)
			break
		}
		if ok && strings.HasPrefix(name, composite+".") && hint == "" {
			hint = composite + " is in " + tag
		}
	}
	e.c.faultAt(n, at, rulePlace, hint, "%s has no %s", tag, id)
}

// field reads the places of a rule.
func (e *ediCompiler) field(n *yaml.Node, r *rule, b *block) bool {
	ok := true
	for _, text := range e.c.texts(n) {
		p, err := parsePath(text.Value)
		if err == nil && !p.hasPlace {
			err = &pathError{message: "a field stands in a segment, and this is a group", hint: "write SG1/RFF.C506.1154"}
		}
		if err != nil {
			e.c.pathFault(text, err)
			ok = false
			continue
		}
		if b != nil {
			p = p.under(b.at)
		}
		if !e.place(text, p, r) {
			ok = false
		}
	}
	return ok && len(r.places) > 0
}

// place adds the candidates of one path to a rule. In a document a group, what is not in the group itself is looked for
// in the groups around it, so that the fields of the header are inherited.
func (e *ediCompiler) place(n *yaml.Node, p path, r *rule) bool {
	anchors := []*directory.Node{e.anchor(n, p, r.scope)}
	if anchors[0] == nil {
		return false
	}
	if r.scope.parent == nil && e.c.m.perGroup && p.up == 0 && !p.absolute {
		for at := anchors[0].Parent; at != nil; at = at.Parent {
			anchors = append(anchors, at)
		}
	}
	found := false
	for _, anchor := range anchors {
		if !e.reaches(anchor, p) {
			continue
		}
		cand, ok := e.candidate(n, p, r, anchor)
		if !ok {
			return false
		}
		r.places = append(r.places, cand)
		found = true
	}
	if !found {
		e.missing(n, p, anchors[0])
	}
	return found
}

// reaches tells whether the groups and the segment of a path are below a group.
func (e *ediCompiler) reaches(at *directory.Node, p path) bool {
	for _, g := range p.groups {
		if at = childOf(at, g.name); at == nil {
			return false
		}
	}
	return childOf(at, p.segment.tag) != nil
}

// missing says which part of a path is not there.
func (e *ediCompiler) missing(n *yaml.Node, p path, anchor *directory.Node) {
	steps, ok := e.walk(n, p, anchor)
	if !ok {
		return
	}
	at := anchor
	if len(steps) > 0 {
		at = steps[len(steps)-1].group
	}
	e.c.faultAt(n, offsetIn(n, p, p.segment.at), rulePlace, e.whereIs(p.segment.tag, anchor), "%s has no %s", e.nodeName(at), p.segment.tag)
}

// candidate finds one place.
func (e *ediCompiler) candidate(n *yaml.Node, p path, r *rule, anchor *directory.Node) (*candidate, bool) {
	steps, ok := e.walk(n, p, anchor)
	if !ok {
		return nil, false
	}
	at := anchor
	if len(steps) > 0 {
		at = steps[len(steps)-1].group
	}
	cand := &candidate{rule: r, segment: childOf(at, p.segment.tag), anchor: anchor, steps: steps, needs: needsOf(steps), path: p.text}
	if cand.conditions, ok = e.conditionsIn(n, p, p.segment.tag, p.segment.conditions); !ok {
		return nil, false
	}
	if cand.spots, ok = e.spots(n, p, r); !ok {
		return nil, false
	}
	if r != nil && anchor != r.scope.group {
		cand.inherited = true
		if e.numbers[cand.segment] > e.numbers[r.scope.group] {
			e.c.faultAt(n, 0, ruleNever, "", "%s stands behind %s: it is not read yet when the item ends", cand.segment.Path(), r.scope.group.Path())
			return nil, false
		}
	}
	return cand, e.possible(n, p, cand, r)
}

// possible refuses conditions that contradict those of the groups around.
func (e *ediCompiler) possible(n *yaml.Node, p path, cand *candidate, r *rule) bool {
	around := append([]step(nil), cand.steps...)
	if r != nil {
		for s := r.scope; s != nil; s = s.parent {
			around = append(around, s.steps...)
		}
	}
	own := append([]fieldCondition(nil), cand.conditions...)
	if len(cand.spots) == 1 {
		own = append(own, cand.spots[0].conditions...)
	}
	for _, st := range around {
		if st.group.Trigger() != cand.segment {
			continue
		}
		for _, a := range st.conditions {
			for _, b := range own {
				if len(a.fields) == 1 && len(b.fields) == 1 && a.fields[0] == b.fields[0] && !overlap(a.values, b.values) {
					e.c.faultAt(n, offsetIn(n, p, p.segment.at), ruleNever, "", "%s is %s in this group, and never %s",
						a.leaf.ID, strings.Join(a.values, " or "), strings.Join(b.values, " or "))
					return false
				}
			}
		}
	}
	return true
}

func overlap(a, b []string) bool {
	for _, v := range a {
		if contains(b, v) {
			return true
		}
	}
	return false
}

// spots finds the places of the value in the segment.
func (e *ediCompiler) spots(n *yaml.Node, p path, r *rule) ([]spot, bool) {
	s := p.segment
	at := offsetIn(n, p, s.at)
	id := s.element.id
	if s.composite.id != "" {
		id = s.composite.id
		if s.element.id != "" {
			id += "." + s.element.id
		}
	}
	if id == "" {
		e.c.faultAt(n, at, rulePlace, "write an element behind it, as "+s.tag+".1004", "%s is a whole segment", s.tag)
		return nil, false
	}
	dtm := r != nil && r.form.kind == formDTM
	found := e.find(s.tag, id)
	if len(found) == 0 {
		e.unknownElement(n, at, s.tag, id)
		return nil, false
	}
	if !dtm && found[0].Leaf == nil {
		e.c.faultAt(n, at, rulePlace, "name an element of it", "%s is a whole composite", id)
		return nil, false
	}
	if dtm && found[0].Leaf != nil {
		e.c.faultAt(n, at, rulePlace, "write "+s.tag+".C507", "dtm takes value and format code together")
		return nil, false
	}
	return e.gather(n, p, r, byPosition(found, s))
}

// byPosition sorts places by the composite that they stand in, each repetition for itself, and takes those asked for by #.
func byPosition(found []directory.Spot, s pathSegment) [][]placed {
	var groups [][]placed
	index := map[fieldPos]int{}
	for _, f := range found {
		for r := range f.Repeats {
			key := fieldPos{f.Element, r, 0}
			i, ok := index[key]
			if !ok {
				i = len(groups)
				index[key] = i
				groups = append(groups, nil)
			}
			groups[i] = append(groups[i], placed{fieldPos{f.Element, r, f.Component}, f})
		}
	}
	if nth := s.composite.nth; nth > 0 {
		groups = groups[min(nth-1, len(groups)):min(nth, len(groups))]
	}
	if nth := s.element.nth; nth > 0 {
		if s.composite.id == "" && len(groups) > 1 {
			return groups[min(nth-1, len(groups)):min(nth, len(groups))]
		}
		for i := range groups {
			groups[i] = groups[i][min(nth-1, len(groups[i])):min(nth, len(groups[i]))]
		}
	}
	return groups
}

type placed struct {
	pos  fieldPos
	spot directory.Spot
}

// gather makes spots of places.
func (e *ediCompiler) gather(n *yaml.Node, p path, r *rule, groups [][]placed) ([]spot, bool) {
	parts := r != nil && r.fit.parts > 1
	var out []spot
	for _, g := range groups {
		conditions, ok := e.within(n, p, g)
		if !ok {
			return nil, false
		}
		if r != nil && r.form.kind == formDTM {
			sp, ok := e.dtmSpot(g[0])
			if !ok {
				e.c.faultAt(n, 0, rulePlace, "dtm takes C507", "%s is no date with its format code", g[0].spot.Field.ID)
				return nil, false
			}
			sp.conditions = conditions
			out = append(out, sp)
			continue
		}
		if parts {
			sp := spot{conditions: conditions, leaf: g[0].spot.Leaf}
			for i, f := range g {
				if i < r.fit.parts {
					sp.fields = append(sp.fields, f.pos)
				}
			}
			out = append(out, sp)
			continue
		}
		for _, f := range g {
			out = append(out, spot{fields: []fieldPos{f.pos}, conditions: conditions, leaf: f.spot.Leaf})
		}
	}
	if len(out) == 0 {
		e.c.faultAt(n, offsetIn(n, p, p.segment.at), rulePlace, "", "%s does not have that many", p.segment.tag)
		return nil, false
	}
	if parts && len(out[0].fields) < r.fit.parts {
		e.c.faultAt(n, 0, rulePlace, "", "%s has room for %d parts, not %d", p.text, len(out[0].fields), r.fit.parts)
		return nil, false
	}
	return out, true
}

// within finds the places of a composite's own conditions.
func (e *ediCompiler) within(n *yaml.Node, p path, g []placed) ([]fieldCondition, bool) {
	var out []fieldCondition
	if len(g) == 0 {
		return nil, true
	}
	for _, c := range p.segment.composite.conditions {
		fc := fieldCondition{values: c.values}
		composite := g[0].spot.Field.Composite
		if composite != nil && c.composite == "" {
			for i, f := range composite.Components {
				if f.ID == c.element {
					fc.fields, fc.leaf = []fieldPos{{g[0].pos.element, g[0].pos.repeat, i}}, f.Element
					break
				}
			}
		}
		if fc.leaf == nil {
			e.unknownElement(n, offsetIn(n, p, c.at), p.segment.tag, p.segment.composite.id+"."+c.element)
			return nil, false
		}
		if !e.canHold(n, offsetIn(n, p, c.at), fc) {
			return nil, false
		}
		out = append(out, fc)
	}
	return out, true
}

// dtmSpot finds value (2380) and format code (2379) of a composite.
func (e *ediCompiler) dtmSpot(g placed) (spot, bool) {
	sp := spot{}
	if g.spot.Field.Composite == nil {
		return sp, false
	}
	for i, f := range g.spot.Field.Composite.Components {
		pos := fieldPos{g.pos.element, g.pos.repeat, i}
		switch f.ID {
		case "2380":
			sp.fields, sp.leaf = []fieldPos{pos}, f.Element
		case "2379":
			sp.format, sp.hasFormat = pos, true
		}
	}
	return sp, sp.hasFormat && len(sp.fields) == 1
}

// keyField gives the field that every document of a kind must have.
func keyField(k document.Kind) string { return document.KeyFields(k)[0] }
