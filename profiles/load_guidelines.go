package profiles

import (
	"path"
	"strings"

	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/option"
)

// guidelineFile gives the path of a guideline in the home, "" when there is none.
func (l *loader) guidelineFile(name string) string {
	for _, file := range l.inFolder("guidelines") {
		if strings.TrimSuffix(path.Base(file), path.Ext(file)) == name {
			return file
		}
	}
	return ""
}

// compileGuideline compiles a guideline and tells which files it is made of.
func (l *loader) compileGuideline(file string, use func(file string)) *guideline.Guideline {
	use(file)
	g, found := guideline.Compile(l.files[file], guideline.Environment{File: l.place(file), Directories: l.known, Find: func(name string) ([]byte, string, bool) {
		base := l.guidelineFile(name)
		if base == "" {
			return nil, "", false
		}
		use(base)
		return l.files[base], l.place(base), true
	}})
	l.add(found...)
	return g
}

// unusedGuidelines also checks the guidelines that no flow uses.
func (l *loader) unusedGuidelines() {
	for _, file := range l.inFolder("guidelines") {
		if !l.guided[file] {
			l.compileGuideline(file, func(string) {})
		}
	}
}

// guideline finds the guideline of a flow. It has to be about the message of one of the flow's mappings.
func (l *flowLoader) guideline() {
	name := l.v.Text("guideline")
	if name == "" {
		return
	}
	file := l.guidelineFile(name)
	if file == "" {
		var known []string
		for _, file := range l.inFolder("guidelines") {
			known = append(known, strings.TrimSuffix(path.Base(file), path.Ext(file)))
		}
		hint := option.UnknownHint(name, known)
		if hint == "" {
			hint = "write it as guidelines/" + name + ".yaml; batchgate guideline derive drafts one"
		}
		l.fault(l.v, "guideline", "profile.guideline", hint, "there is no guideline %q", finding.Cut(name))
		return
	}
	g := l.compileGuideline(file, func(file string) {
		l.used.guidelines[file] = true
		l.guided[file] = true
	})
	if g == nil {
		return
	}
	l.f.Guideline = g
	l.used.directory(l.directoryFile(g.Message.Release.Name()), g.Message.Type)
	for _, m := range []*mapping.Mapping{l.f.Read, l.f.Write} {
		if m != nil && m.Format() == mapping.EDIFACT && m.Message() == g.Message.Type {
			return
		}
	}
	l.fault(l.v, "guideline", "profile.guideline", "name one for the message of the flow's mapping", "the guideline %s is about %s, which the flow neither reads nor writes", g.Name, g.Message.Type)
}
