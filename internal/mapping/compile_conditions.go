package mapping

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

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
			for r := range min(s.Repeats, maxRepeats) {
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
		whole, fraction, marked := strings.Cut(strings.Replace(strings.TrimPrefix(v, "-"), ",", ".", 1), ".")
		n := len(whole) + len(fraction)
		return isDigits(whole) && isDigits(fraction) && whole != "" && marked == (fraction != "") && n <= f.Max && n >= f.Min
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
