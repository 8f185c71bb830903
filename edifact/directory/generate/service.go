package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// addService takes in the service segments and messages of one syntax version.
func (s *store) addService(release, syntax int, folder string) error {
	of := strconv.Itoa(syntax)
	listed, err := s.addServiceCodes(release, syntax, folder)
	if err != nil {
		return err
	}
	names := map[string]string{}
	err = readTable(filepath.Join(folder, "elements.tsv"), func(r row) error {
		if r["syntax"] == of || names[r["element"]] == "" {
			names[r["element"]] = r["name"]
		}
		return nil
	})
	if err != nil {
		return err
	}
	elements := map[string]element{}
	for kind, column := range map[string]string{"composite": "element", "segment": "id"} {
		defs := map[string]*definition{}
		err := readTable(filepath.Join(folder, kind+"s.tsv"), func(r row) error {
			if r["syntax"] != of {
				return nil
			}
			f, err := readField(r, column)
			if err != nil {
				return err
			}
			if defs[r[kind]] == nil {
				defs[r[kind]] = &definition{name: r["name"]}
			}
			defs[r[kind]].fields = append(defs[r[kind]].fields, f)
			if r["format"] == "" {
				return nil
			}
			return noteFormat(elements, f.id, r["format"], names[f.id], listed[f.id])
		})
		if err != nil {
			return err
		}
		for id, d := range defs {
			s.kind(kind).add(release, id, d.encode())
		}
	}
	for id, e := range elements {
		s.kind("element").add(release, id, e.encode())
	}
	return s.addServiceMessages(release, of, folder)
}

// noteFormat takes an element's format from the place where it is used. 0052 and 0054 are printed as n..3 for syntax 1
// and 2, but D and 96A have always travelled in them.
func noteFormat(elements map[string]element, id, text, name string, codes bool) error {
	if id == "0052" || id == "0054" {
		text = "an..3"
	}
	f, err := parseFormat(text)
	if err != nil {
		return err
	}
	if before, ok := elements[id]; ok && before.format != f {
		return fmt.Errorf("element %s has two formats", id)
	}
	elements[id] = element{name: name, format: f, codes: codes}
	return nil
}

// addServiceCodes takes in the service code lists: those of syntax 4, and for all older syntax versions those of
// syntax 3 together with what the first editions had.
func (s *store) addServiceCodes(release, syntax int, folder string) (map[string]bool, error) {
	from := []string{"4"}
	if syntax < 4 {
		from = []string{"2", "3"}
	}
	listed := map[string]bool{}
	err := readTable(filepath.Join(folder, "codes.tsv"), func(r row) error {
		if slices.Contains(from, r["syntax"]) {
			listed[r["element"]] = true
			s.addCode(release, r["element"], r["code"], r["name"])
		}
		return nil
	})
	return listed, err
}

// addServiceMessages takes in CONTRL, AUTACK and KEYMAN.
func (s *store) addServiceMessages(release int, syntax, folder string) error {
	rows := map[string][]row{}
	err := readTable(filepath.Join(folder, "messages.tsv"), func(r row) error {
		if slices.Contains(strings.Fields(r["syntax"]), syntax) {
			rows[r["message"]] = append(rows[r["message"]], r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for message, table := range rows {
		packed, err := encodeMessage(table)
		if err != nil {
			return fmt.Errorf("message %s: %w", message, err)
		}
		s.kind("message").add(release, message, (&packer{}).text(serviceNames[message]).bytes)
		s.structure(message).add(release, message, packed)
	}
	return nil
}

var serviceNames = map[string]string{
	"CONTRL": "Syntax and service report message",
	"AUTACK": "Secure authentication and acknowledgement message",
	"KEYMAN": "Security key and certificate management message",
}
