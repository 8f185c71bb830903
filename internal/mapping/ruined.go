package mapping

import (
	"fmt"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// watch says which harm of a spreadsheet is looked for in a field.
type watch uint8

const (
	watchNothing watch = iota
	watchKey           // a number of many digits that became 7,31E+12
	watchGTIN          // that, and zeros before it that were dropped
)

// watchOf gives what is looked for in a rule's texts.
func watchOf(rule *rule) watch {
	switch {
	case !rule.key || rule.codes != nil:
		return watchNothing
	case rule.field == "gtin":
		return watchGTIN
	}
	return watchKey
}

// suspicious tells whether a text needs a second look. It is small, as it is asked for each row: a number in a spreadsheet's
// short form has one digit before its decimal mark or exponent, and blanks or a minus before that at most.
func (w watch) suspicious(b []byte) bool {
	if w == watchNothing {
		return false
	}
	n := len(b)
	if w == watchGTIN && n != 13 && n != 14 && n != 12 && n != 8 {
		return true
	}
	switch {
	case n < 4 || b[0] > '9' && b[0] < 0x80:
		return false
	case b[0] < '0' || b[0] >= 0x80:
		return true
	}
	return b[1] == ',' || b[1] == '.' || b[1] == 'E' || b[1] == 'e'
}

// ruined looks for what a spreadsheet did to an article number; true when the value is lost.
func (r *Reader) ruined(rule *rule, b []byte, at standing) bool {
	w := watchOf(rule)
	if !w.suspicious(b) {
		return false
	}
	text := string(b)
	if flatfile.RuinedNumber(text) {
		place, line := at.place()
		r.problem(ruleRuined, place, line, rule, fmt.Sprintf("%s is %q: a spreadsheet made that of a longer number, whose digits are lost", r.pathOf(rule), text),
			"export the file anew, without opening it in a spreadsheet, or format the column as text there")
		return true
	}
	if w == watchGTIN {
		if whole := zerosLost(text); whole != "" {
			place, line := at.place()
			r.found.add(finding.Finding{Rule: ruleRuined, Severity: finding.Warning, Place: place, Value: text, Source: finding.Cut(line), Related: &rule.place,
				Message: fmt.Sprintf("%s has %d digits: with the zeros that a spreadsheet drops it would be the GTIN %s, whose check digit is right", r.pathOf(rule), len(text), whole),
				Hint:    "format the column as text in the spreadsheet"})
		}
	}
	return false
}

// zerosLost gives the GTIN of 8 or 13 digits that a shorter number would be with zeros before it, by its check digit; ""
// where it would be none.
func zerosLost(s string) string {
	for _, n := range []int{8, 13} {
		if len(s) >= n || len(s) < n-3 {
			continue
		}
		whole := fmt.Sprintf("%0*s", n, s)
		sum := 0
		for i := range n {
			d := int(whole[n-1-i] - '0')
			if d < 0 || d > 9 {
				return ""
			}
			if i%2 == 1 {
				d *= 3
			}
			sum += d
		}
		if sum%10 == 0 {
			return whole
		}
	}
	return ""
}
