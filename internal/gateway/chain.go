package gateway

import (
	"context"
	"slices"
	"sync"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/ledger"
)

// maxChain bounds how many deliveries of one key follow each other before the ledger is asked again.
const maxChain = 50

// link is one delivery of a chain on its way.
type link struct {
	ledger.Queued
	started  chan struct{} // closed when its turn has come, or will not come
	answered chan struct{} // closed when the target has nothing more to do with it
	recorded chan struct{} // closed when what became of it is recorded
	well     bool          // it was answered without an error
	done     bool          // it is recorded as done
}

// carry delivers a chain of one key, one after the other, as long as each is done. The place of the first is taken. What
// comes next is made ready meanwhile, but it goes out only when all before it are recorded. The batches of one stock file
// hold different articles: of those each goes out as soon as the one before it is answered, and they share commits.
func (l *lane) carry(ctx context.Context, chain []ledger.Queued, slots chan struct{}, commit commit) {
	var before []*link
	for i, q := range chain {
		if i > 0 {
			last := before[i-1]
			if last.sameFile(q) {
				<-last.started // its articles are others: what is asked about these does not hang on it
			} else {
				<-last.answered
			}
			if take(ctx, slots) != nil {
				break
			}
		}
		if l.resting() {
			<-slots
			break
		}
		k := &link{Queued: q, started: make(chan struct{}), answered: make(chan struct{}), recorded: make(chan struct{})}
		go l.carryLink(ctx, k, slices.Clone(before), slots, commit)
		before = append(before, k)
	}
	for _, k := range before {
		<-k.recorded
	}
}

func (l *lane) carryLink(ctx context.Context, k *link, before []*link, slots chan struct{}, commit commit) {
	turn := sync.OnceValue(func() bool {
		defer close(k.started)
		return k.turn(before)
	})
	answer := sync.OnceFunc(func() {
		<-slots
		close(k.answered)
	})
	done := l.deliver(ctx, k.Queued, passage{commit: commit, turn: turn, answered: func(err error) {
		k.well = err == nil
		answer()
	}})
	answer()
	k.done = turn() && done
	close(k.recorded)
}

// turn waits until a link may go out behind those before it, and tells whether it may.
func (k *link) turn(before []*link) bool {
	if len(before) == 0 {
		return true
	}
	if last := before[len(before)-1]; last.sameFile(k.Queued) {
		<-last.answered
		return last.well
	}
	for _, b := range before {
		if <-b.recorded; !b.done {
			return false
		}
	}
	return true
}

// sameFile tells whether a delivery is another batch of the same stock file.
func (k *link) sameFile(q ledger.Queued) bool {
	return k.Kind == string(document.Stock) && k.Kind == q.Kind && k.Arrival == q.Arrival && k.Flow == q.Flow
}
