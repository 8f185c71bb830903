package shopware

import (
	"net/http"
	"strconv"
)

// operation is one entry of a sync request.
type operation struct {
	key      string // name or index, the first part of pointers
	entity   *entity
	remove   bool
	payload  []any
	criteria []any
}

// sync carries out POST /api/_action/sync: all of it, or nothing.
func (s *Shop) sync(r *request) *answer {
	body, order, bad := r.orderedJSON()
	if bad != nil {
		return refusal(bad)
	}
	if v, ok := r.indexing(); !ok {
		return refusal(refuse(http.StatusBadRequest, "SANDBOX__HEADER", "indexing-behavior %q is not known", cut(v)))
	}
	ops, problems := s.operations(body, order)
	if problems != nil {
		return refusal(problems...)
	}
	if limit := s.config.MaxSyncRecords; limit > 0 && countRecords(ops) > limit {
		return refusal(refuse(http.StatusInternalServerError, "0", "Allowed memory size exhausted (%d records)", countRecords(ops)))
	}
	for _, op := range ops {
		if p := s.mayWrite(op); p != nil {
			return refusal(p)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.newWriter(r)
	var deleted, notFound results
	for _, op := range ops {
		w.operate(op, &deleted, &notFound)
	}
	if a := w.finish(r); a != nil {
		return a
	}
	return okay(w.syncAnswer(&deleted, &notFound))
}

func (w *writer) syncAnswer(deleted, notFound *results) []byte {
	empty := w.shop.config.EmptyObjects
	b := append([]byte(nil), `{"extensions":[],"data":`...)
	b = w.written.appendJSON(b, empty)
	b = append(b, `,"notFound":`...)
	b = notFound.appendJSON(b, empty)
	b = append(b, `,"deleted":`...)
	b = deleted.appendJSON(b, empty)
	return append(b, '}')
}

// newWriter begins a transaction; finish ends it. The shop's lock must be held.
func (s *Shop) newWriter(r *request) *writer {
	w := &writer{shop: s, now: momentOf(s.now())}
	if r != nil {
		w.indexing, _ = r.indexing()
	}
	s.store.begin()
	return w
}

// finish commits what was written, or takes it all back and answers with the problems.
func (w *writer) finish(r *request) *answer {
	if len(w.problems) == 0 {
		w.checkReferences()
	}
	if len(w.problems) > 0 {
		w.shop.store.rollback()
		return refusal(w.problems...)
	}
	w.shop.store.commit()
	if w.shop.config.ManualWorkers {
		w.shop.queue = append(w.shop.queue, w.stale...)
	} else {
		w.shop.runIndexer(w.stale)
	}
	if r != nil {
		r.effects = append(r.effects, w.effects...)
	}
	return nil
}

func countRecords(ops []operation) int {
	n := 0
	for _, op := range ops {
		n += len(op.payload)
	}
	return n
}

// operations reads the body in its list or its object form; order is the order of the object's members.
func (s *Shop) operations(body any, order []string) ([]operation, []*problem) {
	var ops []operation
	var problems []*problem
	add := func(key string, v any) {
		op, p := s.operation(key, v)
		if p != nil {
			problems = append(problems, p)
			return
		}
		ops = append(ops, op)
	}
	switch body := body.(type) {
	case []any:
		for i, v := range body {
			add(strconv.Itoa(i), v)
		}
	case map[string]any:
		for _, key := range order {
			add(key, body[key])
		}
	default:
		problems = append(problems, refuse(http.StatusBadRequest, "SANDBOX__BODY", "a sync body is a list or an object of operations"))
	}
	if len(problems) > maxProblems {
		problems = problems[:maxProblems]
	}
	return ops, problems
}

func (s *Shop) operation(key string, v any) (operation, *problem) {
	invalid := func(member, format string, args ...any) (operation, *problem) {
		p := refuse(http.StatusBadRequest, "FRAMEWORK__INVALID_SYNC_OPERATION", format, args...)
		p.pointer = "/" + cut(key) + member
		return operation{}, p
	}
	m, ok := v.(map[string]any)
	if !ok {
		return invalid("", "an operation is an object with entity, action and payload")
	}
	op := operation{key: key}
	for _, name := range sortedKeys(m) {
		switch name {
		case "entity":
			text, _ := m[name].(string)
			if op.entity = s.schema.entities[text]; op.entity == nil {
				return invalid("/entity", "entity %q is not known", cut(text))
			}
		case "action":
			if m[name] != "upsert" && m[name] != "delete" {
				return invalid("/action", `action must be "upsert" or "delete"`)
			}
			op.remove = m[name] == "delete"
		case "payload":
			if op.payload, ok = m[name].([]any); !ok {
				return invalid("/payload", "payload must be a list")
			}
		case "criteria":
			if op.criteria, ok = m[name].([]any); !ok {
				return invalid("/criteria", "criteria must be a list of filters")
			}
		case "key":
			if text, ok := m[name].(string); ok {
				op.key = text
			}
		default:
			return invalid("/"+cut(name), "an operation has no member %q", cut(name))
		}
	}
	switch {
	case op.entity == nil:
		return invalid("/entity", "entity is missing")
	case m["action"] == nil:
		return invalid("/action", "action is missing")
	case op.criteria != nil && !op.remove:
		return invalid("/criteria", "criteria are for deletes")
	case len(op.payload) == 0 && len(op.criteria) == 0:
		return invalid("/payload", "payload is empty")
	}
	return op, nil
}

func (w *writer) operate(op operation, deleted, notFound *results) {
	pointer := "/" + op.key
	for i, item := range op.payload {
		members, ok := item.(map[string]any)
		if !ok {
			w.wrongType(at(pointer, i), "array")
			continue
		}
		if !op.remove {
			w.upsert(op.entity, members, at(pointer, i), nil)
			continue
		}
		id, r, refused := w.findRecord(op.entity, members, at(pointer, i))
		if refused {
			continue
		}
		key := keyJSON(op.entity, id)
		if r == nil {
			notFound.addKey(op.entity.name, id, key)
			continue
		}
		w.remove(op.entity, r, at(pointer, i))
		deleted.addKey(op.entity.name, id, key)
	}
	if op.remove && len(op.criteria) > 0 {
		w.removeMatching(op, deleted)
	}
}

// removeMatching deletes by filters instead of ids.
func (w *writer) removeMatching(op operation, deleted *results) {
	q := &query{shop: w.shop, entity: op.entity}
	q.filters(op.criteria)
	if q.problem != nil {
		w.add(q.problem)
		return
	}
	for _, r := range q.matches() {
		if r = w.table(op.entity).rows[r.id]; r != nil {
			w.remove(op.entity, r, "/"+op.key)
			deleted.addKey(op.entity.name, r.id, keyJSON(op.entity, r.id))
		}
	}
}
