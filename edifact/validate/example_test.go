package validate_test

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/validate"
)

func Example() {
	file := "UNB+UNOC:3+4098765000003:14+4012345000009:14+261124:1015+4711'\n" +
		"UNH+1+ORDERS:D:96A:UN'\nBGM+220+ORD-1+9'\nDTM+137:20261124:102'\nLIN+1'\nQTY+21:three'\nUNS+S'\nUNT+7+1'\nUNZ+1+4711'\n"
	v := validate.New()
	for ev, err := range edifact.NewReader(strings.NewReader(file), edifact.FileName("order.edi")).Events() {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, f := range append(ev.Findings, v.Event(ev)...) {
			fmt.Println(f.Place)
			fmt.Println(f.Message)
		}
	}
	// Output:
	// order.edi:6:8 (message 1, segment 5 QTY, element 1, component 2)
	// 6060 (Quantity) is no number, its format is n..15
}
