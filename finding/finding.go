// Package finding is what batchgate says about something wrong or odd in a file, a profile or a mapping.
//
// Every format and every check of batchgate reports in this one form: a [Finding] has the name of the rule that
// was broken, a [Severity], a [Place] and a sentence with a way out. A [List] collects all findings of a file, so
// that a person sees all faults at once. Loss of framing is an error of the reader; everything else is a finding,
// and reading goes on.
package finding

import (
	"fmt"
	"slices"
	"strings"
)

// Severity says how much a finding matters.
type Severity uint8

const (
	// Note tells of something odd that changes nothing.
	Note Severity = iota
	// Warning tells of something that was tolerated.
	Warning
	// Error tells of something that stops the message, row or file it stands in.
	Error
)

// String gives "note", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case Note:
		return "note"
	case Warning:
		return "warning"
	default:
		return "error"
	}
}

// MarshalText writes the severity by its name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the severity from its name.
func (s *Severity) UnmarshalText(b []byte) error {
	for _, known := range []Severity{Note, Warning, Error} {
		if string(b) == known.String() {
			*s = known
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q: use note, warning or error", b)
}

// Finding is one thing wrong or odd, with its place.
type Finding struct {
	// Rule is the stable name of what was broken, "edifact.unt-count". A profile changes the level of a rule by this name.
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Place    Place    `json:"place"`
	// Value is what was found there, cut to MaxValue bytes.
	Value string `json:"value,omitempty"`
	// Message says what happened, in one plain sentence without a final period.
	Message string `json:"message"`
	// Hint says what to do about it.
	Hint string `json:"hint,omitempty"`
	// Clause is the source of the rule, "ISO 9735-1 8.4".
	Clause string `json:"clause,omitempty"`
	// Source is the line or segment around the place, as it stands in the file.
	Source string `json:"source,omitempty"`
	// Count is how many equal findings this one stands for; 0 and 1 mean one.
	Count int `json:"count,omitempty"`
	// Examples names some of the things that a counted finding stands for.
	Examples []string `json:"examples,omitempty"`
	// Related is a second place, "first defined here".
	Related *Place `json:"related,omitempty"`
}

// MaxValue is how many bytes of a value a finding keeps.
const MaxValue = 200

// Cut shortens a value to MaxValue bytes at a rune's edge, marking the cut.
func Cut(s string) string {
	if len(s) <= MaxValue {
		return s
	}
	end := MaxValue
	for end > 0 && s[end]&0xC0 == 0x80 {
		end--
	}
	return s[:end] + "…"
}

// String gives the finding on one line: place, severity, message, hint and rule.
func (f Finding) String() string {
	var b strings.Builder
	if p := f.Place.String(); p != "" {
		b.WriteString(p)
		b.WriteString(": ")
	}
	b.WriteString(f.Severity.String())
	b.WriteString(": ")
	b.WriteString(f.Message)
	if f.Count > 1 {
		fmt.Fprintf(&b, " (%d times", f.Count)
		if len(f.Examples) > 0 {
			b.WriteString(", such as ")
			b.WriteString(strings.Join(f.Examples, ", "))
		}
		b.WriteString(")")
	}
	if f.Hint != "" {
		b.WriteString("; ")
		b.WriteString(f.Hint)
	}
	if f.Rule != "" {
		b.WriteString(" [")
		b.WriteString(f.Rule)
		b.WriteString("]")
	}
	return b.String()
}

// List is all findings of one file, profile or message.
type List []Finding

// HasErrors tells whether any finding is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(f Finding) bool { return f.Severity == Error })
}

// Count gives the number of findings of a severity, grouped ones counted by what they stand for.
func (l List) Count(s Severity) int {
	n := 0
	for _, f := range l {
		if f.Severity == s {
			n += max(f.Count, 1)
		}
	}
	return n
}

// Error makes a list usable as an error: the first error and how many more there are.
func (l List) Error() string {
	errors := 0
	first := ""
	for _, f := range l {
		if f.Severity != Error {
			continue
		}
		if errors == 0 {
			first = f.String()
		}
		errors++
	}
	switch errors {
	case 0:
		return "no error"
	case 1:
		return first
	default:
		return fmt.Sprintf("%s (and %d more)", first, errors-1)
	}
}

// Sort orders a list by file and place, keeping the order of equal places.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Finding) int { return a.Place.Compare(b.Place) })
}
