package flow_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/profiles"
)

// guided gives the example home with a guideline at one of its flows.
func guided(t *testing.T, flowName, text string) []*profiles.Flow {
	t.Helper()
	home := fstest.MapFS{"guidelines/own.yaml": &fstest.MapFile{Data: []byte(text)}}
	err := fs.WalkDir(profiles.Scaffold(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(profiles.Scaffold(), name)
		if strings.HasPrefix(name, "profiles/") {
			b = []byte(strings.Replace(string(b), "\n  "+flowName+":\n", "\n  "+flowName+":\n    guideline: own\n", 1))
		}
		home[name] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	loaded, found := profiles.Load(home, profiles.Options{Getenv: func(name string) (string, bool) {
		return map[string]string{"SHOP_URL": "https://shop.example", "SHOP_ID": "id", "SHOP_SECRET": "secret"}[name], true
	}})
	if found.HasErrors() {
		t.Fatal(found)
	}
	return loaded.Flows()
}

func TestAMessageThatBreaksTheFlowsGuidelineTakesNoEffect(t *testing.T) {
	flows := guided(t, "despatch", "guideline: own\nmessage: DESADV\ndirectory: D.96A\nsegments:\n  BGM: {elements: {\"1004\": {format: an..9}}}\n  DTM[11]: {use: required}\n")
	flows = slices.DeleteFunc(flows, func(f *profiles.Flow) bool { return f.Read == nil })
	good := strings.NewReplacer("RFF+ON", "DTM+11:20261125:102'RFF+ON", "UNT+12", "UNT+13").Replace(despatch)
	for file, broken := range map[string]string{interchange(good): "false", interchange(despatch): "true", interchange(strings.Replace(good, "LS1+9", "LS-4711-X2+9", 1)): "true"} {
		got := strings.Join(events(t, file, flows), "\n")
		if !strings.Contains(got, "despatch end DESADV broken="+broken) {
			t.Errorf("want broken=%s in\n%s", broken, got)
		}
	}
}

func TestWhatIsWrittenIsCheckedByTheFlowsGuideline(t *testing.T) {
	flows := guided(t, "orders", "guideline: own\nmessage: ORDERS\ndirectory: D.96A\nsegments:\n  BGM: {elements: {\"1004\": {format: an..6}}}\n")
	i := slices.IndexFunc(flows, func(f *profiles.Flow) bool { return f.Name == "orders" })
	body := "UNB+UNOC:3+4012345000009:14+4301234000009:14+261125:0930+77'UNH+1+ORDERS:D:96A:UN'BGM+220+10234-7+9'DTM+137:20261125:102'LIN+1'UNS+S'UNT+6+1'UNZ+1+77'"
	found := flow.CheckWritten(flows[i], "ORD1.EDI", []byte(body))
	if len(found) != 1 || found[0].Rule != guideline.RuleElementFormat || found[0].Place.File != "ORD1.EDI" {
		t.Errorf("got %v", found)
	}
	flows[i].Rules = map[string]string{guideline.RuleElementFormat: "off"}
	if found := flow.CheckWritten(flows[i], "ORD1.EDI", []byte(body)); len(found) != 0 {
		t.Errorf("switched off: %v", found)
	}
	flows[i].Guideline = nil
	if found := flow.CheckWritten(flows[i], "ORD1.EDI", []byte(body)); len(found) != 0 {
		t.Errorf("without a guideline: %v", found)
	}
}
