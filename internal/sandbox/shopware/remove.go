package shopware

import (
	"net/http"
	"slices"
)

// remove deletes a row with what belongs to it: its parts and mapping rows go along, optional keys to it are
// cleared, and a row that needs it refuses.
func (w *writer) remove(e *entity, r *row, pointer string) {
	w.deriveRemoval(e, r)
	w.shop.store.delete(w.table(e), r.id)
	w.effect(Effect{Kind: Deleted, Entity: e.name, ID: r.id})
	for _, child := range w.shop.schema.order {
		for _, f := range child.fields {
			if f.kind != kindForeign || f.target != e.name || e.keys != nil {
				continue
			}
			w.removeChildren(e, child, f, r.id, pointer)
		}
	}
}

func (w *writer) removeChildren(parent, child *entity, f *field, id, pointer string) {
	t := w.table(child)
	// A cascade may reach a child by two ways; it is looked up anew each time.
	for _, c := range slices.Clone(t.childrenOf(f, id)) {
		if c = t.rows[c.id]; c == nil {
			continue
		}
		switch {
		case cascades(parent, child, f):
			w.remove(child, c, pointer)
		case f.required:
			p := refuse(http.StatusConflict, "FRAMEWORK__DELETE_RESTRICTED",
				"The delete request for %s was denied due to a conflict: %s uses it.", parent.name, child.name)
			p.pointer = pointer
			w.add(p)
			return
		default:
			changed := c.clone(1)
			changed.set(f, nil)
			w.shop.store.put(t, changed)
			w.effect(Effect{Kind: Changed, Entity: child.name, ID: c.id, Field: f.name, Old: id})
		}
	}
}

// findRecord finds the row of a delete's record. refused is true where the record itself is wrong.
func (w *writer) findRecord(e *entity, members map[string]any, pointer string) (id string, r *row, refused bool) {
	if e.keys == nil && members["id"] == nil {
		w.add(violation(codeBlank, pointer+"/id", "This value should not be blank."))
		return "", nil, true
	}
	for _, name := range sortedKeys(members) {
		if f := e.byName[name]; f == nil || f.kind != kindID && f.kind != kindForeign {
			w.unknown("a delete of "+e.name, name, pointer)
			return "", nil, true
		}
	}
	before := len(w.problems)
	rec := &record{entity: e, members: members, pointer: pointer}
	pending := w.pending
	if e.keys != nil {
		id = w.linkID(rec)
	} else {
		id = w.ownID(rec)
	}
	w.pending = pending // a delete's keys may name what is gone
	if len(w.problems) > before || id == "" {
		return "", nil, true
	}
	return id, w.table(e).rows[id], false
}
