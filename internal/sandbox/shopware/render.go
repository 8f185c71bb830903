package shopware

// view is what of each entity an answer shows.
type view struct {
	shop         *Shop
	only, except map[string]map[string]bool
}

func (v *view) hidden(e *entity, name string) bool {
	if set, ok := v.only[e.name]; ok && !set[name] {
		return true
	}
	return v.except[e.name][name]
}

// append writes a row with the associations asked for; all others are null.
func (v *view) append(b []byte, e *entity, r *row, associations map[*field]*criteria) []byte {
	b = append(b, '{')
	for _, f := range e.fields {
		if v.hidden(e, f.name) {
			continue
		}
		b = append(b, '"')
		b = append(b, f.name...)
		b = append(b, '"', ':')
		switch {
		case f.kind.association():
			b = v.appendAssociation(b, e, r, f, associations)
		case f.kind == kindTranslated:
			b = v.appendTranslated(b, e, r)
		default:
			b = appendValue(b, v.shop.fieldValue(r, e, f))
		}
		b = append(b, ',')
	}
	if !v.hidden(e, "_uniqueIdentifier") {
		b = append(b, `"_uniqueIdentifier":`...)
		b = append(appendString(b, r.id), ',')
	}
	b = append(b, `"apiAlias":"`...)
	b = append(b, e.name...)
	return append(b, '"', '}')
}

func (v *view) appendTranslated(b []byte, e *entity, r *row) []byte {
	b = append(b, '{')
	for i, f := range e.translated {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, f.name...)
		b = append(b, '"', ':')
		b = appendValue(b, r.get(f))
	}
	return append(b, '}')
}

func (v *view) appendAssociation(b []byte, e *entity, r *row, f *field, associations map[*field]*criteria) []byte {
	sub, asked := associations[f]
	switch {
	case !asked:
		return append(b, "null"...)
	case f.kind == kindNone:
		return append(b, "null"...)
	}
	rows := v.shop.related(r, e, f)
	target := v.shop.schema.entities[f.target]
	if f.kind == kindOne || f.kind == kindInverse {
		if len(rows) == 0 {
			return append(b, "null"...)
		}
		return v.append(b, target, rows[0], sub.associations)
	}
	b = append(b, '[')
	for i, child := range sub.page1(rows) {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.append(b, target, child, sub.associations)
	}
	return append(b, ']')
}

// page1 filters, sorts and cuts the rows of an association.
func (c *criteria) page1(rows []*row) []*row {
	kept := make([]*row, 0, len(rows))
	for _, r := range rows {
		if c.holds(r) {
			kept = append(kept, r)
		}
	}
	sortRows(kept, c.entity, c.sort)
	return c.cut(kept)
}

// cut gives the page asked for.
func (c *criteria) cut(rows []*row) []*row {
	if c.limit == 0 {
		return rows
	}
	from := min((c.page-1)*c.limit, len(rows))
	return rows[from:min(from+c.limit, len(rows))]
}

func (c *criteria) total(matches, shown int) int {
	switch c.count {
	case "exact":
		return matches
	case "next-pages":
		return min(matches, (c.page+nextPages)*c.limit+1)
	}
	return shown
}
