package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/mapping"
)

// ending is what is known when an arrival's deliveries have all ended.
type ending struct {
	ledger.Ending
	deliveries []ledger.Delivery // dead or dropped ones; of a platform's arrival all
	documents  []ledger.Document // of a platform's arrival
	held       []string
	findings   []ledger.Finding // where any is an error
	attempts   []ledger.Attempt // to settle it
}

// settle tells the source what became of its arrival, once nothing of it is unfinished.
func (g *Gateway) settle(ctx context.Context, in *intake, src flow.Source, j *journey) error {
	a, e := j.Arrival, j.ending
	if e == nil { // something of it is unfinished
		return nil
	}
	if len(e.held) > 0 {
		a.State, a.Reason = ledger.ArrivalHeld, strings.Join(e.held, "; ")
		return j.save(ctx)
	}
	if answers, err := g.planAperaks(ctx, in, a); err != nil || answers > 0 { // they are of the arrival, and go out first
		return err
	}
	s := flow.Settlement{Arrival: a.ID, At: g.Now(), Outcome: e.outcome(a), Reason: e.reason(a)}
	if s.Outcome == flow.PartlyFailed && in.folder {
		var err error
		if s.Rest, err = g.rest(ctx, in, a); err != nil {
			return err
		}
	}
	if !in.folder {
		s.Documents = g.exported(ctx, in, a, *e)
		s.At = e.doneAt(s.At)
	}
	if err := g.settleSteps(ctx, src, j, s, e); err != nil {
		return err
	}
	return g.compact(ctx, in)
}

// readEndings finds out which arrivals have nothing unfinished any more, and reads what settling them needs.
func (g *Gateway) readEndings(ctx context.Context, in *intake, some []*journey) error {
	ids := make([]int64, len(some))
	for i, j := range some {
		ids[i] = j.ID
	}
	return g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		endings, err := tx.Endings(ids)
		for _, j := range some {
			if e, ok := endings[j.ID]; ok && err == nil {
				j.ending = &ending{Ending: e}
				err = j.ending.read(tx, in, j.ID)
			}
		}
		return err
	})
}

// read reads the details: of an arrival without trouble next to nothing.
func (e *ending) read(tx *ledger.Tx, in *intake, id int64) (err error) {
	deliveries := ledger.DeliveryFilter{Arrival: id, States: []string{ledger.DeliveryDead, ledger.DeliveryDropped}}
	if !in.folder {
		deliveries.States = nil
	}
	if e.Given > 0 || !in.folder {
		e.deliveries, err = tx.Deliveries(deliveries)
	}
	if err == nil && !in.folder {
		e.documents, err = tx.Documents(ledger.DocumentFilter{Arrival: id})
	}
	if err == nil && e.Held > 0 {
		err = e.readHeld(tx, id)
	}
	if err == nil && e.Errors > 0 {
		e.findings, err = tx.Findings(id)
	}
	if err == nil && e.Attempts > 0 {
		e.attempts, err = tx.Attempts("arrival", id)
	}
	return err
}

func (e *ending) readHeld(tx *ledger.Tx, id int64) error {
	messages, err := tx.Messages(id)
	for _, m := range messages {
		if m.State == "held" {
			e.held = append(e.held, m.Reason)
		}
	}
	return err
}

// doneAt gives when the last delivery of an arrival was done, so that telling its source again says the same.
func (e *ending) doneAt(otherwise time.Time) time.Time {
	var last time.Time
	for _, d := range e.deliveries {
		if d.State == ledger.DeliveryDone && d.DoneAt.After(last) {
			last = d.DoneAt
		}
	}
	if last.IsZero() {
		return otherwise
	}
	return last
}

// failed counts the documents that took no effect: those that could not be read, and those of deliveries that died or of
// which the target refused some.
func (e *ending) failed(a *ledger.Arrival) int64 {
	n := a.Failed
	for _, d := range e.deliveries {
		if d.State == ledger.DeliveryDead || d.State == ledger.DeliveryDropped && a.Outcome == "" {
			n += int64(d.Count)
		}
	}
	for _, f := range e.findings {
		if f.Delivery != 0 && f.Severity == finding.Error && !e.dead(f.Delivery) {
			n += int64(max(f.Count, 1))
		}
	}
	return n
}

// dead tells whether a delivery is a dead letter.
func (e *ending) dead(delivery int64) bool {
	return delivery != 0 && slices.ContainsFunc(e.deliveries, func(d ledger.Delivery) bool { return d.ID == delivery && d.State == ledger.DeliveryDead })
}

func (e *ending) outcome(a *ledger.Arrival) flow.Outcome {
	if a.Outcome != "" { // decided when it was planned, or by a person
		return flow.Outcome(a.Outcome)
	}
	failed := e.failed(a)
	if failed > 0 && failed >= a.Documents+a.Failed {
		return flow.Failed
	}
	if failed > 0 {
		return flow.PartlyFailed
	}
	if e.Repeated > 0 && e.Repeated == e.Documents {
		return flow.Repeated
	}
	return flow.Processed
}

// maxReasons is how many faults a reason file lists.
const maxReasons = 50

// reason says what went wrong, for people who have the file and not the ledger.
func (e *ending) reason(a *ledger.Arrival) string {
	var lines []string
	if a.Outcome != "" && a.Reason != "" { // decided when it was planned, or by a person; else it is why it had to wait
		lines = append(lines, a.Reason)
	}
	for _, f := range e.findings {
		if f.Severity != finding.Error || e.dead(f.Delivery) { // its reason tells it
			continue
		}
		if line := f.Finding.String(); len(lines) == 0 || line != lines[0] { // the first may be the reason itself
			lines = append(lines, line)
		}
	}
	for _, d := range e.deliveries {
		if d.State == ledger.DeliveryDead {
			lines = append(lines, fmt.Sprintf("delivery d%d (%s %s): %s", d.ID, d.Kind, d.Key, d.Reason))
		}
	}
	if len(lines) > maxReasons {
		lines = append(lines[:maxReasons], fmt.Sprintf("and %d more: batchgate files show a%d", len(lines)-maxReasons, a.ID))
	}
	return strings.Join(lines, "\n")
}

// rest makes the file of the rows that failed when they were read, for the first flow of rows that it was for.
func (g *Gateway) rest(ctx context.Context, in *intake, a *ledger.Arrival) ([]byte, error) {
	for _, f := range in.flowsFor(a.Name) {
		if f.Read == nil || f.Read.Format() == mapping.EDIFACT {
			continue
		}
		var rows [][]byte
		_, err := flow.Read(g.open(ctx, a.Hash), in.flowsFor(a.Name)[:], flow.ReadOptions{Name: a.Name}, flow.Sink{
			Document: func(*flow.Message, *document.Document) error { return nil },
			End:      func(*flow.Message) error { return nil },
			Row: func(m *flow.Message, raw []byte) {
				if m.Flow == f {
					rows = append(rows, bytes.Clone(raw))
				}
			},
		})
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		var out bytes.Buffer
		_, err = f.Read.Rest(&out, g.open(ctx, a.Hash), slices.Values(rows))
		return out.Bytes(), err
	}
	return nil, nil
}

// exported names the documents of a platform that went out, and as what.
func (g *Gateway) exported(ctx context.Context, in *intake, a *ledger.Arrival, e ending) []flow.Settled {
	names := map[int64]string{}
	for _, d := range e.deliveries {
		if d.State == ledger.DeliveryDone {
			names[d.ID] = d.Name
		}
	}
	_, id, _ := strings.Cut(a.Name, "/")
	var all []flow.Settled
	for _, d := range e.documents {
		if name, ok := names[d.Delivery]; ok && d.Kind == string(in.flows[0].From.Kind) {
			s := flow.Settled{Kind: document.Kind(d.Kind), ID: id, Key: d.Key, As: name}
			if in.flows[0].Customers.WriteBack {
				s.Buyer, s.BuyerNumber = g.numbered(ctx, d.Delivery)
			}
			all = append(all, s)
		}
	}
	return all
}

// settleSteps does what the source wants done, and records it with the outcome once it is all done. Each step may be
// repeated.
func (g *Gateway) settleSteps(ctx context.Context, src flow.Source, j *journey, s flow.Settlement, e *ending) error {
	a := j.Arrival
	var steps []flow.Step
	if a.Replay == 0 {
		steps = src.Settle(flow.Arrival{ID: a.ID, Name: a.Name, Size: a.Size, ModTime: a.ModTime, Path: a.Path}, s)
	}
	evidence := flow.Evidence{}
	var attempts []ledger.Attempt
	var failed error
	for _, step := range steps {
		at := ledger.Attempt{Owner: "arrival", ID: a.ID, Step: step.Name, N: 1 + tries(e.attempts, step.Name), StartedAt: g.Now(), State: attemptDone}
		r, err := step.Do(ctx, evidence)
		at.EndedAt, at.Request, at.Answer = g.Now(), r.Request, cut(r.Answer)
		if err != nil {
			at.State, at.Error, failed = attemptFailed, err.Error(), err
		}
		if len(r.Evidence) > 0 {
			at.Evidence, _ = json.Marshal(r.Evidence) // a map of strings always marshals
		}
		attempts = append(attempts, at)
		if err != nil {
			break
		}
		if said := r.Evidence[changedEvidence]; said != "" {
			s.Reason = strings.TrimPrefix(s.Reason+"\n"+said, "\n")
		}
	}
	done := *a
	if failed == nil {
		done.State, done.Outcome, done.Failed, done.SettledAt = ledger.ArrivalSettled, string(s.Outcome), e.failed(a), g.Now()
		done.Reason, done.RunAt, done.Tries = s.Reason, time.Time{}, 0
	}
	err := j.commit(ctx, func(tx *ledger.Tx) error {
		for i := range attempts {
			if err := tx.PutAttempt(&attempts[i]); err != nil {
				return err
			}
		}
		return tx.AdvanceArrival(&done)
	})
	if err == nil && failed == nil {
		*a = done
	}
	if failed != nil {
		return failed
	}
	return err
}

func tries(before []ledger.Attempt, step string) int {
	n := 0
	for _, a := range before {
		if a.Step == step {
			n = max(n, a.N)
		}
	}
	return n
}
