package transports_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

func TestDisplayNameShowsWhatEyesMiss(t *testing.T) {
	for name, want := range map[string]string{
		"ORD12.EDI":           "ORD12.EDI",
		"Aufträge Mai.csv":    "Aufträge Mai.csv",
		"Auftra\u0308ge.csv":  "Auftra\u0308ge.csv",
		"a\nb":                `a\nb`,
		"a\x1b[2Jb":           `a\x1b[2Jb`,
		"a\x00b":              `a\x00b`,
		"Auftr\xe4ge":         `Auftr\xe4ge`,
		`in\a`:                `in\\a`,
		"a\u202eide.exe":      `a\u202eide.exe`,
		"a\u00a0b":            `a\u00a0b`,
		"a\u200bb":            `a\u200bb`,
		"a\U000e0001b":        `a\U000e0001b`,
		`it's "12"`:           `it's "12"`,
		"replacement\ufffd":   "replacement\ufffd",
		"\xed\xa0\x80 lonely": `\xed\xa0\x80 lonely`,
		"":                    "",
	} {
		if got := transports.DisplayName(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

func TestOriginalNameRefusesUnknownEscapes(t *testing.T) {
	for _, shown := range []string{`a\`, `a\q`, `\x1`, `\u12`, `a\'`} {
		if name, err := transports.OriginalName(shown); err == nil {
			t.Errorf("%q led to %q, want an error", shown, name)
		}
	}
}

func FuzzOriginalNameReversesDisplayName(f *testing.F) {
	for _, name := range []string{"", "a.edi", "a\nb", "\xff\xfe", `\x41`, `\\`, "ä\u0308", "\u202e", "\x7f", "\u0080\x80"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		shown := transports.DisplayName(name)
		if !utf8.ValidString(shown) {
			t.Errorf("%q is shown as %q, which is not UTF-8", name, shown)
		}
		if i := strings.IndexFunc(shown, func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
			t.Errorf("%q is shown as %q with a control character", name, shown)
		}
		back, err := transports.OriginalName(shown)
		if err != nil || back != name {
			t.Errorf("%q is shown as %q, which leads to %q, %v", name, shown, back, err)
		}
		if again, err := transports.OriginalName(name); err == nil && transports.DisplayName(again) == name && again != back && name == shown {
			t.Errorf("%q stands for %q and %q", name, again, back)
		}
	})
}

func TestTempNameIsStableShortAndOurs(t *testing.T) {
	if got := transports.TempName("out/ORD12.EDI"); got != "out/.ORD12.EDI.batchgate" {
		t.Errorf("temporary name %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		final := validName().Draw(t, "final")
		other := validName().Draw(t, "other")
		temp := transports.TempName(final)
		dir, base := driver.Split(temp)
		wantDir, _ := driver.Split(final)
		switch {
		case temp != transports.TempName(final):
			t.Errorf("not the same again: %q", temp)
		case dir != wantDir || len(base) > 255 || !driver.ValidName(temp) || !transports.IsTemp(temp):
			t.Errorf("temporary name %q of %q", temp, final)
		case final != other && temp == transports.TempName(other):
			t.Errorf("%q and %q share %q", final, other, temp)
		}
	})
}

func validName() *rapid.Generator[string] {
	part := rapid.StringOfN(rapid.RuneFrom([]rune("aB1.-_ äß漢\n")), 1, 120, 255).Filter(func(s string) bool { return s != "." && s != ".." })
	return rapid.Map(rapid.SliceOfN(part, 1, 3), func(parts []string) string { return strings.Join(parts, "/") })
}

func TestTempNamesAreTold(t *testing.T) {
	for name, want := range map[string]bool{
		"out/.a.batchgate":        true,
		".batchgate/stage/a":      true,
		"in/.batchgate/claim/1/a": true,
		"in/.batchgate":           false,
		".hidden":                 false,
		"a.batchgate":             false,
		"my.batchgate/a":          false,
		".batchgate":              false,
	} {
		if got := transports.IsTemp(name); got != want {
			t.Errorf("IsTemp(%q) = %v", name, got)
		}
	}
}

func TestBesideStaysShort(t *testing.T) {
	if got := transports.Beside("failed/a.edi", ".reason.txt"); got != "failed/a.edi.reason.txt" {
		t.Errorf("got %q", got)
	}
	long := transports.Beside("failed/"+strings.Repeat("ä", 127), ".reason.txt")
	if _, base := driver.Split(long); len(base) > 255 || !utf8.ValidString(base) || !strings.HasSuffix(base, "ä.reason.txt") {
		t.Errorf("got %d bytes %q", len(base), base)
	}
}

func TestNaturalOrderComparesNumbers(t *testing.T) {
	sorted := []string{
		"", "ORD1", "ORD1.EDI", "ORD2.EDI", "ORD02.EDI", "ORD9.EDI", "ORD10.EDI", "ORD10a", "ORD99999999999999999999",
		"ORD100000000000000000000", "ORDERS", "ord1", "Äpfel",
	}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := sign(transports.CompareNatural(a, b)); got != sign(i-j) {
				t.Errorf("CompareNatural(%q, %q) = %d, want %d", a, b, got, sign(i-j))
			}
		}
	}
}

func TestNaturalOrderIsTotal(t *testing.T) {
	name := rapid.StringOfN(rapid.RuneFrom([]rune("019ab.-")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		ab, ba, bc, ac := transports.CompareNatural(a, b), transports.CompareNatural(b, a), transports.CompareNatural(b, c), transports.CompareNatural(a, c)
		if sign(ab) != -sign(ba) || (ab == 0) != (a == b) || ab <= 0 && bc <= 0 && ac > 0 {
			t.Errorf("%q %q %q: ab %d, ba %d, bc %d, ac %d", a, b, c, ab, ba, bc, ac)
		}
	})
}

func sign(n int) int { return min(max(n, -1), 1) }
