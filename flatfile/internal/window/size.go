package window

// Plain gives the number of bytes in a file of UTF-8.
func Plain(b []byte) int64 { return int64(len(b)) }

// UTF16 gives the number of bytes in a file of UTF-16 of what is held of it as UTF-8.
func UTF16(b []byte) int64 {
	n := int64(0)
	for _, c := range b {
		switch {
		case c&0xC0 == 0x80: // within a character
		case c >= 0xF0:
			n += 4
		default:
			n += 2
		}
	}
	return n
}
