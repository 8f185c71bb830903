package shopware

import (
	"encoding/json"
	"net/http"
)

// resolvers names what a foreign-key resolver looks up, by entity and field. Release 6.6 knows the first only.
func resolvers(release string) map[string][2]string {
	known := map[string][2]string{"product.number": {"product", "productNumber"}}
	if release == "6.6" {
		return known
	}
	known["currency.iso_code"] = [2]string{"currency", "isoCode"}
	known["locale.code"] = [2]string{"locale", "code"}
	known["payment_method.technical_name"] = [2]string{"payment_method", "technicalName"}
	known["shipping_method.technical_name"] = [2]string{"shipping_method", "technicalName"}
	known["document_type.technical_name"] = [2]string{"document_type", "technicalName"}
	known["salutation.salutation_key"] = [2]string{"salutation", "salutationKey"}
	known["tax.tax_rate"] = [2]string{"tax", "taxRate"}
	return known
}

// resolve looks a key up by a resolver object. ok with nil is a missing value that the request allows to be null.
func (w *writer) resolve(target *entity, resolver map[string]any, pointer string) (id any, ok bool) {
	for _, member := range sortedKeys(resolver) {
		if member != "resolver" && member != "value" && member != "nullOnMissing" {
			w.unknown("a resolver", member, pointer)
			return nil, false
		}
	}
	name, _ := resolver["resolver"].(string)
	place, known := w.shop.resolvers[name]
	if !known || place[0] != target.name {
		w.unresolved(pointer, "resolver %q is not known here", cut(name))
		return nil, false
	}
	t := w.shop.store.tables[place[0]]
	f := t.entity.column(place[1])
	found := lookUp(t, f, resolver["value"])
	switch {
	case len(found) == 1:
		return found[0].id, true
	case len(found) > 1:
		w.unresolved(pointer, "%d rows of %s have %s %v", len(found), target.name, f.name, cut(asText(resolver["value"])))
		return nil, false
	case resolver["nullOnMissing"] == true:
		return nil, true
	}
	w.unresolved(pointer, "no %s has %s %s", target.name, f.name, cut(asText(resolver["value"])))
	return nil, false
}

func (w *writer) unresolved(pointer, format string, args ...any) {
	p := refuse(http.StatusBadRequest, "FRAMEWORK__API_INVALID_SYNC_RESOLVERS", format, args...)
	p.pointer = pointer
	w.add(p)
}

// lookUp finds the rows whose field has a value of a request.
func lookUp(t *table, f *field, value any) []*row {
	if s, ok := value.(string); ok {
		if r := t.byUnique(f, s); r != nil {
			return []*row{r}
		}
	}
	var found []*row
	for _, r := range t.list {
		if r != nil && looselyEqual(r.get(f), value) {
			found = append(found, r)
		}
	}
	return found
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	}
	return string(marshal(v))
}
