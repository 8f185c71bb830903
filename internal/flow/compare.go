package flow

import (
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
	kept  []document.Value // of drop, while a fingerprint is taken
	now   *run
	free  chan *run
	full  chan *run
	ended chan error
	spans []span
}

// CompareOptions say what is compared and how.
type CompareOptions struct {
	Kind document.Kind
	// GroupBy names the field by which documents are taken together, "" for none, and Sum the numbers that are added up.
	GroupBy string
	Sum     []string
	// Salt is of what else than the documents decides what is sent; see [Fingerprint].
	Salt uint64
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
	go c.spillRuns(c.full) // which a Close before its beginning takes away
	return c, nil
}

// Add takes a document of a message. The document may be reused afterwards.
func (c *Compare) Add(message int, d *document.Document) error {
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
	if c.now.full(len(c.doc)) && len(c.now.rows) > 0 {
		select {
		case err := <-c.ended:
			c.ended <- err
			return err
		case c.full <- c.now:
			c.now = <-c.free
		}
	}
	c.now.add(hashBytes(c.key), c.fingerprint(d), message, c.doc)
	return nil
}

// fingerprint is that of the document as it will be compared when no other has its key.
func (c *Compare) fingerprint(d *document.Document) uint64 {
	if len(c.drop) == 0 {
		return Fingerprint(d, c.opt.Salt)
	}
	c.kept = c.kept[:0]
	for _, slot := range c.drop {
		c.kept = append(c.kept, d.At(slot))
		d.Put(slot, document.Value{})
	}
	f := Fingerprint(d, c.opt.Salt)
	for i, slot := range c.drop {
		d.Put(slot, c.kept[i])
	}
	return f
}

// spillRuns sorts and writes full runs while the next one fills.
func (c *Compare) spillRuns(full <-chan *run) {
	var scratch Scratch
	var at int64
	err := func() error {
		for r := range full {
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
