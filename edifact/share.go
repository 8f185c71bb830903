package edifact

import "math"

const (
	sharedSize = 256 << 10 // bytes read at once where messages are handed over
	jumpSize   = 128       // bytes looked through at once where messages are leapt over: hardly more than their UNH
	unshared   = math.MaxInt
)

// toShare makes a window hand over its bytes.
func (w *window) toShare() { w.size, w.stride = sharedSize, jumpSize }

// share keeps the bytes from a position on until they are handed over.
func (w *window) share(from int) { w.first = min(w.first, from) }

// isSpent tells whether the window is full at a position and holds shared bytes, which are to be handed over before more is
// read.
func (w *window) isSpent(pos int) bool {
	return w.first != unshared && w.end == len(w.buf) && w.end-pos < jumpSize
}

// exchange hands over the window's bytes, and where in the source they begin, if any of them are shared. What is kept goes on
// in another buffer; positions are then less by the number moved. Without shared bytes it gives that buffer back.
func (w *window) exchange(spare []byte) (given []byte, base int64, moved int) {
	if w.first == unshared {
		return spare, 0, 0
	}
	given, base = w.buf, w.base
	w.first = unshared
	need := w.end - w.keep
	if w.err == nil {
		need = max(need, sharedSize) // more will be read
	}
	if len(spare) < need {
		spare = make([]byte, need)
	}
	return given, base, w.moveTo(spare, w.keep)
}
