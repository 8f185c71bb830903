package gateway_test

import (
	"strings"
	"testing"
)

const ordersIDoc = `format: idoc
basic: ORDERS05
message: ORDERS
form: trimmed
document: order
map:
  number:     "E1EDK02[QUALF=001].BELNR"
  ordered_at: {path: "E1EDK03[IDDAT=012].DATUM", zone: Europe/Berlin}
  currency:   E1EDK01.CURCY
  lines:
    each: E1EDP01
    number:   {path: POSEX, sequence: 10}
    quantity: MENGE
    sku:      "E1EDP19[QUALF=002].IDTNR"
`

func TestAnOrderIsPutAsAnIDocWithTheSidesOfItsProfile(t *testing.T) {
	w := newWorld(t, func(p string) string {
		p = strings.Replace(p, "mapping: orders-d96a\n", "mapping: orders-idoc\n", 1)
		p = strings.Replace(p, "us: {", "us: {idoc: {port: WEBSHOP, type: LS, number: WEBSHOP}, ", 1)
		return strings.Replace(p, "identities: {", "identities: {idoc: {client: \"100\", port: SAPPRD, type: LS, number: PRDCLNT100}, ", 1)
	}, "mappings/orders-idoc.yaml", ordersIDoc)
	w.run()
	files := w.files("in")
	if len(files) == 0 {
		t.Fatalf("%+v", w.arrivals())
	}
	text := w.read("in/" + files[0])
	control := text[:min(524, len(text))]
	for _, want := range []string{"EDI_DC40  1000000000000000001", "ORDERS05", "WEBSHOP   LS  WEBSHOP", "SAPPRD    LS  PRDCLNT100"} {
		if !strings.Contains(control, want) {
			t.Errorf("no %q in %q", want, control)
		}
	}
	if !strings.Contains(text, "E2EDP01008") || !strings.Contains(text, "E2EDK02                       1000000000000000001") {
		t.Error(text)
	}
}
