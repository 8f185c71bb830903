package shopware

import "slices"

// row is one stored entity. It is never changed once stored: a write stores a changed copy, so that a failed request
// can put the old rows back.
type row struct {
	id    string // of a mapping entity: both keys joined by "-"
	place int    // in table.list
	cells []cell // sorted by column; only what was written
}

type cell struct {
	column uint16
	value  any
}

// get gives the stored value of a field, or its default.
func (r *row) get(f *field) any {
	if i, found := r.find(f.column); found {
		return r.cells[i].value
	}
	return f.fallback
}

// text gives a text value, "" where there is none.
func (r *row) text(f *field) string {
	s, _ := r.get(f).(string)
	return s
}

// whole gives a whole number, 0 where there is none.
func (r *row) whole(f *field) int64 {
	n, _ := r.get(f).(int64)
	return n
}

func (r *row) find(column uint16) (int, bool) {
	lo, hi := 0, len(r.cells)
	for lo < hi {
		mid := (lo + hi) / 2
		switch c := r.cells[mid].column; {
		case c == column:
			return mid, true
		case c < column:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return lo, false
}

// clone gives a copy that may be changed until it is stored; room is for that many new cells.
func (r *row) clone(room int) *row {
	c := &row{id: r.id, place: r.place, cells: make([]cell, len(r.cells), len(r.cells)+room)}
	copy(c.cells, r.cells)
	return c
}

// set writes a value into a row that is not stored yet.
func (r *row) set(f *field, v any) {
	i, found := r.find(f.column)
	if found {
		r.cells[i].value = v
		return
	}
	r.cells = slices.Insert(r.cells, i, cell{f.column, v})
}
