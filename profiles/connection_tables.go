package profiles

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/option"
)

// platform is what this version knows of a platform.
type platform struct {
	name  string
	table *option.Table
	gives []document.Kind // documents that a flow can take from it
	takes []document.Kind // documents that a flow can send to it
}

// platforms is the list of all platforms; a new one is added here.
func platforms() []platform {
	return []platform{
		{"shopware", shopwareTable(), []document.Kind{document.Order}, []document.Kind{document.Stock, document.Shipment, document.Customer}},
	}
}

func platformOf(name string) (platform, bool) {
	all := platforms()
	i := slices.IndexFunc(all, func(p platform) bool { return p.name == name })
	if i < 0 {
		return platform{}, false
	}
	return all[i], true
}

// transportTables is the list of all transports.
func transportTables() map[string]*option.Table {
	return map[string]*option.Table{"local": localTable(), "mem": memTable()}
}

// later names what people will look for, with what to do meanwhile.
func later() map[string]string {
	share := "this version reaches files with transport local; mount the server's folder or let a transfer tool fill one"
	shop := "this version connects to platform shopware"
	return map[string]string{"sftp": share, "ftp": share, "ftps": share, "shopify": shop, "magento": shop, "norce": shop, "rest": shop}
}

func retryTable() *option.Table {
	return &option.Table{Name: "retry", Help: "how often and how long a failed delivery is tried again", Options: []option.Option{
		{Name: "tries", Type: option.Int, Default: "8", Min: 1, Max: 100, Help: "attempts in all"},
		{Name: "first", Type: option.Duration, Default: "10s", Min: 0, Max: 86400, Help: "wait after the first attempt, doubled each time"},
		{Name: "max", Type: option.Duration, Default: "30m", Min: 0, Max: 86400, Help: "longest wait between two attempts"},
		{Name: "for", Type: option.Duration, Default: "6h", Min: 0, Max: 30 * 86400, Help: "attempts go on at least so long after the first one, however many there were"},
	}}
}

func folderOptions(table string, help string, first ...option.Option) *option.Table {
	return &option.Table{Name: table, Help: help, Options: append(first,
		option.Option{Name: "stable_for", Type: option.Duration, Default: "10s", Max: 86400, Help: "how long size and time of a file must stay the same before it is taken"},
		option.Option{Name: "poll", Type: option.Duration, Default: "10s", Min: 1, Max: 86400, Help: "wait between two looks into the folders"},
		option.Option{Name: "in_flight", Type: option.Int, Default: "4", Min: 1, Max: 64, Help: "how many files may be put at the same time"},
		option.Option{Name: "retry", Type: option.Block, Block: retryTable(), Help: "how often a failed delivery is tried again"},
	)}
}

func localTable() *option.Table {
	return folderOptions("connection with transport local", "a folder of this machine, or one that is mounted there",
		option.Option{Name: "transport", Type: option.Choice, Allowed: []string{"local"}, Required: true, Help: "how files are reached"},
		option.Option{Name: "root", Type: option.Folder, Required: true, Reference: true, Example: "/srv/erp",
			Help: "folder that all others lie in and that is never left; relative to the home; may be env:NAME", Check: notEmpty},
	)
}

func memTable() *option.Table {
	return folderOptions("connection with transport mem", "files in memory, for tests; they are gone when batchgate ends",
		option.Option{Name: "transport", Type: option.Choice, Allowed: []string{"mem"}, Required: true, Help: "how files are reached"},
	)
}

func shopwareTable() *option.Table {
	return &option.Table{Name: "connection with platform shopware", Help: "a Shopware 6 shop, by its Admin API", Options: []option.Option{
		{Name: "platform", Type: option.Choice, Allowed: []string{"shopware"}, Required: true, Help: "which platform it is"},
		{Name: "url", Type: option.Text, Required: true, Reference: true, Example: "https://shop.example", Help: "address of the shop, without /api; may be env:NAME", Check: checkURL},
		{Name: "client_id", Type: option.Text, Required: true, Reference: true, Example: "env:SHOP_ID", Help: "access key id of an integration; may be env:NAME", Check: notEmpty},
		{Name: "client_secret", Type: option.Secret, Required: true, Example: "env:SHOP_SECRET", Help: "secret of the integration, as env:NAME or file:PATH"},
		{Name: "poll", Type: option.Duration, Default: "60s", Min: 1, Max: 86400, Help: "wait between two looks for orders"},
		{Name: "overlap", Type: option.Duration, Default: "10m", Max: 7 * 86400, Help: "how far each look reaches back behind the one before, for orders that became visible late"},
		{Name: "page", Type: option.Int, Default: "100", Min: 1, Max: 500, Help: "orders read with one call"},
		{Name: "batch_size", Type: option.Int, Default: "250", Min: 1, Max: 5000, Help: "documents written with one call"},
		{Name: "in_flight", Type: option.Int, Default: "2", Min: 1, Max: 32, Help: "calls under way at the same time"},
		{Name: "rate", Type: option.Int, Default: "10", Min: 1, Max: 1000, Help: "calls in a second at most"},
		{Name: "timeout", Type: option.Duration, Default: "60s", Min: 1, Max: 3600, Help: "how long to wait for an answer"},
		{Name: "call_limit", Type: option.Duration, Default: "60s", Max: 3600, Help: "how long the shop's server may go on with a call whose answer was lost; only then it is asked whether the call took effect"},
		{Name: "retry", Type: option.Block, Block: retryTable(), Help: "how often a failed delivery is tried again"},
	}}
}

func notEmpty(s string) error {
	if strings.TrimSpace(s) == "" {
		return fmt.Errorf("is empty")
	}
	return nil
}

// checkURL refuses addresses that no call could use, and those that carry a password into logs.
func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return fmt.Errorf("is not an address; write https://shop.example")
	case u.User != nil:
		return option.Hide(fmt.Errorf("holds a user name; write https://shop.example, and secrets as env:NAME"))
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("holds ? or #; write https://shop.example")
	}
	return nil
}
