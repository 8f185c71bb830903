package profiles_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/profiles"
)

// env is the environment of the tests.
func env(name string) (string, bool) {
	value, ok := map[string]string{"SHOP_URL": "https://shop.example", "SHOP_ID": "SWIA123", "SHOP_SECRET": "s3cret"}[name]
	return value, ok
}

func loadScaffold(t *testing.T) *profiles.Home {
	t.Helper()
	home, found := profiles.Load(profiles.Scaffold(), profiles.Options{Engine: "test", Getenv: env})
	for _, f := range found {
		t.Errorf("%s\n%s", f, f.Source)
	}
	return home
}

func TestScaffoldLoadsWithoutFindings(t *testing.T) {
	home := loadScaffold(t)
	var ids []string
	for _, f := range home.Flows() {
		ids = append(ids, f.ID())
	}
	want := "weber-erp/stock weber-erp/stock-edi weber-erp/despatch weber-erp/orders weber-erp/retail-orders"
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("flows: %s", got)
	}
}

func TestScaffoldUsesOnlyTheFoldersThatInitMakes(t *testing.T) {
	for _, f := range loadScaffold(t).Flows() {
		check := func(c *profiles.Connection, folder string) {
			if c != nil && c.IsFolder() && !slices.Contains(profiles.ScaffoldFolders(), path.Join(c.Root, folder)) {
				t.Errorf("%s uses %s/%s", f.ID(), c.Root, folder)
			}
		}
		check(f.From.Connection, f.From.Folder)
		check(f.To.Connection, f.To.Folder)
		if f.To.Temp != "" {
			check(f.To.Connection, f.To.Temp)
		}
		check(f.Acknowledge.Contrl.Connection, f.Acknowledge.Contrl.Folder)
		check(f.Acknowledge.Aperak.Connection, f.Acknowledge.Aperak.Folder)
	}
}
