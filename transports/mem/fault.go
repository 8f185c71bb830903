package mem

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/batchgate/batchgate/transports/driver"
)

// call tells calls that only look from those that read and change.
type call bool

const (
	callLook   call = false
	callChange call = true
)

// asked lists the words that let a call on a name fail.
var asked = []struct {
	word string
	kind driver.Kind
}{
	{"temperror", driver.Temporary},
	{"denied", driver.Denied},
	{"inuse", driver.InUse},
	{"throttled", driver.Throttled},
}

// obey gives the error that a name asks for.
func (s *Store) obey(name string, c call) error {
	_, base := driver.Split(name)
	if hasWord(base, "gone") {
		return notFound()
	}
	if c == callLook {
		return nil
	}
	for _, a := range asked {
		if !hasWord(base, a.word) || s.usedUp(base, a.word) {
			continue
		}
		return driver.Faultf(a.kind, "the file name asks for %s", a.word)
	}
	return nil
}

// usedUp counts a fault that a name asks for only so many times.
func (s *Store) usedUp(base, word string) bool {
	times, limited := numberAfter(base, word+"-")
	if !limited {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.TrimSuffix(strings.TrimPrefix(base, "."), ".batchgate") + "\x00" + word
	if s.spent[key] >= times {
		return true
	}
	s.spent[key]++
	return false
}

// slow waits as long as the name asks for.
func slow(ctx context.Context, name string) error {
	_, base := driver.Split(name)
	if !hasWord(base, "slow") {
		return nil
	}
	wait := 100 * time.Millisecond
	if ms, ok := numberAfter(base, "slow-"); ok {
		wait = time.Duration(ms) * time.Millisecond
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// limit is where a name lets its bytes end.
type limit struct {
	at    int   // bytes until then; below 0 for no limit
	fault error // what happens there; nil for a silent end
}

func limitOf(name string) limit {
	_, base := driver.Split(name)
	if n, ok := numberAfter(base, "cut-at-"); ok {
		return limit{n, driver.Faultf(driver.Temporary, "connection lost after %d bytes, as the file name asks for", n)}
	}
	if n, ok := numberAfter(base, "short-at-"); ok {
		return limit{n, nil}
	}
	if hasWord(base, "diskfull") {
		return limit{0, driver.Faultf(driver.Full, "no space left, as the file name asks for")}
	}
	return limit{at: -1}
}

// hasWord tells whether a word stands in a name by itself, with no letter next to it.
func hasWord(s, word string) bool {
	for from := 0; ; {
		at := strings.Index(s[from:], word)
		if at < 0 {
			return false
		}
		start, end := from+at, from+at+len(word)
		if (start == 0 || !isLetter(s[start-1])) && (end == len(s) || !isLetter(s[end])) {
			return true
		}
		from = end
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// numberAfter gives the number that follows a word.
func numberAfter(s, word string) (int, bool) {
	_, after, found := strings.Cut(s, word)
	if !found {
		return 0, false
	}
	end := 0
	for end < len(after) && end < 9 && '0' <= after[end] && after[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(after[:end])
	return n, err == nil
}

func kindOf(err error) driver.Kind {
	if f, ok := errors.AsType[*driver.Fault](err); ok {
		return f.Kind
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return driver.Cancelled
	}
	return driver.Unknown
}

// errEnded is for what is done to a file after its end.
var errEnded = errors.New("the file is closed already")
