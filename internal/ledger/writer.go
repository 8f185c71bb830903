package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// maxGroup bounds how many closures share a commit, so that the first of them is not kept waiting for the last.
const maxGroup = 512

// change is one caller's closure on its way through the writer.
type change struct {
	run   func(*Tx) error
	ctx   context.Context
	taken atomic.Bool // by the writer, or by its own caller who has given up
	done  chan struct{}
	err   error
}

func (c *change) answer(err error) {
	c.err = err
	close(c.done)
}

// writer owns the one connection that writes. While it commits, closures queue; the next transaction takes them all.
// There is no timer: a single closure is committed at once.
type writer struct {
	ledger  *Ledger
	db      *sql.DB
	session *session // used by the loop alone
	commits atomic.Int64

	mu     sync.Mutex
	queue  []*change
	closed bool
	wake   chan struct{}
	ended  chan struct{}
}

func startWriter(l *Ledger, db *sql.DB) *writer {
	w := &writer{ledger: l, db: db, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	go w.loop()
	return w
}

// do queues a closure and waits for its commit. A caller whose context ends before its turn gives up with no effect;
// after that the answer is waited for, since nobody could tell otherwise what became of it.
func (w *writer) do(ctx context.Context, run func(*Tx) error) error {
	c := &change{run: run, ctx: ctx, done: make(chan struct{})}
	if !w.enqueue(c) {
		return ErrClosed
	}
	return c.wait()
}

// doAll queues closures together, so that they share a commit, and waits for all of them.
func (w *writer) doAll(ctx context.Context, runs []func(*Tx) error) []error {
	changes := make([]*change, len(runs))
	for i, run := range runs {
		changes[i] = &change{run: run, ctx: ctx, done: make(chan struct{})}
	}
	errs := make([]error, len(runs))
	if !w.enqueue(changes...) {
		return all(errs, ErrClosed)
	}
	for i, c := range changes {
		errs[i] = c.wait()
	}
	return errs
}

func (w *writer) enqueue(changes ...*change) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.queue = append(w.queue, changes...)
	w.ring()
	return true
}

func (c *change) wait() error {
	select {
	case <-c.done:
		return c.err
	case <-c.ctx.Done():
		if c.taken.CompareAndSwap(false, true) {
			return c.ctx.Err()
		}
		<-c.done
		return c.err
	}
}

func (w *writer) ring() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.ring()
	<-w.ended
}

// loop commits group after group until the writer is closed and its queue is empty.
func (w *writer) loop() {
	finished := false
	defer func() {
		if !finished { // a closure ended this goroutine; its group is answered, others must go on
			go w.loop()
		}
	}()
	for {
		group, more := w.next()
		if len(group) > 0 {
			w.commit(group)
			continue
		}
		if !more {
			break
		}
		<-w.wake
	}
	finished = true
	if w.session != nil {
		_ = w.session.close()
	}
	close(w.ended)
}

// next takes what has queued; more is false when the writer is closed and nothing is left.
func (w *writer) next() (group []*change, more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := 0
	for taken < len(w.queue) && len(group) < maxGroup {
		if c := w.queue[taken]; c.taken.CompareAndSwap(false, true) {
			group = append(group, c)
		}
		taken++
	}
	w.queue = append(w.queue[:0:0], w.queue[taken:]...)
	return group, !w.closed || len(w.queue) > 0
}

// commit runs a group in as few transactions as it can: one, unless the database throws a transaction away midway.
func (w *writer) commit(group []*change) {
	for len(group) > 0 {
		n, outcome := w.transaction(group)
		for i, c := range group[:n] {
			c.answer(outcome[i])
		}
		group = group[n:]
	}
}

// transaction runs changes in one transaction and gives how many it decided on, and each one's outcome.
func (w *writer) transaction(group []*change) (decided int, outcome []error) {
	outcome = make([]error, len(group))
	if err := w.begin(); err != nil {
		return len(group), all(outcome, fmt.Errorf("starting a ledger change: %w", err))
	}
	completed := false
	defer func() {
		if !completed { // runtime.Goexit in a closure: answer, since nobody else will
			w.abandon()
			for _, c := range group {
				c.answer(ErrAborted)
			}
		}
	}()
	savepoints := len(group) > 1
	kept := 0
	for i, c := range group {
		err, lost := w.apply(c, savepoints)
		outcome[i] = err
		if err == nil {
			kept++
		}
		if lost != nil {
			completed = true
			w.abandon()
			return i + 1, unkept(outcome[:i+1], lost)
		}
	}
	completed = true
	if kept == 0 {
		w.abandon()
		return len(group), outcome
	}
	if err := w.session.exec(context.Background(), "COMMIT"); err != nil {
		err = fmt.Errorf("committing: %w", w.ledger.dialect.typed(err))
		w.abandon()
		return len(group), unkept(outcome, err)
	}
	w.commits.Add(1)
	return len(group), outcome
}

// begin opens a transaction, on a new connection where the old one has died.
func (w *writer) begin() error {
	for try := 0; ; try++ {
		err := w.tryBegin()
		if err == nil {
			return nil
		}
		err = w.ledger.dialect.typed(err)
		if w.session != nil {
			w.session.discard()
			w.session = nil
		}
		if try > 0 || w.ledger.dialect.classify(err) != nil {
			return err
		}
	}
}

func (w *writer) tryBegin() error {
	ctx := context.Background()
	if w.session == nil {
		s, err := openSession(ctx, w.db, w.ledger.dialect)
		if err != nil {
			return err
		}
		w.session = s
	}
	return w.session.exec(ctx, w.ledger.dialect.begin)
}

// abandon rolls the open transaction back.
func (w *writer) abandon() {
	if w.session.rollback() != nil {
		w.session = nil
	}
}

// apply runs one closure. err is its own outcome; lost says that the whole transaction is gone with it.
func (w *writer) apply(c *change, savepoint bool) (err, lost error) {
	if err := c.ctx.Err(); err != nil {
		return err, nil
	}
	ctx := context.Background() // a caller's context must not break what others share
	if !savepoint {
		return w.run(ctx, c), nil
	}
	if err := w.session.exec(ctx, "SAVEPOINT change"); err != nil {
		return err, w.ledger.dialect.typed(err)
	}
	err = w.run(ctx, c)
	if err != nil {
		if e := w.session.exec(ctx, "ROLLBACK TO SAVEPOINT change"); e != nil {
			return err, err // the database has rolled back everything (disk full, connection lost)
		}
	}
	if e := w.session.exec(ctx, "RELEASE SAVEPOINT change"); e != nil {
		return e, w.ledger.dialect.typed(e)
	}
	return err, nil
}

// run calls the closure and turns a panic into an error.
func (w *writer) run(ctx context.Context, c *change) (err error) {
	tx := &Tx{ctx: ctx, caller: ctx, session: w.session, ledger: w.ledger}
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
		tx.session = nil
		if err == nil {
			err = tx.broken
		}
		tx.broken = errUsedLate
	}()
	return c.run(tx)
}

func all(outcome []error, err error) []error {
	for i := range outcome {
		outcome[i] = err
	}
	return outcome
}

// unkept gives the error to those who would have succeeded.
func unkept(outcome []error, err error) []error {
	for i := range outcome {
		if outcome[i] == nil {
			outcome[i] = err
		}
	}
	return outcome
}
