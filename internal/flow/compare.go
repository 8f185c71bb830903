package flow

import (
	"bufio"
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"io"

	"github.com/batchgate/batchgate/internal/document"
)

// Compare finds what a file of many documents changes against the baseline: it sorts them by business key in bounded
// memory, sums up what belongs together, and walks them beside the baseline. A file of any length needs the memory of
// two runs.
type Compare struct {
	opt   CompareOptions
	by    []int // slots of the key
	drop  []int // slots of the key that grouping makes meaningless
	sum   []int
	key   []byte
	doc   []byte
	now   *run
	free  chan *run
	full  chan *run
	ended chan error
	spans []span
	rows  int64
}

// CompareOptions say what is compared and how.
type CompareOptions struct {
	Kind document.Kind
	// GroupBy names the field by which documents are taken together, "" for none, and Sum the numbers that are added up.
	GroupBy string
	Sum     []string
	// Scratch gives a temporary file; it is asked for one when the documents do not fit in memory.
	Scratch func() (Scratch, error)
}

// Scratch is a temporary file. Closing it removes it.
type Scratch interface {
	io.Writer
	io.ReaderAt
	io.Closer
}

type span struct{ from, length int64 }

// NewCompare starts a comparison. Close must be called.
func NewCompare(opt CompareOptions) (*Compare, error) {
	shape := document.ShapeOf(opt.Kind)
	if shape == nil {
		return nil, fmt.Errorf("compare: unknown kind %q", opt.Kind)
	}
	c := &Compare{opt: opt, now: &run{}, free: make(chan *run, 1), full: make(chan *run), ended: make(chan error, 1)}
	c.free <- &run{}
	for _, name := range document.KeyFields(opt.Kind) {
		slot, _ := shape.Slot(name)
		if opt.GroupBy == "" || name == opt.GroupBy {
			c.by = append(c.by, slot)
		} else {
			c.drop = append(c.drop, slot)
		}
	}
	for _, name := range opt.Sum {
		slot, ok := shape.Slot(name)
		if !ok {
			return nil, fmt.Errorf("compare: %s has no field %q to add up", opt.Kind, name)
		}
		c.sum = append(c.sum, slot)
	}
	go c.spillRuns()
	return c, nil
}

// Rows is how many documents were added.
func (c *Compare) Rows() int64 { return c.rows }

// Add takes a document of a message. The document may be reused afterwards.
func (c *Compare) Add(message int, d *document.Document) error {
	c.rows++
	c.key = c.key[:0]
	for i, slot := range c.by {
		if i > 0 {
			if v := d.At(slot); v.IsBlank() {
				continue
			}
			c.key = append(c.key, document.KeySeparator...)
		}
		c.key = append(c.key, d.At(slot).Text()...)
	}
	c.doc = d.AppendBinary(c.doc[:0])
	c.now.add(hashBytes(c.key), message, c.doc)
	if len(c.now.data) < runLimit {
		return nil
	}
	select {
	case err := <-c.ended:
		c.ended <- err
		return err
	case c.full <- c.now:
		c.now = <-c.free
		return nil
	}
}

// spillRuns sorts and writes full runs while the next one fills.
func (c *Compare) spillRuns() {
	var scratch Scratch
	var at int64
	err := func() error {
		for r := range c.full {
			r.sort()
			if scratch == nil {
				var err error
				if scratch, err = c.opt.Scratch(); err != nil {
					return fmt.Errorf("compare: scratch file: %w", err)
				}
			}
			n, err := r.spill(scratch)
			if err != nil {
				return fmt.Errorf("compare: scratch file: %w", err)
			}
			c.spans = append(c.spans, span{at, n})
			at += n
			r.reset()
			c.free <- r
		}
		return nil
	}()
	c.opt.Scratch = func() (Scratch, error) { return scratch, nil }
	c.ended <- err
}

// Change is one key whose documents differ from the baseline.
type Change struct {
	// Doc is the document, for missing keys one with the key alone. It is valid until emit returns.
	Doc         *document.Document
	Key         string
	Fingerprint uint64
	Missing     bool // in the baseline, not in the file
	New         bool // in the file, not in the baseline
}

// Summary is what a comparison counted.
type Summary struct {
	Keys      int64 // different keys in the file
	Changed   int64 // keys that differ from the baseline, new ones included
	New       int64
	Missing   int64
	Baseline  int64 // keys in the baseline
	Duplicate int64 // rows whose key stood in the file before, without a group to sum them
	Examples  []string
}

// Finish compares with the baseline and gives the changes in the order of key hashes. Rows of messages that skip names
// are left out; baseline may be nil.
func (c *Compare) Finish(base *Baseline, skip func(message int) bool, emit func(Change) error) (Summary, error) {
	var s Summary
	close(c.full)
	if err := <-c.ended; err != nil {
		c.ended <- err
		return s, err
	}
	c.full = nil
	c.ended <- nil
	rows, err := c.merge(skip)
	if err != nil {
		return s, err
	}
	j := join{base: base, emit: emit, sum: &s, kind: c.opt.Kind}
	if err := j.advance(); err != nil {
		return s, err
	}
	doc, other := document.New(c.opt.Kind), document.New(c.opt.Kind)
	for {
		hash, err := c.nextKey(rows, doc, other, &s)
		if errors.Is(err, io.EOF) {
			return s, j.rest()
		}
		if err != nil {
			return s, err
		}
		if err := j.key(hash, doc); err != nil {
			return s, err
		}
	}
}

// Close gives memory and the scratch file back. It may be called at any time.
func (c *Compare) Close() error {
	if c.full != nil {
		close(c.full)
		c.full = nil
	}
	<-c.ended
	scratch, err := c.opt.Scratch()
	c.ended <- err
	if scratch == nil {
		return err
	}
	return scratch.Close()
}

// nextKey gathers all rows of the next key into doc.
func (c *Compare) nextKey(rows *merge, doc, other *document.Document, s *Summary) (KeyHash, error) {
	row, err := rows.next()
	if err != nil {
		return KeyHash{}, err
	}
	hash := row.hash
	doc.Reset()
	// Texts of a read document lie in the row's memory, which the next row reuses.
	rows.keep = append(rows.keep[:0], row.doc...)
	if err := doc.ReadBinary(rows.keep); err != nil {
		return hash, err
	}
	s.Keys++
	for {
		again, err := rows.peek()
		if err != nil && !errors.Is(err, io.EOF) {
			return hash, err
		}
		if err != nil || again.hash != hash {
			break
		}
		if again, err = rows.next(); err != nil {
			return hash, err
		}
		if c.opt.GroupBy == "" {
			s.duplicate(doc.Key())
			doc.Reset()
			rows.keep = append(rows.keep[:0], again.doc...)
			if err := doc.ReadBinary(rows.keep); err != nil {
				return hash, err
			}
			continue
		}
		other.Reset()
		if err := other.ReadBinary(again.doc); err != nil {
			return hash, err
		}
		for _, slot := range c.sum {
			addUp(doc, other, slot)
		}
	}
	for _, slot := range c.drop {
		doc.Put(slot, document.Value{})
	}
	return hash, nil
}

func addUp(doc, other *document.Document, slot int) {
	b, ok := other.At(slot).Number()
	if !ok {
		return
	}
	if a, ok := doc.At(slot).Number(); ok {
		b = a.Add(b)
	}
	doc.Put(slot, document.NumberValue(b))
}

func (s *Summary) duplicate(key string) {
	if s.Duplicate++; len(s.Examples) < 5 {
		s.Examples = append(s.Examples, key)
	}
}

// join walks the file's keys beside the baseline's.
type join struct {
	base *Baseline // nil at its end
	emit func(Change) error
	sum  *Summary
	kind document.Kind
}

func (j *join) advance() error {
	if j.base == nil {
		return nil
	}
	err := j.base.Next()
	if errors.Is(err, io.EOF) {
		j.base = nil
		return nil
	}
	j.sum.Baseline++
	return err
}

func (j *join) key(hash KeyHash, doc *document.Document) error {
	for j.base != nil && j.base.Entry.Hash.compare(hash) < 0 {
		if err := j.missing(); err != nil {
			return err
		}
	}
	fingerprint := Fingerprint(doc)
	fresh := true
	if j.base != nil && j.base.Entry.Hash == hash {
		same := j.base.Entry.Fingerprint == fingerprint
		fresh = false
		if err := j.advance(); err != nil || same {
			return err
		}
	}
	j.sum.Changed++
	if fresh {
		j.sum.New++
	}
	return j.emit(Change{Doc: doc, Key: doc.Key(), Fingerprint: fingerprint, New: fresh})
}

func (j *join) missing() error {
	j.sum.Missing++
	doc := KeyOnly(j.kind, j.base.Entry.Key)
	if err := j.emit(Change{Doc: doc, Key: j.base.Entry.Key, Missing: true}); err != nil {
		return err
	}
	return j.advance()
}

func (j *join) rest() error {
	for j.base != nil {
		if err := j.missing(); err != nil {
			return err
		}
	}
	return nil
}

// merge gives the rows of all runs in order of key hashes, equal keys in the order of the file.
type merge struct {
	cursors cursorHeap
	skip    func(int) bool
	started bool
	keep    []byte
}

func (c *Compare) merge(skip func(int) bool) (*merge, error) {
	m := &merge{skip: skip}
	c.now.sort()
	all := []*cursor{}
	if len(c.spans) > 0 {
		scratch, err := c.opt.Scratch()
		if err != nil {
			return nil, err
		}
		for i, s := range c.spans {
			all = append(all, &cursor{order: i, file: bufio.NewReaderSize(io.NewSectionReader(scratch, s.from, s.length), 128<<10)})
		}
	}
	all = append(all, &cursor{order: len(c.spans), mem: c.now})
	for _, cur := range all {
		switch err := cur.next(); err {
		case nil:
			m.cursors = append(m.cursors, cur)
		case io.EOF:
		default:
			return nil, err
		}
	}
	heap.Init(&m.cursors)
	return m, nil
}

// peek gives the row that next will give.
func (m *merge) peek() (*cursor, error) {
	for {
		if m.started {
			if err := m.advance(); err != nil {
				return nil, err
			}
			m.started = false
		}
		if len(m.cursors) == 0 {
			return nil, io.EOF
		}
		if m.skip == nil || !m.skip(m.cursors[0].message) {
			return m.cursors[0], nil
		}
		m.started = true
	}
}

// next gives the next row; it is valid until the next peek or next.
func (m *merge) next() (*cursor, error) {
	row, err := m.peek()
	m.started = err == nil
	return row, err
}

func (m *merge) advance() error {
	switch err := m.cursors[0].next(); err {
	case nil:
		if len(m.cursors) > 1 {
			heap.Fix(&m.cursors, 0)
		}
	case io.EOF:
		heap.Pop(&m.cursors)
	default:
		return err
	}
	return nil
}

type cursorHeap []*cursor

func (h cursorHeap) Len() int { return len(h) }
func (h cursorHeap) Less(i, j int) bool {
	return cmp.Or(h[i].hash.compare(h[j].hash), cmp.Compare(h[i].order, h[j].order)) < 0
}
func (h cursorHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *cursorHeap) Push(x any)   { *h = append(*h, x.(*cursor)) }
func (h *cursorHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
