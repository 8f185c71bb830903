package ledger

// Baseline is what was last sent and accepted of one flow and target: a snapshot in the archive and the parts that came
// after it.
type Baseline struct {
	Snapshot string   // hash; "" when there is none yet
	Rows     int64    // of the snapshot
	Parts    [][]byte // in the order of their commits
	LastPart int64    // number of the last of them, 0 without any
}

// Baseline gives a baseline; an unknown name has an empty one.
func (tx *Tx) Baseline(name string) (Baseline, error) {
	var b Baseline
	_, err := tx.scalar([]any{&b.Snapshot, &b.Rows, &b.LastPart}, "SELECT snapshot, row_count, last_part FROM baseline WHERE name = $1", name)
	if err == nil {
		var packed []byte
		err = tx.each([]any{&packed}, func() error {
			part, err := tx.ledger.codec.decode(packed)
			b.Parts = append(b.Parts, part)
			packed = nil
			return err
		}, "SELECT data FROM baseline_part WHERE name = $1 ORDER BY part", name)
	}
	return b, inCase(err, "baseline %s", name)
}

// AppendBaseline adds what a delivery changed.
func (tx *Tx) AppendBaseline(name string, delivery int64, part []byte) error {
	var n int64
	_, err := tx.scalar([]any{&n}, `INSERT INTO baseline (name, snapshot, row_count, last_part) VALUES ($1, '', 0, 1)
		ON CONFLICT (name) DO UPDATE SET last_part = baseline.last_part + 1 RETURNING last_part`, name)
	if err == nil {
		_, err = tx.exec("INSERT INTO baseline_part (name, part, delivery, data) VALUES ($1, $2, $3, $4)",
			name, n, delivery, tx.ledger.codec.encode(part))
	}
	return inCase(err, "moving baseline %s", name)
}

// SetBaseline puts a snapshot in the place of the former one and of the parts up to and including upto, which were
// folded into it.
func (tx *Tx) SetBaseline(name, snapshot string, rows, upto int64) error {
	_, err := tx.exec(`INSERT INTO baseline (name, snapshot, row_count, last_part) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET snapshot = excluded.snapshot, row_count = excluded.row_count`, name, snapshot, rows, upto)
	if err == nil {
		_, err = tx.exec("DELETE FROM baseline_part WHERE name = $1 AND part <= $2", name, upto)
	}
	return inCase(err, "setting baseline %s", name)
}
