// Package edifact reads and writes UN/EDIFACT interchanges (ISO 9735, syntax versions 1 to 4) as streams.
//
// An interchange, between UNB and UNZ, holds messages, between UNH and UNT; a message is a sequence of segments; a
// segment has a tag and data elements; an element has components, and in syntax 4 repetitions.
//
// A [Decoder] gives segments with their values and, on request, the place of each. A [Reader] does the same with the
// envelope understood: it gives events, checks counts and references, and goes on behind a fault with the next
// message. An [Encoder] writes segments; an [InterchangeWriter] writes whole interchanges and keeps their counts.
//
// What is read stays valid until the next read. Loss of framing is an error that ends the reading; everything else that
// is wrong is a finding, and reading goes on. Zero options mean the standard, to the letter.
package edifact
