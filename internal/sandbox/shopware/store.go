package shopware

import (
	"slices"
	"strings"
)

// table is all rows of an entity with their indexes.
type table struct {
	entity   *entity
	rows     map[string]*row
	list     []*row // in order of insertion; nil where one was deleted
	holes    int
	unique   []map[string]string   // per unique key: key to id
	children []map[string][]string // per indexed foreign key: parent to children
}

// store is all tables, with a log of the running request's changes for taking them back.
type store struct {
	schema  *schema
	tables  map[string]*table
	log     []change
	logging bool
}

type change struct {
	table *table
	id    string
	old   *row
}

func newStore(s *schema) *store {
	st := &store{schema: s, tables: make(map[string]*table, len(s.order))}
	for _, e := range s.order {
		t := &table{entity: e, rows: map[string]*row{}}
		for range e.unique {
			t.unique = append(t.unique, map[string]string{})
		}
		for range e.indexed {
			t.children = append(t.children, map[string][]string{})
		}
		st.tables[e.name] = t
	}
	return st
}

// begin starts a transaction. Transactions do not nest; the shop's lock is held from begin to commit or rollback.
func (st *store) begin() { st.log, st.logging = st.log[:0], true }

func (st *store) commit() {
	clear(st.log)
	st.log, st.logging = st.log[:0], false
}

// rollback puts every row back that was changed since begin.
func (st *store) rollback() {
	st.logging = false
	for _, c := range slices.Backward(st.log) {
		if c.old == nil {
			st.delete(c.table, c.id)
		} else {
			st.put(c.table, c.old)
		}
	}
	st.commit()
}

// put stores a row in place of the one with its id.
func (st *store) put(t *table, r *row) {
	old := t.rows[r.id]
	if st.logging {
		st.log = append(st.log, change{t, r.id, old})
	}
	if old == nil {
		r.place = len(t.list)
		t.list = append(t.list, r)
	} else {
		r.place = old.place
		t.list[r.place] = r
	}
	t.rows[r.id] = r
	t.reindex(old, r)
}

// delete removes a row; its children are the caller's business.
func (st *store) delete(t *table, id string) {
	old := t.rows[id]
	if old == nil {
		return
	}
	if st.logging {
		st.log = append(st.log, change{t, id, old})
	}
	delete(t.rows, id)
	t.list[old.place] = nil
	t.holes++
	t.reindex(old, nil)
	if t.holes > 64 && t.holes > len(t.list)/2 {
		t.compact()
	}
}

// compact closes the holes. Places change, so that rows are stored anew.
func (t *table) compact() {
	list := make([]*row, 0, len(t.list)-t.holes)
	for _, r := range t.list {
		if r != nil {
			moved := r.clone(0)
			moved.place = len(list)
			list = append(list, moved)
			t.rows[moved.id] = moved
		}
	}
	t.list, t.holes = list, 0
}

// reindex moves the index entries from the old row to the new one; either may be nil.
func (t *table) reindex(old, r *row) {
	for i, fields := range t.entity.unique {
		before, after := uniqueKey(old, fields), uniqueKey(r, fields)
		if before == after {
			continue
		}
		if before != "" && t.unique[i][before] == old.id {
			delete(t.unique[i], before)
		}
		if after != "" {
			t.unique[i][after] = r.id
		}
	}
	for i, f := range t.entity.indexed {
		before, after := keyOf(old, f), keyOf(r, f)
		if before == after {
			continue
		}
		if before != "" {
			t.dropChild(i, before, old.id)
		}
		if after != "" {
			t.children[i][after] = append(t.children[i][after], r.id)
		}
	}
}

func (t *table) dropChild(index int, parent, child string) {
	list := t.children[index][parent]
	i := slices.Index(list, child)
	if i < 0 {
		return
	}
	if len(list) == 1 {
		delete(t.children[index], parent)
		return
	}
	t.children[index][parent] = slices.Delete(slices.Clone(list), i, i+1)
}

func keyOf(r *row, f *field) string {
	if r == nil {
		return ""
	}
	return r.text(f)
}

// uniqueKey joins the values of a unique key. Case does not count, as in the shop's collation; "" is no key.
func uniqueKey(r *row, fields []*field) string {
	if r == nil {
		return ""
	}
	if len(fields) == 1 {
		return strings.ToLower(r.text(fields[0]))
	}
	parts := make([]string, len(fields))
	for i, f := range fields {
		if parts[i] = strings.ToLower(r.text(f)); parts[i] == "" {
			return ""
		}
	}
	return strings.Join(parts, "\x00")
}

// byUnique finds a row by a single unique field.
func (t *table) byUnique(f *field, value string) *row {
	for i, fields := range t.entity.unique {
		if len(fields) == 1 && fields[0] == f {
			return t.rows[t.unique[i][strings.ToLower(value)]]
		}
	}
	return nil
}

// childIDs gives the rows whose foreign key f names the parent, in order of insertion; ok is false where f is not indexed.
func (t *table) childIDs(f *field, parent string) (ids []string, ok bool) {
	i := slices.Index(t.entity.indexed, f)
	if i < 0 {
		return nil, false
	}
	return t.children[i][parent], true
}

// childrenOf gives the rows whose foreign key f names the parent.
func (t *table) childrenOf(f *field, parent string) []*row {
	var rows []*row
	if ids, ok := t.childIDs(f, parent); ok {
		for _, id := range ids {
			rows = append(rows, t.rows[id])
		}
		return rows
	}
	for _, r := range t.list {
		if r != nil && r.text(f) == parent {
			rows = append(rows, r)
		}
	}
	return rows
}

func (st *store) get(entity, id string) *row {
	if t := st.tables[entity]; t != nil {
		return t.rows[id]
	}
	return nil
}
