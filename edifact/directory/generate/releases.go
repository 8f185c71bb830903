package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// field is one position of a segment or composite.
type field struct {
	id                string
	position, repeat  int
	mandatory, marked bool
}

// definition is what one release says about a segment or composite.
type definition struct {
	name   string
	fields []field
}

// element is what one release says about an element.
type element struct {
	name   string
	format format
	codes  bool
}

// addRelease takes in the messages, segments, composites and elements of one release folder.
func (s *store) addRelease(release int, folder string) error {
	names := map[string]string{}
	err := readTable(filepath.Join(folder, "names.tsv"), func(r row) error {
		if r["use"] != "I" {
			names[r["kind"]+" "+r["id"]] = r["name"]
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.addElements(release, folder); err != nil {
		return err
	}
	for kind, column := range map[string]string{"composite": "element", "segment": "id"} {
		defs, err := readDefinitions(filepath.Join(folder, kind+"s.tsv"), kind, column)
		if err != nil {
			return err
		}
		for id, d := range defs {
			d.name = names[kind+" "+id]
			s.kind(kind).add(release, id, d.encode())
		}
	}
	return s.addMessages(release, folder)
}

// readDefinitions reads segments or composites, batch half only.
func readDefinitions(path, kind, column string) (map[string]*definition, error) {
	defs := map[string]*definition{}
	err := readTable(path, func(r row) error {
		if r["use"] == "I" {
			return nil
		}
		f, err := readField(r, column)
		if err != nil {
			return err
		}
		d := defs[r[kind]]
		if d == nil {
			d = &definition{}
			defs[r[kind]] = d
		}
		d.fields = append(d.fields, f)
		return nil
	})
	return defs, err
}

// readField reads one position.
func readField(r row, column string) (field, error) {
	position, err := r.number("pos")
	if err != nil {
		return field{}, err
	}
	repeat, err := r.number("repeat")
	if err != nil {
		return field{}, err
	}
	if r["status"] != "M" && r["status"] != "C" {
		return field{}, fmt.Errorf("status %q", r["status"])
	}
	return field{id: r[column], position: position, repeat: max(repeat, 1), mandatory: r["status"] == "M", marked: r["mark"] == "X"}, nil
}

// addElements takes in the elements of a release.
func (s *store) addElements(release int, folder string) error {
	return readTable(filepath.Join(folder, "elements.tsv"), func(r row) error {
		if r["use"] == "I" {
			return nil
		}
		f, err := parseFormat(r["format"])
		if err != nil {
			return err
		}
		e := element{name: r["name"], format: f, codes: r["codes"] != "0"}
		s.kind("element").add(release, r["element"], e.encode())
		return nil
	})
}

// addCodes takes in the code lists of a release folder.
func (s *store) addCodes(release int, folder string) error {
	return readTable(filepath.Join(folder, "codes.tsv.gz"), func(r row) error {
		s.addCode(release, r["element"], r["code"], r["name"])
		return nil
	})
}

// addMessages takes in the batch messages of a release.
func (s *store) addMessages(release int, folder string) error {
	names := map[string]string{}
	err := readTable(filepath.Join(folder, "message-index.tsv"), func(r row) error {
		if r["use"] != "I" {
			names[r["message"]] = r["name"]
		}
		return nil
	})
	if err != nil {
		return err
	}
	rows := map[string][]row{}
	err = readTable(filepath.Join(folder, "messages.tsv.gz"), func(r row) error {
		if _, batch := names[r["message"]]; batch {
			rows[r["message"]] = append(rows[r["message"]], r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for message, table := range rows {
		if !whole(table) {
			fmt.Fprintf(os.Stderr, "generate: table of %s in %s is cut off at its head: left out\n", message, folder)
			continue
		}
		packed, err := encodeMessage(table)
		if err != nil {
			return fmt.Errorf("message %s: %w", message, err)
		}
		s.kind("message").add(release, message, (&packer{}).text(names[message]).bytes)
		s.structure(message).add(release, message, packed)
	}
	return nil
}

// encodeMessage packs a segment table. The first row of a group is its trigger and is made M 1, which a dozen printed
// tables forget.
func encodeMessage(table []row) ([]byte, error) {
	p := &packer{}
	width := len(table[0]["pos"])
	p.number(width).number(len(table))
	last := 0
	afterGroup := false
	for _, r := range table {
		group := r["kind"] == "G"
		if group && afterGroup {
			return nil, fmt.Errorf("line %s: group without a trigger segment", r["line"])
		}
		level, err := r.number("level")
		if err != nil {
			return nil, err
		}
		most, err := r.number("max")
		if err != nil {
			return nil, err
		}
		position, err := r.number("pos")
		if err != nil {
			return nil, err
		}
		mandatory := r["status"] == "M"
		if afterGroup {
			mandatory, most = true, 1
		}
		flags := strings.Index(" HDS", (r["section"] + " ")[:1]) << 3
		for bit, set := range []bool{group, mandatory, r["mark"] == "X"} {
			if set {
				flags |= 1 << bit
			}
		}
		p.number(flags).number(level)
		if group {
			n, err := strconv.Atoi(strings.TrimPrefix(r["id"], "SG"))
			if err != nil {
				return nil, err
			}
			p.number(n)
		} else {
			p.raw(r["id"], 3)
		}
		p.number(most).signed(position - last)
		last = position
		afterGroup = group
	}
	return p.bytes, nil
}

// whole tells whether a table has both ends. Fifteen tables of D.93A have lost their first pages.
func whole(table []row) bool {
	return table[0]["id"] == "UNH" && table[len(table)-1]["id"] == "UNT"
}
