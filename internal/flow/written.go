package flow

import (
	"bytes"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// CheckWritten checks what a flow has written by its guideline, and by the directory that the guideline narrows. Without a
// guideline nothing is found: a mapping is checked by the directory when it is compiled.
func CheckWritten(f *profiles.Flow, name string, body []byte) finding.List {
	if f.Guideline == nil || f.Write == nil || f.Write.Format() != mapping.EDIFACT {
		return nil
	}
	var all finding.List
	v, c := validate.New(validate.Directories(f.Profile.Directories)), f.Guideline.NewChecker()
	for ev, err := range edifact.NewReader(bytes.NewReader(body), edifact.FileName(name)).Events() {
		if err != nil {
			break // bytes that we wrote ourselves frame
		}
		found := v.Event(ev)
		all = append(all, c.Event(ev, v.Row(), found)...)
	}
	return levels(f, all)
}
