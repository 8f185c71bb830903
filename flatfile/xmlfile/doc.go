// Package xmlfile reads XML files as streams of records, and writes XML with chosen prefixes and order.
//
// A record is an element that repeats, named by its path from the root ("Stock/Items/Item"), or the root itself. A file of
// any size is read in the memory of its longest record. What [Reader.Read] returns is valid until the next Read.
//
//	r := xmlfile.NewReader(f, xmlfile.Options{Record: "Stock/Item", Keep: []string{"Stock/Warehouse"}})
//	for rec, err := range r.Records() {
//		if row, ok := errors.AsType[*flatfile.RowError](err); ok {
//			continue // this record is broken, its neighbours are not
//		}
//		if err != nil {
//			return err
//		}
//		sku := rec.Text(rec.Child(0, "SKU"))
//	}
//
// A [Tree] holds an element with all below it in document order, as numbers: 0 is the element itself. It knows the bytes
// of each start tag, text and attribute, so that every value has its line, column, byte offset and XML path. Namespaces
// are resolved; names are compared by namespace and local name, never by prefix.
//
// # What is not done
//
// Document type declarations are stepped over: nothing outside of the file is opened, entities that they declare are not
// expanded (a reference to one is a fault of its record), attributes that they default are not added. So there is no
// expansion that could grow. Depth, attributes and record size have limits.
//
// # What can go wrong
//
// Errors are those of package flatfile: [*flatfile.RowError] is one broken record, reading goes on behind its end tag;
// [*flatfile.Error] ends the reading. [CopyFailed] makes a file of some of the records, in everything that stands around
// them, to be mended and read again.
//
// # Why a scanner of its own
//
// encoding/xml stops for good at the first fault, does not say where an attribute stands, and holds a token of any size;
// faster ones (muktihari/xmltokenizer) end a tag at a ">" within an attribute and know no single quotes. The tests compare
// this scanner with encoding/xml on every sample and under fuzzing.
package xmlfile
