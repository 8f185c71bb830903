package shopware

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

const (
	defaultLimit = 25
	nextPages    = 5 // how far total-count-mode next-pages looks ahead
)

// criteria is what a search asks for.
type criteria struct {
	query
	page, limit  int
	sort         []sorting
	count        string // none, exact, next-pages
	associations map[*field]*criteria
	only, except map[string]map[string]bool // includes and excludes, by entity
}

// criteria reads the body of a search. nested is for an association: no limit by default.
func (s *Shop) criteria(e *entity, body any, nested bool) (*criteria, *problem) {
	c := &criteria{query: query{shop: s, entity: e}, page: 1, count: "none"}
	if !nested {
		c.limit = defaultLimit
	}
	if list, ok := body.([]any); ok && len(list) == 0 {
		body = map[string]any{} // PHP cannot tell an empty list from an empty object
	}
	m, ok := body.(map[string]any)
	if !ok {
		return nil, refuse(http.StatusBadRequest, "SANDBOX__BODY", "criteria are a JSON object")
	}
	for _, name := range sortedKeys(m) {
		if p := c.member(name, m[name]); p != nil {
			return nil, p
		}
	}
	return c, c.problem
}

func (c *criteria) member(name string, v any) *problem {
	switch name {
	case "page":
		return whole(v, name, 1, 1<<31, "FRAMEWORK__INVALID_PAGE_QUERY", &c.page)
	case "limit":
		if p := whole(v, name, 1, 1<<31, "FRAMEWORK__INVALID_LIMIT_QUERY", &c.limit); p != nil {
			return p
		}
		if most := c.shop.config.MaxLimit; c.limit > most {
			return refuse(http.StatusBadRequest, "FRAMEWORK__QUERY_LIMIT_EXCEEDED", "The limit must be lower than or equal to MAX_LIMIT(=%d). Given: %d", most, c.limit)
		}
		return nil
	case "filter", "post-filter":
		list, ok := v.([]any)
		if !ok {
			return refuse(http.StatusBadRequest, "FRAMEWORK__INVALID_FILTER_QUERY", "%s is a list of filters", name)
		}
		c.filters(list)
		return c.problem
	case "sort":
		return c.sorts(v)
	case "associations":
		return c.associate(v)
	case "ids":
		return c.ids(v)
	case "total-count-mode":
		return c.totals(v)
	case "includes":
		return members(v, name, &c.only)
	case "excludes":
		if c.shop.config.Release != "6.6" {
			return members(v, name, &c.except)
		}
	case "fields":
		return c.fields(v)
	case "aggregations", "grouping":
		if list, ok := v.([]any); ok && len(list) == 0 {
			return nil
		}
		return refuse(http.StatusNotImplemented, "SANDBOX__NOT_SIMULATED", "%s are not simulated", name)
	}
	return refuse(http.StatusBadRequest, "SANDBOX__UNKNOWN_FIELD", "criteria have no member %q", cut(name))
}

func whole(v any, name string, low, high int, code string, to *int) *problem {
	n, ok := v.(json.Number)
	i, err := strconv.Atoi(string(n))
	if !ok || err != nil || i < low || i > high {
		return refuse(http.StatusBadRequest, code, "The %s parameter must be a positive integer. Given: %s", name, cut(asText(v)))
	}
	*to = i
	return nil
}

func (c *criteria) sorts(v any) *problem {
	invalid := func(format string, args ...any) *problem {
		return refuse(http.StatusBadRequest, "FRAMEWORK__INVALID_SORT_QUERY", format, args...)
	}
	list, ok := v.([]any)
	if !ok {
		return invalid("sort is a list of {field, order}")
	}
	for _, item := range list {
		m, _ := item.(map[string]any)
		text, _ := m["field"].(string)
		if text == "" {
			return invalid("a sort needs a field")
		}
		key := sorting{}
		for _, name := range sortedKeys(m) {
			switch name {
			case "field", "type":
			case "naturalSorting":
				key.natural = m[name] == true
			case "order":
				order, _ := m[name].(string)
				if order = strings.ToUpper(order); order != "ASC" && order != "DESC" {
					return invalid("a sort's order is ASC or DESC")
				}
				key.down = order == "DESC"
			default:
				return invalid("a sort has no member %q", cut(name))
			}
		}
		p, bad := c.shop.path(c.entity, text)
		if bad != nil {
			return bad
		}
		key.path = p
		c.sort = append(c.sort, key)
	}
	return nil
}

func (c *criteria) associate(v any) *problem {
	if list, ok := v.([]any); ok && len(list) == 0 {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return refuse(http.StatusBadRequest, "FRAMEWORK__INVALID_ASSOCIATION_QUERY", "associations are an object by name")
	}
	c.associations = map[*field]*criteria{}
	for _, name := range sortedKeys(m) {
		f := c.entity.byName[name]
		if f == nil || !f.kind.association() {
			return refuse(http.StatusBadRequest, "FRAMEWORK__ASSOCIATION_NOT_FOUND", "Can not find association by name %s", cut(name))
		}
		if f.kind == kindNone {
			c.associations[f] = nil
			continue
		}
		sub, bad := c.shop.criteria(c.shop.schema.entities[f.target], m[name], true)
		if bad != nil {
			return bad
		}
		c.associations[f] = sub
	}
	return nil
}

func (c *criteria) ids(v any) *problem {
	list, ok := v.([]any)
	if text, isText := v.(string); isText {
		ok = true
		for part := range strings.SplitSeq(text, "|") {
			list = append(list, part)
		}
	}
	if !ok || len(list) == 0 {
		return refuse(http.StatusBadRequest, "FRAMEWORK__INVALID_API_CRITERIA_IDS", "ids is a list of ids that is not empty")
	}
	c.filters([]any{map[string]any{"type": "equalsAny", "field": "id", "value": list}})
	return c.problem
}

// totals takes the names of the documents and the numbers of the server.
func (c *criteria) totals(v any) *problem {
	mode, ok := map[string]string{"0": "none", "1": "exact", "2": "next-pages", "none": "none", "exact": "exact", "next-pages": "next-pages"}[asText(v)]
	if !ok {
		return refuse(http.StatusBadRequest, "SANDBOX__UNKNOWN_FIELD", "total-count-mode is 0, 1, 2, none, exact or next-pages")
	}
	c.count = mode
	return nil
}

func members(v any, name string, to *map[string]map[string]bool) *problem {
	invalid := refuse(http.StatusBadRequest, "SANDBOX__BODY", "%s are lists of field names by entity", name)
	m, ok := v.(map[string]any)
	if !ok {
		return invalid
	}
	*to = map[string]map[string]bool{}
	for entity, list := range m {
		names, ok := list.([]any)
		if !ok {
			return invalid
		}
		set := map[string]bool{}
		for _, n := range names {
			text, ok := n.(string)
			if !ok {
				return invalid
			}
			set[text] = true
		}
		(*to)[entity] = set
	}
	return nil
}

// fields asks for parts of the entity alone; the id always comes along.
func (c *criteria) fields(v any) *problem {
	list, ok := v.([]any)
	if !ok {
		return refuse(http.StatusBadRequest, "SANDBOX__BODY", "fields is a list of names")
	}
	set := map[string]bool{"id": true, "_uniqueIdentifier": true}
	for _, n := range list {
		text, _ := n.(string)
		if c.entity.byName[text] == nil {
			return refuse(http.StatusNotImplemented, "SANDBOX__NOT_SIMULATED", "fields names %q: only fields of %s itself are simulated", cut(text), c.entity.name)
		}
		set[text] = true
	}
	if c.only == nil {
		c.only = map[string]map[string]bool{}
	}
	c.only[c.entity.name] = set
	return nil
}
