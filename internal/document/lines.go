package document

import (
	"bytes"
	"errors"
)

// AppendLine appends a document as JSON in a line of its own, the form in which many are kept.
func AppendLine(dst []byte, d *Document) []byte { return append(d.AppendJSON(dst), '\n') }

// ParseLines reads what [AppendLine] wrote: all that can be read, and what is wrong with others.
func ParseLines(b []byte) ([]*Document, error) {
	var docs []*Document
	var wrong []error
	for line := range bytes.Lines(b) {
		d, err := ParseJSON(line)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		docs = append(docs, d)
	}
	return docs, errors.Join(wrong...)
}
