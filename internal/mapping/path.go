package mapping

import (
	"fmt"
	"strconv"
	"strings"
)

// A path names a place in an EDIFACT message:
//
//	path      = { "../" } | "/" , { group "/" } , segment [ "." composite ] [ "." element ]
//	group     = "SG" digits [ conditions ]
//	segment   = TAG [ "#" n ] [ conditions ]
//	composite = "C" digits [ "#" n ] [ conditions ]
//	element   = digits [ "#" n ]
//	conditions = "[" condition { "," condition } "]"
//	condition = place "=" value { "|" value }
//
// "#2" is the second of several equal composites or elements, or the second row of a segment that a message has twice (UNS). The place of a condition is an element, an element of a
// composite ("C241.5153"), and for a group one of its trigger ("NAD.3035").
type path struct {
	text     string
	up       int  // number of "../"
	absolute bool // begins with "/"
	groups   []pathGroup
	segment  pathSegment
	hasPlace bool // something follows the groups
}

type pathGroup struct {
	name       string // "SG2"
	conditions []pathCondition
	at         int // offset in the text
}

type pathSegment struct {
	tag        string
	nth        int // from 1; 0 where not said
	conditions []pathCondition
	composite  pathPart
	element    pathPart
	at         int
}

// pathPart is a composite or an element, "" where none is named.
type pathPart struct {
	id         string
	nth        int // from 1; 0 where not said
	conditions []pathCondition
	at         int
}

type pathCondition struct {
	segment   string // the trigger's tag, in a condition of a group
	composite string
	element   string
	values    []string
	at        int
}

// pathError is a fault in the text of a path.
type pathError struct {
	at      int // offset in the text
	message string
	hint    string
}

func (e *pathError) Error() string { return e.message }

type pathParser struct {
	text string
	pos  int
}

// parsePath reads a path. A path of groups alone, as `each` and `at` have it, gives a path without a place.
func parsePath(text string) (path, error) {
	p := pathParser{text: text}
	out := path{text: text}
	for p.take("../") {
		out.up++
	}
	if out.up == 0 && p.take("/") {
		out.absolute = true
	}
	for {
		at := p.pos
		name := p.word()
		if name == "" {
			return out, p.fault("a path goes on with a group (SG2) or a segment (NAD)")
		}
		if !isGroupName(name) {
			return p.segment(out, name, at)
		}
		conditions, err := p.conditions()
		if err != nil {
			return out, err
		}
		out.groups = append(out.groups, pathGroup{name: name, conditions: conditions, at: at})
		if p.end() {
			return out, nil
		}
		if !p.take("/") {
			return out, p.fault(`after a group comes "/" and what stands in it`)
		}
	}
}

// segment reads a segment and what follows it.
func (p *pathParser) segment(out path, tag string, at int) (path, error) {
	if len(tag) != 3 || !isUpper(tag) {
		return out, &pathError{at: at, message: fmt.Sprintf("%q is neither a group nor a segment", tag), hint: "groups are written SG1, segments by their three letters"}
	}
	out.segment = pathSegment{tag: tag, at: at}
	out.hasPlace = true
	var err error
	if out.segment.nth, err = p.nth(); err != nil {
		return out, err
	}
	if out.segment.conditions, err = p.conditions(); err != nil {
		return out, err
	}
	for range 2 {
		if !p.take(".") {
			break
		}
		part, err := p.part()
		if err != nil {
			return out, err
		}
		switch {
		case isComposite(part.id) && out.segment.composite.id == "" && out.segment.element.id == "":
			out.segment.composite = part
		case isDigits(part.id) && out.segment.element.id == "":
			if len(part.conditions) > 0 {
				return out, &pathError{at: part.at, message: "an element cannot be chosen by a condition", hint: "write the condition at its composite or segment"}
			}
			out.segment.element = part
		default:
			return out, &pathError{at: part.at, message: fmt.Sprintf("%q cannot stand here", part.id), hint: "write SEGMENT.COMPOSITE.ELEMENT, as NAD.C080.3036"}
		}
	}
	if !p.end() {
		return out, p.fault("nothing can follow here")
	}
	return out, nil
}

func (p *pathParser) part() (pathPart, error) {
	part := pathPart{at: p.pos, id: p.word()}
	if part.id == "" {
		return part, p.fault("a composite (C080) or an element (3036) is missing")
	}
	var err error
	if part.nth, err = p.nth(); err != nil {
		return part, err
	}
	part.conditions, err = p.conditions()
	return part, err
}

// nth reads "#2"; 0 where there is none.
func (p *pathParser) nth() (int, error) {
	if !p.take("#") {
		return 0, nil
	}
	n := p.word()
	nth, err := strconv.Atoi(n)
	if err != nil || nth < 1 || nth > 99 || !isDigits(n) {
		return 0, p.fault("after # comes a number from 1 on")
	}
	return nth, nil
}

func (p *pathParser) conditions() ([]pathCondition, error) {
	if !p.take("[") {
		return nil, nil
	}
	var all []pathCondition
	for {
		c, err := p.condition()
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		if p.take("]") {
			return all, nil
		}
		if !p.take(",") {
			return nil, p.fault(`a condition ends with "," or "]"`)
		}
	}
}

func (p *pathParser) condition() (pathCondition, error) {
	c := pathCondition{at: p.pos}
	for {
		word := p.word()
		switch {
		case isDigits(word) && word != "":
			c.element = word
		case isComposite(word) && c.composite == "":
			c.composite = word
		case len(word) == 3 && isUpper(word) && c.segment == "" && c.composite == "":
			c.segment = word
		default:
			return c, &pathError{at: c.at, message: "a condition names an element", hint: "write [3035=BY] or [C241.5153=VAT]"}
		}
		if c.element != "" {
			break
		}
		if !p.take(".") {
			return c, &pathError{at: c.at, message: "a condition names an element", hint: "write [3035=BY] or [C241.5153=VAT]"}
		}
	}
	if !p.take("=") {
		return c, p.fault(`after the element of a condition comes "="`)
	}
	for {
		value := p.value()
		if value == "" {
			return c, p.fault("a condition has no value")
		}
		c.values = append(c.values, value)
		if !p.take("|") {
			return c, nil
		}
	}
}

// word reads letters and digits.
func (p *pathParser) word() string {
	start := p.pos
	for p.pos < len(p.text) && isAlnum(p.text[p.pos]) {
		p.pos++
	}
	return p.text[start:p.pos]
}

// value reads the value of a condition, in single quotes where it holds one of the path's own signs.
func (p *pathParser) value() string {
	if p.take("'") {
		text, _, closed := strings.Cut(p.text[p.pos:], "'")
		if !closed {
			return ""
		}
		p.pos += len(text) + 1
		return text
	}
	start := p.pos
	for p.pos < len(p.text) && !strings.ContainsRune("|,]", rune(p.text[p.pos])) {
		p.pos++
	}
	return p.text[start:p.pos]
}

func (p *pathParser) take(s string) bool {
	if strings.HasPrefix(p.text[p.pos:], s) {
		p.pos += len(s)
		return true
	}
	return false
}

func (p *pathParser) end() bool { return p.pos == len(p.text) }

func (p *pathParser) fault(message string) error {
	return &pathError{at: p.pos, message: message}
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func isUpper(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

// isGroupName tells SG2 from a segment. No segment of the directories is called SG and a digit.
func isGroupName(s string) bool {
	return len(s) > 2 && s[0] == 'S' && s[1] == 'G' && isDigits(s[2:])
}

// isComposite tells C080, S009 and E950 from an element.
func isComposite(s string) bool {
	return len(s) == 4 && (s[0] == 'C' || s[0] == 'S' || s[0] == 'E') && isDigits(s[1:])
}
