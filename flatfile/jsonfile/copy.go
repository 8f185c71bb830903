package jsonfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/batchgate/batchgate/flatfile"
)

// CopyFailed writes a file of those records for which wanted says so, byte for byte as they stand, with everything around
// the array or lines that they stand in. What it writes can be mended and read again. open gives the file anew each time;
// it is read twice. It gives the number of records written. A file that cannot be read to its end is copied from the last
// good place on, because nobody can tell what stands there.
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
	c := &cutter{w: w, from: from, lines: o.Lines}
	r := NewReader(look, o)
	r.trail.opened, r.trail.closed = c.opened, c.closed
	n := 0
	for {
		_, err := r.Read()
		if err == io.EOF {
			return n, c.finish()
		}
		if _, broken := errors.AsType[*flatfile.RowError](err); err != nil && !broken {
			if e, ok := errors.AsType[*flatfile.Error](err); ok && !errors.Is(e, flatfile.ErrOptions) {
				return n, c.finish()
			}
			return n, err
		}
		keep := wanted(r.number)
		if keep {
			n++
		}
		if err := c.record(r.trail.start, r.trail.end, keep); err != nil {
			return n, err
		}
	}
}

// cutter copies a file without some of the elements of its arrays of records, or some of its lines.
type cutter struct {
	w      io.Writer
	from   io.Reader
	at     int64
	lines  bool
	array  bool   // in an array of records
	lead   []byte // what stands before a record: white space
	kept   bool   // a record of the array was written
	passed bool   // a record of the array was seen
	err    error
}

func (c *cutter) opened(at int64) {
	c.copyTo(at)
	c.array, c.kept, c.passed, c.lead = true, false, false, nil
}

// closed ends an array of records; the white space before its bracket stays.
func (c *cutter) closed(at int64) {
	if c.passed {
		if gap := c.take(at); len(bytes.TrimRight(gap, " \t\r\n")) == 0 || c.kept {
			c.write(gap[len(bytes.TrimRight(gap, " \t\r\n")):])
		}
	}
	c.array = false
}

// record copies a record, or leaves it out.
func (c *cutter) record(start, end int64, keep bool) error {
	if !c.lines && !c.array { // the only one
		if keep {
			c.copyTo(end)
		} else {
			c.copyTo(start)
			c.take(end)
			c.write([]byte("null"))
		}
		return c.err
	}
	gap := c.take(start)
	if !c.passed {
		c.lead, c.passed = gap, true
		if c.lines {
			c.lead = nil
			c.write(gap) // a byte order mark
		}
	}
	switch {
	case !keep:
		c.take(end)
	case c.lines:
		if c.kept {
			c.write([]byte("\n"))
		}
		c.copyTo(end)
		c.kept = true
	default:
		if c.kept {
			c.write([]byte(","))
		}
		c.write(c.lead)
		c.copyTo(end)
		c.kept = true
	}
	return c.err
}

// finish copies what stands behind the last record.
func (c *cutter) finish() error {
	if c.err != nil {
		return c.err
	}
	_, err := io.Copy(c.w, c.from)
	return err
}

func (c *cutter) write(b []byte) {
	if c.err == nil {
		_, c.err = c.w.Write(b)
	}
}

func (c *cutter) copyTo(to int64) {
	if c.err != nil || to <= c.at {
		return
	}
	if _, err := io.CopyN(c.w, c.from, to-c.at); err != nil {
		c.err = fmt.Errorf("the file changed while it was read: %w", err)
	}
	c.at = to
}

// keepGap is how much of what is passed over is given back.
const keepGap = 4096

// take passes over what stands up to a place and gives its end.
func (c *cutter) take(to int64) []byte {
	if c.err != nil || to <= c.at {
		return nil
	}
	if n := to - c.at; n > keepGap {
		if _, err := io.CopyN(io.Discard, c.from, n-keepGap); err != nil {
			c.err = err
			return nil
		}
		c.at = to - keepGap
	}
	gap := make([]byte, to-c.at)
	if _, err := io.ReadFull(c.from, gap); err != nil {
		c.err = fmt.Errorf("the file changed while it was read: %w", err)
	}
	c.at = to
	return gap
}
