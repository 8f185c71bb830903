package shopware

import (
	"maps"
	"slices"
)

// results is which rows a request wrote, by entity, each once, in order.
type results struct {
	lists map[string][][]byte // JSON of the key
	seen  map[string]bool
}

func (r *results) add(e *entity, stored *row) {
	r.addKey(e.name, stored.id, keyJSON(e, stored.id))
}

// addTranslation adds the row of the system language's texts.
func (r *results) addTranslation(e *entity, id string) {
	key := []byte(`{"` + camel(e.name) + `Id":"` + id + `","languageId":"` + systemLanguage + `"}`)
	r.addKey(e.name+"_translation", id, key)
}

func (r *results) addKey(entity, id string, key []byte) {
	if r.lists == nil {
		r.lists, r.seen = map[string][][]byte{}, map[string]bool{}
	}
	if r.seen[entity+" "+id] {
		return
	}
	r.seen[entity+" "+id] = true
	r.lists[entity] = append(r.lists[entity], key)
}

// keyJSON is an id, or both keys of a mapping entity.
func keyJSON(e *entity, id string) []byte {
	if e.keys == nil || len(id) < 65 {
		return appendString(nil, id)
	}
	return []byte(`{"` + e.keys[0].name + `":"` + id[:32] + `","` + e.keys[1].name + `":"` + id[33:] + `"}`)
}

// appendJSON writes the lists by entity. A PHP shop writes an empty map as a list.
func (r *results) appendJSON(b []byte, emptyObjects bool) []byte {
	if len(r.lists) == 0 && !emptyObjects {
		return append(b, "[]"...)
	}
	b = append(b, '{')
	for i, entity := range slices.Sorted(maps.Keys(r.lists)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, entity), ":["...)
		for j, key := range r.lists[entity] {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(b, key...)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// camel turns order_line_item into orderLineItem.
func camel(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '_' && i+1 < len(s) {
			i++
			b = append(b, s[i]-'a'+'A')
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}
