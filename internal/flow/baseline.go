package flow

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/profiles"
)

// A baseline is, per target, what was last sent and accepted for each business key. It is kept as a snapshot, sorted by
// the hash of the key, and parts: one for each delivery that ended since, in the order in which they ended. Snapshot and
// parts have one form: entries one after the other, each 16 bytes of key hash, 8 bytes of fingerprint (big endian) and
// the key with its length as uvarint.

// BaselineName names the baseline of a flow's target.
func BaselineName(f *profiles.Flow) string { return f.ID() + ">" + f.To.Connection.ID() }

// KeyHash is the 128-bit hash of a business key.
type KeyHash struct{ Hi, Lo uint64 }

// HashKey hashes a business key.
func HashKey(key string) KeyHash {
	h := xxh3.HashString128(key)
	return KeyHash{h.Hi, h.Lo}
}

func hashBytes(key []byte) KeyHash {
	h := xxh3.Hash128(key)
	return KeyHash{h.Hi, h.Lo}
}

// Compare orders hashes as baselines are ordered.
func (h KeyHash) Compare(other KeyHash) int {
	return cmp.Or(cmp.Compare(h.Hi, other.Hi), cmp.Compare(h.Lo, other.Lo))
}

func (h KeyHash) less(other KeyHash) bool {
	return h.Hi < other.Hi || h.Hi == other.Hi && h.Lo < other.Lo
}

// Entry is one key of a baseline.
type Entry struct {
	Hash KeyHash
	// Fingerprint is of the document that was accepted last, or one that is of no document.
	Fingerprint uint64
	Key         string
}

// Fingerprints that are of no document.
const (
	// NoBaseline says: what the target has is not known.
	NoBaseline = 0
	// Void says: the target has the key, but what it has may be another value by now. The next file that names the key
	// sends it.
	Void = 1
	// VoidIfKnown in a part makes a key that the baseline has void, and says nothing of others.
	VoidIfKnown = 2
)

// Fingerprint gives a document's fingerprint as a baseline keeps it, none of those above. The salt is of what else
// decides what is sent: with another one all documents differ.
func Fingerprint(d *document.Document, salt uint64) uint64 {
	return max(d.Fingerprint()^salt, VoidIfKnown+1)
}

// maxKey bounds a business key, in bytes, so that a damaged baseline cannot ask for memory without end.
const maxKey = 4096

// ErrBaseline is what a damaged baseline gives.
var ErrBaseline = errors.New("damaged baseline")

// AppendEntry appends an entry in the form in which baselines are kept.
func AppendEntry(dst []byte, e Entry) []byte { return appendEntry(dst, e.Hash, e.Fingerprint, e.Key) }

func appendEntry[K string | []byte](dst []byte, hash KeyHash, fingerprint uint64, key K) []byte {
	dst = binary.BigEndian.AppendUint64(dst, hash.Hi)
	dst = binary.BigEndian.AppendUint64(dst, hash.Lo)
	dst = binary.BigEndian.AppendUint64(dst, fingerprint)
	dst = binary.AppendUvarint(dst, uint64(len(key)))
	return append(dst, key...)
}

// Part makes a part from the outcome of one delivery: the entries in any order.
func Part(entries []Entry) []byte {
	slices.SortFunc(entries, func(a, b Entry) int { return a.Hash.Compare(b.Hash) })
	var part []byte
	for _, e := range entries {
		part = AppendEntry(part, e)
	}
	return part
}

// entryReader reads a snapshot or a part.
type entryReader struct {
	in          window
	begun       bool
	hash        KeyHash
	fingerprint uint64
	key         []byte // valid until next
}

// next reads the next entry; io.EOF at the end.
func (e *entryReader) next() error {
	const head = 24
	b, err := e.in.show(head + binary.MaxVarintLen64 + maxKey)
	if err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	if len(b) == 0 {
		return io.EOF
	}
	if len(b) < head {
		return ErrBaseline
	}
	hash := KeyHash{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
	n, used := binary.Uvarint(b[head:])
	end := head + used + int(min(n, maxKey))
	if used <= 0 || n > maxKey || end > len(b) {
		return ErrBaseline
	}
	if e.begun && hash.Compare(e.hash) <= 0 {
		return fmt.Errorf("%w: not in order of keys", ErrBaseline)
	}
	e.begun, e.hash, e.fingerprint, e.key = true, hash, binary.BigEndian.Uint64(b[16:]), b[head+used:end]
	e.in.pass(end)
	return nil
}

// Baseline reads a snapshot and its parts as one, in order of key hashes. Keys without baseline are left out.
type Baseline struct {
	heads front[*entryReader]
	// The current key:
	hash        KeyHash
	fingerprint uint64
	key         []byte
}

// OpenBaseline starts reading. snapshot may be nil. Parts are given in the order in which their deliveries ended.
func OpenBaseline(snapshot io.Reader, parts [][]byte) (*Baseline, error) {
	b := &Baseline{}
	add := func(in window, order int) error {
		e := &entryReader{in: in}
		err := e.next()
		if err == nil {
			b.heads.add(head[*entryReader]{e.hash, order, e})
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	if snapshot != nil {
		if err := add(window{r: snapshot, buf: make([]byte, 128<<10)}, -1); err != nil {
			return nil, err
		}
	}
	for i, p := range parts {
		if err := add(window{buf: p, end: len(p)}, i); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Next moves to the next key; io.EOF at the end.
func (b *Baseline) Next() error {
	for len(b.heads) > 0 {
		b.fingerprint = NoBaseline
		b.take()
		if err := b.advance(); err != nil {
			return err
		}
		for len(b.heads) > 0 && b.heads[0].hash == b.hash {
			b.take() // of equal keys the latest comes last
			if err := b.advance(); err != nil {
				return err
			}
		}
		if b.fingerprint != NoBaseline {
			return nil
		}
	}
	return io.EOF
}

// take makes the first stream's entry the current one, over what stood before it of the same key.
func (b *Baseline) take() {
	e := b.heads[0].stream
	known := b.fingerprint != NoBaseline
	b.hash, b.fingerprint, b.key = e.hash, e.fingerprint, append(b.key[:0], e.key...)
	if b.fingerprint == VoidIfKnown {
		b.fingerprint = NoBaseline
		if known {
			b.fingerprint = Void
		}
	}
}

// Hash gives the hash of the current key, after Next.
func (b *Baseline) Hash() KeyHash { return b.hash }

// Entry gives the current key, after Next.
func (b *Baseline) Entry() Entry { return Entry{b.hash, b.fingerprint, string(b.key)} }

func (b *Baseline) advance() error {
	e := b.heads[0].stream
	switch err := e.next(); err {
	case nil:
		b.heads.moved(e.hash)
	case io.EOF:
		b.heads.ended()
	default:
		return err
	}
	return nil
}

// WriteSnapshot writes what is read as a new snapshot and gives the number of its keys.
func (b *Baseline) WriteSnapshot(w io.Writer) (int64, error) {
	var rows int64
	const full = 128 << 10
	buf := make([]byte, 0, full+maxKey+64)
	for {
		switch err := b.Next(); err {
		case nil:
			buf = appendEntry(buf, b.hash, b.fingerprint, b.key)
			rows++
		case io.EOF:
			_, err := w.Write(buf)
			return rows, err
		default:
			return rows, err
		}
		if len(buf) >= full {
			if _, err := w.Write(buf); err != nil {
				return rows, err
			}
			buf = buf[:0]
		}
	}
}
