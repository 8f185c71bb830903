package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// AppendJSON appends the document as one JSON object in the table's order: dotted names become nested objects, numbers
// keep their digits, a value that stood there blank is null (an empty text ""), missing fields are left out. Two equal
// documents give equal bytes.
func (d *Document) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"kind":`...)
	dst = appendString(dst, string(d.Kind))
	return append(d.appendFields(dst, true), '}')
}

// MarshalJSON gives what AppendJSON appends.
func (d *Document) MarshalJSON() ([]byte, error) { return d.AppendJSON(nil), nil }

func (g *Group) appendFields(dst []byte, comma bool) []byte {
	open := "" // the nested object that is being written
	for slot, f := range g.shape.Fields {
		items := g.List(f.Name)
		if g.values[slot].IsMissing() && len(items) == 0 {
			continue
		}
		prefix, name, nested := strings.Cut(f.Name, ".")
		if !nested {
			prefix, name = "", f.Name
		}
		if open != "" && open != prefix {
			dst, open = append(dst, '}'), ""
		}
		if comma {
			dst = append(dst, ',')
		}
		comma = true
		if nested && open != prefix {
			dst = append(appendString(dst, prefix), ':', '{')
			open = prefix
		}
		dst = append(appendString(dst, name), ':')
		if f.Type == List {
			dst = appendItems(dst, items)
		} else {
			dst = g.values[slot].appendJSON(dst)
		}
	}
	if open != "" {
		dst = append(dst, '}')
	}
	return dst
}

func appendItems(dst []byte, items []*Group) []byte {
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(item.appendFields(append(dst, '{'), false), '}')
	}
	return append(dst, ']')
}

func (v Value) appendJSON(dst []byte) []byte {
	switch v.kind {
	case number:
		return v.num.Append(dst)
	case boolean:
		return append(dst, v.Text()...)
	case textual, moment:
		return appendString(dst, v.text)
	}
	return append(dst, "null"...)
}

// appendString appends a JSON string; texts without anything to escape, nearly all, are copied.
func appendString(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7F {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			_ = e.Encode(s) // a string always encodes
			return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// ParseJSON reads what AppendJSON gives. Unknown fields and values of the wrong type are errors that name the field.
func ParseJSON(b []byte) (*Document, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var raw map[string]any
	if err := dec.Decode(&raw); err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	kind, _ := raw["kind"].(string)
	if !Kind(kind).Valid() {
		return nil, fmt.Errorf("read document: unknown kind %q", kind)
	}
	delete(raw, "kind")
	d := New(Kind(kind))
	if err := d.fill("", raw); err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	return d, nil
}

func (g *Group) fill(prefix string, raw map[string]any) error {
	for name, v := range raw {
		full := prefix + name
		if nested, ok := v.(map[string]any); ok {
			if err := g.fill(full+".", nested); err != nil {
				return err
			}
			continue
		}
		slot, ok := g.shape.Slot(full)
		if !ok {
			return fmt.Errorf("%s has no field %q", g.shape.Name, full)
		}
		if err := g.fillSlot(slot, v); err != nil {
			return fmt.Errorf("field %s of %s: %w", full, g.shape.Name, err)
		}
	}
	return nil
}

func (g *Group) fillSlot(slot int, v any) error {
	f := g.shape.Fields[slot]
	if f.Type == List {
		items, ok := v.([]any)
		if !ok {
			return fmt.Errorf("want a list, got %T", v)
		}
		for _, raw := range items {
			fields, ok := raw.(map[string]any)
			if !ok {
				return fmt.Errorf("want objects in the list")
			}
			if err := g.Add(f.Name).fill("", fields); err != nil {
				return err
			}
		}
		return nil
	}
	value, err := valueOf(f.Type, v)
	if err != nil {
		return err
	}
	g.values[slot] = value
	return nil
}

func valueOf(t Type, v any) (Value, error) {
	switch v := v.(type) {
	case nil:
		return EmptyValue(), nil
	case json.Number:
		if t == Number {
			d, err := ParseDecimal(v.String())
			return NumberValue(d), err
		}
	case bool:
		if t == Flag {
			return FlagValue(v), nil
		}
	case string:
		switch t {
		case Text:
			return TextValue(v), nil
		case Time:
			m, err := ParseMoment(v)
			return TimeValue(m), err
		}
	}
	return Value{}, fmt.Errorf("%v is not a %s", v, t)
}
