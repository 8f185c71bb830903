package validate

import "slices"

// route is another way in which a message may be read behind a fault. It makes no findings until it is taken.
type route struct {
	levels  []level
	skipped []int32 // mandatory rows that it has passed over
	since   int     // the first segment of the message that it reads otherwise
}

// maxRoutes is how many routes are followed at once.
const maxRoutes = 16

// newRoute begins a route from levels that were left some segments ago. With all in use it is a spare one that will be
// forgotten.
func (v *Validator) newRoute(from []level, ago int) *route {
	if len(v.routes) < cap(v.routes) {
		v.routes = v.routes[:len(v.routes)+1]
	} else {
		v.routes = append(v.routes, route{})
	}
	r := &v.routes[len(v.routes)-1]
	r.levels = append(r.levels[:0], from...)
	r.skipped = r.skipped[:0]
	r.since = v.segments - ago
	return r
}

func (v *Validator) dropLast() { v.routes = v.routes[:len(v.routes)-1] }

// tidy drops the last route when another stands where it stands, or when there are too many.
func (v *Validator) tidy() {
	last := len(v.routes) - 1
	if last == maxRoutes {
		v.dropLast()
		return
	}
	for i := range v.routes[:last] {
		if sameLevels(v.routes[i].levels, v.routes[last].levels) {
			v.dropLast()
			return
		}
	}
}

// try moves a route on, if it can go on with a tag.
func (v *Validator) try(r *route, tag int32) bool {
	p := v.program
	depth, child := p.match(r.levels, tag)
	if depth < 0 {
		return false
	}
	for d := len(r.levels) - 1; d > depth; d-- {
		lv := &r.levels[d]
		v.pass(r, lv, lv.at+1, p.groups[lv.group].count)
	}
	lv := &r.levels[depth]
	v.pass(r, lv, lv.at+1, child)
	r.levels = v.step(r.levels, depth, child)
	return true
}

// pass notes the mandatory children from..to of a group that a route passes over.
func (v *Validator) pass(r *route, lv *level, from, to int32) {
	g := &v.program.groups[lv.group]
	for c := from; c < to; c++ {
		if c = g.next[c]; c >= to {
			return
		}
		if id := v.program.child(lv.group, c); v.stamps[id] != lv.serial {
			r.skipped = append(r.skipped, id)
		}
	}
}

// follow takes all routes along, and drops those that fail.
func (v *Validator) follow(tag int32) {
	v.keep(func(r *route) bool { return v.try(r, tag) })
}

// meet drops the routes that stand where reading stands.
func (v *Validator) meet() {
	v.keep(func(r *route) bool { return !sameLevels(r.levels, v.levels) })
}

func (v *Validator) keep(these func(*route) bool) {
	kept := 0
	for i := range v.routes {
		if these(&v.routes[i]) {
			v.routes[kept], v.routes[i] = v.routes[i], v.routes[kept]
			kept++
		}
	}
	v.routes = v.routes[:kept]
}

func sameLevels(a, b []level) bool {
	return slices.EqualFunc(a, b, func(x, y level) bool { return x.group == y.group && x.at == y.at })
}

// reroute takes the best of the routes that can go on with a tag.
func (v *Validator) reroute(tag int32) bool {
	v.follow(tag)
	if len(v.routes) == 0 {
		return false
	}
	v.takeRoute(v.best())
	return true
}

// best gives the route that passes over the fewest mandatory rows, and of equals the first.
func (v *Validator) best() int {
	best := 0
	for i := range v.routes {
		if len(v.routes[i].skipped) < len(v.routes[best].skipped) {
			best = i
		}
	}
	return best
}

// takeRoute makes a route the one that is read on, and takes back what is not missing on it.
func (v *Validator) takeRoute(i int) {
	r := v.routes[i]
	v.levels = append(v.levels[:0], r.levels...)
	v.takeBack(func(m missed) bool { return r.has(m) })
	for _, lv := range v.levels {
		for c := range lv.at + 1 {
			if id := v.program.child(lv.group, c); !slices.Contains(r.skipped, id) {
				v.stamps[id] = lv.serial
			}
		}
	}
	v.routes[i], v.routes[len(v.routes)-1] = v.routes[len(v.routes)-1], v.routes[i]
	v.dropLast()
	v.past.forget()
}

// has tells whether a row that was reported as missing is not passed over on the route.
func (r *route) has(m missed) bool { return m.at >= r.since && !slices.Contains(r.skipped, m.node) }

// prefer takes a route at once when more is missing where reading stands than on it. Where reading stands becomes a
// route in turn. It tells whether a route was taken.
func (v *Validator) prefer() bool {
	if len(v.routes) == 0 {
		return false
	}
	best := v.best()
	found := 0
	for _, m := range v.missing {
		if v.routes[best].has(m) {
			found++
		}
	}
	if found <= len(v.routes[best].skipped) {
		return false
	}
	stay := v.newRoute(v.levels, 0)
	for _, m := range v.missing {
		if v.routes[best].has(m) {
			stay.skipped = append(stay.skipped, m.node)
		}
	}
	v.takeRoute(best)
	return true
}
