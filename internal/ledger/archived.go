package ledger

import (
	"context"
	"iter"
	"strconv"
)

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

// archivedPage is how many hashes are read at a time.
const archivedPage = 1000

// Archived gives the hashes of all bytes that must be found in the archive: those of arrivals, baselines and profile versions,
// then those that went out. Some come several times. An error ends it.
func (l *Ledger) Archived(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if l.pagesOfHashes(ctx, keptPage, yield) {
			l.pagesOfHashes(ctx, sentPage, yield)
		}
	}
}

// hashesAfter reads a page of hashes behind where the last one ended, and gives where it ends itself.
type hashesAfter func(tx *Tx, after string) (hashes []string, end string, err error)

// pagesOfHashes passes on page by page, none of which is held open meanwhile; false when nobody wants more.
func (l *Ledger) pagesOfHashes(ctx context.Context, read hashesAfter, yield func(string, error) bool) bool {
	for after := ""; ; {
		var hashes []string
		err := l.View(ctx, func(tx *Tx) (err error) {
			hashes, after, err = read(tx, after)
			return err
		})
		if err != nil {
			yield("", inCase(err, "listing archived bytes"))
			return false
		}
		for _, hash := range hashes {
			if !yield(hash, nil) {
				return false
			}
		}
		if len(hashes) == 0 {
			return true
		}
	}
}

// keptPage reads hashes in their order.
func keptPage(tx *Tx, after string) (hashes []string, end string, err error) {
	var hash string
	err = tx.each([]any{&hash}, func() error {
		hashes, end = append(hashes, hash), hash
		return nil
	}, `SELECT hash FROM (
			SELECT hash FROM arrival WHERE hash > $1 AND hash <> ''
			UNION SELECT snapshot FROM baseline WHERE snapshot > $1 AND snapshot <> ''
			UNION SELECT bundle FROM profile_version WHERE bundle > $1 AND bundle <> '') AS archived
		ORDER BY hash LIMIT $2`, after, archivedPage)
	return hashes, end, err
}

// sentPage reads hashes in the order of their deliveries.
func sentPage(tx *Tx, after string) (hashes []string, end string, err error) {
	last, _ := strconv.ParseInt(after, 10, 64) // "" is before all
	var hash string
	err = tx.each([]any{&last, &hash}, func() error {
		hashes, end = append(hashes, hash), strconv.FormatInt(last, 10)
		return nil
	}, "SELECT id, body_hash FROM delivery WHERE id > $1 AND body_hash <> '' ORDER BY id LIMIT $2", last, archivedPage)
	return hashes, end, err
}
