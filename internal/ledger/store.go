package ledger

import (
	"errors"
	"time"
)

// Cursor gives how far a source has been read; "" at the beginning.
func (tx *Tx) Cursor(source string) (string, error) {
	var value string
	_, err := tx.scalar([]any{&value}, "SELECT value FROM cursor_of WHERE source = $1", source)
	return value, inCase(err, "cursor of %s", source)
}

// SetCursor moves a source's cursor; it belongs into the transaction that records what was read.
func (tx *Tx) SetCursor(source, value string) error {
	_, err := tx.exec(`INSERT INTO cursor_of (source, value) VALUES ($1, $2)
		ON CONFLICT (source) DO UPDATE SET value = excluded.value`, source, value)
	return inCase(err, "moving the cursor of %s", source)
}

// PutBlob keeps bytes under their hash, packed; known ones are left alone.
func (tx *Tx) PutBlob(hash string, data []byte) error {
	_, err := tx.exec("INSERT INTO blob_of (hash, size, data) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
		hash, len(data), tx.ledger.codec.encode(data))
	return inCase(err, "keeping the bytes %s", hash)
}

// Blob gives the bytes of a hash; ok is false when they do not lie here.
func (tx *Tx) Blob(hash string) (data []byte, ok bool, err error) {
	var packed []byte
	ok, err = tx.scalar([]any{&packed}, "SELECT data FROM blob_of WHERE hash = $1", hash)
	if ok {
		data, err = tx.ledger.codec.decode(packed)
	}
	return data, ok && err == nil, inCase(err, "the bytes %s", hash)
}

// Blobs gives up to limit hashes of bytes kept here after a hash, in order: for a check of everything.
func (tx *Tx) Blobs(after string, limit int) ([]string, error) {
	var hash string
	var all []string
	err := tx.each([]any{&hash}, func() error {
		all = append(all, hash)
		return nil
	}, "SELECT hash FROM blob_of WHERE hash > $1 ORDER BY hash LIMIT $2", after, limit)
	return all, inCase(err, "listing kept bytes")
}

// PutProfile records a version of a partner's profile and the hash of its bundle in the archive. A version is recorded once.
func (tx *Tx) PutProfile(version, partner, bundle string, at time.Time) error {
	_, err := tx.exec(`INSERT INTO profile_version (version, partner, bundle, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (version) DO NOTHING`, version, partner, bundle, at)
	return inCase(err, "recording profile version %s", version)
}

// ProfileVersion is a version of a partner's profile.
type ProfileVersion struct {
	Version string    `json:"version"`
	Partner string    `json:"partner"`
	Bundle  string    `json:"bundle"` // hash in the archive
	At      time.Time `json:"at,omitzero"`
}

func (v *ProfileVersion) fields() []any { return []any{&v.Version, &v.Partner, &v.Bundle, when{&v.At}} }

// ProfileVersions gives the recorded versions of a partner's profile, oldest first; of all partners for "".
func (tx *Tx) ProfileVersions(partner string) ([]ProfileVersion, error) {
	all, err := many(tx, (*ProfileVersion).fields, `SELECT version, partner, bundle, at FROM profile_version
		WHERE partner = $1 OR $1 = '' ORDER BY at, version`, partner)
	return all, inCase(err, "profile versions of %s", partner)
}

// Lease takes or renews an endpoint for owner, a name unique to this start of this process. ok is false when another
// owner's lease has not run out. Every change of hands raises the epoch, by which [Tx.CheckLease] fences the former
// owner; force takes a running lease over. On PostgreSQL the database's clock counts.
func (tx *Tx) Lease(endpoint, owner string, ttl time.Duration, force bool) (epoch int64, ok bool, err error) {
	now, err := tx.clock()
	if err == nil {
		ok, err = tx.scalar([]any{&epoch}, `INSERT INTO lease (endpoint, owner, until, epoch) VALUES ($1, $2, $3, 1)
			ON CONFLICT (endpoint) DO UPDATE SET owner = excluded.owner, until = excluded.until,
				epoch = CASE WHEN lease.owner = excluded.owner THEN lease.epoch ELSE lease.epoch + 1 END
			WHERE lease.owner = excluded.owner OR lease.until <= $4 OR $5 = 1
			RETURNING epoch`, endpoint, owner, now+ttl.Microseconds(), now, flag(force))
	}
	return epoch, ok, inCase(err, "leasing %s", endpoint)
}

// CheckLease gives [ErrFenced] when the lease has changed hands since epoch. In a Do it also keeps others from taking
// the lease before the commit.
func (tx *Tx) CheckLease(endpoint, owner string, epoch int64) error {
	var n int64
	ok, err := tx.scalar([]any{&n}, "SELECT epoch FROM lease WHERE endpoint = $1 AND owner = $2 AND epoch = $3"+tx.ledger.dialect.share,
		endpoint, owner, epoch)
	if err == nil && !ok {
		err = ErrFenced
	}
	return inCase(err, "lease of %s", endpoint)
}

// ReleaseLease gives a lease back; one that has changed hands is left alone.
func (tx *Tx) ReleaseLease(endpoint, owner string, epoch int64) error {
	_, err := tx.exec("UPDATE lease SET owner = '', until = 0 WHERE endpoint = $1 AND owner = $2 AND epoch = $3", endpoint, owner, epoch)
	return inCase(err, "giving back the lease of %s", endpoint)
}

func (tx *Tx) clock() (int64, error) {
	if tx.ledger.dialect.clock == "" {
		return micros(tx.Now()), nil
	}
	var now int64
	ok, err := tx.scalar([]any{&now}, tx.ledger.dialect.clock)
	if err == nil && !ok {
		err = errors.New("the database gave no time")
	}
	return now, err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
