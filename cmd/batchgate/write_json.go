package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/batchgate/batchgate/flatfile/jsonfile"
)

// valueWriting makes JSON of values and their pointers (RFC 6901): what is open follows from one pointer to the next.
type valueWriting struct {
	file *jsonfile.Writer
	open []openValue // from the root
}

// openValue is an object or array that is written.
type openValue struct {
	name  string // in the object around it, or its number in the array
	array bool
}

// values writes JSON.
func (f *writeFlags) values(lines *lineWriting, out io.Writer) error {
	w := valueWriting{file: jsonfile.NewWriter(out, jsonfile.WriterOptions{Indent: f.indent, Lines: f.lines})}
	err := eachLine(lines, func(line *treeRecord) error {
		for _, v := range line.Values {
			if err := w.value(v); err != nil {
				return fmt.Errorf("%s: %v", v.Path, err) // ends the writing: a name may stand there without its value
			}
		}
		if f.lines {
			return w.close(0)
		}
		return nil
	})
	return lines.end(errors.Join(err, w.close(0), w.file.Flush()))
}

// value writes a value behind what leads to it.
func (w *valueWriting) value(v treeValue) error {
	steps := strings.Split(v.Path, "/") // the first is the root
	if steps[0] != "" {
		return errors.New("a JSON pointer begins with a slash")
	}
	for i := range steps {
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(steps[i])
	}
	same := 0
	for same < len(w.open) && same < len(steps)-1 && w.open[same].name == steps[same] {
		same++
	}
	if err := w.close(same); err != nil {
		return err
	}
	for i := same; i < len(steps)-1; i++ {
		if err := w.begin(steps[i], isIndex(steps[i+1])); err != nil {
			return err
		}
	}
	last := steps[len(steps)-1]
	switch v.Type {
	case "object":
		return w.begin(last, false)
	case "array":
		return w.begin(last, true)
	}
	if err := w.named(last); err != nil {
		return err
	}
	return w.scalar(v)
}

// isIndex tells whether a step of a pointer numbers an element.
func isIndex(step string) bool {
	return step != "" && strings.Trim(step, "0123456789") == "" && (step == "0" || step[0] != '0')
}

func (w *valueWriting) begin(name string, array bool) error {
	if err := w.named(name); err != nil {
		return err
	}
	w.open = append(w.open, openValue{name: name, array: array})
	if array {
		return w.file.Array()
	}
	return w.file.Object()
}

// named writes the name that a value of an object has. Elements follow each other, whatever their numbers.
func (w *valueWriting) named(name string) error {
	if len(w.open) == 0 || w.open[len(w.open)-1].array {
		return nil
	}
	return w.file.Name(name)
}

func (w *valueWriting) scalar(v treeValue) error {
	switch {
	case v.Type == "":
		return w.file.String(v.Value)
	case v.Type == "number":
		return w.file.Number(v.Value)
	case v.Type == "null":
		return w.file.Null()
	case v.Type == "boolean" && (v.Value == "true" || v.Value == "false"):
		return w.file.Bool(v.Value == "true")
	}
	return fmt.Errorf("%q is no value of the type %q", v.Value, v.Type)
}

// close ends what is open beyond some depth.
func (w *valueWriting) close(depth int) (err error) {
	for len(w.open) > depth && err == nil {
		w.open = w.open[:len(w.open)-1]
		err = w.file.Close()
	}
	return err
}
