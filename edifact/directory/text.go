package directory

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/batchgate/batchgate/finding"
)

// Text is one of the text files in which the UN publishes a directory.
type Text struct {
	Name    string // "EDSD.22A"; what kind of file it is shows in the name
	Content []byte
}

// The names of the rules about text files.
const (
	RuleTextFile = "directory.file" // a file is missing, or is not what its name says
	RuleTextLine = "directory.line" // a line is not understood
	RuleTextName = "directory.name" // something is used that is defined nowhere
)

// FromTexts builds a release out of official text files: the directories of elements (EDED, or TRED), composites (EDCD,
// TRCD) and segments (EDSD, TRSD), the code list (UNCL) and one file for each message. Interactive messages and files of
// other kinds are passed over. A message that has a fault is left out and named; without directories of elements,
// composites and segments there is no release, without a code list none of its codes are checked.
func FromTexts(name string, texts []Text) (*Release, finding.List) {
	t := &textReader{r: newRelease(name), codes: map[string]*CodeList{}}
	texts = slices.Clone(texts)
	slices.SortStableFunc(texts, func(a, b Text) int { return int(kindOf(a.Name)) - int(kindOf(b.Name)) })
	seen := map[textKind]bool{}
	for _, text := range texts {
		kind := kindOf(text.Name)
		seen[kind] = true
		t.begin(text)
		switch kind {
		case elementText:
			t.elements()
		case compositeText:
			t.composites()
		case segmentText:
			t.segments()
		case codeText:
			t.codeLists()
		case messageText:
			t.message()
		}
	}
	for kind, what := range map[textKind]string{elementText: "elements (EDED or TRED)", compositeText: "composites (EDCD or TRCD)", segmentText: "segments (EDSD or TRSD)"} {
		if !seen[kind] {
			t.found = append(t.found, finding.Finding{Rule: RuleTextFile, Severity: finding.Error, Message: "the directory of " + what + " is missing", Hint: "name all files of the release, or its zip file"})
		}
	}
	if !seen[codeText] {
		t.found = append(t.found, finding.Finding{Rule: RuleTextFile, Severity: finding.Warning, Message: "the code list (UNCL) is missing: code values will not be checked",
			Hint: "name that of the release too, or of the next one that has it"})
	}
	t.found.Sort()
	if !seen[elementText] || !seen[compositeText] || !seen[segmentText] {
		return nil, t.found
	}
	for _, l := range t.codes {
		l.hash()
	}
	t.r.lists = func() map[string]*CodeList { return t.codes }
	slices.Sort(t.r.types)
	return t.r, t.found
}

func newRelease(name string) *Release {
	return &Release{name: name, segments: map[string]*Segment{}, composites: map[string]*Composite{}, elements: map[string]*Element{},
		messages: map[string]func() *Message{}, lists: func() map[string]*CodeList { return nil }}
}

// textKind is a kind of official file, in the order in which they must be read.
type textKind uint8

const (
	otherText textKind = iota
	codeText
	elementText
	compositeText
	segmentText
	messageText
)

var (
	directoryName = regexp.MustCompile(`^(EDED|TRED|EDCD|TRCD|EDSD|TRSD|UNCL(?:-\d)?)\.`)
	messageName   = regexp.MustCompile(`^[A-Z]{6}_[A-Z]\.`)
)

func kindOf(name string) textKind {
	name = strings.ToUpper(path.Base(name))
	if m := directoryName.FindStringSubmatch(name); m != nil {
		switch m[1][2:4] {
		case "ED":
			return elementText
		case "CD":
			return compositeText
		case "SD":
			return segmentText
		}
		return codeText
	}
	if messageName.MatchString(name) {
		return messageText
	}
	return otherText
}

// IsText tells by the name of a file whether it is one that FromTexts reads.
func IsText(name string) bool { return kindOf(name) != otherText }

// textReader reads one file after another.
type textReader struct {
	r     *Release
	codes map[string]*CodeList
	found finding.List

	name       string
	lines      []string
	hasNumbers bool // positions stand before elements; in D.93A they do not
}

// begin takes the lines of a file. Old files draw their lines with characters of code page 437.
func (t *textReader) begin(text Text) {
	plain := strings.NewReplacer("\xc4", "-", "\xbf", "+", "\xd9", "+", "\xc1", "+", "\xb3", "|", "\r", "", "\x1a", "", "\f", "").Replace(string(text.Content))
	t.name, t.hasNumbers = text.Name, false
	t.lines = strings.Split(plain, "\n")
	for i, line := range t.lines {
		if !utf8.ValidString(line) {
			line, _ = charmap.Windows1252.NewDecoder().String(line) // it has all bytes
		}
		t.lines[i] = strings.TrimRight(strings.ReplaceAll(line, "\t", " "), " ")
		t.hasNumbers = t.hasNumbers || fieldLine.MatchString(t.lines[i])
	}
}

func (t *textReader) fault(rule string, line int, hint, format string, args ...any) {
	p := finding.Place{File: t.name, Line: line + 1}
	f := finding.Finding{Rule: rule, Severity: finding.Warning, Place: p, Message: fmt.Sprintf(format, args...), Hint: hint}
	if line >= 0 && line < len(t.lines) {
		f.Source = finding.Cut(strings.ToValidUTF8(t.lines[line], "�"))
	}
	t.found = append(t.found, f)
}

// odd notes what was read all the same.
func (t *textReader) odd(line int, format string, args ...any) {
	t.fault(RuleTextLine, line, "compare the message with the directory's page on paper", format, args...)
	t.found[len(t.found)-1].Severity = finding.Note
}

var ruled = regexp.MustCompile(`^\s*-{30,}\s*$`)

// blocks gives the parts of a file between ruled lines, as the index of the first line and behind the last.
func (t *textReader) blocks() [][2]int {
	var all [][2]int
	start := 0
	for i := range len(t.lines) + 1 {
		if i < len(t.lines) && !ruled.MatchString(t.lines[i]) {
			continue
		}
		all = append(all, [2]int{start, i})
		start = i + 1
	}
	return all
}

// heading finds the first line of a block that is not empty, where it fits.
func (t *textReader) heading(block [2]int, form *regexp.Regexp) (line int, m []string) {
	for i := block[0]; i < block[1]; i++ {
		if strings.TrimSpace(t.lines[i]) != "" {
			return i, form.FindStringSubmatch(t.lines[i])
		}
	}
	return 0, nil
}

// wrapped gives a name that goes on in the lines below its heading, up to an empty one.
func (t *textReader) wrapped(line, end int, name string) string {
	for i := line + 1; i < end && strings.TrimSpace(t.lines[i]) != ""; i++ {
		if strings.Contains(t.lines[i], ":") {
			break
		}
		name += " " + strings.TrimSpace(t.lines[i])
	}
	return strings.Join(strings.Fields(name), " ")
}

var (
	elementHeading = regexp.MustCompile(`^[\s+*#|X-]{0,8}(\d{4})\s+(\S.*?)(?:\s+\[([A-Z])\])?$`)
	representation = regexp.MustCompile(`^\s*Repr:\s*(an|a|n)\s*(\.\.)?\s*(\d+)`)
)

// elements reads the directory of elements.
func (t *textReader) elements() {
	for _, b := range t.blocks() {
		line, m := t.heading(b, elementHeading)
		if m == nil || m[3] == "I" {
			continue
		}
		e := &Element{ID: m[1], Name: strings.TrimSuffix(t.wrapped(line, b[1], m[2]), " [C]"), HasCodes: t.codes[m[1]] != nil}
		if i := strings.Index(e.Name, " ["); i > 0 {
			e.Name = e.Name[:i]
		}
		good := false
		for i := line; i < b[1]; i++ {
			if r := representation.FindStringSubmatch(t.lines[i]); r != nil {
				e.Format, good = ParseFormat(r[1] + r[2] + r[3])
			}
		}
		if !good {
			t.fault(RuleTextLine, line, "it needs a line such as Repr: an..35", "element %s has no representation", e.ID)
			continue
		}
		t.r.elements[e.ID] = e
	}
}

// codeLists reads code lists: under each element a code with its name, the meaning further to the right.
func (t *textReader) codeLists() {
	for _, b := range t.blocks() {
		line, m := t.heading(b, elementHeading)
		if m == nil || m[3] == "I" {
			continue
		}
		t.codeList(m[1], line+1, b[1])
	}
}

// marksEnd is the column behind the marks of what has changed.
const marksEnd = 3

// Where a code and its name may begin at the latest, in bytes from the left; the meaning stands further to the right.
const (
	codeColumn = 9
	nameColumn = 12
)

func (t *textReader) codeList(element string, from, to int) {
	l := t.codes[element]
	if l == nil {
		l = &CodeList{names: map[string]string{}}
	}
	begun, note, last, column := false, false, "", 0
	for i := from; i < to; i++ {
		line := t.lines[i]
		if representation.MatchString(line) {
			begun = true
			continue
		}
		trimmed := strings.TrimLeft(line, " ")
		note = strings.HasPrefix(strings.TrimLeft(line, " +*#|X"), "Note:") || note && trimmed != ""
		if !begun || trimmed == "" {
			continue
		}
		indent := len(line) - len(trimmed)
		code, name, at := splitCode(line)
		switch {
		case note:
			last = ""
		case code != "" && at <= nameColumn:
			last, column = code, at
			if _, twice := l.names[code]; !twice {
				l.order = append(l.order, code)
			}
			l.names[code] = name
		case last != "" && indent == column:
			l.names[last] += " " + strings.Join(strings.Fields(line), " ")
		case indent > column:
			last = "" // the meaning has begun
		}
	}
	if len(l.order) > 0 {
		t.codes[element] = l
	}
}

// splitCode takes a line of a code list apart: code, name and the column of the name. Codes that are struck out or marked
// for deletion are codes all the same: files still have them.
func splitCode(line string) (code, name string, column int) {
	rest := line
	for len(line)-len(rest) < marksEnd && rest != "" && strings.ContainsRune("+*#|X- ", rune(rest[0])) {
		rest = rest[1:]
	}
	rest = strings.TrimLeft(rest, " ")
	if len(line)-len(rest) > codeColumn {
		return "", "", 0
	}
	code, name, _ = strings.Cut(rest, " ")
	name = strings.TrimLeft(name, " ")
	if name == "" {
		return "", "", 0
	}
	return code, strings.Join(strings.Fields(name), " "), len(line) - len(name)
}
