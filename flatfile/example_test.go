package flatfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/flatfile"
)

// A stock file is read; the row that is broken is named and becomes a file of its own, to be mended and dropped again.
func Example() {
	file := "Artikelnr;Lager;Bestand\nBG-1001;01;1.234,00\nBG-1002;01\nBG-1003;02;7,00\n"
	d := flatfile.Delimited{Delimiter: ';', Header: true, Columns: []flatfile.Column{
		{Name: "sku", Aliases: []string{"Artikelnr"}, Required: true},
		{Name: "Bestand", Required: true},
	}}
	r := flatfile.NewReader(strings.NewReader(file), d)
	r.SetFile("STOCK.CSV")
	if err := r.ReadHeader(); err != nil {
		fmt.Println(err)
	}
	sku, stock := r.Column("sku"), r.Column("Bestand")
	var failed [][]byte
	for rec, err := range r.Records() {
		if row, ok := errors.AsType[*flatfile.RowError](err); ok {
			fmt.Println(row)
			failed = append(failed, bytes.Clone(rec.Raw()))
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s has %s, at %v\n", rec.Bytes(sku), rec.Bytes(stock), rec.Place(stock))
	}
	if _, err := d.CopyRows(os.Stdout, r.Preamble(), slices.Values(failed)); err != nil {
		fmt.Println(err)
	}
	// Output:
	// BG-1001 has 1.234,00, at STOCK.CSV:2:12 (record 1, field Bestand)
	// STOCK.CSV:3:11 (record 2, field Bestand): error: the record has 2 of 3 fields: field Bestand is missing; mend the row, or tolerate short rows [flatfile.row-short]
	// BG-1003 has 7,00, at STOCK.CSV:4:12 (record 3, field Bestand)
	// Artikelnr;Lager;Bestand
	// BG-1002;01
}

// Lines of two types are written, each value in its place.
func ExampleFixedWriter() {
	w := flatfile.NewFixedWriter(os.Stdout, flatfile.Layout{LineEnd: "\n", Types: []flatfile.RecordType{
		{Name: "head", Value: "H", Fields: []flatfile.FixedField{{Name: "order", At: 1, Length: 8}}},
		{Name: "line", Value: "L", Fields: []flatfile.FixedField{{Name: "sku", At: 1, Length: 8}, {Name: "quantity", At: 9, Length: 5, Pad: '0', Right: true}}},
	}})
	fmt.Println(errors.Join(w.Write("head", []string{"47110001"}), w.Write("line", []string{"BG-1001", "96"})))
	fmt.Println(w.Write("line", []string{"BG-1001-XL", "1"}))
	fmt.Println(w.Flush())
	// Output:
	// <nil>
	// record 3, field sku: "BG-1001-XL": it is 10 long, and the field is 8
	// H47110001
	// LBG-1001 00096
	// <nil>
}
