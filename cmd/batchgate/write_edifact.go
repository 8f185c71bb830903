package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/batchgate/batchgate/edifact"
)

// parseCharacters reads the six service characters of UNA.
func parseCharacters(text string) (edifact.Separators, error) {
	s, err := edifact.ParseUNA([]byte("UNA" + text))
	if err != nil {
		return s, fmt.Errorf("service characters %q: %w", text, err)
	}
	return s, nil
}

// segmentWriting makes interchanges of segment lines.
type segmentWriting struct {
	*lineWriting
	opts       []edifact.EncodeOption
	given      *edifact.Separators
	withoutUNA bool
	keep       bool
	out        io.Writer

	enc   *edifact.Encoder
	b     edifact.Builder
	count trailerCounts
}

// segments writes EDIFACT.
func (f *writeFlags) segments(lines *lineWriting, out io.Writer) error {
	w := segmentWriting{lineWriting: lines, out: out, withoutUNA: f.noUNA, keep: f.keepTrailers}
	end, err := f.lineEnd("")
	if err != nil {
		return err
	}
	w.opts = append(w.opts, edifact.WithNewlines(end))
	if f.characters != "" {
		sep, err := parseCharacters(f.characters)
		if err != nil {
			return &usageError{err}
		}
		w.given = &sep
	}
	if f.charset != "" {
		c, ok := edifact.LookupCharset(f.charset)
		if !ok {
			return unknown("--charset", f.charset, edifact.CharsetNames())
		}
		w.opts = append(w.opts, edifact.InCharset(c))
	}
	if err := eachLine(lines, w.segment); err != nil {
		return err
	}
	return w.enc.Flush()
}

// segment writes one line.
func (w *segmentWriting) segment(line *segmentLine) error {
	if line.Tag == "UNB" || line.Tag == "UIB" {
		if err := w.begin(line); err != nil {
			return err
		}
	}
	if w.enc == nil {
		return errors.New("an interchange begins with UNB")
	}
	if !w.keep {
		w.count.take(line, w.correct)
	}
	line.build(&w.b)
	if err := w.enc.WriteSegment(&w.b); err != nil {
		return err
	}
	if line.Object == nil {
		return nil
	}
	return w.enc.CopyObject(bytes.NewReader(*line.Object))
}

// begin makes an encoder for an interchange with the service characters that it says, or that are given.
func (w *segmentWriting) begin(line *segmentLine) error {
	if w.enc != nil {
		if err := w.enc.Flush(); err != nil {
			return err
		}
	}
	opts := slices.Clone(w.opts)
	without := w.withoutUNA
	sep := w.given
	if line.Service != nil {
		own, err := parseCharacters(line.Service.Characters)
		if err != nil {
			return err
		}
		if sep == nil {
			if own.Repetition == 0 {
				own.Repetition = ' '
			}
			sep = &own
			without = without || !line.Service.UNA
		}
	}
	if sep != nil {
		opts = append(opts, edifact.WithSeparators(*sep))
	}
	if without {
		opts = append(opts, edifact.WithoutUNA())
	}
	w.enc = edifact.NewEncoder(w.out, opts...)
	return nil
}

// correct tells of a trailer that was made right.
func (w *segmentWriting) correct(tag, what, got, want string) {
	fmt.Fprintf(w.talk, "batchgate: %s: line %d: %s says %s %q, written is %q\n", w.name, w.line, tag, what, got, want)
}

// build makes a segment of a line.
func (l *segmentLine) build(b *edifact.Builder) {
	b.Reset(l.Tag).Nest(l.Nesting...)
	for _, element := range l.Elements {
		for i, repeat := range element {
			if i == 0 {
				b.Element(repeat...)
			} else {
				b.Repeat(repeat...)
			}
		}
		if len(element) == 0 {
			b.Element()
		}
	}
}

// at gives a component of the first repetition, or "".
func (l *segmentLine) at(element, component int) string {
	if element < len(l.Elements) && len(l.Elements[element]) > 0 && component < len(l.Elements[element][0]) {
		return l.Elements[element][0][component]
	}
	return ""
}

// set sets the first component of an element.
func (l *segmentLine) set(element int, text string) {
	for len(l.Elements) <= element {
		l.Elements = append(l.Elements, nil)
	}
	l.Elements[element] = [][]string{{text}}
}

// trailerCounts counts what trailers have to say.
type trailerCounts struct {
	control, group, message string
	segments                int // of the message, 0 outside
	messages, groupMessages int
	groups                  int
}

// take counts a segment; a trailer gets the counts and references that are right, and changed is told of each that were
// other ones.
func (c *trailerCounts) take(line *segmentLine, changed func(tag, what, got, want string)) {
	c.segments++
	put := func(element int, what, want string) {
		got := line.at(element, 0)
		if n, err := strconv.Atoi(got); err == nil && what == "count" && strconv.Itoa(n) == want {
			return // with leading zeros
		}
		if got == want {
			return
		}
		if got != "" {
			changed(line.Tag, what, got, want)
		}
		line.set(element, want)
	}
	switch line.Tag {
	case "UNB":
		*c = trailerCounts{control: line.at(4, 0)}
	case "UIB":
		*c = trailerCounts{control: line.at(1, 0)}
	case "UNG":
		c.group, c.groupMessages = line.at(4, 0), 0
		c.groups++
	case "UNH":
		c.message, c.segments = line.at(0, 0), 1
		c.begun()
	case "UIH":
		c.message, c.segments = line.at(1, 0), 1
		c.begun()
	case "UNO":
		if c.message == "" {
			c.begun() // a package
		}
	case "UNT":
		put(0, "count", strconv.Itoa(c.segments))
		put(1, "reference", c.message)
		c.message = ""
	case "UIT": // both are conditional
		if c.message != "" {
			put(0, "reference", c.message)
		}
		if line.at(1, 0) != "" {
			put(1, "count", strconv.Itoa(c.segments))
		}
		c.message = ""
	case "UNE":
		put(0, "count", strconv.Itoa(c.groupMessages))
		put(1, "reference", c.group)
	case "UNZ":
		put(0, "count", strconv.Itoa(c.inInterchange()))
		put(1, "reference", c.control)
	case "UIZ":
		if c.control != "" {
			put(0, "reference", c.control)
		}
		if line.at(1, 0) != "" {
			put(1, "count", strconv.Itoa(c.inInterchange()))
		}
	}
}

// begun counts a message or package.
func (c *trailerCounts) begun() {
	c.messages++
	c.groupMessages++
}

// inInterchange is what UNZ counts: groups where there are any, otherwise messages.
func (c *trailerCounts) inInterchange() int {
	if c.groups > 0 {
		return c.groups
	}
	return c.messages
}
