package flow

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// Sieve keeps in memory what a target is known to have, 16 bytes a key, and holds back the rows of a file that say the
// same: of a daily stock file nearly all. A row that is held back is neither written nor merged. Rows come in the order of
// their hashes, a run at a time, so that looking them up walks memory forward.
//
// It holds back only the first row of a key, and none behind one that has passed. So where a key has several rows, the one
// that counts has passed, and is compared with the baseline by itself.
type Sieve struct {
	known   []knownKey // in the order of their hashes
	starts  []uint32   // by the first bits of a hash: where its keys start in known; one more at the end
	shift   int        // what leaves these first bits
	held    bitSet     // by place in known: a row was held back
	passed  bitSet     // by place in known: a row has passed
	rows    int64      // held back
	message int        // of the rows that are held back
}

// knownKey is a key of the baseline. What follows of its hash is left out: no two keys here share the first half.
type knownKey struct{ hash, fingerprint uint64 }

// maxKnown bounds a sieve, in keys. Of a larger baseline it keeps those with the least hashes; rows of others pass.
const maxKnown = 2 << 20

// ErrMoved is what a comparison gives whose baseline has changed where rows were held back: the file has to be read again.
var ErrMoved = errors.New("the baseline has changed since the file was begun")

// NewSieve reads a baseline of so many keys, as far as is known.
func NewSieve(base *Baseline, keys int64) (*Sieve, error) {
	s := &Sieve{known: make([]knownKey, 0, min(keys, maxKnown))}
	for len(s.known) < maxKnown {
		err := base.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if n := len(s.known); n > 0 && s.known[n-1].hash == base.hash.Hi { // not in a thousand years
			s.known = s.known[:n-1]
			break
		}
		s.known = append(s.known, knownKey{base.hash.Hi, base.fingerprint})
	}
	s.index()
	s.held, s.passed = newBitSet(len(s.known)), newBitSet(len(s.known))
	return s, nil
}

// index makes starts: hashes are even, so that about four keys share each start.
func (s *Sieve) index() {
	width := max(bits.Len(uint(len(s.known)))-2, 1)
	s.shift = 64 - width
	s.starts = make([]uint32, 1<<width+1)
	next := 0
	for i := range s.known {
		for ; next <= int(s.known[i].hash>>s.shift); next++ {
			s.starts[next] = uint32(i)
		}
	}
	for ; next < len(s.starts); next++ {
		s.starts[next] = uint32(len(s.known))
	}
}

// find gives the place of a key.
func (s *Sieve) find(hash uint64) (int, bool) {
	from, to := s.starts[hash>>s.shift], s.starts[hash>>s.shift+1]
	for to-from > 8 {
		if half := (from + to) / 2; s.known[half].hash > hash {
			to = half
		} else {
			from = half
		}
	}
	for ; from < to; from++ {
		if s.known[from].hash == hash {
			return int(from), true
		}
	}
	return 0, false
}

// hold tells whether a row is held back.
func (s *Sieve) hold(hash KeyHash, fingerprint uint64, message int) bool {
	at, ok := s.find(hash.Hi)
	if !ok {
		return false
	}
	if s.known[at].fingerprint != fingerprint || s.held.has(at) || s.passed.has(at) || s.rows > 0 && message != s.message {
		s.passed.add(at)
		return false
	}
	s.held.add(at)
	s.rows++
	s.message = message
	return true
}

// heldBack gives the held rows, to be walked in the order of their hashes. A nil sieve has none.
func (s *Sieve) heldBack(skip func(message int) bool) *heldRows {
	if s == nil || s.rows == 0 || skip != nil && skip(s.message) {
		return &heldRows{sieve: &Sieve{}}
	}
	return &heldRows{sieve: s, left: s.rows}
}

// heldRows walks what a sieve has held back.
type heldRows struct {
	sieve *Sieve
	at    int
	left  int64 // rows not found yet
}

// has tells whether a row of a key was held back, and the fingerprint that it has. Keys are asked for in their order.
func (h *heldRows) has(hash KeyHash) (fingerprint uint64, ok bool) {
	known := h.sieve.known
	for h.at < len(known) && known[h.at].hash < hash.Hi {
		h.at++
	}
	if h.at == len(known) || known[h.at].hash != hash.Hi || !h.sieve.held.has(h.at) {
		return 0, false
	}
	h.left--
	fingerprint = known[h.at].fingerprint
	h.at++
	return fingerprint, true
}

// end fails when rows were held back whose keys the baseline does not have any more.
func (h *heldRows) end() error {
	if h.left > 0 {
		return fmt.Errorf("%w: %d keys are not in it any more", ErrMoved, h.left)
	}
	return nil
}

type bitSet []uint64

func newBitSet(n int) bitSet    { return make(bitSet, (n+63)/64) }
func (b bitSet) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b bitSet) add(i int)      { b[i/64] |= 1 << (i % 64) }
