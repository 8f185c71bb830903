package shopware

import (
	"encoding/json"
	"net/http"
)

// single answers the routes of single entities: /api/{entity} and /api/{entity}/{id}.
func (s *Shop) single(r *request, e *entity, id string) *answer {
	if id != "" && !isHexID(id) {
		return refusal(refuse(http.StatusBadRequest, "FRAMEWORK__INVALID_UUID", "Value is not a valid UUID: %s", cut(id)))
	}
	switch {
	case r.method == http.MethodGet && id == "":
		return s.readList(r, e)
	case r.method == http.MethodGet:
		return s.readOne(r, e, id)
	case r.method == http.MethodPost && id == "", r.method == http.MethodPatch && id != "":
		return s.writeSingle(r, e, id)
	case r.method == http.MethodDelete && id != "":
		return s.deleteOne(r, e, id)
	}
	return refusal(refuse(http.StatusMethodNotAllowed, "0", "No route found for %q: Method Not Allowed", r.method+" "+cut(r.path)))
}

func (s *Shop) readList(r *request, e *entity) *answer {
	body := map[string]any{}
	for _, name := range []string{"limit", "page"} {
		if v := r.query.Get(name); v != "" {
			body[name] = json.Number(v)
		}
	}
	c, bad := s.criteria(e, body, false)
	if bad == nil {
		bad = s.mayRead(c)
	}
	if bad == nil {
		bad = r.wantsJSON()
	}
	if bad != nil {
		return refusal(bad)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.list(c)
}

func (s *Shop) readOne(r *request, e *entity, id string) *answer {
	bad := s.need(e.name + ":read")
	if bad == nil {
		bad = r.wantsJSON()
	}
	if bad != nil {
		return refusal(bad)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	row := s.store.get(e.name, id)
	if row == nil {
		return refusal(missing(e, id))
	}
	v := view{shop: s}
	return okay(append(v.append([]byte(`{"data":`), e, row, nil), '}'))
}

func missing(e *entity, id string) *problem {
	return refuse(http.StatusNotFound, "FRAMEWORK__RESOURCE_NOT_FOUND", "The %s resource with the following primary key was not found: id(%s)", e.name, id)
}

func (s *Shop) writeSingle(r *request, e *entity, id string) *answer {
	body, bad := r.json()
	members, ok := body.(map[string]any)
	if bad == nil && !ok {
		bad = refuse(http.StatusBadRequest, "SANDBOX__BODY", "the body is a JSON object")
	}
	action := ":create"
	if id != "" {
		action = ":update"
	}
	if bad == nil {
		bad = s.need(e.name + action)
	}
	if bad != nil {
		return refusal(bad)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != "" {
		if s.store.get(e.name, id) == nil {
			return refusal(missing(e, id))
		}
		members["id"] = id
	}
	w := s.newWriter(r)
	written := w.upsert(e, members, "", nil)
	if a := w.finish(r); a != nil {
		return a
	}
	if r.query.Get("_response") == "" {
		return &answer{status: http.StatusNoContent, header: map[string]string{"Location": "/api/" + kebab(e.name) + "/" + written}}
	}
	v := view{shop: s}
	return okay(append(v.append([]byte(`{"data":`), e, s.store.get(e.name, written), nil), '}'))
}

func (s *Shop) deleteOne(r *request, e *entity, id string) *answer {
	if bad := s.need(e.name + ":delete"); bad != nil {
		return refusal(bad)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	row := s.store.get(e.name, id)
	if row == nil {
		return refusal(missing(e, id))
	}
	w := s.newWriter(r)
	w.remove(e, row, "")
	if a := w.finish(r); a != nil {
		return a
	}
	return &answer{status: http.StatusNoContent}
}
