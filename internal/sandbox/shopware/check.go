package shopware

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// checker turns values of a request into stored ones. Types are strict: a number in quotes is no number.
type checker struct {
	problems []*problem
}

// maxProblems bounds the errors of one answer.
const maxProblems = 500

func (c *checker) add(p *problem) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, p)
	}
}

func (c *checker) wrongType(pointer, want string) (any, bool) {
	c.add(violation(codeType, pointer, "This value should be of type %s.", want))
	return nil, false
}

// value checks a value for a field that is kept in a column, foreign keys and customFields aside.
func (c *checker) value(f *field, v any, pointer string) (any, bool) {
	if v == nil {
		if f.required {
			c.add(violation(codeBlank, pointer, "This value should not be blank."))
			return nil, false
		}
		return nil, true
	}
	switch f.kind {
	case kindUUID, kindForeign:
		return c.id(v, pointer)
	case kindString, kindDate:
		return c.text(f, v, pointer)
	case kindInt:
		return c.whole(f, v, pointer)
	case kindNumber:
		return c.number(v, pointer)
	case kindBool:
		if b, ok := v.(bool); ok {
			return b, true
		}
		return c.wrongType(pointer, "bool")
	case kindTime:
		if s, ok := v.(string); ok {
			if m, ok := parseMoment(s); ok {
				return m, true
			}
		}
		return c.wrongType(pointer, "\\DateTimeInterface")
	case kindStrings, kindUUIDs:
		return c.list(f, v, pointer)
	case kindObject:
		return c.object(v, pointer)
	case kindStruct:
		if !c.nested(f.nested, v, pointer) {
			return nil, false
		}
		return jsonText(marshal(v)), true
	case kindStructs:
		return c.structs(f, v, pointer)
	}
	return c.wrongType(pointer, "a value that can be written")
}

func (c *checker) id(v any, pointer string) (any, bool) {
	s, ok := v.(string)
	if !ok {
		return c.wrongType(pointer, "string")
	}
	if !isHexID(s) {
		p := violation("FRAMEWORK__INVALID_UUID", pointer, "Value is not a valid UUID: %s", cut(s))
		p.title = "Bad Request"
		c.add(p)
		return nil, false
	}
	return s, true
}

func (c *checker) text(f *field, v any, pointer string) (any, bool) {
	s, ok := v.(string)
	switch {
	case !ok:
		return c.wrongType(pointer, "string")
	case s == "" && f.required:
		c.add(violation(codeBlank, pointer, "This value should not be blank."))
		return nil, false
	case s == "":
		return nil, true // the shop keeps no empty texts
	case f.enum != nil && !slices.Contains(f.enum, s):
		c.add(violation(codeChoice, pointer, "The value you selected is not a valid choice: %s.", strings.Join(f.enum, ", ")))
		return nil, false
	}
	return s, true
}

func (c *checker) whole(f *field, v any, pointer string) (any, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return c.wrongType(pointer, "int")
	}
	i, err := strconv.ParseInt(string(n), 10, 64)
	if err != nil {
		return c.wrongType(pointer, "int")
	}
	if f.enum != nil && !slices.Contains(f.enum, strconv.FormatInt(i, 10)) {
		c.add(violation(codeChoice, pointer, "The value you selected is not a valid choice: %s.", strings.Join(f.enum, ", ")))
		return nil, false
	}
	return i, true
}

func (c *checker) number(v any, pointer string) (any, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return c.wrongType(pointer, "float")
	}
	if _, ok := parseNumber(string(n)); !ok {
		return c.wrongType(pointer, "float")
	}
	return number(n), true
}

func (c *checker) list(f *field, v any, pointer string) (any, bool) {
	items, ok := v.([]any)
	if !ok {
		return c.wrongType(pointer, "array")
	}
	good := true
	for i, item := range items {
		s, isText := item.(string)
		if !isText || f.kind == kindUUIDs && !isHexID(s) {
			_, good = c.wrongType(pointer+"/"+strconv.Itoa(i), "string")
		}
	}
	return jsonText(marshal(items)), good
}

func (c *checker) object(v any, pointer string) (any, bool) {
	switch v.(type) {
	case map[string]any, []any:
		return jsonText(marshal(v)), true
	}
	return c.wrongType(pointer, "array")
}

// structs checks a list of nested objects. A list of prices needs the row of the default currency.
func (c *checker) structs(f *field, v any, pointer string) (any, bool) {
	items, ok := v.([]any)
	if !ok {
		return c.wrongType(pointer, "array")
	}
	good, hasDefault := true, false
	for i, item := range items {
		if !c.nested(f.nested, item, pointer+"/"+strconv.Itoa(i)) {
			good = false
			continue
		}
		if m := item.(map[string]any); m["currencyId"] == defaultCurrency {
			hasDefault = true
		}
	}
	if good && !hasDefault && f.nested.fields["currencyId"] != nil {
		c.add(violation("FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", pointer, "No price for default currency defined"))
		return nil, false
	}
	return jsonText(marshal(items)), good
}

// nested checks an object against its members: none unknown, none of the required missing, all of the right type.
func (c *checker) nested(o *object, v any, pointer string) bool {
	m, ok := v.(map[string]any)
	if !ok {
		c.wrongType(pointer, "array")
		return false
	}
	good := true
	for _, name := range sortedKeys(m) {
		f := o.fields[name]
		if f == nil {
			c.unknown("the object", name, pointer)
			good = false
			continue
		}
		if m[name] == nil && !f.required {
			continue
		}
		if _, ok := c.value(f, m[name], pointer+"/"+name); !ok {
			good = false
		}
	}
	for _, f := range o.order {
		if _, given := m[f.name]; f.required && !given {
			c.add(violation(codeBlank, pointer+"/"+f.name, "This value should not be blank."))
			good = false
		}
	}
	return good
}

// unknown refuses a member the vendor's schema does not name. A shop passes over most of them in silence.
func (c *checker) unknown(where, name, pointer string) {
	c.add(violation("SANDBOX__UNKNOWN_FIELD", pointer+"/"+cut(name), "%s has no field %q; a shop would ignore it.", where, cut(name)))
}

// cut shortens text of a request for an error message.
func cut(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
