package ledger

import (
	"time"
)

// The states of a delivery.
const (
	DeliveryPlanned    = "planned"    // waits for its arrival's release
	DeliveryReady      = "ready"      // may run, from RunAt on
	DeliveryDone       = "done"       // took effect
	DeliveryDead       = "dead"       // failed for good; a person decides
	DeliveryHeld       = "held"       // stopped by a rule, or nobody knows whether it took effect
	DeliveryDropped    = "dropped"    // a person gave it up
	DeliverySuperseded = "superseded" // a newer one took its place
)

// Delivery is one thing sent to one target. Its row is the job.
type Delivery struct {
	ID      int64     `json:"id"`
	Arrival int64     `json:"arrival"`
	Flow    string    `json:"flow"`
	Target  string    `json:"target"`
	Kind    string    `json:"kind"`
	Key     string    `json:"key,omitempty"` // under which order is kept
	Effect  string    `json:"effect"`        // unique: arrival, target, operation, business key, replay
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Tries   int       `json:"tries"`
	RunAt   time.Time `json:"run_at,omitzero"`
	// Docs is the documents in their binary form, kept packed. They never change: only InsertDelivery writes them, and
	// reads give them where asked.
	Docs      []byte    `json:"-"`
	Count     int       `json:"count"`               // documents in it
	Facts     RawJSON   `json:"facts,omitempty"`     // recorded from outside: clock, numbers, look-ups
	BodyHash  string    `json:"body_hash,omitempty"` // of the bytes that went out
	Name      string    `json:"name,omitempty"`      // of the file put; "" for calls
	Profile   string    `json:"profile,omitempty"`
	Acked     string    `json:"acked,omitempty"` // what the receiver's acknowledgement said
	CreatedAt time.Time `json:"created_at,omitzero"`
	DoneAt    time.Time `json:"done_at,omitzero"`
	FetchedAt time.Time `json:"fetched_at,omitzero"` // when the file had left its folder
	AckedAt   time.Time `json:"acked_at,omitzero"`
}

const deliveryColumns = "arrival, flow, target, kind, key, effect, state, reason, tries, run_at, doc_count, body_hash, name, profile, " +
	"acked, created_at, done_at, fetched_at, acked_at, facts"

// deliveryProgress is what changes after a delivery was planned.
const deliveryProgress = "state, reason, tries, run_at, body_hash, acked, done_at, fetched_at, acked_at, facts"

const deliverySelect = "SELECT id, " + deliveryColumns + " FROM delivery"

var (
	deliveryInsert      = insertText("delivery", deliveryColumns) + " ON CONFLICT (effect) DO NOTHING"
	deliveryUpdate      = updateText("delivery", deliveryProgress)
	deliveryUpdateReady = deliveryUpdate + " AND state = '" + DeliveryReady + "'"
)

func (d *Delivery) values() []any {
	return []any{d.Arrival, d.Flow, d.Target, d.Kind, d.Key, d.Effect, d.State, d.Reason, d.Tries, d.RunAt, d.Count, d.BodyHash,
		d.Name, d.Profile, d.Acked, d.CreatedAt, d.DoneAt, d.FetchedAt, d.AckedAt, []byte(d.Facts)}
}

// progress is the values of deliveryProgress, and the id.
func (d *Delivery) progress() []any {
	return []any{d.State, d.Reason, d.Tries, d.RunAt, d.BodyHash, d.Acked, d.DoneAt, d.FetchedAt, d.AckedAt, []byte(d.Facts), d.ID}
}

func (d *Delivery) fields() []any {
	return []any{&d.ID, &d.Arrival, &d.Flow, &d.Target, &d.Kind, &d.Key, &d.Effect, &d.State, &d.Reason, &d.Tries, when{&d.RunAt},
		&d.Count, &d.BodyHash, &d.Name, &d.Profile, &d.Acked, when{&d.CreatedAt}, when{&d.DoneAt}, when{&d.FetchedAt},
		when{&d.AckedAt}, (*[]byte)(&d.Facts)}
}

// InsertDelivery adds a delivery with its documents and sets its ID, and CreatedAt where it is zero. [ErrExists] when its
// effect is in the ledger already: the same thing is never planned twice.
func (tx *Tx) InsertDelivery(d *Delivery) error {
	if d.CreatedAt.IsZero() {
		d.CreatedAt = tx.Now()
	}
	ok, err := tx.insert(&d.ID, deliveryInsert, d.values()...)
	if err == nil && !ok {
		err = ErrExists
	}
	if err == nil && len(d.Docs) > 0 {
		_, err = tx.exec("INSERT INTO delivery_docs (delivery, docs) VALUES ($1, $2)", d.ID, tx.ledger.codec.encode(d.Docs))
	}
	return inCase(err, "planning delivery %s", d.Effect)
}

// UpdateDelivery writes what changes after a delivery was planned: its state and its tries, what was recorded from outside,
// what went out and what came back. What it is, and its documents, stay.
func (tx *Tx) UpdateDelivery(d *Delivery) error {
	n, err := tx.exec(deliveryUpdate, d.progress()...)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return inCase(err, "delivery d%d", d.ID)
}

// UpdateReady is UpdateDelivery of one that is ready; ok is false when it is not, or not any more, and nothing was written.
func (tx *Tx) UpdateReady(d *Delivery) (ok bool, err error) {
	n, err := tx.exec(deliveryUpdateReady, d.progress()...)
	return n > 0, inCase(err, "delivery d%d", d.ID)
}

// Delivery gives one delivery with its documents, or [ErrNotFound].
func (tx *Tx) Delivery(id int64) (Delivery, error) {
	d, err := one(tx, (*Delivery).fields, deliverySelect+" WHERE id = $1", id)
	if err == nil {
		err = tx.loadDocs(&d)
	}
	return d, inCase(err, "delivery d%d", id)
}

// DeliveriesByID gives deliveries with their documents, by ID; one that is not there is left out.
func (tx *Tx) DeliveriesByID(ids []int64) ([]Delivery, error) {
	fields := func(d *Delivery) []any { return append(d.fields(), &d.Docs) }
	all, err := many(tx, fields, "SELECT id, "+deliveryColumns+", docs FROM delivery LEFT JOIN delivery_docs ON delivery = id WHERE id IN "+
		tx.numbers("$1")+" ORDER BY id", jsonText(ids))
	for i := 0; i < len(all) && err == nil; i++ {
		all[i].Docs, err = tx.ledger.codec.decode(all[i].Docs)
	}
	return all, inCase(err, "reading %d deliveries", len(ids))
}

// DeliveryState gives the state of a delivery and when it may run, or [ErrNotFound].
func (tx *Tx) DeliveryState(id int64) (state string, runAt time.Time, err error) {
	ok, err := tx.scalar([]any{&state, when{&runAt}}, "SELECT state, run_at FROM delivery WHERE id = $1", id)
	if err == nil && !ok {
		err = ErrNotFound
	}
	return state, runAt, inCase(err, "delivery d%d", id)
}

// DeliveryByEffect gives the delivery of an effect with its documents, or [ErrNotFound].
func (tx *Tx) DeliveryByEffect(effect string) (Delivery, error) {
	d, err := one(tx, (*Delivery).fields, deliverySelect+" WHERE effect = $1", effect)
	if err == nil {
		err = tx.loadDocs(&d)
	}
	return d, inCase(err, "delivery %s", effect)
}

func (tx *Tx) loadDocs(d *Delivery) error {
	var packed []byte
	ok, err := tx.scalar([]any{&packed}, "SELECT docs FROM delivery_docs WHERE delivery = $1", d.ID)
	if err != nil || !ok {
		return err
	}
	d.Docs, err = tx.ledger.codec.decode(packed)
	return err
}

// DeliveryFilter chooses deliveries; what is empty does not narrow.
type DeliveryFilter struct {
	Arrival  int64
	States   []string
	Target   string
	Flow     string
	Kind     string
	Key      string
	Name     string
	After    int64 // only what follows this ID in the wanted order
	Newest   bool
	Limit    int // 0: all
	WithDocs bool
}

// Deliveries gives the deliveries that a filter chooses, by ID; their documents only where asked.
func (tx *Tx) Deliveries(f DeliveryFilter) ([]Delivery, error) {
	var w where
	w.number("arrival", f.Arrival)
	w.among("state", f.States)
	w.equal("target", f.Target)
	w.equal("flow", f.Flow)
	w.equal("kind", f.Kind)
	w.equal("key", f.Key)
	w.equal("name", f.Name)
	page := w.page(f.After, f.Newest, f.Limit)
	all, err := many(tx, (*Delivery).fields, deliverySelect+page, w.args...)
	for i := 0; f.WithDocs && i < len(all) && err == nil; i++ {
		err = tx.loadDocs(&all[i])
	}
	return all, inCase(err, "listing deliveries")
}

// RawJSON is JSON as it is stored; empty means none.
type RawJSON []byte

// MarshalJSON gives the stored JSON itself.
func (r RawJSON) MarshalJSON() ([]byte, error) {
	if len(r) == 0 {
		return []byte("null"), nil
	}
	return r, nil
}

// UnmarshalJSON keeps a copy of the JSON.
func (r *RawJSON) UnmarshalJSON(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}
