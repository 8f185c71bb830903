package finding

import "strings"

// Nearest gives the known name closest to a mistyped one, or "" when none is close: an edit distance below 3, and
// less than half the name's length. Case does not count as a difference.
func Nearest(name string, known []string) string {
	best, bestDistance := "", 3
	for _, k := range known {
		d := distance(strings.ToLower(name), strings.ToLower(k))
		if d < bestDistance && d*2 < max(len(name), len(k)) {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two names, in bytes, with neighbours swapped counted as one edit.
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	last := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
