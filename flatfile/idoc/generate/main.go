// Command generate makes the table of IDoc segments that package idoc embeds.
//
// Its sources are two tables of facts, tab separated, lines that begin with # being notes: the fields of segments with
// their lengths, and the segments of basic types with their place and how often they may stand. The build never needs
// this command.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	facts := flag.String("facts", "", "folder with idoc-fields.tsv and idoc-segments.tsv")
	out := flag.String("out", "segments.txt", "file to write")
	flag.Parse()
	if err := run(*facts, *out); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(facts, out string) error {
	fields, err := rows(filepath.Join(facts, "idoc-fields.tsv"), "segment", "field", "length", "sap_type")
	if err != nil {
		return err
	}
	segments, err := rows(filepath.Join(facts, "idoc-segments.tsv"), "basic_type", "level", "segment", "min", "max", "category")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("# Made by flatfile/idoc/generate: structure of SAP IDocs, release SAP S/4HANA 1809 FPS02. See NOTICE.\n")
	writeFields(&b, fields)
	writeTypes(&b, segments)
	return os.WriteFile(out, b.Bytes(), 0o644)
}

// writeFields writes a line for each segment: its name, and its fields with their lengths. Kinds other than text are told
// by a letter: n digits with zeros before them, d date, t time, q quantity or amount.
func writeFields(b *bytes.Buffer, fields [][]string) {
	kinds := map[string]string{"NUMC": "n", "DATS": "d", "TIMS": "t", "QUAN": "q", "DEC": "q", "CURR": "q", "CHAR": ""}
	var names []string
	seen := map[string]map[string]bool{}
	lines := map[string]string{}
	for _, f := range fields {
		if seen[f[0]] == nil {
			names = append(names, f[0])
			seen[f[0]] = map[string]bool{}
		}
		if !seen[f[0]][f[1]] {
			seen[f[0]][f[1]] = true
			lines[f[0]] += " " + f[1] + ":" + f[2] + kinds[f[3]]
		}
	}
	for _, name := range names {
		fmt.Fprintf(b, "segment %s%s\n", name, lines[name])
	}
}

// writeTypes writes the tree of each basic type: a line for each segment with its level, the least and the most of it.
func writeTypes(b *bytes.Buffer, segments [][]string) {
	basic := ""
	groups := 0 // the first segment of a group stands a level below it in the source
	for _, s := range segments {
		if s[0] != basic {
			basic, groups = s[0], 0
			fmt.Fprintf(b, "type %s\n", basic)
		}
		if groups > 0 {
			groups--
			continue
		}
		if s[2] == "EDI_DC40" {
			continue
		}
		if s[5] == "Segment Group" {
			groups = 1
		}
		most := s[4]
		if len(most) > 6 {
			most = "*"
		}
		fmt.Fprintf(b, "%s %s %s %s\n", s[1], s[2], s[3], most)
	}
}

// rows gives some columns of a table.
func rows(file string, columns ...string) ([][]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var at []int
	var all [][]string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if at == nil {
			for _, want := range columns {
				for i, name := range cells {
					if name == want {
						at = append(at, i)
					}
				}
			}
			if len(at) != len(columns) {
				return nil, errors.New(file + ": a column is missing")
			}
			continue
		}
		var row []string
		for _, i := range at {
			row = append(row, cells[i])
		}
		all = append(all, row)
	}
	return all, nil
}
