package profiles_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/xuri/excelize/v2"

	"github.com/batchgate/batchgate/profiles"
)

func local(path string) string { return filepath.FromSlash(path) }

func adler(t *testing.T, over ...txtar.File) *profiles.Profile {
	t.Helper()
	home, found := load(homeOf(t, over...))
	if found.HasErrors() {
		t.Fatal(print(found))
	}
	p, ok := home.Partner("adler")
	if !ok {
		t.Fatal("no profile adler")
	}
	return p
}

func file(name, text string) txtar.File { return txtar.File{Name: name, Data: []byte(text)} }

func TestABundleLoadsAsTheSameProfileWithoutSecrets(t *testing.T) {
	p := adler(t)
	again, found := profiles.LoadBundle(p.Bundle())
	if len(found) > 0 {
		t.Fatal(print(found))
	}
	if again.Version != p.Version || !bytes.Equal(again.Bundle(), p.Bundle()) || again.Engine != "test" || len(again.Flows) != len(p.Flows) {
		t.Errorf("got %+v", again)
	}
	scaffold := loadScaffold(t).Profiles[0]
	if again, found := profiles.LoadBundle(scaffold.Bundle()); len(found) > 0 || again.Version != scaffold.Version {
		t.Errorf("scaffold: %s", print(found))
	}
}

func TestTheVersionChangesWithWhatDecidesTheOutputAndWithNothingElse(t *testing.T) {
	connections := "shop: {platform: shopware, url: \"https://shop.example\", client_id: env:SHOP_ID, client_secret: env:SHOP_SECRET}\n"
	base := adler(t, file("connections.yaml", connections)).Version
	stock := "format: delimited\ndelimiter: \";\"\ncharset: utf-8\nheader: {required: [Artikel, Bestand]}\ndocument: {kind: stock, each: row}\nmap:\n  sku:     {path: Artikel, as: text}\n  on_hand: {path: Bestand, as: decimal}\n"
	for name, c := range map[string]struct {
		file    txtar.File
		changes bool
	}{
		"a code list that is used":     {file("codes/payments.csv", "ours;theirs\ninvoice;43\n"), true},
		"a code list that is not used": {file("codes/units.csv", "ours;theirs\nPCE;ST\n"), false},
		"a mapping that is used":       {file("mappings/stock.yaml", stock+"# changed\n"), true},
		"a mapping that is not used":   {file("mappings/other.yaml", stock), false},
		"another shared connection":    {file("connections.yaml", connections+"other: {platform: shopware, url: \"https://b.example\", client_id: env:SHOP_ID, client_secret: env:SHOP_SECRET}\n"), false},
		"the shared connection in use": {file("connections.yaml", strings.Replace(connections, "shop.example", "shop2.example", 1)), true},
		"another partner":              {file("profiles/b.yaml", "partner: b\n"), false},
		"the settings of the home":     {file("batchgate.yaml", "archive: elsewhere\n"), false},
	} {
		if got := adler(t, file("connections.yaml", connections), c.file).Version != base; got != c.changes {
			t.Errorf("%s: changed %v", name, got)
		}
	}
}

func TestMappingsOfOneFileAreBundledAlone(t *testing.T) {
	two := "# two mappings\nname: stock\nformat: delimited\ndelimiter: \";\"\ncharset: utf-8\nheader: {required: [A]}\ndocument: {kind: stock, each: row}\nmap: {sku: A}\n---\nname: other\nformat: delimited\ndelimiter: \";\"\ncharset: utf-8\nheader: {required: [B]}\ndocument: {kind: stock, each: row}\nmap: {sku: B}\n"
	empty := file("mappings/stock.yaml", "# moved\n")
	p := adler(t, empty, file("mappings/two.yaml", two))
	if strings.Contains(string(p.Bundle()), "other") {
		t.Error("the other mapping is in the bundle")
	}
	if q := adler(t, empty, file("mappings/two.yaml", strings.Replace(two, "{sku: B}", "{gtin: B}", 1))); q.Version != p.Version {
		t.Error("the other mapping changed the version")
	}
	if _, found := profiles.LoadBundle(p.Bundle()); len(found) > 0 {
		t.Error(print(found))
	}
	both := adler(t, empty, file("mappings/two.yaml", two), file("profiles/adler.yaml", `partner: adler
connections: {erp: {transport: local, root: /srv/erp}}
flows:
  a: {from: {connection: erp, match: "A*"}, mapping: other, to: shop}
  b: {from: {connection: erp, match: "B*"}, mapping: stock, to: shop}
`))
	again, found := profiles.LoadBundle(both.Bundle())
	if len(found) > 0 || again.Version != both.Version || again.Flows[0].Read.Name() != "other" || again.Flows[1].Read.Name() != "stock" {
		t.Errorf("got %s\n%s", both.Bundle(), print(found))
	}
}

func TestNoSecretReachesABundle(t *testing.T) {
	for _, p := range loadScaffold(t).Profiles {
		if strings.Contains(string(p.Bundle()), "s3cret") {
			t.Error("a secret stands in the bundle")
		}
	}
	home, _ := load(homeOf(t, file("connections.yaml", `shop: {platform: shopware, url: "https://shop.example", client_id: env:SHOP_ID, client_secret: hunter2, extra: 1}`)))
	if p, _ := home.Partner("adler"); len(p.Bundle()) > 0 {
		t.Error("a home with a secret in a file was bundled")
	}
}

func TestLinesThatHoldASecretAreNotShown(t *testing.T) {
	_, found := load(homeOf(t, file("connections.yaml", "shop: {platform: shopware, urll: x, url: \"https://shop.example\", client_id: env:SHOP_ID, client_secret: hunter2}\n")))
	if len(found) != 2 || strings.Contains(print(found), "hunter2") {
		t.Errorf("got\n%s", print(found))
	}
	_, found = load(homeOf(t, file("connections.yaml", "shop: {platform: shopware, client_secret: hunter2\n")))
	if !found.HasErrors() || strings.Contains(print(found), "hunter2") {
		t.Errorf("got\n%s", print(found))
	}
}

func TestBytesThatAreNoBundleAreRefused(t *testing.T) {
	for _, bad := range []string{"", "{}", `{"format":2}`, `{"format":1,"profile":"x"}`, "\x00"} {
		if p, found := profiles.LoadBundle([]byte(bad)); p != nil || !found.HasErrors() {
			t.Errorf("%q: %v", bad, p)
		}
	}
}

func TestAGuidelineIsPartOfTheVersionWithWhatItExtends(t *testing.T) {
	base := "guideline: base\nmessage: ORDERS\ndirectory: D.96A\nsegments:\n  BGM: {elements: {\"1004\": {format: an..17}}}\n"
	over := []txtar.File{
		file("profiles/adler.yaml", `partner: adler
status: live
identities: {unb: ["4301234000009:14"]}
us: {unb: "4012345000009:14"}
connections:
  erp: {transport: local, root: /srv/erp}
flows:
  orders:
    from: {connection: shop, kind: order, start_at: 2026-12-01}
    mapping: orders
    guideline: own
    to: {connection: erp, folder: in, name: "ORD{control:6}.EDI"}
`),
		file("guidelines/own.yaml", "guideline: own\nextends: base\n"), file("guidelines/base.yaml", base), file("guidelines/other.yaml", strings.Replace(base, "base", "other", 1)),
	}
	p := adler(t, over...)
	back, found := profiles.LoadBundle(p.Bundle())
	if found.HasErrors() || back.Flows[0].Guideline == nil || back.Flows[0].Guideline.Name != "own" {
		t.Fatalf("out of the bundle: %v", found)
	}
	over[3] = file("guidelines/other.yaml", strings.Replace(base, "an..17", "an..9", 1))
	if q := adler(t, over...); q.Version != p.Version {
		t.Error("a guideline that is not used changes the version")
	}
	over[2] = file("guidelines/base.yaml", strings.Replace(base, "an..17", "an..9", 1))
	if q := adler(t, over...); q.Version == p.Version {
		t.Error("a guideline that is extended does not change the version")
	}
}

func TestACodeListMayBeAWorkbookAndItsBundleHoldsTheCodesAlone(t *testing.T) {
	workbook := func(rows ...[]any) []byte {
		f := excelize.NewFile()
		defer func() { _ = f.Close() }()
		for i, r := range rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	home := homeOf(t)
	delete(home, "codes/payments.csv")
	home["codes/payments.xlsx"] = &fstest.MapFile{Data: workbook([]any{"ours", "theirs"}, []any{"invoice", 42}, []any{"card", "a;b"}, []any{"cash", "007"})}
	loaded, found := load(home)
	if len(found) > 0 {
		t.Fatal(print(found))
	}
	p := loaded.Profiles[0]
	if !bytes.Contains(p.Bundle(), []byte(`"codes/payments.xlsx":"ours;theirs\ninvoice;42\ncard;\"a;b\"\ncash;007\n"`)) {
		t.Errorf("%s", p.Bundle())
	}
	again, found := profiles.LoadBundle(p.Bundle())
	if len(found) > 0 || again.Version != p.Version {
		t.Errorf("%s, version %s for %s", print(found), again.Version, p.Version)
	}
	for name, data := range map[string][]byte{
		"not one":    []byte("PK nothing"),
		"scientific": workbook([]any{"ours", "theirs"}, []any{"invoice", "4.2E+12"}),
		"one column": workbook([]any{"ours", "theirs"}, []any{"invoice"}),
	} {
		home["codes/payments.xlsx"] = &fstest.MapFile{Data: data}
		if _, found := load(home); !found.HasErrors() || !strings.HasPrefix(found[0].Place.File, "codes/payments.xlsx") {
			t.Errorf("%s: %s", name, print(found))
		}
	}
	home["codes/payments.csv"] = &fstest.MapFile{Data: []byte("ours;theirs\ninvoice;42\n")}
	home["codes/payments.xlsx"] = &fstest.MapFile{Data: workbook([]any{"ours", "theirs"}, []any{"invoice", 42})}
	if _, found := load(home); !found.HasErrors() || !strings.Contains(found[0].Hint, "codes/payments.csv; keep one of them") {
		t.Errorf("two of one name: %s", print(found))
	}
}

// A directory of the home is part of the version of a profile that uses it, with no more messages than that.
func TestABundleHoldsTheDirectoryThatItsMappingsUse(t *testing.T) {
	const rows = `"rows":[{"id":"UNH","status":"M","max":1},{"id":"BGM","status":"M","max":1},{"id":"UNT","status":"M","max":1}]}` + "\n"
	const segments = `{"directory":"D.27A"}` + "\n" + `{"element":"1004","name":"Document identifier","format":"an..35"}` + "\n" + `{"element":"1225","format":"an..3"}` + "\n" +
		`{"segment":"BGM","name":"Begin","fields":[{"id":"1004","pos":10,"status":"M"},{"id":"1225","pos":20,"status":"C"}]}` + "\n"
	const boxes, crates = `{"message":"BOXORD","name":"Boxes",` + rows, `{"message":"CRATES","name":"Crates",` + rows
	flows := `partner: adler
status: live
connections: {erp: {transport: local, root: erp}}
flows:
  boxes: {from: {connection: erp, folder: out, match: "*.EDI"}, mapping: {read: boxes, write: boxes}, to: {connection: erp, folder: in, name: "B{series:3}.EDI"}}
identities: {unb: ["4098765000003:14"]}
us: {unb: "4012345000009:14"}
`
	mapping := "format: edifact\nmessage: BOXORD\ndirectory: D.27A\ndocument: order\nmap: {number: BGM.1004, function: BGM.1225}\n"
	of := func(directory, profile string) *profiles.Profile {
		return adler(t, file("directories/D.27A.jsonl", directory), file("mappings/boxes.yaml", mapping), file("profiles/adler.yaml", profile))
	}
	p := of(segments+boxes+crates, flows)
	again, found := profiles.LoadBundle(p.Bundle())
	if len(found) > 0 || again.Version != p.Version {
		t.Fatal(print(found))
	}
	r, err := again.Directories.Open("D:27A")
	if err != nil || strings.Join(r.Messages(), " ") != "BOXORD" || again.Flows[0].Read.Directory() != "D.27A" {
		t.Errorf("%v %v", r, err)
	}
	if of(segments+boxes, flows).Version != p.Version {
		t.Error("a message that is not used makes another version")
	}
	if of(strings.Replace(segments, "an..35", "an..17", 1)+boxes, flows).Version == p.Version {
		t.Error("another format of an element makes no other version")
	}
	// A flow that takes any release is checked by whichever directory a message names.
	other := file("directories/D.28A.jsonl", strings.Replace(segments+boxes, "D.27A", "D.28A", 1))
	home := []txtar.File{other, file("directories/D.27A.jsonl", segments+boxes), file("mappings/boxes.yaml", mapping)}
	if strings.Contains(string(adler(t, append(home, file("profiles/adler.yaml", flows))...).Bundle()), "D.28A") {
		t.Error("a directory that is not used is in the bundle")
	}
	anyRelease := strings.Replace(flows, "mapping:", "take: {version: any, release: any}, mapping:", 1)
	if !strings.Contains(string(adler(t, append(home, file("profiles/adler.yaml", anyRelease))...).Bundle()), "D.28A") {
		t.Error("a directory that messages may name is not in the bundle")
	}
}
