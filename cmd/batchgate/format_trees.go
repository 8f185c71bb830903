package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xlsx"
)

// treeFlags describe XML, JSON and workbooks on the command line.
type treeFlags struct {
	record, sheet string
	lines         bool
}

func (f *treeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.record, "record", "", "element of XML that is a record, from the root (Stock/Item), or member of JSON whose elements are (data.items); otherwise the whole file is one")
	cmd.Flags().StringVar(&f.sheet, "sheet", "", "sheet of a workbook; otherwise the first in sight")
	cmd.Flags().BoolVar(&f.lines, "lines", false, "each line of a JSON file is a record")
}

// kindOfFile is what a file is, by its first bytes.
type kindOfFile int

const (
	delimitedFile kindOfFile = iota
	edifactFile
	xmlFile
	jsonFile
	workbookFile
	idocFile
)

// recognise tells by its first bytes what a file is. What has no sign of its own is taken for a delimited file.
func recognise(r *bufio.Reader) kindOfFile {
	first, _ := r.Peek(512) // a shorter file gives what it has
	plain := plainStart(first)
	switch {
	case isEDIFACT(r):
		return edifactFile
	case isIDoc(r):
		return idocFile
	case bytes.HasPrefix(first, []byte("PK\x03\x04")), bytes.HasPrefix(first, []byte("\xD0\xCF\x11\xE0")):
		return workbookFile
	case bytes.HasPrefix(plain, []byte("<")), bytes.HasPrefix(first, []byte("\x4C\x6F\xA7\x94")):
		return xmlFile
	case bytes.HasPrefix(plain, []byte("{")), bytes.HasPrefix(plain, []byte("[")):
		return jsonFile
	}
	return delimitedFile
}

// plainStart gives the first characters of a text in UTF-8 or UTF-16, without byte order mark and white space.
func plainStart(first []byte) []byte {
	return bytes.TrimLeft(bytes.ReplaceAll(bytes.TrimLeft(first, "\xEF\xBB\xBF\xFE\xFF"), []byte{0}, nil), " \t\r\n")
}

// treeValue is one value of a record that is a tree: docs/json.md, "read".
type treeValue struct {
	Path  string        `json:"path"`
	Value string        `json:"value"`
	Type  string        `json:"type,omitempty"` // of JSON, but for strings
	Place finding.Place `json:"place"`
}

// treeRecord is one record of XML or JSON.
type treeRecord struct {
	Format     string            `json:"format"` // xml or json
	Record     int64             `json:"record"`
	Namespaces map[string]string `json:"namespaces,omitempty"` // by prefix
	Values     []treeValue       `json:"values"`
	Place      finding.Place     `json:"place"`

	clash string // a prefix that stands for several namespaces
}

// eachRecord calls fn for every record of an XML or JSON file, or row of a workbook, that has no fault; say takes what is
// wrong or odd. Its error is one of reading the bytes, or of fn.
func (f *treeFlags) eachRecord(kind kindOfFile, in io.Reader, name, charset string, fn func(any) error, say func(...finding.Finding)) error {
	switch kind {
	case xmlFile:
		return f.eachElement(in, name, charset, fn, say)
	case jsonFile:
		return f.eachValue(in, name, fn, say)
	case idocFile:
		return eachSegment(in, name, charset, fn, say)
	}
	return f.eachRow(in, name, fn, say)
}

// eachGood calls fn for every record that has no fault, and say with all that the reader found. Its error is one of reading
// the bytes, or of fn: a fault of the file stands among what was found.
func eachGood[T any](records iter.Seq2[T, error], found func() finding.List, say func(...finding.Finding), fn func(T) error) error {
	for rec, err := range records {
		switch {
		case err == nil:
			err = fn(rec)
		case ofFile(err):
			err = nil
		default:
			say(found()...)
		}
		if err != nil {
			return err
		}
	}
	say(found()...)
	return nil
}

// ofFile tells whether an error of reading says what is wrong with the file, or with a record of it.
func ofFile(err error) bool {
	_, row := errors.AsType[*flatfile.RowError](err)
	_, whole := errors.AsType[*flatfile.FileError](err)
	_, end := errors.AsType[*flatfile.Error](err)
	return row || whole || end
}

func (f *treeFlags) eachRow(in io.Reader, name string, fn func(any) error, say func(...finding.Finding)) (err error) {
	r, err := xlsx.NewReader(in, xlsx.Options{Sheet: f.sheet})
	if e, ok := errors.AsType[*flatfile.Error](err); ok {
		e.Finding.Place.File = name
		say(e.Finding)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	r.SetFile(name)
	return eachGood(r.Records(), r.Findings, say, func(rec *flatfile.Record) error {
		line := rowLine{Record: rec.Number(), Names: r.Header(), Values: []string{}, Place: rec.Where()}
		for i := range rec.Fields() {
			text, _ := rec.Text(i) // the texts of cells are UTF-8
			line.Values = append(line.Values, text)
		}
		return fn(line)
	})
}

// what names a kind of file with what was read of it.
func (k kindOfFile) what(n int64) string {
	switch k {
	case xmlFile:
		return fmt.Sprintf("XML, %d good records", n)
	case jsonFile:
		return fmt.Sprintf("JSON, %d good records", n)
	case workbookFile:
		return fmt.Sprintf("workbook, %d good rows", n)
	case idocFile:
		return fmt.Sprintf("IDocs, %d good segments", n)
	}
	return fmt.Sprintf("delimited file, %d good rows", n)
}
