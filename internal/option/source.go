package option

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
)

// maxSource is how many bytes a settings file may have, and maxDepth how deep it may be nested. People write these files.
const (
	maxSource = 4 << 20
	maxDepth  = 32
)

// Source is a YAML file of settings, for places and source lines.
type Source struct {
	File  string
	Root  *yaml.Node // the top level; nil when the file is empty or broken
	lines *finding.Lines
}

// Parse reads a file that holds one YAML document.
func Parse(file string, src []byte) (*Source, finding.List) {
	s := &Source{File: file, lines: finding.NewLines(file, nil)}
	if len(src) > maxSource {
		return s, finding.List{{Rule: "option.yaml", Severity: finding.Error, Place: finding.Place{File: file},
			Message: fmt.Sprintf("the file has %d bytes, more than %d", len(src), maxSource), Hint: "split it into several files"}}
	}
	s.lines = finding.NewLines(file, src)
	if i := firstInvalid(src); i >= 0 {
		f := s.fault("option.yaml", s.lines.PlaceOf(i), "the file is not UTF-8 here")
		f.Hint = "save it as UTF-8"
		return s, finding.List{f}
	}
	var doc yaml.Node
	if err := yaml.Load(src, &doc, yaml.WithPlugin(depthLimit{})); err != nil {
		return s, finding.List{s.syntaxError(err)}
	}
	if len(doc.Content) > 0 {
		s.Root = doc.Content[0]
	}
	return s, s.plain(s.Root, 0)
}

// depthLimit stops the parser where a file is nested deeper than any settings are.
type depthLimit struct{}

func (depthLimit) CheckDepth(depth int, _ *yaml.DepthContext) error {
	if depth > maxDepth {
		return fmt.Errorf("nested more than %d levels deep", maxDepth)
	}
	return nil
}

func (depthLimit) CheckAlias(int, int) error { return nil }

// plain refuses what makes a file longer than it looks: anchors, aliases, merge keys. It also refuses keys given twice.
func (s *Source) plain(n *yaml.Node, depth int) finding.List {
	var found finding.List
	switch {
	case n == nil || depth > maxDepth:
		return nil
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		f := s.At(n, "option.alias", "anchors and aliases are not used here")
		f.Hint = "write the value out, or give it once for all flows on the partner's level"
		return finding.List{f}
	case n.Kind == yaml.MappingNode:
		found = s.twice(n)
	}
	for _, c := range n.Content {
		found = append(found, s.plain(c, depth+1)...)
	}
	return found
}

func (s *Source) twice(n *yaml.Node) finding.List {
	var found finding.List
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if before, ok := first[key.Value]; ok && key.Kind == yaml.ScalarNode {
			f := s.At(key, "option.duplicate", fmt.Sprintf("%q is given twice", key.Value))
			place := s.Place(before)
			f.Related, f.Hint = &place, fmt.Sprintf("it stands in line %d already; keep one of them", before.Line)
			found = append(found, f)
			continue
		}
		first[key.Value] = key
	}
	return found
}

// Place gives where a node stands.
func (s *Source) Place(n *yaml.Node) finding.Place {
	if n == nil {
		return finding.Place{File: s.File}
	}
	p := s.lines.Place(n.Line, n.Column)
	if n.Kind == yaml.ScalarNode && !strings.Contains(n.Value, "\n") {
		p.Length = len(n.Value)
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			p.Length += 2
		}
		if p.Line > 0 {
			p.Length = min(p.Length, max(0, len(s.Line(p.Line))-p.Column+1))
		}
	}
	return p
}

// Line gives a line of the file, counted from 1.
func (s *Source) Line(n int) string {
	return s.lines.Line(n)
}

// At makes an error about a node.
func (s *Source) At(n *yaml.Node, rule, message string) finding.Finding {
	return s.fault(rule, s.Place(n), message)
}

func (s *Source) fault(rule string, p finding.Place, message string) finding.Finding {
	return finding.Finding{Rule: rule, Severity: finding.Error, Place: p, Message: message, Source: s.lines.Source(p.Line)}
}

func (s *Source) syntaxError(err error) finding.Finding {
	message, place := "the file is not YAML", finding.Place{File: s.File}
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		message = "the file is not YAML: " + e.Message
		mark := e.Mark
		if mark.Line == 0 {
			mark = e.ContextMark
		}
		if mark.Line > 0 {
			place = s.lines.Place(mark.Line, max(mark.Column, 1))
		}
	}
	f := s.fault("option.yaml", place, message)
	if strings.Contains(strings.ToLower(f.Source), "secret") {
		f.Source = "" // who knows what stands there
	}
	f.Hint = "check indentation, colons and quotes there and just before; quote texts that hold { } [ ] # * & or a colon"
	return f
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}
