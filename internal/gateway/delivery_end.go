package gateway

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// end records what one attempt at a delivery came to, in one commit: its attempts, its state, the baseline that its
// answers move, its findings, and whether its arrival has nothing unfinished any more.
func (j *job) end(ctx context.Context, failed error) (ended, error) {
	e := j.outcome(failed)
	err := j.commit(ctx, func(tx *ledger.Tx) error {
		if err := j.saveRow(tx, &e); err != nil {
			return err
		}
		if err := j.saveAttempts(tx); err != nil {
			return err
		}
		if err := j.moveBaseline(tx, e.state); err != nil {
			return err
		}
		if j.route.book != nil && e.state == ledger.DeliveryDone {
			if err := j.route.book(tx, j.delivery.Docs); err != nil {
				return err
			}
		}
		if final(e.state) {
			if err := j.saveFindings(tx); err != nil {
				return err
			}
		}
		if !final(e.state) {
			return nil
		}
		var err error
		e.settle, err = tx.Finished(j.row.Arrival)
		return err
	})
	return e, err
}

// saveRow writes what became of a delivery. One that was superseded, or dropped by a person, while it was under way stays
// that; but what took effect is done all the same.
func (j *job) saveRow(tx *ledger.Tx, e *ended) error {
	j.row.State, j.row.RunAt = e.state, e.runAt
	if e.state == ledger.DeliveryDone {
		j.row.DoneAt = j.now()
	}
	ok, err := tx.UpdateReady(&j.row)
	if err != nil || ok {
		return err
	}
	if e.state != ledger.DeliveryDone {
		if e.state, e.runAt, err = tx.DeliveryState(j.row.ID); err != nil {
			return err
		}
		j.row.State, j.row.RunAt = e.state, e.runAt
	}
	return tx.UpdateDelivery(&j.row)
}

// outcome decides the delivery's next state.
func (j *job) outcome(failed error) ended {
	if failed == nil {
		j.row.Reason = ""
		return ended{state: ledger.DeliveryDone}
	}
	if isHold(failed) {
		j.row.Reason = failed.Error()
		return ended{state: ledger.DeliveryHeld}
	}
	f := flow.FailureOf(failed)
	j.row.Reason = failed.Error()
	if f.Kind == flow.NotYet {
		return ended{state: ledger.DeliveryReady, runAt: j.now().Add(f.After)}
	}
	j.row.Tries++
	if f.Kind == flow.NeedsPerson {
		return ended{state: ledger.DeliveryDead, failure: &f}
	}
	if len(j.unsaved) == 0 { // it failed before its first step
		j.unsaved = append(j.unsaved, ledger.Attempt{Owner: "delivery", ID: j.row.ID, Step: "prepare", N: j.row.Tries, State: attemptFailed,
			StartedAt: j.now(), EndedAt: j.now(), Error: failed.Error()})
	}
	at, giveUp := nextTry(j.route.retry, j.row.Tries, j.firstTry(), j.now(), f.After)
	if giveUp != "" {
		j.row.Reason += "; " + giveUp
		return ended{state: ledger.DeliveryDead, failure: &f}
	}
	return ended{state: ledger.DeliveryReady, runAt: at, failure: &f}
}

func (j *job) firstTry() time.Time {
	first := j.now()
	for _, a := range j.tries {
		if a.StartedAt.Before(first) {
			first = a.StartedAt
		}
	}
	return first
}

// final tells whether nothing more happens to a delivery by itself or by its arrival's hold.
func final(state string) bool {
	switch state {
	case ledger.DeliveryDone, ledger.DeliveryDead, ledger.DeliveryDropped, ledger.DeliverySuperseded:
		return true
	}
	return false
}

// moveBaseline records what the target is known to have: an accepted row its new value, one that was refused, died or was
// superseded nothing, so that the next file sends it.
func (j *job) moveBaseline(tx *ledger.Tx, state string) error {
	if j.route.baseline == "" || !final(state) {
		return nil
	}
	refused := map[int]bool{}
	for _, r := range j.refused {
		refused[r.Doc] = true
	}
	entries := make([]flow.Entry, 0, len(j.delivery.Docs))
	for i, d := range j.delivery.Docs {
		key := d.Key()
		e := flow.Entry{Hash: flow.HashKey(key), Key: key, Fingerprint: flow.NoBaseline}
		if state == ledger.DeliveryDone && !refused[i] {
			e.Fingerprint = flow.Fingerprint(d, j.route.salt)
			if j.route.provisional != nil && j.route.provisional(d, j.facts) {
				e.Fingerprint = flow.Void
			}
		}
		entries = append(entries, e)
	}
	if err := tx.AppendBaseline(j.route.baseline, j.row.ID, flow.Part(entries)); err != nil || len(j.route.voids) == 0 {
		return err
	}
	for i := range entries {
		entries[i].Fingerprint = flow.NoBaseline
	}
	part := flow.Part(entries)
	for _, name := range j.route.voids {
		if err := tx.AppendBaseline(name, j.row.ID, part); err != nil {
			return err
		}
	}
	return nil
}

// refusal makes a dead letter of a despatch advice that the shop does not take, for a person to look at; of a batch of
// stock only the refused articles fail.
func (j *job) refusal() error {
	if j.row.Kind != string(document.Shipment) {
		return nil
	}
	var why []string
	for _, r := range j.refused {
		if !r.Ignored {
			why = append(why, fmt.Sprintf("%s: %s [%s]", r.Key, r.Message, r.Rule))
		}
	}
	if len(why) == 0 {
		return nil
	}
	return flow.Stop("%s", strings.Join(why, "; "))
}

// saveFindings records what was found, in place of what was found when a dead letter ran before. A refused shipment may have
// left no attempt.
func (j *job) saveFindings(tx *ledger.Tx) error {
	if len(j.tries) > 0 || j.row.Kind == string(document.Shipment) {
		if err := tx.DropFindings(j.row.Arrival, j.row.ID); err != nil {
			return err
		}
	}
	return tx.AddFindings(j.row.Arrival, j.row.ID, j.row.Flow, j.findings())
}

// findings are those of encoding and one for each rule by which the target refused documents.
func (j *job) findings() finding.List {
	all := j.found
	at := map[string]int{}
	for _, r := range j.refused {
		i, ok := at[r.Rule]
		if !ok {
			i = len(all)
			at[r.Rule] = i
			severity := finding.Error
			if r.Ignored {
				severity = finding.Note
			}
			all = append(all, finding.Finding{Rule: r.Rule, Severity: severity, Message: r.Message, Value: r.Key, Place: finding.Place{Path: r.Pointer},
				Hint: fmt.Sprintf("see batchgate deliveries list --arrival %d", j.row.Arrival)})
		}
		f := &all[i]
		f.Count++
		if len(f.Examples) < 5 {
			f.Examples = append(f.Examples, r.Key)
		}
	}
	return all
}
