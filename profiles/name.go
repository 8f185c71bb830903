package profiles

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// NameTemplate is the name of files that are put: text with the parts {control}, {series}, {number}, {date:LAYOUT} and
// {source}. {control:6} and {series:5} are filled with zeros to that width; a longer number is not cut.
type NameTemplate struct {
	text  string
	parts []namePart
}

type namePart struct {
	kind    string // "" is plain text
	literal string // text, or the layout of a date
	width   int
}

// NameFacts is what a name may be made of.
type NameFacts struct {
	Control int64     // control number of the interchange
	Series  int64     // number of the file in the flow's own series
	Number  string    // number of the document
	Source  string    // name of the file that the documents came from
	Time    time.Time // in the zone in which dates are written
}

// maxName is the longest file name in bytes; transports keep a temporary name of this length whole.
const maxName = 200

func partNames() []string { return []string{"control", "series", "number", "date", "source"} }

// ParseName reads a template. Its error ends the sentence "name "text" ...".
func ParseName(text string) (NameTemplate, error) {
	t := NameTemplate{text: text}
	for rest := text; rest != ""; {
		before, after, open := strings.Cut(rest, "{")
		if before != "" {
			if err := checkNameText(before); err != nil {
				return NameTemplate{}, err
			}
			t.parts = append(t.parts, namePart{literal: before})
		}
		if !open {
			break
		}
		inside, behind, closed := strings.Cut(after, "}")
		if !closed {
			return NameTemplate{}, fmt.Errorf("has a { without its }; write {control:6} for a number")
		}
		part, err := parsePart(inside)
		if err != nil {
			return NameTemplate{}, err
		}
		t.parts = append(t.parts, part)
		rest = behind
	}
	return t, t.checkSample()
}

func parsePart(s string) (namePart, error) {
	kind, detail, has := strings.Cut(s, ":")
	if !slices.Contains(partNames(), kind) {
		return namePart{}, fmt.Errorf("holds {%s}, which is unknown; there are {%s}", s, strings.Join(partNames(), "}, {"))
	}
	p := namePart{kind: kind}
	switch kind {
	case "date":
		p.literal = detail
		if !has || time.Unix(0, 0).UTC().Format(detail) == time.Unix(1e9, 0).UTC().Format(detail) {
			return namePart{}, fmt.Errorf("has a {date} without a layout; write {date:20060102} or {date:20060102-150405}")
		}
	case "control", "series":
		if !has {
			break
		}
		n, err := strconv.Atoi(detail)
		if err != nil || n < 1 || n > 14 {
			return namePart{}, fmt.Errorf("holds {%s}, whose width is not 1 to 14; write {%s:6}", s, kind)
		}
		p.width = n
	default:
		if has {
			return namePart{}, fmt.Errorf("holds {%s}, but {%s} takes no width or layout; write {%s}", s, kind, kind)
		}
	}
	return p, nil
}

func checkNameText(s string) error {
	for _, r := range s {
		if forbidden(r) || r == '}' {
			return fmt.Errorf("holds %q, which file names cannot have everywhere; use letters, digits, dots, - and _", r)
		}
	}
	return nil
}

// checkSample finds names that would be odd whatever fills them.
func (t NameTemplate) checkSample() error {
	name, err := t.Expand(NameFacts{Control: 1, Series: 1, Number: "1", Source: "1", Time: time.Unix(0, 0).UTC()})
	switch {
	case t.text == "":
		return fmt.Errorf("is empty; write ORD{control:6}.EDI")
	case err != nil:
		return err
	case strings.HasPrefix(t.text, "."):
		return fmt.Errorf("begins with a dot, which hides the file; write ORD{control:6}.EDI")
	case strings.HasSuffix(name, "_") && !strings.HasSuffix(t.text, "_"):
		return fmt.Errorf("ends with a dot or blank, which Windows drops; write ORD{control:6}.EDI")
	}
	return nil
}

// String gives the template as it stands in the profile.
func (t NameTemplate) String() string { return t.text }

// IsZero tells whether there is no template.
func (t NameTemplate) IsZero() bool { return t.text == "" }

// Uses tells whether the template has a part, so that its number has to be reserved: "control", "series", "number", "date",
// "source".
func (t NameTemplate) Uses(part string) bool {
	return slices.ContainsFunc(t.parts, func(p namePart) bool { return p.kind == part })
}

// Unique tells whether each file gets a name of its own: one with {control} or {series}. Others may be taken when a file
// is put, so that files follow each other.
func (t NameTemplate) Unique() bool { return t.Uses("control") || t.Uses("series") }

// Expand makes a name. What a file name cannot have on every system becomes an underscore. It fails when a part that the
// template uses has no value.
func (t NameTemplate) Expand(f NameFacts) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		s, err := p.expand(f)
		if err != nil {
			return "", fmt.Errorf("file name %s: %w", t.text, err)
		}
		b.WriteString(s)
	}
	return cleanName(b.String()), nil
}

func (p namePart) expand(f NameFacts) (string, error) {
	number := func(n int64) (string, error) {
		if n <= 0 {
			return "", fmt.Errorf("there is no number for {%s}", p.kind)
		}
		return fmt.Sprintf("%0*d", p.width, n), nil
	}
	text := func(s string) (string, error) {
		if s == "" {
			return "", fmt.Errorf("there is nothing for {%s}", p.kind)
		}
		return s, nil
	}
	switch p.kind {
	case "control":
		return number(f.Control)
	case "series":
		return number(f.Series)
	case "number":
		return text(f.Number)
	case "source":
		return text(strings.TrimSuffix(f.Source, path.Ext(f.Source)))
	case "date":
		if f.Time.IsZero() {
			return "", fmt.Errorf("there is no time for {date}")
		}
		return f.Time.Format(p.literal), nil
	}
	return p.literal, nil
}

// forbidden tells whether a character cannot stand in file names on every system.
func forbidden(r rune) bool {
	return strings.ContainsRune(`<>:"/\|?*`, r) || r == utf8.RuneError || !unicode.IsPrint(r)
}

// cleanName makes a text a name that every system takes and that leads nowhere.
func cleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		if forbidden(r) {
			return '_'
		}
		return r
	}, s)
	if len(s) > maxName {
		s = cutName(s)
	}
	if strings.HasPrefix(s, ".") {
		s = "_" + s[1:]
	}
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, " ") {
		s = s[:len(s)-1] + "_"
	}
	if isDevice(s) {
		s = "_" + s
	}
	if s == "" {
		return "_"
	}
	return s
}

// cutName shortens a name before its extension.
func cutName(s string) string {
	ext := path.Ext(s)
	if len(ext) > 20 {
		ext = ""
	}
	end := maxName - len(ext)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + ext
}

// isDevice tells whether Windows takes a name for a device, with or without extension.
func isDevice(s string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(s), ".")
	stem = strings.TrimRight(stem, " ")
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL"}, stem) {
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) && stem[3] >= '0' && stem[3] <= '9'
}
