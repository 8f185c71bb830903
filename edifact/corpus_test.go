package edifact_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/batchgate/batchgate/edifact"
)

// orders makes interchanges of 20 ORDERS D.96A messages of 30 to 60 lines each, until size bytes are reached. Parties,
// articles and texts are invented.
func orders(t testing.TB, seed uint64, size int, opts ...edifact.EncodeOption) []byte {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 7))
	var out bytes.Buffer
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	w := edifact.NewInterchangeWriter(&out, opts...)
	var b edifact.Builder
	for n := 1; out.Len() < size; n++ {
		i := edifact.Interchange{
			Syntax:    edifact.Syntax{Identifier: "UNOC", Version: "3"},
			Sender:    edifact.Party{ID: "4098765000003", Qualifier: "14"},
			Recipient: edifact.Party{ID: "4012345000009", Qualifier: "14"},
			Control:   fmt.Sprint(n),
		}
		i.SetPrepared(time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC))
		must(w.Begin(i))
		for m := range 20 {
			must(w.BeginMessage(edifact.MessageHeader{Reference: fmt.Sprint(m + 1), Type: "ORDERS", Version: "D", Release: "96A", Agency: "UN", Association: "EAN008"}))
			put := func(tag string) *edifact.Builder { return b.Reset(tag) }
			must(w.WriteSegment(put("BGM").Element("220").Element(fmt.Sprintf("PO%06d", rnd.IntN(1e6))).Element("9")))
			must(w.WriteSegment(put("DTM").Element("137", "20261201", "102")))
			must(w.WriteSegment(put("NAD").Element("BY").Element("4098765000003", "", "9").Element().Element("Mueller & Sohn GmbH").Element("Lange Str. 5").Element("Bremen").Element().Element("28195").Element("DE")))
			must(w.WriteSegment(put("NAD").Element("SU").Element("4012345000009", "", "9")))
			must(w.WriteSegment(put("CUX").Element("2", "EUR", "9")))
			for line := range 30 + rnd.IntN(31) {
				must(w.WriteSegment(put("LIN").Element(fmt.Sprint(line+1)).Element().Element(fmt.Sprintf("4012345%06d", rnd.IntN(1e6)), "EN")))
				must(w.WriteSegment(put("PIA").Element("1").Element(fmt.Sprintf("ART-%d", rnd.IntN(1e5)), "SA")))
				must(w.WriteSegment(put("IMD").Element("F").Element().Element("", "", "", "Gartenschere 20 cm")))
				must(w.WriteSegment(put("QTY").Element("21", fmt.Sprint(1+rnd.IntN(99)), "PCE")))
				must(w.WriteSegment(put("PRI").Element("AAA", fmt.Sprintf("%d.%02d", rnd.IntN(99), rnd.IntN(100)))))
			}
			must(w.WriteSegment(put("UNS").Element("S")))
			must(w.WriteSegment(put("CNT").Element("2", "40")))
			must(w.EndMessage())
		}
		must(w.End())
	}
	return out.Bytes()
}

// samples gives the files of the shared sample collection, or skips.
func samples(t testing.TB) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		files, _ := filepath.Glob(filepath.Join(dir, "shared", "samples", "edifact", "*", "*.edi"))
		if len(files) > 0 {
			return files
		}
	}
	t.Skip("the sample collection (../shared/samples/edifact) is not here")
	return nil
}
