package shopware

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// literal is a value of a filter in the form of the field it is compared with.
func (p *path) literal(v any) (any, *problem) {
	wrong := func(want string) (any, *problem) {
		return nil, refuse(http.StatusBadRequest, "SANDBOX__FILTER_VALUE", "the filter on %q needs %s, got %s", cut(p.text), want, cut(asText(v)))
	}
	if v == nil {
		return nil, nil
	}
	if p.field.kind.jsonText() {
		switch v := v.(type) {
		case json.Number:
			return number(v), nil
		case string, bool:
			return v, nil
		}
		return wrong("text, a number or a truth value")
	}
	switch p.field.kind {
	case kindInt, kindNumber:
		if text := asText(v); isNumber(text) {
			return number(text), nil
		}
		return wrong("a number")
	case kindBool:
		switch asText(v) {
		case "true", "1":
			return true, nil
		case "false", "0":
			return false, nil
		}
		return wrong("true or false")
	case kindTime:
		if s, ok := v.(string); ok {
			if m, ok := parseMoment(s); ok {
				return m, nil
			}
		}
		return wrong("a date and time")
	case kindID, kindUUID, kindForeign, kindVersion:
		if s, ok := v.(string); ok && isHexID(s) {
			return s, nil
		}
		return nil, refuse(http.StatusBadRequest, "FRAMEWORK__INVALID_UUID", "Value is not a valid UUID: %s", cut(asText(v)))
	}
	switch v.(type) {
	case string, json.Number:
		return asText(v), nil
	}
	return wrong("text")
}

func isNumber(s string) bool {
	_, ok := parseNumber(s)
	return ok
}

// rank orders values of different types: null, truth, numbers and times, text.
func rank(v any) int {
	switch v.(type) {
	case nil:
		return 0
	case bool:
		return 1
	case int64, number, moment:
		return 2
	}
	return 3
}

// compare orders two values as the shop's database does: null first, text without regard to case.
func compare(a, b any) int {
	if ra, rb := rank(a), rank(b); ra != rb {
		return cmp.Compare(ra, rb)
	}
	switch a := a.(type) {
	case nil:
		return 0
	case bool:
		return cmp.Compare(btoi(a), btoi(b.(bool)))
	case moment:
		if m, ok := b.(moment); ok {
			return cmp.Compare(a, m)
		}
	case int64:
		if n, ok := b.(int64); ok {
			return cmp.Compare(a, n)
		}
	case string:
		if s, ok := b.(string); ok {
			return compareText(a, s)
		}
	}
	if rank(a) == 3 {
		return compareText(textOf(a), textOf(b))
	}
	x, okX := parseNumber(textOf(a))
	y, okY := parseNumber(textOf(b))
	if okX && okY {
		return x.Cmp(y)
	}
	return strings.Compare(textOf(a), textOf(b))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func compareText(a, b string) int {
	if strings.EqualFold(a, b) {
		return 0
	}
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}

// textOf is a value as plain text, for searching in it.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case number:
		return string(v)
	case moment:
		return v.String()
	case jsonText:
		return string(v)
	case bool:
		return strconv.Itoa(btoi(v))
	}
	return ""
}

// looselyEqual compares a stored value with one of a request, whatever types they have.
func looselyEqual(stored, given any) bool {
	switch given := given.(type) {
	case nil:
		return stored == nil
	case json.Number:
		return rank(stored) >= 2 && compare(number(textOf(stored)), number(given)) == 0
	case string:
		if n, ok := stored.(number); ok && isNumber(given) {
			return compare(n, number(given)) == 0
		}
		return stored != nil && strings.EqualFold(textOf(stored), given)
	case bool:
		return stored == given
	}
	return false
}

// sorting is one sort key.
type sorting struct {
	path    *path
	down    bool
	natural bool
}

// sortRows sorts rows by the keys, and by id where those are equal or none is given.
func sortRows(rows []*row, e *entity, keys []sorting) {
	if len(keys) == 0 {
		slices.SortFunc(rows, func(a, b *row) int { return strings.Compare(a.id, b.id) })
		return
	}
	type keyed struct {
		row    *row
		values []any
	}
	all := make([]keyed, len(rows))
	values := make([]any, len(rows)*len(keys))
	for i, r := range rows {
		all[i] = keyed{r, values[i*len(keys) : (i+1)*len(keys)]}
		for j, k := range keys {
			k.path.visit(r, e, func(v any) bool { all[i].values[j] = v; return true })
		}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		for j, k := range keys {
			c := compare(a.values[j], b.values[j])
			if x, y := textOf(a.values[j]), textOf(b.values[j]); k.natural && len(x) != len(y) {
				c = cmp.Compare(len(x), len(y))
			}
			if c != 0 && k.down {
				return -c
			}
			if c != 0 {
				return c
			}
		}
		return strings.Compare(a.row.id, b.row.id)
	})
	for i := range all {
		rows[i] = all[i].row
	}
}
