package guideline

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
)

// People write these files.
const (
	maxSource = 4 << 20 // bytes
	maxDepth  = 32
)

// The names of the rules that a guideline itself may break.
const (
	RuleSyntax = "guideline.syntax" // the file is no YAML
	RuleKey    = "guideline.key"    // there is no such setting
	RuleValue  = "guideline.value"  // a setting has a value that it cannot have
	RulePath   = "guideline.path"   // the directory has no such segment, group or element
)

// source is the text of a guideline, for places, and what is wrong with it.
type source struct {
	file  string
	lines *finding.Lines
	root  *yaml.Node
	found finding.List
}

func parse(file string, text []byte) *source {
	s := &source{file: file, lines: finding.NewLines(file, nil)}
	if len(text) > maxSource {
		s.add(RuleSyntax, finding.Place{File: file}, "split it with extends", "the file has %d bytes, more than %d", len(text), maxSource)
		return s
	}
	s.lines = finding.NewLines(file, text)
	if !utf8.Valid(text) {
		s.add(RuleSyntax, finding.Place{File: file, Line: 1}, "save it as UTF-8", "the file is not UTF-8")
		return s
	}
	var doc yaml.Node
	if err := yaml.Load(text, &doc, yaml.WithPlugin(depthLimit{})); err != nil {
		s.syntaxError(err)
		return s
	}
	if len(doc.Content) > 0 {
		s.root = doc.Content[0]
	}
	s.plain(s.root, 0)
	return s
}

// depthLimit stops the parser where a file is nested deeper than any guideline is.
type depthLimit struct{}

func (depthLimit) CheckDepth(depth int, _ *yaml.DepthContext) error {
	if depth > maxDepth {
		return fmt.Errorf("nested more than %d levels deep", maxDepth)
	}
	return nil
}

func (depthLimit) CheckAlias(int, int) error { return nil }

// plain refuses anchors and aliases, which make a file longer than it looks, and keys given twice.
func (s *source) plain(n *yaml.Node, depth int) {
	if n == nil || depth > maxDepth {
		return
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		s.fault(n, RuleSyntax, "write the value out, or put it into a guideline that this one extends", "anchors and aliases are not used here")
		return
	}
	if n.Kind == yaml.MappingNode {
		first := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if line, twice := first[key.Value]; twice {
				s.fault(key, RuleKey, fmt.Sprintf("it stands in line %d already; keep one of them", line), "%q is given twice", key.Value)
			}
			first[key.Value] = key.Line
		}
	}
	for _, c := range n.Content {
		s.plain(c, depth+1)
	}
}

func (s *source) syntaxError(err error) {
	message, place := "the file is not YAML", finding.Place{File: s.file}
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		message += ": " + e.Message
		mark := e.Mark
		if mark.Line == 0 {
			mark = e.ContextMark
		}
		place = s.lines.Place(mark.Line, max(mark.Column, 1))
	}
	s.add(RuleSyntax, place, "check indentation, colons and quotes there and just before; quote texts that hold { } [ ] # * & or a colon", "%s", message)
}

// at gives the place of a node.
func (s *source) at(n *yaml.Node) finding.Place {
	if n == nil {
		return finding.Place{File: s.file}
	}
	p := s.lines.Place(n.Line, n.Column)
	if n.Kind == yaml.ScalarNode {
		p.Length = len(n.Value)
	}
	return p
}

func (s *source) fault(n *yaml.Node, rule, hint, format string, args ...any) {
	s.add(rule, s.at(n), hint, format, args...)
}

func (s *source) add(rule string, p finding.Place, hint, format string, args ...any) {
	f := finding.Finding{Rule: rule, Severity: finding.Error, Place: p, Message: fmt.Sprintf(format, args...), Hint: hint, Source: s.lines.Source(p.Line)}
	s.found = append(s.found, f)
}

// pairs gives keys and values of a mapping; a fault when the node is none.
func (s *source) pairs(n *yaml.Node, what string) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
			return
		}
		if n.Kind != yaml.MappingNode {
			s.fault(n, RuleValue, "write it as {name: value}", "%s is no table of settings", what)
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// text gives a plain value.
func (s *source) text(key, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		s.fault(n, RuleValue, "write one value", "%s is no plain value", key.Value)
		return ""
	}
	return n.Value
}

// choice gives one of some values.
func (s *source) choice(key, n *yaml.Node, allowed ...string) string {
	value := s.text(key, n)
	for _, a := range allowed {
		if a == value {
			return value
		}
	}
	if value != "" {
		s.fault(n, RuleValue, "write "+orList(allowed), "%s %q is not known", key.Value, finding.Cut(value))
	}
	return ""
}

func orList(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// unknown says that there is no such setting.
func (s *source) unknown(key *yaml.Node, where string, known ...string) {
	hint := "it has " + strings.Join(known, ", ")
	if near := finding.Nearest(key.Value, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	s.fault(key, RuleKey, hint, "%s has no setting %q", where, finding.Cut(key.Value))
}
