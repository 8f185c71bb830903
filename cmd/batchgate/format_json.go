package main

import (
	"io"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/jsonfile"
)

func (f *treeFlags) eachValue(in io.Reader, name string, fn func(any) error, say func(...finding.Finding)) error {
	o := jsonfile.Options{Lines: f.lines}
	if f.record != "" {
		o.Record = strings.Split(f.record, ".")
	}
	if err := o.Check(); err != nil {
		return &usageError{err}
	}
	r := jsonfile.NewReader(in, o)
	r.SetFile(name)
	return eachGood(r.Records(), r.Findings, say, func(rec *jsonfile.Record) error {
		line := treeRecord{Format: "json", Record: rec.Number(), Values: []treeValue{}, Place: rec.Place(0)}
		for i := range rec.Len() {
			if shown(&rec.Tree, i) {
				line.Values = append(line.Values, treeValue{rec.Pointer(i), rec.Text(i), typeOf(rec.Kind(i)), rec.Place(i)})
			}
		}
		return fn(line)
	})
}

// shown tells whether a value is one of its own in what read gives: objects and arrays are by what stands in them, unless
// that is nothing, or names that look like the numbers of an array.
func shown(t *jsonfile.Tree, i int) bool {
	switch t.Kind(i) {
	case jsonfile.Object:
		return t.End(i) == i+1 || isIndex(t.Name(i+1))
	case jsonfile.Array:
		return t.End(i) == i+1
	}
	return true
}

// typeOf names what a value is; a string has no name.
func typeOf(k jsonfile.Kind) string {
	if k == jsonfile.String {
		return ""
	}
	name := k.String()
	return name[strings.LastIndexByte(name, ' ')+1:] // without its article
}
