package idoc

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// xmlWriter writes elements.
type xmlWriter struct {
	w      io.Writer
	b      bytes.Buffer
	root   string
	names  []string // of the segments that are open
	offset int64
	places map[string]finding.Place
}

// begin writes the root, and the control record of an IDoc.
func (x *xmlWriter) begin(root string, def *definition, values []string) error {
	switch {
	case x.root == "":
		fmt.Fprintf(&x.b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s>", root)
		x.root = root
	case x.root != root:
		return &flatfile.ValueError{Field: "EDI_DC40.IDOCTYP", Value: root, Reason: "an XML file holds IDocs of one basic type, and this one began with " + x.root, Err: flatfile.ErrOptions}
	}
	x.b.WriteString(`<IDOC BEGIN="1">`)
	x.element(def, values)
	x.b.WriteString("</" + ControlName + ">")
	return x.send()
}

// segment writes a segment, those that are open at its level and below ended before.
func (x *xmlWriter) segment(def *definition, level int, values []string) error {
	x.endTo(level - 1)
	x.element(def, values)
	x.names = append(x.names, def.name)
	return x.send()
}

// element writes the start of a segment, and its fields.
func (x *xmlWriter) element(def *definition, values []string) {
	x.places = map[string]finding.Place{}
	fmt.Fprintf(&x.b, `<%s SEGMENT="1">`, def.name)
	for i, v := range values {
		if v == "" {
			continue
		}
		x.b.WriteString("<" + def.fields[i].Name + ">")
		at := x.b.Len()
		x.b.WriteString(escapeText(v))
		x.places[def.fields[i].Name] = finding.Place{Offset: x.offset + int64(at), Length: x.b.Len() - at}
		x.b.WriteString("</" + def.fields[i].Name + ">")
	}
}

// escapeText writes the characters that mean something in XML as references.
func escapeText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// endTo ends the segments below a level.
func (x *xmlWriter) endTo(level int) {
	for len(x.names) > level {
		last := len(x.names) - 1
		x.b.WriteString("</" + x.names[last] + ">")
		x.names = x.names[:last]
	}
}

// end ends an IDoc.
func (x *xmlWriter) end() error {
	x.endTo(0)
	x.b.WriteString("</IDOC>")
	return x.send()
}

// close ends the file.
func (x *xmlWriter) close() error {
	if x.root == "" {
		return nil
	}
	x.b.WriteString("</" + x.root + ">\n")
	x.root = ""
	return x.send()
}

func (x *xmlWriter) send() error {
	n, err := x.w.Write(x.b.Bytes())
	x.offset += int64(n)
	x.b.Reset()
	return err
}
