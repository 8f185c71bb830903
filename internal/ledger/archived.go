package ledger

import "context"

// Blob gives bytes kept in the database; ok is false when they do not lie here. The archive reads small bytes by it.
func (l *Ledger) Blob(ctx context.Context, hash string) (data []byte, ok bool, err error) {
	err = l.View(ctx, func(tx *Tx) error {
		data, ok, err = tx.Blob(hash)
		return err
	})
	return data, ok, err
}

// Blobs gives up to limit hashes of bytes kept in the database after a hash, in order.
func (l *Ledger) Blobs(ctx context.Context, after string, limit int) (hashes []string, err error) {
	err = l.View(ctx, func(tx *Tx) error {
		hashes, err = tx.Blobs(after, limit)
		return err
	})
	return hashes, err
}

// Archived gives up to limit hashes after a hash, in order, of bytes that must be found in the archive: those of arrivals,
// baselines and profile versions.
func (tx *Tx) Archived(after string, limit int) ([]string, error) {
	var hash string
	var all []string
	err := tx.each([]any{&hash}, func() error {
		all = append(all, hash)
		return nil
	}, `SELECT hash FROM (
			SELECT hash FROM arrival WHERE hash > $1 AND hash <> ''
			UNION SELECT snapshot FROM baseline WHERE snapshot > $1 AND snapshot <> ''
			UNION SELECT bundle FROM profile_version WHERE bundle > $1 AND bundle <> '') AS archived
		ORDER BY hash LIMIT $2`, after, limit)
	return all, inCase(err, "listing archived bytes")
}
