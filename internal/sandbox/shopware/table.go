package shopware

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed entities.txt
var entityTable string

// kind is what a field holds.
type kind uint8

const (
	kindID         kind = iota // own key
	kindUUID                   // key of something outside the table
	kindVersion                // version of an entity: always the live one
	kindForeign                // key of field.target
	kindString                 // text, maybe of field.enum
	kindInt                    // whole number, maybe of field.enum
	kindNumber                 // decimal number
	kindBool                   //
	kindTime                   // instant, milliseconds
	kindDate                   // day as text
	kindStrings                // list of texts
	kindUUIDs                  // list of keys
	kindObject                 // any JSON object or list
	kindStruct                 // field.nested
	kindStructs                // list of field.nested
	kindTranslated             // computed from the translated fields
	kindOne                    // association by own foreign key field.through
	kindInverse                // association by foreign key field.through of the one target
	kindMany                   // association by foreign key field.through of the targets
	kindLink                   // association over the mapping entity field.link
	kindNone                   // association whose target is outside the table
)

func (k kind) association() bool { return k >= kindOne }

// jsonText tells whether values are kept as JSON text.
func (k kind) jsonText() bool { return k >= kindStrings && k <= kindStructs }

// field is one member of an entity or of a nested object.
type field struct {
	name     string
	kind     kind
	target   string
	through  string
	link     string // mapping entity of a many-to-many association
	other    string // key of the mapping entity that names the target
	nested   *object
	enum     []string
	required bool
	readOnly bool
	column   uint16
	fallback any // value where a row has none
}

// object is a nested object: a price, a rounding rule.
type object struct {
	fields map[string]*field
	order  []*field
}

// entity is one kind of row.
type entity struct {
	name       string
	fields     []*field
	byName     map[string]*field
	keys       []*field // the two keys of a mapping entity, else nil
	unique     [][]*field
	indexed    []*field // foreign keys whose children are looked up
	translated []*field
}

// column gives a stored field that must exist; a wrong name is a fault of this package.
func (e *entity) column(name string) *field {
	f := e.byName[name]
	if f == nil {
		panic("sandbox shopware: no field " + e.name + "." + name)
	}
	return f
}

// schema is all entities of one release.
type schema struct {
	entities map[string]*entity
	order    []*entity
}

// loadSchema reads the embedded table for a release, "6.6" or "6.7".
func loadSchema(release string) (*schema, error) {
	p := tableParser{release: release, schema: &schema{entities: map[string]*entity{}}, objects: map[string]*object{}}
	for i, line := range strings.Split(entityTable, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("entities.txt line %d: %w", i+1, err)
		}
	}
	p.schema.finish()
	return p.schema, nil
}

type tableParser struct {
	release string
	schema  *schema
	objects map[string]*object
	object  *object
	entity  *entity
}

func (p *tableParser) line(line string) error {
	if name, ok := strings.CutPrefix(line, "%"); ok {
		p.object, p.entity = p.nested(name), nil
		return nil
	}
	if name, ok := strings.CutPrefix(line, "@"); ok {
		name, isLink := strings.CutSuffix(name, " link")
		p.entity, p.object = &entity{name: name, byName: map[string]*field{}}, nil
		if isLink {
			p.entity.keys = make([]*field, 0, 2)
		}
		p.schema.entities[name] = p.entity
		p.schema.order = append(p.schema.order, p.entity)
		return nil
	}
	f, known, err := p.field(strings.Fields(line))
	if err != nil || !known {
		return err
	}
	switch {
	case p.object != nil:
		p.object.fields[f.name] = f
		p.object.order = append(p.object.order, f)
	case p.entity != nil:
		f.column = uint16(len(p.entity.fields))
		p.entity.fields = append(p.entity.fields, f)
		p.entity.byName[f.name] = f
		if p.entity.keys != nil {
			p.entity.keys = append(p.entity.keys, f)
		}
	}
	return nil
}

func (p *tableParser) nested(name string) *object {
	o := p.objects[name]
	if o == nil {
		o = &object{fields: map[string]*field{}}
		p.objects[name] = o
	}
	return o
}

// field reads one line; known is false where the release does not have it.
func (p *tableParser) field(words []string) (f *field, known bool, err error) {
	if len(words) < 2 {
		return nil, false, fmt.Errorf("a field needs a name and a kind, got %q", words)
	}
	f = &field{name: words[0]}
	rest, err := p.kind(f, words[1], words[2:])
	if err != nil {
		return nil, false, err
	}
	for _, mark := range rest {
		switch mark {
		case "!", "!" + p.release:
			f.required = true
		case "ro", "ro" + p.release:
			f.readOnly = true
		case "6.6", "6.7":
			if mark != p.release {
				return nil, false, nil
			}
		}
	}
	return f, true, nil
}

// kind sets what the field holds from the kind's word and the words after it, and gives the words left.
func (p *tableParser) kind(f *field, word string, rest []string) ([]string, error) {
	plain := map[string]kind{"id": kindID, "uuid": kindUUID, "version": kindVersion, "str": kindString, "int": kindInt,
		"num": kindNumber, "bool": kindBool, "time": kindTime, "date": kindDate, "strs": kindStrings, "uuids": kindUUIDs,
		"obj": kindObject, "translated": kindTranslated, "none": kindNone}
	associations := map[string]kind{"one": kindOne, "inverse": kindInverse, "many": kindMany}
	if k, ok := plain[word]; ok {
		f.kind = k
		return rest, nil
	}
	if k, ok := associations[word]; ok && len(rest) >= 2 {
		f.kind, f.target, f.through = k, rest[0], rest[1]
		return rest[2:], nil
	}
	switch {
	case word == "fk" && len(rest) >= 1:
		f.kind, f.target = kindForeign, rest[0]
		return rest[1:], nil
	case word == "link" && len(rest) >= 4:
		f.kind, f.link, f.through, f.other, f.target = kindLink, rest[0], rest[1], rest[2], rest[3]
		return rest[4:], nil
	case strings.HasPrefix(word, "{"):
		f.kind, f.nested = kindStruct, p.nested(strings.Trim(word, "{}"))
	case strings.HasPrefix(word, "["):
		f.kind, f.nested = kindStructs, p.nested(strings.Trim(word, "[]"))
	case strings.HasPrefix(word, "enum:"):
		f.kind, f.enum = kindString, strings.Split(word[len("enum:"):], "|")
	case strings.HasPrefix(word, "ints:"):
		f.kind, f.enum = kindInt, strings.Split(word[len("ints:"):], "|")
	default:
		return nil, fmt.Errorf("field %s has the unknown kind %q", f.name, word)
	}
	return rest, nil
}

// finish adds what the documents do not say: unique keys, defaults, translated fields, which keys are indexed.
func (s *schema) finish() {
	for name, keys := range uniqueKeys() {
		e := s.entities[name]
		for _, key := range keys {
			var fields []*field
			for part := range strings.SplitSeq(key, "+") {
				fields = append(fields, e.column(part))
			}
			e.unique = append(e.unique, fields)
		}
	}
	for place, value := range defaultValues() {
		name, member, _ := strings.Cut(place, ".")
		if f := s.entities[name].byName[member]; f != nil {
			f.fallback = value
		}
	}
	for _, e := range s.order {
		for _, f := range e.fields {
			if f.kind == kindForeign && lookedUp(e, f) {
				e.indexed = append(e.indexed, f)
			}
			if e.byName["translated"] != nil && slices.Contains(translatedNames(), f.name) {
				e.translated = append(e.translated, f)
			}
		}
	}
}

// lookedUp tells whether the children by this key are kept in an index. Keys of reference data (tax, country) are
// not: nearly every row shares them.
func lookedUp(e *entity, f *field) bool {
	return e.keys != nil || f.name == "parentId" || strings.HasPrefix(e.name, f.target+"_") ||
		f.target == "order" || f.target == "customer" || f.target == "product"
}
