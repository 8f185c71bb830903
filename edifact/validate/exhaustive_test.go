package validate_test

import (
	"slices"
	"testing"

	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// shipment is a clean DESADV D.96A with groups four deep.
var shipment = []string{
	"UNH+1+DESADV:D:96A:UN:EAN005", "BGM+351+LS-4711+9", "DTM+137:20261124:102", "DTM+11:20261124:102", "MEA+PD+AAD+KGM:128.5",
	"RFF+ON:ORD-10234", "DTM+171:20261120:102", "NAD+BY+4098765000003::9", "RFF+VA:DE123456789", "NAD+SU+4012345000009::9",
	"TDT+20++30", "CPS+1", "PAC+1++201", "CPS+2+1", "PAC+1++CT", "MEA+PD+AAD+KGM:12.5", "PCI+17", "GIN+BJ+340123450000000012",
	"LIN+1++4012345000016:EN", "PIA+1+SKU-00016:SA", "IMD+F++:::Schraube A2 M4x20", "QTY+12:3:PCE", "RFF+ON:ORD-10234:1",
	"LIN+2++4012345000023:EN", "QTY+12:2:PCE", "RFF+ON:ORD-10234:2", "CPS+3+1", "PAC+1++CT", "PCI+17", "GIN+BJ+340123450000000029",
	"LIN+3++4012345000030:EN", "QTY+12:7:PCE", "RFF+ON:ORD-10234:3", "CNT+2:3",
}

// invoice is a clean INVOIC D.01B.
var invoice = []string{
	"UNH+1+INVOIC:D:01B:UN:EAN010", "BGM+380+RE-2026-815+9", "DTM+137:20261124:102", "DTM+35:20261123:102", "RFF+ON:ORD-10234", "RFF+DQ:LS-4711",
	"NAD+SU+4012345000009::9", "RFF+VA:DE123456789", "NAD+BY+4098765000003::9", "CUX+2:EUR:4", "PAT+1", "DTM+13:20261224:102",
	"LIN+1++4012345000016:SRV", "PIA+1+SKU-00016:SA", "IMD+F++:::Schraube", "QTY+47:3:PCE", "MOA+203:89.85", "PRI+AAA:29.95", "TAX+7+VAT+++:::19+S", "MOA+125:89.85",
	"LIN+2++4012345000023:SRV", "QTY+47:2:PCE", "MOA+203:14.98", "PRI+AAA:7.49", "TAX+7+VAT+++:::7+S", "MOA+125:14.98",
	"UNS+S", "CNT+2:2", "MOA+77:122.95", "MOA+79:104.83", "MOA+124:18.12", "TAX+7+VAT+++:::19+S", "MOA+125:89.85",
}

// TestNoSingleEditCascades makes every edit of one segment that there is: each deletion, each repetition, each swap of
// neighbours, each foreign or unknown segment at each place, and each move of one segment to any other place. None
// makes more than one finding, and the message behind has none.
func TestNoSingleEditCascades(t *testing.T) {
	for name, clean := range map[string][]string{"order": order, "shipment": shipment, "invoice": invoice} {
		if found, err := read(t, interchange(clean)); err != nil || len(found) > 0 {
			t.Errorf("%s is not clean: %v %v", name, err, []finding.Finding(found))
			continue
		}
		second := slices.Clone(clean)
		second[0] = "UNH+2" + second[0][5:]
		tried, said := 0, 0
		v := validate.New()
		try := func(what string, most, at int, lines []string) {
			tried++
			found, err := readWith(v, interchange(lines, second))
			if err != nil {
				t.Fatal(err)
			}
			said += len(found)
			if len(found) > most {
				t.Errorf("%s: %s at %d %s: %d findings", name, what, at, clean[at], len(found))
				for _, f := range found {
					t.Logf("    %v", f)
				}
			}
			for _, f := range found {
				if f.Place.Message == "2" {
					t.Errorf("%s: %s at %d reaches into the next message", name, what, at)
				}
			}
		}
		for i := 1; i < len(clean); i++ {
			rest := slices.Delete(slices.Clone(clean), i, i+1)
			try("deleted", 1, i, rest)
			try("repeated", 1, i, slices.Insert(slices.Clone(clean), i, clean[i]))
			try("unknown before", 1, i, slices.Insert(slices.Clone(clean), i, "ZZZ+1"))
			for j := 1; j <= len(rest); j++ {
				try("moved", 2, i, slices.Insert(slices.Clone(rest), j, clean[i]))
				try("copied", 1, i, slices.Insert(slices.Clone(clean), j, clean[i]))
			}
		}
		t.Logf("%s: %d edits, %d findings", name, tried, said)
	}
}
