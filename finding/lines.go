package finding

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Lines is a text by its lines, for the places of what is found in it and the lines that stand there.
type Lines struct {
	file  string
	lines []string
	start []int // offset of each
}

// NewLines cuts a text at its line ends, LF or CRLF.
func NewLines(file string, text []byte) *Lines {
	l := &Lines{file: file}
	at := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		l.lines = append(l.lines, strings.TrimSuffix(line, "\r"))
		l.start = append(l.start, at)
		at += len(line) + 1
	}
	return l
}

// Place gives the place of a character: line and column from 1, as parsers of YAML count. A line that the text does not
// have gives a place without a column.
func (l *Lines) Place(line, column int) Place {
	p := Place{File: l.file, Line: line}
	if line < 1 || line > len(l.lines) {
		return p
	}
	text, at := l.lines[line-1], 0
	for ; column > 1 && at < len(text); column-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	p.Column, p.Offset = at+1, int64(l.start[line-1]+at)
	return p
}

// PlaceOf gives the place of a byte.
func (l *Lines) PlaceOf(offset int) Place {
	line := sort.SearchInts(l.start, offset+1)
	return Place{File: l.file, Line: line, Column: offset - l.start[line-1] + 1, Offset: int64(offset), Length: 1}
}

// Line gives a line from 1, "" where the text has none.
func (l *Lines) Line(n int) string {
	if n < 1 || n > len(l.lines) {
		return ""
	}
	return l.lines[n-1]
}

// Source gives a line as Finding.Source wants it.
func (l *Lines) Source(n int) string { return Cut(strings.ToValidUTF8(l.Line(n), "�")) }
