package validate

// lost handles a segment that cannot stand where it stands: it makes one finding, leaves reading where it was, and
// remembers the segment's own place as the second one to try for what follows.
func (v *Validator) lost(tag int32) {
	for depth := len(v.levels) - 1; depth >= 0; depth-- {
		if v.lostIn(depth, tag) {
			return
		}
	}
	for depth := len(v.levels) - 1; depth >= 0; depth-- {
		if v.closed(depth, tag) || v.headless(depth, tag) {
			return
		}
	}
	v.reportOrder(v.program.byTag[tag][0])
}

// lostIn looks for the place in one open group: too often, or behind where it belongs.
func (v *Validator) lostIn(depth int, tag int32) bool {
	p, lv := v.program, &v.levels[depth]
	child := p.first[int(lv.group)*p.tags.n+int(tag)]
	if child < 0 || child == 0 && depth > 0 { // a trigger is a matter of the group around
		return false
	}
	id := p.child(lv.group, child)
	if child == lv.at {
		if lv.count == p.nodes[id].max {
			v.reportRepeat(id)
		}
		v.advance(depth, child)
		v.alternative = v.alternative[:0]
		return true
	}
	seen := v.stamps[id] == lv.serial
	if m := v.missedAt(id, lv.serial); m >= 0 {
		v.drop(v.missing[m].finding)
		v.missing = append(v.missing[:m], v.missing[m+1:]...)
		seen = false
	}
	v.reportOrder(id)
	v.alternative = append(v.alternative[:0], v.levels[:depth+1]...)
	back := &v.alternative[depth]
	back.at, back.count = child, 1
	if seen && depth > 0 { // perhaps the group begins anew and its trigger is what is missing
		v.serial++
		back.serial = v.serial
	}
	v.stamps[id] = back.serial
	if inner := p.nodes[id].group; inner >= 0 {
		v.serial++
		v.alternative = append(v.alternative, level{group: inner, count: 1, serial: v.serial})
	}
	return true
}

func (v *Validator) missedAt(id int32, serial uint32) int {
	for i, m := range v.missing {
		if m.node == id && m.serial == serial {
			return i
		}
	}
	return -1
}

// closed looks for the place in a group that was there and has been left, the last of several: somewhere below a child
// of the open group at depth.
func (v *Validator) closed(depth int, tag int32) bool {
	lv := &v.levels[depth]
	found := int32(-1)
	for _, id := range v.program.byTag[tag] {
		child, ok := v.under(depth, id)
		if ok && child <= lv.at && v.stamps[v.program.child(lv.group, child)] == lv.serial {
			found = id
		}
	}
	if found < 0 {
		return false
	}
	v.descend(depth, found)
	v.reportOrder(found)
	return true
}

// headless looks for the place in a group that has not begun, the first of several: its trigger is what is missing.
func (v *Validator) headless(depth int, tag int32) bool {
	for _, id := range v.program.byTag[tag] {
		if child, ok := v.under(depth, id); ok && child >= v.levels[depth].at {
			v.reportHeadless(v.descend(depth, id))
			return true
		}
	}
	return false
}

// under gives the child of the open group at depth below which a row hangs.
func (v *Validator) under(depth int, id int32) (child int32, ok bool) {
	p := v.program
	for {
		n := &p.nodes[id]
		if n.parent == v.levels[depth].group {
			return n.index, true
		}
		if id = p.groups[n.parent].node; id < 0 {
			return 0, false
		}
	}
}

// descend makes the alternative stand at a row, in new occurrences of the groups on the way down from the open group at
// depth, and gives the outermost of them.
func (v *Validator) descend(depth int, id int32) (outer int32) {
	p := v.program
	v.alternative = append(v.alternative[:0], v.levels[:depth+1]...)
	var way [16]int32
	n := 0
	for ; n < len(way); n++ {
		way[n] = id
		if p.nodes[id].parent == v.levels[depth].group {
			break
		}
		id = p.groups[p.nodes[id].parent].node
	}
	outer = way[n]
	for ; n >= 0; n-- {
		row := &p.nodes[way[n]]
		lv := &v.alternative[len(v.alternative)-1]
		lv.at, lv.count = row.index, 1
		v.stamps[way[n]] = lv.serial
		if row.group >= 0 {
			v.serial++
			v.alternative = append(v.alternative, level{group: row.group, count: 1, serial: v.serial})
		}
	}
	return outer
}
