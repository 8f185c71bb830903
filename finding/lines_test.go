package finding

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLinesCountColumnsInBytes(t *testing.T) {
	l := NewLines("a.yaml", []byte("one: 1\r\nMüller: x\n"))
	p := l.Place(2, 9) // the x
	if p.File != "a.yaml" || p.Line != 2 || p.Column != 10 || p.Offset != 17 || l.Source(2) != "Müller: x" {
		t.Errorf("%+v, %q", p, l.Source(2))
	}
	for line, column := range map[int]int{0: 0, 2: 99, 3: 1, 4: 0} { // a column behind the line is its end, a line behind the text is none
		want := map[int]int{0: 0, 2: 11, 3: 1, 4: 0}[line]
		if p := l.Place(line, max(column, 1)); p.Column != want || p.Line != line {
			t.Errorf("line %d: %+v", line, p)
		}
	}
	if NewLines("", []byte("a\xFFb")).Source(1) != "a�b" || l.Line(4) != "" {
		t.Error("a line is not as a finding wants it")
	}
}

func TestLinesFindEveryByteAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z\n]{1,40}`).Draw(t, "text")
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		p := NewLines("", []byte(text)).PlaceOf(at)
		if want := strings.Count(text[:at], "\n") + 1; p.Line != want || p.Column != at-strings.LastIndexByte(text[:at], '\n') {
			t.Errorf("byte %d of %q: %+v", at, text, p)
		}
	})
}
