// Package xlsx reads the rows of Excel workbooks (xlsx, xlsm) as a stream of records, and writes workbooks that people like
// to open. It stands on github.com/xuri/excelize/v2.
//
//	r, err := xlsx.Open("STOCK.XLSX", xlsx.Options{Columns: []flatfile.Column{{Name: "Artikelnr", Required: true}}})
//	defer r.Close()
//	for rec, err := range r.Records() {
//		sku, _ := rec.Text(r.Column("Artikelnr"))
//	}
//
// A record is a row below the header, its fields are cells, and its place is sheet and cell: Stock!C7. What excelize's
// streaming does not tell is read beside it from the same sheet: what kind a cell is, merged ranges, hidden rows, formulas
// that have no stored value.
//
// # Cells
//
//   - Numbers are texts with the digits that Excel has: fifteen that count, no exponent, the decimal mark of
//     [Options.Decimal].
//   - Dates are cells whose number format is one of dates: they come in ISO form, or in the layout that
//     [Options.Layouts] gives their column; workbooks with the dates of 1904 are reckoned rightly.
//   - A text of digits stays a text: leading zeros are kept. A number in a format like 00000 has its zeros.
//   - Formulas give the value that Excel stored. One without is a fault of its row: nobody reckons here.
//   - Errors (#N/A) are faults of their row. Merged cells below the header are too, unless [Options.Merged] fills them.
//
// # Limits
//
// Workbooks are zip archives: before anything is unpacked, number, size and compression of their parts are looked at.
// Sheets go through a temporary file and not through memory. Old xls files and encrypted ones are refused by name.
package xlsx
