package ledger

import (
	"time"
	"unicode/utf8"
)

// Restore is that a partner was put back to an older state: what it got after that is lost to it, and the numbers that it
// gave since it gives again.
type Restore struct {
	ID         int64     `json:"id"`
	Partner    string    `json:"partner"`
	At         time.Time `json:"at"`          // the state that the partner was put back to
	RecordedAt time.Time `json:"recorded_at"` // when it was back at work
	Actor      string    `json:"actor"`
}

const restoreColumns = "partner, at, recorded_at, actor"

var restoreInsert = insertText("partner_restore", restoreColumns)

func (r *Restore) fields() []any {
	return []any{&r.ID, &r.Partner, when{&r.At}, when{&r.RecordedAt}, &r.Actor}
}

// AddRestore records a restore and sets its ID.
func (tx *Tx) AddRestore(r *Restore) error {
	_, err := tx.insert(&r.ID, restoreInsert, r.Partner, r.At, r.RecordedAt, r.Actor)
	return inCase(err, "recording the restore of %s", r.Partner)
}

// Restores gives the restores of a partner, the oldest first.
func (tx *Tx) Restores(partner string) ([]Restore, error) {
	all, err := many(tx, (*Restore).fields, "SELECT id, "+restoreColumns+" FROM partner_restore WHERE partner = $1 ORDER BY id", partner)
	return all, inCase(err, "restores of %s", partner)
}

// Got gives the files of a partner's flows that it may have taken after a time and that were put before another, with their
// documents, by ID.
func (tx *Tx) Got(partner string, after, before time.Time) ([]Delivery, error) {
	all, err := many(tx, (*Delivery).fields, deliverySelect+` WHERE state = 'done' AND name <> '' AND substr(flow, 1, $1) = $2
		AND done_at <= $3 AND (done_at > $4 OR fetched_at > $4) ORDER BY id`, int64(utf8.RuneCountInString(partner)+1), partner+"/", before, after)
	for i := 0; i < len(all) && err == nil; i++ {
		err = tx.loadDocs(&all[i])
	}
	return all, inCase(err, "files that %s got", partner)
}

// MoveControl lets a control number be that of another delivery, which carries the same interchange again.
func (tx *Tx) MoveControl(own, partner string, number, delivery int64) error {
	_, err := tx.exec("UPDATE control SET delivery = $1 WHERE number = $2 AND own = $3 AND partner = $4", delivery, number, own, partner)
	return inCase(err, "control number %d from %s to %s", number, own, partner)
}
