package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

// mostUnit is how many bytes a message may have to be compared, which has to lie in memory.
const mostUnit = 64 << 20

// unit is what diff compares with its partner in the other file: a message, or a segment of the envelope.
type unit struct {
	kind      string // "ORDERS", or "UNB"
	reference string // 0062
	segments  []plainSegment
	size      int
}

// plainSegment is a segment by what it says, without what is empty at the end of repetitions, elements and segment.
type plainSegment struct {
	tag      string
	elements [][][]string
	text     string // all of it, in one form for all ways to write it
	place    finding.Place
	places   func(element, repeat, component int) finding.Place
}

// key names a unit: what it says of itself that stays when it is changed.
func (u *unit) key() string {
	for _, s := range u.segments[:min(len(u.segments), 4)] {
		if s.tag == "BGM" {
			return u.kind + " " + s.at(1)
		}
	}
	return u.kind
}

// title names a unit for people.
func (u *unit) title() string {
	if u.reference == "" {
		return u.kind
	}
	return strings.TrimSpace("message " + u.reference + " " + u.key())
}

// at gives the first component of an element, or "".
func (s *plainSegment) at(element int) string {
	if element < len(s.elements) && len(s.elements[element]) > 0 && len(s.elements[element][0]) > 0 {
		return s.elements[element][0][0]
	}
	return ""
}

// plain reads a segment. Texts that the character set does not have are compared as they can be shown.
func plain(seg *edifact.Segment) plainSegment {
	p := plainSegment{tag: seg.Tag(), place: seg.Place(-1, -1, -1), places: seg.Clone().Place}
	var text strings.Builder
	text.WriteString(p.tag)
	for e := range seg.Elements() {
		var element [][]string
		for r := range seg.Repeats(e) {
			var repeat []string
			for c := range seg.Components(e, r) {
				value, err := seg.Text(e, r, c)
				if err != nil {
					value = fmt.Sprintf("%q", seg.Bytes(e, r, c))
				}
				repeat = append(repeat, value)
			}
			element = append(element, trimmed(repeat, func(s string) bool { return s == "" }))
		}
		p.elements = append(p.elements, trimmed(element, func(r []string) bool { return len(r) == 0 }))
	}
	p.elements = trimmed(p.elements, func(e [][]string) bool { return len(e) == 0 })
	for _, e := range p.elements {
		text.WriteByte('+')
		for i, r := range e {
			if i > 0 {
				text.WriteByte('*')
			}
			for j, c := range r {
				if j > 0 {
					text.WriteByte(':')
				}
				text.WriteString(escaper.Replace(c))
			}
		}
	}
	p.text = text.String()
	return p
}

// escaper makes values with separators in them different from separated ones.
var escaper = strings.NewReplacer("?", "??", "+", "?+", ":", "?:", "*", "?*", "'", "?'")

// trimmed gives a list without what is empty at its end.
func trimmed[T any](list []T, empty func(T) bool) []T {
	for len(list) > 0 && empty(list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	return list
}

// units reads a file unit by unit.
type units struct {
	file  *os.File
	in    *edifact.Reader
	talk  io.Writer
	ahead *unit
	err   error // the file cannot be read on, or compared
	ended bool
	lost  bool // it breaks off
}

func (u *units) close() { _ = u.file.Close() }

// next gives up the unit that peek gave.
func (u *units) next() { u.ahead = nil }

// peek gives the next unit, or nil behind the last.
func (u *units) peek() *unit {
	if u.ahead == nil && !u.ended {
		u.ahead = u.read()
	}
	return u.ahead
}

func (u *units) read() *unit {
	var x unit
	for {
		ev, err := u.in.Next()
		if err != nil {
			u.ended = true
			if lost, ok := errors.AsType[*edifact.Error](err); ok {
				fmt.Fprintln(u.talk, lost.Finding)
				u.lost = true
			} else if err != io.EOF {
				u.err = err
			}
			return nil
		}
		if ev.Segment != nil {
			x.segments = append(x.segments, plain(ev.Segment))
			x.size += len(ev.Segment.Raw())
		}
		switch {
		case x.size > mostUnit:
			u.err, u.ended = fmt.Errorf("%s: message %s has more than %d bytes and cannot be compared", u.file.Name(), x.reference, mostUnit), true
			return nil
		case ev.Kind == edifact.MessageStart:
			x.kind, x.reference = ev.Message.Type, ev.Message.Reference
		case ev.Message != nil && ev.Kind != edifact.MessageEnd || len(x.segments) == 0:
		default:
			if x.kind == "" {
				x.kind = x.segments[0].tag
			}
			return &x
		}
	}
}

// ignored are places that do not count: tags, and elements and components by number, from 1.
type ignored []ignoredPlace

type ignoredPlace struct {
	tag                string
	element, component int // 0: all
}

// envelopeReferences are the places that --ignore references names.
var envelopeReferences = ignored{
	{"UNB", 4, 0}, {"UNB", 5, 0}, {"UNG", 4, 0}, {"UNG", 5, 0}, {"UNH", 1, 0}, {"UNT", 0, 0}, {"UNE", 0, 0}, {"UNZ", 0, 0},
	{"UIB", 2, 0}, {"UIB", 8, 0}, {"UIH", 2, 0}, {"UIT", 0, 0}, {"UIZ", 0, 0},
}

func parseIgnored(places []string) (ignored, error) {
	var list ignored
	for _, text := range places {
		if text == "references" {
			list = append(list, envelopeReferences...)
			continue
		}
		var p ignoredPlace
		numbers := ""
		p.tag, numbers, _ = strings.Cut(text, ".")
		n, err := len(p.tag), error(nil)
		if numbers != "" {
			if element, component, both := strings.Cut(numbers, "."); both {
				_, err = fmt.Sscanf(element+" "+component, "%d %d", &p.element, &p.component)
			} else {
				_, err = fmt.Sscanf(element, "%d", &p.element)
			}
		}
		if n != 3 || err != nil || p.element < 0 || p.component < 0 {
			return nil, &usageError{fmt.Errorf(`--ignore %q is no place as FTX, BGM.2, DTM.1.2, or "references"`, text)}
		}
		list = append(list, p)
	}
	return list, nil
}

// whole tells whether a segment does not count at all.
func (l ignored) whole(tag string) bool {
	return slices.Contains(l, ignoredPlace{tag: tag})
}

// has tells whether a component does not count; it is counted from 1.
func (l ignored) has(tag string, element, component int) bool {
	return slices.ContainsFunc(l, func(p ignoredPlace) bool {
		return p.tag == tag && (p.element == 0 || p.element == element && (p.component == 0 || p.component == component))
	})
}
