// Package text looks at many bytes in few steps.
package text

import (
	"encoding/binary"
	"math/bits"
)

// Printable tells whether all bytes are ASCII and none is a control character.
func Printable(b []byte) bool {
	const highBits, blanks = 0x8080808080808080, 0x2020202020202020
	n := len(b)
	if n < 8 {
		for _, c := range b {
			if c-' ' >= 0x60 {
				return false
			}
		}
		return true
	}
	x := binary.LittleEndian.Uint64(b[n-8:])
	odd := x - blanks | x // a byte below the blank borrows
	for ; len(b) >= 8; b = b[8:] {
		x = binary.LittleEndian.Uint64(b)
		odd |= x - blanks | x
	}
	return odd&highBits == 0
}

// TrimEnd gives how long b is without the blanks at its end.
func TrimEnd(b []byte) int {
	const blanks = 0x2020202020202020
	n := len(b)
	for n >= 8 {
		if x := binary.LittleEndian.Uint64(b[n-8:n]) ^ blanks; x != 0 {
			return n - bits.LeadingZeros64(x)>>3
		}
		n -= 8
	}
	for n > 0 && b[n-1] == ' ' {
		n--
	}
	return n
}
