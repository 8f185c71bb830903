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

// advance moves to a place that match has found, after reporting what was skipped on the way.
func (v *Validator) advance(depth int, child int32) {
	p := v.program
	for d := len(v.levels) - 1; d > depth; d-- {
		lv := &v.levels[d]
		if g := &p.groups[lv.group]; g.next[lv.at+1] < g.count {
			v.skipped(lv, lv.at+1, g.count)
		}
	}
	lv := &v.levels[depth]
	v.levels = v.levels[:depth+1]
	if child == lv.at {
		lv.count++
	} else {
		if g := &p.groups[lv.group]; child > lv.at && g.next[lv.at+1] < child {
			v.skipped(lv, lv.at+1, child)
		}
		lv.at, lv.count = child, 1
	}
	id := p.child(lv.group, child)
	v.stamp(id, lv.serial)
	if inner := p.nodes[id].group; inner >= 0 {
		v.enter(inner)
	}
}

// enter opens a new occurrence of a group at its trigger.
func (v *Validator) enter(g int32) {
	v.serial++
	v.levels = append(v.levels, level{group: g, count: 1, serial: v.serial})
	v.stamp(v.program.child(g, 0), v.serial)
}

// stamp notes that a row of the table was there in an occurrence of its group. It takes back what was reported as
// missing and has turned up late.
func (v *Validator) stamp(id int32, serial uint32) {
	v.stamps[id] = serial
	if len(v.missing) > 0 {
		v.takeBack(id, serial)
	}
}

// missed is a mandatory row that was reported as missing.
type missed struct {
	node    int32
	serial  uint32
	finding int
}

func (v *Validator) takeBack(id int32, serial uint32) {
	for i, m := range v.missing {
		if m.node == id && m.serial == serial {
			v.drop(m.finding)
			v.missing = append(v.missing[:i], v.missing[i+1:]...)
			return
		}
	}
}

// skipped reports the mandatory children from..to of a group that were not there.
func (v *Validator) skipped(lv *level, from, to int32) {
	for c := from; c < to; c++ {
		id := v.program.child(lv.group, c)
		n := &v.program.nodes[id]
		if !n.mandatory || v.stamps[id] == lv.serial {
			continue
		}
		if index, ok := v.reportMissing(n); ok && len(v.missing) < maxMissing {
			v.missing = append(v.missing, missed{id, lv.serial, index})
		}
		v.stamps[id] = lv.serial // reported once
	}
}

// maxMissing is how many missing segments are remembered for the case that they turn up late.
const maxMissing = 64
