package shopware

import (
	"encoding/json"
	"net/http"
	"strings"
)

// path is a field of filters and sorts: associations to walk, then a column, then maybe members inside its JSON.
type path struct {
	shop  *Shop
	text  string
	steps []*field
	field *field
	owner *entity // whose field it is
	inner []string
}

// path reads "order.deliveries.stateMachineState.technicalName"; the entity's own name in front may be left out.
func (s *Shop) path(e *entity, text string) (*path, *problem) {
	p := &path{shop: s, text: text, owner: e}
	parts := strings.Split(text, ".")
	if len(parts) > 1 && parts[0] == e.name && e.byName[parts[0]] == nil {
		parts = parts[1:]
	}
walk:
	for i, part := range parts {
		f := p.owner.byName[part]
		switch {
		case f == nil || f.kind == kindNone:
			return nil, refuse(http.StatusBadRequest, "FRAMEWORK__UNMAPPED_FIELD", "Field %q in entity %q was not found.", cut(text), e.name)
		case f.kind.association() && i == len(parts)-1:
			return nil, refuse(http.StatusBadRequest, "FRAMEWORK__UNMAPPED_FIELD", "Field %q in entity %q is an association: name a field of it.", cut(text), e.name)
		case f.kind.association():
			p.steps = append(p.steps, f)
			p.owner = s.schema.entities[f.target]
			continue
		}
		p.field, p.inner = f, parts[i+1:]
		break walk
	}
	if len(p.inner) > 0 && !p.field.kind.jsonText() {
		return nil, refuse(http.StatusBadRequest, "FRAMEWORK__UNMAPPED_FIELD", "Field %q in entity %q was not found.", cut(text), e.name)
	}
	return p, nil
}

// visit calls see with every value the path has for a row, until it gives true. A walk that ends early has one null
// value, as a left join has.
func (p *path) visit(r *row, e *entity, see func(any) bool) bool {
	return p.walk(r, e, p.steps, see)
}

func (p *path) walk(r *row, e *entity, steps []*field, see func(any) bool) bool {
	if len(steps) == 0 {
		return p.values(r, e, see)
	}
	next := p.shop.related(r, e, steps[0])
	if len(next) == 0 {
		return see(nil)
	}
	target := p.shop.schema.entities[steps[0].target]
	for _, n := range next {
		if p.walk(n, target, steps[1:], see) {
			return true
		}
	}
	return false
}

func (p *path) values(r *row, e *entity, see func(any) bool) bool {
	v := p.shop.fieldValue(r, e, p.field)
	text, isJSON := v.(jsonText)
	if !isJSON {
		return see(v)
	}
	if len(p.inner) == 0 && p.field.kind != kindStrings && p.field.kind != kindUUIDs {
		return see(v)
	}
	return seeJSON(plain(text), p.inner, see)
}

// seeJSON walks into decoded JSON; lists are seen item by item.
func seeJSON(v any, inner []string, see func(any) bool) bool {
	if list, ok := v.([]any); ok {
		for _, item := range list {
			if seeJSON(item, inner, see) {
				return true
			}
		}
		return len(list) == 0 && see(nil)
	}
	if len(inner) > 0 {
		m, _ := v.(map[string]any)
		return seeJSON(m[inner[0]], inner[1:], see)
	}
	switch v := v.(type) {
	case json.Number:
		return see(number(v))
	case map[string]any:
		return see(jsonText(marshal(v)))
	}
	return see(v)
}

// related gives the rows an association leads to.
func (s *Shop) related(r *row, e *entity, f *field) []*row {
	t := s.store.tables[f.target]
	switch f.kind {
	case kindOne:
		if next := t.rows[r.text(e.column(f.through))]; next != nil {
			return []*row{next}
		}
	case kindInverse, kindMany:
		rows := t.childrenOf(t.entity.column(f.through), r.id)
		if f.kind == kindInverse && len(rows) > 1 {
			rows = rows[:1]
		}
		return rows
	case kindLink:
		link := s.store.tables[f.link]
		other := link.entity.column(f.other)
		var rows []*row
		for _, l := range link.childrenOf(link.entity.column(f.through), r.id) {
			if next := t.rows[l.text(other)]; next != nil {
				rows = append(rows, next)
			}
		}
		return rows
	}
	return nil
}

// fieldValue gives a field's value, stored or computed.
func (s *Shop) fieldValue(r *row, e *entity, f *field) any {
	switch {
	case f.kind == kindVersion:
		if key := siblingKey(e, f); key != nil && key != f && r.get(key) == nil {
			return nil
		}
		return liveVersion
	case e.name == "product":
		return s.productValue(r, e, f)
	case e.name == "customer" && f.name == "tagIds":
		return s.linkedIDs(r, e, "tags")
	}
	return r.get(f)
}

func (s *Shop) productValue(r *row, e *entity, f *field) any {
	switch f.name {
	case "availableStock":
		return r.get(e.column("stock")) // a mirror since 6.6
	case "tagIds":
		return s.linkedIDs(r, e, "tags")
	case "categoryIds", "categoryTree":
		return s.linkedIDs(r, e, "categories")
	case "optionIds":
		return s.linkedIDs(r, e, "options")
	case "propertyIds":
		return s.linkedIDs(r, e, "properties")
	case "childCount":
		ids, _ := s.store.tables["product"].childIDs(e.column("parentId"), r.id)
		return int64(len(ids))
	}
	return r.get(f)
}

// linkedIDs is the list of ids that an association leads to, null where it leads nowhere.
func (s *Shop) linkedIDs(r *row, e *entity, association string) any {
	f := e.column(association)
	link := s.store.tables[f.link]
	ids, _ := link.childIDs(link.entity.column(f.through), r.id)
	if len(ids) == 0 {
		return nil
	}
	other := link.entity.column(f.other)
	list := make([]any, 0, len(ids))
	for _, id := range ids {
		list = append(list, link.rows[id].text(other))
	}
	return jsonText(marshal(list))
}
