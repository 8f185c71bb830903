package sniff

import (
	"fmt"
	"strconv"
	"strings"
)

// Draft gives the head of a mapping that reads such a file, as YAML, for a person to go on from; "" where the format is none
// that mappings have.
func (g *Guess) Draft() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	switch g.Format {
	case "delimited":
		g.draftDelimited(line)
	case "fixed":
		g.draftFixed(line)
	case "idoc":
		line("format: idoc\nbasic: %s", orElse(g.Kind, "ORDERS05"))
		if g.Charset != "" && g.Charset != "utf-8" {
			line("charset: %s", g.Charset)
		}
	case "edifact":
		line("format: edifact\nmessage: %s\ndirectory: D.96A   # as UNH says", orElse(g.Kind, "ORDERS"))
	case "xml":
		line("format: xml\nroot: %s", orElse(g.Kind, "Root"))
	case "json", "xlsx":
		line("format: %s", g.Format)
	default:
		return ""
	}
	switch {
	case len(g.Records) > 1:
		line("document: {kind: order, each: %s}   # the record that begins a document; or stock, shipment, invoice, price, product", recordName(g, 0))
	case g.Format == "delimited" || g.Format == "fixed" || g.Format == "xlsx":
		line("document: {kind: stock, each: row}   # or price, product, order, shipment, invoice; what a row is only you know")
	default:
		line("document: order   # or stock, shipment, invoice, price, product")
	}
	line("map:\n  # sku: ...")
	return b.String()
}

// recordName names a type of records after its mark.
func recordName(g *Guess, i int) string {
	name := strings.ToLower(strings.Trim(g.Records[i].Mark, "<>"))
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" {
		return fmt.Sprintf("type%d", i+1)
	}
	return name
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (g *Guess) draftDelimited(line func(string, ...any)) {
	line("format: delimited\ndelimiter: %s\ncharset: %s", yaml(g.Delimiter), orElse(g.Charset, "utf-8"))
	if g.LineEnd != "" {
		line("line_end: %s", g.LineEnd)
	}
	if g.SepLine {
		line("sep_line: true")
	}
	if g.Decimal == "," {
		line(`decimal: ","`)
	}
	if len(g.Records) > 1 {
		line("records:")
		for i, r := range g.Records {
			line("  %s: {mark: %s, columns: [%s]}", recordName(g, i), yaml(r.Mark), columnNames(r.Columns, "mark"))
		}
		return
	}
	if !g.Header {
		line("header: false\ncolumns: [%s]", columnNames(g.Records[0].Columns, ""))
	}
	g.draftColumns(line)
}

// columnNames lists names for columns, the first of them given.
func columnNames(columns []Column, first string) string {
	var names []string
	for i, c := range columns {
		switch {
		case i == 0 && first != "":
			names = append(names, first)
		case c.Name != "":
			names = append(names, yaml(c.Name))
		default:
			names = append(names, fmt.Sprintf("column%d", i+1))
		}
	}
	return strings.Join(names, ", ")
}

// draftColumns says as comments what the columns hold.
func (g *Guess) draftColumns(line func(string, ...any)) {
	for i, c := range g.Records[0].Columns {
		name := orElse(c.Name, fmt.Sprintf("column%d", i+1))
		detail := c.Type
		if c.Date != "" {
			detail = fmt.Sprintf("date, as: {date: %q}", c.Date)
		}
		line("# %s: %s, such as %q", name, detail, c.Example)
	}
}

func (g *Guess) draftFixed(line func(string, ...any)) {
	line("format: fixed\ncharset: %s", orElse(g.Charset, "utf-8"))
	switch {
	case g.Words != "":
		line("words: %s\nshort_rows: true", g.Words)
	case g.LineEnd == "" && g.Length > 0:
		line("record: %d", g.Length)
	case g.LineEnd != "" && g.LineEnd != "nel":
		line("line_end: %s", g.LineEnd)
	}
	fields := func(columns []Column) string {
		var all []string
		for _, c := range columns {
			all = append(all, fmt.Sprintf("%s: %d-%d", c.Name, c.From, c.To))
		}
		return strings.Join(all, ", ")
	}
	switch len(g.Records) {
	case 0:
		line("layout: {field1: 1-10}   # from the sender's layout")
	case 1:
		line("layout: {%s}", fields(g.Records[0].Columns))
	default:
		line("records:")
		for i, r := range g.Records {
			line("  %s: {mark: %s, layout: {%s}}", recordName(g, i), yaml(r.Mark), fields(r.Columns))
		}
	}
}

// yaml writes a text as a scalar.
func yaml(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_åäöÅÄÖ") == "" && s != "null" && s != "true" && s != "false" {
		return s
	}
	return strconv.Quote(s)
}
