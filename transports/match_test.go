package transports_test

import (
	"testing"

	"github.com/batchgate/batchgate/transports"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		rule  string
		match transports.Match
		name  string
		want  bool
	}{
		{"nothing asked takes all", transports.Match{}, "a\nb", true},
		{"star", transports.Match{Include: []string{"*.edi"}}, "a.edi", true},
		{"case counts", transports.Match{Include: []string{"*.edi"}}, "A.EDI", false},
		{"unless folded", transports.Match{Include: []string{"*.edi"}, FoldCase: true}, "A.EDI", true},
		{"folding goes beyond ASCII", transports.Match{Include: []string{"ÄPFEL*"}, FoldCase: true}, "äpfel.csv", true},
		{"any of several", transports.Match{Include: []string{"*.csv", "*.edi"}}, "a.edi", true},
		{"exclusion wins", transports.Match{Include: []string{"*"}, Exclude: []string{"*.part"}}, "a.edi.part", false},
		{"exclusion alone", transports.Match{Exclude: []string{"*.part"}}, "a.edi", true},
		{"composed pattern, decomposed name", transports.Match{Include: []string{"Aufträge*"}}, "Auftra\u0308ge.csv", true},
		{"decomposed pattern, composed name", transports.Match{Include: []string{"Auftra\u0308ge*"}}, "Aufträge.csv", true},
		{"star takes a line end", transports.Match{Include: []string{"*.edi"}}, "a\nb.edi", true},
		{"star takes bytes that are not UTF-8", transports.Match{Include: []string{"*.csv"}}, "Auftr\xe4ge.csv", true},
	} {
		if got := tt.match.Matches(tt.name); got != tt.want {
			t.Errorf("%s: %q matches %v", tt.rule, tt.name, got)
		}
	}
}

func TestBadPatternIsSaidBeforeAnyListing(t *testing.T) {
	for pattern, want := range map[string]string{
		"[a":  `pattern "[a": syntax error in pattern; close every [ with ] and end no pattern with a backslash`,
		`a\`:  `pattern "a\\": syntax error in pattern; close every [ with ] and end no pattern with a backslash`,
		"a[]": `pattern "a[]": syntax error in pattern; close every [ with ] and end no pattern with a backslash`,
	} {
		err := transports.Match{Exclude: []string{pattern}}.Check()
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}
