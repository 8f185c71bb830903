package validate_test

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
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

// A file is checked on all cores, and is told of in its own order.
func ExampleParallel() {
	file := "UNB+UNOC:3+4098765000003:14+4012345000009:14+261124:1015+4711'\n" +
		"UNH+1+ORDERS:D:96A:UN'\nBGM+220+ORD-1+9'\nDTM+137:20261124:102'\nLIN+1'\nQTY+21:3'\nUNS+S'\nUNT+7+1'\n" +
		"UNH+2+ORDERS:D:96A:UN'\nBGM+220+ORD-2+9'\nLIN+1'\nQTY+21:5'\nUNS+S'\nUNT+6+2'\nUNZ+2+4711'\n"
	check := func() func(*edifact.Event) finding.List { return validate.New().Event }
	for c, err := range validate.Parallel(strings.NewReader(file), runtime.GOMAXPROCS(0), check) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if c.Message != nil {
			fmt.Printf("message %s has %d findings\n", c.Message.Reference, len(c.Findings))
		}
		for _, f := range c.Findings {
			fmt.Println(f.Message)
		}
	}
	// Output:
	// message 1 has 0 findings
	// message 2 has 1 findings
	// DTM is missing before LIN; it is mandatory, DTM at 0030 of ORDERS D.96A
}
