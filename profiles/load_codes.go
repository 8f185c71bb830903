package profiles

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/option"
)

// indexCodes reads the code lists of the home by their files' names.
func (l *loader) indexCodes() {
	l.codes, l.codeFiles = map[string]*mapping.CodeList{}, map[string]string{}
	for _, file := range l.inFolder("codes") {
		name := strings.TrimSuffix(path.Base(file), path.Ext(file))
		if before, twice := l.codeFiles[name]; twice {
			l.add(finding.Finding{Rule: "profile.duplicate", Severity: finding.Error, Place: finding.Place{File: l.place(file)},
				Message: fmt.Sprintf("there is a code list %q already", name), Hint: "it stands in " + l.place(before) + "; keep one of them"})
			continue
		}
		pairs, form, found := readCodes(l.place(file), l.files[file])
		l.add(found...)
		l.codes[name] = newCodeList(name, pairs).Open(finding.Place{File: l.place(file), Line: 1 + lastLine(l.files[file])}, form)
		l.codeFiles[name] = file
	}
}

// lastLine gives the number of the last line with something in it.
func lastLine(b []byte) int {
	n, last := 0, 0
	for line := range bytes.Lines(b) {
		if n++; len(bytes.TrimSpace(line)) > 0 {
			last = n
		}
	}
	return last
}

// readCodes reads two columns under the header ours;theirs. Where a code of ours stands twice, the first pair is written
// and all are read; where one of theirs stands twice, the first pair is read. form is how a pair is written there.
func readCodes(file string, b []byte) (pairs [][2]string, form string, found finding.List) {
	seen := map[[2]string]int{}
	n, offset, separator := 0, 0, ""
	for raw := range bytes.Lines(b) {
		n++
		line := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
		fault := func(severity finding.Severity, hint, format string, args ...any) {
			found = append(found, finding.Finding{Rule: "profile.codes", Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint,
				Source: finding.Cut(strings.ToValidUTF8(line, "�")), Place: finding.Place{File: file, Line: n, Column: 1, Offset: int64(offset), Length: len(line)}})
		}
		text := line
		if n == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		switch cells, ok := cellsOf(text, separator); {
		case !ok:
			fault(finding.Error, "save the file as UTF-8", "the line is not UTF-8")
		case strings.TrimSpace(text) == "":
		case separator == "":
			if separator = headerSeparator(text); separator == "" {
				fault(finding.Error, "write ours;theirs as the first line, our code left and the partner's right", "the code list does not begin with the header ours;theirs")
				return nil, "", found
			}
		case len(cells) != 2 || cells[0] == "" || cells[1] == "":
			fault(finding.Error, "write two codes with "+separator+" between them", "the line is not a pair of codes")
		default:
			pair := [2]string{cells[0], cells[1]}
			if first, twice := seen[pair]; twice {
				fault(finding.Warning, "drop one of them", "the pair stands in line %d already", first)
			} else {
				seen[pair] = n
				pairs = append(pairs, pair)
			}
		}
		offset += len(raw)
	}
	if separator == "" {
		found = append(found, finding.Finding{Rule: "profile.codes", Severity: finding.Error, Place: finding.Place{File: file, Line: 1, Column: 1},
			Message: "the code list is empty", Hint: "write ours;theirs as the first line, our code left and the partner's right"})
	}
	return pairs, "%[1]s" + separator + "%[2]s", found
}

func headerSeparator(line string) string {
	for _, s := range []string{";", ",", "\t"} {
		if ours, theirs, ok := strings.Cut(line, s); ok && strings.EqualFold(strings.TrimSpace(ours), "ours") && strings.EqualFold(strings.TrimSpace(theirs), "theirs") {
			return s
		}
	}
	return ""
}

// cellsOf splits a line; a cell that holds the separator stands in quotes. ok is false for bytes that are not UTF-8.
func cellsOf(line, separator string) (cells []string, ok bool) {
	if strings.ToValidUTF8(line, "") != line {
		return nil, false
	}
	if separator == "" {
		return nil, true
	}
	for rest := line; ; {
		cell, after, more := cutCell(rest, separator)
		cells = append(cells, cell)
		if !more {
			return cells, true
		}
		rest = after
	}
}

func cutCell(s, separator string) (cell, rest string, more bool) {
	trimmed := strings.TrimLeft(s, " ")
	if strings.HasPrefix(trimmed, `"`) {
		var b strings.Builder
		for inside := trimmed[1:]; ; {
			text, after, closed := strings.Cut(inside, `"`)
			b.WriteString(text)
			if !closed {
				break
			}
			if !strings.HasPrefix(after, `"`) {
				_, rest, more = strings.Cut(after, separator)
				return b.String(), rest, more
			}
			b.WriteByte('"')
			inside = after[1:]
		}
	}
	cell, rest, more = strings.Cut(s, separator)
	return strings.TrimSpace(cell), rest, more
}

// codeLists gives the code lists that the profile or the flow names. A list with faults is empty: its faults were said.
func (l *flowLoader) codeLists() map[string]*mapping.CodeList {
	lists := map[string]*mapping.CodeList{}
	for _, p := range l.v.Pairs("codes") {
		switch p.Node.Kind {
		case yaml.ScalarNode:
			lists[p.Key] = l.codesFile(p)
		case yaml.MappingNode:
			lists[p.Key] = l.codesInline(p)
		default:
			f := p.Source.At(p.Node, "option.type", fmt.Sprintf("code list %q is neither a file nor pairs of codes", finding.Cut(p.Key)))
			f.Hint = "write codes/NAME.csv or codes/NAME.xlsx, or {ours: theirs}"
			l.add(f)
			lists[p.Key] = newCodeList(p.Key, nil)
		}
	}
	return lists
}

func (l *flowLoader) codesFile(p option.Pair) *mapping.CodeList {
	file := path.Clean(p.Text)
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if _, ok := l.files[file]; ok && path.Dir(file) == "codes" {
		l.used.codes[file] = true
		return l.loader.codes[name]
	}
	f := p.Source.At(p.Node, "profile.codes", fmt.Sprintf("there is no code list %q", finding.Cut(p.Text)))
	if f.Hint = option.UnknownHint(p.Text, l.inFolder("codes")); f.Hint == "" {
		f.Hint = "write codes/NAME.csv with the header ours;theirs"
	}
	l.add(f)
	return newCodeList(p.Key, nil)
}

func (l *flowLoader) codesInline(p option.Pair) *mapping.CodeList {
	var pairs [][2]string
	for i := 0; i+1 < len(p.Node.Content); i += 2 {
		ours, theirs := p.Node.Content[i], p.Node.Content[i+1]
		if ours.Kind != yaml.ScalarNode || theirs.Kind != yaml.ScalarNode || ours.Value == "" || theirs.Value == "" {
			f := p.Source.At(ours, "profile.codes", fmt.Sprintf("an entry of code list %q is not a pair of codes", finding.Cut(p.Key)))
			f.Hint = "write {ours: theirs, ours: theirs}"
			l.add(f)
			continue
		}
		pairs = append(pairs, [2]string{ours.Value, theirs.Value})
	}
	return newCodeList(p.Key, pairs).Open(p.Source.Place(p.Node), "%[1]s: %[2]q")
}
