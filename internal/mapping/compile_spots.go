package mapping

import (
	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/edifact/directory"
)

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
		for r := range min(f.Repeats, maxRepeats) {
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
