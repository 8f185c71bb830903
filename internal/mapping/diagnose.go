package mapping

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
)

// source is the text of a mapping, for the places of what is found in it.
type source struct {
	lines *finding.Lines
	found finding.List
}

func newSource(file string, text []byte) *source {
	return &source{lines: finding.NewLines(file, text)}
}

// placeOf gives the place of a node.
func (s *source) placeOf(n *yaml.Node) finding.Place {
	return s.lines.Place(n.Line, n.Column)
}

// fault adds an error at a node.
func (s *source) fault(n *yaml.Node, rule, hint, format string, args ...any) {
	s.faultAt(n, whole, rule, hint, format, args...)
}

// whole is the offset that means a node as it stands, its quotes included.
const whole = -1

// faultAt adds an error at an offset in the text of a scalar.
func (s *source) faultAt(n *yaml.Node, offset int, rule, hint, format string, args ...any) {
	s.found = append(s.found, finding.Finding{
		Rule: rule, Severity: finding.Error, Place: s.within(n, offset), Value: finding.Cut(strings.ToValidUTF8(n.Value, "�")),
		Message: fmt.Sprintf(format, args...), Hint: hint, Source: s.lines.Source(n.Line),
	})
}

// warn adds a warning at an offset in the text of a scalar.
func (s *source) warn(n *yaml.Node, offset int, rule, hint, format string, args ...any) {
	s.faultAt(n, offset, rule, hint, format, args...)
	s.found[len(s.found)-1].Severity = finding.Warning
}

// within gives the place of an offset in the text of a scalar that stands on one line.
func (s *source) within(n *yaml.Node, offset int) finding.Place {
	p := s.placeOf(n)
	if offset == whole || n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return p
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		offset++
	}
	p.Column, p.Offset = p.Column+offset, p.Offset+int64(offset)
	return p
}

// didYouMean is the hint that names the nearest known name, or lists them all where they are few.
func didYouMean(name string, known []string) string {
	if near := finding.Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	if len(known) > 0 && len(known) <= 16 {
		return "known are " + strings.Join(known, ", ")
	}
	return ""
}

// expressionFault adds what is wrong with an expression.
func (s *source) expressionFault(n *yaml.Node, err error) {
	at, hint := 0, ""
	if e, ok := errors.AsType[*exprError](err); ok {
		hint = e.hint
		if e.at <= len(n.Value) {
			at = len(string([]rune(n.Value)[:min(e.at, len([]rune(n.Value)))]))
		}
	}
	s.faultAt(n, at, ruleExpression, hint, "%v", err)
}

// expressionFinding is what is wrong with an expression that stands outside of a mapping.
func expressionFinding(err error, place finding.Place, src string) finding.Finding {
	f := finding.Finding{Rule: ruleExpression, Severity: finding.Error, Place: place, Message: err.Error(), Source: finding.Cut(src)}
	if e, ok := errors.AsType[*exprError](err); ok {
		f.Hint = e.hint
		if place.Column > 0 && !strings.Contains(src, "\n") {
			f.Place.Column += e.at
		}
	}
	return f
}

// entry is a key of a mapping node and its value.
type entry struct{ key, value *yaml.Node }

// entries gives the pairs of a mapping node. Keys that stand twice or are no words are faults, and so are anchors.
func (s *source) entries(n *yaml.Node) []entry {
	if n.Kind != yaml.MappingNode {
		s.fault(n, ruleSyntax, "write key: value", "keys are wanted here, not %s", kindOf(n))
		return nil
	}
	seen := map[string]bool{}
	var all []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		e := entry{n.Content[i], n.Content[i+1]}
		switch {
		case e.key.Kind != yaml.ScalarNode || e.key.Value == "<<":
			s.fault(e.key, ruleSyntax, "", "a key is a word")
			continue
		case e.value.Kind == yaml.AliasNode:
			s.fault(e.value, ruleSyntax, "write what repeats as a block, and use it with `use:`", "mappings have no anchors")
			continue
		case seen[e.key.Value]:
			s.fault(e.key, ruleKey, "", "%q stands twice", e.key.Value)
			continue
		}
		seen[e.key.Value] = true
		all = append(all, e)
	}
	return all
}

// settings gives the values of a mapping node by key; keys that are not known are faults.
func (s *source) settings(n *yaml.Node, known ...string) map[string]*yaml.Node {
	values := map[string]*yaml.Node{}
	for _, e := range s.entries(n) {
		if !contains(known, e.key.Value) {
			s.fault(e.key, ruleKey, didYouMean(e.key.Value, known), "unknown key %q", finding.Cut(e.key.Value))
			continue
		}
		values[e.key.Value] = e.value
	}
	return values
}

// text gives a scalar's text; anything else, and an empty one, is a fault.
func (s *source) text(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Value == "" {
		s.fault(n, ruleValue, "", "a text is wanted here, not %s", kindOf(n))
		return "", false
	}
	return n.Value, true
}

// texts gives a list of texts, or one.
func (s *source) texts(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		if _, ok := s.text(n); ok {
			return []*yaml.Node{n}
		}
		return nil
	}
	var all []*yaml.Node
	for _, item := range n.Content {
		if _, ok := s.text(item); ok {
			all = append(all, item)
		}
	}
	if len(n.Content) == 0 {
		s.fault(n, ruleValue, "", "the list is empty")
	}
	return all
}

// choice gives the index of one of some words.
func (s *source) choice(n *yaml.Node, known []string) (int, bool) {
	text, ok := s.text(n)
	if !ok {
		return 0, false
	}
	for i, k := range known {
		if k == text {
			return i, true
		}
	}
	s.fault(n, ruleValue, didYouMean(text, known), "%q is none of %s", finding.Cut(text), strings.Join(known, ", "))
	return 0, false
}

// number gives a whole number within limits.
func (s *source) number(n *yaml.Node, least, most int) (int, bool) {
	var i int
	if n.Kind == yaml.ScalarNode && n.Tag == "!!int" && n.Decode(&i) == nil && i >= least && i <= most {
		return i, true
	}
	s.fault(n, ruleValue, "", "a whole number from %d to %d is wanted here", least, most)
	return 0, false
}

// flag gives a true or false.
func (s *source) flag(n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
		return n.Value == "true"
	}
	s.fault(n, ruleValue, "", "true or false is wanted here")
	return false
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "keys"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null" || n.Value == "":
		return "nothing"
	}
	return fmt.Sprintf("%q", finding.Cut(n.Value))
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
