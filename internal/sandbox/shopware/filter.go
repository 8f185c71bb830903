package shopware

import (
	"net/http"
	"slices"
	"strings"
)

// condition tells whether a row matches. first is a quick way to candidates, where there is one: the ids that can
// match at all.
type condition struct {
	matches func(*row) bool
	first   func() []string
}

// query collects the filters of a request on an entity.
type query struct {
	shop       *Shop
	entity     *entity
	conditions []condition
	problem    *problem
}

func (q *query) fail(p *problem) condition {
	if q.problem == nil {
		q.problem = p
	}
	return condition{matches: func(*row) bool { return false }}
}

func (q *query) invalid(format string, args ...any) condition {
	return q.fail(refuse(http.StatusBadRequest, "FRAMEWORK__INVALID_FILTER_QUERY", format, args...))
}

// filters adds filters that must all match.
func (q *query) filters(list []any) {
	for _, v := range list {
		q.conditions = append(q.conditions, q.condition(v))
	}
}

// maxNesting bounds filters within filters.
const maxNesting = 50

func (q *query) condition(v any) condition { return q.nested(v, 0) }

func (q *query) nested(v any, depth int) condition {
	m, ok := v.(map[string]any)
	if !ok || depth > maxNesting {
		return q.invalid("a filter is an object, nested at most %d deep", maxNesting)
	}
	kind, _ := m["type"].(string)
	allowed := map[string][]string{
		"equals": {"field", "value"}, "equalsAny": {"field", "value"}, "contains": {"field", "value"},
		"prefix": {"field", "value"}, "suffix": {"field", "value"}, "range": {"field", "parameters"},
		"multi": {"operator", "queries"}, "not": {"operator", "queries"},
	}[kind]
	if allowed == nil {
		return q.invalid("filter type %q is not known here", cut(kind))
	}
	for _, name := range sortedKeys(m) {
		if name != "type" && !slices.Contains(allowed, name) {
			return q.invalid("a filter %s has no member %q", kind, cut(name))
		}
	}
	if kind == "multi" || kind == "not" {
		return q.combination(m, kind, depth)
	}
	text, _ := m["field"].(string)
	if text == "" {
		return q.invalid("parameter \"field\" for %s filter is missing.", kind)
	}
	p, bad := q.shop.path(q.entity, text)
	if bad != nil {
		return q.fail(bad)
	}
	if kind == "range" {
		return q.between(p, m["parameters"])
	}
	value, given := m["value"]
	if !given {
		return q.invalid("parameter \"value\" for %s filter is missing.", kind)
	}
	switch kind {
	case "equals":
		return q.equals(p, []any{value})
	case "equalsAny":
		return q.equalsAny(p, value)
	}
	return q.within(p, kind, value)
}

func (q *query) combination(m map[string]any, kind string, depth int) condition {
	queries, ok := m["queries"].([]any)
	if !ok {
		return q.invalid("parameter \"queries\" for %s filter is missing.", kind)
	}
	operator := "and"
	if v, given := m["operator"]; given {
		text, _ := v.(string)
		operator = strings.ToLower(text)
	}
	parts := make([]condition, 0, len(queries))
	for _, part := range queries {
		parts = append(parts, q.nested(part, depth+1))
	}
	all := func(r *row) bool {
		return !slices.ContainsFunc(parts, func(c condition) bool { return !c.matches(r) })
	}
	anyOf := func(r *row) bool {
		return slices.ContainsFunc(parts, func(c condition) bool { return c.matches(r) })
	}
	combined := map[string]func(*row) bool{"and": all, "or": anyOf}[operator]
	switch {
	case combined == nil:
		return q.invalid("operator %q of a %s filter is not known here: use and, or", cut(operator), kind)
	case len(parts) == 0:
		return condition{matches: func(*row) bool { return true }}
	case kind == "not":
		return condition{matches: func(r *row) bool { return !combined(r) }}
	}
	c := condition{matches: combined}
	if operator == "and" {
		c.first = firstOf(parts)
	}
	return c
}

// firstOf gives the quick way of the first condition that has one.
func firstOf(parts []condition) func() []string {
	for _, p := range parts {
		if p.first != nil {
			return p.first
		}
	}
	return nil
}

// equalsAny takes a list, or the texts of one joined by "|".
func (q *query) equalsAny(p *path, value any) condition {
	values, isList := value.([]any)
	if text, ok := value.(string); ok && text != "" {
		isList = true
		for part := range strings.SplitSeq(text, "|") {
			values = append(values, part)
		}
	}
	if !isList || len(values) == 0 {
		return q.invalid("parameter \"value\" for equalsAny filter is missing.")
	}
	return q.equals(p, values)
}

func (q *query) equals(p *path, values []any) condition {
	literals := make([]any, len(values))
	texts := make(map[string]bool, len(values))
	for i, v := range values {
		l, bad := p.literal(v)
		if bad != nil {
			return q.fail(bad)
		}
		literals[i] = l
		if s, ok := l.(string); ok {
			texts[strings.ToLower(s)] = true
		}
	}
	equal := func(v any) bool {
		if s, ok := v.(string); ok {
			return texts[strings.ToLower(s)]
		}
		return slices.ContainsFunc(literals, func(l any) bool { return compare(v, l) == 0 })
	}
	e := q.entity
	return condition{
		matches: func(r *row) bool { return p.visit(r, e, equal) },
		first:   q.quickWay(p, literals),
	}
}

// quickWay finds rows by id, by a unique field or by an indexed key.
func (q *query) quickWay(p *path, literals []any) func() []string {
	if len(p.steps) > 0 || len(p.inner) > 0 || slices.Contains(literals, nil) {
		return nil
	}
	t := q.shop.store.tables[q.entity.name]
	single := slices.ContainsFunc(q.entity.unique, func(fields []*field) bool { return len(fields) == 1 && fields[0] == p.field })
	indexed := slices.Contains(q.entity.indexed, p.field)
	if p.field.kind != kindID && !single && !indexed {
		return nil
	}
	return func() []string {
		var ids []string
		for _, l := range literals {
			text := textOf(l)
			switch {
			case p.field.kind == kindID:
				ids = append(ids, text)
			case single:
				if r := t.byUnique(p.field, text); r != nil {
					ids = append(ids, r.id)
				}
			default:
				children, _ := t.childIDs(p.field, text)
				ids = append(ids, children...)
			}
		}
		return ids
	}
}

// within is contains, prefix and suffix, without regard to case.
func (q *query) within(p *path, kind string, value any) condition {
	test := map[string]func(s, part string) bool{"contains": strings.Contains, "prefix": strings.HasPrefix, "suffix": strings.HasSuffix}[kind]
	switch value.(type) {
	case nil, bool, []any, map[string]any:
		return q.invalid("parameter \"value\" for %s filter must be text.", kind)
	}
	part := strings.ToLower(asText(value))
	e := q.entity
	return condition{matches: func(r *row) bool {
		return p.visit(r, e, func(v any) bool { return v != nil && test(strings.ToLower(textOf(v)), part) })
	}}
}

// between is a range filter; null is in no range.
func (q *query) between(p *path, parameters any) condition {
	m, ok := parameters.(map[string]any)
	if !ok || len(m) == 0 {
		return q.invalid("parameter \"parameters\" for range filter is missing.")
	}
	type bound struct {
		holds func(int) bool
		limit any
	}
	tests := map[string]func(int) bool{
		"gt": func(c int) bool { return c > 0 }, "gte": func(c int) bool { return c >= 0 },
		"lt": func(c int) bool { return c < 0 }, "lte": func(c int) bool { return c <= 0 }}
	var bounds []bound
	for _, name := range sortedKeys(m) {
		if tests[name] == nil {
			return q.invalid("a range filter has no parameter %q: use gt, gte, lt, lte", cut(name))
		}
		limit, bad := p.literal(m[name])
		if bad != nil {
			return q.fail(bad)
		}
		if limit == nil {
			return q.invalid("parameter %q of a range filter is null", name)
		}
		bounds = append(bounds, bound{tests[name], limit})
	}
	e := q.entity
	inside := func(v any) bool {
		if v == nil {
			return false
		}
		for _, b := range bounds {
			if !b.holds(compare(v, b.limit)) {
				return false
			}
		}
		return true
	}
	return condition{matches: func(r *row) bool { return p.visit(r, e, inside) }}
}

// matches gives the rows that match all filters, in no order to rely on.
func (q *query) matches() []*row {
	t := q.shop.store.tables[q.entity.name]
	var found []*row
	if first := firstOf(q.conditions); first != nil {
		seen := map[string]bool{}
		for _, id := range first() {
			if r := t.rows[id]; r != nil && !seen[id] && q.holds(r) {
				seen[id] = true
				found = append(found, r)
			}
		}
		return found
	}
	for _, r := range t.list {
		if r != nil && q.holds(r) {
			found = append(found, r)
		}
	}
	return found
}

func (q *query) holds(r *row) bool {
	for _, c := range q.conditions {
		if !c.matches(r) {
			return false
		}
	}
	return true
}
