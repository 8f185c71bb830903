package mapping

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What happens to characters that the target does not have.
const (
	Refuse        = "refuse"
	Transliterate = "transliterate"
)

var outsides = []string{Refuse, Transliterate}

// folds are characters that have a usual spelling in simpler ones, which decomposition does not give. The first spelling
// that the target has is taken.
var folds = map[rune][]string{
	'ä': {"ae"}, 'ö': {"oe"}, 'ü': {"ue"}, 'Ä': {"Ae"}, 'Ö': {"Oe"}, 'Ü': {"Ue"}, 'ß': {"ss"}, 'ẞ': {"SS"},
	'æ': {"ae"}, 'Æ': {"Ae"}, 'œ': {"oe"}, 'Œ': {"Oe"}, 'ø': {"oe"}, 'Ø': {"Oe"}, 'å': {"aa"}, 'Å': {"Aa"},
	'đ': {"d"}, 'Đ': {"D"}, 'ð': {"d"}, 'Ð': {"D"}, 'þ': {"th"}, 'Þ': {"Th"}, 'ł': {"l"}, 'Ł': {"L"}, 'ħ': {"h"}, 'Ħ': {"H"},
	'ı': {"i"}, 'ĸ': {"k"}, 'ŋ': {"ng"}, 'Ŋ': {"Ng"}, 'ŧ': {"t"}, 'Ŧ': {"T"}, 'ƒ': {"f"}, 'ə': {"e"},
	'‘': {"'"}, '’': {"'"}, '‚': {"'", ","}, '‛': {"'"}, '′': {"'"}, '´': {"'"}, '`': {"'"},
	'“': {`"`, "'"}, '”': {`"`, "'"}, '„': {`"`, "'"}, '‟': {`"`, "'"}, '″': {`"`, "'"}, '«': {`"`, "'"}, '»': {`"`, "'"}, '‹': {"'"}, '›': {"'"}, '"': {"'"},
	'‐': {"-"}, '‑': {"-"}, '‒': {"-"}, '–': {"-"}, '—': {"-"}, '―': {"-"}, '−': {"-"}, '_': {"-"}, '~': {"-"},
	'…': {"..."}, '•': {"-"}, '·': {".", "-"}, '†': {"+"}, '‰': {"o/oo"}, '€': {"EUR"}, '£': {"GBP"}, '¥': {"JPY"}, '$': {"USD"}, '¢': {"ct"},
	'§': {"Par."}, '©': {"(c)"}, '®': {"(R)"}, '™': {"(TM)"}, '°': {" Grad"}, '×': {"x"}, '÷': {"/"}, '±': {"+/-"}, 'µ': {"u"}, 'μ': {"u"},
	'№': {"No."}, '@': {"(at)"}, '&': {"+"}, '%': {" Prozent"}, '[': {"("}, ']': {")"}, '{': {"("}, '}': {")"}, '\\': {"/"}, '|': {"/"}, '^': {"'"}, '#': {"Nr."},
	'\u00A0': {" "}, '\u2007': {" "}, '\u2009': {" "}, '\u202F': {" "}, '\u200B': {""}, '\u200C': {""}, '\u200D': {""}, '\u00AD': {""}, '\uFEFF': {""}, '\u200E': {""}, '\u200F': {""},
}

// spell gives a text in the characters that the target has. Pictures that say nothing aloud are left out; dropped tells so.
// ok is false when a character has no spelling; bad is the first such.
func spell(s string, has func(rune) bool) (out string, dropped bool, bad rune, ok bool) {
	var b strings.Builder
	runes := []rune(norm.NFC.String(s))
	for i, r := range runes {
		switch {
		case has(r):
			b.WriteRune(r)
			continue
		case unicode.IsControl(r):
			b.WriteByte(' ')
			continue
		case r == 'μ' && inGreek(runes, i) && has('m'):
			b.WriteByte('m')
			continue
		}
		text, found := spelling(r, has)
		if !found && !isPicture(r) {
			return s, dropped, r, false
		}
		dropped = dropped || !found
		b.WriteString(text)
	}
	out = b.String()
	if dropped {
		out = strings.Join(strings.Fields(out), " ")
	}
	return out, dropped, 0, true
}

// isPicture tells whether a character is a picture, or part of one: emoji, their colours and joiners, marks that stand alone.
func isPicture(r rune) bool {
	return r != unicode.ReplacementChar && unicode.In(r, unicode.So, unicode.Sk, unicode.Mn, unicode.Me, unicode.Cf)
}

// inGreek tells whether a letter stands beside a Greek one: the Greek m looks like the sign for millionths.
func inGreek(runes []rune, i int) bool {
	greek := func(i int) bool {
		return i >= 0 && i < len(runes) && runes[i] != 'μ' && unicode.Is(unicode.Greek, runes[i])
	}
	return greek(i-1) || greek(i+1)
}

// spelling finds simpler characters for one: by the table, by taking marks off, in capitals where the target has no others.
func spelling(r rune, has func(rune) bool) (string, bool) {
	tries := append([]string(nil), folds[r]...)
	if latin, ok := latinOf(r); ok {
		tries = append(tries, latin)
	}
	decomposed := norm.NFKD.String(string(r))
	base := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, decomposed)
	if base != "" && base != string(r) {
		tries = append(tries, norm.NFC.String(decomposed), base)
		for _, b := range base {
			if latin, ok := latinOf(b); ok && len([]rune(base)) == 1 {
				tries = append(tries, latin)
			}
			if fold := folds[b]; fold != nil && len([]rune(base)) == 1 {
				tries = append(tries, fold...)
			}
		}
	}
	tries = append(tries, string(r))
	for _, t := range tries {
		for _, form := range []string{t, strings.ToUpper(t)} {
			if hasAll(form, has) {
				return form, true
			}
		}
	}
	return "", false
}

func hasAll(s string, has func(rune) bool) bool {
	for _, r := range s {
		if !has(r) {
			return false
		}
	}
	return true
}

// firstOutside gives the first character that the target does not have.
func firstOutside(s string, has func(rune) bool) (rune, bool) {
	for _, r := range s {
		if !has(r) {
			return r, true
		}
	}
	return 0, false
}
