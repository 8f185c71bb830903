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

// spell gives a text in the characters that the target has. ok is false when one has no spelling; bad is the first such.
func spell(s string, has func(rune) bool) (out string, bad rune, ok bool) {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		switch {
		case has(r):
			b.WriteRune(r)
		case unicode.IsControl(r):
			b.WriteByte(' ')
		default:
			text, found := spelling(r, has)
			if !found {
				return s, r, false
			}
			b.WriteString(text)
		}
	}
	return b.String(), 0, true
}

// spelling finds simpler characters for one: by the table, by taking marks off, in capitals where the target has no others.
func spelling(r rune, has func(rune) bool) (string, bool) {
	tries := append([]string(nil), folds[r]...)
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
