package xmlfile

import (
	"errors"
	"fmt"
	"io"

	"github.com/batchgate/batchgate/flatfile"
)

// CopyFailed writes a file of those records for which wanted says so, byte for byte as they stand, with everything that
// stands around them: declaration, root, elements before and behind, and of the elements around records those that hold
// one that is wanted. What it writes can be mended and read again. open gives the file anew each time; it is read twice.
// It gives the number of records written. A file that cannot be read to its end is copied from the last good place on,
// because nobody can tell what stands there.
func CopyFailed(w io.Writer, open func() (io.ReadCloser, error), o Options, wanted func(record int64) bool) (int, error) {
	look, err := open()
	if err != nil {
		return 0, err
	}
	defer look.Close()
	from, err := open()
	if err != nil {
		return 0, err
	}
	defer from.Close()
	c := &cutter{w: w, from: from}
	r := NewReader(look, o)
	r.trail.opened, r.trail.closed = c.opened, c.closed
	n := 0
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return n, c.copyTo(-1)
		}
		if _, broken := errors.AsType[*flatfile.RowError](err); err != nil && !broken {
			if e, ok := errors.AsType[*flatfile.Error](err); ok && !errors.Is(e, flatfile.ErrOptions) {
				return n, c.copyTo(-1)
			}
			return n, err
		}
		if wanted(rec.Number()) {
			n++
			err = c.keep(r.trail.start)
		} else {
			err = c.cut(r.trail.start, r.trail.end)
		}
		if err != nil {
			return n, err
		}
	}
}

// cutter copies a file without some stretches of it.
type cutter struct {
	w     io.Writer
	from  io.Reader
	at    int64     // what was copied or left out
	cuts  []stretch // to be left out behind that
	opens []element // elements around records that are open
	err   error     // of a callback
}

type stretch struct{ start, end int64 }

// element is an element around records.
type element struct {
	start      int64
	kept, left bool // records in it
	cuts       int  // before it
}

// mostCuts is how many stretches are remembered before the elements around them are copied, empty or not.
const mostCuts = 10_000

func (c *cutter) opened(at int64) { c.opens = append(c.opens, element{start: at, cuts: len(c.cuts)}) }

// closed ends an element around records. One that only held records that are left out is left out itself, but for the root.
func (c *cutter) closed(at int64) {
	n := len(c.opens) - 1
	e := c.opens[n]
	c.opens = c.opens[:n]
	if n == 0 {
		return
	}
	if e.left && !e.kept && e.start >= c.at {
		c.cuts = append(c.cuts[:e.cuts], stretch{e.start, at})
	}
	c.opens[n-1].kept = c.opens[n-1].kept || e.kept
	c.opens[n-1].left = c.opens[n-1].left || e.left
}

// keep copies up to a record, and the record with what follows.
func (c *cutter) keep(start int64) error {
	for i := range c.opens {
		c.opens[i].kept = true
	}
	return c.copyTo(start)
}

func (c *cutter) cut(start, end int64) error {
	if n := len(c.opens); n > 0 {
		c.opens[n-1].left = true
	}
	c.cuts = append(c.cuts, stretch{start, end})
	if len(c.cuts) < mostCuts && len(c.opens) > 1 {
		return nil
	}
	return c.copyTo(end)
}

// copyTo copies up to a place, the end of the file for -1, and leaves out what is to be left out. White space before a
// stretch goes with it.
func (c *cutter) copyTo(to int64) error {
	if c.err != nil {
		return c.err
	}
	for _, s := range c.cuts {
		if s.start < c.at {
			continue
		}
		if err := c.copyTrimmed(s.start - c.at); err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, c.from, s.end-s.start); err != nil {
			return fmt.Errorf("the file changed while it was read: %w", err)
		}
		c.at = s.end
	}
	c.cuts = c.cuts[:0]
	for i := range c.opens {
		c.opens[i].cuts = 0
	}
	if to < 0 {
		_, err := io.Copy(c.w, c.from)
		return err
	}
	if to > c.at {
		if _, err := io.CopyN(c.w, c.from, to-c.at); err != nil {
			return fmt.Errorf("the file changed while it was read: %w", err)
		}
		c.at = to
	}
	return nil
}

// copyTrimmed copies so many bytes, but for the white space at their end.
func (c *cutter) copyTrimmed(n int64) error {
	buf := make([]byte, 4096)
	var held []byte
	for n > 0 {
		part := buf[:min(n, int64(len(buf)))]
		if _, err := io.ReadFull(c.from, part); err != nil {
			return fmt.Errorf("the file changed while it was read: %w", err)
		}
		n -= int64(len(part))
		c.at += int64(len(part))
		end := len(part)
		for end > 0 && (classes[part[end-1]]&blank != 0 || part[end-1] == 0) { // 0 is half a blank of UTF-16
			end--
		}
		if end > 0 {
			if _, err := c.w.Write(append(held, part[:end]...)); err != nil {
				return err
			}
			held = held[:0]
		}
		held = append(held, part[end:]...)
	}
	return nil
}
