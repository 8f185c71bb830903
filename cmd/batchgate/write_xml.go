package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// elementWriting makes XML of values and their paths: what is open follows from one path to the next.
type elementWriting struct {
	file  *xmlfile.Writer
	open  []string       // the steps that lead to the element last written: "Item[2]"
	path  string         // of the element whose attributes are gathered
	attrs []xmlfile.Attr // of an element not yet written
}

// elements writes XML.
func (f *writeFlags) elements(lines *lineWriting, out io.Writer) error {
	var w *elementWriting
	err := eachLine(lines, func(line *treeRecord) error {
		if w == nil {
			w = &elementWriting{file: xmlfile.NewWriter(out, f.xmlOptions(line))}
		} else if err := w.leave(line.Place.Path); err != nil {
			return err
		}
		for _, v := range line.Values {
			if err := w.value(v); err != nil {
				return fmt.Errorf("%s: %v", v.Path, err) // ends the writing: what follows would stand in the wrong element
			}
		}
		return w.attributes("")
	})
	if w != nil {
		err = errors.Join(err, w.close(0), w.file.Flush())
	}
	return lines.end(err)
}

// xmlOptions declares the namespaces of the first record at the root.
func (f *writeFlags) xmlOptions(line *treeRecord) xmlfile.WriterOptions {
	o := xmlfile.WriterOptions{Charset: f.charset, Indent: f.indent}
	for prefix, space := range line.Namespaces {
		o.Namespaces = append(o.Namespaces, xmlfile.Namespace{Prefix: prefix, Name: space})
	}
	slices.SortFunc(o.Namespaces, func(a, b xmlfile.Namespace) int { return strings.Compare(a.Prefix, b.Prefix) })
	return o
}

// leave ends the record before, whose path is that of the next.
func (w *elementWriting) leave(path string) error {
	if path == "" {
		return errors.New("place.path is missing: the elements around this record and the one before are not known")
	}
	return w.close(max(0, strings.Count(path, "/")-1))
}

// value takes an attribute, or writes the text of an element.
func (w *elementWriting) value(v treeValue) error {
	path, name, attribute := strings.Cut(v.Path, "/@")
	if err := w.attributes(path); err != nil {
		return err
	}
	if attribute {
		w.path, w.attrs = path, append(w.attrs, xmlfile.Attr{Name: name, Value: v.Value})
		return nil
	}
	if err := w.reach(path); err != nil {
		return err
	}
	return w.file.Text(v.Value)
}

// attributes opens the element whose attributes were gathered, unless the next value belongs to it.
func (w *elementWriting) attributes(next string) error {
	if w.attrs == nil || w.path == next && next != "" {
		return nil
	}
	return w.reach(w.path)
}

// reach closes and opens elements until that of a path is the innermost; it gets the attributes that were gathered.
func (w *elementWriting) reach(path string) error {
	steps := strings.Split(strings.TrimPrefix(path, "/"), "/")
	same := 0
	for same < len(w.open) && same < len(steps) && w.open[same] == steps[same] {
		same++
	}
	if err := w.close(same); err != nil {
		return err
	}
	for i, step := range steps[same:] {
		name, _, _ := strings.Cut(step, "[")
		var attrs []xmlfile.Attr
		if same+i == len(steps)-1 {
			attrs, w.attrs = w.attrs, nil
		}
		if err := w.file.Open(name, attrs...); err != nil {
			return err
		}
		w.open = append(w.open, step)
	}
	return nil
}

// close ends what is open beyond some depth.
func (w *elementWriting) close(depth int) (err error) {
	for len(w.open) > depth && err == nil {
		w.open = w.open[:len(w.open)-1]
		err = w.file.Close()
	}
	return err
}
