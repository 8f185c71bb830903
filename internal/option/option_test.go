package option_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/option"
)

func retry() *option.Table {
	return &option.Table{Name: "retry", Options: []option.Option{
		{Name: "tries", Type: option.Int, Default: "8", Min: 1, Max: 100, Help: "attempts"},
		{Name: "for", Type: option.Duration, Default: "6h", Max: 30 * 86400, Help: "how long"},
	}}
}

func table() *option.Table {
	return &option.Table{Name: "flow", Help: "a test", Short: "url", Elsewhere: map[string]string{"later": "this version does not do that"}, Options: []option.Option{
		{Name: "url", Type: option.Text, Reference: true, Help: "address"},
		{Name: "status", Type: option.Choice, Default: "draft", Allowed: []string{"draft", "live"}, Help: "state"},
		{Name: "drop", Type: option.Percent, Default: "30%", Help: "share"},
		{Name: "amount", Type: option.Decimal, Help: "amount"},
		{Name: "ship", Type: option.Flag, Default: "true", Help: "flag"},
		{Name: "secret", Type: option.Secret, Help: "secret"},
		{Name: "match", Type: option.Patterns, Default: "*", Help: "patterns"},
		{Name: "start", Type: option.Time, Help: "time"},
		{Name: "rules", Type: option.Map, Allowed: []string{"error", "off"}, Help: "levels"},
		{Name: "codes", Type: option.Tree, Help: "anything"},
		{Name: "retry", Type: option.Block, Block: retry(), Help: "again"},
		{Name: "full", Type: option.Block, Block: retry(), OnDemand: true, Help: "there or not"},
	}}
}

func decode(t *testing.T, yaml string, layer option.Layer) (option.Values, []string) {
	t.Helper()
	src, found := option.Parse("p.yaml", []byte(yaml))
	v, more := table().Decode(src, src.Root, layer)
	var texts []string
	for _, f := range append(found, more...) {
		texts = append(texts, f.String())
	}
	return v, texts
}

func mustDecode(t *testing.T, yaml string, layer option.Layer) option.Values {
	t.Helper()
	v, faults := decode(t, yaml, layer)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return v
}

func TestEveryTypeIsRead(t *testing.T) {
	v := mustDecode(t, `
url: https://shop.example
status: live
drop: 12.5%
amount: 0.02
ship: no
secret: env:SHOP_SECRET
match: ["*.CSV", "*.TXT"]
start: 2026-12-01
rules: {edifact.unt-count: off}
retry: {for: 1h30m}
`, option.Flow)
	v = table().Layer(v)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("needs time zones: Debian has them in tzdata: ", err)
	}
	ref, _ := v.Reference("secret")
	got := []any{v.Text("url"), v.Text("status"), v.Share("drop").String(), v.Decimal("amount").String(), v.Flag("ship"), ref.Env,
		v.Texts("match"), v.Time("start", berlin).Format(time.RFC3339), v.Map("rules"), v.Block("retry").Duration("for"), v.Block("retry").Int("tries"), v.Has("full")}
	want := []any{"https://shop.example", "live", "12.5%", "0.02", false, "SHOP_SECRET",
		[]string{"*.CSV", "*.TXT"}, "2026-12-01T00:00:00+01:00", map[string]string{"edifact.unt-count": "off"}, 90 * time.Minute, 8, false}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAllFaultsComeAtOnceWithPlaceAndWayOut(t *testing.T) {
	_, got := decode(t, `url: x
statsu: live
later: 1
status: liv
drop: 30
amount: 1,5
ship: maybe
match: "[a"
start: 1.12.2026
rules: {a.b: of}
retry: {tries: 0, for: 1 day}
full: 3
`, option.Flow)
	want := []string{
		`p.yaml:2:1: error: unknown key "statsu" in flow; did you mean "status"? [option.unknown]`,
		`p.yaml:3:1: error: unknown key "later" in flow; this version does not do that [option.unknown]`,
		`p.yaml:4:9: error: status "liv" is not one of draft, live; did you mean "live"? [option.value]`,
		`p.yaml:5:7: error: drop "30" is not a percentage; write it as 30%, or off [option.value]`,
		`p.yaml:6:9: error: amount "1,5" is not a number; write it as 12.5 [option.value]`,
		`p.yaml:7:7: error: ship "maybe" is neither true nor false [option.value]`,
		`p.yaml:8:8: error: match "[a" is not a pattern; * stands for any text, ? for one character, [a-z] for a range, every [ needs its ] [option.value]`,
		`p.yaml:9:8: error: start "1.12.2026" is not a time; write 2026-12-01, or with time and zone 2026-12-01T06:00:00+01:00 [option.value]`,
		`p.yaml:10:14: error: rules "of" is not one of error, off; did you mean "off"? [option.value]`,
		`p.yaml:11:16: error: tries "0" is less than 1 [option.value]`,
		`p.yaml:11:24: error: for "1 day" is not a duration; write 10s, 5m, 6h or 14d [option.value]`,
		`p.yaml:12:7: error: a retry is a block of settings, not "3"; it has the settings tries, for [option.type]`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestSecretsInTheFileAreRefusedAndNotRepeated(t *testing.T) {
	src, _ := option.Parse("p.yaml", []byte("secret: hunter2\n"))
	_, found := table().Decode(src, src.Root, option.Flow)
	if len(found) != 1 || found[0].Rule != "option.secret" {
		t.Fatalf("got %v", found)
	}
	if all := found[0].String() + found[0].Source + found[0].Value; strings.Contains(all, "hunter2") {
		t.Errorf("the secret stands in the finding: %s", all)
	}
}

func TestAgeSecretsAreNotSupportedYet(t *testing.T) {
	_, got := decode(t, "secret: age:abc\n", option.Flow)
	if len(got) != 1 || !strings.Contains(got[0], "not supported yet; use env:NAME or file:PATH") {
		t.Errorf("got %v", got)
	}
}

func TestKeysGivenTwiceNameTheFirstLine(t *testing.T) {
	_, got := decode(t, "url: a\nship: true\nurl: b\n", option.Flow)
	want := []string{`p.yaml:3:1: error: "url" is given twice; it stands in line 1 already; keep one of them [option.duplicate]`}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAliasesAreRefusedSoThatAFileCannotGrow(t *testing.T) {
	_, got := decode(t, "codes: {a: &a [x], b: *a}\n", option.Flow)
	if len(got) != 2 || !strings.Contains(got[0], "option.alias") {
		t.Errorf("got %v", got)
	}
}

func TestColumnsCountBytes(t *testing.T) {
	_, got := decode(t, "{url: ä, statsu: live}\n", option.Flow)
	if len(got) != 1 || !strings.HasPrefix(got[0], "p.yaml:1:11:") {
		t.Errorf("got %v", got)
	}
}

func TestAPlainValueStandsForTheShortSetting(t *testing.T) {
	if v := mustDecode(t, "https://shop.example", option.Flow); v.Text("url") != "https://shop.example" {
		t.Errorf("got %q", v.Text("url"))
	}
}

func TestHigherLayersOverrideSingleSettingsAndKeepTheOthers(t *testing.T) {
	partner := mustDecode(t, "drop: off\nretry: {tries: 3, for: 1h}\nrules: {a.b: off, c.d: off}\nfull: {}\n", option.Partner)
	flow := mustDecode(t, "retry: {for: 2h}\nrules: {c.d: error}\n", option.Flow)
	v := table().Layer(partner, flow)
	var got []string
	for s := range v.Settings() {
		got = append(got, s.Path+"="+s.Value+" "+string(s.Origin.Layer)+" "+s.Origin.Place.String())
	}
	want := []string{
		"status=draft default ",
		"drop=off partner p.yaml:1:7",
		"ship=true default ",
		"match=[*] default ",
		"rules.a.b=off partner p.yaml:3:14",
		"rules.c.d=error flow p.yaml:2:14",
		"retry.tries=3 partner p.yaml:2:16",
		"retry.for=2h flow p.yaml:1:14",
		"full.tries=8 default ",
		"full.for=6h default ",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if o, ok := v.Origin("retry.for"); !ok || o.Layer != option.Flow {
		t.Errorf("origin of retry.for: %v %v", o, ok)
	}
	if _, ok := v.Origin("retry.nothing"); ok {
		t.Error("an unknown path has an origin")
	}
}

func TestDurationsAreReadAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, 1<<62/int64(time.Millisecond)).Draw(t, "ms")) * time.Millisecond
		back, err := option.ParseDuration(option.FormatDuration(d))
		if err != nil || back != d {
			t.Fatalf("%s: %s, %v", option.FormatDuration(d), back, err)
		}
	})
	for _, bad := range []string{"", "d", "5", "1x", "-1s", "1.5h", "99999999999999d", "9223372036854775807d1s"} {
		if d, err := option.ParseDuration(bad); err == nil {
			t.Errorf("%q is %s", bad, d)
		}
	}
}

func TestReferencesNameWhatIsMissingAndNeverAValue(t *testing.T) {
	l := option.Lookup{
		Getenv: func(name string) (string, bool) { return map[string]string{"A": "secret"}[name], name == "A" },
		ReadFile: func(path string) ([]byte, error) {
			return map[string][]byte{"k": []byte("key\r\n"), "e": {'\n'}}[path], nil
		},
	}
	for ref, want := range map[option.Reference]string{
		{Env: "A"}:  "secret",
		{File: "k"}: "key",
		{Env: "B"}:  "environment variable B is not set; set it for the account that runs batchgate",
		{File: "e"}: "secret file e is empty",
	} {
		got, err := l.Resolve(ref)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", ref, got, want)
		}
	}
}

func TestHelpAndReferenceHaveEverySetting(t *testing.T) {
	var help, page strings.Builder
	if err := table().WriteHelp(&help); err != nil {
		t.Fatal(err)
	}
	if err := table().WriteMarkdown(&page); err != nil {
		t.Fatal(err)
	}
	for _, name := range table().Names() {
		if !strings.Contains(help.String(), name) || !strings.Contains(page.String(), "`"+name+"`") {
			t.Errorf("%s is missing", name)
		}
	}
	if !strings.Contains(help.String(), "draft | live") || !strings.Contains(page.String(), "| `retry.for` | duration | `6h` |") {
		t.Errorf("got\n%s\n%s", help.String(), page.String())
	}
}

func FuzzDecodeNeverPanicsAndPlacesLieInTheFile(f *testing.F) {
	for _, seed := range []string{"url: x\n", "retry: {tries: 3}", "a: [b: c", "? {x: y}\n: z\n", "rules: {1: off}", "codes: &a {x: *a}", "\xff", "- 1\n- 2", "url: !!binary x", "full:\n", "{url: ä, b: }", "%YAML 1.1\n---\nurl: |\n  x\n  y\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		src, found := option.Parse("f", b)
		v, more := table().Decode(src, src.Root, option.Flow)
		for _, one := range append(found, more...) {
			if p := one.Place; p.Offset < 0 || p.Offset > int64(len(b)) || p.Column < 0 {
				t.Errorf("place %+v outside of %d bytes", p, len(b))
			}
		}
		for range table().Layer(v).Settings() {
		}
	})
}
