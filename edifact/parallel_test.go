package edifact_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/internal/corpus"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// told is an event with everything in it, as text.
func told(ev *edifact.Event) string {
	var out strings.Builder
	fmt.Fprintln(&out, ev.Kind, ev.Complete, ev.Truncated, ev.Count, ev.End, ev.Interchange != nil, ev.Group != nil)
	if s := ev.Segment; s != nil {
		out.Write(s.Before())
		out.Write(s.Raw())
		p := s.Place(s.Elements()-1, 0, 0)
		fmt.Fprintln(&out, p.Offset, p.Length, p.Line, p.Column, p.Segment, p.Tag, p.Element, p.Message, p.File)
	}
	switch ev.Kind {
	case edifact.InterchangeStart:
		fmt.Fprintf(&out, " %+v", *ev.Interchange)
	case edifact.GroupStart:
		fmt.Fprintf(&out, " %+v", *ev.Group)
	case edifact.MessageStart, edifact.MessageEnd:
		fmt.Fprintf(&out, " %+v %s", *ev.Message, ev.Interchange.Control)
	}
	for _, f := range ev.Findings {
		fmt.Fprintf(&out, " ! %s %s %q", f, f.Value, f.Source)
		if f.Related != nil {
			fmt.Fprintf(&out, " %s", f.Related)
		}
	}
	out.WriteByte('\n')
	return out.String()
}

func serial(r io.Reader, opts ...edifact.Option) string {
	var out strings.Builder
	for ev, err := range edifact.NewReader(r, opts...).Events() {
		if err != nil {
			fmt.Fprintf(&out, "%v\n", err)
			break
		}
		out.WriteString(told(ev))
	}
	return out.String()
}

func parallel(r io.Reader, workers int, opts ...edifact.Option) string {
	var out strings.Builder
	for part, err := range edifact.ReadParallel(r, workers, toldMessage, opts...) {
		switch {
		case err != nil:
			fmt.Fprintf(&out, "%v\n", err)
		case part.Event != nil:
			out.WriteString(told(part.Event))
		default:
			out.WriteString(part.Result)
		}
	}
	return out.String()
}

func toldMessage(events iter.Seq[*edifact.Event]) string {
	var message strings.Builder
	for ev := range events {
		message.WriteString(told(ev))
	}
	return message.String()
}

func checkParallel(t *testing.T, name string, file []byte, opts ...edifact.Option) {
	t.Helper()
	want := serial(bytes.NewReader(file), opts...)
	for workers := 1; workers <= 3; workers += 2 {
		if got := parallel(iotest.HalfReader(bytes.NewReader(file)), workers, opts...); got != want {
			t.Fatalf("%s, %d workers: %s", name, workers, firstDifference(got, want))
		}
	}
}

func TestReadingInParallelTellsTheSame(t *testing.T) {
	for i, s := range shapes(1) {
		if i%2 == 1 && testing.Short() {
			continue
		}
		checkParallel(t, s.name, made(t, s.Options), edifact.FileName("x.edi"))
	}
	checkParallel(t, "one message", made(t, corpus.Options{Size: 1300 << 10, OneMessage: true}))
	checkParallel(t, "small segments", made(t, corpus.Options{Size: 50 << 10}), edifact.MaxSegment(400))
	for i, text := range []string{
		"", unb, message("FTX+a?'UNT+b??'UNT+3+1'UNZ+1+1'"), message("FTX+\xc3\xbc'UNT+3+1'UNH+2+X:D:1:UN'FTX+\x80+\xe4'UNT+3+2'UNZ+2+1'"),
		message("FTX+a\nUNT+b'\r\nUNT+3+1'\r\n \r\nUNH+2+X:D:1:UN'UNT+2+2'UNZ+2+1'"), message("UNO+1+A:B+C:D+5'UNT+1UNP+5+1'UNT+4+1'UNZ+1+1'"),
		message("USD+6'UNT+1'USU+6'UNT+4+1'UNZ+1+1'"), "UNA:+.? '" + message("FTX'UNTX+1'UNT:1+4+1'UNZ+1+1'"), message("UNS+S'USH+1'UGH+1'UCI+1'UNT+6+1'UNT+1+1'UNZ+2+1'"),
		level("UNOX", message("FTX+\x1b$B'U\x1b(B'UNT+3+1'UNZ+1+1'")), message("UNT'UNH+2+X:D:1:UN'UNT+2+2'"), strings.Repeat(message("UNT+2+1'UNZ+1+1'"), 3),
		message("?UNB+UNOC:3+A+B'UNT+3+1'UNZ+1+1'"), message("FTX+a'?UNT+3+1'UNZ+1+1'"), message("UN?T+2+1'UNZ+1+1'"), message("U?NZ+1+1'UNT+3+1'UNZ+1+1'"),
		message("\n?\nUNZ+1+1'UNT+3+1'UNZ+1+1'"), message("FTX+a??'?U?NO+1+A+B+x'UNT+3+1'UNZ+1+1'"),
		level("UNOA", message("FTX+a'UNT+3+1'UNH+2+X:D:1:UN'FTX+b'UNT+3+2'UNZ+2+1'")),
	} {
		for mode := range 3 {
			checkParallel(t, fmt.Sprint(i), []byte(text), edifact.WithLineBreaks(edifact.LineBreaks(mode)))
		}
	}
	feeds := edifact.DefaultSeparators(3)
	feeds.Terminator = '\n'
	checkParallel(t, "line feeds", made(t, corpus.Options{Size: 100 << 10, Separators: feeds}))
	checkParallel(t, "EBCDIC", ebcdic(t, string(made(t, corpus.Options{Size: 100 << 10, Newline: "\n", Released: true}))))
}

func TestSamplesAreToldInParallelAlike(t *testing.T) {
	for _, file := range sharedtest.Files(t, "samples/edifact/*/*.edi") {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		checkParallel(t, file, b)
	}
}

func TestDamagedFilesAreToldInParallelAlike(t *testing.T) {
	clean := orders(t, 4, 10<<10, "\r\n")
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 80 {
		file := damaged(rnd, clean, 1+rnd.IntN(4))
		checkParallel(t, fmt.Sprintf("%q", file[:50]), file)
	}
}

// The messages of a larger file go through many hands.
func TestLargerDamagedFilesAreToldInParallelAlike(t *testing.T) {
	clean := orders(t, 5, 900<<10, "\n")
	rnd := rand.New(rand.NewPCG(5, 6))
	for i := range 4 {
		checkParallel(t, fmt.Sprint(i), damaged(rnd, clean, 3<<(2*i)))
	}
}

// damaged gives a copy of a file with faults of the kind that make a difference to whoever cuts it up.
func damaged(rnd *rand.Rand, clean []byte, faults int) []byte {
	file := bytes.Clone(clean)
	for range faults {
		at := rnd.IntN(len(file))
		switch rnd.IntN(3) {
		case 0:
			file[at] = "'+:?\n\rUNHTZ \x00\xfc"[rnd.IntN(14)]
		case 1:
			file = slices.Delete(file, at, min(len(file), at+1+rnd.IntN(60)))
		default:
			inserts := []string{"'UNT+1+1'", "'UNZ+1+1'", "UNB+UNOC:3+A+B'", "UNA:+.? '", "?", "\nUNT", "'?UNB+UNOC:3+A+B'", "'U?NT+3+1'", "'?UN?T+3+1'", "'UN?H+1+X:D:1:UN'"}
			file = slices.Insert(file, at, []byte(inserts[rnd.IntN(len(inserts))])...)
		}
	}
	return file
}

func countSegments(events iter.Seq[*edifact.Event]) int {
	n := 0
	for range events {
		n++
	}
	return n
}

func TestReadingInParallelEndsWithTheLoop(t *testing.T) {
	data := orders(t, 1, 3<<20, "")
	source := bytes.NewReader(data)
	for range edifact.ReadParallel(source, 2, countSegments) {
		break
	}
	if source.Len() == 0 {
		t.Error("all was read")
	}
}

func TestLostFramingIsTheLastOfAParallelReading(t *testing.T) {
	data := orders(t, 1, 3<<20, "")
	var last error
	for _, err := range edifact.ReadParallel(bytes.NewReader(data[:len(data)-3]), 2, countSegments) {
		if last != nil {
			t.Fatalf("something follows %v", last)
		}
		last = err
	}
	if e, ok := errors.AsType[*edifact.Error](last); !ok || !errors.Is(e, edifact.ErrTruncated) {
		t.Errorf("got %v", last)
	}
}

func TestAMessageNeedNotBeReadToItsEnd(t *testing.T) {
	large := corpus.Options{Size: 1300 << 10, OneMessage: true} // read by one goroutine alone
	for _, data := range [][]byte{orders(t, 1, 300<<10, ""), made(t, large)} {
		want := 0
		for ev, err := range edifact.NewReader(bytes.NewReader(data)).Events() {
			if err != nil {
				t.Fatal(err)
			}
			if ev.Kind == edifact.MessageStart {
				want++
			}
		}
		got := 0
		for part, err := range edifact.ReadParallel(bytes.NewReader(data), 2, func(events iter.Seq[*edifact.Event]) string {
			for ev := range events {
				return ev.Message.Type
			}
			return ""
		}) {
			if err != nil {
				t.Fatal(err)
			}
			if part.Result == "ORDERS" {
				got++
			}
		}
		if got != want {
			t.Errorf("%d messages, want %d", got, want)
		}
	}
}
