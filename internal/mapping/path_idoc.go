package mapping

import "strings"

// An idocPath names a place in an IDoc:
//
//	path      = { "../" } | "/" , segment { "/" segment } [ "." field ]
//	segment   = NAME [ "[" condition { "," condition } "]" ]
//	condition = FIELD "=" value { "|" value }
//
// E1EDP01/E1EDP19[QUALF=002].IDTNR is the field IDTNR of the E1EDP19 with qualifier 002 in an E1EDP01.
type idocPath struct {
	up       int
	absolute bool
	steps    []idocStep
	field    string
	fieldAt  int // offset in the text
}

// idocStep is a segment on the way to a place.
type idocStep struct {
	name       string
	at         int
	conditions []idocCondition
	number     int // of the conditions among those of the mapping, or -1
}

// idocCondition is what must stand in a field of a segment.
type idocCondition struct {
	field  string
	values []string
	at     int
}

// parseIDocPath reads a path. Without a field it is one of segments alone, as `each` and `at` have it.
func parseIDocPath(text string) (idocPath, error) {
	p := pathParser{text: text}
	out := idocPath{}
	for p.take("../") {
		out.up++
	}
	if out.up == 0 && p.take("/") {
		out.absolute = true
	}
	for {
		step := idocStep{at: p.pos, number: -1}
		if step.name = p.name(); step.name == "" {
			return out, p.fault("a path goes on with a segment, as E1EDP01")
		}
		for p.take("[") {
			for {
				c := idocCondition{at: p.pos}
				if c.field = p.name(); c.field == "" || !p.take("=") {
					return out, p.fault("write a condition as [QUALF=002]")
				}
				for {
					value := p.value()
					if value == "" {
						return out, p.fault("a condition has no value")
					}
					if c.values = append(c.values, value); !p.take("|") {
						break
					}
				}
				if step.conditions = append(step.conditions, c); !p.take(",") {
					break
				}
			}
			if !p.take("]") {
				return out, p.fault(`a condition ends with "," or "]"`)
			}
		}
		out.steps = append(out.steps, step)
		if p.take("/") {
			continue
		}
		if p.take(".") {
			out.fieldAt = p.pos
			if out.field = p.name(); out.field == "" {
				return out, p.fault("a field is missing, as .BELNR")
			}
		}
		if !p.end() {
			return out, p.fault("nothing can follow here")
		}
		return out, nil
	}
}

// name reads the name of a segment or field.
func (p *pathParser) name() string {
	start := p.pos
	for p.pos < len(p.text) && (isAlnum(p.text[p.pos]) || p.text[p.pos] == '_') {
		p.pos++
	}
	return p.text[start:p.pos]
}

// inBlock puts a path below the segment of a block: a field of its own, or a place in a segment below it.
func inBlock(at, text string) string {
	switch {
	case at == "" || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "../"):
		return text
	case strings.Contains(text, "."):
		return at + "/" + text
	}
	return at + "." + text
}
