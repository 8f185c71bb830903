package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/batchgate/batchgate/edifact/directory"
)

// showPart prints a message, segment, composite or element.
func showPart(w io.Writer, r *directory.Release, id string) error {
	if m, err := r.Message(id); err == nil {
		showMessage(w, m)
		return nil
	}
	if s, ok := r.Segment(id); ok {
		fmt.Fprintf(w, "%s  %s  (%s)\n", s.Tag, sentence(s.Name), r.Name())
		showFields(w, s.Fields, "  ")
		for _, d := range s.Dependencies {
			fmt.Fprintf(w, "  note %s\n", d)
		}
		return nil
	}
	if c, ok := r.Composite(id); ok {
		fmt.Fprintf(w, "%s  %s  (%s)\n", c.ID, sentence(c.Name), r.Name())
		showFields(w, c.Components, "  ")
		return nil
	}
	if e, ok := r.Element(id); ok {
		fmt.Fprintf(w, "%s  %s  %s  (%s)\n", e.ID, e.Name, e.Format, r.Name())
		list := r.CodeList(id)
		for _, code := range list.Values() {
			name, _ := list.Name(code)
			fmt.Fprintf(w, "  %-6s %s\n", code, name)
		}
		return nil
	}
	return r.WriteLine(io.Discard, id) // says what is spelled alike
}

// showMessage prints a segment table: position, tag or group, name, how often, deeper groups further to the right.
func showMessage(w io.Writer, m *directory.Message) {
	fmt.Fprintf(w, "%s  %s  (%s)\n", m.Type, m.Name, m.Release.Name())
	section := byte(0)
	for _, n := range m.Nodes {
		if n.Section != section {
			section = n.Section
			fmt.Fprintln(w, map[byte]string{'H': "header", 'D': "detail", 'S': "summary"}[section])
		}
		name := ""
		if _, s := definition(m.Release, n.ID, 3); s != nil {
			name = sentence(s.Name)
		}
		mark := ""
		if n.Marked {
			mark = "  marked for deletion"
		}
		indent := strings.Repeat("  ", strings.Count(n.Path(), "/"))
		fmt.Fprintf(w, "  %-6s %-40s %s %d%s\n", n.Position, strings.TrimRight(fmt.Sprintf("%s%-4s %s", indent, n.ID, name), " "), status(n.Mandatory), n.Max, mark)
	}
}

func showFields(w io.Writer, fields []directory.Field, indent string) {
	for _, f := range fields {
		name, format := "", ""
		if f.Composite != nil {
			name = sentence(f.Composite.Name)
		} else {
			name, format = f.Element.Name, "  "+f.Element.Format.String()
		}
		mark := ""
		if f.Marked {
			mark = "  marked for deletion"
		}
		fmt.Fprintf(w, "%s%03d  %-4s %-48s %s %d%s%s\n", indent, f.Position, f.ID, name, status(f.Mandatory), f.Repeat, format, mark)
		if f.Composite != nil {
			showFields(w, f.Composite.Components, indent+"     ")
		}
	}
}

func status(mandatory bool) string {
	if mandatory {
		return "M"
	}
	return "C"
}
