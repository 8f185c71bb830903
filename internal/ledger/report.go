package ledger

import (
	"encoding/json"
	"time"

	"github.com/batchgate/batchgate/finding"
)

// Finding is a finding with what it belongs to.
type Finding struct {
	Delivery int64  `json:"delivery,omitempty"`
	Flow     string `json:"flow,omitempty"`
	finding.Finding
}

// AddFindings records findings of an arrival: of one delivery and flow, or of none (0 and "").
func (tx *Tx) AddFindings(arrival, delivery int64, flow string, l finding.List) error {
	if len(l) == 0 {
		return nil
	}
	b, err := json.Marshal(l)
	if err == nil {
		_, err = tx.exec("INSERT INTO finding_list (arrival, delivery, flow, findings, errors) VALUES ($1, $2, $3, $4, $5)",
			arrival, delivery, flow, tx.ledger.codec.encode(b), l.Count(finding.Error))
	}
	return inCase(err, "recording findings of arrival a%d", arrival)
}

// DropFindings removes the findings of a delivery: what was found when it ran before.
func (tx *Tx) DropFindings(arrival, delivery int64) error {
	_, err := tx.exec("DELETE FROM finding_list WHERE arrival = $1 AND delivery = $2", arrival, delivery)
	return inCase(err, "removing findings of delivery d%d", delivery)
}

// Findings gives all findings of an arrival in the order in which they were recorded.
func (tx *Tx) Findings(arrival int64) ([]Finding, error) {
	var all []Finding
	var of Finding
	var packed []byte
	err := tx.each([]any{&of.Delivery, &of.Flow, &packed}, func() error {
		b, err := tx.ledger.codec.decode(packed)
		var l finding.List
		if err == nil {
			err = json.Unmarshal(b, &l)
		}
		for _, f := range l {
			all = append(all, Finding{Delivery: of.Delivery, Flow: of.Flow, Finding: f})
		}
		packed = nil
		return err
	}, "SELECT delivery, flow, findings FROM finding_list WHERE arrival = $1 ORDER BY id", arrival)
	return all, inCase(err, "findings of arrival a%d", arrival)
}

// Event is something that happened and that an auditor may ask for.
type Event struct {
	ID       int64     `json:"id"`
	At       time.Time `json:"at,omitzero"`
	Actor    string    `json:"actor"` // "batchgate", or a person's name
	What     string    `json:"what"`  // "released", "dropped", "replayed" ...
	Arrival  int64     `json:"arrival,omitempty"`
	Delivery int64     `json:"delivery,omitempty"`
	Detail   string    `json:"detail,omitempty"`
}

func (e *Event) fields() []any {
	return []any{&e.ID, when{&e.At}, &e.Actor, &e.What, &e.Arrival, &e.Delivery, &e.Detail}
}

const eventColumns = "at, actor, what, arrival, delivery, detail"

var eventInsert = insertText("event", eventColumns)

// AddEvent records an event and sets its ID, and At where it is zero.
func (tx *Tx) AddEvent(e *Event) error {
	if e.At.IsZero() {
		e.At = tx.Now()
	}
	_, err := tx.insert(&e.ID, eventInsert, e.At, e.Actor, e.What, e.Arrival, e.Delivery, e.Detail)
	return inCase(err, "recording event %s", e.What)
}

// EventFilter chooses events; what is empty does not narrow.
type EventFilter struct {
	Arrival  int64
	Delivery int64
	After    int64 // only what follows this ID in the wanted order
	Newest   bool
	Limit    int // 0: all
}

// Events gives the events that a filter chooses, by ID.
func (tx *Tx) Events(f EventFilter) ([]Event, error) {
	var w where
	w.number("arrival", f.Arrival)
	w.number("delivery", f.Delivery)
	page := w.page(f.After, f.Newest, f.Limit)
	all, err := many(tx, (*Event).fields, "SELECT id, "+eventColumns+" FROM event"+page, w.args...)
	return all, inCase(err, "listing events")
}
