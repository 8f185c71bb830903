package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"unicode"
)

// document is what is read of an OpenAPI document: its schemas and which of them are entities.
type document struct {
	version  string
	schemas  map[string]*schema
	entities map[string]bool // snake_case names of entities that can be searched
}

// schema is the part of a JSON schema that the tables need. Property order is kept.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Format     string             `json:"format"`
	Pattern    string             `json:"pattern"`
	ReadOnly   bool               `json:"readOnly"`
	Pruned     string             `json:"x-pruned"`
	Enum       []any              `json:"enum"`
	Items      *schema            `json:"items"`
	Required   []string           `json:"required"`
	Properties orderedMap[schema] `json:"properties"`
}

// orderedMap is a JSON object that remembers the order of its members.
type orderedMap[T any] struct {
	names  []string
	values map[string]*T
}

func (m *orderedMap[T]) UnmarshalJSON(b []byte) error {
	m.values = map[string]*T{}
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		v := new(T)
		if err := d.Decode(v); err != nil {
			return err
		}
		m.names = append(m.names, name.(string))
		m.values[name.(string)] = v
	}
	return nil
}

func readDocument(name string) (*document, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var raw struct {
		Info       struct{ Version string }
		Paths      map[string]json.RawMessage
		Components struct{ Schemas map[string]*schema }
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	d := &document{version: raw.Info.Version, schemas: raw.Components.Schemas, entities: map[string]bool{}}
	for path := range raw.Paths {
		if kebab, ok := strings.CutPrefix(path, "/search/"); ok {
			d.entities[strings.ReplaceAll(kebab, "-", "_")] = true
		}
	}
	return d, nil
}

// snake turns OrderLineItem and orderLineItem into order_line_item.
func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// camel turns order_line_item into orderLineItem.
func camel(s string) string {
	parts := strings.Split(s, "_")
	for i := 1; i < len(parts); i++ {
		parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
	}
	return strings.Join(parts, "")
}

// pascal turns order_line_item into OrderLineItem.
func pascal(s string) string {
	c := camel(s)
	return strings.ToUpper(c[:1]) + c[1:]
}
