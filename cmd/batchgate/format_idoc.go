package main

import (
	"bufio"
	"bytes"
	"io"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/idoc"
)

// idocLine is one segment of an IDoc: docs/json.md, "read".
type idocLine struct {
	IDoc    int           `json:"idoc"`
	Segment string        `json:"segment"`
	Release string        `json:"release,omitempty"`
	Number  int           `json:"number"`
	Level   int           `json:"level"`
	Values  []treeValue   `json:"values"`
	Place   finding.Place `json:"place"`
}

// isIDoc tells by its first bytes whether a file holds IDocs: flat ones begin with a control record, and XML has one soon.
func isIDoc(r *bufio.Reader) bool {
	first, _ := r.Peek(1024) // a shorter file gives what it has
	plain := plainStart(first)
	return bytes.HasPrefix(plain, []byte("EDI_DC")) || bytes.HasPrefix(plain, []byte("<")) && bytes.Contains(plain, []byte("<EDI_DC40"))
}

// eachSegment calls fn for every segment without a fault; say takes what is wrong or odd.
func eachSegment(in io.Reader, name, charset string, fn func(any) error, say func(...finding.Finding)) error {
	r := idoc.NewReader(in, idoc.Options{Charset: charset})
	r.SetFile(name)
	return eachGood(r.Segments(), r.Findings, say, func(seg *idoc.Segment) error {
		line := idocLine{IDoc: seg.IDoc(), Segment: seg.Name(), Release: seg.Release(), Number: seg.Number(), Level: seg.Level(), Values: []treeValue{}, Place: seg.Where()}
		for i := range seg.Fields() {
			text, err := seg.Text(i)
			if err != nil {
				say(finding.Finding{Rule: "flatfile.charset", Severity: finding.Error, Place: seg.Place(i), Message: err.Error()})
			} else if text != "" {
				line.Values = append(line.Values, treeValue{Path: seg.Field(i), Value: text, Place: seg.Place(i)})
			}
		}
		return fn(line)
	})
}
