package gateway_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/ledger"
)

// sent gives what the deliveries of an arrival say, by article.
func (m *mill) sent(arrival int64) map[string]string {
	m.Helper()
	all := map[string]string{}
	m.must(m.led.View(m.Context(), func(tx *ledger.Tx) error {
		deliveries, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: arrival, WithDocs: true})
		for _, d := range deliveries {
			for line := range bytes.Lines(d.Docs) {
				doc, err := document.ParseJSON(line)
				if err != nil {
					return err
				}
				all[doc.Get("sku").Text()] = doc.Get("on_hand").Text()
			}
		}
		return err
	}))
	return all
}

// A file of several runs is read while it is archived, and its rows that say what the shop has are held back: what differs,
// what comes twice and what vanished goes out all the same, and nothing else.
func TestOfALargeStockFileOnlyWhatDiffersGoesOut(t *testing.T) {
	const rows = 150_000
	shop := newInstantShop(t)
	m := newMill(t, strings.Replace(stockFlow, "hold", "zero", 1))
	m.start(shop.URL)
	defer m.stop()
	file := func(changed, vanished, doubled int) []byte {
		b := bytes.NewBufferString("Artikelnr;Bestand\r\n")
		for i := vanished; i < rows; i++ {
			stock := i % 90
			if i%1000 < changed {
				stock++
			}
			fmt.Fprintf(b, "ART-%07d;%d\r\n", i, stock)
		}
		for i := range doubled {
			fmt.Fprintf(b, "ART-%07d;%d\r\n", rows-1-i, i%2*1000)
		}
		return b.Bytes()
	}
	m.know(file(0, 0, 0))
	gone := map[string]string{}
	for i := range 7 {
		gone[fmt.Sprintf("ART-%07d", i)] = "0"
	}
	differs := maps.Clone(gone)
	for i := 1000; i < rows; i += 1000 {
		differs[fmt.Sprintf("ART-%07d", i)] = fmt.Sprint(i%90 + 1)
	}
	for i := range 5 {
		differs[fmt.Sprintf("ART-%07d", rows-1-i)] = fmt.Sprint(i % 2 * 1000)
	}
	for n, want := range []map[string]string{differs, gone} { // what vanished is 0 with each file
		text := file(1, 7, 5)
		text = append(text, bytes.Repeat([]byte("\r\n"), n)...)
		m.must(os.WriteFile(filepath.Join(m.dir, "erp/out", fmt.Sprintf("STOCK%d.CSV", n)), text, 0o600))
		m.run()
		if got := m.sent(int64(n + 1)); !maps.Equal(got, want) {
			t.Errorf("file %d: %d articles went out, want %d: %v", n+1, len(got), len(want), got)
		}
	}
	m.settled(2)
}
