package validate

import "github.com/batchgate/batchgate/edifact/directory"

// Row gives the row of the segment table at which the last segment of the message stands, the trigger's own row where it
// begins a group. It is nil for a segment that has no place there and in a message whose directory is not known.
func (v *Validator) Row() *directory.Node {
	if v.program == nil || !v.placed {
		return nil
	}
	lv := &v.levels[len(v.levels)-1]
	return v.program.nodes[v.program.child(lv.group, lv.at)].row
}

// Release gives the directory by which the message is checked, nil when it is not known.
func (v *Validator) Release() *directory.Release {
	if v.program == nil {
		return nil
	}
	return v.chosen.release
}
