package mapping

import (
	"strings"
	"unicode"
)

// scripts are the small letters of other scripts with their Latin ones, in pairs: Cyrillic as in passports (ICAO Doc 9303-3,
// section 6, with yu and ya), Greek as in passports (ELOT 743, letter by letter).
const scripts = "аa бb вv гg дd еe ёe жzh зz иi йi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь эe юyu яya " +
	"іi їi єie ґg ўu јj љlj њnj ћc ђdj џdz ѓgj ќkj ѕdz " +
	"αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υy φf χch ψps ωo"

// latinOf gives the Latin letters for one of another script; false for all other characters.
func latinOf(r rune) (string, bool) {
	if !unicode.In(r, unicode.Cyrillic, unicode.Greek) || r == 'μ' {
		return "", false
	}
	small := unicode.ToLower(r)
	for pair := range strings.FieldsSeq(scripts) {
		latin, ok := strings.CutPrefix(pair, string(small))
		if !ok {
			continue
		}
		if small != r && latin != "" {
			latin = strings.ToUpper(latin[:1]) + latin[1:]
		}
		return latin, true
	}
	return "", false
}
