// Package sniff guesses what a file is from its first bytes: format, character set, delimiter, header, decimal mark, dates,
// types of records. Every guess comes with its evidence, and stays a guess: only who sends the file knows.
package sniff

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// HeadSize is how many bytes of a file are worth looking at.
const HeadSize = 1 << 20

// Guess is what a file seems to be.
type Guess struct {
	// Format is edifact, x12, tradacoms, idoc, xml, json, xlsx, sie, delimited, fixed, or "" where nothing fits.
	Format string `json:"format"`
	// Charset is the name of a character set, "" where the bytes are no text.
	Charset string `json:"charset,omitempty"`
	// Delimiter and Quoted are of a delimited file.
	Delimiter string `json:"delimiter,omitempty"`
	Quoted    bool   `json:"quoted,omitempty"`
	Header    bool   `json:"header,omitempty"`
	SepLine   bool   `json:"sep_line,omitempty"`
	LineEnd   string `json:"line_end,omitempty"` // crlf, lf, cr, or "" where there are none
	Decimal   string `json:"decimal,omitempty"`  // "," or "."
	// Length is the length of the records of a fixed-width file, 0 where they are lines of several.
	Length int    `json:"length,omitempty"`
	Words  string `json:"words,omitempty"` // rdw or bdw
	// Records are the types of records, one where they are all alike.
	Records []Record `json:"records,omitempty"`
	// Kind is what the format says of its content: a message type, a basic type, a root element.
	Kind     string   `json:"kind,omitempty"`
	Evidence []string `json:"evidence"`
	Warnings []string `json:"warnings,omitempty"`
}

// Record is one type of records.
type Record struct {
	Mark    string   `json:"mark,omitempty"` // what it begins with, where there are several
	Count   int      `json:"count"`
	Columns []Column `json:"columns"`
}

// Column is a column, or a field of a fixed-width record.
type Column struct {
	Name    string `json:"name,omitempty"`
	From    int    `json:"from,omitempty"` // fixed width: first and last place, from 1
	To      int    `json:"to,omitempty"`
	Type    string `json:"type"`           // text, number, date, empty
	Date    string `json:"date,omitempty"` // the way 2 January 2006 would be written
	Example string `json:"example,omitempty"`
}

// say adds evidence.
func (g *Guess) say(format string, args ...any) {
	g.Evidence = append(g.Evidence, fmt.Sprintf(format, args...))
}

// warn adds what a person should look at.
func (g *Guess) warn(format string, args ...any) {
	g.Warnings = append(g.Warnings, fmt.Sprintf(format, args...))
}

// Look guesses from the first bytes of a file; whole says that they are all of it.
func Look(head []byte, whole bool) *Guess {
	g := &Guess{Evidence: []string{}}
	if len(head) == 0 {
		g.say("the file is empty")
		return g
	}
	if g.byMagic(head) {
		return g
	}
	text, ok := g.decode(head, whole)
	if !ok {
		return g
	}
	if g.ebcdic() {
		g.mainframe(head, text)
		return g
	}
	g.lineEnds(text)
	if g.byBeginning(text) {
		return g
	}
	lines := linesOf(text, whole)
	if len(lines) == 0 {
		g.say("there is not one whole line in the first %d bytes", len(head))
		return g
	}
	if !g.delimited(text, lines) {
		g.fixed(lines)
	}
	return g
}

// byMagic knows files that are no text.
func (g *Guess) byMagic(head []byte) bool {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		g.Format = "xlsx"
		g.say("it begins as a zip archive does, as workbooks are")
		if !bytes.Contains(head, []byte("xl/")) && !bytes.Contains(head, []byte("[Content_Types]")) {
			g.warn("nothing in the first bytes says that it is a workbook and not another archive")
		}
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		g.say("it begins as a workbook of the old binary form (xls) does, which is not read: save it as xlsx")
	default:
		return false
	}
	return true
}

var (
	xmlRoot    = regexp.MustCompile(`<([A-Za-z_][\w.:-]*)`)
	idocFields = regexp.MustCompile(`<IDOCTYP>\s*(\w+)\s*<`)
	unhType    = regexp.MustCompile(`UNH.[^']*?.([A-Z]{6})[:+]`)
)

// byBeginning knows formats by their first characters.
func (g *Guess) byBeginning(text string) bool {
	start := strings.TrimLeft(text, "\uFEFF \t\r\n")
	begins := func(prefix string) bool { return strings.HasPrefix(start, prefix) }
	switch {
	case begins("UNA") || begins("UNB+") || begins("UIB+"):
		g.Format = "edifact"
		g.say("it begins with %s, as interchanges of EDIFACT do", start[:3])
		if m := unhType.FindStringSubmatch(start); m != nil {
			g.Kind = m[1]
		}
	case begins("ISA") && len(start) > 105:
		g.Format = "x12"
		g.say("it begins with ISA, as interchanges of ANSI X12 do")
	case begins("STX="):
		g.Format = "tradacoms"
		g.say("it begins with STX=, as TRADACOMS files do")
	case begins("#FLAGGA"):
		g.Format = "sie"
		g.say("it begins with #FLAGGA, as SIE files do")
		pc8 := strings.Contains(start[:min(len(start), 2000)], "#FORMAT PC8")
		switch {
		case pc8 && g.Charset == "ibm850":
			g.Charset = "ibm437"
			g.say("character set ibm437: #FORMAT PC8 says so, and its letters are those of ibm850")
		case pc8 && g.Charset != "ibm437":
			g.warn("#FORMAT PC8 says code page 437, and the bytes look like %s", g.Charset)
		}
	case begins("EDI_DC"):
		g.idoc(start)
	case begins("<") && (strings.Contains(start, "</") || strings.Contains(start, "/>") || begins("<?xml")):
		g.xml(start)
	case begins("{") || begins("["):
		g.Format = "json"
		g.say("it begins with %s, as JSON does", start[:1])
	default:
		return false
	}
	return true
}

func (g *Guess) idoc(start string) {
	g.Format = "idoc"
	if !strings.HasPrefix(start, "EDI_DC40") {
		g.warn("the control record is of a release before 4.0, which is not read")
		return
	}
	g.say("it begins with EDI_DC40, the control record of SAP IDocs")
	if len(start) > 69 {
		g.Kind = strings.TrimSpace(start[39:69])
	}
	if g.LineEnd == "" {
		g.say("it has no line ends: the records are 524 and 1063 characters long")
	}
}

func (g *Guess) xml(start string) {
	g.Format = "xml"
	body := regexp.MustCompile(`(?s)<\?.*?\?>|<!--.*?-->|<!.*?>`).ReplaceAllString(start[:min(len(start), 64<<10)], "")
	if m := xmlRoot.FindStringSubmatch(body); m != nil {
		g.Kind = m[1]
		g.say("it begins with the element %s", m[1])
	}
	if strings.Contains(body, "<IDOC") && strings.Contains(body, "<EDI_DC40") {
		g.Format = "idoc"
		g.say("it has an IDOC element with the control record EDI_DC40")
		if m := idocFields.FindStringSubmatch(body); m != nil {
			g.Kind = m[1]
		}
	}
}

// lineEnds finds what lines end with.
func (g *Guess) lineEnds(text string) {
	crlf := strings.Count(text, "\r\n")
	lf, cr := strings.Count(text, "\n")-crlf, strings.Count(text, "\r")-crlf
	switch {
	case crlf > 0 && crlf >= lf && crlf >= cr:
		g.LineEnd = "crlf"
	case lf > 0 && lf >= cr:
		g.LineEnd = "lf"
	case cr > 0:
		g.LineEnd = "cr"
	}
	if crlf > 0 && lf > 0 || cr > 0 && lf+crlf > 0 {
		g.warn("line ends are mixed: %d CR LF, %d LF, %d CR", crlf, lf, cr)
	}
}

// linesOf gives whole lines, at most a thousand that are not empty.
func linesOf(text string, whole bool) []string {
	text = strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(text, "\uFEFF"), "\r\n", "\n"), "\r", "\n")
	all := strings.Split(text, "\n")
	if !whole && len(all) > 1 {
		all = all[:len(all)-1]
	}
	var lines []string
	for _, l := range all {
		if l = strings.Trim(l, "\x1a"); strings.TrimSpace(l) != "" && len(lines) < 1000 {
			lines = append(lines, l)
		}
	}
	return lines
}
