package main

import "github.com/batchgate/batchgate/finding"

// unit compares two units segment by segment.
func (d *comparing) unit(old, now *unit) error {
	return d.segments(old, d.counting(old.segments), d.counting(now.segments), 0)
}

// counting leaves out what does not count.
func (d *comparing) counting(all []plainSegment) []plainSegment {
	if len(d.skip) == 0 {
		return all
	}
	var kept []plainSegment
	for _, s := range all {
		if !d.skip.whole(s.tag) {
			kept = append(kept, s)
		}
	}
	return kept
}

// names are the ways in which a segment is found again in the other message, the strictest first.
var names = []func(*plainSegment) string{
	func(s *plainSegment) string { return s.text },
	func(s *plainSegment) string { return s.tag + "+" + s.at(0) + "+" + s.at(1) },
	func(s *plainSegment) string { return s.tag + "+" + s.at(0) },
	func(s *plainSegment) string { return s.tag },
}

// segments compares two runs of segments that are to be found by the name of a level.
func (d *comparing) segments(u *unit, a, b []plainSegment, level int) error {
	if level == len(names) || len(a) == 0 || len(b) == 0 {
		for i := range a {
			if err := d.say(change{Change: "removed", unit: u, Tag: a[i].tag, Old: a[i].text, A: &a[i].place}); err != nil {
				return err
			}
		}
		for i := range b {
			if err := d.say(change{Change: "added", unit: u, Tag: b[i].tag, New: b[i].text, B: &b[i].place}); err != nil {
				return err
			}
		}
		return nil
	}
	for _, s := range align(named(a, level), named(b, level)) {
		if !s.equal {
			if err := d.segments(u, a[s.a0:s.a1], b[s.b0:s.b1], level+1); err != nil {
				return err
			}
			continue
		}
		for i := range s.a1 - s.a0 {
			if err := d.segment(u, &a[s.a0+i], &b[s.b0+i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func named(segments []plainSegment, level int) []string {
	list := make([]string, len(segments))
	for i := range segments {
		list[i] = names[level](&segments[i])
	}
	return list
}

// segment compares two segments of one tag, component by component.
func (d *comparing) segment(u *unit, a, b *plainSegment) error {
	if a.text == b.text {
		return nil
	}
	for e := range max(len(a.elements), len(b.elements)) {
		x, y := nth(a.elements, e), nth(b.elements, e)
		for r := range max(len(x), len(y)) {
			v, w := nth(x, r), nth(y, r)
			for c := range max(len(v), len(w)) {
				old, now := nth(v, c), nth(w, c)
				if old == now || d.skip.has(a.tag, e+1, c+1) {
					continue
				}
				p, q := a.places(e, r, c), b.places(e, r, c)
				err := d.say(change{Change: "changed", unit: u, Tag: a.tag, Element: e + 1, Repeat: r + 1, Component: c + 1,
					Old: finding.Cut(old), New: finding.Cut(now), A: &p, B: &q})
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// nth gives what stands in a list, or nothing.
func nth[T any](list []T, i int) (v T) {
	if i < len(list) {
		v = list[i]
	}
	return v
}
