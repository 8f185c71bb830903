package shopware

import (
	"bytes"
	"net/http"
	"sync"
	"time"
)

// EffectKind says what kind of change an [Effect] is.
type EffectKind string

const (
	// Created is a new row.
	Created EffectKind = "created"
	// Changed is a field with another value than before; stock moved by an order too.
	Changed EffectKind = "changed"
	// Deleted is a row that is gone.
	Deleted EffectKind = "deleted"
	// Transition is a state changed by a transition: Field is the action, Old and New the states.
	Transition EffectKind = "transition"
	// Mailed is a mail to a buyer: Field is the event, New the address.
	Mailed EffectKind = "mail"
)

// Effect is one thing that a request changed in the shop.
type Effect struct {
	Kind   EffectKind `json:"kind"`
	Entity string     `json:"entity"`
	ID     string     `json:"id"`
	Field  string     `json:"field,omitempty"`
	Old    any        `json:"old,omitempty"` // in the forms of decoded JSON
	New    any        `json:"new,omitempty"`
}

// Entry is one request in the journal.
type Entry struct {
	Number  int64             `json:"number"` // counts all requests, from 1
	Time    time.Time         `json:"time"`   // the shop's clock
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Query   string            `json:"query,omitempty"`
	Header  map[string]string `json:"header,omitempty"` // those that matter to the shop; never the token
	Body    string            `json:"body,omitempty"`   // the client's secret is left out
	Status  int               `json:"status"`           // of the answer, sent or lost; 0 where the request was lost
	Answer  string            `json:"answer,omitempty"` // of refusals only
	Fault   string            `json:"fault,omitempty"`  // the fault that hit it
	Effects []Effect          `json:"effects,omitempty"`
}

// journal keeps the newest entries within its bounds.
type journal struct {
	mu      sync.Mutex
	count   int64
	entries []Entry
	bytes   int64
}

func recordedHeaders() []string {
	return []string{"Content-Type", "Accept", "Indexing-Behavior", "Indexing-Skip", "Sw-Skip-Trigger-Flow", "Sw-Language-Id",
		"Sw-Version-Id", "Sw-Inheritance", "Fail-On-Error", "User-Agent"}
}

// record adds a request and what came of it.
func (s *Shop) record(hr *http.Request, r *request, a *answer, fault string) {
	j := &s.journal
	if s.config.NoJournal {
		j.mu.Lock()
		j.count++
		j.mu.Unlock()
		return
	}
	e := Entry{Time: s.now(), Method: r.method, Path: r.path, Query: hr.URL.RawQuery, Body: string(s.redact(r)), Fault: fault, Effects: r.effects}
	if a != nil {
		e.Status = a.status
		if a.status >= http.StatusBadRequest {
			e.Answer = string(a.body)
		}
	}
	for _, name := range recordedHeaders() {
		if v := r.header.Get(name); v != "" {
			if e.Header == nil {
				e.Header = map[string]string{}
			}
			e.Header[name] = v
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.count++
	e.Number = j.count
	j.entries = append(j.entries, e)
	j.bytes += e.size()
	drop := 0
	for drop < len(j.entries)-1 && (len(j.entries)-drop > s.config.JournalLimit || j.bytes > s.config.JournalBytes) {
		j.bytes -= j.entries[drop].size()
		j.entries[drop] = Entry{}
		drop++
	}
	j.entries = j.entries[drop:]
}

func (e *Entry) size() int64 { return int64(len(e.Body) + len(e.Answer) + 200 + 100*len(e.Effects)) }

// redact takes the secret out of a token request.
func (s *Shop) redact(r *request) []byte {
	if r.path != "/api/oauth/token" {
		return r.body
	}
	v, err := decodeJSON(r.body)
	m, ok := v.(map[string]any)
	if err != nil || !ok {
		return []byte("(left out)")
	}
	for _, name := range []string{"client_secret", "password", "refresh_token"} {
		if _, given := m[name]; given {
			m[name] = "(left out)"
		}
	}
	return bytes.ReplaceAll(marshal(m), []byte(s.config.ClientSecret), []byte("(left out)"))
}

// Journal gives the requests so far, oldest first, those to /__sandbox left out.
func (s *Shop) Journal() []Entry {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return append([]Entry(nil), s.journal.entries...)
}

// ClearJournal forgets the requests so far; numbers go on.
func (s *Shop) ClearJournal() {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	s.journal.entries, s.journal.bytes = nil, 0
}

// Requests gives the number of requests so far, whether kept in the journal or not.
func (s *Shop) Requests() int64 {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return s.journal.count
}
