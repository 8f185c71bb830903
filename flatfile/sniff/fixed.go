package sniff

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// fixed describes lines of fixed width.
func (g *Guess) fixed(lines []string) {
	g.Format = "fixed"
	lengths := map[int]int{}
	for _, l := range lines {
		lengths[len([]rune(l))]++
	}
	if len(lengths) == 1 {
		g.Length = len([]rune(lines[0]))
		g.say("fixed width: no delimiter fits, and all %d lines are %d long", len(lines), g.Length)
	} else {
		g.say("fixed width: no delimiter fits; the lines have %d lengths", len(lengths))
		g.warn("lines of several lengths may be records of several types, or have lost the blanks at their ends")
	}
	groups := marked(lines)
	for _, group := range groups {
		r := Record{Mark: group.mark, Count: len(group.lines), Columns: stretches(group.lines)}
		g.Records = append(g.Records, r)
		if group.mark != "" {
			g.say("lines that begin with %s: %d", group.mark, r.Count)
		}
	}
	g.warn("where fields begin and end is guessed by blanks: only the sender's layout says it")
	var rows [][]string
	for _, group := range groups {
		for _, l := range group.lines {
			rows = append(rows, strings.Fields(l))
		}
	}
	g.decimalMark(rows)
}

// group is lines of one mark.
type group struct {
	mark  string
	lines []string
}

// marked tells types of lines by the characters they begin with: up to three, few of them.
func marked(lines []string) []group {
	for n := 1; n <= 3; n++ {
		var groups []group
		for _, l := range lines {
			mark := string([]rune(l)[:min(n, len([]rune(l)))])
			at := slices.IndexFunc(groups, func(g group) bool { return g.mark == mark })
			if at < 0 {
				groups, at = append(groups, group{mark: mark}), len(groups)
			}
			groups[at].lines = append(groups[at].lines, l)
		}
		ok := len(groups) > 1 && len(groups) <= 8 && len(groups)*2 <= len(lines)+1
		for _, g := range groups {
			ok = ok && strings.Trim(g.mark, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
		}
		if ok {
			return groups
		}
	}
	return []group{{lines: lines}}
}

// stretches finds the fields of lines: stretches between columns that are blank in all of them.
func stretches(lines []string) []Column {
	width := 0
	var runes [][]rune
	for _, l := range lines {
		runes = append(runes, []rune(l))
		width = max(width, len(runes[len(runes)-1]))
	}
	blank := make([]bool, width+1)
	for i := range width {
		blank[i] = true
		for _, r := range runes {
			if i < len(r) && r[i] != ' ' {
				blank[i] = false
			}
		}
	}
	blank[width] = true
	var all []Column
	for i := 0; i < width; {
		if blank[i] {
			i++
			continue
		}
		from := i
		for !blank[i] {
			i++
		}
		var values []string
		for _, r := range runes {
			if from < len(r) {
				if v := strings.TrimSpace(string(r[from:min(i, len(r))])); v != "" {
					values = append(values, v)
				}
			}
		}
		c := Column{Name: fmt.Sprintf("field%d", len(all)+1), From: from + 1, To: i, Type: kindOf(values), Date: dateForm(values)}
		if len(values) > 0 {
			c.Example = values[0]
		}
		all = append(all, c)
	}
	return all
}

// mainframe guesses how the records of an EBCDIC file are told apart.
func (g *Guess) mainframe(head []byte, text string) {
	g.Format = "fixed"
	if n := chain(head, 0); n > 1 {
		g.Words = "rdw"
		g.say("record length words: %d of them lead from one to the next", n)
		return
	}
	if len(head) > 8 && chain(head[:min(len(head), int(binary.BigEndian.Uint16(head)))], 4) > 1 {
		g.Words = "bdw"
		g.say("a block length word, and record length words behind it")
		return
	}
	if n := strings.Count(text, "\u0085"); n > 1 && n > len(text)/1000 {
		g.LineEnd = "nel"
		g.say("lines that end with 0x15: %d", n)
		return
	}
	best, most := 0, 0.0
	for n := 20; n <= min(2000, len(head)/3); n++ {
		same, all := 0, 0
		for i := 0; i+n < len(head) && i < 20_000; i++ {
			if head[i] == head[i+n] {
				same++
			}
			all++
		}
		if share := float64(same) / float64(all); share > most*1.02 {
			best, most = n, share
		}
	}
	if best > 0 && most > 0.3 {
		g.Length = best
		g.say("record length %d: the bytes repeat at that distance (%d in 100)", best, int(most*100))
	}
	g.warn("record length and fields are told by the sender's copybook only; packed numbers have no form of their own")
}

// chain counts the length words that lead from one to the next up to the end; 0 where they do not.
func chain(b []byte, at int) int {
	n := 0
	for at+4 <= len(b) {
		size := int(binary.BigEndian.Uint16(b[at:]))
		if size < 5 || b[at+2] != 0 || b[at+3] != 0 {
			return 0
		}
		at += size
		n++
	}
	return n
}
