package directory

import "slices"

// Dependency says what depends on what among the elements of a segment (ISO 9735-1, dependency notes).
type Dependency struct {
	// Kind is the number of the note: 1 one and only one, 2 all or none, 3 one or more, 4 one or none, 5 if the first then
	// all others, 6 if the first then at least one other, 7 if the first then none of the others.
	Kind int
	// Positions are those of the fields, as printed in the directory.
	Positions []int
}

// dependencies are the notes of the directories: TDT has one since D.02B, all others have none.
func (r *Release) dependencies(tag string) []Dependency {
	if tag != "TDT" || r.Service() || r.shelf == nil {
		return nil
	}
	if since := slices.Index(r.shelf.names, "D.02B"); since < 0 || r.index < since {
		return nil
	}
	return []Dependency{{Kind: 5, Positions: []int{40, 30}}}
}
