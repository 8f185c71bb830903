package validate

// lost handles a segment that cannot stand where it stands. It makes one finding, leaves reading where it was, and
// sets out all the routes on which what follows may be read: without an earlier segment that has led too far, from the
// segment's own place in a group that is open or was, or in one whose trigger is missing. It tells whether the segment
// has been given a place all the same.
func (v *Validator) lost(tag int32) (placed bool) {
	v.routes = v.routes[:0]
	if v.count == v.opt.most {
		return false // a message that is broken all over is not worth the search
	}
	if v.tooOften(tag) {
		v.misled(tag)
		return true
	}
	said := false
	say := func(id int32, missing bool) {
		switch {
		case said:
		case missing:
			v.reportHeadless(id)
		default:
			v.reportOrder(id)
		}
		said = true
	}
	v.misled(tag)
	if len(v.routes) > 0 {
		levels := v.routes[0].levels
		lv := &levels[len(levels)-1]
		say(v.program.child(lv.group, lv.at), false)
	}
	for depth := len(v.levels) - 1; depth >= 0; depth-- {
		v.behind(depth, tag, say)
	}
	for depth := len(v.levels) - 1; depth >= 0; depth-- {
		v.below(depth, tag, true, say)
		v.below(depth, tag, false, say)
	}
	say(v.program.byTag[tag][0], false)
	return v.prefer()
}

// tooOften handles a segment that stands once more than it may. What is beyond is not reported again.
func (v *Validator) tooOften(tag int32) bool {
	for depth := len(v.levels) - 1; depth >= 0; depth-- {
		lv := &v.levels[depth]
		child := v.program.first[int(lv.group)*v.program.tags.n+int(tag)]
		if child < 0 || child != lv.at || child == 0 && depth > 0 { // a trigger is a matter of the group around
			continue
		}
		id := v.program.child(lv.group, child)
		if lv.count == v.program.nodes[id].max {
			v.reportRepeat(id)
		}
		v.advance(depth, child)
		return true
	}
	return false
}

// behind adds the route on which an open group is read on from the segment's place, which has been passed.
func (v *Validator) behind(depth int, tag int32, say func(int32, bool)) {
	p, lv := v.program, &v.levels[depth]
	child := p.first[int(lv.group)*p.tags.n+int(tag)]
	if child < 0 || child >= lv.at || child == 0 && depth > 0 {
		return
	}
	id := p.child(lv.group, child)
	say(id, false)
	missing := v.takeBack(func(m missed) bool { return m.node == id && m.serial == lv.serial })
	seen := v.stamps[id] == lv.serial && !missing
	r := v.newRoute(v.levels[:depth+1], 0)
	back := &r.levels[depth]
	back.at, back.count = child, 0
	if seen && depth > 0 { // perhaps the group begins anew and its trigger is what is missing
		v.serial++
		back.serial = v.serial
	}
	if missing {
		v.stamps[id] = lv.serial
	}
	r.levels = v.step(r.levels, depth, child)
	v.tidy()
}

// below adds the routes on which the segment belongs to a group somewhere below a child of the open group at depth: one
// that was there and has been left, or else one that has not begun and whose trigger is missing.
func (v *Validator) below(depth int, tag int32, left bool, say func(int32, bool)) {
	lv := &v.levels[depth]
	for _, id := range v.program.byTag[tag] {
		child, ok := v.under(depth, id)
		if !ok || depth+1 < len(v.levels) && v.isOpenBelow(depth, id) {
			continue
		}
		was := child <= lv.at && v.stamps[v.program.child(lv.group, child)] == lv.serial
		switch {
		case left && was:
			v.descend(depth, id)
			say(id, false)
		case !left && !was && child >= lv.at:
			say(v.descend(depth, id), true)
		}
	}
}

// isOpenBelow tells whether a row hangs below a deeper open group too, which then is its place.
func (v *Validator) isOpenBelow(depth int, id int32) bool {
	_, ok := v.under(depth+1, id)
	return ok
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

// descend adds a route that stands at a row, in new occurrences of the groups on the way down from the open group at
// depth, and gives the outermost of them.
func (v *Validator) descend(depth int, id int32) (outer int32) {
	p := v.program
	var way [deepest]int32
	n := 0
	for ; n < len(way)-1; n++ {
		way[n] = id
		if p.nodes[id].parent == v.levels[depth].group {
			break
		}
		id = p.groups[p.nodes[id].parent].node
	}
	outer = way[n]
	r := v.newRoute(v.levels[:depth+1], 0)
	for ; n >= 0; n-- {
		row := &p.nodes[way[n]]
		at := len(r.levels) - 1
		r.levels[at].at, r.levels[at].count = row.index, 0
		if n == 0 && row.index == 0 && at > depth { // the trigger of the group that step has opened
			r.levels[at].count = 1
			break
		}
		r.levels = v.step(r.levels, at, row.index)
	}
	v.tidy()
	return outer
}
