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

// mappingDocument is one mapping of a file that may hold several.
type mappingDocument struct {
	name string
	file string // path in the home
	span span
	text []byte // the whole file with everything else blanked out, so that lines and offsets stay
	used bool
}

// indexMappings finds the mappings of the home by their names.
func (l *loader) indexMappings() {
	l.mappings = map[string]*mappingDocument{}
	for _, file := range l.inFolder("mappings") {
		base := strings.TrimSuffix(path.Base(file), path.Ext(file))
		spans := documents(l.files[file])
		for i, s := range spans {
			d := &mappingDocument{file: file, span: s, text: blankOutside(l.files[file], s)}
			if len(spans) == 1 {
				d.name = base
			}
			place := l.nameOf(d)
			if d.name == "" {
				l.add(finding.Finding{Rule: "profile.mapping", Severity: finding.Error, Place: place,
					Message: "a mapping of a file with several has no name", Hint: fmt.Sprintf("begin it with name: %s-%d", base, i+1)})
				continue
			}
			if before, ok := l.mappings[d.name]; ok {
				l.add(finding.Finding{Rule: "profile.duplicate", Severity: finding.Error, Place: place,
					Message: fmt.Sprintf("there is a mapping %q already", d.name), Hint: fmt.Sprintf("it stands in %s; give one of them another name", l.place(before.file))})
				continue
			}
			l.mappings[d.name] = d
		}
	}
}

// nameOf takes a mapping's own name, where it has one. What else is wrong with the document its compilation says.
func (l *loader) nameOf(d *mappingDocument) finding.Place {
	src, _ := option.Parse(l.place(d.file), d.text)
	place := finding.Place{File: l.place(d.file)}
	if src.Root == nil || src.Root.Kind != yaml.MappingNode {
		return place
	}
	place = src.Place(src.Root)
	for i := 0; i+1 < len(src.Root.Content); i += 2 {
		if key, value := src.Root.Content[i], src.Root.Content[i+1]; key.Value == "name" && value.Kind == yaml.ScalarNode && value.Value != "" {
			d.name = value.Value
			return src.Place(value)
		}
	}
	return place
}

// span is a stretch of a file.
type span struct{ from, to int }

// documents finds the YAML documents of a file, without the lines "---" between them.
func documents(b []byte) []span {
	var all []span
	start := 0
	for at := 0; at < len(b); {
		next := len(b)
		if i := bytes.IndexByte(b[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		if line := bytes.TrimRight(b[at:next], " \t\r\n"); bytes.Equal(line, []byte("---")) {
			all = append(all, span{start, at})
			start = next
		}
		at = next
	}
	all = append(all, span{start, len(b)})
	kept := all[:0]
	for _, s := range all {
		if hasContent(b[s.from:s.to]) {
			kept = append(kept, s)
		}
	}
	return kept
}

// hasContent tells whether there is more than blanks and comments.
func hasContent(b []byte) bool {
	for line := range bytes.Lines(b) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return true
		}
	}
	return false
}

// blankOutside keeps stretches of a file and turns all else into blanks, line ends excepted, so that lines and offsets
// stay. Blanks at the end are dropped.
func blankOutside(b []byte, keep ...span) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		inside := c == '\n' || c == '\r'
		for _, s := range keep {
			inside = inside || i >= s.from && i < s.to
		}
		if !inside {
			out[i] = ' '
		}
	}
	return append(bytes.TrimRight(out, " \r\n"), '\n')
}

// compile compiles a mapping with the code lists of a flow. It gives nil where there is none or it has faults.
func (l *flowLoader) compile(v option.Values, use mappingUse, codes map[string]*mapping.CodeList) *mapping.Mapping {
	if use.name == "" {
		return nil
	}
	d, ok := l.loader.mappings[use.name]
	if !ok {
		hint := option.UnknownHint(use.name, sortedKeys(l.loader.mappings))
		if hint == "" {
			hint = "write it as mappings/" + use.name + ".yaml"
		}
		l.fault(v, use.setting, "profile.mapping", hint, "unknown mapping %q", finding.Cut(use.name))
		return nil
	}
	d.used = true
	l.used.mappings[d.name] = true
	m, found := mapping.Compile(d.text, mapping.Environment{File: l.place(d.file), Codes: l.lookupCodes(codes), Directories: l.known})
	l.add(found...)
	if found.HasErrors() {
		return nil
	}
	if m.Format() == mapping.EDIFACT {
		l.used.directory(l.directoryFile(m.Directory()), m.Message())
	}
	return m
}

// lookupCodes finds a code list: one of the profile, else that of codes/NAME.csv.
func (l *flowLoader) lookupCodes(codes map[string]*mapping.CodeList) func(string) (*mapping.CodeList, bool) {
	return func(name string) (*mapping.CodeList, bool) {
		if c, ok := codes[name]; ok {
			return c, true
		}
		c, ok := l.loader.codes[name]
		if ok {
			l.used.codes[l.codeFiles[name]] = true
		}
		return c, ok
	}
}

// unusedMappings also checks the mappings that no flow uses. Their code lists may be those of any profile.
func (l *loader) unusedMappings() {
	for _, name := range sortedKeys(l.mappings) {
		d := l.mappings[name]
		if d.used {
			continue
		}
		_, found := mapping.Compile(d.text, mapping.Environment{File: l.place(d.file), Directories: l.known, Codes: func(name string) (*mapping.CodeList, bool) {
			if c, ok := l.codes[name]; ok {
				return c, true
			}
			return newCodeList(name, nil), true
		}})
		l.add(found...)
	}
}
