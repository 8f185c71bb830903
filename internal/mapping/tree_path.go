package mapping

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A path in a tree, XML or JSON, names elements from where it starts:
//
//	path      = { "../" } | "/" , step { sep step }
//	step      = name [ conditions ] [ "[" n "]" ] | "@" name | "."
//	conditions = "[" condition { "," condition } "]"
//	condition = name { sep name } | "@" name  "=" | "!=" value { "|" value }
//
// sep is "/" in XML and "." in JSON; names of XML may have a prefix, attributes begin with "@". "[2]" is the second of its
// name. "." alone is the element itself. A name or value with one of the path's own signs stands in single quotes. With "!="
// an element is meant in which none of the values stands, or nothing at all.
type treePath struct {
	text     string
	up       int
	absolute bool
	steps    []treeStep
}

type treeStep struct {
	name       string // "cbc:ID"; of an attribute without its "@"
	attribute  bool
	conditions []treeCondition
	nth        int // from 1; 0 where not said
	at         int // offset in the text
}

type treeCondition struct {
	steps  []treeStep
	values []string
	not    bool // none of the values stands there
}

type treePathParser struct {
	pathParser
	xml bool
}

func (p *treePathParser) separator() string {
	if p.xml {
		return "/"
	}
	return "."
}

// parseTreePath reads a path of a format whose records are trees.
func parseTreePath(text string, xml bool) (treePath, error) {
	p := treePathParser{pathParser{text: text}, xml}
	out := treePath{text: text}
	if text == "." {
		return out, nil
	}
	for p.take("../") {
		out.up++
	}
	if out.up == 0 && p.take("/") {
		out.absolute = true
	}
	var err error
	out.steps, err = p.steps(true)
	if err == nil && !p.end() {
		err = p.fault("nothing can follow here")
	}
	return out, err
}

// steps reads the names of a path.
func (p *treePathParser) steps(conditions bool) ([]treeStep, error) {
	var all []treeStep
	for {
		st := treeStep{at: p.pos}
		st.attribute = p.xml && p.take("@")
		if st.name = p.name(); st.name == "" {
			return nil, p.fault("a name is wanted here")
		}
		for conditions && !st.attribute && p.take("[") {
			if err := p.bracket(&st); err != nil {
				return nil, err
			}
		}
		all = append(all, st)
		if st.attribute || !p.take(p.separator()) {
			return all, nil
		}
	}
}

// bracket reads "2]" or conditions.
func (p *treePathParser) bracket(st *treeStep) error {
	if digits, _, ok := strings.Cut(p.text[p.pos:], "]"); ok && isDigits(digits) && digits != "" {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || n > 10_000 {
			return p.fault("items are counted from 1")
		}
		st.nth = n
		p.pos += len(digits) + 1
		return nil
	}
	for {
		steps, err := p.steps(false)
		if err != nil {
			return err
		}
		c := treeCondition{steps: steps, not: p.take("!")}
		if !p.take("=") {
			return p.fault(`after the name of a condition comes "=" or "!="`)
		}
		for {
			value := p.value()
			if value == "" {
				return p.fault("a condition has no value")
			}
			c.values = append(c.values, value)
			if !p.take("|") {
				break
			}
		}
		st.conditions = append(st.conditions, c)
		if p.take("]") {
			return nil
		}
		if !p.take(",") {
			return p.fault(`a condition ends with "," or "]"`)
		}
	}
}

// name reads a name, in single quotes where it holds one of the path's own signs.
func (p *treePathParser) name() string {
	if p.take("'") {
		text, _, closed := strings.Cut(p.text[p.pos:], "'")
		if !closed {
			return ""
		}
		p.pos += len(text) + 1
		return text
	}
	start := p.pos
	for p.pos < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.pos:])
		if strings.ContainsRune("/[]=,|@'!", r) || !p.xml && r == '.' {
			break
		}
		p.pos += n
	}
	return p.text[start:p.pos]
}
