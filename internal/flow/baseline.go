package flow

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/batchgate/batchgate/internal/document"
)

// A baseline is, per target, what was last sent and accepted for each business key. It is kept as a snapshot, sorted by
// the hash of the key, and parts: one for each delivery that ended since, in the order in which they ended. Snapshot and
// parts have one form: entries one after the other, each 16 bytes of key hash, 8 bytes of fingerprint (big endian) and
// the key with its length as uvarint.

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

func (h KeyHash) compare(other KeyHash) int {
	return cmp.Or(cmp.Compare(h.Hi, other.Hi), cmp.Compare(h.Lo, other.Lo))
}

// Entry is one key of a baseline.
type Entry struct {
	Hash KeyHash
	// Fingerprint is of the document that was accepted last. NoBaseline in a part says that nothing is known any more, so
	// that the next file sends the key.
	Fingerprint uint64
	Key         string
}

// NoBaseline is the fingerprint that says: what the target has is not known.
const NoBaseline = 0

// Fingerprint gives a document's fingerprint as a baseline keeps it, never NoBaseline.
func Fingerprint(d *document.Document) uint64 { return max(d.Fingerprint(), NoBaseline+1) }

// maxKey bounds a business key, in bytes, so that a damaged baseline cannot ask for memory without end.
const maxKey = 4096

// ErrBaseline is what a damaged baseline gives.
var ErrBaseline = errors.New("damaged baseline")

// AppendEntry appends an entry in the form in which baselines are kept.
func AppendEntry(dst []byte, e Entry) []byte {
	dst = binary.BigEndian.AppendUint64(dst, e.Hash.Hi)
	dst = binary.BigEndian.AppendUint64(dst, e.Hash.Lo)
	dst = binary.BigEndian.AppendUint64(dst, e.Fingerprint)
	dst = binary.AppendUvarint(dst, uint64(len(e.Key)))
	return append(dst, e.Key...)
}

// Part makes a part from the outcome of one delivery: the entries in any order.
func Part(entries []Entry) []byte {
	slices.SortFunc(entries, func(a, b Entry) int { return a.Hash.compare(b.Hash) })
	var part []byte
	for _, e := range entries {
		part = AppendEntry(part, e)
	}
	return part
}

// entryReader reads a snapshot or a part.
type entryReader struct {
	r     *bufio.Reader
	entry Entry
	order int // later parts win
}

// next reads the next entry; io.EOF at the end.
func (b *entryReader) next() error {
	head, err := b.r.Peek(24)
	if len(head) == 0 && err == io.EOF {
		return io.EOF
	}
	if len(head) < 24 {
		return ErrBaseline
	}
	hash := KeyHash{binary.BigEndian.Uint64(head), binary.BigEndian.Uint64(head[8:])}
	fingerprint := binary.BigEndian.Uint64(head[16:])
	_, _ = b.r.Discard(24)
	n, err := binary.ReadUvarint(b.r)
	if err != nil || n > maxKey {
		return ErrBaseline
	}
	key, err := b.r.Peek(int(n))
	if err != nil {
		return ErrBaseline
	}
	if b.entry.Key != "" && hash.compare(b.entry.Hash) <= 0 {
		return fmt.Errorf("%w: not in order of keys", ErrBaseline)
	}
	b.entry = Entry{Hash: hash, Fingerprint: fingerprint, Key: string(key)}
	_, _ = b.r.Discard(int(n))
	return nil
}

// Baseline reads a snapshot and its parts as one, in order of key hashes. Keys without baseline are left out.
type Baseline struct {
	heap  entryHeap
	Entry Entry // the current one, after Next
}

// OpenBaseline starts reading. snapshot may be nil. Parts are given in the order in which their deliveries ended.
func OpenBaseline(snapshot io.Reader, parts [][]byte) (*Baseline, error) {
	b := &Baseline{}
	add := func(r *bufio.Reader, order int) error {
		e := &entryReader{r: r, order: order}
		switch err := e.next(); err {
		case nil:
			b.heap = append(b.heap, e)
			return nil
		case io.EOF:
			return nil
		default:
			return err
		}
	}
	if snapshot != nil {
		if err := add(bufio.NewReaderSize(snapshot, 128<<10), -1); err != nil {
			return nil, err
		}
	}
	for i, p := range parts {
		if err := add(bufio.NewReaderSize(bytes.NewReader(p), maxKey+64), i); err != nil {
			return nil, err
		}
	}
	heap.Init(&b.heap)
	return b, nil
}

// Next moves to the next key; io.EOF at the end.
func (b *Baseline) Next() error {
	for len(b.heap) > 0 {
		b.Entry = b.heap[0].entry
		for len(b.heap) > 0 && b.heap[0].entry.Hash == b.Entry.Hash {
			b.Entry = b.heap[0].entry // of equal keys the latest comes last
			if err := b.advance(); err != nil {
				return err
			}
		}
		if b.Entry.Fingerprint != NoBaseline {
			return nil
		}
	}
	return io.EOF
}

func (b *Baseline) advance() error {
	switch err := b.heap[0].next(); err {
	case nil:
		if len(b.heap) > 1 {
			heap.Fix(&b.heap, 0)
		}
	case io.EOF:
		heap.Pop(&b.heap)
	default:
		return err
	}
	return nil
}

// WriteSnapshot writes what is read as a new snapshot and gives the number of its keys.
func (b *Baseline) WriteSnapshot(w io.Writer) (int64, error) {
	var rows int64
	out := bufio.NewWriterSize(w, 128<<10)
	var buf []byte
	for {
		switch err := b.Next(); err {
		case nil:
			buf = AppendEntry(buf[:0], b.Entry)
			if _, err := out.Write(buf); err != nil {
				return rows, err
			}
			rows++
		case io.EOF:
			return rows, out.Flush()
		default:
			return rows, err
		}
	}
}

type entryHeap []*entryReader

func (h entryHeap) Len() int { return len(h) }
func (h entryHeap) Less(i, j int) bool {
	return cmp.Or(h[i].entry.Hash.compare(h[j].entry.Hash), cmp.Compare(h[i].order, h[j].order)) < 0
}
func (h entryHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *entryHeap) Push(x any)   { *h = append(*h, x.(*entryReader)) }
func (h *entryHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
