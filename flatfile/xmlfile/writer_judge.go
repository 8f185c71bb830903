package xmlfile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

func (w *Writer) refuse(name, value, reason string) error {
	return &flatfile.ValueError{Field: name, Value: finding.Cut(strings.ToValidUTF8(value, "�")), Reason: reason, Err: flatfile.ErrOptions}
}

// judgeOpen refuses what would not be read back as an element.
func (w *Writer) judgeOpen(name string, attrs []Attr) error {
	if w.ended {
		return w.refuse(name, "", "the root element has ended")
	}
	if len(w.open) >= DefaultMaxDepth {
		return w.refuse(name, "", fmt.Sprintf("elements nest deeper than %d", DefaultMaxDepth))
	}
	if err := w.judgeName(name); err != nil {
		return err
	}
	for i, a := range attrs {
		if err := w.judgeName(a.Name); err != nil {
			return err
		}
		if isDeclaration([]byte(a.Name)) {
			return w.refuse(a.Name, a.Value, "namespaces are declared by the writer's options")
		}
		for _, other := range attrs[:i] {
			if other.Name == a.Name {
				return w.refuse(a.Name, a.Value, "the attribute stands twice")
			}
		}
		if err := w.judgeText("@"+a.Name, a.Value); err != nil {
			return err
		}
	}
	if len(attrs) > maxAttributes {
		return w.refuse(name, "", "the element has more than 1000 attributes")
	}
	return nil
}

func (w *Writer) judgeName(name string) error {
	if !isName([]byte(name)) {
		return w.refuse(name, "", "this is not a name of XML")
	}
	if w.encoder != nil || w.set.name == "us-ascii" {
		for _, r := range name {
			if !w.has(r) {
				return &flatfile.ValueError{Field: name, Reason: "the character set does not have all its characters", Err: flatfile.ErrCharset}
			}
		}
	}
	prefix, _, found := strings.Cut(name, ":")
	if !found || prefix == "xml" {
		return nil
	}
	for _, n := range w.o.Namespaces {
		if n.Prefix == prefix {
			return nil
		}
	}
	return w.refuse(name, "", fmt.Sprintf("the prefix %q is not one of the namespaces", prefix))
}

func (w *Writer) judgeText(name, text string) error {
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return &flatfile.ValueError{Field: name, Value: finding.Cut(strings.ToValidUTF8(text, "�")), Reason: "the text is not UTF-8", Err: flatfile.ErrCharset}
		}
		if !isChar(r) || r == utf8.RuneError && w.encoder != nil {
			return &flatfile.ValueError{Field: name, Value: finding.Cut(text), Reason: fmt.Sprintf("the character %U cannot stand in XML", r), Err: flatfile.ErrCharset}
		}
	}
	return nil
}
