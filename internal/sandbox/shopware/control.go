package shopware

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const controlPrefix = "/__sandbox/"

// control answers /__sandbox/...: the sandbox's own pages for people and scripts at the same machine. They need no
// token. A shop has nothing like them.
//
//	GET    journal?after=N     requests with a number above N; DELETE forgets them
//	GET    state               products with stock, orders, mails, counts
//	GET    faults              DELETE takes all away; POST adds one: {"kind":"status","path":"/api/_action/sync","status":429}
//	POST   orders              places an order, answers {"number":"..."}
//	POST   transitions         {"order":"10234","entity":"order_transaction","action":"paid"}
//	GET    clock               POST moves it forward: {"advance":"15m"}
//	POST   workers             works off queued indexing
func (s *Shop) control(w http.ResponseWriter, r *http.Request) {
	routes := map[string]func(*http.Request) (any, error){
		"GET journal": s.controlJournal, "DELETE journal": func(*http.Request) (any, error) { s.ClearJournal(); return done() },
		"GET state":  s.controlState,
		"GET faults": func(*http.Request) (any, error) { return s.Faults(), nil }, "POST faults": s.controlFault,
		"DELETE faults":    func(*http.Request) (any, error) { s.ClearFaults(); return done() },
		"POST orders":      s.controlOrder,
		"POST transitions": s.controlTransition,
		"GET clock":        func(*http.Request) (any, error) { return map[string]any{"now": s.now()}, nil }, "POST clock": s.controlClock,
		"POST workers": func(*http.Request) (any, error) { return map[string]any{"messages": s.RunWorkers()}, nil },
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	handle := routes[r.Method+" "+r.URL.Path[len(controlPrefix):]]
	if handle == nil {
		w.WriteHeader(http.StatusNotFound)
		w.Write(marshal(map[string]any{"error": "no such control: " + r.Method + " " + cut(r.URL.Path)}))
		return
	}
	v, err := handle(r)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		v = map[string]any{"error": err.Error()}
	}
	w.Write(marshal(v))
}

func done() (any, error) { return map[string]any{"done": true}, nil }

// readControl reads the body of a control strictly.
func readControl(r *http.Request, v any) error {
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return nil
}

func (s *Shop) controlJournal(r *http.Request) (any, error) {
	after, err := int64(0), error(nil)
	if text := r.URL.Query().Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, fmt.Errorf("after is the number of a request, not %q", cut(text))
		}
	}
	entries := []Entry{}
	for _, e := range s.Journal() {
		if e.Number > after {
			entries = append(entries, e)
		}
	}
	return map[string]any{"requests": s.Requests(), "entries": entries}, nil
}

func (s *Shop) controlState(*http.Request) (any, error) {
	type product struct {
		Number string `json:"number"`
		Name   string `json:"name"`
		Stock  int64  `json:"stock"`
	}
	const most = 1000
	state := struct {
		Release  string         `json:"release"`
		Now      time.Time      `json:"now"`
		Rows     map[string]int `json:"rows"`
		Products []product      `json:"products"` // the first thousand
		Orders   []OrderState   `json:"orders"`
		Mails    []Mail         `json:"mails"`
	}{Release: s.config.Release, Now: s.now(), Rows: map[string]int{}, Products: []product{}, Orders: s.Orders(), Mails: s.Mails()}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for name, t := range s.store.tables {
		if len(t.rows) > 0 {
			state.Rows[name] = len(t.rows)
		}
	}
	t := s.store.tables["product"]
	for _, r := range t.list {
		if r != nil && len(state.Products) < most {
			state.Products = append(state.Products, product{r.text(t.entity.column("productNumber")), r.text(t.entity.column("name")), r.whole(t.entity.column("stock"))})
		}
	}
	return state, nil
}

func (s *Shop) controlFault(r *http.Request) (any, error) {
	// Durations are text here, "500ms"..
	var in struct {
		Fault
		RetryAfter string `json:"retryAfter"`
		Delay      string `json:"delay"`
	}
	if err := readControl(r, &in); err != nil {
		return nil, err
	}
	f := in.Fault
	for text, to := range map[*string]*time.Duration{&in.RetryAfter: &f.RetryAfter, &in.Delay: &f.Delay} {
		if *text == "" {
			continue
		}
		d, err := time.ParseDuration(*text)
		if err != nil {
			return nil, fmt.Errorf("read the request: %w", err)
		}
		*to = d
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	s.Fault(f)
	return done()
}

func (s *Shop) controlOrder(r *http.Request) (any, error) {
	var o Order
	if err := readControl(r, &o); err != nil {
		return nil, err
	}
	number, err := s.PlaceOrder(o)
	return map[string]any{"number": number}, err
}

func (s *Shop) controlTransition(r *http.Request) (any, error) {
	var in struct{ Order, Entity, Action string }
	if err := readControl(r, &in); err != nil {
		return nil, err
	}
	if err := s.Transition(in.Order, in.Entity, in.Action); err != nil {
		return nil, err
	}
	return done()
}

func (s *Shop) controlClock(r *http.Request) (any, error) {
	var in struct{ Advance string }
	if err := readControl(r, &in); err != nil {
		return nil, err
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil || d < 0 {
		return nil, fmt.Errorf(`advance is how far the clock goes forward, "15m", not %q`, cut(in.Advance))
	}
	s.Advance(d)
	return map[string]any{"now": s.now()}, nil
}
