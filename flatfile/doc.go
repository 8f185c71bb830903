// Package flatfile reads and writes delimited files (CSV and its cousins) and fixed-width files as streams of records.
//
// A file is a run of records, a record is a run of fields. [Delimited] says how a delimited file looks, [Layout] how a
// fixed-width one does; both give the same [Record], which knows the bytes of each field, its text as UTF-8, and its
// place in the file. What [Reader.Read] returns is valid until the next Read; [Record.Clone] keeps it.
//
//	r := flatfile.NewReader(f, flatfile.Delimited{Delimiter: ';', Charset: "windows-1252", Header: true})
//	for rec, err := range r.Records() {
//		if row, ok := errors.AsType[*flatfile.RowError](err); ok {
//			failed = append(failed, bytes.Clone(rec.Raw())) // this row is broken, its neighbours are not
//			continue
//		}
//		if err != nil {
//			return err // the rest of the file cannot be told apart any more
//		}
//		text, err := rec.Text(0)
//		...
//	}
//
// # What can go wrong, and how it is told
//
//   - [*RowError]: one record is broken (too short, too long, a stray quote, a NUL byte, an unknown record type). It comes
//     together with the record, and reading goes on with the next.
//   - [*FileError]: the file as a whole does not fit what was declared (a column is missing or named twice, a byte order
//     mark of another character set). It is returned once, before the first record; reading may go on.
//   - [*Error]: the records cannot be told apart any more, or the source failed: [ErrEmpty], [ErrTruncated],
//     [ErrTooLong], [ErrCharset], [ErrOptions]. It ends the reading.
//   - [*CharsetError]: from [Record.Text], when a byte is not a character of the declared set, or NUL or a carriage return
//     in a line of fixed width: one as long as its type says is one record, and its fields are looked at when asked for.
//   - [*ValueError]: from a writer, when a value cannot stand in the file. Nothing of its record is written.
//
// Everything that was found, tolerated faults and odd things included, is in [Reader.Findings]: of each rule the first
// hundred errors and then a count, so that a file of ten million broken rows costs no memory.
//
// [Delimited.CopyRows] makes a file of the rows that failed, byte for byte as they stood.
//
// Faults are errors by default. What a partner always does is tolerated by a named option: [Delimited.StrayQuotes],
// [Delimited.ShortRows], [Delimited.TrailingDelimiter], [Delimited.TrustBOM], [Layout.ShortRows].
package flatfile
