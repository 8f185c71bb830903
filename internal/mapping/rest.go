package mapping

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/idoc"
	"github.com/batchgate/batchgate/flatfile/jsonfile"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// Rest makes a file of what was refused, in the form of the file it stood in: with its byte order mark, header and
// delimiter, or with the elements around its records. rows are what ReadOptions.Refused gave; open gives the file anew. It
// can be mended and dropped again. It gives the number of rows.
func (m *Mapping) Rest(w io.Writer, open func() (io.ReadCloser, error), rows iter.Seq[[]byte]) (int, error) {
	if m.tree != nil {
		return m.restOfTrees(w, open, rows)
	}
	file, err := open()
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if m.format == XLSX {
		return m.restOfWorkbook(w, file, rows)
	}
	if m.format == IDoc {
		return m.restOfIDocs(w, file, rows)
	}
	in := m.OpenRows(file, "")
	if err := in.ReadHeader(); err != nil {
		return 0, err
	}
	if m.format == Fixed {
		return m.layout.CopyRows(w, in.Preamble(), rows)
	}
	return m.dialect.CopyRows(w, in.Preamble(), rows)
}

// restOfTrees copies the records whose numbers are given.
func (m *Mapping) restOfTrees(w io.Writer, open func() (io.ReadCloser, error), rows iter.Seq[[]byte]) (int, error) {
	wanted := map[int64]bool{}
	for token := range rows {
		n, err := strconv.ParseInt(string(token), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is no number of a record", token)
		}
		wanted[n] = true
	}
	is := func(n int64) bool { return wanted[n] }
	if m.format == XML {
		return xmlfile.CopyFailed(w, open, m.tree.xmlOptions, is)
	}
	return jsonfile.CopyFailed(w, open, m.tree.jsonOptions, is)
}

// restOfIDocs makes a file of IDocs: one after the other, or in XML in an element of the name that the basic type has.
func (m *Mapping) restOfIDocs(w io.Writer, file io.Reader, rows iter.Seq[[]byte]) (int, error) {
	in := idoc.NewReader(file, m.idoc.read)
	if _, err := in.Read(); err != nil {
		if _, ok := errors.AsType[*flatfile.RowError](err); !ok {
			return 0, err
		}
	}
	before, behind := "", ""
	if in.IsXML() {
		before = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + m.idoc.basic + ">"
		behind = "</" + m.idoc.basic + ">\n"
	}
	n := 0
	if _, err := io.WriteString(w, before); err != nil {
		return 0, err
	}
	for row := range rows {
		if _, err := w.Write(row); err != nil {
			return n, err
		}
		n++
	}
	_, err := io.WriteString(w, behind)
	return n, err
}
