package main

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

//go:embed explain.html
var explainPage string

// explainHTML writes one page that needs nothing else: no script, no font, no address.
type explainHTML struct {
	w     *bufio.Writer
	page  *template.Template
	name  string
	begun bool
	n     int
	count [3]int
	first [3]string // anchors of the first finding of each severity
}

func newExplainHTML(w *bufio.Writer, name string) *explainHTML {
	page := template.Must(template.New("").Funcs(template.FuncMap{"ordinal": ordinal, "visible": visible}).Parse(explainPage))
	return &explainHTML{w: w, page: page, name: name}
}

// pageSegment is what the template shows of a segment.
type pageSegment struct {
	*explained
	N     int
	Depth int
	Group string
	Worst string
}

func (h *explainHTML) begin() error {
	if h.begun {
		return nil
	}
	h.begun = true
	return h.page.ExecuteTemplate(h.w, "head", h.name)
}

func (h *explainHTML) segment(s *explained) error {
	if err := h.begin(); err != nil {
		return err
	}
	h.n++
	p := pageSegment{explained: s, N: h.n, Depth: len(s.Groups), Group: strings.Join(s.Groups, " / "), Worst: h.worst(s.all())}
	return h.page.ExecuteTemplate(h.w, "segment", p)
}

// all gives the findings of a segment and of everything in it.
func (s *explained) all() finding.List {
	all := s.Findings
	for _, e := range s.Elements {
		all = append(all[:len(all):len(all)], e.Findings...)
		for _, c := range e.Components {
			all = append(all[:len(all):len(all)], c.Findings...)
		}
	}
	return all
}

// worst counts findings and gives the worst severity among them, "" for none.
func (h *explainHTML) worst(found finding.List) string {
	worst := ""
	level := -1
	for _, f := range found {
		h.count[f.Severity] += max(f.Count, 1)
		if int(f.Severity) > level {
			level, worst = int(f.Severity), f.Severity.String()
		}
		if h.first[f.Severity] == "" {
			h.first[f.Severity] = fmt.Sprintf("s%d", h.n)
		}
	}
	return worst
}

// pageEnd is what the template shows at the end.
type pageEnd struct {
	Rest     finding.List
	Segments int
	Counts   []pageCount
}

type pageCount struct {
	N      int
	What   string
	Anchor string
}

func (h *explainHTML) end(rest finding.List) error {
	if err := h.begin(); err != nil {
		return err
	}
	h.n++
	h.worst(rest)
	e := pageEnd{Rest: rest, Segments: h.n - 1}
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		e.Counts = append(e.Counts, pageCount{h.count[s], s.String(), h.first[s]})
	}
	return h.page.ExecuteTemplate(h.w, "tail", e)
}
