package gateway_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// copyFile puts a changed copy of a file of the home beside it.
func (w *world) copyFile(from, to string, changes ...string) {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, from))
	if err != nil {
		w.Fatal(err)
	}
	changed := strings.NewReplacer(changes...).Replace(string(text))
	if err := os.WriteFile(filepath.Join(w.dir, to), []byte(changed), 0o600); err != nil {
		w.Fatal(err)
	}
}

// Two shops count their orders from the same number on; the ERP has a company for each, and answers in one folder.
func TestTwoShopsMayHaveOrdersOfOneNumber(t *testing.T) {
	w := newWorld(t, nil)
	at := sandbox.New(sandbox.Config{})
	catalogue, orders := sandbox.Demo(1)
	catalogue.SalesChannel = "Laden Wien"
	if err := at.Seed(catalogue); err != nil {
		t.Fatal(err)
	}
	w.more = map[string]*sandbox.Shop{"shop-at": at}
	o := orders[0] // 10234, which the other shop has, too, with other articles
	o.Lines = []sandbox.Line{{Product: "BG-1005", Quantity: 1}}
	if _, err := at.PlaceOrder(o); err != nil {
		t.Fatal(err)
	}
	for prefix, name := range map[string]string{"DE-": "-de", "AT-": "-at"} {
		w.copyFile("mappings/orders-d96a.yaml", "mappings/orders-d96a"+name+".yaml", "number:            BGM.1004", `number:            {path: BGM.1004, write: "'`+prefix+`' + number"}`,
			"currency:          ", `channel:           {path: "SG2[NAD.3035=SU]/SG3/RFF[1153=IT].1154", codes: companies}`+"\n  currency:          ")
		w.copyFile("mappings/desadv-d96a.yaml", "mappings/desadv-d96a"+name+".yaml", `order:      "SG1/RFF.C506[1153=ON].1154"`,
			`order:      {path: "SG1/RFF.C506[1153=ON].1154", read: "trimPrefix(value, '`+prefix+`')"}`,
			`order:      "SG16/RFF.C506[1153=ON].1154"`, `order:      {path: "SG16/RFF.C506[1153=ON].1154", read: "trimPrefix(value, '`+prefix+`')"}`)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "codes/companies.csv"), []byte("ours;theirs\nNordlicht Kontor;01\nLaden Wien;02\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.copyFile("connections.yaml", "connections.yaml", "shop:\n", "shop-at:\n  platform: shopware\n  url: env:SHOP_URL\n  client_id: env:SHOP_ID\n  client_secret: env:SHOP_SECRET\n  rate: 1000\nshop:\n")
	w.edit("profiles/weber-erp.yaml", "flows:\n", `flows:
  orders-at:
    from: {connection: shop-at, kind: order, start_at: 2026-01-01}
    mapping: orders-d96a-at
    to: {connection: erp, folder: in, temp: ../tmp, name: "ORD{control:6}.EDI"}
  despatch-at:
    from: {connection: erp, folder: out, match: "*.EDI"}
    mapping: desadv-d96a-at
    to: shop-at
    web_orders: {numbers: 10000-99999}
`)
	w.edit("profiles/weber-erp.yaml", "    unknown_order: ignore           # orders taken on the telephone are not in the shop", "    web_orders: {numbers: 10000-99999}")
	w.edit("profiles/weber-erp.yaml", "    mapping: orders-d96a\n", "    mapping: orders-d96a-de\n")
	w.edit("profiles/weber-erp.yaml", "    mapping: desadv-d96a\n", "    mapping: desadv-d96a-de\n")
	w.run()
	line := map[string]string{}
	for _, name := range w.files("in") {
		text := w.read("in/" + name)
		if m := regexp.MustCompile(`BGM\+220\+((?:DE|AT)-10234)\+.*RFF\+IT:(0\d)'.*LIN\+10'PIA\+1\+([^:]+)`).FindStringSubmatch(text); m != nil {
			line[m[1]] = m[2] + " " + m[3]
		}
	}
	if line["DE-10234"] != "01 BG-1001" || line["AT-10234"] != "02 BG-1005" {
		t.Fatalf("%v in %v", line, w.files("in"))
	}
	// The despatch advice names the line of our order alone: that of the right shop is meant.
	w.put("out/D1.EDI", "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+601'UNH+1+DESADV:D:96A:UN'BGM+351+L1+9'DTM+11:20261125:102'"+
		"RFF+ON:AT-10234'CPS+1'LIN+1'QTY+12:1:PCE'RFF+ON:AT-10234:10'UNT+9+1'UNZ+1+601'")
	w.run()
	state := func(s *sandbox.Shop) string {
		o, _ := s.Order("10234")
		return o.Deliveries[0].State
	}
	if state(at) != "shipped" || state(w.shop) != "open" {
		for _, a := range w.arrivals() {
			t.Logf("%s: %s %s: %s", a.Name, a.State, a.Outcome, a.Reason)
		}
		for _, d := range w.deliveries() {
			t.Logf("%s %s %s %s", d.Flow, d.Key, d.State, d.Reason)
		}
		t.Errorf("the Viennese order is %s, the other one %s", state(at), state(w.shop))
	}
}
