package main

import "slices"

// span is a run of two sequences: with equal set, as many of both that are the same; otherwise what only one has, or both
// have in different ways.
type span struct {
	a0, a1, b0, b1 int
	equal          bool
}

// mostEdits bounds the work of align: of sequences that differ more, the differing middle is one span.
const mostEdits = 2000

// align finds what two sequences have in common, in order (E. W. Myers' O(ND) algorithm).
func align[T comparable](a, b []T) []span {
	first := 0
	for first < len(a) && first < len(b) && a[first] == b[first] {
		first++
	}
	last := 0
	for last < len(a)-first && last < len(b)-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	var spans []span
	if first > 0 {
		spans = append(spans, span{0, first, 0, first, true})
	}
	for _, s := range middle(a[first:len(a)-last], b[first:len(b)-last]) {
		spans = append(spans, span{s.a0 + first, s.a1 + first, s.b0 + first, s.b1 + first, s.equal})
	}
	if last > 0 {
		spans = append(spans, span{len(a) - last, len(a), len(b) - last, len(b), true})
	}
	return spans
}

// middle aligns sequences that begin and end differently.
func middle[T comparable](a, b []T) []span {
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	if len(a) == 0 || len(b) == 0 {
		return []span{{0, len(a), 0, len(b), false}}
	}
	limit := min(len(a)+len(b), mostEdits)
	reach := make([]int, 2*limit+3) // farthest place in a, by diagonal
	at := func(k int) *int { return &reach[k+limit+1] }
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, slices.Clone(reach[limit+1-d-1:limit+1+d+2]))
		for k := -d; k <= d; k += 2 {
			x := *at(k - 1) + 1
			if k == -d || k != d && *at(k - 1) < *at(k + 1) {
				x = *at(k + 1)
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			*at(k) = x
			if x >= len(a) && x-k >= len(b) {
				return follow(trace, len(a), len(b))
			}
		}
	}
	return []span{{0, len(a), 0, len(b), false}}
}

// follow walks back through the trace and gives the spans in order.
func follow(trace [][]int, x, y int) []span {
	var spans []span
	put := func(a0, a1, b0, b1 int, equal bool) {
		if n := len(spans); n > 0 && spans[n-1].equal == equal {
			spans[n-1].a0, spans[n-1].b0 = a0, b0
			return
		}
		spans = append(spans, span{a0, a1, b0, b1, equal})
	}
	for d := len(trace) - 1; d > 0; d-- {
		reach := trace[d] // diagonal k stands at k + d + 1
		k := x - y
		before := k - 1
		if k == -d || k != d && reach[k-1+d+1] < reach[k+1+d+1] {
			before = k + 1
		}
		px := reach[before+d+1]
		py := px - before
		for x > px && y > py {
			put(x-1, x, y-1, y, true)
			x, y = x-1, y-1
		}
		put(px, x, py, y, false)
		x, y = px, py
	}
	for x > 0 {
		put(x-1, x, y-1, y, true)
		x, y = x-1, y-1
	}
	slices.Reverse(spans)
	return spans
}
