package gateway

import (
	"encoding/json"
	"fmt"
	"time"
)

// facts are what came from outside for one delivery, as it is recorded with it: the same delivery encoded again with the
// same facts gives the same bytes.
type facts struct {
	At      time.Time                    `json:"now"`
	Numbers map[string]int64             `json:"numbers,omitempty"` // by series, "control"
	Found   map[string]map[string]string `json:"lookups,omitempty"` // by table and key
}

// readFacts reads recorded facts; none are recorded as nothing.
func readFacts(b []byte) (*facts, error) {
	f := &facts{}
	if len(b) == 0 {
		return f, nil
	}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, fmt.Errorf("recorded facts: %w", err)
	}
	return f, nil
}

func (f *facts) record() []byte {
	b, err := json.Marshal(f)
	if err != nil { // times of the ledger and plain maps always marshal
		panic(fmt.Sprintf("gateway: facts: %v", err))
	}
	return b
}

// Now is the time of the first attempt.
func (f *facts) Now() time.Time { return f.At }

// Number gives a number that was reserved when the delivery was planned.
func (f *facts) Number(series string) (int64, error) {
	n, ok := f.Numbers[series]
	if !ok {
		return 0, fmt.Errorf("no number of series %q was reserved for this delivery", series)
	}
	return n, nil
}

// Lookup gives what the target answered.
func (f *facts) Lookup(table, key string) (string, bool) {
	v, ok := f.Found[table][key]
	return v, ok
}

// learn adds what a target answered, and forgets what it no longer knows.
func (f *facts) learn(table string, asked []string, found map[string]string) {
	if f.Found == nil {
		f.Found = map[string]map[string]string{}
	}
	t := f.Found[table]
	if t == nil {
		t = map[string]string{}
		f.Found[table] = t
	}
	for _, key := range asked {
		if v, ok := found[key]; ok {
			t[key] = v
		} else {
			delete(t, key)
		}
	}
}
