package edifact_test

import (
	"errors"
	"fmt"
	"iter"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/batchgate/batchgate/edifact"
)

func ExampleDecoder() {
	file := "UNA:+.? 'UNB+UNOC:3+4098765000003:14+4012345000009:14+261201:1000+1'UNH+1+ORDERS:D:96A:UN'QTY+21:5:PCE'UNT+3+1'UNZ+1+1'"
	dec := edifact.NewDecoder(strings.NewReader(file), edifact.FileName("orders.edi"))
	for seg, err := range dec.Segments() {
		if err != nil {
			log.Fatal(err)
		}
		if seg.Tag() == "QTY" {
			quantity, err := seg.Text(0, 0, 1)
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(quantity, "at", seg.Place(0, 0, 1))
		}
	}
	// Output: 5 at orders.edi:1:98 (message 1, segment 2 QTY, element 1, component 2)
}

func ExampleReader() {
	file := "UNB+UNOC:3+A+B+261201:1000+1'UNH+1+ORDERS:D:96A:UN'BGM+220+PO1'UNT+4+1'UNH+2+ORDERS:D:96A:UN'BGM+220+PO2'UNT+3+2'UNZ+2+1'"
	r := edifact.NewReader(strings.NewReader(file))
	for ev, err := range r.Events() {
		if err != nil {
			log.Fatal(err)
		}
		for _, f := range ev.Findings {
			fmt.Println(f.Message)
		}
		if ev.Kind == edifact.MessageEnd {
			fmt.Println("message", ev.Message.Reference, ev.Message, "has", ev.Count, "segments")
		}
	}
	// Output:
	// UNT says 4 segments, counted 3
	// message 1 ORDERS:D:96A:UN has 3 segments
	// message 2 ORDERS:D:96A:UN has 3 segments
}

func ExampleInterchangeWriter() {
	i := edifact.Interchange{
		Syntax: edifact.Syntax{Identifier: "UNOC", Version: "3"}, Control: "1",
		Sender: edifact.Party{ID: "4012345000009", Qualifier: "14"}, Recipient: edifact.Party{ID: "4098765000003", Qualifier: "14"},
	}
	i.SetPrepared(time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC))
	w := edifact.NewInterchangeWriter(os.Stdout, edifact.WithNewlines("\n"))
	var seg edifact.Builder
	for _, err := range []error{
		w.Begin(i),
		w.BeginMessage(edifact.MessageHeader{Reference: "1", Type: "ORDERS", Version: "D", Release: "96A", Agency: "UN"}),
		w.WriteSegment(seg.Reset("BGM").Element("220").Element("PO1").Element("9")),
		w.WriteSegment(seg.Reset("FTX").Element("AAI").Element().Element().Element("what's new?")),
		w.EndMessage(),
		w.End(),
	} {
		if err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// UNA:+.? '
	// UNB+UNOC:3+4012345000009:14+4098765000003:14+261201:1000+1'
	// UNH+1+ORDERS:D:96A:UN'
	// BGM+220+PO1+9'
	// FTX+AAI+++what?'s new??'
	// UNT+4+1'
	// UNZ+1+1'
}

// A file is copied with one value changed; all its other bytes stay as they are.
func ExampleEncoder_Copy() {
	file := "UNA|^.? ~\nUNB^UNOC|3^A^B^261201|1000^1~\nUNH^1^ORDERS|D|96A|UN~\nBGM^220^PO1^^~\nUNT^3^1~\nUNZ^1^1~\n"
	dec, enc := edifact.NewDecoder(strings.NewReader(file)), edifact.NewEncoder(os.Stdout)
	var b edifact.Builder
	for seg, err := range dec.Segments() {
		if err != nil {
			log.Fatal(err)
		}
		if seg.Tag() == "BGM" {
			err = errors.Join(enc.CopyBytes(seg.Before()), enc.WriteSegment(b.Reset("BGM").Element("220").Element("PO 2^b")))
		} else {
			err = enc.Copy(seg)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	if err := enc.CopyTrailer(dec.Trailer()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// UNA|^.? ~
	// UNB^UNOC|3^A^B^261201|1000^1~
	// UNH^1^ORDERS|D|96A|UN~
	// BGM^220^PO 2?^b~
	// UNT^3^1~
	// UNZ^1^1~
}

// Messages are read on two cores; what comes of them arrives in the order of the file.
func ExampleReadParallel() {
	file := "UNB+UNOC:3+A+B+261201:1000+1'UNH+1+ORDERS:D:96A:UN'QTY+21:5'QTY+21:7'UNT+4+1'UNH+2+ORDERS:D:96A:UN'QTY+21:1'UNT+3+2'UNZ+2+1'"
	type sum struct {
		message  string
		quantity int
	}
	read := func(events iter.Seq[*edifact.Event]) (s sum) {
		for ev := range events {
			s.message = ev.Message.Reference
			if ev.Segment != nil && ev.Segment.Tag() == "QTY" {
				n, _ := strconv.Atoi(string(ev.Segment.Bytes(0, 0, 1)))
				s.quantity += n
			}
		}
		return s
	}
	for part, err := range edifact.ReadParallel(strings.NewReader(file), 2, read) {
		if err != nil {
			log.Fatal(err)
		}
		if part.Event == nil { // a message
			fmt.Println("message", part.Result.message, "orders", part.Result.quantity)
		}
	}
	// Output:
	// message 1 orders 12
	// message 2 orders 1
}

// A text that is not in the declared set is an error that names the byte; the set that a partner really uses is given.
func ExampleWithCharset() {
	file := "UNB+UNOC:3+A+B+261201:1000+1'UNH+1+ORDERS:D:96A:UN'FTX+AAI+++19 \x80'UNT+3+1'UNZ+1+1'"
	windows, _ := edifact.LookupCharset("windows-1252")
	for _, opts := range [][]edifact.Option{nil, {edifact.WithCharset(windows)}} {
		for seg, err := range edifact.NewDecoder(strings.NewReader(file), opts...).Segments() {
			if err != nil {
				log.Fatal(err)
			}
			if seg.Tag() == "FTX" {
				text, err := seg.Text(3, 0, 0)
				fmt.Printf("%q %v\n", text, errors.Is(err, edifact.ErrCharset))
			}
		}
	}
	// Output:
	// "" true
	// "19 €" false
}
