// Package edifact reads and writes UN/EDIFACT interchanges (ISO 9735, syntax versions 1 to 4) as streams.
//
// An interchange, between UNB and UNZ, holds messages, between UNH and UNT; a message is a sequence of segments; a
// segment has a tag and data elements; an element has components, and in syntax 4 repetitions.
//
// A [Decoder] gives segments with their values and, on request, the place of each. A [Reader] does the same with the
// envelope understood: it gives events, checks counts and references, and goes on behind a fault with the next
// message; [ReadParallel] gives the same events on several cores. An [Encoder] writes segments, or copies them byte for
// byte; an [InterchangeWriter] writes whole interchanges and keeps their counts.
//
//	dec := edifact.NewDecoder(r, edifact.FileName("orders.edi"))
//	for seg, err := range dec.Segments() {
//		if err != nil {
//			return err // an *edifact.Error: from here on segments cannot be told apart
//		}
//		if seg.Tag() == "QTY" {
//			quantity, err := seg.Text(0, 0, 1) // element 1, component 2, as UTF-8
//			...                                // seg.Place(0, 0, 1) when something is wrong with it
//		}
//	}
//	odd := dec.Findings()
//
// Elements, repetitions and components are counted from 0 in calls, and from 1 in places, as people count them.
//
// A file in EBCDIC is read as what it is, and copied as it is.
//
// Separators come from UNA, or are those of the standard, anew for each interchange of a file; the character set comes
// from the syntax identifier in UNB. A byte that the set does not have is never replaced: reading the value as text is
// an error that names the byte.
//
// What is read stays valid until the next read. Loss of framing is an error that ends the reading; everything else that
// is wrong is a finding, and reading goes on. Zero options mean the standard, to the letter.
package edifact

//go:generate go run ./internal/rulelist . ../docs/edifact-rules.md
