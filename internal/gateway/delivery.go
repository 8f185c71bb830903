package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// route is how a delivery goes out.
type route struct {
	target flow.Target
	retry  retry
	// baseline names the baseline that the delivery's answers move; "" for deliveries that have none.
	baseline string
	// voids names baselines of other flows to the same target, in which the keys of this delivery are not true any more.
	voids []string
	// salt is of the settings that decide what is sent of a document; see [flow.Fingerprint].
	salt uint64
	// provisional tells whether what was sent of a document holds open orders, so that the next file sends it again whatever
	// it says; nil where nothing does.
	provisional func(doc *document.Document, f flow.Facts) bool
	// book records what a delivery that is done has done to orders; nil where nothing is to be recorded.
	book func(tx *ledger.Tx, docs []*document.Document) error
	// settles tells how long the target may still be working on a call whose answer was lost.
	settles time.Duration
	// quiet is when the target's quiet hours end; a time that is over means that it has none now.
	quiet time.Time
	// customers tells whether a file about its customer goes before an order.
	customers bool
}

// courier carries one delivery through its steps. Its row in the ledger is the job: what is finished there is not done
// again, what was only started is checked.
type courier struct {
	ledger  *ledger.Ledger
	lookups lookupCache
	now     func() time.Time
	keep    func(ctx context.Context, body []byte) (hash string, commit func(*ledger.Tx) error, err error)
}

// maxAnswer is how many bytes of an answer the ledger keeps for people.
const maxAnswer = 2000

// job is a delivery at work.
type job struct {
	*courier
	commit   commit
	row      ledger.Delivery
	route    route
	delivery flow.Delivery
	facts    *facts
	tries    []ledger.Attempt
	evidence flow.Evidence
	body     []byte
	refused  []flow.Refusal
	found    finding.List
	unsaved  []ledger.Attempt // attempts that go into the next commit
	store    func(*ledger.Tx) error
}

// ended is what a delivery came to.
type ended struct {
	state   string    // of the ledger's delivery states
	runAt   time.Time // when to try again, for a ready one
	settle  bool      // its arrival has nothing unfinished any more
	failure *flow.Failure
}

// errNotItsTurn says that the delivery before did not end as it had to.
var errNotItsTurn = errors.New("the delivery before it is not done")

// passage is how a delivery goes out among others.
type passage struct {
	commit commit
	// turn waits until what has to go out before has done so, and tells whether it has.
	turn func() bool
	// answered is told the error of the attempt as soon as the target has nothing more to do with it, before that is recorded.
	answered func(error)
}

// carry makes one attempt at a delivery. When its bytes are ready it waits for its turn; without that nothing is done. An
// error is one of the ledger: nothing is known to have been recorded.
func (c *courier) carry(ctx context.Context, row ledger.Delivery, tries []ledger.Attempt, r route, p passage) (ended, error) {
	j := &job{courier: c, commit: p.commit, row: row, route: r, tries: tries, evidence: flow.Evidence{}}
	err := j.open()
	if err == nil {
		err = j.due()
	}
	if err == nil {
		err = j.encode(ctx)
	}
	if !p.turn() {
		return ended{}, errNotItsTurn
	}
	if err == nil {
		err = j.customerFirst(ctx)
	}
	if err == nil {
		err = j.steps(ctx)
	}
	if err == nil {
		err = j.refusal()
	}
	if stop, ok := errors.AsType[*ledgerError](err); ok {
		return ended{}, stop.err
	}
	p.answered(err)
	return j.end(ctx, err)
}

// ledgerError marks an error of our own database, which says nothing about the target.
type ledgerError struct{ err error }

func (e *ledgerError) Error() string { return e.err.Error() }

// due lets a delivery wait for the end of the target's quiet hours. One that was begun is ended.
func (j *job) due() error {
	wait := j.route.quiet.Sub(j.now())
	if wait <= 0 || j.begun() {
		return nil
	}
	return flow.Wait(wait, "quiet hours until %s", j.route.quiet.Format(time.RFC3339))
}

// open reads what is recorded of the delivery.
func (j *job) open() (err error) {
	if j.facts, err = readFacts(j.row.Facts); err != nil {
		return flow.Stop("delivery d%d: %w", j.row.ID, err)
	}
	if j.facts.At.IsZero() {
		j.facts.At = j.now()
	}
	docs, err := document.ParseLines(j.row.Docs)
	if err != nil {
		return flow.Stop("delivery d%d: %w", j.row.ID, err)
	}
	j.delivery = flow.Delivery{ID: j.row.ID, Arrival: j.row.Arrival, Flow: j.row.Flow, Target: j.row.Target, Kind: j.row.Kind,
		Key: j.row.Key, Effect: j.row.Effect, Docs: docs, Name: j.row.Name}
	return nil
}

// encode makes the bytes afresh: look-ups first, since what the target knows may have changed since the last attempt. A
// delivery whose bytes may be on their way already keeps the facts that they were made with.
func (j *job) encode(ctx context.Context) error {
	if !j.begun() {
		if err := j.lookUp(ctx); err != nil {
			return err
		}
	}
	body, refused, found, err := j.route.target.Encode(&j.delivery, j.facts, nil)
	j.found = append(j.found, found...)
	if err != nil {
		return flow.Stop("encode: %w", err)
	}
	if found.HasErrors() {
		if unknownCodes(found) {
			return &holdError{"encode: " + found.Error() + "; then release the delivery"}
		}
		return flow.Stop("encode: %w", found)
	}
	j.body, j.refused = body, append(j.refused, refused...)
	hash, store, err := j.keep(ctx, body)
	if err != nil {
		return flow.Later(0, err)
	}
	j.row.BodyHash = hash
	j.also(store)
	j.row.Facts = j.facts.record()
	return nil
}

// also adds something to the next commit.
func (j *job) also(store func(*ledger.Tx) error) {
	before := j.store
	j.store = func(tx *ledger.Tx) error {
		if before != nil {
			if err := before(tx); err != nil {
				return err
			}
		}
		return store(tx)
	}
}

// begun tells whether a step that must not be repeated blindly was started.
func (j *job) begun() bool {
	for _, a := range j.tries {
		if a.State == attemptStarted || a.State == attemptUnknown {
			return true
		}
	}
	return false
}

func (j *job) lookUp(ctx context.Context) error {
	tables := map[string][]string{}
	var order []string
	asked := map[flow.Need]bool{}
	for _, n := range j.route.target.Needs(&j.delivery) {
		if asked[n] {
			continue
		}
		asked[n] = true
		if tables[n.Table] == nil {
			order = append(order, n.Table)
		}
		tables[n.Table] = append(tables[n.Table], n.Key)
	}
	for _, table := range order {
		found, err := j.ask(ctx, table, tables[table])
		if err != nil {
			return err
		}
		j.facts.learn(table, tables[table], found)
	}
	return nil
}

// ask gives what the target knows, from memory where it was asked lately.
func (j *job) ask(ctx context.Context, table string, keys []string) (map[string]string, error) {
	all, open := j.lookups.known(j.row.Target, table, keys, j.now())
	if len(open) == 0 {
		return all, nil
	}
	found, keep, err := j.route.target.Lookup(ctx, table, open)
	if err != nil {
		return nil, err
	}
	if keep > 0 {
		j.lookups.keep(j.row.Target, table, found, j.now().Add(keep))
	}
	maps.Copy(all, found)
	return all, nil
}

// States of an attempt in the ledger.
const (
	attemptStarted = "started"
	attemptDone    = "done"
	attemptFailed  = "failed"
	attemptUnknown = "unknown"
)

// steps does what is not yet done, in order.
func (j *job) steps(ctx context.Context) error {
	for _, s := range j.route.target.Steps(&j.delivery, j.body) {
		last, n := j.last(s.Name)
		if last.State == attemptDone {
			var e flow.Evidence
			if json.Unmarshal(last.Evidence, &e) == nil {
				j.merge(e)
			}
			continue
		}
		if err := j.step(ctx, s, last, n+1); err != nil {
			return err
		}
	}
	return nil
}

// last gives the newest attempt of a step and its number.
func (j *job) last(step string) (ledger.Attempt, int) {
	var last ledger.Attempt
	for _, a := range j.tries {
		if a.Step == step && a.N > last.N {
			last = a
		}
	}
	return last, last.N
}

func (j *job) merge(e flow.Evidence) {
	for k, v := range e {
		j.evidence[k] = v
	}
}

func (j *job) step(ctx context.Context, s flow.Step, last ledger.Attempt, n int) error {
	if s.Once && (last.State == attemptStarted || last.State == attemptUnknown) {
		done, err := j.check(ctx, s, last)
		if err != nil || done {
			return err
		}
	}
	a := ledger.Attempt{Owner: "delivery", ID: j.row.ID, Step: s.Name, N: n, State: attemptStarted, StartedAt: j.now(), RequestHash: j.row.BodyHash}
	if s.Once {
		if err := j.save(ctx, a); err != nil {
			return err
		}
	}
	report, err := s.Do(ctx, j.evidence)
	if err != nil && !s.Once && flow.FailureOf(err).Kind == flow.NotYet {
		return err // looked at as often as it takes; the delivery's reason says it
	}
	j.finish(&a, report, err)
	j.unsaved = append(j.unsaved, a)
	return err
}

func (j *job) finish(a *ledger.Attempt, r flow.Report, err error) {
	a.EndedAt = j.now()
	a.Request, a.Answer = r.Request, cut(r.Answer)
	switch {
	case err == nil:
		a.State = attemptDone
		j.merge(r.Evidence)
		j.refused = append(j.refused, r.Refused...)
	case flow.FailureOf(err).Kind == flow.Unknown:
		a.State, a.Error = attemptUnknown, err.Error()
	default:
		a.State, a.Error = attemptFailed, err.Error()
	}
	if len(r.Evidence) > 0 {
		a.Evidence, _ = json.Marshal(r.Evidence) // a map of strings always marshals
	}
	if len(r.Refused) > 0 {
		a.Refused, _ = json.Marshal(r.Refused)
	}
}

// save commits what must be known before a step that is done once.
func (j *job) save(ctx context.Context, a ledger.Attempt) error {
	err := j.commit(ctx, func(tx *ledger.Tx) error {
		if err := j.saveAttempts(tx); err != nil {
			return err
		}
		if err := tx.PutAttempt(&a); err != nil {
			return err
		}
		return tx.UpdateDelivery(&j.row)
	})
	if err != nil {
		return &ledgerError{err}
	}
	j.unsaved, j.store = nil, nil
	return nil
}

func (j *job) saveAttempts(tx *ledger.Tx) error {
	if j.store != nil {
		if err := j.store(tx); err != nil {
			return err
		}
	}
	for i := range j.unsaved {
		if err := tx.PutAttempt(&j.unsaved[i]); err != nil {
			return err
		}
	}
	return nil
}

func cut(s string) string {
	if len(s) <= maxAnswer {
		return s
	}
	return string(bytes.ToValidUTF8([]byte(s[:maxAnswer]), nil)) + " …"
}
