package ledger

import "time"

// Queued is the part of a ready delivery that choosing the next one needs.
type Queued struct {
	ID      int64     `json:"id"`
	Arrival int64     `json:"arrival"`
	Flow    string    `json:"flow"`
	Kind    string    `json:"kind"`
	Key     string    `json:"key"`
	RunAt   time.Time `json:"run_at,omitzero"`
	Tries   int       `json:"tries"`
}

func (q *Queued) fields() []any {
	return []any{&q.ID, &q.Arrival, &q.Flow, &q.Kind, &q.Key, when{&q.RunAt}, &q.Tries}
}

// Queue gives the ready deliveries of a target after an ID, oldest first, whatever their RunAt. after is for paging
// through one sweep; the next sweep starts from 0, since a smaller ID may have become ready in the meantime (its arrival
// was released later, or another process committed later).
func (tx *Tx) Queue(target string, after int64, limit int) ([]Queued, error) {
	all, err := many(tx, (*Queued).fields, `SELECT id, arrival, flow, kind, key, run_at, tries FROM delivery
		WHERE target = $1 AND state = 'ready' AND id > $2 ORDER BY id LIMIT $3`, target, after, limit)
	return all, inCase(err, "reading the queue of %s", target)
}

// Release makes the planned deliveries of an arrival ready, and gives their number.
func (tx *Tx) Release(arrival int64) (int64, error) {
	n, err := tx.exec("UPDATE delivery SET state = 'ready' WHERE arrival = $1 AND state = 'planned'", arrival)
	return n, inCase(err, "releasing arrival a%d", arrival)
}

// Supersede takes the ready deliveries of arrivals before the given one out of the queue, because a newer snapshot has
// come, and gives their IDs. A delivery of them that is running at this moment is its runner's matter.
func (tx *Tx) Supersede(flow, target, kind string, before int64) ([]int64, error) {
	var id int64
	var ids []int64
	err := tx.each([]any{&id}, func() error {
		ids = append(ids, id)
		return nil
	}, `UPDATE delivery SET state = 'superseded', done_at = $1
		WHERE target = $2 AND state = 'ready' AND flow = $3 AND kind = $4 AND arrival < $5 RETURNING id`,
		tx.Now(), target, flow, kind, before)
	return ids, inCase(err, "superseding %s of flow %s before arrival a%d", kind, flow, before)
}

// Published is a file that was put and has not been seen to leave its folder.
type Published struct {
	ID     int64     `json:"id"`
	Name   string    `json:"name"`
	Key    string    `json:"key"`
	DoneAt time.Time `json:"done_at,omitzero"`
}

func (p *Published) fields() []any { return []any{&p.ID, &p.Name, &p.Key, when{&p.DoneAt}} }

// Unfetched gives the files put into a target that have not been fetched, oldest first.
func (tx *Tx) Unfetched(target string) ([]Published, error) {
	all, err := many(tx, (*Published).fields, `SELECT id, name, key, done_at FROM delivery
		WHERE target = $1 AND state = 'done' AND name <> '' AND fetched_at = 0 ORDER BY id`, target)
	return all, inCase(err, "files not yet fetched from %s", target)
}

// MarkFetched records when files had left their folder.
func (tx *Tx) MarkFetched(ids []int64, at time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.exec("UPDATE delivery SET fetched_at = $1 WHERE fetched_at = 0 AND id IN "+tx.numbers("$2"), at, jsonText(ids))
	return inCase(err, "recording fetched files")
}
