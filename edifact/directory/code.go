package directory

// CodeList is the codes of one element in one release. A nil list has no codes.
type CodeList struct {
	names map[string]string
	order []string
}

// Name gives the name of a code.
func (l *CodeList) Name(value string) (name string, ok bool) {
	if l == nil {
		return "", false
	}
	name, ok = l.names[value]
	return name, ok
}

// Has tells whether a value is a code of the list, without allocating.
func (l *CodeList) Has(value []byte) bool {
	if l == nil {
		return false
	}
	_, ok := l.names[string(value)]
	return ok
}

// Values gives the codes in order. The slice is shared: do not change it.
func (l *CodeList) Values() []string {
	if l == nil {
		return nil
	}
	return l.order
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
			lists[element] = l
		}
	}
	return lists
}
