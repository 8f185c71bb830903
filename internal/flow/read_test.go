package flow_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/profiles"
)

// example gives the flows of the example home whose source is a folder.
func example(t *testing.T) []*profiles.Flow {
	t.Helper()
	home, found := profiles.Load(profiles.Scaffold(), profiles.Options{Getenv: func(name string) (string, bool) {
		return map[string]string{"SHOP_URL": "https://shop.example", "SHOP_ID": "id", "SHOP_SECRET": "secret"}[name], true
	}})
	if found.HasErrors() {
		t.Fatal(found)
	}
	var flows []*profiles.Flow
	for _, f := range home.Flows() {
		if f.Read != nil {
			flows = append(flows, f)
		}
	}
	return flows
}

// events reads a file and tells what came, a line each.
func events(t *testing.T, file string, flows []*profiles.Flow) []string {
	t.Helper()
	var got []string
	found, err := flow.Read(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }, flows, flow.ReadOptions{Name: "f"}, flow.Sink{
		Document: func(m *flow.Message, d *document.Document) error {
			got = append(got, fmt.Sprintf("%d %s %s %s", m.N, m.Flow.Name, d.Kind, d.Key()))
			return nil
		},
		End: func(m *flow.Message) error {
			name := "(none)"
			if m.Flow != nil {
				name = m.Flow.Name
			}
			got = append(got, fmt.Sprintf("%d %s end %s broken=%v documents=%d refused=%d", m.N, name, m.Type, m.Broken, m.Documents, m.Refused))
			return nil
		},
		Interchange: func(i *edifact.Interchange, c *acknowledge.Contrl, flows []*profiles.Flow) error {
			got = append(got, fmt.Sprintf("answer %s %s", i.Control, c.Action))
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		got = append(got, f.Rule)
	}
	return got
}

const (
	inventory = "UNH+1+INVRPT:D:96A:UN'BGM+35+IR1+9'DTM+137:20261125:102'LIN+1++BG-1001:SA'PIA+1+BG-1001:SA'QTY+145:12:PCE'UNT+7+1'"
	despatch  = "UNH+2+DESADV:D:96A:UN'BGM+351+LS1+9'DTM+137:20261125:102'RFF+ON:10234'CPS+1'PAC+1'PCI+33E'RFF+CN:00340001'LIN+1++4099999000017:EN'PIA+1+BG-1001:SA'QTY+12:1:PCE'UNT+12+2'"
	catalogue = "UNH+3+PRICAT:D:96A:UN'BGM+9+PC1+9'DTM+137:20261125:102'UNT+4+3'"
)

func interchange(messages ...string) string {
	return "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+77'" + strings.Join(messages, "") + fmt.Sprintf("UNZ+%d+77'", len(messages))
}

func TestMessagesOfOneFileAreRoutedToTheirFlows(t *testing.T) {
	got := events(t, interchange(inventory, despatch, catalogue), example(t))
	want := []string{"1 stock-edi stock BG-1001", "1 stock-edi end INVRPT broken=false documents=1 refused=0",
		"2 despatch shipment LS1", "2 despatch end DESADV broken=false documents=1 refused=0",
		"3 (none) end PRICAT broken=false documents=0 refused=0", "answer 77 acknowledged"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestADirectoryIsTheSameHoweverItIsWritten(t *testing.T) {
	for _, name := range []string{"D:96A", "d:96a", "D: 96A", "D.:96A"} {
		got := strings.Join(events(t, interchange(strings.Replace(inventory, "D:96A", name, 1)), example(t)), " ")
		if !strings.HasPrefix(got, "1 stock-edi ") == (name != "D.:96A") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := events(t, interchange(strings.Replace(inventory, "D:96A", "D:96B", 1)), example(t)); !strings.HasPrefix(got[0], "1 (none)") {
		t.Errorf("another directory: %v", got)
	}
}

func TestABrokenMessageDoesNotHideItsNeighbours(t *testing.T) {
	got := events(t, interchange(strings.Replace(inventory, "UNT+7", "UNT+9", 1), despatch), example(t))
	joined := strings.Join(got, "\n")
	if !strings.Contains(joined, "1 stock-edi end INVRPT broken=true") || !strings.Contains(joined, "2 despatch end DESADV broken=false") {
		t.Error(joined)
	}
}

func TestRowsGoToEveryFlowThatTakesThem(t *testing.T) {
	flows := example(t)
	stock := flows[0]
	other := *stock
	other.Name = "second-shop"
	got := events(t, "Artikelnr;Lager;Bestand\r\nBG-1001;10;1234,00\r\n", []*profiles.Flow{stock, &other})
	if len(got) != 4 || !strings.HasPrefix(got[0], "1 stock stock BG-1001") || !strings.HasPrefix(got[2], "2 second-shop stock BG-1001") {
		t.Errorf("%v", got)
	}
}

func TestATruncatedInterchangeHasNoGoodTail(t *testing.T) {
	whole := interchange(inventory, despatch)
	for cut := len(whole) - 1; cut > len(whole)-40; cut-- {
		for _, e := range events(t, whole[:cut], example(t)) {
			if e == "2 despatch end DESADV broken=false documents=1 refused=0" && cut < strings.Index(whole, "UNT+12")+8 {
				t.Fatalf("cut at %d: the despatch advice counts as whole", cut)
			}
		}
	}
}

func TestAProfileSaysWhatItsInterchangesAreReallyLike(t *testing.T) {
	flows := example(t)
	profile := flows[0].Profile
	file := interchange(strings.ReplaceAll(inventory, "BG-1001", "B\x80\r\n1"))
	for want, r := range map[string]profiles.Received{
		"stock B\u20ac1":     {Charset: "windows-1252", LineBreaks: edifact.DropLineBreaks},
		"stock B\u20ac\r\n1": {Charset: "windows-1252", LineBreaks: edifact.KeepLineBreaks},
		"broken=true":        {},
	} {
		profile.Received = r
		if got := strings.Join(events(t, file, flows), "\n"); !strings.Contains(got, want) {
			t.Errorf("%+v: got\n%s\nwant %q", r, got, want)
		}
	}
	other := *profile
	other.Partner, other.Received.Charset = "adler", "UNOD"
	flows[1].Profile = &other
	if got := events(t, file, flows); len(got) != 1 || got[0] != "flow.interchanges" {
		t.Errorf("two profiles: %q", got)
	}
}
