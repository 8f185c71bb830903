package edifact_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/batchgate/batchgate/edifact"
)

// seeds are files of all kinds for the fuzz targets.
func seeds(f *testing.F) {
	for _, seed := range []string{
		"", message("FTX+a?'b'UNT+3+1'UNZ+1+1'"), "UNA|^.\\ ~UNB^UNOA|1^a~", "UNB\x1dUNOB\x1f1\x1dA\x1cUNZ\x1d0\x1c",
		"\xEF\xBB\xBFUNA:+.?*'\r\nUNB+UNOY:4+\xc3\xbc*b'", message("UNO+1+A+B+3'abcUNP+3+1'UNT+2+1'"), "x" + unb + "\x00\x1a",
		"UNH+1+X'UNT+2+1'", unb + "''+'ftx'F\nTX'", "UNA:+.?'\nUNB+UNOC:3'", "UIB+UNOB:4+1'UIH+X:D:04A+1'UIT+1+2'UIZ+1+1'",
		"UNB' UNO'00UNP+'", "UIB+X" + strings.Repeat("B", 80) + "\xc0", unb + "UNO+1+A+B+x'" + strings.Repeat("0", 2000),
		message("FTX+2+0\x00\r\nUNZ+1+1'\r\n"), unb + strings.Repeat(" ", 1100) + "UNZ+1+1'", string(ebcdic(f, message("FTX+a'UNT+3+1'"))),
		level("UNOX", message("FTX+\x1b$B'+:?\x1b(B+\x1b-A\xe9'FTX+\xe9'UNT+4+1'UNZ+1+1'")), message("UNO+1+A+B+3'USH+1'abcUST+1'UNP+3+1'UNT+6+1'"),
		level("KECA", message("FTX+\xb0'\x81\x41'UNT+3+1'")), message("USD+3'a'bUSU+3'UNT+4+1'UNH+2+X:D:1:UN'FTX+\x80'UNT+3+2'UNZ+2+1'"),
	} {
		f.Add([]byte(seed), uint8(0))
	}
}

func fuzzOptions(mode uint8) []edifact.Option {
	opts := []edifact.Option{edifact.WithLineBreaks(edifact.LineBreaks(mode % 3)), edifact.MaxSegment(1 << 10)}
	if sets := edifact.CharsetNames(); mode >= 128 {
		c, _ := edifact.LookupCharset(sets[int(mode)%len(sets)])
		opts = append(opts, edifact.WithCharset(c))
	}
	return opts
}

// FuzzDecode checks that no bytes make the decoder panic or give other segments and findings when they come in pieces, that
// a file that frames is copied byte for byte, and that a Reader ends what it starts.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, file []byte, mode uint8) {
		opts := fuzzOptions(mode)
		want := dump(bytes.NewReader(file), opts...)
		if got := dump(iotest.OneByteReader(bytes.NewReader(file)), opts...); got != want {
			t.Fatalf("in pieces: %s", firstDifference(got, want))
		}
		got, err := copyFile(bytes.NewReader(file), opts...)
		if _, lost := errors.AsType[*edifact.Error](err); !lost && (err != nil || !bytes.Equal(got, file)) {
			t.Fatalf("copied: %v, %q", err, got)
		}
		depth := 0
		for ev, err := range edifact.NewReader(bytes.NewReader(file), opts...).Events() {
			if err != nil {
				break
			}
			switch ev.Kind {
			case edifact.InterchangeStart, edifact.GroupStart, edifact.MessageStart:
				depth++
			case edifact.InterchangeEnd, edifact.GroupEnd, edifact.MessageEnd:
				depth--
			}
		}
		if depth != 0 {
			t.Fatalf("%d more starts than ends", depth)
		}
	})
}

// FuzzRoundTrip checks that what was read is read again from what the encoder writes of it.
func FuzzRoundTrip(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, file []byte, mode uint8) {
		again(t, file, fuzzOptions(mode))
	})
}

// FuzzParallel checks that a file tells the same events on several goroutines as on one.
func FuzzParallel(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, file []byte, mode uint8) {
		opts := fuzzOptions(mode)
		want := serial(bytes.NewReader(file), opts...)
		if got := parallel(iotest.HalfReader(bytes.NewReader(file)), 2, opts...); got != want {
			t.Fatal(firstDifference(got, want))
		}
	})
}

// again writes each segment anew and compares what is read from that.
func again(t *testing.T, file []byte, opts []edifact.Option) {
	d := edifact.NewDecoder(bytes.NewReader(file), opts...)
	var b edifact.Builder
	written := 0
	for s, err := range d.Segments() {
		if err != nil || written == 8 {
			return
		}
		written++
		if s.Tag() == "UNO" || s.Tag() == "USD" || !build(&b, s) {
			continue
		}
		var out bytes.Buffer
		e := edifact.NewEncoder(&out, edifact.WithSeparators(s.Separators()), edifact.InCharset(s.Charset()))
		version := "3"
		if s.Separators().Repetition != 0 {
			version = "4"
		}
		if e.WriteSegment(segment("UNB").Element("UNOC", version)) != nil || e.WriteSegment(&b) != nil || e.Flush() != nil {
			continue // what cannot be written is refused, which is as good
		}
		back := edifact.NewDecoder(&out, edifact.WithCharset(s.Charset()))
		_, err := back.ReadSegment()
		if err != nil {
			t.Fatalf("%q: %v", out.Bytes(), err)
		}
		r, err := back.ReadSegment()
		if err != nil {
			t.Fatalf("%q: %v", out.Bytes(), err)
		}
		for i := range s.Elements() {
			for j := range s.Repeats(i) {
				for k := range s.Components(i, j) {
					want, _ := s.Text(i, j, k)
					if got, err := r.Text(i, j, k); err != nil || got != want {
						t.Fatalf("%q: element %d, %d, %d is %q, %v, was %q", r.Raw(), i, j, k, got, err, want)
					}
				}
			}
		}
	}
}

// build makes a builder of a segment; false when a text is not in its character set.
func build(b *edifact.Builder, s *edifact.Segment) bool {
	b.Reset(s.Tag())
	if s.Nesting() != nil {
		return false
	}
	for i := range s.Elements() {
		for j := range s.Repeats(i) {
			if j == 0 {
				b.Element()
			} else {
				b.Repeat()
			}
			for k := range s.Components(i, j) {
				text, err := s.Text(i, j, k)
				if err != nil {
					return false
				}
				b.Component(text)
			}
		}
	}
	return true
}
