package guideline

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/edifact/directory"
)

// Draft writes what was learnt as a guideline of the given name. What stood in every message is required, what stood
// nowhere is not used, codes are those that were seen. What is only a guess, such as lengths, stands in comments. An error
// says that there was nothing to learn from.
func (d *Deriver) Draft(name string) ([]byte, error) {
	if d.Messages == 0 {
		return nil, d.errNothing()
	}
	var b strings.Builder
	m := d.message
	fmt.Fprintf(&b, "# Drafted from %d messages. What stood in each of them is required here, what stood in none is refused,\n# and codes are those that were seen: widen it where you know better.\n", d.Messages)
	fmt.Fprintf(&b, "guideline: %s\nmessage: %s\ndirectory: %s\n", scalar(name), m.Type, m.Release.Name())
	if len(d.associations) > 0 && len(d.associations) <= mostValues && !d.without {
		fmt.Fprintf(&b, "association: [%s]\n", scalars(d.associations))
	}
	b.WriteString("others: refused\nsegments:\n")
	for _, u := range d.sorted() {
		d.draftUsage(&b, u)
	}
	return []byte(b.String()), nil
}

// sorted gives the paths in the order of the segment table.
func (d *Deriver) sorted() []*usage {
	var all []*usage
	for path, u := range d.paths {
		if path != "" && u.node.ID != "UNH" && u.node.ID != "UNT" {
			all = append(all, u)
		}
	}
	slices.SortFunc(all, func(a, b *usage) int { return d.compare(a, b) })
	return all
}

// compare puts a group before what is in it, and all that is in it before the next.
func (d *Deriver) compare(a, b *usage) int {
	wayA, wayB := a.way(), b.way()
	for i := range min(len(wayA), len(wayB)) {
		if wayA[i] == wayB[i] {
			continue
		}
		return cmp.Or(cmp.Compare(d.order[wayA[i].node], d.order[wayB[i].node]), cmp.Compare(wayA[i].path, wayB[i].path))
	}
	return cmp.Compare(len(wayA), len(wayB))
}

// way gives what is around, the outermost first, and the usage itself.
func (u *usage) way() []*usage {
	var way []*usage
	for at := u; at.parent != nil; at = at.parent {
		way = append(way, at)
	}
	slices.Reverse(way)
	return way
}

func (d *Deriver) draftUsage(b *strings.Builder, u *usage) {
	var settings []string
	if u.within == u.parent.times && (!u.node.Mandatory || strings.HasSuffix(u.path, "]")) {
		settings = append(settings, "use: required")
	}
	if u.most < u.node.Max && u.most == 1 {
		settings = append(settings, "max: 1")
	}
	var elements []string
	if def, ok := d.message.Release.Segment(trigger(u.node)); ok && !u.node.Group {
		settings = append(settings, "others: refused")
		for _, path := range leaves(def) {
			if v := u.elements[path]; v != nil {
				elements = append(elements, draftElement(def, path, v, u))
			}
		}
	}
	comment := fmt.Sprintf("# in %d of %d", u.within, u.parent.times)
	if u.most > 1 {
		comment += fmt.Sprintf(", up to %d times", u.most)
	}
	b.WriteString("  " + scalar(u.path) + ":")
	if len(elements) == 0 {
		fmt.Fprintf(b, " {%s}  %s\n", strings.Join(settings, ", "), comment)
		return
	}
	fmt.Fprintf(b, "  %s\n", comment)
	for _, s := range settings {
		fmt.Fprintf(b, "    %s\n", s)
	}
	b.WriteString("    elements:\n")
	for _, e := range elements {
		b.WriteString("      " + e + "\n")
	}
}

// draftElement writes what was seen of an element.
func draftElement(s *directory.Segment, path string, v *values, u *usage) string {
	spot := s.Find(path, 3)[0]
	var settings []string
	if v.times == u.times && !mandatory(spot) {
		settings = append(settings, "use: required")
	}
	comment := fmt.Sprintf("%s, in %d of %d", spot.Leaf.Name, v.times, u.times)
	if spot.Leaf.HasCodes && v.seen != nil {
		codes := make([]string, 0, len(v.seen))
		for code := range v.seen {
			codes = append(codes, code)
		}
		slices.SortFunc(codes, func(a, b string) int { return cmp.Or(cmp.Compare(v.seen[b], v.seen[a]), cmp.Compare(a, b)) })
		settings = append(settings, "codes: ["+scalars(codes)+"]")
	} else {
		comment += fmt.Sprintf(", length %s of %s", span(v.shortest, v.longest), spot.Leaf.Format)
		if len(v.seen) == 1 && v.times > 1 {
			comment += ", always the same"
		}
	}
	return fmt.Sprintf("%s: {%s}  # %s", scalar(path), strings.Join(settings, ", "), comment)
}

func span(from, to int) string {
	if from == to {
		return strconv.Itoa(from)
	}
	return fmt.Sprintf("%d to %d", from, to)
}

// scalar writes a text as YAML, in quotes where it would be read as something else.
func scalar(s string) string {
	plain := s != ""
	for i, r := range s {
		letter := r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
		plain = plain && (letter || i > 0 && (r >= '0' && r <= '9' || strings.ContainsRune("-_./", r)))
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		plain = false
	}
	if plain {
		return s
	}
	return strconv.Quote(s)
}

func scalars(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = scalar(s)
	}
	return strings.Join(quoted, ", ")
}
