package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

type entity struct {
	name   string
	fields []*field
}

func (e *entity) field(name string) *field {
	for _, f := range e.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

type field struct {
	name     string
	kind     string // see the heading of the written table
	target   string // entity of an association or foreign key
	through  string // field that keeps it
	link     link
	readOnly []string // releases in which it is read-only
	required []string // releases in which it is required
	releases []string // releases that know it
}

// untyped gives a kind to the fields that the documents leave without a type. Others without a type are left out.
var untyped = map[string]string{
	"customer.company": "str", "customer.vatIds": "strs", "customer.accountType": "enum:private|business",
	"document.fileType": "str", "rule.extensions": "obj",
}

// filled are fields that the documents call required and the server fills itself.
var filled = map[string]bool{"order_line_item.states": true, "country.addressFormat": true}

type builder struct {
	structs map[string][]string // fields of nested objects, by name
	names   map[string]string   // name of a nested object, by its fields
}

func buildTable(newer, older *document) ([]byte, error) {
	b := &builder{structs: map[string][]string{}, names: map[string]string{}}
	var entities []*entity
	for _, name := range slices.Sorted(maps.Keys(newer.entities)) {
		e := &entity{name: name}
		for _, d := range []struct {
			doc     *document
			release string
		}{{newer, "6.7"}, {older, "6.6"}} {
			s := d.doc.schemas[pascal(name)]
			if s == nil {
				return nil, fmt.Errorf("release %s has no schema of %s", d.release, name)
			}
			b.addFields(e, s, d.release)
		}
		entities = append(entities, e)
	}
	associate(entities)
	return b.write(entities, newer.version, older.version), nil
}

func (b *builder) addFields(e *entity, s *schema, release string) {
	for _, name := range s.Properties.names {
		p := s.Properties.values[name]
		f := e.field(name)
		if f == nil {
			f = &field{name: name}
			f.kind, f.target = b.kind(e.name+"."+name, p)
			if f.kind == "" {
				f.kind = untyped[e.name+"."+name]
			}
			if f.kind == "" {
				continue
			}
			e.fields = append(e.fields, f)
		}
		f.releases = append(f.releases, release)
		if p.ReadOnly {
			f.readOnly = append(f.readOnly, release)
		}
		if slices.Contains(s.Required, name) && f.kind != "one" && f.kind != "many" && name != "id" && !filled[e.name+"."+name] {
			f.required = append(f.required, release)
		}
	}
}

// kind gives the table's kind of a property, and the target of an association. "" is a property without a type.
func (b *builder) kind(place string, p *schema) (kind, target string) {
	switch {
	case strings.HasSuffix(place, ".id"):
		return "id", ""
	case strings.HasSuffix(strings.ToLower(place), "versionid"):
		return "version", ""
	case strings.HasSuffix(place, ".translated"):
		return "translated", ""
	case strings.HasSuffix(place, ".extensions"):
		return "obj", ""
	case p.Pruned != "":
		return "one", snake(p.Pruned)
	case p.Ref != "":
		return b.reference(p.Ref)
	}
	if list, ok := p.Type.([]any); ok && len(list) > 0 {
		p.Type = list[0]
	}
	switch p.Type {
	case "string":
		return stringKind(place, p), ""
	case "integer":
		return enumKind("int", p), ""
	case "number":
		return "num", ""
	case "boolean":
		return "bool", ""
	case "array":
		return b.listKind(place, p)
	case "object":
		if len(p.Properties.names) > 0 {
			return "{" + b.nested(place, p) + "}", ""
		}
		return "obj", ""
	}
	return "", ""
}

// reference is an association where the schema is an entity's, else a nested object.
func (b *builder) reference(ref string) (kind, target string) {
	name := ref[strings.LastIndexByte(ref, '/')+1:]
	if name == "Price" || name == "MeasurementUnits" {
		return "{" + name + "}", ""
	}
	return "one", snake(name)
}

func (b *builder) listKind(place string, p *schema) (kind, target string) {
	if p.Items == nil {
		return "obj", ""
	}
	kind, target = b.kind(place, p.Items)
	switch {
	case kind == "one":
		return "many", target
	case kind == "id", strings.HasPrefix(kind, "uuid"):
		return "uuids", ""
	case strings.HasPrefix(kind, "{"):
		return "[" + strings.Trim(kind, "{}") + "]", ""
	case kind == "str":
		return "strs", ""
	}
	return "obj", ""
}

func stringKind(place string, p *schema) string {
	switch {
	case strings.Contains(p.Pattern, "{32}"):
		return "uuid"
	case p.Format == "date-time":
		return "time"
	case strings.HasSuffix(place, ".orderDate"), strings.HasSuffix(place, ".birthday"):
		return "date"
	}
	return enumKind("str", p)
}

func enumKind(base string, p *schema) string {
	if len(p.Enum) == 0 {
		return base
	}
	values := make([]string, len(p.Enum))
	for i, v := range p.Enum {
		values[i] = fmt.Sprint(v)
	}
	return map[string]string{"str": "enum:", "int": "ints:"}[base] + strings.Join(values, "|")
}

// nested registers a nested object and gives its name: equal objects share one.
func (b *builder) nested(place string, p *schema) string {
	lines := b.nestedFields(place, p)
	key := strings.Join(lines, "\n")
	if name, ok := b.names[key]; ok {
		return name
	}
	b.names[key], b.structs[place] = place, lines
	return place
}

func (b *builder) nestedFields(place string, p *schema) []string {
	var lines []string
	for _, name := range p.Properties.names {
		kind, _ := b.kind(place+"."+name, p.Properties.values[name])
		if kind == "" || kind == "id" {
			kind = "obj"
		}
		line := name + " " + kind
		if slices.Contains(p.Required, name) {
			line += " !"
		}
		lines = append(lines, line)
	}
	return lines
}

const heading = `# Entities and fields of the Shopware Admin API, releases %s and %s.
# Origin: the OpenAPI documents of github.com/shopware/admin-api-reference (info.license MIT, Shopware); facts only.
# Made by internal/sandbox/shopware/generate; do not edit.
#
# %%name            nested object; then its fields
# @name            entity; then its fields: name, kind, marks
# id uuid version  32 hex digits: own key, key without known target, version; fk E: key of entity E
# str int num bool time date strs uuids obj translated   enum:a|b strings, ints:1|2 integers
# {S} [S]          nested object S, list of them
# one E f          association by own field f; inverse E f: by field f of the one E; many E f: by field f of E
# link L a b E     many-to-many over entity L: own key a, other key b, of entity E; none: target outside this table
# marks            ! required on create (!6.6 only there), ro read-only (ro6.6), 6.6 or 6.7: known to that release only
`

func (b *builder) write(entities []*entity, newer, older string) []byte {
	var w bytes.Buffer
	fmt.Fprintf(&w, heading, older, newer)
	for _, name := range slices.Sorted(maps.Keys(b.structs)) {
		fmt.Fprintf(&w, "%%%s\n%s\n", name, strings.Join(b.structs[name], "\n"))
	}
	// Price differs between the releases by one mark, and stands apart from the inline objects.
	w.WriteString("%Price\ncurrencyId uuid !\ngross num !\nnet num !\nlinked bool !6.7\npercentage obj 6.7\n" +
		"listPrice {ListPrice}\nregulationPrice {ListPrice}\n" +
		"%ListPrice\ncurrencyId uuid\ngross num !\nnet num !\nlinked bool !6.7\n%MeasurementUnits\nsystem str\nunits obj\n")
	for _, e := range entities {
		fmt.Fprintf(&w, "@%s\n", e.name)
		for _, f := range e.fields {
			w.WriteString(f.line() + "\n")
		}
	}
	writeLinks(&w)
	return w.Bytes()
}

func writeLinks(w *bytes.Buffer) {
	written := map[string]bool{}
	for _, place := range slices.Sorted(maps.Keys(links)) {
		l := links[place]
		if written[l.entity] {
			continue
		}
		written[l.entity] = true
		fmt.Fprintf(w, "@%s link\n", l.entity)
		for _, key := range []string{l.own, l.other} {
			target := snake(strings.TrimSuffix(key, "Id"))
			if key == "optionId" {
				target = "property_group_option"
			}
			fmt.Fprintf(w, "%s fk %s !\n", key, target)
		}
	}
}

func (f *field) line() string {
	parts := []string{f.name, f.kind}
	switch f.kind {
	case "fk":
		parts = append(parts, f.target)
	case "one", "many", "inverse":
		parts = append(parts, f.target, f.through)
	case "link":
		parts = append(parts, f.link.entity, f.link.own, f.link.other, f.target)
	}
	parts = append(parts, f.mark("!", f.required)...)
	parts = append(parts, f.mark("ro", f.readOnly)...)
	if len(f.releases) == 1 {
		parts = append(parts, f.releases[0])
	}
	return strings.Join(parts, " ")
}

// mark gives a mark for the releases it holds in: with the release where the field is known to both and marked in one.
func (f *field) mark(text string, in []string) []string {
	switch {
	case len(in) == 0:
		return nil
	case len(in) < len(f.releases):
		return []string{text + in[0]}
	}
	return []string{text}
}
