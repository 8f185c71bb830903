package finding_test

import (
	"testing"

	"github.com/batchgate/batchgate/finding"
)

func TestLevelsChangeOnlyWhatTheyName(t *testing.T) {
	found := finding.List{{Rule: "a", Severity: finding.Error}, {Rule: "b", Severity: finding.Note}, {Rule: "c", Severity: finding.Error}, {Rule: "d"}}
	got := finding.Levels{"a": "warning", "b": "error", "c": "off"}.ApplyAll(found)
	if len(got) != 3 || got[0].Severity != finding.Warning || got[1].Severity != finding.Error || got[2].Rule != "d" {
		t.Errorf("%v", got)
	}
	if found[0].Severity != finding.Error || len(found) != 4 {
		t.Error("the list itself was changed")
	}
	same := finding.Levels(nil).ApplyAll(found[:1])
	_ = append(same, finding.Finding{Rule: "x"})
	if found[1].Rule != "b" {
		t.Error("appending to the result reached into the list")
	}
}
