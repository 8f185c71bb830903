package ledger

import "time"

// Attempt is one try of a step of a delivery or of settling an arrival.
type Attempt struct {
	Owner       string    `json:"owner"` // "delivery" or "arrival"
	ID          int64     `json:"id"`    // of the owner
	Step        string    `json:"step"`
	N           int       `json:"n"`     // 1 for the first try of the step
	State       string    `json:"state"` // started, done, failed, unknown
	StartedAt   time.Time `json:"started_at,omitzero"`
	EndedAt     time.Time `json:"ended_at,omitzero"`
	RequestHash string    `json:"request_hash,omitempty"`
	Request     string    `json:"request,omitempty"`
	Answer      string    `json:"answer,omitempty"` // cut by the caller
	Evidence    RawJSON   `json:"evidence,omitempty"`
	Refused     RawJSON   `json:"refused,omitempty"`
	Error       string    `json:"error,omitempty"`
}

const attemptColumns = "owner, id, step, n, state, started_at, ended_at, request_hash, request, answer, evidence, refused, error"

var attemptPut = insertText("attempt", attemptColumns) + ` ON CONFLICT (owner, id, step, n) DO UPDATE SET
	state = excluded.state, started_at = excluded.started_at, ended_at = excluded.ended_at, request_hash = excluded.request_hash,
	request = excluded.request, answer = excluded.answer, evidence = excluded.evidence, refused = excluded.refused, error = excluded.error`

func (a *Attempt) fields() []any {
	return []any{&a.Owner, &a.ID, &a.Step, &a.N, &a.State, when{&a.StartedAt}, when{&a.EndedAt}, &a.RequestHash, &a.Request,
		&a.Answer, (*[]byte)(&a.Evidence), (*[]byte)(&a.Refused), &a.Error}
}

// PutAttempt adds an attempt, or replaces the one with the same owner, step and number.
func (tx *Tx) PutAttempt(a *Attempt) error {
	_, err := tx.exec(attemptPut, a.Owner, a.ID, a.Step, a.N, a.State, a.StartedAt, a.EndedAt, a.RequestHash, a.Request, a.Answer,
		[]byte(a.Evidence), []byte(a.Refused), a.Error)
	return inCase(err, "recording step %s of %s %d", a.Step, a.Owner, a.ID)
}

// Attempts gives the attempts of a delivery or arrival in the order in which they started.
func (tx *Tx) Attempts(owner string, id int64) ([]Attempt, error) {
	all, err := many(tx, (*Attempt).fields, "SELECT "+attemptColumns+" FROM attempt WHERE owner = $1 AND id = $2 ORDER BY started_at, n, step", owner, id)
	return all, inCase(err, "attempts of %s %d", owner, id)
}

// AttemptsOf gives the attempts of deliveries or arrivals, by the ID of their owner, in the order in which they started.
func (tx *Tx) AttemptsOf(owner string, ids []int64) (map[int64][]Attempt, error) {
	all, err := many(tx, (*Attempt).fields, "SELECT "+attemptColumns+" FROM attempt WHERE owner = $1 AND id IN "+tx.numbers("$2")+
		" ORDER BY started_at, n, step", owner, jsonText(ids))
	of := map[int64][]Attempt{}
	for _, a := range all {
		of[a.ID] = append(of[a.ID], a)
	}
	return of, inCase(err, "attempts of %d of %s", len(ids), owner)
}
