package flow

import "io"

// merge gives the rows of all runs in order of key hashes, equal keys in the order of the file.
type merge struct {
	runs front[*cursor]
	skip func(message int) bool
}

func (c *Compare) merge(skip func(int) bool) (*merge, error) {
	m := &merge{skip: skip}
	c.now.sort()
	var all []*cursor
	if len(c.spans) > 0 {
		scratch, err := c.opt.Scratch()
		if err != nil {
			return nil, err
		}
		for _, s := range c.spans {
			all = append(all, &cursor{file: window{r: io.NewSectionReader(scratch, s.from, s.length), buf: make([]byte, 128<<10)}})
		}
	}
	all = append(all, &cursor{mem: c.now})
	for i, cur := range all {
		switch err := cur.next(); err {
		case nil:
			m.runs.add(head[*cursor]{cur.hash, i, cur})
		case io.EOF:
		default:
			return nil, err
		}
	}
	return m, nil
}

// peek gives the row that stands first; it is valid until pass. io.EOF at the end.
func (m *merge) peek() (*cursor, error) {
	for len(m.runs) > 0 {
		row := m.runs[0].stream
		if m.skip == nil || !m.skip(row.message) {
			return row, nil
		}
		if err := m.pass(); err != nil {
			return nil, err
		}
	}
	return nil, io.EOF
}

// pass moves on over the row that stands first.
func (m *merge) pass() error {
	row := m.runs[0].stream
	switch err := row.next(); err {
	case nil:
		m.runs.moved(row.hash)
	case io.EOF:
		m.runs.ended()
	default:
		return err
	}
	return nil
}
