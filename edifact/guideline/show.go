package guideline

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// Part is one line of a guideline for people: a segment or group with what is said about it.
type Part struct {
	// Path is that of the segment table with its qualifiers, "SG2[BY]/NAD"; Depth counts the groups around.
	Path  string `json:"path"`
	Depth int    `json:"depth"`
	Tag   string `json:"tag"`
	Name  string `json:"name"`
	Group bool   `json:"group,omitempty"`
	// Directory is what the directory says, "M 1" or "C 99"; Use and Max are what the guideline makes of it.
	Directory string    `json:"directory"`
	Use       string    `json:"use"` // "required", "optional" or "unused"
	Max       int       `json:"max"`
	Note      string    `json:"note,omitempty"`
	Elements  []Element `json:"elements,omitempty"`
}

// Element is what is said about an element of a segment.
type Element struct {
	Path      string            `json:"path"`
	Name      string            `json:"name"`
	Directory string            `json:"directory"` // "M an..35"
	Use       string            `json:"use"`
	Format    string            `json:"format,omitempty"` // where it is narrower than the directory's
	Codes     []string          `json:"codes,omitempty"`  // the values that are taken; none means any
	Names     map[string]string `json:"names,omitempty"`  // of the codes
	Note      string            `json:"note,omitempty"`
}

// Parts gives all that is used or spoken of, in the order of the segment table.
func (g *Guideline) Parts() []Part { return g.parts(g.root, 0, nil) }

func (g *Guideline) parts(in *group, depth int, all []Part) []Part {
	for _, r := range in.rows {
		if !r.first {
			continue
		}
		uses := r.variants
		if r.total != nil && (len(uses) == 0 || r.total.max > 0 || r.total.required || r.total.note != "") {
			uses = append([]*use{r.total}, uses...)
		}
		for _, u := range uses {
			all = append(all, g.part(r, u, depth))
			if u.inside != nil && !u.unused && (u != r.total || len(r.variants) == 0) {
				all = g.parts(u.inside, depth+1, all)
			}
		}
	}
	return all
}

func (g *Guideline) part(r *row, u *use, depth int) Part {
	p := Part{Path: u.name, Depth: depth, Tag: trigger(r.node), Group: r.node.Group, Directory: fmt.Sprintf("%s %d", status(r.node.Mandatory), r.node.Max), Use: "optional", Max: r.node.Max, Note: u.note}
	s := g.segmentOf(r.node)
	if s != nil {
		p.Name = sentence(s.Name)
	}
	if u.max > 0 {
		p.Max = min(p.Max, u.max)
	}
	switch {
	case u.unused:
		p.Use = "unused"
	case u.required, r.node.Mandatory && len(u.values) == 0:
		p.Use = "required"
	}
	if s != nil && !r.node.Group && !u.unused {
		p.Elements = g.shown(u, s)
	}
	return p
}

// shown gives the elements of a segment that are used or spoken of.
func (g *Guideline) shown(u *use, s *directory.Segment) []Element {
	var all []Element
	for _, path := range s.Elements() {
		spots := s.Find(path, 3)
		if len(spots) == 0 || spots[0].Leaf == nil {
			continue
		}
		spot := spots[0]
		e := Element{Path: path, Name: spot.Leaf.Name, Directory: fmt.Sprintf("%s %s", status(mandatory(spot)), spot.Leaf.Format), Use: "optional"}
		if mandatory(spot) {
			e.Use = "required"
		}
		named := mandatory(spot)
		for _, rule := range u.elements {
			if !covers(rule, spot) {
				continue
			}
			named = true
			e.say(rule, g)
		}
		if isQualifier := path == u.by; isQualifier && len(u.values) > 0 {
			named, e.Use = true, "required"
			if e.Codes == nil {
				e.Codes = u.values
			}
		}
		if u.refuse && !named {
			continue
		}
		for _, code := range e.Codes {
			if name, ok := g.Message.Release.Code(spot.Leaf.ID, code); ok && e.Names[code] == "" {
				if e.Names == nil {
					e.Names = map[string]string{}
				}
				e.Names[code] = name
			}
		}
		all = append(all, e)
	}
	return all
}

func covers(r *elementRule, spot directory.Spot) bool {
	for _, s := range r.spots[0] {
		if s.Element == spot.Element && (s.Component == spot.Component || s.Component == directory.Whole) {
			return true
		}
	}
	return false
}

func (e *Element) say(r *elementRule, g *Guideline) {
	switch {
	case r.unused:
		e.Use = "unused"
	case r.required && r.element != nil:
		e.Use = "required"
	}
	if r.format != nil {
		e.Format = r.format.String()
	}
	if r.codes != nil {
		e.Codes, e.Names = r.codes, map[string]string{}
		for code, name := range r.names {
			e.Names[code] = name
		}
	}
	if r.note != "" {
		e.Note = r.note
	}
}

func status(mandatory bool) string {
	if mandatory {
		return "M"
	}
	return "C"
}

// sentence writes a name in capitals as people write.
func sentence(name string) string {
	if strings.ToUpper(name) != name || len(name) < 2 {
		return name
	}
	return name[:1] + strings.ToLower(name[1:])
}

// Markdown prints the guideline as an implementation guide.
func (g *Guideline) Markdown() []byte {
	var b strings.Builder
	title := g.Title
	if title == "" {
		title = g.Name
	}
	fmt.Fprintf(&b, "# %s\n\n", cell(title))
	fmt.Fprintf(&b, "| | |\n|---|---|\n| guideline | `%s` |\n| message | %s, %s |\n| directory | UN/EDIFACT %s |\n", g.Name, g.Message.Type, cell(sentence(g.Message.Name)), g.Message.Release.Name())
	if len(g.Extends) > 0 {
		fmt.Fprintf(&b, "| narrows | %s |\n", strings.Join(g.Extends, ", "))
	}
	if len(g.Associations) > 0 {
		fmt.Fprintf(&b, "| subset (0057) | %s |\n", strings.Join(g.Associations, ", "))
	}
	others := "is allowed as the directory has it"
	if g.refuse {
		others = "is not used"
	}
	fmt.Fprintf(&b, "\nWhat is not named here %s. M is mandatory and C conditional in the directory, followed by how often.\n\n## Segments\n\n", others)
	b.WriteString("| segment | name | directory | use | at most | remark |\n|---|---|---|---|--:|---|\n")
	parts := g.Parts()
	for _, p := range parts {
		indent := strings.Repeat("&emsp;", p.Depth)
		name := p.Path[strings.LastIndexByte("/"+p.Path, '/'):]
		if p.Group {
			name = "**" + name + "** " + p.Tag
		}
		fmt.Fprintf(&b, "| %s%s | %s | %s | %s | %d | %s |\n", indent, cell(name), cell(p.Name), p.Directory, p.Use, p.Max, cell(p.Note))
	}
	b.WriteString("\n## Elements\n")
	for _, p := range parts {
		p.markdown(&b)
	}
	g.markdownRules(&b)
	b.WriteString("\n---\n\nStructure, tags and code values from the UN/EDIFACT directories, © United Nations (UNECE); the official texts prevail.\n")
	return []byte(b.String())
}

func (p Part) markdown(b *strings.Builder) {
	if len(p.Elements) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s %s\n\n", cell(p.Path), cell(p.Name))
	if p.Note != "" {
		b.WriteString(cell(p.Note) + "\n\n")
	}
	b.WriteString("| element | name | directory | use | values |\n|---|---|---|---|---|\n")
	for _, e := range p.Elements {
		var values []string
		if e.Format != "" {
			values = append(values, "format "+e.Format)
		}
		for _, code := range e.Codes {
			text := "`" + cell(code) + "`"
			if e.Names[code] != "" {
				text += " " + cell(e.Names[code])
			}
			values = append(values, text)
		}
		if e.Note != "" {
			values = append(values, cell(e.Note))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", e.Path, cell(e.Name), e.Directory, e.Use, strings.Join(values, "<br>"))
	}
}

func (g *Guideline) markdownRules(b *strings.Builder) {
	if len(g.rules) == 0 {
		return
	}
	b.WriteString("\n## Rules\n\n")
	for _, r := range g.rules {
		fmt.Fprintf(b, "- **%s**", cell(r.name))
		if r.level != finding.Error {
			fmt.Fprintf(b, " (%s)", r.level)
		}
		b.WriteString(": ")
		if r.message != "" {
			b.WriteString(cell(r.message) + ". ")
		}
		if r.within != "" {
			fmt.Fprintf(b, "In each %s: ", cell(r.within))
		}
		if len(r.ifs) > 0 {
			b.WriteString("if " + sayTerms(r.ifs) + ", then ")
		}
		b.WriteString(sayTerms(r.thens) + ".\n")
	}
}

func sayTerms(terms []*term) string {
	var said []string
	for _, t := range terms {
		switch {
		case t.want == "unused":
			said = append(said, cell(t.path)+" is not used")
		case t.want != "":
			said = append(said, cell(t.path)+" is "+t.want)
		case t.not:
			said = append(said, cell(t.path)+" is not "+cell(orList(t.values)))
		default:
			said = append(said, cell(t.path)+" is "+cell(orList(t.values)))
		}
	}
	return strings.Join(said, " and ")
}

// cell writes a text so that it stays in its cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "\r", "", "<", "&lt;", "[", "\\[", "]", "\\]").Replace(s)
}
