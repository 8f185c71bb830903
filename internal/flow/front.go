package flow

// front is the heads of several sorted streams; the least key stands first, of equal keys the one of the lowest order.
// It is a heap.
type front[S any] []head[S]

type head[S any] struct {
	hash   KeyHash
	order  int
	stream S
}

func (f front[S]) less(i, j int) bool {
	a, b := &f[i], &f[j]
	if a.hash.Hi != b.hash.Hi {
		return a.hash.Hi < b.hash.Hi
	}
	if a.hash.Lo != b.hash.Lo {
		return a.hash.Lo < b.hash.Lo
	}
	return a.order < b.order
}

// add puts a stream in.
func (f *front[S]) add(h head[S]) {
	*f = append(*f, h)
	all := *f
	for i := len(all) - 1; i > 0; {
		parent := (i - 1) / 2
		if !all.less(i, parent) {
			return
		}
		all[i], all[parent] = all[parent], all[i]
		i = parent
	}
}

// moved restores the order after the first stream has moved on to a hash.
func (f front[S]) moved(hash KeyHash) {
	f[0].hash = hash
	f.sink()
}

// ended takes the first stream out.
func (f *front[S]) ended() {
	all := *f
	last := len(all) - 1
	all[0] = all[last]
	all[last] = head[S]{}
	*f = all[:last]
	f.sink()
}

func (f front[S]) sink() {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(f) {
			return
		}
		if right := child + 1; right < len(f) && f.less(right, child) {
			child = right
		}
		if !f.less(child, i) {
			return
		}
		f[i], f[child] = f[child], f[i]
		i = child
	}
}
