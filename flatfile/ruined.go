package flatfile

import "strings"

// RuinedNumber tells whether a text is what spreadsheets make of a number with many digits: 7,31235E+12. The digits that it
// no longer shows are lost.
func RuinedNumber(s string) bool {
	s = strings.TrimPrefix(strings.TrimSpace(s), "-")
	at := strings.IndexAny(s, "eE")
	if at < 1 || at+2 >= len(s) || s[at+1] != '+' || strings.Trim(s[at+2:], "0123456789") != "" {
		return false
	}
	whole, fraction, _ := strings.Cut(strings.Replace(s[:at], ",", ".", 1), ".")
	return len(whole) == 1 && strings.Trim(whole+fraction, "0123456789") == ""
}
