package option

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteHelp writes the table for the terminal: one line for each setting, blocks indented below theirs.
func (t *Table) WriteHelp(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "%s\n\n", t.title()); err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	t.rows("", func(path string, o *Option) {
		indent := strings.Repeat("  ", strings.Count(path, "."))
		fmt.Fprintf(tw, "  %s%s\t%s\t%s\n", indent, o.Name, o.kind(), o.meaning())
	})
	return tw.Flush()
}

// WriteMarkdown writes the table for the reference page.
func (t *Table) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s.\n\n| setting | type | default | meaning |\n|---|---|---|---|\n", t.Name, strings.TrimSuffix(t.Help, "."))
	cell := strings.NewReplacer("|", `\|`, "\n", " ")
	t.rows("", func(path string, o *Option) {
		standard := ""
		if o.Default != "" {
			standard = "`" + o.Default + "`"
		}
		meaning := o.Help
		if o.Required {
			meaning += ". Required"
		}
		if o.Example != "" {
			meaning += ". Example: `" + o.Example + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", path, cell.Replace(o.kind()), cell.Replace(standard), cell.Replace(meaning))
	})
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *Table) title() string {
	if t.Help == "" {
		return t.Name
	}
	return t.Name + ": " + t.Help
}

func (t *Table) rows(prefix string, row func(path string, o *Option)) {
	for i := range t.Options {
		o := &t.Options[i]
		row(prefix+o.Name, o)
		if o.Block != nil {
			o.Block.rows(prefix+o.Name+".", row)
		}
	}
}

// kind gives the type with the allowed words.
func (o *Option) kind() string {
	if len(o.Allowed) > 0 && o.Type == Choice {
		return strings.Join(o.Allowed, " | ")
	}
	if len(o.Allowed) > 0 {
		return o.Type.String() + ": " + strings.Join(o.Allowed, " | ")
	}
	return o.Type.String()
}

func (o *Option) meaning() string {
	text := o.Help
	switch {
	case o.Required:
		text += " (required)"
	case o.Default != "":
		text += " (default " + o.Default + ")"
	}
	return text
}
