package acknowledge_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

const (
	unb = "UNB+UNOC:3+4098765000003:14+4012345000009:14+261124:1015+4711'"
	// A shortest clean order.
	good = "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+ORD-1+9'DTM+137:20261124:102'LIN+1++4012345000016:EN'QTY+21:3:PCE'UNS+S'UNT+7+1'"
)

func second(s string) string {
	return strings.Replace(strings.Replace(s, "UNH+1+", "UNH+2+", 1), "+1'", "+2'", 1)
}

// answers reads a file and gives the answers about it.
func answers(t testing.TB, file string, c acknowledge.Collector) []*acknowledge.Contrl {
	t.Helper()
	var all []*acknowledge.Contrl
	v := validate.New()
	for ev, err := range edifact.NewReader(strings.NewReader(file)).Events() {
		if err != nil {
			break
		}
		if a := c.Event(ev, v.Event(ev)); a != nil {
			all = append(all, a)
		}
	}
	return all
}

var moment = time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC)

func encode(t testing.TB, a *acknowledge.Contrl) string {
	t.Helper()
	b, err := a.Encode(acknowledge.Envelope{Control: "9001", Time: moment})
	if err != nil {
		t.Fatal(err)
	}
	isRight(t, b)
	return string(b)
}

// isRight wants that nothing is found in an answer: what is sent has to be right itself.
func isRight(t testing.TB, answer []byte) {
	t.Helper()
	v := validate.New()
	for ev, err := range edifact.NewReader(bytes.NewReader(answer)).Events() {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range append(ev.Findings, v.Event(ev)...) {
			t.Errorf("the answer has a finding: %v\n%s", f, answer)
		}
	}
}

func TestAnswersAreTheseBytes(t *testing.T) {
	wrong := strings.NewReplacer("QTY+21:3:PCE", "QTY+21:three:PCE", "LIN+1+", "ZZZ+1'LIN+1+", "UNT+7", "UNT+8").Replace(second(good))
	for _, c := range []struct {
		name, file string
		collector  acknowledge.Collector
		body       string
	}{
		{"all good", unb + good + "UNZ+1+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+7'UNT+3+1'"},
		{"all good, each told", unb + good + "UNZ+1+4711'", acknowledge.Collector{EachMessage: true},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+7'UCM+1+ORDERS:D:96A:UN:EAN008+7'UNT+4+1'"},
		{"receipt only", unb + wrong + "UNZ+1+4711'", acknowledge.Collector{ReceiptOnly: true},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+8'UNT+3+1'"},
		{"one broken message among good ones", unb + good + wrong + strings.ReplaceAll(strings.Replace(good, "UNH+1", "UNH+3", 1), "UNT+7+1", "UNT+7+3") + "UNZ+3+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+7'UCM+2+ORDERS:D:96A:UN:EAN008+4'UCS+4+15'UCS+6'UCD+37+2:2'UNT+7+1'"},
		{"wrong count in UNT", unb + strings.Replace(good, "UNT+7", "UNT+9", 1) + "UNZ+1+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+7'UCM+1+ORDERS:D:96A:UN:EAN008+4+29+UNT+2'UNT+4+1'"},
		{"UNT missing", unb + strings.Replace(good, "UNT+7+1'", "", 1) + "UNZ+1+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+7'UCM+1+ORDERS:D:96A:UN:EAN008+4+13+UNT'UNT+4+1'"},
		{"mandatory segment missing", unb + strings.NewReplacer("DTM+137:20261124:102'", "", "UNT+7", "UNT+6").Replace(good) + "UNZ+1+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+7'UCM+1+ORDERS:D:96A:UN:EAN008+4'UCS+2+13'UNT+5+1'"},
		{"simple element too long", unb + strings.Replace(good, "ORD-1", "ORDER-NUMBER-OF-36-CHARACTERS-012345", 1) + "UNZ+1+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+7'UCM+1+ORDERS:D:96A:UN:EAN008+4'UCS+2'UCD+39+3'UNT+6+1'"},
		{"wrong count in UNZ", unb + good + "UNZ+2+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+4+29+UNZ+2'UNT+3+1'"},
		{"unknown syntax version", strings.Replace(unb, "UNOC:3", "UNOC:9", 1) + good + "UNZ+1+4711'", acknowledge.Collector{}, "syntax 4"},
		{"date of UNB", strings.Replace(unb, "261124:1015", "20261124:1015", 1) + good + "UNZ+1+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+4+12+UNB+5:1'UNT+3+1'"},
		{"no UNZ", unb + good, acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+4+13+UNZ'UNT+3+1'"},
		{"cut within a segment", unb + good[:60], acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+4+13+UNZ'UNT+3+1'"},
		{"message without a name", unb + good + strings.Replace(second(good), "UNH+2+", "UNH++", 1) + "UNZ+2+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+4+13+UNH+2'UNT+3+1'"},
		{"groups", unb + "UNG+ORDERS+4098765000003:14+4012345000009:14+261124:1015+G1+UN+D:96A'" + good + wrong + "UNE+2+G1'UNZ+1+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+7'UCF+G1+4098765000003:14+4012345000009:14+7'UCM+2+ORDERS:D:96A:UN:EAN008+4'UCS+4+15'UCS+6'UCD+37+2:2'UNT+8+1'"},
		{"group's own fault", unb + "UNG+ORDERS+4098765000003:14+4012345000009:14+261124:1015+G1+UN+D:96A'" + good + "UNE+2+G1'UNZ+1+4711'", acknowledge.Collector{},
			"UNH+1+CONTRL:D:3:UN'UCI+4711+4098765000003:14+4012345000009:14+7'UCF+G1+4098765000003:14+4012345000009:14+4+29+UNE+2'UNT+4+1'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := answers(t, c.file, c.collector)
			if len(list) != 1 {
				t.Fatalf("%d answers", len(list))
			}
			got := encode(t, list[0])
			want := "UNA:+.? 'UNB+UNOC:3+4012345000009:14+4098765000003:14+261124:1030+9001'" + c.body + "UNZ+1+9001'"
			if c.body == "syntax 4" {
				want = "UNA:+.?*'UNB+UNOC:4+4012345000009:14+4098765000003:14+20261124:1030+9001'UNH+1+CONTRL:4:1:UN'UCI+4711+4098765000003:14+4012345000009:14+4+2+UNB'UNT+3+1'UNZ+1+9001'"
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", strings.ReplaceAll(got, "'", "'\n"), strings.ReplaceAll(want, "'", "'\n"))
			}
			if again := encode(t, list[0]); again != got {
				t.Error("the same answer has other bytes the second time")
			}
			back, err := acknowledge.Read(strings.NewReader(got))
			if err != nil || len(back) != 1 {
				t.Fatalf("read back: %v %v", back, err)
			}
			list[0].Syntax.Identifier, list[0].Syntax.Version = "", "" // of the interchange that is answered: not told
			if diff := cmp.Diff(list[0], back[0]); diff != "" {
				t.Errorf("read back (-written +read):\n%s", diff)
			}
		})
	}
}

func TestContrlIsNotAcknowledged(t *testing.T) {
	contrl := unb + "UNH+1+CONTRL:D:3:UN'UCI+17+4012345000009:14+4098765000003:14+7'UNT+3+1'UNZ+1+4711'"
	if list := answers(t, contrl, acknowledge.Collector{}); len(list) != 0 {
		t.Errorf("got %v", list)
	}
	if list := answers(t, contrl+unb+good+"UNZ+1+4711'", acknowledge.Collector{}); len(list) != 1 {
		t.Errorf("%d answers for a CONTRL and an order", len(list))
	}
}

func TestWhatCannotBeNamedIsNotAcknowledged(t *testing.T) {
	for _, file := range []string{
		strings.Replace(unb, "+4711'", "'", 1) + good + "UNZ+1'", // no control reference
		good, // no UNB
	} {
		if list := answers(t, file, acknowledge.Collector{}); len(list) != 0 {
			t.Errorf("%s: got %+v", file, list[0])
		}
	}
}

func TestEachInterchangeOfAFileHasItsAnswer(t *testing.T) {
	other := strings.Replace(unb, "4711", "4712", 1)
	list := answers(t, unb+good+"UNZ+1+4711'"+other+good+"UNZ+9+4712'", acknowledge.Collector{})
	if len(list) != 2 || list[0].Action != acknowledge.Acknowledged || list[1].Action != acknowledge.Rejected || list[1].Control != "4712" {
		t.Errorf("got %v", list)
	}
}

func TestTestIndicatorComesBack(t *testing.T) {
	list := answers(t, strings.Replace(unb, "+4711'", "+4711++++++1'", 1)+good+"UNZ+1+4711'", acknowledge.Collector{})
	if len(list) != 1 || !strings.Contains(encode(t, list[0]), "+9001++++++1'") {
		t.Errorf("got %v", list)
	}
}

func TestSendersOutsideTheirOwnLevelAreAnswered(t *testing.T) {
	list := answers(t, strings.NewReplacer("UNOC", "UNOA", "4098765000003", "hammerl").Replace(unb)+good+"UNZ+1+4711'", acknowledge.Collector{})
	if len(list) != 1 {
		t.Fatalf("%d answers", len(list))
	}
	if got := encode(t, list[0]); !strings.Contains(got, "UNB+UNOC:3+4012345000009:14+hammerl:14") {
		t.Errorf("got %s", got)
	}
}

func TestSyntax4TellsTheRepetition(t *testing.T) {
	file := "UNA:+.?*'UNB+UNOC:4+4098765000003:14+4012345000009:14+20261124:1015+4711'UNH+1+ORDERS:D:01B:UN'BGM+220+ORD-1+9'DTM+137:20261124:102'" +
		"NAD+BY+4098765000003::9'CTA+OC+:Einkauf'COM+1:TE*einkauf@example.org:EMAIL'LIN+1'UNS+S'UNT+9+1'UNZ+1+4711'"
	list := answers(t, file, acknowledge.Collector{})
	if len(list) != 1 {
		t.Fatalf("%d answers", len(list))
	}
	if got := encode(t, list[0]); !strings.Contains(got, "UCM+1+ORDERS:D:01B:UN+4'UCS+6'UCD+39+2:2:2'") {
		t.Errorf("got %s", got)
	}
}

func TestOutcomeOfAMessage(t *testing.T) {
	c := acknowledge.Contrl{Action: acknowledge.Acknowledged, Messages: []acknowledge.Message{{Reference: "2", Action: acknowledge.Rejected}}}
	if c.Outcome("1") != acknowledge.Acknowledged || c.Outcome("2") != acknowledge.Rejected {
		t.Error("a message that is not named has the outcome of its interchange")
	}
	c.Action = acknowledge.Rejected
	if c.Outcome("1") != acknowledge.Rejected {
		t.Error("a rejected interchange rejects its messages")
	}
}

func TestFaultsExplainThemselves(t *testing.T) {
	f := acknowledge.Fault{Code: "13", Segment: "UNB", Element: 2, Component: 1}
	if got, want := f.String(), "13 Missing in UNB, element 2, component 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEveryRuleHasACodeOfItsSyntax wants a code for each rule that rejects, and one that the syntax version has.
func TestEveryRuleHasACodeOfItsSyntax(t *testing.T) {
	for _, syntax := range []int{3, 4} {
		d, err := directory.OpenService(syntax)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range append(edifact.Rules(), validate.Rules()...) {
			code := acknowledge.Code(r.Name, syntax)
			if _, ok := d.Code("0085", code); !ok {
				t.Errorf("syntax %d: %s has the code %s, which does not exist", syntax, r.Name, code)
			}
		}
	}
}

func TestContrlWithoutUCIIsRefused(t *testing.T) {
	for _, body := range []string{"UCM+1+ORDERS:D:96A:UN+4'UNT+3+1'", "UCI+17+a+b+7+++x'UNT+3+1'"} {
		if list, err := acknowledge.Read(strings.NewReader(unb + "UNH+1+CONTRL:D:3:UN'" + body + "UNZ+1+4711'")); err == nil {
			t.Errorf("%s: read as %v", body, list)
		}
	}
}

// TestRealAnswersAreRead reads the CONTRL samples beside the checkout.
func TestRealAnswersAreRead(t *testing.T) {
	files, _ := filepath.Glob(sharedtest.Path(t, "samples/edifact") + "/*/contrl-*.edi")
	read := 0
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list, err := acknowledge.Read(bytes.NewReader(content))
		if err != nil {
			t.Logf("%s: %v", filepath.Base(name), err)
			continue
		}
		for _, c := range list {
			if c.Action == "" {
				t.Errorf("%s: no action: %+v", name, c)
			}
			read++
		}
	}
	if read < 8 {
		t.Errorf("%d answers read in %d files", read, len(files))
	}
}

// FuzzAnswer wants that whatever is in a file, no answer panics and none that is made is wrong itself.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(unb + good + "UNZ+1+4711'"))
	f.Add([]byte(unb + "UNG+ORDERS++++G1'" + good + "UNE+2+G1'UNZ+2+4711'"))
	f.Add([]byte("UNA:+.?*'" + strings.Replace(unb, "UNOC:3", "UNOC:4", 1) + good + "UNZ+1+4711'"))
	f.Add([]byte("UNA:+.? 'UNE+1+G1'"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, a := range answers(t, string(file), acknowledge.Collector{EachMessage: true}) {
			b, err := a.Encode(acknowledge.Envelope{Control: "9001", Time: moment})
			if err != nil {
				continue
			}
			v := validate.New()
			for ev, err := range edifact.NewReader(bytes.NewReader(b)).Events() {
				if err != nil {
					t.Fatalf("%v\n%q", err, b)
				}
				for _, x := range v.Event(ev) {
					if x.Severity == finding.Error && !(x.Rule == validate.RuleComponentMissing && x.Place.Tag == "UCM") { // UNH lacks it too
						t.Errorf("%v\n%q", x, b)
					}
				}
			}
			if _, err := acknowledge.Read(bytes.NewReader(b)); err != nil {
				t.Errorf("%v\n%q", err, b)
			}
		}
	})
}
