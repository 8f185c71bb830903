package validate

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// report makes a finding and gives its index. ok is false when the rule is off or the limit is reached.
func (v *Validator) report(r rule, place finding.Place, value, message string) (index int, ok bool) {
	if v.opt.off[r] {
		return 0, false
	}
	if v.count == v.opt.most {
		v.reportMore(place)
		return 0, false
	}
	v.count++
	def := &rules[r]
	f := finding.Finding{
		Rule: def.Name, Severity: v.opt.levels[r], Place: place, Value: finding.Cut(value),
		Message: message, Hint: def.Hint, Clause: def.Clause,
	}
	if v.seg != nil && place.Segment > 0 {
		f.Source = finding.Cut(display(v.seg.Raw()))
	}
	v.notes = append(v.notes, f)
	return len(v.notes) - 1, true
}

// reportMore counts what is beyond the limit.
func (v *Validator) reportMore(place finding.Place) {
	v.extra++
	if v.extra > 1 {
		v.notes[len(v.notes)-1].Count = v.extra
		return
	}
	def := &rules[more]
	v.notes = append(v.notes, finding.Finding{Rule: def.Name, Severity: v.opt.levels[more], Place: place, Message: "further findings are only counted", Hint: def.Hint, Count: 1})
}

// drop takes a finding back.
func (v *Validator) drop(index int) {
	v.notes[index] = finding.Finding{}
	v.count--
}

// display shows bytes of a file to a person. What is no UTF-8 is shown as Latin 1.
func display(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// where gives the place of a row of the segment table, "SG25/SG28/PRI at 1470".
func (p *program) where(n *node) string {
	row := n.row
	if row.Group {
		row = row.Trigger()
	}
	text := row.Path()
	if row.Position != "" {
		text += " at " + row.Position
	}
	return text + " of " + p.name
}

// tagOf gives a tag by its number.
func (p *program) tagOf(id int32) string { return p.nodes[p.byTag[id][0]].row.ID }

func (v *Validator) reportMissing(n *node) (int, bool) {
	tag := n.row.ID
	if n.row.Group {
		tag = n.row.Trigger().ID
	}
	f := fmt.Sprintf("%s is missing before %s; it is mandatory, %s", tag, v.seg.Tag(), v.program.where(n))
	return v.report(segmentMissing, v.seg.Place(-1, -1, -1), tag, f)
}

// reportHeadless reports a group whose trigger is not there.
func (v *Validator) reportHeadless(id int32) {
	n := &v.program.nodes[id]
	tag := n.row.ID
	if n.row.Group {
		tag = n.row.Trigger().ID
	}
	v.report(segmentMissing, v.seg.Place(-1, -1, -1), tag, fmt.Sprintf("%s is missing before %s; it begins the group, %s", tag, v.seg.Tag(), v.program.where(n)))
}

// reportOrder reports a segment at a wrong place. Of several such ones in a row the first is reported and counted.
func (v *Validator) reportOrder(id int32) {
	tag := v.seg.Tag()
	if v.stray.tag == tag && v.stray.at == v.segments-1 && v.stray.finding >= 0 {
		f := &v.notes[v.stray.finding]
		f.Count = max(f.Count, 1) + 1
		v.stray.at = v.segments
		return
	}
	v.stray = stray{tag: tag, at: v.segments, finding: -1}
	if index, ok := v.reportMisplaced(tag, id); ok {
		v.stray.finding = index
	}
}

func (v *Validator) reportMisplaced(tag string, id int32) (int, bool) {
	return v.report(segmentOrder, v.seg.Place(-1, -1, -1), tag, fmt.Sprintf("%s cannot stand behind %s; its place is %s", tag, v.program.tagOf(v.last), v.program.where(&v.program.nodes[id])))
}

func (v *Validator) reportRepeat(id int32) {
	n := &v.program.nodes[id]
	if n.row.Group {
		v.report(groupRepeat, v.seg.Place(-1, -1, -1), v.seg.Tag(), fmt.Sprintf("group %s stands more than %d times, %s", n.row.ID, n.max, v.program.where(n)))
		return
	}
	v.report(segmentRepeat, v.seg.Place(-1, -1, -1), v.seg.Tag(), fmt.Sprintf("%s stands more often than %s, %s", v.seg.Tag(), times(n.max), v.program.where(n)))
}

func times(n int32) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// title gives an element's number and name, "3036 (Party name)".
func title(id, name string) string {
	if name == "" {
		return id
	}
	return id + " (" + name + ")"
}

func (l *leaf) title() string { return title(l.def.ID, l.def.Name) }

func (f *field) title() string {
	if f.def.Composite != nil {
		return title(f.def.ID, strings.ToLower(f.def.Composite.Name))
	}
	return title(f.def.ID, f.def.Element.Name)
}

func (v *Validator) reportAbsent(f *field, e int) {
	v.report(elementMissing, v.seg.Place(e, -1, -1), "", fmt.Sprintf("%s lacks %s", v.seg.Tag(), f.title()))
}

// readersOwn are the components whose absence edifact.Reader reports.
var readersOwn = map[string]bool{"0001": true, "0002": true, "0004": true, "0010": true, "0017": true, "0019": true, "0065": true}

// readersCounts are the counts of trailers, of which edifact.Reader reports when they are no numbers.
var readersCounts = map[string]bool{"0036": true, "0060": true, "0074": true}

// reportComponents reports what a composite lacks, as one finding.
func (v *Validator) reportComponents(f *field, leaves []leaf, present uint64, e, r int, header bool) {
	var names []string
	first := -1
	for c := range leaves {
		if !leaves[c].mandatory || present&(1<<c) != 0 || header && readersOwn[leaves[c].def.ID] {
			continue
		}
		if first < 0 {
			first = c
		}
		names = append(names, leaves[c].title())
	}
	if first >= 0 {
		v.report(componentMissing, v.seg.Place(e, r, first), "", fmt.Sprintf("%s in %s lacks %s", f.title(), v.seg.Tag(), strings.Join(names, ", ")))
	}
}

// tooManyElements reports elements behind the last that the segment has. Empty ones are only superfluous.
func (v *Validator) tooManyElements(l *layout, from, n int) {
	for e := from; e < n; e++ {
		for r := range v.seg.Repeats(e) {
			for c := range v.seg.Components(e, r) {
				if b := v.seg.Bytes(e, r, c); len(b) > 0 {
					v.report(elementTooMany, v.seg.Place(e, -1, -1), display(b), fmt.Sprintf("%s has %d elements, not %d", l.tag, len(l.fields), n))
					return
				}
			}
		}
	}
	v.trailing(from)
}

func (v *Validator) tooManyComponents(f *field, e, r, c, want int) {
	what := fmt.Sprintf("%s in %s has %d components, not %d", f.title(), v.seg.Tag(), want, v.seg.Components(e, r))
	if !f.composite {
		what = fmt.Sprintf("%s in %s is no composite, but has %d components", f.title(), v.seg.Tag(), v.seg.Components(e, r))
	}
	v.report(componentTooMany, v.seg.Place(e, r, c), display(v.seg.Bytes(e, r, c)), what)
}

func (v *Validator) tooManyRepeats(f *field, e, r, count int) {
	v.report(elementRepeat, v.seg.Place(e, r, -1), display(v.seg.Bytes(e, r, 0)), fmt.Sprintf("%s in %s stands %d times, at most %d are allowed", f.title(), v.seg.Tag(), count, f.repeats))
}

func (v *Validator) reportLength(which rule, l *leaf, b []byte, n int32, e, r, c int) {
	if l.def.ID == "0017" {
		which = envelopeDate
	}
	what := "characters"
	if l.class == directory.Numeric {
		what = "digits"
	}
	v.report(which, v.seg.Place(e, r, c), display(b), fmt.Sprintf("%s has %d %s, its format is %s", l.title(), n, what, l.def.Format))
}

func (v *Validator) reportFormat(l *leaf, b []byte, e, r, c int) {
	if readersCounts[l.def.ID] {
		return
	}
	what := "is no number"
	if l.class == directory.Alphabetic {
		what = "has digits"
	}
	v.report(elementFormat, v.seg.Place(e, r, c), display(b), fmt.Sprintf("%s %s, its format is %s", l.title(), what, l.def.Format))
}

func (v *Validator) reportMark(l *leaf, b []byte, e, r, c int) {
	v.report(decimalMark, v.seg.Place(e, r, c), display(b), fmt.Sprintf("%s has another decimal mark than UNA names, which is %q", l.title(), v.decimal))
}

func (v *Validator) reportDigit(l *leaf, b []byte, e, r, c int) {
	v.report(decimalDigit, v.seg.Place(e, r, c), display(b), fmt.Sprintf("%s has a decimal mark without a digit beside it", l.title()))
}

func (v *Validator) reportCode(l *leaf, b []byte, e, r, c int) {
	v.report(codeUnknown, v.seg.Place(e, r, c), display(b), fmt.Sprintf("%s is not in the code list of %s", b, l.title()))
}

// trailing counts superfluous separators in one finding a message.
func (v *Validator) trailing(e int) {
	if v.tail >= 0 {
		v.notes[v.tail].Count++
		return
	}
	if index, ok := v.report(trailing, v.seg.Place(e, -1, -1), "", "a separator stands behind the last value"); ok {
		v.tail = index
		v.notes[index].Count = 1
	}
}
