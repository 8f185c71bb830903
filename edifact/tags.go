package edifact

// tagCache keeps tags as strings, so that naming a segment's tag costs no memory. It has a fixed size: a tag that
// falls on the place of another takes it over.
type tagCache struct {
	slots *[256]string
}

func (c *tagCache) intern(b []byte) string {
	if len(b) != 3 || c.slots == nil {
		return string(b)
	}
	slot := &c.slots[(uint(b[0])*31+uint(b[1])*7+uint(b[2])*131)&255]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// isTag tells whether bytes can be a tag: three upper-case letters or digits, the first a letter.
func isTag(b []byte) bool {
	return len(b) == 3 && isUpper(b[0]) && (isUpper(b[1]) || isDigit(b[1])) && (isUpper(b[2]) || isDigit(b[2]))
}
