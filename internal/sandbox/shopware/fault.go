package shopware

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// FaultKind says what goes wrong.
type FaultKind string

const (
	// DropBeforeWrite breaks the connection before anything is done.
	DropBeforeWrite FaultKind = "drop-before-write"
	// DropAnswerAfterWrite does the work and breaks the connection instead of answering.
	DropAnswerAfterWrite FaultKind = "drop-answer-after-write"
	// Status answers with Fault.Status and does nothing; with RetryAfter, that header is sent.
	Status FaultKind = "status"
	// Deadlock answers as the database does when two writers meet: 500, and nothing is done.
	Deadlock FaultKind = "deadlock"
	// Slow waits for Fault.Delay before the work; a client that goes away meanwhile has done nothing.
	Slow FaultKind = "slow"
	// SlowAnswer does the work and waits for Fault.Delay before answering: a client's timeout after the commit.
	SlowAnswer FaultKind = "slow-answer"
	// Down answers 503 as a shop in maintenance does, until the fault is taken away or used up.
	Down FaultKind = "down"
)

// Fault is something that goes wrong on purpose. It hits requests whose method and path match.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Method and Path choose requests; empty matches all. Path matches as a prefix: "/api/_action/sync".
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Body must stand in the request's body; empty matches all.
	Body string `json:"body,omitempty"`
	// Nth is the first matching request that is hit; 0 and 1 are the next.
	Nth int `json:"nth,omitempty"`
	// Times is how many matching requests are hit; 0 is one, less than 0 is all until the fault is taken away. A
	// Down of Times 0 stays too.
	Times int `json:"times,omitempty"`
	// Status is the answer of a Status fault.
	Status int `json:"status,omitempty"`
	// RetryAfter is sent with Status and Down, in whole seconds, where it is not 0.
	RetryAfter time.Duration `json:"retryAfterNanoseconds,omitempty"`
	// Delay is how long Slow and SlowAnswer wait, in real time.
	Delay time.Duration `json:"delayNanoseconds,omitempty"`
}

// check tells of a fault that can do nothing.
func (f Fault) check() error {
	switch f.Kind {
	case DropBeforeWrite, DropAnswerAfterWrite, Deadlock, Down:
		return nil
	case Status:
		if f.Status < 400 || f.Status > 599 {
			return fmt.Errorf("a fault of kind status needs a status from 400 to 599, not %d", f.Status)
		}
		return nil
	case Slow, SlowAnswer:
		if f.Delay <= 0 {
			return fmt.Errorf("a fault of kind %s needs a delay", f.Kind)
		}
		return nil
	}
	return fmt.Errorf("fault kind %q is not known: use drop-before-write, drop-answer-after-write, status, deadlock, slow, slow-answer or down", f.Kind)
}

type faults struct {
	any    atomic.Bool
	mu     sync.Mutex
	active []*activeFault
	last   int
}

type activeFault struct {
	Fault
	id   int
	seen int
	hits int
}

// Fault makes something go wrong, and gives a function that takes the fault away. A fault that can do nothing, as
// one without its status, is a mistake of the caller and panics.
func (s *Shop) Fault(f Fault) (lift func()) {
	if err := f.check(); err != nil {
		panic("sandbox shopware: " + err.Error())
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.last++
	id := s.faults.last
	s.faults.active = append(s.faults.active, &activeFault{Fault: f, id: id})
	s.faults.any.Store(true)
	return func() { s.faults.remove(func(a *activeFault) bool { return a.id == id }) }
}

// ClearFaults takes all faults away.
func (s *Shop) ClearFaults() { s.faults.remove(func(*activeFault) bool { return true }) }

// Faults gives the faults that can still hit.
func (s *Shop) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	list := []Fault{}
	for _, a := range s.faults.active {
		list = append(list, a.Fault)
	}
	return list
}

func (fs *faults) remove(which func(*activeFault) bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.drop(which)
}

func (fs *faults) drop(which func(*activeFault) bool) {
	kept := fs.active[:0]
	for _, a := range fs.active {
		if !which(a) {
			kept = append(kept, a)
		}
	}
	fs.active = kept
	fs.any.Store(len(kept) > 0)
}

// hit gives the fault that a request meets, if any, and counts it.
func (fs *faults) hit(r *request) *Fault {
	if !fs.any.Load() {
		return nil
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var met *Fault
	for _, a := range fs.active {
		if !a.matches(r) {
			continue
		}
		a.seen++
		if met != nil || a.seen < a.Nth {
			continue
		}
		a.hits++
		f := a.Fault
		met = &f
	}
	fs.drop((*activeFault).usedUp)
	return met
}

func (a *activeFault) matches(r *request) bool {
	return (a.Method == "" || a.Method == r.method) && strings.HasPrefix(r.path, a.Path) &&
		(a.Body == "" || strings.Contains(string(r.body), a.Body))
}

func (a *activeFault) usedUp() bool {
	if a.Times < 0 || a.Times == 0 && a.Kind == Down {
		return false
	}
	return a.hits >= max(a.Times, 1)
}

// instead gives the answer of a fault that keeps the request from the shop, nil where it does not.
func (f *Fault) instead() *answer {
	var a *answer
	switch f.Kind {
	case Status:
		a = refusal(refuse(f.Status, "0", "%s", http.StatusText(f.Status)))
	case Down:
		a = refusal(refuse(http.StatusServiceUnavailable, "FRAMEWORK__API_SERVICE_UNAVAILABLE", "The shop is in maintenance mode."))
	case Deadlock:
		a = refusal(refuse(http.StatusInternalServerError, "1213", "An exception occurred while executing a query: SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction"))
	default:
		return nil
	}
	if f.RetryAfter > 0 {
		a.header = map[string]string{"Retry-After": strconv.FormatInt(int64((f.RetryAfter+time.Second-1)/time.Second), 10)}
	}
	return a
}

// wait lets time pass; false where the client went away.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
