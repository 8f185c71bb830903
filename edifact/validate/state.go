package validate

// level is one open group: where in its children reading stands.
type level struct {
	group  int32
	at     int32  // the child that was matched last
	count  int32  // how often in a row
	serial uint32 // of this occurrence of the group
}

// match finds the place of a tag: the deepest open group that can take it at or behind where it stands.
func (p *program) match(levels []level, tag int32) (depth int, child int32) {
	for depth = len(levels) - 1; depth >= 0; depth-- {
		lv := &levels[depth]
		child = p.first[int(lv.group)*p.tags.n+int(tag)]
		for child >= 0 {
			if child > lv.at {
				return depth, child
			}
			n := &p.nodes[p.child(lv.group, child)]
			if child == lv.at && lv.count < n.max {
				return depth, child
			}
			child = n.same
		}
	}
	return -1, -1
}

// advance moves reading to a place that match has found, and reports what was skipped on the way.
func (v *Validator) advance(depth int, child int32) {
	p := v.program
	for d := len(v.levels) - 1; d > depth; d-- {
		lv := &v.levels[d]
		if g := &p.groups[lv.group]; g.next[lv.at+1] < g.count {
			v.skipped(lv, lv.at+1, g.count)
		}
	}
	lv := &v.levels[depth]
	if g := &p.groups[lv.group]; child > lv.at && g.next[lv.at+1] < child {
		v.skipped(lv, lv.at+1, child)
	}
	v.stamp(p.child(lv.group, child), lv.serial)
	v.levels = v.step(v.levels, depth, child)
	if lv = &v.levels[len(v.levels)-1]; lv.at == 0 {
		v.stamps[p.child(lv.group, 0)] = lv.serial
	}
}

// step moves to a place without a trace.
func (v *Validator) step(levels []level, depth int, child int32) []level {
	lv := &levels[depth]
	levels = levels[:depth+1]
	if child == lv.at {
		lv.count++
	} else {
		lv.at, lv.count = child, 1
	}
	if inner := v.program.nodes[v.program.child(lv.group, child)].group; inner >= 0 {
		v.serial++
		levels = append(levels, level{group: inner, count: 1, serial: v.serial})
	}
	return levels
}

// stamp notes that a row of the table was there in an occurrence of its group. It takes back what was reported as
// missing and has turned up late.
func (v *Validator) stamp(id int32, serial uint32) {
	v.stamps[id] = serial
	if len(v.missing) > 0 {
		v.takeBack(func(m missed) bool { return m.node == id && m.serial == serial })
	}
}

// missed is a mandatory row that was reported as missing.
type missed struct {
	node    int32
	serial  uint32
	finding int
	at      int // the segment of the message at which it was reported
}

// takeBack drops the findings about rows that are not missing after all.
func (v *Validator) takeBack(these func(missed) bool) (any bool) {
	kept := v.missing[:0]
	for _, m := range v.missing {
		if these(m) {
			v.drop(m.finding)
			any = true
			continue
		}
		kept = append(kept, m)
	}
	v.missing = kept
	return any
}

// skipped reports the mandatory children from..to of a group that were not there.
func (v *Validator) skipped(lv *level, from, to int32) {
	for c := from; c < to; c++ {
		id := v.program.child(lv.group, c)
		n := &v.program.nodes[id]
		if !n.mandatory || v.stamps[id] == lv.serial || v.isMissed(id, lv.serial) {
			continue
		}
		if index, ok := v.reportMissing(n); ok && len(v.missing) < maxMissing {
			v.missing = append(v.missing, missed{id, lv.serial, index, v.segments})
		}
	}
}

func (v *Validator) isMissed(id int32, serial uint32) bool {
	for _, m := range v.missing {
		if m.node == id && m.serial == serial {
			return true
		}
	}
	return false
}

// maxMissing is how many missing segments are remembered for the case that they turn up late.
const maxMissing = 64
