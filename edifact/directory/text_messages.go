package directory

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	messageType  = regexp.MustCompile(`(?i)^\s*Message Type\s*:\s*([A-Z]{6})`)
	tableHeading = regexp.MustCompile(`(?i)Segment table\s*$`)
	groupRow     = regexp.MustCompile(`^(\d{4,5})?([\s+*#|XS-]{0,3})[\s-]*Segment group\s+(\d+)[\s-]*\s([MC])\s+(\d+)(.*)$`)
	segmentRow   = regexp.MustCompile(`^(\d{4,5})?([\s+*#|XS-]+)([A-Z]{3})\s(?:.*?\s)?([MC])\s+(\d+)(.*)$`)
	wrappedRow   = regexp.MustCompile(`^\d{4,5}[\s+*#|XS-]+[A-Z]{3}\s[^|+]*[|+]*$`)
)

// message reads the segment table of a message, which stands at the end of its file. How groups lie in each other shows
// in the lines drawn beside the table.
func (t *textReader) message() {
	m := &Message{Release: t.r, Root: &Node{Group: true, Mandatory: true, Max: 1}}
	start := -1
	for i, line := range t.lines {
		if f := messageType.FindStringSubmatch(line); f != nil && m.Type == "" {
			m.Type = f[1]
		}
		if strings.TrimSpace(line) == "CONTENTS" && m.Name == "" {
			m.Name = t.paragraph(i + 1)
		}
		if tableHeading.MatchString(line) {
			start = i
		}
	}
	if m.Type == "" || start < 0 {
		t.fault(RuleTextFile, 0, "a message has a line Message Type and ends with 4.3.1 Segment table", "there is no segment table in the file")
		return
	}
	table := &tableReader{t: t, m: m, groups: []*Node{m.Root}}
	for i := start + 1; i < len(t.lines); i++ {
		if !table.row(i) {
			return
		}
	}
	switch top := m.Root.Children; {
	case len(top) > 0 && top[0].ID == "UIH": // interactive
	case len(table.groups) != 1 || len(top) < 2 || top[0].ID != "UNH" || top[len(top)-1].ID != "UNT":
		t.fault(RuleTextLine, start, "the table goes from UNH to UNT, and each group is closed", "the segment table of %s is not whole", m.Type)
	case m.check() != nil:
		t.fault(RuleTextLine, start, "each group begins with a segment", "%v", m.check())
	default:
		if _, twice := t.r.messages[m.Type]; !twice {
			t.r.types = append(t.r.types, m.Type)
		}
		t.r.messages[m.Type] = func() *Message { return m }
	}
}

// paragraph gives the next lines up to an empty one.
func (t *textReader) paragraph(from int) string {
	text := ""
	for i := from; i < len(t.lines); i++ {
		line := strings.TrimSpace(t.lines[i])
		if line == "" && text != "" {
			break
		}
		text += " " + line
	}
	return strings.Join(strings.Fields(text), " ")
}

// tableReader reads the rows of a segment table.
type tableReader struct {
	t       *textReader
	m       *Message
	groups  []*Node // open groups, the message first
	section byte
}

// row reads a line; false when the message is given up.
func (r *tableReader) row(i int) bool {
	line := r.t.lines[i]
	for section, word := range map[byte]string{'H': "HEADER SECTION", 'D': "DETAIL SECTION", 'S': "SUMMARY SECTION"} {
		if strings.Contains(strings.ToUpper(line), word) {
			r.section = section
			return true
		}
	}
	if f := groupRow.FindStringSubmatch(line); f != nil {
		if strings.Contains(f[2], "-") { // struck out: what stands in it belongs to the group around
			r.groups = append(r.groups, r.groups[len(r.groups)-1])
			return true
		}
		n := r.add(f[1], "SG"+f[3], f[4], f[5], f[2])
		n.Group = true
		r.groups = append(r.groups, n)
		return r.depth(i, strings.Count(f[6], "|")+1)
	}
	f := segmentRow.FindStringSubmatch(line)
	if f == nil && wrappedRow.MatchString(line) && i+1 < len(r.t.lines) {
		f = segmentRow.FindStringSubmatch(strings.TrimRight(line, "| ") + " " + strings.TrimSpace(r.t.lines[i+1]))
	}
	if f == nil {
		return true
	}
	drawn := f[6]
	if !r.depth(i, strings.Count(drawn, "|")+strings.Count(drawn, "+")) {
		return false
	}
	if !strings.Contains(f[2], "-") {
		r.add(f[1], f[3], f[4], f[5], f[2])
	}
	for range strings.Count(drawn, "+") {
		r.groups = r.groups[:len(r.groups)-1]
	}
	return true
}

// depth compares the drawn lines with the open groups.
func (r *tableReader) depth(i, drawn int) bool {
	if drawn == len(r.groups)-1 {
		return true
	}
	r.t.fault(RuleTextLine, i, "the lines beside the table do not fit its groups; mend them in the file", "%s has %d groups open here, and %d are drawn; the message is left out", r.m.Type, len(r.groups)-1, drawn)
	return false
}

// add adds a row to the innermost open group. The first segment of a group is its trigger and stands once.
func (r *tableReader) add(position, id, status, most, mark string) *Node {
	parent := r.groups[len(r.groups)-1]
	n := &Node{ID: id, Mandatory: status == "M", Position: position, Section: r.section, Marked: strings.Contains(mark, "X"), Parent: parent}
	n.Max, _ = strconv.Atoi(most)
	if parent != r.m.Root && len(parent.Children) == 0 {
		n.Mandatory, n.Max = true, 1
	}
	parent.Children = append(parent.Children, n)
	r.m.Nodes = append(r.m.Nodes, n)
	return n
}
