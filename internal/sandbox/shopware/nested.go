package shopware

// association takes a nested record or list. To-one records are written first, as the row needs their id; lists are
// written after the row, as their records need its id.
func (w *writer) association(rec *record, f *field, pointer string) bool {
	v := rec.members[f.name]
	if v == nil {
		return true
	}
	switch f.kind {
	case kindOne:
		return w.writeOne(rec, f, v, pointer)
	case kindInverse:
		if _, ok := v.(map[string]any); !ok {
			w.wrongType(pointer, "array")
			return false
		}
	case kindMany, kindLink:
		if _, ok := v.([]any); !ok {
			w.wrongType(pointer, "array")
			return false
		}
	default:
		w.add(violation("SANDBOX__NOT_SIMULATED", pointer, "%s.%s is not simulated", rec.entity.name, f.name))
		return false
	}
	rec.after = append(rec.after, f)
	return true
}

func (w *writer) writeOne(rec *record, f *field, v any, pointer string) bool {
	members, ok := v.(map[string]any)
	if !ok {
		w.wrongType(pointer, "array")
		return false
	}
	if id, given := rec.members[f.through].(string); given && members["id"] == nil {
		members["id"] = id
	}
	id := w.upsert(w.shop.schema.entities[f.target], members, pointer, nil)
	if id == "" {
		return false
	}
	rec.row.set(rec.entity.column(f.through), id)
	return true
}

// writeNested writes the lists of a record. Lists only add and update: what they do not name stays.
func (w *writer) writeNested(rec *record, id string) {
	for _, f := range rec.after {
		target := w.shop.schema.entities[f.target]
		pointer := rec.pointer + "/" + f.name
		if f.kind == kindInverse {
			w.upsert(target, rec.members[f.name].(map[string]any), pointer, map[string]string{f.through: id})
			continue
		}
		for i, item := range rec.members[f.name].([]any) {
			members, ok := item.(map[string]any)
			if !ok {
				w.wrongType(at(pointer, i), "array")
				continue
			}
			if f.kind == kindMany {
				w.upsert(target, members, at(pointer, i), map[string]string{f.through: id})
			} else {
				w.writeLink(f, target, members, at(pointer, i), id)
			}
		}
	}
}

// writeLink joins a row to another, which is written first where more than its id is given.
func (w *writer) writeLink(f *field, target *entity, members map[string]any, pointer, id string) {
	other, given := members["id"].(string)
	if given && len(members) == 1 {
		if _, ok := w.id(other, pointer+"/id"); !ok {
			return
		}
		w.pending = append(w.pending, reference{target.name, other, pointer + "/id", f.link, f.other})
	} else if other = w.upsert(target, members, pointer, nil); other == "" {
		return
	}
	link := w.shop.schema.entities[f.link]
	w.upsert(link, map[string]any{}, pointer, map[string]string{f.through: id, f.other: other})
}
