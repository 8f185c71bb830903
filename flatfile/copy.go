package flatfile

import (
	"bytes"
	"io"
	"iter"
)

// CopyRows writes some rows of a file as a file of their own, byte for byte as they stood: preamble as Reader.Preamble
// gave it, so with the byte order mark, header, delimiter and character set of the file, then rows as Record.Raw gave
// them. A row that had no line end, the last of its file, gets that of the others. It gives the number of rows written.
//
// This is how the failed rows of a file become a file that can be mended and dropped again.
func (d Delimited) CopyRows(w io.Writer, preamble []byte, rows iter.Seq[[]byte]) (int, error) {
	c, err := d.compile()
	if err != nil {
		return 0, err
	}
	return copyRows(w, &c.charset, c.lineEnd, preamble, rows)
}

// CopyRows writes some records of a file as a file of their own, byte for byte as they stood, as [Delimited.CopyRows] does.
func (l Layout) CopyRows(w io.Writer, preamble []byte, rows iter.Seq[[]byte]) (int, error) {
	c, err := l.compile()
	if err != nil {
		return 0, err
	}
	switch {
	case l.Words == BlockWords:
		rows = c.inBlocks(rows)
		fallthrough
	case !c.lines() && !l.Ended:
		return copyPlain(w, preamble, rows)
	case !c.charset.ascii:
		return copyPlain(w, preamble, c.withEnds(rows))
	}
	return copyRows(w, &c.charset, c.lineEnd, preamble, rows)
}

// inBlocks puts each record into a block of its own.
func (l *layout) inBlocks(rows iter.Seq[[]byte]) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var b []byte
		for row := range rows {
			if b = append(l.appendWord(b[:0], len(row)), row...); !yield(b) {
				return
			}
		}
	}
}

// withEnds gives a record that had no line end, the last of its file, one of EBCDIC.
func (l *layout) withEnds(rows iter.Seq[[]byte]) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for row := range rows {
			if len(row) <= l.Length || l.lines() && l.body(row) == len(row) {
				row = append(bytes.Clone(row), l.lineEnd...)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// copyPlain copies rows that need nothing behind them.
func copyPlain(w io.Writer, preamble []byte, rows iter.Seq[[]byte]) (int, error) {
	if _, err := w.Write(preamble); err != nil {
		return 0, err
	}
	n := 0
	for row := range rows {
		if _, err := w.Write(row); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// copyRows copies rows of lines, or of one length where there are no line ends.
func copyRows(w io.Writer, cs *charset, end string, preamble []byte, rows iter.Seq[[]byte]) (int, error) {
	encode := lineEndEncoder(cs, preamble)
	if seen := lineEndAtEnd(preamble, encode); seen != nil {
		end = string(seen)
	} else {
		end = string(encode(end))
	}
	if _, err := w.Write(preamble); err != nil {
		return 0, err
	}
	n := 0
	for row := range rows {
		seen := lineEndAtEnd(row, encode)
		if seen == nil {
			row = append(bytes.Clone(row), end...)
		} else if end != "" {
			end = string(seen)
		}
		if _, err := w.Write(row); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// lineEndEncoder gives how line ends are written in a file that begins with preamble.
func lineEndEncoder(cs *charset, preamble []byte) func(string) []byte {
	order := cs.order
	for _, m := range byteOrderMarks {
		if bytes.HasPrefix(preamble, []byte(m.mark)) {
			order = newCharset(m.charset).order
		}
	}
	return func(s string) []byte {
		if order == nil {
			return []byte(s)
		}
		return appendUTF16(nil, []byte(s), order)
	}
}

// lineEndAtEnd gives the line end that b ends with, or nil.
func lineEndAtEnd(b []byte, encode func(string) []byte) []byte {
	for _, end := range []string{"\r\n", "\n", "\r"} {
		if e := encode(end); bytes.HasSuffix(b, e) {
			return e
		}
	}
	return nil
}
