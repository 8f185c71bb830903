package shopware

import (
	"net/http"
	"strings"
)

// ServeHTTP answers a request as the shop does, and requests to /__sandbox as the sandbox's own controls. A
// connection that a fault breaks is broken by panicking with [http.ErrAbortHandler], which net/http and
// [Shop.Client] understand.
func (s *Shop) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	if strings.HasPrefix(hr.URL.Path, controlPrefix) {
		s.control(w, hr)
		return
	}
	r, bad := s.read(hr)
	if bad != nil {
		a := refusal(bad)
		s.record(hr, r, a, "")
		send(w, a)
		return
	}
	fault := s.faults.hit(r)
	if fault == nil {
		a := s.route(r)
		s.record(hr, r, a, "")
		send(w, a)
		return
	}
	s.serveFault(w, hr, r, fault)
}

func (s *Shop) serveFault(w http.ResponseWriter, hr *http.Request, r *request, f *Fault) {
	if f.Kind == DropBeforeWrite || f.Kind == Slow && !wait(hr.Context(), f.Delay) {
		s.record(hr, r, nil, string(f.Kind))
		panic(http.ErrAbortHandler)
	}
	a := f.instead()
	if a == nil {
		a = s.route(r)
	}
	s.record(hr, r, a, string(f.Kind))
	if f.Kind == DropAnswerAfterWrite || f.Kind == SlowAnswer && !wait(hr.Context(), f.Delay) {
		panic(http.ErrAbortHandler)
	}
	send(w, a)
}

func send(w http.ResponseWriter, a *answer) {
	h := w.Header()
	for name, v := range a.header {
		h.Set(name, v)
	}
	if len(a.body) > 0 {
		h.Set("Content-Type", "application/json")
	}
	w.WriteHeader(a.status)
	if len(a.body) > 0 {
		w.Write(a.body) // a client that went away is no fault of the shop's
	}
}
