package flow

import (
	"errors"
	"io"

	"github.com/batchgate/batchgate/internal/document"
)

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
	Void      int64 // of the changed keys those that had become void
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
	g := gathered{doc: document.New(c.opt.Kind), other: document.New(c.opt.Kind)}
	j := join{base: base, emit: emit, sum: &s, kind: c.opt.Kind}
	if err := j.advance(); err != nil {
		return s, err
	}
	for {
		err := c.gather(rows, &g, &s)
		if errors.Is(err, io.EOF) {
			return s, j.rest()
		}
		if err == nil {
			err = j.key(c, &g)
		}
		if err != nil {
			return s, err
		}
	}
}

// gathered is all rows of one key.
type gathered struct {
	hash        KeyHash
	fingerprint uint64
	row         []byte // the row that counts
	read        bool   // doc holds it
	doc, other  *document.Document
}

// gather takes all rows of the next key. A key of one row is read only where it differs.
func (c *Compare) gather(rows *merge, g *gathered, s *Summary) error {
	row, err := rows.peek()
	if err != nil {
		return err
	}
	g.hash, g.read = row.hash, false
	g.take(row)
	s.Keys++
	for {
		if err := rows.pass(); err != nil {
			return err
		}
		row, err = rows.peek()
		if errors.Is(err, io.EOF) || err == nil && row.hash != g.hash {
			break
		}
		if err == nil {
			err = c.again(row, g, s)
		}
		if err != nil {
			return err
		}
	}
	if !g.read {
		return nil
	}
	c.forget(g.doc)
	g.fingerprint = Fingerprint(g.doc, c.opt.Salt)
	return nil
}

// again takes another row of the key.
func (c *Compare) again(row *cursor, g *gathered, s *Summary) error {
	if c.opt.GroupBy == "" { // the last one counts
		if err := g.load(); err != nil {
			return err
		}
		s.duplicate(g.doc.Key())
		g.read = false
		g.take(row)
		return nil
	}
	if err := g.load(); err != nil {
		return err
	}
	g.other.Reset()
	if err := g.other.ReadBinary(row.doc); err != nil {
		return err
	}
	for _, slot := range c.sum {
		addUp(g.doc, g.other, slot)
	}
	return nil
}

// forget empties the fields that grouping makes meaningless.
func (c *Compare) forget(doc *document.Document) {
	for _, slot := range c.drop {
		doc.Put(slot, document.Value{})
	}
}

// take makes a row the one that counts; it lies in memory that the next row reuses.
func (g *gathered) take(row *cursor) {
	g.fingerprint, g.row = row.fingerprint, append(g.row[:0], row.doc...)
}

// load reads the row that counts.
func (g *gathered) load() error {
	if g.read {
		return nil
	}
	g.read = true
	g.doc.Reset()
	return g.doc.ReadBinary(g.row)
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

func (j *join) key(c *Compare, g *gathered) error {
	for j.base != nil && j.base.hash.less(g.hash) {
		if err := j.missing(); err != nil {
			return err
		}
	}
	fresh, void := true, false
	if j.base != nil && j.base.hash == g.hash {
		same := j.base.fingerprint == g.fingerprint
		fresh, void = false, j.base.fingerprint == Void
		if err := j.advance(); err != nil || same {
			return err
		}
	}
	j.sum.Changed++
	if fresh {
		j.sum.New++
	}
	if void {
		j.sum.Void++
	}
	if err := g.load(); err != nil {
		return err
	}
	c.forget(g.doc)
	return j.emit(Change{Doc: g.doc, Key: g.doc.Key(), Fingerprint: g.fingerprint, New: fresh})
}

func (j *join) missing() error {
	j.sum.Missing++
	key := j.base.Entry().Key
	if err := j.emit(Change{Doc: KeyOnly(j.kind, key), Key: key, Missing: true}); err != nil {
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
