package gateway_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/ledger"
)

// order is a retailer's interchange with one order.
func orderFile(control, number, function, quantity string) string {
	return fmt.Sprintf("UNA:+.? 'UNB+UNOC:3+4005555000013:14+4012345000009:14+261125:0930+%s'UNH+1+ORDERS:D:96A:UN'BGM+220+%s+%s'DTM+137:20261125:102'"+
		"NAD+BY+4005555000013::9'LIN+1++4099999000017:EN'QTY+21:%s:PCE'UNS+S'UNT+8+1'UNZ+1+%s'", control, number, function, quantity, control)
}

// sameNumberWorld lets orders of a known number in, and writes their function.
func sameNumberWorld(t *testing.T, policy string) *world {
	w := newWorld(t, func(p string) string { return strings.Replace(p, `name: "WEB{series:5}.CSV"}`, `name: WEB.CSV}`, 1) })
	w.edit("mappings/orders-csv.yaml", "  number:         Bestellnummer", "  number:         Bestellnummer\n  function:       Art")
	w.edit("profiles/weber-erp.yaml", `functions: {"1": hold, "5": hold, "31": ignore}`, "functions: {replacement: process}\n    same_number: "+policy)
	return w
}

func TestAnOrderOfAKnownNumberIsHeldReplacesOrAmends(t *testing.T) {
	for policy, want := range map[string][]string{
		"hold":    {"R1;;25.11.2026;4005555000013;;1;4099999000017;;3;"},
		"replace": {"R1;;25.11.2026;4005555000013;;1;4099999000017;;3;", "R1;5;25.11.2026;4005555000013;;1;4099999000017;;7;"},
		"amend":   {"R1;;25.11.2026;4005555000013;;1;4099999000017;;3;", "R1;4;25.11.2026;4005555000013;;1;4099999000017;;7;"},
	} {
		t.Run(policy, func(t *testing.T) {
			w := sameNumberWorld(t, policy)
			var got []string
			take := func() {
				for slices.Contains(w.files("import"), "WEB.CSV") {
					row := strings.Split(w.take("import/WEB.CSV"), "\r\n")[1]
					got = append(got, strings.Replace(row, ";9;", ";;", 1))
					w.later(time.Minute)
					w.run()
				}
			}
			w.put("edi/A.EDI", orderFile("1", "R1", "9", "3"))
			w.run()
			take()
			w.put("edi/B.EDI", orderFile("2", "R1", "9", "7"))
			w.run()
			take()
			w.put("edi/C.EDI", orderFile("3", "R1", "9", "7")) // once more: nothing new
			w.run()
			take()
			if !slices.Equal(got, want) {
				t.Errorf("the ERP got %q, want %q", got, want)
			}
			held := 0
			for _, d := range w.deliveries() {
				if d.State == ledger.DeliveryHeld {
					held++
				}
			}
			if (held == 1) != (policy == "hold") {
				t.Errorf("%d held", held)
			}
		})
	}
}

// What a replacement replaces must not leave any more: the ERP would get the old order behind or instead of the new one.
func TestAReplacementTakesThePlaceOfAnOrderThatDidNotLeaveYet(t *testing.T) {
	w := sameNumberWorld(t, "hold")
	w.put("import/WEB.CSV", "not yet taken")
	w.put("edi/A.EDI", orderFile("1", "R1", "9", "3"))
	w.run()
	w.put("edi/B.EDI", orderFile("2", "R1", "5", "7")) // the sender says it replaces
	w.run()
	w.take("import/WEB.CSV")
	w.later(time.Minute)
	w.run()
	if got := w.take("import/WEB.CSV"); !strings.Contains(got, ";;7;") || strings.Contains(got, "R1;5") {
		t.Errorf("the ERP got %q", got)
	}
	w.later(time.Minute)
	w.run()
	if left := w.files("import"); slices.Contains(left, "WEB.CSV") {
		t.Errorf("the replaced order left, too: %v", left)
	}
	states := map[string]int{}
	for _, d := range w.deliveries() {
		if d.Flow == "weber-erp/retail-orders" {
			states[d.State]++
		}
	}
	if states[ledger.DeliverySuperseded] != 1 || states[ledger.DeliveryDone] != 1 {
		t.Errorf("%v", states)
	}
}
