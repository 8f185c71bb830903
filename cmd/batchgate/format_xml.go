package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// xmlOptions reads --record: a path of names as they stand in the file, whose prefixes are those of the root.
func (f *treeFlags) xmlOptions(in *bufio.Reader, charset string) (xmlfile.Options, error) {
	o := xmlfile.Options{Record: f.record, Charset: charset, Namespaces: map[string]string{}}
	head, _ := in.Peek(64 << 10)
	tree, _ := xmlfile.Head(head, xmlfile.Options{Charset: charset})
	if tree != nil && f.record != "" {
		for prefix, space := range tree.Declared() {
			o.Namespaces[prefix] = space
		}
	}
	if err := o.Check(); err != nil {
		return o, &usageError{err}
	}
	return o, nil
}

func (f *treeFlags) eachElement(in io.Reader, name, charset string, fn func(any) error, say func(...finding.Finding)) error {
	buffered := bufio.NewReaderSize(in, 128<<10)
	o, err := f.xmlOptions(buffered, charset)
	if err != nil {
		return err
	}
	r := xmlfile.NewReader(buffered, o)
	r.SetFile(name)
	return eachGood(r.Records(), r.Findings, say, func(rec *xmlfile.Record) error {
		line := treeRecord{Format: "xml", Record: rec.Number(), Namespaces: map[string]string{}, Values: []treeValue{}, Place: rec.Place(0)}
		for i := range rec.Len() {
			line.element(rec, i)
		}
		if line.clash != "" {
			say(finding.Finding{Rule: "read.prefix-twice", Severity: finding.Note, Place: rec.Place(0),
				Message: fmt.Sprintf("the prefix %q stands for several namespaces; only the first is shown", line.clash)})
		}
		return fn(line)
	})
}

// element takes the attributes and the text of an element; one that has neither those nor elements has an empty text.
func (line *treeRecord) element(rec *xmlfile.Record, i int) {
	path := rec.PathOf(i)
	line.prefix(path[strings.LastIndexByte(path, '/')+1:], rec.Space(i))
	from, to := rec.Attrs(i)
	for k := from; k < to; k++ {
		of := rec.AttrPath(i, k)
		if space := rec.AttrSpace(k); space != "" {
			line.prefix(of[strings.LastIndexByte(of, '@')+1:], space)
		}
		line.Values = append(line.Values, treeValue{Path: of, Value: rec.AttrText(k), Place: rec.AttrPlace(i, k)})
	}
	if rec.HasText(i) || from == to && rec.End(i) == i+1 {
		line.Values = append(line.Values, treeValue{Path: path, Value: strings.TrimSpace(rec.Text(i)), Place: rec.TextPlace(i)})
	}
}

// prefix notes what the prefix of a name stands for. The first meaning counts.
func (line *treeRecord) prefix(name, space string) {
	prefix, _, ok := strings.Cut(name, ":")
	if !ok {
		prefix = ""
	}
	switch first, known := line.Namespaces[prefix]; {
	case known && first != space:
		line.clash = prefix
	case !known && space != "" && prefix != "xml":
		line.Namespaces[prefix] = space
	}
}
