package edifact

// tagCache keeps tags as strings, so that naming a segment's tag costs no memory. It has a fixed size: a tag that
// falls on the place of another takes it over.
type tagCache struct {
	slots *[256]cachedTag
}

type cachedTag struct {
	key uint32
	tag string
}

func newTagCache() tagCache { return tagCache{new([256]cachedTag)} }

func (c *tagCache) intern(b []byte) string {
	if len(b) != 3 || c.slots == nil {
		return string(b)
	}
	key := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	slot := &c.slots[(key*0x9E3779B1)>>24]
	if slot.key != key || slot.tag == "" {
		slot.key, slot.tag = key, string(b)
	}
	return slot.tag
}

// tagByte says what a byte may be in a tag: 1 a letter, 2 a digit.
var tagByte = func() (t [256]byte) {
	for b := range t {
		switch {
		case isUpper(byte(b)):
			t[b] = 1
		case isDigit(byte(b)):
			t[b] = 2
		}
	}
	return t
}()

// plainTag are the first letters of tags that are none of the service.
var plainTag = func() (t [256]bool) {
	for b := range t {
		t[b] = isUpper(byte(b)) && b != 'U'
	}
	return t
}()

// isTag tells whether bytes can be a tag: three upper-case letters or digits, the first a letter.
func isTag[T string | []byte](b T) bool {
	return len(b) == 3 && tagByte[b[0]] == 1 && tagByte[b[1]] != 0 && tagByte[b[2]] != 0
}
