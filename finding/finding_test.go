package finding_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/finding"
)

func TestPlacePrintsFileLineAndTheFormatsOwnCoordinates(t *testing.T) {
	for want, p := range map[string]finding.Place{
		"a.edi:12:5 (segment 8 NAD, element 2, component 1)": {File: "a.edi", Line: 12, Column: 5, Segment: 8, Tag: "NAD", Element: 2, Component: 1},
		"stock.csv:4 (record 3, field Bestand)":              {File: "stock.csv", Line: 4, Record: 3, Field: "Bestand"},
		"segment 2 BGM":                                      {Segment: 2, Tag: "BGM"},
		"3:1":                                                {Line: 3, Column: 1},
		"":                                                   {},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestNearestKnowsTyposAndRefusesStrangers(t *testing.T) {
	known := []string{"delimiter", "charset", "header"}
	for name, want := range map[string]string{"delimeter": "delimiter", "chraset": "charset", "Header": "header", "endpoint": "", "x": ""} {
		if got := finding.Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestListCountsGroupedFindingsByWhatTheyStandFor(t *testing.T) {
	l := finding.List{
		{Severity: finding.Warning, Count: 960},
		{Severity: finding.Error, Rule: "a.b", Message: "first", Place: finding.Place{File: "f", Line: 9}},
		{Severity: finding.Error, Message: "second", Place: finding.Place{File: "f", Line: 2}},
	}
	if got := l.Count(finding.Warning); got != 960 {
		t.Errorf("warnings: %d", got)
	}
	if !l.HasErrors() {
		t.Error("errors not seen")
	}
	if got, want := l.Error(), "f:9: error: first [a.b] (and 1 more)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	l.Sort()
	if l[1].Message != "second" {
		t.Errorf("not sorted by line: %v", l)
	}
}

func TestFindingReadsItsOwnJSON(t *testing.T) {
	f := finding.Finding{Rule: "flatfile.column", Severity: finding.Warning, Place: finding.Place{Line: 3, Offset: 40}, Message: "extra column"}
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back finding.Finding
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if back.String() != f.String() {
		t.Errorf("got %v, want %v", back, f)
	}
}

func TestCutKeepsRunesWhole(t *testing.T) {
	long := strings.Repeat("ä", finding.MaxValue)
	got := finding.Cut(long)
	if !strings.HasSuffix(got, "…") || strings.ContainsRune(got, '�') || len(got) > finding.MaxValue+3 {
		t.Errorf("bad cut: %q", got)
	}
}
