package shopware

import (
	"net/http"
	"strconv"
)

// writer carries out the writes of one request within one transaction. It goes on after a refused value, so that a
// request hears of all its faults at once; the caller rolls back where there are any.
type writer struct {
	checker
	shop     *Shop
	now      moment
	internal bool // the shop's own write: read-only fields and states may be set
	indexing string
	effects  []Effect
	pending  []reference // foreign keys, looked at when everything is written
	written  results
	stale    []string // products whose listing data must be computed anew
}

// reference is a foreign key of the request.
type reference struct {
	target, id, pointer string
	child, field        string
}

// record is one row of a request on its way into the store.
type record struct {
	entity  *entity
	members map[string]any
	pointer string
	fill    map[string]string // foreign keys given by where the record stands
	old     *row              // nil on create
	row     *row
	after   []*field // associations written after the row itself
	changed bool
	tongues bool // a translated field is written
}

// upsert writes a record and what is nested in it, and gives its id. "" is a refused record.
func (w *writer) upsert(e *entity, members map[string]any, pointer string, fill map[string]string) string {
	rec := &record{entity: e, members: members, pointer: pointer, fill: fill}
	if !w.identify(rec) {
		return ""
	}
	good := true
	for _, name := range sortedKeys(members) {
		if !w.member(rec, name) {
			good = false
		}
	}
	for name, id := range fill {
		if members[name] == nil {
			rec.row.set(e.column(name), id)
		}
	}
	if rec.old == nil && !w.complete(rec) || !good {
		// Nested records are still looked at, so that their faults are told too.
		w.writeNested(rec, rec.row.id)
		return ""
	}
	w.stamp(rec)
	if !w.unique(rec) {
		return ""
	}
	w.shop.store.put(w.table(e), rec.row)
	w.note(rec)
	w.derive(rec)
	w.writeNested(rec, rec.row.id)
	return rec.row.id
}

func (w *writer) table(e *entity) *table { return w.shop.store.tables[e.name] }

// identify finds the row a record means, or makes a new one.
func (w *writer) identify(rec *record) bool {
	var id string
	if rec.entity.keys != nil {
		id = w.linkID(rec)
	} else {
		id = w.ownID(rec)
	}
	if id == "" {
		return false
	}
	rec.old = w.table(rec.entity).rows[id]
	if rec.old != nil {
		rec.row = rec.old.clone(4)
	} else {
		rec.row = &row{id: id}
		if keys := rec.entity.keys; keys != nil {
			rec.row.set(keys[0], id[:32])
			rec.row.set(keys[1], id[33:])
		} else {
			rec.row.set(rec.entity.column("id"), id)
		}
	}
	return true
}

func (w *writer) ownID(rec *record) string {
	v := rec.members["id"]
	if resolver, ok := v.(map[string]any); ok {
		v, _ = w.resolve(rec.entity, resolver, rec.pointer+"/id")
		if v == nil {
			return ""
		}
	}
	if v == nil {
		return w.shop.newID()
	}
	id, _ := w.id(v, rec.pointer+"/id")
	s, _ := id.(string)
	return s
}

// linkID is both keys of a mapping entity.
func (w *writer) linkID(rec *record) string {
	var ids [2]string
	for i, f := range rec.entity.keys {
		v := rec.members[f.name]
		if given, ok := rec.fill[f.name]; ok && v == nil {
			ids[i] = given
			continue
		}
		ids[i], _ = w.foreign(f, v, rec.pointer+"/"+f.name, rec.entity)
	}
	if ids[0] == "" || ids[1] == "" {
		return ""
	}
	return ids[0] + "-" + ids[1]
}

// member writes one member of a record into its row, or keeps it for later where it is an association.
func (w *writer) member(rec *record, name string) bool {
	f := rec.entity.byName[name]
	pointer := rec.pointer + "/" + name
	switch {
	case f == nil:
		w.unknown(rec.entity.name, name, rec.pointer)
		return false
	case f.kind == kindID, rec.entity.keys != nil:
		return true // identify has taken it
	case w.internal:
	case f.kind == kindVersion:
		w.add(violation("SANDBOX__VERSION_WRITTEN", pointer, "a payload names no versions: writes go to the live one"))
		return false
	case f.readOnly || f.kind == kindTranslated:
		w.add(violation("FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", pointer, "This field is write-protected."))
		return false
	case f.name == "stateId" && rec.old != nil:
		w.add(violation("FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", pointer,
			`This field is write-protected. (Got: "user" scope and "system" is required)`))
		return false
	}
	rec.changed = true
	if f.kind.association() {
		return w.association(rec, f, pointer)
	}
	v, good := w.stored(rec, f, rec.members[name], pointer)
	if good {
		rec.row.set(f, v)
		rec.tongues = rec.tongues || isTranslated(rec.entity, f)
	}
	return good
}

func isTranslated(e *entity, f *field) bool {
	for _, t := range e.translated {
		if t == f {
			return true
		}
	}
	return false
}

// stored checks a column's value.
func (w *writer) stored(rec *record, f *field, v any, pointer string) (any, bool) {
	switch {
	case f.kind == kindForeign && v != nil:
		id, ok := w.foreign(f, v, pointer, rec.entity)
		switch {
		case id != "":
			return id, ok
		case ok && f.required: // a resolver that may be null, for a key that may not
			w.add(violation(codeBlank, pointer, "This value should not be blank."))
			return nil, false
		}
		return nil, ok
	case f.name == "customFields" && v != nil:
		return w.mergeFields(rec.row.get(f), v, pointer)
	case v == nil && f.required && inherits(rec, f):
		return nil, true
	}
	return w.value(f, v, pointer)
}

// inherits tells whether a variant takes a required field from its parent.
func inherits(rec *record, f *field) bool {
	if rec.entity.name != "product" || f.name == "productNumber" || f.name == "stock" {
		return false
	}
	return rec.members["parentId"] != nil || rec.row.text(rec.entity.column("parentId")) != ""
}

// foreign checks a foreign key, by id or resolver. ok with "" is null.
func (w *writer) foreign(f *field, v any, pointer string, child *entity) (id string, ok bool) {
	if resolver, isResolver := v.(map[string]any); isResolver {
		if v, ok = w.resolve(w.shop.schema.entities[f.target], resolver, pointer); !ok || v == nil {
			return "", ok
		}
	}
	checked, ok := w.value(f, v, pointer)
	id, _ = checked.(string)
	if ok && id != "" && !w.internal {
		w.pending = append(w.pending, reference{f.target, id, pointer, child.name, f.name})
	}
	return id, ok
}

// mergeFields merges own fields by key; null removes a key.
func (w *writer) mergeFields(old, v any, pointer string) (any, bool) {
	changes, ok := v.(map[string]any)
	if !ok {
		return w.wrongType(pointer, "array")
	}
	merged := map[string]any{}
	if text, ok := old.(jsonText); ok {
		if m, ok := plain(text).(map[string]any); ok {
			merged = m
		}
	}
	for k, value := range changes {
		if value == nil {
			delete(merged, k)
		} else {
			merged[k] = value
		}
	}
	if len(merged) == 0 {
		return nil, true
	}
	return jsonText(marshal(merged)), true
}

// complete tells of required fields that a new record lacks.
func (w *writer) complete(rec *record) bool {
	good := true
	for _, f := range rec.entity.fields {
		if !f.required || f.kind.association() || rec.row.get(f) != nil || inherits(rec, f) {
			continue
		}
		if _, given := rec.members[f.name]; given {
			continue // told already
		}
		w.add(violation(codeBlank, rec.pointer+"/"+f.name, "This value should not be blank."))
		good = false
	}
	return good
}

// stamp sets the times and counters that the shop keeps itself.
func (w *writer) stamp(rec *record) {
	e := rec.entity
	if rec.old == nil {
		if f := e.byName["createdAt"]; f != nil && rec.row.get(f) == nil {
			rec.row.set(f, w.now)
		}
		if f := e.byName["autoIncrement"]; f != nil {
			w.shop.counters[e.name]++
			rec.row.set(f, w.shop.counters[e.name])
		}
		return
	}
	if f := e.byName["updatedAt"]; f != nil && rec.changed {
		rec.row.set(f, w.now)
	}
}

// unique refuses a row whose unique key another row has.
func (w *writer) unique(rec *record) bool {
	t := w.table(rec.entity)
	for i, fields := range rec.entity.unique {
		key := uniqueKey(rec.row, fields)
		holder, taken := t.unique[i][key]
		if key == "" || !taken || holder == rec.row.id {
			continue
		}
		w.add(duplicate(rec, fields))
		return false
	}
	return true
}

func duplicate(rec *record, fields []*field) *problem {
	value := rec.row.text(fields[0])
	if rec.entity.name == "product" {
		return refuse(http.StatusBadRequest, "CONTENT__DUPLICATE_PRODUCT_NUMBER",
			"Product with number %q already exists.", value)
	}
	return refuse(http.StatusInternalServerError, "1062",
		"An exception occurred while executing a query: SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '%s' for key '%s.uniq.%s'",
		cut(value), rec.entity.name, fields[0].name)
}

// note records what a stored row changes: for the answer, the journal and the indexer.
func (w *writer) note(rec *record) {
	w.written.add(rec.entity, rec.row)
	if rec.tongues {
		w.written.addTranslation(rec.entity, rec.row.id)
	}
	if rec.old == nil {
		w.effect(Effect{Kind: Created, Entity: rec.entity.name, ID: rec.row.id})
		return
	}
	if w.shop.config.NoJournal {
		return
	}
	for _, f := range rec.entity.fields {
		if f.name == "updatedAt" || f.kind.association() {
			continue
		}
		if before, after := rec.old.get(f), rec.row.get(f); before != after {
			w.effect(Effect{Kind: Changed, Entity: rec.entity.name, ID: rec.row.id, Field: f.name, Old: plain(before), New: plain(after)})
		}
	}
}

func (w *writer) effect(e Effect) {
	if !w.shop.config.NoJournal {
		w.effects = append(w.effects, e)
	}
}

// checkReferences refuses foreign keys that name nothing, once everything is written.
func (w *writer) checkReferences() {
	for _, ref := range w.pending {
		if w.shop.store.get(ref.target, ref.id) != nil {
			continue
		}
		p := refuse(w.shop.config.ForeignKeyStatus, "1452",
			"An exception occurred while executing a query: SQLSTATE[23000]: Integrity constraint violation: 1452 Cannot add or update a child row: a foreign key constraint fails (`%s`.`%s` names no %s)",
			ref.child, ref.field, ref.target)
		if p.status < 500 {
			p.pointer = ref.pointer
		}
		w.add(p)
	}
}

func at(pointer string, i int) string { return pointer + "/" + strconv.Itoa(i) }
