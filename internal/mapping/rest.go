package mapping

import (
	"io"
	"iter"
)

// Rest makes a file of what was refused, in the form of the file it stood in: with its byte order mark, header and
// delimiter. rows are what ReadOptions.Refused gave. It can be mended and dropped again. It gives the number of rows.
func (m *Mapping) Rest(w io.Writer, file io.Reader, rows iter.Seq[[]byte]) (int, error) {
	in := m.OpenRows(file, "")
	if err := in.ReadHeader(); err != nil {
		return 0, err
	}
	if m.format == Fixed {
		return m.layout.CopyRows(w, in.Preamble(), rows)
	}
	return m.dialect.CopyRows(w, in.Preamble(), rows)
}
