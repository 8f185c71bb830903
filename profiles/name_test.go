package profiles_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/profiles"
)

func TestNamesAreMadeOfTheirParts(t *testing.T) {
	facts := profiles.NameFacts{Control: 42, Series: 7, Number: "10234", Source: "STOCK01.CSV", Time: time.Date(2026, 12, 1, 6, 5, 4, 0, time.UTC)}
	for template, want := range map[string]string{
		"ORD{control:6}.EDI":                "ORD000042.EDI",
		"WEB{series:5}.CSV":                 "WEB00007.CSV",
		"W{series:1}.CSV":                   "W7.CSV",
		"{number}.EDI":                      "10234.EDI",
		"O-{date:20060102-150405}.EDI":      "O-20261201-060504.EDI",
		"{source}-{control}.EDI":            "STOCK01-42.EDI",
		"ORDERS.CSV":                        "ORDERS.CSV",
		"{date:060102}{control:4}{date:15}": "261201004206",
	} {
		n, err := profiles.ParseName(template)
		if err != nil {
			t.Errorf("%s: %v", template, err)
			continue
		}
		if got, err := n.Expand(facts); got != want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", template, got, err, want)
		}
	}
}

func TestANumberThatOutgrowsItsWidthIsNotCut(t *testing.T) {
	n, err := profiles.ParseName("ORD{control:3}.EDI")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := n.Expand(profiles.NameFacts{Control: 12345}); got != "ORD12345.EDI" {
		t.Errorf("got %s", got)
	}
}

func TestAPartWithoutItsFactIsAnError(t *testing.T) {
	for _, template := range []string{"{control}", "{series}", "{number}", "{source}", "{date:2006}"} {
		n, err := profiles.ParseName(template)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := n.Expand(profiles.NameFacts{}); err == nil {
			t.Errorf("%s gave %q", template, got)
		}
		if part := strings.TrimRight(strings.SplitN(template[1:], ":", 2)[0], "}"); !n.Uses(part) || n.Uses("other") {
			t.Errorf("%s does not use %s", template, part)
		}
	}
}

func TestTemplatesThatMakeBadNamesAreRefused(t *testing.T) {
	for _, template := range []string{"", ".EDI", "a/b", `a\b`, "a:b", "{control", "control}", "{date}", "{date:x}", "{control:0}", "{control:15}", "{control:x}", "{number:4}", "{}", "a.", "a ", "a\x00", "a\u202eb"} {
		if _, err := profiles.ParseName(template); err == nil {
			t.Errorf("%q is accepted", template)
		}
	}
}

func TestNamesOfStrangeNumbersAreSafeEverywhere(t *testing.T) {
	n, err := profiles.ParseName("{number}.EDI")
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[string]string{
		"../../etc/passwd": "_._.._etc_passwd.EDI",
		"CON":              "_CON.EDI",
		"com1":             "_com1.EDI",
		"a\nb":             "a_b.EDI",
		"Größe 1":          "Größe 1.EDI",
	} {
		if got, err := n.Expand(profiles.NameFacts{Number: number}); got != want || err != nil {
			t.Errorf("%q: got %q, %v; want %q", number, got, err, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		got, err := n.Expand(profiles.NameFacts{Number: rapid.StringN(1, 300, 400).Draw(t, "number")})
		if err != nil {
			return
		}
		if !utf8.ValidString(got) || strings.ContainsAny(got, "<>:\"/\\|?*\x00\n\r\t") || strings.HasPrefix(got, ".") || len(got) > 201 || !strings.HasSuffix(got, ".EDI") {
			t.Fatalf("%q", got)
		}
	})
}

func FuzzParseNameExpandsWhatItAccepts(f *testing.F) {
	for _, seed := range []string{"ORD{control:6}.EDI", "{date:20060102}", "{{}}", "{source}.", "{number}{series:3}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := profiles.ParseName(text)
		if err != nil {
			return
		}
		name, err := n.Expand(profiles.NameFacts{Control: 1, Series: 2, Number: "3", Source: "s", Time: time.Unix(0, 0).UTC()})
		if err != nil || name == "" || strings.ContainsAny(name, `/\`) {
			t.Errorf("%q: %q, %v", text, name, err)
		}
	})
}
