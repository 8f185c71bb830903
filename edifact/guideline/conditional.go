package guideline

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// conditional is a rule of the guideline's own: where everything in if holds, everything in then must.
type conditional struct {
	name    string
	level   finding.Severity
	within  string
	ifs     []*term
	thens   []*term
	message string
	src     *source
	node    *yaml.Node
	steps   []step          // of within
	group   *directory.Node // in each occurrence of which it is judged
}

// term is one condition about a segment or element.
type term struct {
	path   string // as written
	want   string // "present", "absent", "required", "unused", or "" for values
	values []string
	not    bool // the values are those that are meant not
	src    *source
	node   *yaml.Node

	steps []step              // from the top of the message
	spots [2][]directory.Spot // none for a segment
}

// termRef is a term of a rule that looks at a row.
type termRef struct {
	rule  *conditional
	index int // of the rule
	term  *term
	at    int // among ifs and thens, counted through
}

// conditionals reads the list of rules.
func (d *definition) conditionals(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		d.src.fault(n, RuleValue, "write a list, each rule as - name: ...", "rules is no list")
		return
	}
	for _, item := range n.Content {
		r := &conditional{level: finding.Error, src: d.src, node: item}
		for key, value := range d.src.pairs(item, "a rule") {
			switch key.Value {
			case "name":
				r.name = d.src.text(key, value)
			case "level":
				_ = r.level.UnmarshalText([]byte(d.src.choice(key, value, "error", "warning", "note"))) // choice has said it
			case "within":
				r.within = d.src.text(key, value)
			case "if":
				r.ifs = d.terms(value, "present", "absent")
			case "then":
				r.thens = d.terms(value, "required", "unused")
			case "message":
				r.message = d.src.text(key, value)
			default:
				d.src.unknown(key, "a rule", "name", "level", "within", "if", "then", "message")
			}
		}
		if r.name == "" || len(r.thens) == 0 {
			d.src.fault(item, RuleValue, "write - {name: NAME, if: {PATH: present}, then: {PATH: required}}", "a rule needs name and then")
			continue
		}
		d.rules = append(d.rules, r)
	}
}

// terms reads paths with what is wanted of them.
func (d *definition) terms(n *yaml.Node, words ...string) []*term {
	var all []*term
	for path, value := range d.src.pairs(n, "a condition") {
		t := &term{path: path.Value, src: d.src, node: path}
		switch value.Kind {
		case yaml.SequenceNode:
			t.values = d.list(path, value)
		case yaml.MappingNode:
			for key, values := range d.src.pairs(value, path.Value) {
				if key.Value != "not" {
					d.src.unknown(key, path.Value, "not")
					continue
				}
				t.not, t.values = true, d.list(key, values)
			}
		default:
			one := d.src.text(path, value)
			for _, w := range words {
				if one == w {
					t.want = w
				}
			}
			if t.want == "" && one != "" {
				t.values = []string{one}
			}
		}
		if t.want == "" && len(t.values) == 0 {
			d.src.fault(value, RuleValue, "write "+orList(append(words, "values")), "nothing is wanted of %s", path.Value)
			continue
		}
		all = append(all, t)
	}
	return all
}

// rule attaches a rule to the rows that it looks at.
func (c *compiler) rule(r *conditional) {
	r.group = c.g.Message.Root
	var outer []step
	if r.within != "" {
		steps, problem := parsePath(r.within)
		if problem != "" {
			r.src.fault(r.node, RulePath, "write it as SG25", "within %q %s", r.within, problem)
			return
		}
		if err := locate(c.g.Message.Root, steps); err != nil {
			r.src.fault(r.node, RulePath, "within is the path of a group", "%v", err)
			return
		}
		outer, r.steps, r.group = steps, steps, steps[len(steps)-1].node
		if !r.group.Group {
			r.src.fault(r.node, RulePath, "name the group around it", "within %q is no group", r.within)
			return
		}
	}
	index := len(c.g.rules)
	good := true
	for _, t := range append(r.ifs[:len(r.ifs):len(r.ifs)], r.thens...) {
		good = c.term(t, outer, r.group) && good
	}
	if !good {
		return
	}
	c.g.rules = append(c.g.rules, r)
	for i, t := range append(r.ifs[:len(r.ifs):len(r.ifs)], r.thens...) {
		row := t.steps[len(t.steps)-1].node
		if row.Group {
			row = row.Trigger()
		}
		c.g.terms[row] = append(c.g.terms[row], termRef{r, index, t, i})
	}
}

// term finds the row and the places of a term.
func (c *compiler) term(t *term, outer []step, from *directory.Node) bool {
	path, element := t.path, ""
	tail := strings.LastIndexAny(path, "/]")
	if dot := strings.IndexByte(path[tail+1:], '.'); dot >= 0 {
		path, element = path[:tail+1+dot], path[tail+1+dot+1:]
	}
	steps, problem := parsePath(path)
	if problem != "" {
		t.src.fault(t.node, RulePath, "write it as SG2[BY]/NAD.C082.3039", "%s %s", t.path, problem)
		return false
	}
	if err := locate(from, steps); err != nil {
		t.src.fault(t.node, RulePath, "paths of a rule begin at its within, or at the top of the message", "%v", err)
		return false
	}
	t.steps = append(outer[:len(outer):len(outer)], steps...)
	last := steps[len(steps)-1].node
	if element == "" {
		if t.want == "" {
			t.src.fault(t.node, RuleValue, "name an element, as "+trigger(last)+"."+qualifierOf(c.g.segmentOf(last)), "%s is a segment and has no value", t.path)
			return false
		}
		return true
	}
	s := c.g.segmentOf(last)
	if last.Group {
		t.src.fault(t.node, RulePath, "write "+path+"/"+trigger(last)+"."+element, "%s names an element of a group", t.path)
		return false
	}
	if t.spots = spotsOf(s, element); len(t.spots[0]) == 0 {
		t.src.fault(t.node, RulePath, "it has "+strings.Join(s.Elements(), ", "), "%s has no element %q", s.Tag, finding.Cut(element))
		return false
	}
	return true
}
