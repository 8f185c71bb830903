package edifact_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/batchgate/batchgate/edifact"
)

// FuzzDecode checks that no bytes make the decoder panic or give other results when they come in pieces, that a file
// that frames is copied byte for byte, and that what was read is read again from what the encoder writes of it.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", message("FTX+a?'b'UNT+3+1'UNZ+1+1'"), "UNA|^.\\ ~UNB^UNOA|1^a~", "UNB\x1dUNOB\x1f1\x1dA\x1cUNZ\x1d0\x1c",
		"\xEF\xBB\xBFUNA:+.?*'\r\nUNB+UNOY:4+\xc3\xbc*b'", message("UNO+1+A+B+3'abcUNP+3+1'UNT+2+1'"), "x" + unb + "\x00\x1a",
		"UNH+1+X'UNT+2+1'", unb + "''+'ftx'F\nTX'", "UNA:+.?'\nUNB+UNOC:3'", "UIB+UNOB:4+1'UIH+X:D:04A+1'UIT+1+2'UIZ+1+1'",
		"UNB' UNO'00UNP+'", "UIB+X" + strings.Repeat("B", 80) + "\xc0", unb + "UNO+1+A+B+x'" + strings.Repeat("0", 2000),
		message("FTX+2+0\x00\r\nUNZ+1+1'\r\n"), unb + strings.Repeat(" ", 1100) + "UNZ+1+1'",
	} {
		f.Add([]byte(seed), uint8(0))
	}
	f.Fuzz(func(t *testing.T, file []byte, mode uint8) {
		opts := []edifact.Option{edifact.WithLineBreaks(edifact.LineBreaks(mode % 3)), edifact.MaxSegment(1 << 10)}
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
		again(t, file, opts)
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
		if s.Tag() == "UNO" || !build(&b, s) {
			continue
		}
		var out bytes.Buffer
		e := edifact.NewEncoder(&out, edifact.WithSeparators(s.Separators()))
		version := "3"
		if s.Separators().Repetition != 0 {
			version = "4"
		}
		level := s.Charset().Level()
		if e.WriteSegment(segment("UNB").Element(level, version)) != nil || e.WriteSegment(&b) != nil || e.Flush() != nil {
			continue // what cannot be written is refused, which is as good
		}
		back := edifact.NewDecoder(&out)
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
					if want, got := s.Bytes(i, j, k), r.Bytes(i, j, k); !bytes.Equal(got, want) {
						t.Fatalf("%q: element %d, %d, %d is %q, was %q", out.Bytes(), i, j, k, got, want)
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
