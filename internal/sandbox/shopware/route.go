package shopware

import (
	"net/http"
	"strings"
)

// route answers a request.
func (s *Shop) route(r *request) *answer {
	path, ok := strings.CutPrefix(r.path, "/api/")
	if !ok {
		return refusal(notFound(r))
	}
	parts := strings.Split(path, "/")
	switch {
	case path == "oauth/token":
		return s.token(r)
	case path == "_info/health-check" && r.method == http.MethodGet:
		return &answer{status: http.StatusOK}
	}
	bad := s.authorize(r)
	if bad == nil {
		bad = r.liveOnly()
	}
	if bad != nil {
		return refusal(bad)
	}
	switch parts[0] {
	case "_action":
		return s.action(r, parts[1:])
	case "_info":
		return s.info(r, path)
	case "search", "search-ids":
		return s.searchRoute(r, parts)
	}
	e := s.entityOf(parts[0])
	if e == nil || len(parts) > 2 || strings.Contains(parts[0], "_") {
		return refusal(notFound(r))
	}
	id := ""
	if len(parts) == 2 {
		id = parts[1]
	}
	return s.single(r, e, id)
}

func (s *Shop) info(r *request, path string) *answer {
	if path != "_info/version" || r.method != http.MethodGet {
		return refusal(notFound(r))
	}
	version := map[string]string{"6.6": "6.6.10.13", "6.7": "6.7.10.0"}[s.config.Release]
	return okay([]byte(`{"version":"` + version + `"}`))
}

func (s *Shop) searchRoute(r *request, parts []string) *answer {
	switch {
	case len(parts) != 2:
		return refusal(notFound(r))
	case r.method != http.MethodPost:
		return refusal(refuse(http.StatusMethodNotAllowed, "0", "No route found for %q: Method Not Allowed (Allow: POST)", r.method+" "+cut(r.path)))
	case parts[0] == "search-ids":
		return s.searchIDs(r, parts[1])
	}
	return s.search(r, parts[1])
}

// action answers /api/_action/...
func (s *Shop) action(r *request, parts []string) *answer {
	path := strings.Join(parts, "/")
	post := r.method == http.MethodPost
	switch {
	case path == "sync" && post:
		return s.sync(r)
	case parts[0] == "state-machine" && len(parts) == 4 && parts[3] == "state" && r.method == http.MethodGet:
		return s.transitions(r, parts[1], parts[2])
	case parts[0] == "state-machine" && len(parts) == 5 && parts[3] == "state" && post:
		return s.transitionRoute(r, parts[1], parts[2], parts[4])
	case len(parts) == 4 && parts[2] == "state" && post && s.machines[parts[0]] != nil:
		return s.transitionRoute(r, parts[0], parts[1], parts[3])
	case path == "message-queue/consume" && post:
		n := s.RunWorkers()
		return okay(marshal(map[string]any{"handledMessages": n}))
	case path == "index" && post:
		s.indexAll()
		return &answer{status: http.StatusNoContent}
	case parts[0] == "document", parts[0] == "media", parts[0] == "number-range", strings.HasPrefix(path, "order/document"),
		parts[0] == "order_transaction_capture_refund":
		return refusal(refuse(http.StatusNotImplemented, "SANDBOX__NOT_SIMULATED", "%s is not simulated", cut(r.path)))
	}
	return refusal(notFound(r))
}

func (s *Shop) indexAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, r := range s.store.tables["product"].list {
		if r != nil {
			ids = append(ids, r.id)
		}
	}
	s.runIndexer(ids)
	s.queue = nil
}
