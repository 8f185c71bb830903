package gateway

import (
	"sync"
	"time"
)

// answers are what targets said when they were asked, kept in memory for as long as each may be used again. They save
// calls and nothing hangs on them: what a delivery was encoded with is recorded with it.
type answers struct {
	mu       sync.Mutex
	new, old map[question]answer // when new is full it becomes old: what was not asked for lately is forgotten
}

type question struct{ target, table, key string }

type answer struct {
	text  string
	until time.Time
}

// keptAnswers is how many answers one of the two maps holds, some 3 MB.
const keptAnswers = 16 << 10

// known gives the answers to keys that may still be used, and the keys that have none.
func (a *answers) known(target, table string, keys []string, now time.Time) (found map[string]string, open []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found = make(map[string]string, len(keys))
	for _, key := range keys {
		q := question{target, table, key}
		kept, ok := a.new[q]
		if !ok {
			kept, ok = a.old[q]
		}
		if ok && now.Before(kept.until) {
			found[key] = kept.text
			a.put(q, kept)
		} else {
			open = append(open, key)
		}
	}
	return found, open
}

// keep takes what a target said.
func (a *answers) keep(target, table string, found map[string]string, until time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, text := range found {
		a.put(question{target, table, key}, answer{text, until})
	}
}

func (a *answers) put(q question, kept answer) {
	if a.new == nil || len(a.new) >= keptAnswers {
		a.new, a.old = map[question]answer{}, a.new
	}
	a.new[q] = kept
}
