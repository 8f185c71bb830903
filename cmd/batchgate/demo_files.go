package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// The demonstration's files are what ERPs write: Windows-1252, decimal commas, two warehouses, articles that the shop does
// not sell, EDIFACT without line ends.

// stockCSV gives the stock of all articles in two warehouses; change alters one of them.
func stockCSV(change bool) ([]byte, error) {
	catalogue, _ := shopware.Demo(1)
	var b strings.Builder
	b.WriteString("Artikelnr;Lager;Bestand\r\n")
	for i, p := range catalogue.Products {
		first := int(p.Stock)/2 + i%7
		if change && i == 4 {
			first += 5
		}
		fmt.Fprintf(&b, "%s;10;%d,00\r\n%s;20;%d,00\r\n", p.Number, first, p.Number, int(p.Stock)-int(p.Stock)/2)
	}
	for i := range 25 {
		fmt.Fprintf(&b, "FÄ-%04d;10;%d,00\r\n", i, i)
	}
	return charmap.Windows1252.NewEncoder().Bytes([]byte(b.String()))
}

const (
	demoERP      = "4301234000009:14"
	demoUs       = "4012345000009:14"
	demoRetailer = "4005555000013:14"
)

// interchangeOf puts messages, without UNH and UNT, into an interchange.
func interchangeOf(sender, control, ask string, messages ...[]string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "UNA:+.? 'UNB+UNOC:3+%s+%s+261125:0930+%s%s'", sender, demoUs, control, ask)
	for i, m := range messages {
		fmt.Fprintf(&b, "UNH+%d+%s'%s'UNT+%d+%d'", i+1, m[0], strings.Join(m[1:], "'"), len(m)+1, i+1)
	}
	fmt.Fprintf(&b, "UNZ+%d+%s'", len(messages), control)
	return b.Bytes()
}

// dropFiles drops what the ERP and a retailer write in a night.
func (d *demo) dropFiles() error {
	stock, err := stockCSV(false)
	if err != nil {
		return err
	}
	inventory := interchangeOf(demoERP, "4711", "", []string{"INVRPT:D:96A:UN", "BGM+35+IR4711+9", "DTM+137:20261125:102",
		"LIN+1++BG-1001:SA", "PIA+1+BG-1001:SA", "LOC+18+10", "QTY+145:61:PCE"})
	order := interchangeOf(demoRetailer, "90017", "++++1", []string{"ORDERS:D:96A:UN", "BGM+220+HOFLADEN-88+9", "DTM+137:20261125:102",
		"NAD+BY+4005555000013::9", "NAD+SU+4012345000009::9", "LIN+1++4099999000017:EN", "PIA+1+BG-1001:SA", "QTY+21:12:PCE",
		"LIN+2++4099999000024:EN", "PIA+1+BG-1002:SA", "QTY+21:30:PCE", "UNS+S"})
	for _, f := range []struct {
		name    string
		content []byte
	}{
		{"out/STOCK_0001.CSV", stock},
		{"out/IR4711.EDI", inventory},
		{"out/STOCK_0002.CSV", []byte("Artikelnr;Lager\r\nBG-1001;10\r\n")},
		{"edi/HOFLADEN.EDI", order},
	} {
		if err := d.drop(f.name, f.content); err != nil {
			return err
		}
	}
	return nil
}

// dropDespatch drops a despatch advice for order 10234, all of it.
func (d *demo) dropDespatch() error {
	order, ok := d.shop.Order("10234")
	if !ok {
		return fmt.Errorf("the demonstration's order 10234 is missing")
	}
	message := []string{"DESADV:D:96A:UN", "BGM+351+LS-2026-118+9", "DTM+137:20261125:102", "RFF+ON:10234", "CPS+1", "PAC+1", "PCI+33E", "RFF+CN:00340433836251"}
	n := 0
	for _, l := range order.Lines {
		if l.Product == "" {
			continue
		}
		n++
		message = append(message, fmt.Sprintf("LIN+%d", n), "PIA+1+"+l.Product+":SA", fmt.Sprintf("QTY+12:%d:PCE", l.Quantity))
	}
	return d.drop("out/LS118.EDI", interchangeOf(demoERP, "4712", "", message))
}

// dropStockAgain drops the stock again with one change.
func (d *demo) dropStockAgain() error {
	if err := os.RemoveAll(d.erp("out/failed")); err != nil {
		return err
	}
	stock, err := stockCSV(true)
	if err != nil {
		return err
	}
	return d.drop("out/STOCK_0003.CSV", stock)
}
