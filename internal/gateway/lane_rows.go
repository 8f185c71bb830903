package gateway

import (
	"context"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
)

// Rows of deliveries that are about to start are read so many at once, and are true for so long: what a person does to a
// delivery meanwhile is found when its attempt is recorded, as if it had been under way.
const (
	rowsAtOnce = 64
	rowsTrue   = time.Second
)

// laneRow is what the ledger has of a delivery.
type laneRow struct {
	ledger.Delivery
	tries []ledger.Attempt
	read  time.Time
}

// readRows reads the first of each chain.
func (l *lane) readRows(ctx context.Context, chains [][]ledger.Queued) error {
	ids := make([]int64, len(chains))
	for i, c := range chains {
		ids[i] = c[0].ID
	}
	rows, err := l.look(ctx, ids)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = rows
	return err
}

// look reads deliveries, by ID.
func (l *lane) look(ctx context.Context, ids []int64) (map[int64]laneRow, error) {
	rows := make(map[int64]laneRow, len(ids))
	read := l.now()
	err := l.ledger.View(ctx, func(tx *ledger.Tx) error {
		deliveries, err := tx.DeliveriesByID(ids)
		if err != nil {
			return err
		}
		tries, err := tx.AttemptsOf("delivery", ids)
		for _, d := range deliveries {
			rows[d.ID] = laneRow{d, tries[d.ID], read}
		}
		return err
	})
	return rows, err
}

// row gives a delivery that is about to start.
func (l *lane) row(ctx context.Context, id int64) (laneRow, error) {
	l.mu.Lock()
	row, ok := l.rows[id]
	delete(l.rows, id)
	l.mu.Unlock()
	if ok && l.now().Sub(row.read) < rowsTrue {
		return row, nil
	}
	rows, err := l.look(ctx, []int64{id})
	if row, ok = rows[id]; !ok && err == nil {
		err = ledger.ErrNotFound
	}
	return row, err
}
