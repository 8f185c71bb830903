package mapping

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// fit says how a text is made to fit its place.
type fit struct {
	given   bool
	width   int    // characters of a part; 0: what the format has room for
	parts   int    // how many parts the text may have; 0 is 1
	outside string // refuse, transliterate, or "" for what the profile says
	cut     bool   // a text that is too long is cut, and said; else it is refused
}

// fitted is a text made to fit.
type fitted struct {
	parts   []string
	changed bool   // the text that will be read back is another
	why     string // what was changed
}

// fitError is a text that does not fit.
type fitError struct {
	rule, what, hint string
}

func (e *fitError) Error() string { return e.what }

// apply makes a text fit: first its characters, then its length.
func (f fit) apply(text, outside string, width int, has func(rune) bool) (fitted, error) {
	if f.outside != "" {
		outside = f.outside
	}
	if f.width > 0 && (width == 0 || f.width < width) {
		width = f.width
	}
	original := text
	var why []string
	if bad, is := firstOutside(text, has); is {
		if outside != Transliterate {
			return fitted{}, &fitError{ruleOutside, fmt.Sprintf("%q has the character %q (%U), which the target's character set does not have", text, bad, bad),
				"write outside: transliterate where another spelling will do, or choose a larger character set"}
		}
		spelled, dropped, bad, ok := spell(text, has)
		if !ok {
			return fitted{}, &fitError{ruleOutside, fmt.Sprintf("%q has the character %q (%U), which the target's character set does not have and which has no other spelling", text, bad, bad),
				"write it in Latin letters, or choose a larger character set"}
		}
		if strings.TrimSpace(spelled) == "" {
			return fitted{}, &fitError{ruleOutside, fmt.Sprintf("nothing is left of %q in the target's character set", text), "write it in letters"}
		}
		text = spelled
		if why = append(why, "spelled in the target's characters"); dropped {
			why = append(why, "pictures left out")
		}
	}
	parts, lossless, rest := wrap(text, width, max(f.parts, 1))
	if rest != "" {
		if !f.cut {
			return fitted{}, &fitError{ruleTooLong, fmt.Sprintf("%q has %d characters, and there is room for %s", text, utf8.RuneCountInString(text), room(width, f.parts)),
				"shorten it, or say fit: {long: cut}"}
		}
		why = append(why, "cut")
	} else if !lossless {
		why = append(why, "broken within a word")
	}
	out := fitted{parts: parts, why: strings.Join(why, " and ")}
	out.changed = strings.Join(parts, " ") != original
	if out.changed && out.why == "" {
		out.why = "blanks at a break were dropped"
	}
	return out, nil
}

func room(width, parts int) string {
	if parts > 1 {
		return fmt.Sprintf("%d parts of %d", parts, width)
	}
	return fmt.Sprintf("%d", width)
}

// wrap breaks a text at blanks into parts of a width. lossless is false when a word had to be broken; rest is what did
// not fit.
func wrap(text string, width, parts int) (out []string, lossless bool, rest string) {
	if width <= 0 || utf8.RuneCountInString(text) <= width {
		return []string{text}, true, ""
	}
	runes := []rune(text)
	lossless = true
	for len(out) < parts && len(runes) > 0 {
		if len(runes) <= width {
			return append(out, string(runes)), lossless, ""
		}
		at := lastBlank(runes, width)
		if parts == 1 || at <= 0 {
			// A word longer than a part is broken; a single part is simply full.
			at = width
			if parts > 1 {
				lossless = false
			}
		}
		out = append(out, strings.TrimRight(string(runes[:at]), " "))
		runes = []rune(strings.TrimLeft(string(runes[at:]), " "))
	}
	return out, lossless, string(runes)
}

// lastBlank gives the last place up to width where a text may be broken.
func lastBlank(runes []rune, width int) int {
	for i := min(width, len(runes)-1); i > 0; i-- {
		if runes[i] == ' ' {
			return i
		}
	}
	return 0
}
