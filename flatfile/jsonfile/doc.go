// Package jsonfile reads JSON files and JSON lines as streams of records, and writes them.
//
// A record is an element of the array that [Options.Record] names, of the root where that is an array, or a line; else the
// whole file is one. A file of any size is read in the memory of its longest record. Numbers keep their digits: they are
// texts that a caller turns into decimals, never floats.
//
//	r := jsonfile.NewReader(f, jsonfile.Options{Record: []string{"data", "items"}})
//	for rec, err := range r.Records() {
//		...
//		sku := rec.Text(rec.Member(0, "sku"))
//	}
//
// Every value has its line, column and byte offset, and its JSON pointer (RFC 6901) as path. Errors are those of package
// flatfile: a *flatfile.RowError is one broken record, reading goes on behind its last bracket or line; a *flatfile.Error
// ends the reading. [CopyFailed] makes a file of some of the records.
//
// Only UTF-8 is JSON (RFC 8259 8.1), with or without a byte order mark. A name that stands twice in an object is a fault:
// nobody can know which value is meant.
package jsonfile
