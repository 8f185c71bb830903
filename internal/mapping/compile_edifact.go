package mapping

import (
	"errors"
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
	inherited  bool       // stands outside of the items of its scope
	idoc       *idocPlace // in an IDoc; nil in EDIFACT
	path       string
}

// maxRepeats is how many repetitions of an element are looked at for one value.
const maxRepeats = 99

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
	release, err := c.env.Directories.Open(top["directory"].Value)
	if err != nil {
		hint := "another release is read with batchgate directory import"
		if unknown, ok := errors.AsType[*directory.UnknownError](err); ok && unknown.Nearest != "" {
			hint = "did you mean " + unknown.Nearest + "? " + hint
		}
		c.fault(top["directory"], ruleValue, hint, "there is no directory %q", finding.Cut(top["directory"].Value))
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
	c.m.agency = "UN"
	if n := top["agency"]; n != nil {
		c.m.agency, _ = c.text(n)
	}
	if n := top["association"]; n != nil {
		c.m.association, _ = c.text(n)
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

// segmentIn finds a segment of a group; where it stands there twice, the one that is asked for.
func segmentIn(at *directory.Node, s pathSegment) *directory.Node {
	nth := max(s.nth, 1)
	for _, child := range at.Children {
		if child.ID != s.tag || child.Group {
			continue
		}
		if nth--; nth == 0 {
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
	return segmentIn(at, p.segment) != nil
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
	cand := &candidate{rule: r, segment: segmentIn(at, p.segment), anchor: anchor, steps: steps, needs: needsOf(steps), path: p.text}
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

// keyField gives the field that every document of a kind must have.
func keyField(k document.Kind) string { return document.KeyFields(k)[0] }
