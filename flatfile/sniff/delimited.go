package sniff

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/flatfile"
)

// delimited guesses the delimiter; false where there is none.
func (g *Guess) delimited(text string, lines []string) bool {
	if rest, ok := strings.CutPrefix(strings.ToLower(lines[0]), "sep="); ok && len([]rune(rest)) == 1 {
		g.SepLine = true
		g.say("the first line says which delimiter it has: %s", lines[0])
		lines = lines[1:]
		text = strings.Join(lines, "\n")
		if len(lines) == 0 {
			return false
		}
		g.Delimiter = rest
	}
	candidates := []string{";", "\t", "|", ",", "^", "~", "§"}
	if g.Delimiter != "" {
		candidates = []string{g.Delimiter}
	}
	var best [][]string
	most, found := 0.0, ""
	for _, d := range candidates {
		rows := split(text, []rune(d)[0])
		if s := agreement(rows); s > most {
			best, most, found = rows, s, d
		}
	}
	if best == nil {
		return false
	}
	g.Format, g.Delimiter = "delimited", found
	g.Quoted = strings.Contains(text, found+`"`) || strings.HasPrefix(lines[0], `"`)
	if name := map[string]string{"\t": "tab", "|": "pipe"}[found]; name != "" {
		found = name
	}
	marks := marksOf(best)
	if marks != nil {
		g.say("delimiter %s: rows with the same first value have the same number of fields", found)
		g.byMarks(best, marks)
	} else {
		n, same := width(best)
		g.say("delimiter %s: %d of %d rows have %d fields", found, same, len(best), n)
		if same < len(best) {
			g.warn("%d rows have another number of fields", len(best)-same)
		}
		g.Header = g.hasHeader(best)
		names, body := []string(nil), best
		if g.Header {
			names, body = best[0], best[1:]
		}
		g.Records = []Record{{Count: len(body), Columns: g.columns(names, body)}}
	}
	g.decimalMark(best)
	return true
}

// split reads rows, whatever is wrong with them; at most a thousand.
func split(text string, delimiter rune) [][]string {
	r := flatfile.NewReader(strings.NewReader(text), flatfile.Delimited{Delimiter: delimiter, StrayQuotes: true})
	var rows [][]string
	for len(rows) < 1000 {
		rec, err := r.Read()
		if err == io.EOF || rec == nil {
			break
		}
		var row []string
		for i := range rec.Fields() {
			text, _ := rec.Text(i)
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return rows
}

// agreement says how well rows agree in their number of fields; 0 where a delimiter splits nothing.
func agreement(rows [][]string) float64 {
	if len(rows) == 0 {
		return 0
	}
	n, same := width(rows)
	share := float64(same) / float64(len(rows))
	if marks := marksOf(rows); marks != nil && share < 0.9 {
		share, n = 0.9, max(n, 3)
	}
	if n < 2 || share < 0.6 {
		return 0
	}
	return share * (2 - 1/float64(n))
}

// width gives the most frequent number of fields and how many rows have it.
func width(rows [][]string) (n, same int) {
	count := map[int]int{}
	for _, r := range rows {
		count[len(r)]++
	}
	for _, k := range sorted(count) {
		if count[k] >= same {
			n, same = k, count[k]
		}
	}
	return n, same
}

func sorted(m map[int]int) []int {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// marksOf gives the marks of rows that have several types: few short first values, some of them more than once, each with
// a number of fields of its own. nil where there are none.
func marksOf(rows [][]string) []string {
	fields := map[string]int{}
	count := map[string]int{}
	var marks []string
	widths := map[int]bool{}
	for _, r := range rows {
		m := r[0]
		if m == "" || len(m) > 8 || len(r) < 2 && len(rows) > 20 {
			return nil
		}
		if n, ok := fields[m]; ok && n != len(r) {
			return nil
		}
		if _, ok := fields[m]; !ok {
			marks = append(marks, m)
		}
		fields[m], widths[len(r)] = len(r), true
		count[m]++
	}
	repeated := 0
	for _, m := range marks {
		if count[m] > 1 {
			repeated++
		}
		if _, numeric := number(m); numeric && len(m) > 3 {
			return nil
		}
	}
	if len(marks) < 2 || len(marks) > 12 || repeated == 0 || len(marks)*2 > len(rows)+1 || len(widths) < 2 {
		return nil
	}
	return marks
}

// byMarks describes each type of rows.
func (g *Guess) byMarks(rows [][]string, marks []string) {
	for _, m := range marks {
		var own [][]string
		for _, r := range rows {
			if r[0] == m {
				own = append(own, r)
			}
		}
		g.Records = append(g.Records, Record{Mark: m, Count: len(own), Columns: g.columns(nil, own)})
		g.say("rows that begin with %s: %d, of %d fields", m, len(own), len(own[0]))
	}
}

// hasHeader tells whether the first row holds names.
func (g *Guess) hasHeader(rows [][]string) bool {
	first := rows[0]
	seen := map[string]bool{}
	for _, name := range first {
		_, numeric := number(name)
		if name == "" || numeric || dateForm([]string{name}) != "" || seen[name] {
			g.say("no header: the first row has %q, which is no name", name)
			return false
		}
		seen[name] = true
	}
	for i := range first {
		values := column(rows[1:], i)
		if kindOf(values) == "number" || kindOf(values) == "date" {
			g.say("header: column %d is called %q and holds values such as %q", i+1, first[i], values[0])
			return true
		}
	}
	for _, name := range first {
		for _, row := range rows[1:] {
			if slices.Contains(row, name) {
				g.say("no header: %q of the first row stands in other rows too", name)
				return false
			}
		}
	}
	g.say("header: the first row has different names, none of which stands in other rows")
	g.warn("whether the first row is a header is a guess: all columns are texts")
	return true
}

// column gives the values of a column that are not blank.
func column(rows [][]string, i int) []string {
	var values []string
	for _, r := range rows {
		if i < len(r) && strings.TrimSpace(r[i]) != "" {
			values = append(values, strings.TrimSpace(r[i]))
		}
	}
	return values
}

// columns describes the columns of rows.
func (g *Guess) columns(names []string, rows [][]string) []Column {
	n, _ := width(rows)
	var all []Column
	for i := range n {
		values := column(rows, i)
		c := Column{Type: kindOf(values)}
		if i < len(names) {
			c.Name = names[i]
		}
		if len(values) > 0 {
			c.Example = values[0]
		}
		if c.Type == "date" {
			c.Date = dateForm(values)
		}
		for _, v := range values {
			if flatfile.RuinedNumber(v) {
				what := c.Name
				if what == "" {
					what = fmt.Sprintf("column %d", i+1)
				}
				g.warn("%s has %q, which a spreadsheet made of a longer number: its digits are lost", what, v)
				break
			}
		}
		all = append(all, c)
	}
	return all
}
