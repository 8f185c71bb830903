package profiles_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/option"
	"github.com/batchgate/batchgate/profiles"
)

func scaffoldFlow(t *testing.T, id string) *profiles.Flow {
	t.Helper()
	f, ok := loadScaffold(t).Flow(id)
	if !ok {
		t.Fatalf("no flow %s", id)
	}
	return f
}

func TestOrdersFlowIsReadInFull(t *testing.T) {
	f := scaffoldFlow(t, "weber-erp/orders")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	got := []any{f.From.Connection.ID(), f.From.Kind, f.From.StartAt.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, berlin)), f.Read == nil, f.Write != nil, f.ReadyWhen != nil,
		f.To.Connection.ID(), f.To.Folder, f.To.Temp, f.To.Name.String(), f.To.Exists, f.To.DoneName("ORD000001.EDI"),
		f.Charset, f.Envelope, f.BatchSize, f.Retry, f.Exported, f.FullFile}
	want := []any{"shop", document.Order, true, true, true, true,
		"weber-erp/erp", "in", "tmp", "ORD{control:6}.EDI", "wait", "ORD000001.OK",
		profiles.Charset{Level: "UNOC", Outside: "transliterate"}, profiles.Envelope{Syntax: "3", UNA: "always", Separators: ":+.? '"},
		0, profiles.Retry{Tries: 8, First: 10 * time.Second, Max: 30 * time.Minute, For: 6 * time.Hour}, profiles.Exported{Field: "batchgate_exported"}, (*profiles.FullFile)(nil)}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestStockFlowIsReadInFull(t *testing.T) {
	f := scaffoldFlow(t, "weber-erp/stock")
	got := []any{f.From.Folder, f.From.Match, f.From.FoldCase, f.From.StableFor, f.From.Processed, f.From.Failed, f.From.Kind, f.Read != nil, f.Write == nil,
		f.To.Connection.ID(), f.BatchSize, *f.FullFile, f.UnknownSKU, f.UnknownOrder, f.Guards.RowsDrop.String(), f.Guards.Changed.String(), f.Guards.MinRows}
	want := []any{"out", []string{"STOCK*.CSV"}, true, 10 * time.Second, "out/processed", "out/failed", document.Stock, true, true,
		"shop", 250, profiles.FullFile{Missing: "leave"}, "ignore", "hold", "30%", "40%", 20}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for name, want := range map[string]bool{"STOCK01.CSV": true, "stock01.csv": true, "STOCK.TXT": false, "XSTOCK.CSV": false} {
		if f.From.Matches(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func TestMessagesOfTheMappingsDirectoryAreTaken(t *testing.T) {
	got := scaffoldFlow(t, "weber-erp/despatch").Take
	if d := cmp.Diff(profiles.Take{Message: "DESADV", Version: "D", Release: "96A"}, got); d != "" {
		t.Error(d)
	}
	f := scaffoldFlow(t, "weber-erp/retail-orders")
	if f.Take.Message != "ORDERS" || f.Take.Sender != "4005555000013" || f.Acknowledge.Contrl.Connection.ID() != "weber-erp/erp" {
		t.Errorf("got %+v %+v", f.Take, f.Acknowledge)
	}
}

func TestFunctionsOfMessagesAreHeldUnlessTheProfileSaysOtherwise(t *testing.T) {
	f := scaffoldFlow(t, "weber-erp/retail-orders")
	for code, want := range map[string]string{"": "process", "9": "process", "1": "hold", "31": "ignore", "4": "hold"} {
		if got := f.Function(code); got != want {
			t.Errorf("%q: %s", code, got)
		}
	}
}

func TestTestMessagesNeverReachALiveShop(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		status   profiles.Status
		take     *bool
		test, ok bool
	}{{profiles.Live, nil, true, false}, {profiles.Live, nil, false, true}, {profiles.Test, nil, true, true}, {profiles.Test, nil, false, true}, {profiles.Live, &yes, true, true}, {profiles.Live, &yes, false, false}, {profiles.Test, &no, true, false}} {
		f := profiles.Flow{Profile: &profiles.Profile{Status: c.status}, Take: profiles.Take{Test: c.take}}
		if f.TakesTest(c.test) != c.ok {
			t.Errorf("%+v", c)
		}
	}
}

func TestEverySettingKnowsItsLayerAndLine(t *testing.T) {
	home, found := load(homeOf(t, txtar.File{Name: "profiles/adler.yaml", Data: []byte(`partner: adler
connections: {erp: {transport: local, root: /srv/erp, retry: {tries: 2}}}
unknown_sku: ignore
guards: {changed: off}
retry: {first: 1m}
rules: {flatfile.column: warning}
flows:
  stock:
    from: {connection: erp, folder: out}
    mapping: stock
    to: {connection: shop}
    guards: {rows_drop: 10%}
    retry: {tries: 3}
    rules: {flatfile.row: note}
`)}))
	if len(found) > 0 {
		t.Fatal(print(found))
	}
	f, _ := home.Flow("adler/stock")
	for path, want := range map[string]string{
		"unknown_sku":           "partner profiles/adler.yaml:3:14",
		"unknown_order":         "default ",
		"guards.changed":        "partner profiles/adler.yaml:4:19",
		"guards.rows_drop":      "flow profiles/adler.yaml:12:25",
		"guards.min_rows":       "default ",
		"from.folder":           "flow profiles/adler.yaml:9:37",
		"rules.flatfile.column": "partner profiles/adler.yaml:6:26",
		"rules.flatfile.row":    "flow profiles/adler.yaml:14:27",
	} {
		o, ok := f.Origin(path)
		if got := string(o.Layer) + " " + o.Place.String(); got != want || !ok {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if f.UnknownSKU != "ignore" || f.Guards.Changed.On || f.Guards.RowsDrop.String() != "10%" {
		t.Errorf("got %+v", f)
	}
	if want := (profiles.Retry{Tries: 3, First: time.Minute, Max: 30 * time.Minute, For: 6 * time.Hour}); f.Retry != want {
		t.Errorf("retry %+v", f.Retry)
	}
	if c := f.From.Connection; c.Retry.Tries != 2 {
		t.Errorf("retry of the connection %+v", c.Retry)
	}
	if o, ok := home.Profiles[0].Origin("unknown_sku"); !ok || o.Layer != option.Partner {
		t.Errorf("origin on the partner's level: %v", o)
	}
}

func TestSecretsAreLookedUpOnDemandAndNameWhatIsMissing(t *testing.T) {
	secret, there := "first", true
	home, found := profiles.Load(homeOf(t), profiles.Options{Getenv: func(name string) (string, bool) {
		if name == "SHOP_SECRET" {
			return secret, there
		}
		return "SWIA123", true
	}})
	if len(found) > 0 {
		t.Fatal(print(found))
	}
	shop := home.Connections["shop"]
	secret = "second"
	if got, err := shop.Secret("client_secret"); got != "second" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := shop.Secret("client_id"); got != "SWIA123" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	there = false
	want := "client_secret of connection shop: environment variable SHOP_SECRET is not set; set it for the account that runs batchgate"
	if _, err := shop.Secret("client_secret"); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestRelativePathsStartAtTheHome(t *testing.T) {
	home, found := profiles.Load(profiles.Scaffold(), profiles.Options{Dir: "/srv/home", Getenv: env})
	if len(found) > 0 {
		t.Fatal(print(found))
	}
	p, _ := home.Partner("weber-erp")
	got := []string{home.Ledger.Dialect, home.Ledger.DSN, home.Archive, p.Connections["erp"].Root}
	if want := []string{"sqlite", local("/srv/home/data/batchgate.db"), local("/srv/home/data/archive"), local("/srv/home/erp")}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestAHomeThatIsNoneSaysSo(t *testing.T) {
	_, found := load(fstest.MapFS{})
	if len(found) != 1 || found[0].Rule != "profile.home" {
		t.Errorf("got %s", print(found))
	}
	_, found = load(fstest.MapFS{"profiles": {Mode: fs.ModeDir}})
	if len(found) != 1 || found[0].Rule != "profile.none" || found.HasErrors() {
		t.Errorf("got %s", print(found))
	}
}

func TestNamesBeforePlaces(t *testing.T) {
	_, found := profiles.Load(fstest.MapFS{"profiles/a.yaml": {Data: []byte("x: 1\n")}}, profiles.Options{Name: "home"})
	if len(found) == 0 || found[0].Place.File != "home/profiles/a.yaml" {
		t.Errorf("got %s", print(found))
	}
}

func FuzzLoadNeverPanics(f *testing.F) {
	base, err := txtar.ParseFile("testdata/base.txtar")
	if err != nil {
		f.Fatal(err)
	}
	text := map[string]string{}
	for _, file := range base.Files {
		text[file.Name] = string(file.Data)
	}
	f.Add(text["profiles/adler.yaml"], text["connections.yaml"], text["mappings/stock.yaml"], text["codes/payments.csv"])
	f.Add("flows: {a: {from: a, to: b, mapping: stock, codes: {x: {a: b}}}}", "a: {transport: mem}\nb: {transport: mem}\n", "---\n---\nname: x\n--- \nname: stock\n", "ours;theirs\n\"a;\"\"b\";c\n")
	f.Add("partner: a\nflows:\n  x: 3\n  ? [a]\n  : b\n", "[]", "\t---\n", "\xef\xbb\xbfours\ttheirs\na\tb")
	f.Fuzz(func(t *testing.T, profile, connections, mapping, codes string) {
		home, found := load(fstest.MapFS{"profiles/adler.yaml": {Data: []byte(profile)}, "connections.yaml": {Data: []byte(connections)},
			"mappings/stock.yaml": {Data: []byte(mapping)}, "codes/payments.csv": {Data: []byte(codes)}})
		if found.HasErrors() {
			return
		}
		for _, p := range home.Profiles {
			again, found := profiles.LoadBundle(p.Bundle())
			if found.HasErrors() || again.Version != p.Version {
				t.Errorf("the bundle loads as another profile: %s", print(found))
			}
		}
	})
}

func TestAHomeOnDiskNeedsNoFoldersThatItDoesNotUse(t *testing.T) {
	dir := t.TempDir()
	for name, f := range homeOf(t) {
		if strings.HasPrefix(name, "codes/") || strings.HasPrefix(name, "guidelines/") {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, found := profiles.LoadDir(dir, profiles.Options{Getenv: env})
	for _, f := range found {
		if f.Rule == "profile.home" {
			t.Error(f)
		}
	}
}
