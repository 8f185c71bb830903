package finding

import "slices"

// Levels changes what rules count for, by their names: "error", "warning", "note", or "off". Rules that are not named keep
// their severity.
type Levels map[string]string

// LevelNames gives the levels that a rule may have.
func LevelNames() []string { return []string{Error.String(), Warning.String(), Note.String(), "off"} }

// Apply gives a finding its level; false when its rule is switched off.
func (l Levels) Apply(f Finding) (Finding, bool) {
	switch l[f.Rule] {
	case "error":
		f.Severity = Error
	case "warning":
		f.Severity = Warning
	case "note":
		f.Severity = Note
	case "off":
		return f, false
	}
	return f, true
}

// ApplyAll gives the findings of a list their levels, without those that are switched off. The list itself stays as it is, and
// appending to the result does not change it.
func (l Levels) ApplyAll(found List) List {
	if len(l) == 0 {
		return slices.Clip(found)
	}
	return slices.Collect(func(yield func(Finding) bool) {
		for _, f := range found {
			if f, on := l.Apply(f); on && !yield(f) {
				return
			}
		}
	})
}
