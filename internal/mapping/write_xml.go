package mapping

import (
	"io"

	"github.com/batchgate/batchgate/flatfile/jsonfile"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// writeXML writes a root element with all that is in it.
func (w *writer) writeXML(out io.Writer, root *outNode) error {
	xw := xmlfile.NewWriter(out, w.m.tree.xmlWriter)
	if err := w.xmlElement(xw, root); err != nil {
		return err
	}
	return xw.Flush()
}

func (w *writer) xmlElement(xw *xmlfile.Writer, n *outNode) error {
	attrs, children := w.m.tree.sorted(n)
	var list []xmlfile.Attr
	for _, a := range attrs {
		list = append(list, xmlfile.Attr{Name: w.m.tree.written(a.name), Value: a.value.text})
	}
	if err := xw.Open(w.m.tree.written(n.name), list...); err != nil {
		return err
	}
	for i, a := range attrs {
		w.wroteText(a.value, xw.Place(i))
	}
	if n.value != nil {
		if err := xw.Text(n.value.text); err != nil {
			return err
		}
		w.wroteText(n.value, xw.Place(0))
	}
	for _, c := range children {
		if err := w.xmlElement(xw, c); err != nil {
			return err
		}
	}
	return xw.Close()
}

// writeJSON writes the values: one, an array of several, or a line for each.
func (w *writer) writeJSON(out io.Writer, roots []*outNode) error {
	jw := jsonfile.NewWriter(out, w.m.tree.jsonWriter)
	array := len(roots) > 1 && !w.m.tree.jsonWriter.Lines
	if array {
		if err := jw.Array(); err != nil {
			return err
		}
	}
	for _, r := range roots {
		if err := w.jsonValue(jw, r); err != nil {
			return err
		}
	}
	if array {
		if err := jw.Close(); err != nil {
			return err
		}
	}
	return jw.Flush()
}

// jsonValue writes an object, or the value of a member.
func (w *writer) jsonValue(jw *jsonfile.Writer, n *outNode) error {
	if n.value != nil {
		err := w.jsonScalar(jw, n.value)
		w.wroteText(n.value, jw.Place())
		return err
	}
	if err := jw.Object(); err != nil {
		return err
	}
	_, children := w.m.tree.sorted(n)
	for i := 0; i < len(children); i++ {
		c := children[i]
		if err := jw.Name(w.m.tree.written(c.name)); err != nil {
			return err
		}
		if !c.list && !c.array {
			if err := w.jsonValue(jw, c); err != nil {
				return err
			}
			continue
		}
		if err := jw.Array(); err != nil {
			return err
		}
		for ; i < len(children) && children[i].name == c.name; i++ {
			if err := w.jsonValue(jw, children[i]); err != nil {
				return err
			}
		}
		i--
		if err := jw.Close(); err != nil {
			return err
		}
	}
	return jw.Close()
}

func (w *writer) jsonScalar(jw *jsonfile.Writer, v *outText) error {
	switch v.kind {
	case numberText:
		return jw.Number(v.text)
	case flagText:
		return jw.Bool(v.text == "true")
	}
	return jw.String(v.text)
}
