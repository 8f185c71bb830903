package gateway

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
)

// retry says how often and how long a failed delivery is tried again; profiles.Retry converts to it.
type retry struct {
	Tries int           // attempts in all
	First time.Duration // wait after the first one; doubled each time, with jitter
	Max   time.Duration // longest wait
	For   time.Duration // how long after the first one attempts go on at least
}

// nextTry decides when a delivery that failed for the tries-th time is tried again, or that it is given up. It is given up
// only when both limits are reached, the number of tries and the time since the first: an hour's outage must not use up
// the tries. A target's own wish (Retry-After) is honoured as it is.
func nextTry(r retry, tries int, first, now time.Time, wish time.Duration) (at time.Time, giveUp string) {
	if tries >= r.Tries && now.Sub(first) >= r.For {
		return time.Time{}, fmt.Sprintf("given up after %d tries since %s", tries, first.Format(time.RFC3339))
	}
	if wish > 0 {
		return now.Add(wish), ""
	}
	return now.Add(backOff(r, tries)), ""
}

// backOff doubles from First up to Max, with a jitter of a quarter so that many do not come back at once.
func backOff(r retry, tries int) time.Duration {
	wait := r.First
	for i := 1; i < tries && wait < r.Max; i++ {
		wait *= 2
	}
	wait = min(wait, r.Max)
	if wait <= 0 {
		return 0
	}
	return wait - wait/4 + rand.N(wait/2+1)
}

// failureWord names a kind of failure for people.
func failureWord(k flow.FailureKind) string {
	switch k {
	case flow.NeedsPerson:
		return "needs a person"
	case flow.Unknown:
		return "outcome not known"
	}
	return "tried again later"
}
