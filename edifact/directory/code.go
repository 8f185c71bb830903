package directory

import "slices"

// CodeList is the codes of one element in one release. A nil list has no codes.
type CodeList struct {
	names map[string]string
	order []string
	short []uint64 // codes of up to seven bytes, hashed; a power of two long, at most half full
}

// Name gives the name of a code.
func (l *CodeList) Name(value string) (name string, ok bool) {
	if l == nil {
		return "", false
	}
	name, ok = l.names[value]
	return name, ok
}

// Has tells whether a value is a code of the list. It is meant for the inner loop of a validator.
func (l *CodeList) Has(value []byte) bool {
	if l == nil {
		return false
	}
	if len(value) > longestShort {
		_, ok := l.names[string(value)]
		return ok
	}
	key := pack(value)
	for i := slot(key, len(l.short)); ; i = (i + 1) & (len(l.short) - 1) {
		if l.short[i] == key {
			return true
		}
		if l.short[i] == 0 {
			return false
		}
	}
}

// Values gives the codes in order.
func (l *CodeList) Values() []string {
	if l == nil {
		return nil
	}
	return slices.Clone(l.order)
}

const longestShort = 7

// pack makes a number of a short code. The length in the highest byte keeps it from being 0.
func pack[T string | []byte](code T) uint64 {
	key := uint64(len(code)+1) << 56
	for i := range len(code) {
		key |= uint64(code[i]) << (8 * i)
	}
	return key
}

func slot(key uint64, size int) int { return int(key*0x9E3779B97F4A7C15>>40) & (size - 1) }

// hash fills the table of short codes.
func (l *CodeList) hash() {
	size := 2
	for size < 2*len(l.order)+2 {
		size *= 2
	}
	l.short = make([]uint64, size)
	for _, code := range l.order {
		if len(code) > longestShort {
			continue
		}
		key := pack(code)
		i := slot(key, size)
		for l.short[i] != 0 {
			i = (i + 1) & (size - 1)
		}
		l.short[i] = key
	}
}

// loadCodes picks the codes of a release out of the shared lists.
func (r *Release) loadCodes() map[string]*CodeList {
	lists := map[string]*CodeList{}
	u := &unpacker{r.shelf.codes()}
	for range u.number() {
		l := &CodeList{names: map[string]string{}}
		element := u.text()
		u.catalogue(r.index, func(code string, p *unpacker) {
			l.names[code] = string(p.rest)
			l.order = append(l.order, code)
		})
		if len(l.order) > 0 {
			l.hash()
			lists[element] = l
		}
	}
	return lists
}
