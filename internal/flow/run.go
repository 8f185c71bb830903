package flow

import (
	"encoding/binary"
	"io"
	"math/bits"
	"slices"
)

// run is a stretch of a file's rows that fits in memory, sorted by key when it is full.
type run struct {
	rows   []rowRef // in the order of the file, by key once sorted
	sorted []rowRef // what sort makes rows of; the other way round the next time
	data   []byte   // the rows' documents in binary form
	count  []uint32 // of sort
}

type rowRef struct {
	hash        KeyHash
	fingerprint uint64
	at, length  uint32 // of the document in data
	message     int
}

// Limits of a run, in bytes of documents and in rows. Two runs are in memory at a time.
const (
	runBytes = 2 << 20
	runRows  = 64 << 10
	// A run begins small, since most files are, and then takes all it may have at once.
	smallBytes = 32 << 10
	smallRows  = 512
)

// full tells whether the run can take no further document of a size.
func (r *run) full(doc int) bool {
	return len(r.rows) == runRows || len(r.data)+doc > runBytes
}

func (r *run) add(hash KeyHash, fingerprint uint64, message int, doc []byte) {
	r.rows = grown(r.rows, 1, smallRows, runRows)
	r.data = grown(r.data, len(doc), smallBytes, runBytes)
	r.rows = append(r.rows, rowRef{hash, fingerprint, uint32(len(r.data)), uint32(len(doc)), message})
	r.data = append(r.data, doc...)
}

// grown makes room for n more: small first, then large.
func grown[T any](s []T, n, small, large int) []T {
	switch {
	case len(s)+n <= cap(s):
		return s
	case len(s)+n <= small:
		return make([]T, 0, small)
	case len(s)+n <= large:
		return append(make([]T, 0, large), s...)
	}
	return slices.Grow(s, n)
}

func (r *run) reset() { r.rows, r.data = r.rows[:0], r.data[:0] }

// sort orders the rows by key hash, equal keys in the order of the file. Hashes are even, so that as many buckets as there
// are rows leave little to do within each.
func (r *run) sort() {
	shift := 64 - max(bits.Len(uint(len(r.rows)))-1, 1)
	r.count = append(r.count[:0], make([]uint32, 1<<(64-shift)+1)...)
	for i := range r.rows {
		r.count[r.rows[i].hash.Hi>>shift+1]++
	}
	for i := 1; i < len(r.count); i++ {
		r.count[i] += r.count[i-1]
	}
	r.sorted = slices.Grow(r.sorted[:0], len(r.rows))[:len(r.rows)]
	for i := range r.rows {
		next := &r.count[r.rows[i].hash.Hi>>shift]
		r.sorted[*next] = r.rows[i]
		*next++
	}
	r.rows, r.sorted = r.sorted, r.rows
	// Insertion over all, since only neighbours of one bucket can stand wrong.
	for i := 1; i < len(r.rows); i++ {
		if !r.rows[i].hash.less(r.rows[i-1].hash) {
			continue
		}
		row, j := r.rows[i], i
		for ; j > 0 && row.hash.less(r.rows[j-1].hash); j-- {
			r.rows[j] = r.rows[j-1]
		}
		r.rows[j] = row
	}
}

// doc gives a row's document.
func (r *run) doc(ref *rowRef) []byte { return r.data[ref.at : ref.at+ref.length] }

// spill writes a sorted run and gives the bytes written.
func (r *run) spill(w io.Writer) (total int64, err error) {
	const full = 256 << 10
	out := make([]byte, 0, full+4<<10)
	write := func() error {
		n, err := w.Write(out)
		total += int64(n)
		out = out[:0]
		return err
	}
	for i := range r.rows {
		ref := &r.rows[i]
		out = binary.LittleEndian.AppendUint64(out, ref.hash.Hi)
		out = binary.LittleEndian.AppendUint64(out, ref.hash.Lo)
		out = binary.LittleEndian.AppendUint64(out, ref.fingerprint)
		out = binary.AppendUvarint(out, uint64(ref.message))
		out = binary.AppendUvarint(out, uint64(ref.length))
		out = append(out, r.doc(ref)...)
		if len(out) >= full {
			if err := write(); err != nil {
				return total, err
			}
		}
	}
	return total, write()
}

// cursor walks a sorted run, in memory or spilled.
type cursor struct {
	hash        KeyHash
	fingerprint uint64
	message     int
	doc         []byte // valid until next

	mem  *run
	i    int
	file window
}

// next moves to the next row; io.EOF at the end.
func (c *cursor) next() error {
	if c.mem != nil {
		if c.i == len(c.mem.rows) {
			return io.EOF
		}
		ref := &c.mem.rows[c.i]
		c.hash, c.fingerprint = ref.hash, ref.fingerprint
		c.message, c.doc = ref.message, c.mem.doc(ref)
		c.i++
		return nil
	}
	const head = 24 + 2*binary.MaxVarintLen64
	b, err := c.file.show(head)
	if err != nil {
		return err
	}
	if len(b) == 0 {
		return io.EOF
	}
	if len(b) < 26 {
		return io.ErrUnexpectedEOF
	}
	c.hash = KeyHash{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
	c.fingerprint = binary.LittleEndian.Uint64(b[16:])
	message, n := binary.Uvarint(b[24:])
	length, m := binary.Uvarint(b[24+max(n, 0):])
	if n <= 0 || m <= 0 {
		return io.ErrUnexpectedEOF
	}
	start := 24 + n + m
	if b, err = c.file.show(start + int(length)); err != nil {
		return err
	}
	if len(b) < start+int(length) {
		return io.ErrUnexpectedEOF
	}
	c.message, c.doc = int(message), b[start:start+int(length)]
	c.file.pass(start + int(length))
	return nil
}
