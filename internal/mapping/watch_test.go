package mapping

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/flatfile"
)

func TestNoRuinedNumberPassesTheQuickLook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ \t\x{a0}]{0,2}-?[0-9]{1,2}([.,][0-9]{0,8})?[eE][+-]?[0-9]{0,4} ?`).Draw(t, "text")
		if flatfile.RuinedNumber(text) && !watchKey.suspicious([]byte(text)) {
			t.Fatalf("%q is a ruined number and was not looked at", text)
		}
	})
	for _, text := range []string{"", "7", "ART-000001", "A+B", "731235000", "E+12"} {
		if watchKey.suspicious([]byte(text)) {
			t.Errorf("%q is looked at twice", text)
		}
	}
}
