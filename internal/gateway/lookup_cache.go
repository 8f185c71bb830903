package gateway

import (
	"sync"
	"time"
)

// lookupCache is what targets said when they were asked, kept in memory for as long as each may be used again. It saves
// calls and nothing hangs on it: what a delivery was encoded with is recorded with it.
type lookupCache struct {
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
func (c *lookupCache) known(target, table string, keys []string, now time.Time) (found map[string]string, open []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found = make(map[string]string, len(keys))
	for _, key := range keys {
		q := question{target, table, key}
		kept, ok := c.new[q]
		if !ok {
			kept, ok = c.old[q]
		}
		if ok && now.Before(kept.until) {
			found[key] = kept.text
			c.put(q, kept)
		} else {
			open = append(open, key)
		}
	}
	return found, open
}

// keep takes what a target said.
func (c *lookupCache) keep(target, table string, found map[string]string, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, text := range found {
		c.put(question{target, table, key}, answer{text, until})
	}
}

func (c *lookupCache) put(q question, kept answer) {
	if c.new == nil || len(c.new) >= keptAnswers {
		c.new, c.old = map[question]answer{}, c.new
	}
	c.new[q] = kept
}
