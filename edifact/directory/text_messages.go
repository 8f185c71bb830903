package directory

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	messageType  = regexp.MustCompile(`(?i)^\s*Message Type\s*:\s*([A-Z]{6})`)
	tableHeading = regexp.MustCompile(`(?i)Segment table\s*$`)
	annexHeading = regexp.MustCompile(`(?i)\bannex\b`)
	groupRow     = regexp.MustCompile(`^(\d{4,5})?\s*(?:([+*#|XS]{1,3}|-)\s+)?-*\s*(?i:Segment group)\s+(\d+)[\s-]*\s([MCc])\s+(\d+)(.*)$`)
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
			m.Name = strings.Replace(t.paragraph(i+1), " MESSAGE MESSAGE", " MESSAGE", 1) // as D.93A has it in most
		}
		if tableHeading.MatchString(line) && !annexHeading.MatchString(line) { // an annex shows what was changed
			start = i
		}
	}
	if m.Type == "" || start < 0 {
		t.fault(RuleTextFile, 0, "a message has a line Message Type and ends with 4.3.1 Segment table", "there is no segment table in the file")
		return
	}
	table := &tableReader{t: t, m: m, groups: []*Node{m.Root}}
	for i := start + 1; i < len(t.lines) && !table.ended; i++ {
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
		text = strings.TrimSpace(text + " " + line)
	}
	return strings.Join(strings.Fields(text), " ")
}

// tableReader reads the rows of a segment table.
type tableReader struct {
	t       *textReader
	m       *Message
	groups  []*Node // open groups, the message first
	section byte
	closed  []*Node // groups that the last row closed, the innermost first
	struck  bool    // what was struck out stands behind that row
	ended   bool    // by UNT
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
		drawn := strings.Count(f[6], "|") + 1
		if strings.Contains(f[2], "-") { // struck out: what stands in it belongs to the group around
			r.struck = true
			r.groups = append(r.groups, r.groups[len(r.groups)-1])
			return true
		}
		r.reopen(i, drawn-1)
		n := r.add(f[1], "SG"+f[3], f[4], f[5], f[2])
		n.Group = true
		r.groups = append(r.groups, n)
		return r.depth(i, drawn)
	}
	f := segmentRow.FindStringSubmatch(line)
	if f == nil && wrappedRow.MatchString(line) && i+1 < len(r.t.lines) {
		f = segmentRow.FindStringSubmatch(strings.TrimRight(line, "| ") + " " + strings.TrimSpace(r.t.lines[i+1]))
	}
	if f == nil {
		return true
	}
	closes := strings.Count(f[6], "+")
	drawn := strings.Count(f[6], "|") + closes
	if strings.Contains(f[2], "-") {
		r.struck = true
		if drawn != len(r.groups)-1 {
			return true // it stands among what was there before
		}
		r.close(closes)
		return true
	}
	if open := len(r.groups) - 1; closes > 0 && drawn-closes == open && drawn > open+len(r.closed) {
		r.t.odd(i, "%s closes %d groups more here than there are: that is passed over", r.m.Type, closes)
		drawn, closes = open, 0
	}
	r.reopen(i, drawn)
	if !r.depth(i, drawn) {
		return false
	}
	r.add(f[1], f[3], f[4], f[5], f[2])
	r.ended = f[3] == "UNT" && len(r.groups) == 1
	r.closed, r.struck = nil, false
	r.close(closes)
	return true
}

// close closes the innermost groups.
func (r *tableReader) close(n int) {
	for range n {
		last := len(r.groups) - 1
		r.closed = append(r.closed, r.groups[last])
		r.groups = r.groups[:last]
	}
}

// reopen opens groups again that the row before has closed, where the lines beside the next one say that they are still
// open. Behind rows that were struck out that is so because a row ends what the old table ended there; elsewhere it is a slip.
func (r *tableReader) reopen(i, depth int) {
	for depth > len(r.groups)-1 && len(r.closed) > 0 {
		last := len(r.closed) - 1
		if !r.struck {
			r.t.odd(i, "%s is closed by the row before, and still open here: it goes on", r.closed[last].Path())
		}
		r.groups = append(r.groups, r.closed[last])
		r.closed = r.closed[:last]
	}
	r.closed, r.struck = nil, false
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
