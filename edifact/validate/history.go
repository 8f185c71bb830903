package validate

// history remembers, for the last segments of a message, where reading stood before each. When a segment cannot stand
// where it stands, it is often an earlier one that was wrong and led too far: history finds which one, left out, makes
// room for all that came after it.
type history struct {
	past [pastSegments]moment
	n    int // segments remembered since the last forget
}

const (
	pastSegments = 64
	deepest      = 12 // groups in groups; no message of any directory has more than nine
)

type moment struct {
	tag    int32
	depth  int32
	levels [deepest]level
}

func (h *history) forget() { h.n = 0 }

// remember notes a segment and where reading stands before it.
func (h *history) remember(tag int32, levels []level) {
	m := &h.past[h.n%pastSegments]
	m.tag = tag
	m.depth = int32(copy(m.levels[:], levels))
	h.n++
}

// ago gives a remembered segment, the last is 1 ago.
func (h *history) ago(n int) *moment { return &h.past[(h.n-n)%pastSegments] }

func (h *history) len() int { return min(h.n, pastSegments) }

// misled adds a route for each earlier segment that, left out, lets all later ones and then tag be matched; the latest
// come first.
func (v *Validator) misled(tag int32) {
	for ago := 1; ago <= v.past.len(); ago++ {
		r := v.newRoute(v.past.ago(ago).levels[:v.past.ago(ago).depth], ago)
		if !v.replay(r, ago, tag) {
			v.dropLast()
			continue
		}
		v.tidy()
	}
}

// replay takes a route through the segments behind the one ago, and then tag.
func (v *Validator) replay(r *route, ago int, tag int32) bool {
	for i := ago - 1; i > 0; i-- {
		if !v.try(r, v.past.ago(i).tag) {
			return false
		}
	}
	return v.try(r, tag)
}
