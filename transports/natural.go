package transports

import "strings"

// CompareNatural compares names as people order them: runs of digits by their value, however long, and everything else
// byte by byte, so that ORD9 comes before ORD10. Names that differ only in leading zeros have the fewer zeros first; only
// equal names give 0.
func CompareNatural(a, b string) int {
	zeros := 0
	for i, j := 0, 0; ; {
		switch {
		case i == len(a) && j == len(b):
			return zeros
		case i == len(a):
			return -1
		case j == len(b):
			return 1
		}
		if isDigit(a[i]) && isDigit(b[j]) {
			x, y := digits(a[i:]), digits(b[j:])
			i, j = i+len(x), j+len(y)
			if c := compareNumbers(x, y); c != 0 {
				return c
			}
			if zeros == 0 {
				zeros = len(x) - len(y)
			}
			continue
		}
		if a[i] != b[j] {
			return int(a[i]) - int(b[j])
		}
		i, j = i+1, j+1
	}
}

func compareNumbers(x, y string) int {
	x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	return strings.Compare(x, y)
}

func digits(s string) string {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return s[:n]
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
