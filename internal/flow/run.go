package flow

import (
	"bufio"
	"encoding/binary"
	"io"
	"slices"
)

// run is a stretch of a file's rows that fits in memory, sorted by key when it is full.
type run struct {
	rows []rowRef
	data []byte // per row: message as uvarint, length as uvarint, document in binary form
}

type rowRef struct {
	hash KeyHash
	at   uint32
}

// runLimit is how many bytes of documents a run holds. Two runs are in memory at a time, each with its row references.
const runLimit = 6 << 20

func (r *run) add(hash KeyHash, message int, doc []byte) {
	r.rows = append(r.rows, rowRef{hash, uint32(len(r.data))})
	r.data = binary.AppendUvarint(r.data, uint64(message))
	r.data = binary.AppendUvarint(r.data, uint64(len(doc)))
	r.data = append(r.data, doc...)
}

func (r *run) reset() { r.rows, r.data = r.rows[:0], r.data[:0] }

// sort orders the rows by key hash, equal keys in the order of the file.
func (r *run) sort() {
	slices.SortFunc(r.rows, func(a, b rowRef) int {
		if c := a.hash.compare(b.hash); c != 0 {
			return c
		}
		return int(a.at) - int(b.at)
	})
}

// row gives a row's message and document.
func (r *run) row(i int) (message int, doc []byte) {
	b := r.data[r.rows[i].at:]
	m, n := binary.Uvarint(b)
	b = b[n:]
	length, n := binary.Uvarint(b)
	return int(m), b[n : n+int(length)]
}

// spill writes a sorted run and gives the bytes written.
func (r *run) spill(w io.Writer) (int64, error) {
	out := bufio.NewWriterSize(w, 256<<10)
	var total int64
	var head []byte
	for i, ref := range r.rows {
		message, doc := r.row(i)
		head = binary.BigEndian.AppendUint64(head[:0], ref.hash.Hi)
		head = binary.BigEndian.AppendUint64(head, ref.hash.Lo)
		head = binary.AppendUvarint(head, uint64(message))
		head = binary.AppendUvarint(head, uint64(len(doc)))
		for _, b := range [][]byte{head, doc} {
			n, err := out.Write(b)
			total += int64(n)
			if err != nil {
				return total, err
			}
		}
	}
	return total, out.Flush()
}

// cursor walks a sorted run, in memory or spilled.
type cursor struct {
	hash    KeyHash
	message int
	doc     []byte // valid until next
	order   int    // number of the run: the file's order of equal keys

	mem  *run
	i    int
	file *bufio.Reader
	buf  []byte
}

// next moves to the next row; io.EOF at the end.
func (c *cursor) next() error {
	if c.mem != nil {
		if c.i == len(c.mem.rows) {
			return io.EOF
		}
		c.hash = c.mem.rows[c.i].hash
		c.message, c.doc = c.mem.row(c.i)
		c.i++
		return nil
	}
	head, err := c.file.Peek(16)
	if err != nil {
		if len(head) == 0 && err == io.EOF {
			return io.EOF
		}
		return io.ErrUnexpectedEOF
	}
	c.hash = KeyHash{binary.BigEndian.Uint64(head), binary.BigEndian.Uint64(head[8:])}
	_, _ = c.file.Discard(16)
	message, err := binary.ReadUvarint(c.file)
	if err != nil {
		return err
	}
	length, err := binary.ReadUvarint(c.file)
	if err != nil {
		return err
	}
	c.message = int(message)
	c.buf = slices.Grow(c.buf[:0], int(length))[:length]
	if _, err := io.ReadFull(c.file, c.buf); err != nil {
		return err
	}
	c.doc = c.buf
	return nil
}
