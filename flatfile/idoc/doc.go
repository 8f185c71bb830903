// Package idoc reads and writes SAP IDocs, as flat files and as XML, as streams of segments.
//
// A file holds one IDoc or several. Each begins with its control record (EDI_DC40), which is the first [Segment] that
// [Reader.Read] gives for it; the data records follow in the file's order, each with its level in the hierarchy. What Read
// returns is valid until the next Read. Segments have their names of the XML form, E1EDP01, whatever release the flat file
// names them by (E2EDP01008).
//
//	r := idoc.NewReader(f, idoc.Options{})
//	for seg, err := range r.Segments() {
//		if _, ok := errors.AsType[*flatfile.RowError](err); ok {
//			continue // a fault in this segment: its IDoc cannot be trusted, the next one can
//		}
//		if err != nil {
//			return err
//		}
//		if seg.Name() == "E1EDP19" && seg.Value("QUALF") == "002" { ... }
//	}
//
// # Flat files
//
// Four shapes are read without being told: data records padded to 1063 characters, as long as their segment, without blanks
// at their end, and without line ends. Lengths count characters, so that a file is decoded first and then cut. The
// hierarchy is that of PSGNUM; SEGNUM, PSGNUM, HLEVEL and DOCNUM are checked. Control records of releases before 4.0
// (EDI_DC) are refused.
//
// The head of every record is checked, and what stands behind the last field; the fields are looked at when they are asked
// for. So a byte that is no character, NUL or a carriage return in a field is the error of [Segment.Text] for that field, and
// what nobody reads passes unread: Raw gives it back byte for byte, and "batchgate validate", which asks for every field,
// finds it. Lines that are neither as long as their segment nor filled up are searched for NUL and carriage return
// ([*flatfile.RowError]): two records may stand in them.
//
// # Segments
//
// What fields a segment has is said by [Definitions]: [Standard] has the basic types ORDERS05, INVOIC02, DELVRY07, MATMAS05
// and MBGMCR03 and all their segments; a customer's own (Z1...) are added with [Definitions.With]. Newer releases of a
// segment append fields, so that one table reads them all; what stands behind the last field known is a warning. How often a
// segment must and may stand in its parent is checked too: [Options.Limits].
package idoc

//go:generate go run ./generate -facts $ERP_FORMATS/data -out segments.txt
