package sniff

import (
	"regexp"
	"strings"
	"time"
)

var (
	plainNumber = regexp.MustCompile(`^[+-]?\d+([.,]\d+)?-?$`)
	grouped     = regexp.MustCompile(`^[+-]?\d{1,3}([ .,'\x{A0}\x{202F}]\d{3})+([.,]\d+)?-?$`)
)

// number tells numbers as people write them, and gives their decimal mark where it is sure: "," or ".".
func number(v string) (mark string, ok bool) {
	switch {
	case plainNumber.MatchString(v):
		if at := strings.LastIndexAny(v, ".,"); at >= 0 {
			if digits := len(strings.TrimRight(v[at+1:], "-")); digits != 3 {
				return v[at : at+1], true
			}
		}
		return "", true
	case grouped.MatchString(v):
		last := v[strings.LastIndexAny(v, ".,")+1:]
		if at := strings.LastIndexAny(v, ".,"); at >= 0 && (strings.ContainsAny(v[:at], ".,'\u00A0\u202F ")) && len(strings.TrimRight(last, "-")) != 3 {
			return v[at : at+1], true
		}
		return "", true
	}
	return "", false
}

// dateForms are the forms of dates that are looked for, those that cannot be taken for another one first.
var dateForms = []string{"2006-01-02", "02.01.2006", "2006.01.02", "2006/01/02", "02/01/2006", "01/02/2006", "02-01-2006", "20060102", "02.01.06",
	"2006-01-02 15:04:05", "2006-01-02T15:04:05", "02.01.2006 15:04"}

// dateForm gives the form in which all values are dates of our time, or "".
func dateForm(values []string) string {
	for _, form := range dateForms {
		all := len(values) > 0
		for _, v := range values {
			if strings.Trim(v, "0") == "" && len(v) == len(form) {
				continue // 00000000 is no date
			}
			t, err := time.Parse(form, v)
			if err != nil || t.Year() < 1970 || t.Year() > 2100 {
				all = false
				break
			}
		}
		if all {
			return form
		}
	}
	return ""
}

// kindOf tells what a column holds.
func kindOf(values []string) string {
	if len(values) == 0 {
		return "empty"
	}
	if dateForm(values) != "" {
		return "date"
	}
	for _, v := range values {
		if _, ok := number(v); !ok {
			return "text"
		}
	}
	for _, v := range values { // an article number with zeros before it is none
		if len(v) > 1 && v[0] == '0' && !strings.ContainsAny(v, ".,") {
			return "text"
		}
	}
	return "number"
}

// decimalMark counts the numbers that show which decimal mark is meant.
func (g *Guess) decimalMark(rows [][]string) {
	count := map[string]int{}
	example := map[string]string{}
	for _, r := range rows {
		for _, v := range r {
			v = strings.TrimSpace(v)
			if mark, ok := number(v); ok && mark != "" && dateForm([]string{v}) == "" {
				if count[mark]++; count[mark] == 1 {
					example[mark] = v
				}
			}
		}
	}
	switch comma, point := count[","], count["."]; {
	case comma == 0 && point == 0:
		return
	case comma > 0 && point > 0:
		g.warn("numbers have both marks: %q %d times, %q %d times", example[","], comma, example["."], point)
		fallthrough
	default:
		g.Decimal = ","
		if point > comma {
			g.Decimal = "."
		}
		g.say("decimal mark %s: %d values such as %q", g.Decimal, count[g.Decimal], example[g.Decimal])
	}
}
