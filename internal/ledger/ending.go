package ledger

import (
	"fmt"
	"time"
)

// Ending is what became of an arrival in numbers, so that of one without trouble nothing else has to be read.
type Ending struct {
	Given     int64 // deliveries that are dead or dropped
	Documents int64
	Repeated  int64 // documents that had come before
	Held      int64 // messages
	Errors    int64 // lists of findings that hold some
	Attempts  int64 // to settle it
}

const openStates = "('planned', 'ready', 'held')"

// Endings gives what became of arrivals, by ID, but for those of which a delivery is planned, ready or held.
func (tx *Tx) Endings(arrivals []int64) (map[int64]Ending, error) {
	all := make(map[int64]Ending, len(arrivals))
	var id int64
	var e Ending
	err := tx.each([]any{&id, &e.Given, &e.Documents, &e.Repeated, &e.Held, &e.Errors, &e.Attempts}, func() error {
		all[id] = e
		return nil
	}, `SELECT asked.id,
		(SELECT count(*) FROM delivery WHERE arrival = asked.id AND state IN ('dead', 'dropped')),
		(SELECT count(*) FROM document WHERE arrival = asked.id),
		(SELECT count(*) FROM document WHERE arrival = asked.id AND state = 'repeated'),
		(SELECT count(*) FROM message WHERE arrival = asked.id AND state = 'held'),
		(SELECT count(*) FROM finding_list WHERE arrival = asked.id AND errors > 0),
		(SELECT count(*) FROM attempt WHERE owner = 'arrival' AND attempt.id = asked.id)
		FROM (SELECT CAST(value AS bigint) AS id FROM `+fmt.Sprintf(tx.ledger.dialect.texts, "$1")+`) AS asked
		WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE arrival = asked.id AND state IN `+openStates+")", jsonText(arrivals))
	return all, inCase(err, "the endings of arrivals")
}

// Finished tells whether no delivery of an arrival is planned, ready or held. It costs the same whatever their number.
func (tx *Tx) Finished(arrival int64) (bool, error) {
	var n int64
	open, err := tx.scalar([]any{&n}, "SELECT 1 FROM delivery WHERE arrival = $1 AND state IN "+openStates+" LIMIT 1", arrival)
	return !open, inCase(err, "open deliveries of arrival a%d", arrival)
}

// Due gives the arrivals of a source that are on their way and may go on now: claimed, archived or planned ones, and
// released ones that are finished, and waiting ones that have a time which has come. At most limit, 0 for all.
func (tx *Tx) Due(source string, now time.Time, limit int) ([]Arrival, error) {
	text := arrivalSelect + ` WHERE source = $1 AND run_at <= $2 AND (state IN ('claimed', 'archived', 'planned') OR state = 'waiting' AND run_at > 0
		OR state = 'released' AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.arrival = arrival.id AND delivery.state IN ` + openStates + `))
		AND state <> 'settled' ORDER BY id`
	args := []any{source, now}
	if limit > 0 {
		text += " LIMIT $3"
		args = append(args, limit)
	}
	all, err := many(tx, (*Arrival).fields, text, args...)
	return all, inCase(err, "arrivals of %s that are due", source)
}

// FirstLook gives when the first of a source's files was seen that are not yet taken; ok is false when there is none.
func (tx *Tx) FirstLook(source string) (at time.Time, ok bool, err error) {
	var n int64
	_, err = tx.scalar([]any{&n, when{&at}}, "SELECT count(*), coalesce(min(first_look), 0) FROM arrival WHERE source = $1 AND state = 'seen'", source)
	return at, n > 0, inCase(err, "files of %s that are not yet taken", source)
}
